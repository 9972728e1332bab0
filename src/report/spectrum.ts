import * as Plot from '@observablehq/plot'
import type { Results } from '../codec/results.js'
import { type Axis, signedAxis } from './axis.js'
import { widthHeading } from './curves.js'
import { colorOf, horizontalAxis, type Panel, verticalAxis } from './figure.js'
import { formatNumber, formatPercent } from './format.js'
import { median, type Series, seriesOf, widthsOf } from './statistics.js'

interface Bin {
  readonly low: number
  readonly high: number
  readonly count: number
}

const binsPerDecade = 4

// Singular directions, such as the weights of pixels that are always blank, come out as tiny numbers of either sign.
const withoutRounding = (spectrum: ReadonlyArray<number>): ReadonlyArray<number> => {
  const largest = spectrum.reduce((most, eigenvalue) => Math.max(most, Math.abs(eigenvalue)), 0)
  return spectrum.map((eigenvalue) => (Math.abs(eigenvalue) <= 1e-10 * largest ? 0 : eigenvalue))
}

const finiteSpectra = ({ runs }: Series): ReadonlyArray<ReadonlyArray<number>> =>
  runs
    .map((run) => withoutRounding((run.spectrum ?? []).filter(Number.isFinite)))
    .filter((spectrum) => spectrum.length > 0)

const least = (spectrum: ReadonlyArray<number>): number => spectrum.reduce((a, b) => Math.min(a, b))

// Bins of equal width on the axis, whose coordinate is sgn(λ) log(1 + |λ| / constant).
const histogram = (eigenvalues: ReadonlyArray<number>, constant: number): ReadonlyArray<Bin> => {
  const width = Math.log(10) / binsPerDecade
  const number = (eigenvalue: number): number =>
    Math.floor((Math.sign(eigenvalue) * Math.log1p(Math.abs(eigenvalue) / constant)) / width)
  const edge = (k: number): number => Math.sign(k) * constant * Math.expm1(Math.abs(k) * width)
  const numbers = eigenvalues.map(number)
  return Array.from(new Set(numbers), (k) => ({
    low: edge(k),
    high: edge(k + 1),
    count: numbers.filter((other) => other === k).length,
  }))
}

interface Row {
  readonly series: Series
  readonly bins: ReadonlyArray<Bin>
  readonly told: string
}

const rowOf =
  (constant: number) =>
  (series: Series): Row => {
    const spectra = finiteSpectra(series)
    const negative = median(spectra.map((spectrum) => spectrum.filter((eigenvalue) => eigenvalue < 0).length))
    const size = median(spectra.map((spectrum) => spectrum.length))
    return {
      series,
      bins: histogram(spectra.flat(), constant),
      told: `${formatNumber(negative)} of ${formatNumber(size)} negative (${formatPercent(negative / size)}), least ${formatNumber(median(spectra.map(least)), 2)}`,
    }
  }

const rowMarks =
  (most: number) =>
  ({ series, bins, told }: Row): ReadonlyArray<Plot.Markish> => {
    const facet = { fy: () => series.index }
    return [
      Plot.rect(bins, {
        ...facet,
        x1: 'low',
        x2: 'high',
        y1: () => 0.5,
        y2: 'count',
        fill: colorOf(series.index),
        fillOpacity: (bin: Bin) => (bin.high <= 0 ? 1 : 0.45),
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.text([series.optimizer], {
        ...facet,
        frameAnchor: 'top-left',
        dx: 4,
        dy: 2,
        fontWeight: 600,
        fill: colorOf(series.index),
      }),
      Plot.text([told], { ...facet, frameAnchor: 'top-left', dx: 4, dy: 17 }),
      Plot.ruleX([0], { ...facet, stroke: 'currentColor', strokeWidth: 1.25, y1: 0.5, y2: most }),
    ]
  }

/** For each width a histogram of the final Hessian's eigenvalues, one row for each optimizer, all seeds together. */
export const spectrumPanels = (results: Results): ReadonlyArray<Panel> =>
  widthsOf(results).flatMap((width) => {
    const all = seriesOf(results, (run) => run.width === width).filter((series) => finiteSpectra(series).length > 0)
    if (all.length === 0) return []
    const axis = signedAxis(all.flatMap((series) => finiteSpectra(series).flat()))
    const rows = all.map(rowOf(axis.constant))
    const most = Math.max(...rows.flatMap((row) => row.bins.map((bin) => bin.count)))
    // Headroom for the two lines of text.
    const top = 2 * most ** 1.8
    const counts: Axis = {
      scale: { type: 'log', domain: [0.5, top] },
      ticks: [1, 10, 100, 1000, 10_000].filter((tick) => tick <= most),
      tickFormat: (count) => formatNumber(count),
      place: (count) => count,
    }
    return [
      {
        heading: widthHeading(results, width),
        description: `Eigenvalues of the final Hessian${widthHeading(results, width).replace(/^(?=.)/, ', ')}: ${rows
          .map((row) => `${row.series.optimizer}: ${row.told}`)
          .join('; ')}.`,
        options: {
          height: 60 + 125 * rows.length,
          x: axis.scale,
          y: counts.scale,
          fy: { axis: null, padding: 0.12 },
          marks: [
            ...verticalAxis(counts, 'number of eigenvalues'),
            ...horizontalAxis(axis, 'eigenvalue λ'),
            ...rows.flatMap(rowMarks(1.5 * most)),
          ],
        },
      },
    ]
  })
