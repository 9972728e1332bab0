/** Losses along lines and over planes (gradus/curvature: landscapeSlice, landscapePlane) as charts. */
import * as Plot from '@observablehq/plot'
import type { LandscapePlane } from '../curvature/landscape.js'
import { type Axis, linearAxis, logAxis } from './axis.js'
import { colorOf, horizontalAxis, type Panel, verticalAxis } from './figure.js'
import { formatNumber, formatRound } from './format.js'
import type { NamedSlice, PlaneScene } from './scene.js'

const finite = (values: ReadonlyArray<number>): ReadonlyArray<number> => values.filter(Number.isFinite)
const least = (values: ReadonlyArray<number>): number => values.reduce((a, b) => Math.min(a, b), Infinity)
const most = (values: ReadonlyArray<number>): number => values.reduce((a, b) => Math.max(a, b), -Infinity)

/** Positive losses over more than two powers of ten are read off a logarithm. */
const isSteep = (values: ReadonlyArray<number>): boolean => least(values) > 0 && most(values) > 100 * least(values)

/** Equal steps, from the least to the largest coordinate and not from zero. */
const positionAxis = (values: ReadonlyArray<number>): Axis => {
  const [low, high] = [least(values), most(values)]
  const { ticks } = linearAxis([low, high])
  return {
    scale: { type: 'linear', domain: [low, high] },
    ticks: ticks.filter((tick) => tick >= low && tick <= high),
    tickFormat: formatRound,
    place: (value) => value,
  }
}

/** How many values are no numbers, in words; nothing when all are. */
const missing = (values: ReadonlyArray<number>): string => {
  const count = values.length - finite(values).length
  return count === 0 ? '' : `, ${count} of ${values.length} values not finite`
}

const told = (values: ReadonlyArray<number>): string =>
  finite(values).length === 0
    ? `no finite loss${missing(values)}`
    : `loss from ${formatNumber(least(finite(values)))} to ${formatNumber(most(finite(values)))}${missing(values)}`

const lineHeight = 16

/** Losses along lines, in one chart; a line has a gap where the loss is not finite. */
export const slicePanel = (slices: ReadonlyArray<NamedSlice>, heading = ''): Panel => {
  const values = finite(slices.flatMap(({ slice }) => slice.values))
  const x = positionAxis(slices.flatMap(({ slice }) => slice.coordinates))
  const y = isSteep(values) ? logAxis(values) : linearAxis(values)
  return {
    heading,
    description: `Loss along a line: ${slices.map(({ name, slice }) => `${name}: ${told(slice.values)}`).join('; ')}.`,
    options: {
      height: 300 + lineHeight * slices.length,
      marginTop: 28 + lineHeight * slices.length,
      marginRight: 24,
      x: x.scale,
      y: y.scale,
      marks: [
        ...verticalAxis(y, 'loss'),
        ...horizontalAxis(x, 'distance along the direction'),
        Plot.ruleX([0], { strokeOpacity: 0.3 }),
        ...slices.flatMap(({ name, slice }, index) => {
          const points = slice.coordinates.map((t, i) => [t, slice.values[i] ?? Number.NaN] as const)
          const drawn = points.map(([t, value]) => [t, Number.isFinite(value) ? y.place(value) : Number.NaN] as const)
          return [
            Plot.line(drawn, { x: '0', y: '1', stroke: colorOf(index), strokeWidth: 2 }),
            Plot.text([name], {
              frameAnchor: 'top-left',
              // Above the chart, one under the other.
              dy: lineHeight * (index - slices.length) - 2,
              fontWeight: 600,
              fill: colorOf(index),
            }),
          ]
        }),
      ],
    },
  }
}

const levels = 14

// Beyond this size differences overflow; nobody reads levels there.
const largest = 1e150

const halfStep = (coordinates: ReadonlyArray<number>): number =>
  (most(coordinates) - least(coordinates)) / (coordinates.length - 1) / 2

interface Cell {
  readonly x1: number
  readonly x2: number
  readonly y1: number
  readonly y2: number
}

