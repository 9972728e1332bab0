import * as Plot from '@observablehq/plot'
import type { ResultIterate, Results } from '../codec/results.js'
import { type Axis, logAxis } from './axis.js'
import type { Quantity } from './curves.js'
import { colorOf, horizontalAxis, lineOf, type Panel, symbolOf, verticalAxis } from './figure.js'
import { formatNumber } from './format.js'
import { lastIterates, median, seriesOf, widthsOf } from './statistics.js'

interface Ending {
  readonly width: number
  readonly index: number
  readonly optimizer: string
  readonly median: number
  readonly low: number
  readonly high: number
}

// Logarithmic in the width, each optimizer a little aside, so that its range can be seen.
const aside = (ending: Ending, count: number): number => ending.width * 1.04 ** (ending.index - (count - 1) / 2)

const widthAxis = (widths: ReadonlyArray<number>): Axis => ({
  scale: { type: 'log', domain: [(widths[0] ?? 1) / 1.25, (widths[widths.length - 1] ?? 1) * 1.25] },
  ticks: widths,
  tickFormat: (width) => formatNumber(width),
  place: (width) => width,
})

const endingsOf = (results: Results, widths: ReadonlyArray<number>, of: (iterate: ResultIterate) => number) =>
  widths.flatMap((width) =>
    seriesOf(results, (run) => run.width === width).flatMap(({ optimizer, index, runs }): ReadonlyArray<Ending> => {
      const values = lastIterates(runs).map(of).filter(Number.isFinite)
      return values.length === 0
        ? []
        : [{ width, index, optimizer, median: median(values), low: Math.min(...values), high: Math.max(...values) }]
    }),
  )

/**
 * A quantity at the end of the runs against the number of hidden units, as in Fig. 3a of Dauphin et al. (2014); nothing when
 * fewer than two widths were run.
 */
export const finalPanels = (results: Results, quantity: Quantity): ReadonlyArray<Panel> => {
  const widths = widthsOf(results).filter((width) => width > 0)
  const endings = endingsOf(results, widths, quantity.of)
  if (widths.length < 2 || endings.length === 0) return []
  const all = seriesOf(results)
  const x = widthAxis(widths)
  const y = logAxis(endings.flatMap((ending) => [ending.low, ending.high]))
  const right = (ending: Ending): number => aside(ending, all.length)
  return [
    {
      heading: '',
      description: `Final ${quantity.label} against hidden units: ${endings
        .map((ending) => `${ending.optimizer} with ${ending.width}: ${quantity.show(ending.median)}`)
        .join('; ')}.`,
      options: {
        height: 300,
        x: x.scale,
        y: y.scale,
        marks: [
          ...verticalAxis(y, `final ${quantity.label}`),
          ...horizontalAxis(x, 'hidden units'),
          Plot.ruleY([y.scale.domain[0]], { strokeOpacity: 0.6 }),
          ...all.flatMap(({ index }) => {
            const own = endings.filter((ending) => ending.index === index)
            const at = { x: right, y: (ending: Ending) => y.place(ending.median) }
            return [
              Plot.ruleX(own, {
                x: right,
                y1: (ending: Ending) => y.place(ending.low),
                y2: (ending: Ending) => y.place(ending.high),
                stroke: colorOf(index),
                strokeWidth: 5,
                strokeOpacity: 0.3,
                strokeLinecap: 'round',
              }),
              Plot.lineY(own, { ...at, ...lineOf(index) }),
              Plot.dot(own, { ...at, symbol: symbolOf(index), fill: colorOf(index), r: 4.5 }),
            ]
          }),
        ],
      },
    },
  ]
}
