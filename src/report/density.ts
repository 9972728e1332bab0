/** A spectral density as a chart: what quadrature knows of the eigenvalues, broadened, above the Ritz values themselves. */
import * as Plot from '@observablehq/plot'
import { type Axis, logAxis } from './axis.js'
import { colorOf, horizontalAxis, type Panel, verticalAxis } from './figure.js'
import { formatNumber, formatPercent, formatRound } from './format.js'
import type { DensityPoints } from './scene.js'

const samples = 480
const decades = 6

/** Beyond it differences overflow, and there is no linear axis. */
const farthest = 1e300

interface Mass {
  readonly at: number
  readonly weight: number
}

const massesOf = ({ nodes, weights }: DensityPoints): ReadonlyArray<Mass> => {
  const pairs = nodes.flatMap((at, i) => {
    const weight = weights[i] ?? Number.NaN
    return Math.abs(at) <= farthest && weight > 0 && weight < Infinity ? [{ at, weight }] : []
  })
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0)
  return pairs.map(({ at, weight }) => ({ at, weight: weight / total }))
}

/** Σ wᵢ N(λ; θᵢ, σ²). */
const densityAt =
  (masses: ReadonlyArray<Mass>, width: number) =>
  (x: number): number =>
    masses.reduce((sum, { at, weight }) => sum + weight * Math.exp(-(((x - at) / width) ** 2) / 2), 0) /
    (width * Math.sqrt(2 * Math.PI))

const rangeOf = (values: ReadonlyArray<number>): readonly [number, number] => {
  const [low, high] = values.reduce<readonly [number, number]>(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  )
  return low <= high ? [low, high] : [0, 0]
}

const eigenvalueAxis = (low: number, high: number): Axis => {
  const step = 10 ** Math.floor(Math.log10((high - low) / 4))
  const round = [1, 2, 5, 10].map((factor) => factor * step).find((each) => (high - low) / each <= 6) ?? step
  const first = Math.ceil(low / round)
  return {
    scale: { type: 'linear', domain: [low, high] },
    ticks: Array.from({ length: Math.floor(high / round) - first + 1 }, (_, i) => (first + i) * round),
    tickFormat: formatRound,
    place: (value) => value,
  }
}

/**
 * The density on a logarithmic axis, so that outliers show beside the bulk, and the Ritz values as ticks below it. The part below
 * zero is darker.
 */
export const densityPanel = (points: DensityPoints, heading = ''): Panel => {
  const masses = massesOf(points)
  const ritz = (points.ritz ?? []).filter((value) => Math.abs(value) <= farthest)
  const [least, most] = rangeOf([...masses.map(({ at }) => at), ...ritz])
  // No less than what rounding leaves of an axis that is so far from 0.
  const size = Math.max(Math.abs(least), Math.abs(most))
  const spread = most > least ? Math.max(most - least, 1e-9 * size, 1 / farthest) : Math.max(1, size)
  const width = points.width ?? spread / 80
  const [low, high] = [least - 0.04 * spread - 3 * width, most + 0.04 * spread + 3 * width]
  const density = densityAt(masses, width)
  // The nodes too, since a narrow peak could fall between two samples.
  const places = [
    ...Array.from({ length: samples + 1 }, (_, i) => low + ((high - low) * i) / samples),
    ...masses.map(({ at }) => at),
    ...(low < 0 && high > 0 ? [0] : []),
  ].sort((a, b) => a - b)
  const curve = places.map((x) => ({ x, y: density(x) }))
  const top = curve.reduce((peak, { y }) => Math.max(peak, y), 0)
  const x = eigenvalueAxis(low, high)
  const y = logAxis([top > 0 ? top : 1, (top > 0 ? top : 1) * 10 ** -decades])
  const [floor] = y.scale.domain
  const negative = masses.reduce((sum, { at, weight }) => (at < 0 ? sum + weight : sum), 0)
  const told = `${formatPercent(negative)} of the mass below zero`
  const area = (part: typeof curve, fillOpacity: number): Plot.Markish =>
    Plot.areaY(part, {
      x: 'x',
      y1: () => floor,
      y2: (point: { readonly y: number }) => y.place(point.y),
      fill: colorOf(0),
      fillOpacity,
    })
  return {
    heading,
    description:
      masses.length === 0
        ? 'Spectral density: no points.'
        : `Spectral density of ${masses.length} points from ${formatNumber(least)} to ${formatNumber(most)}: ${told}${
            ritz.length === 0 ? '' : `; ${ritz.length} Ritz values marked`
          }.`,
    options: {
      height: 300,
      x: x.scale,
      y: y.scale,
      marks: [
        ...verticalAxis(y, 'density'),
        ...horizontalAxis(x, 'eigenvalue λ'),
        area(
          curve.filter((point) => point.x <= 0),
          0.75,
        ),
        area(
          curve.filter((point) => point.x >= 0),
          0.35,
        ),
        Plot.line(curve, {
          x: 'x',
          y: (point: { readonly y: number }) => y.place(point.y),
          stroke: colorOf(0),
          strokeWidth: 1.5,
        }),
        Plot.ruleX(low < 0 && high > 0 ? [0] : [], { stroke: 'currentColor', strokeOpacity: 0.6 }),
        Plot.ruleX(ritz, { stroke: colorOf(1), strokeWidth: 1.25, y1: () => floor, y2: () => floor * 2 }),
        Plot.text(masses.length === 0 ? [] : [told], { frameAnchor: 'top-right', dx: -4, dy: 2 }),
      ],
    },
  }
}