/** Half-way to the neighbors, and not beyond the ends. */
const cellsAround = (coordinates: ReadonlyArray<number>): ReadonlyArray<readonly [number, number]> =>
  coordinates.map((t, i) => [(t + (coordinates[i - 1] ?? t)) / 2, (t + (coordinates[i + 1] ?? t)) / 2])

const emptyCells = ({ x, y, values }: LandscapePlane): ReadonlyArray<Cell> => {
  const [across, up] = [cellsAround(x), cellsAround(y)]
  return values.flatMap((row, j) =>
    row.flatMap((value, i) => {
      const [[x1, x2], [y1, y2]] = [across[i] ?? [0, 0], up[j] ?? [0, 0]]
      return Number.isFinite(value) ? [] : [{ x1, x2, y1, y2 }]
    }),
  )
}

/** A loss over a plane as levels, dark where it is low, with cells left blank where it is not finite, and with named points. */
export const planePanel = ({ plane, points = [] }: PlaneScene, heading = ''): Panel => {
  const all = plane.values.flat()
  const numbers = finite(all)
  const isLogarithmic = isSteep(numbers)
  const height = (value: number): number =>
    isLogarithmic ? Math.log10(value) : Math.min(largest, Math.max(-largest, value))
  const [low, high] = numbers.length === 0 ? [0, 0] : [height(least(numbers)), height(most(numbers))]
  const share = (value: number): number => (high > low ? (height(value) - low) / (high - low) : 0)
  // A hole would tear the contours around it; its cell is painted over instead.
  const field = all.map((value) => (Number.isFinite(value) ? share(value) : 1))
  const [x, y] = [positionAxis(plane.x), positionAxis(plane.y)]
  const thresholds = Array.from({ length: levels }, (_, k) => k / levels)
  const note = `${told(all)}; ${isLogarithmic ? 'levels of equal ratio' : 'levels of equal difference'}, dark is low`
  return {
    heading,
    description: `Loss over a plane: ${note}${points.map(({ name, at }) => `; ${name} at (${at.map((t) => formatNumber(t)).join(', ')})`).join('')}.`,
    options: {
      height: 340,
      x: x.scale,
      y: y.scale,
      color: { type: 'linear', domain: [0, 1], range: ['#123a5e', '#f3efe4'] },
      marks: [
        Plot.contour(field, {
          width: plane.x.length,
          height: plane.y.length,
          // The values stand in the middle of the cells of a contour, and the outer halves of the outer cells are cut off.
          x1: least(plane.x) - halfStep(plane.x),
          x2: most(plane.x) + halfStep(plane.x),
          y1: least(plane.y) - halfStep(plane.y),
          y2: most(plane.y) + halfStep(plane.y),
          clip: true,
          fill: Plot.identity,
          stroke: '#00000055',
          strokeWidth: 0.6,
          thresholds,
        }),
        Plot.rect(emptyCells(plane), { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', fill: 'var(--paper)' }),
        Plot.axisX(x.ticks, { text: (tick: number) => x.tickFormat(tick), label: 'first direction', tickSize: 4 }),
        Plot.axisY(y.ticks, { text: (tick: number) => y.tickFormat(tick), label: 'second direction', tickSize: 4 }),
        Plot.frame({ strokeOpacity: 0.4 }),
        Plot.dot(points, {
          x: ({ at }: { readonly at: readonly [number, number] }) => at[0],
          y: ({ at }: { readonly at: readonly [number, number] }) => at[1],
          r: 5,
          fill: 'var(--paper)',
          stroke: '#1d2328',
          strokeWidth: 2,
        }),
        Plot.text(points, {
          x: ({ at }: { readonly at: readonly [number, number] }) => at[0],
          y: ({ at }: { readonly at: readonly [number, number] }) => at[1],
          text: 'name',
          dy: -12,
          fontWeight: 600,
          fill: '#1d2328',
          stroke: '#fdfdfb',
          strokeWidth: 4,
        }),
      ],
    },
  }
}
