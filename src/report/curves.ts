import * as Plot from '@observablehq/plot'
import type { ResultIterate, Results } from '../codec/results.js'
import { type Axis, logAxis, workAxis } from './axis.js'
import { colorOf, horizontalAxis, lineOf, type Panel, symbolOf, verticalAxis } from './figure.js'
import { formatNumber } from './format.js'
import { type Series, type Spread, seriesOf, spreads, widthsOf } from './statistics.js'

/** What is drawn upwards: its name with its unit, how to read it off an iterate, how to say it, and how deep to look. */
export interface Quantity {
  readonly label: string
  readonly of: (iterate: ResultIterate) => number
  readonly show: (value: number) => string
  readonly decades?: number
}

/** What is drawn to the right. */
export interface Progress {
  readonly label: string
  readonly of: (iterate: ResultIterate) => number
  readonly axis: (values: ReadonlyArray<number>) => Axis
}

/** Passes over the training data. */
export const byEpoch: Progress = {
  label: 'epoch',
  of: (iterate) => iterate.epoch,
  // Epochs of a minibatch method outnumber the steps of a second-order one by far.
  axis: workAxis,
}

/** Work in gradients over the training set. */
export const byWork: Progress = {
  label: 'work (gradient-equivalents)',
  of: (iterate) => iterate.gradientEquivalents,
  axis: workAxis,
}

interface Curve {
  readonly series: Series
  readonly spread: ReadonlyArray<Spread>
}

// Symbols now and then, so that lines can be followed without color; shifted by optimizer, so that they do not coincide.
const marked = (spread: ReadonlyArray<Spread>, index: number): ReadonlyArray<Spread> => {
  const stride = Math.max(1, Math.round(spread.length / 5))
  return spread.filter(
    (_, i) => i === spread.length - 1 || (i + Math.round((index * stride) / 3)) % stride === stride - 1,
  )
}

const curveMarks =
  (x: Axis, y: Axis) =>
  ({ series, spread }: Curve): ReadonlyArray<Plot.Markish> => {
    const color = colorOf(series.index)
    const at = { x: (point: Spread) => x.place(point.x), y: (point: Spread) => y.place(point.median) }
    return [
      ...(series.runs.length > 1
        ? [
            Plot.areaY(spread, {
              x: at.x,
              y1: (point: Spread) => y.place(point.low),
              y2: (point: Spread) => y.place(point.high),
              fill: color,
              fillOpacity: 0.16,
            }),
          ]
        : []),
      Plot.lineY(spread, { ...at, ...lineOf(series.index) }),
      Plot.dot(marked(spread, series.index), { ...at, symbol: symbolOf(series.index), fill: color, r: 3.5 }),
    ]
  }

const endings = (curves: ReadonlyArray<Curve>, quantity: Quantity): string =>
  curves
    .map(({ series, spread }) => {
      const last = spread[spread.length - 1]
      return `${series.optimizer} ${last === undefined ? 'has no value' : `ends at ${quantity.show(last.median)}`}`
    })
    .join('; ')

const panelOf =
  (quantity: Quantity, progress: Progress, x: Axis, y: Axis) =>
  (heading: string, curves: ReadonlyArray<Curve>): Panel => ({
    heading,
    description: `${quantity.label} against ${progress.label}${heading === '' ? '' : `, ${heading}`}: ${endings(curves, quantity)}.`,
    options: {
      height: 270,
      x: x.scale,
      y: y.scale,
      marks: [
        ...verticalAxis(y, quantity.label),
        ...horizontalAxis(x, progress.label),
        Plot.ruleY([y.scale.domain[0]], { strokeOpacity: 0.6 }),
        ...curves.flatMap(curveMarks(x, y)),
        ...(curves.every((curve) => curve.spread.length === 0)
          ? [Plot.text(['no values'], { frameAnchor: 'middle', fillOpacity: 0.6 })]
          : []),
      ],
    },
  })

/** The words for a width: 25 hidden units; none where it is the only autoencoder, or no width. */
export const widthHeading = (results: Results, width: number): string => {
  if (!(width > 0)) return ''
  if (results.experiment !== 'autoencoder') return `${formatNumber(width)} hidden unit${width === 1 ? '' : 's'}`
  return widthsOf(results).length > 1 ? `code of ${formatNumber(width)}` : ''
}

/** One chart for each width, all with the same axes: medians over seeds, with bands from the least to the greatest. */
export const curvePanels = (results: Results, quantity: Quantity, progress: Progress): ReadonlyArray<Panel> => {
  const widths = widthsOf(results).map((width) => ({
    heading: widthHeading(results, width),
    curves: seriesOf(results, (run) => run.width === width).map((series) => ({
      series,
      spread: spreads(series.runs, progress.of, quantity.of),
    })),
  }))
  const points = widths.flatMap(({ curves }) => curves.flatMap(({ spread }) => spread))
  // A run that diverges must not press all others flat: the axis ends at a hundred times the greatest first value.
  const starts = widths.flatMap(({ curves }) =>
    curves.flatMap(({ spread }) => spread.slice(0, 1).map((point) => point.high)),
  )
  const x = progress.axis(points.map((point) => point.x))
  const y = logAxis(
    points.flatMap((point) => [point.low, point.high]),
    { decades: quantity.decades ?? 12, cap: 100 * Math.max(...starts.filter((value) => value > 0), 0) || 1 },
  )
  return widths.map(({ heading, curves }) => panelOf(quantity, progress, x, y)(heading, curves))
}
