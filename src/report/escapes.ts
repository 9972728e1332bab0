import * as Plot from '@observablehq/plot'
import type { ResultRun, Results } from '../codec/results.js'
import { type Axis, logAxis } from './axis.js'
import { colorOf, horizontalAxis, lineOf, type Panel, symbolOf, verticalAxis } from './figure.js'
import { formatCount, formatList, formatNumber, formatRound } from './format.js'
import { lastIterates, median, type Series, seriesOf } from './statistics.js'

/** Whether a run got away from its saddle. */
export const hasLeft = (run: ResultRun): boolean => run.reason === 'left the saddle'

const isMonkey = (run: ResultRun): boolean => run.surface === 'monkey'

const stepsOf = (run: ResultRun): number => lastIterates([run])[0]?.epoch ?? Number.NaN

const workOf = (run: ResultRun): number => lastIterates([run])[0]?.gradientEquivalents ?? Number.NaN

/** A line that theory draws, by what it says of each place on the horizontal axis. */
interface Law {
  readonly name: string
  readonly of: (x: number) => number
}

interface Chart {
  readonly heading: string
  readonly right: string
  readonly up: string
  readonly runs: ReadonlyArray<ResultRun>
  readonly x: (run: ResultRun) => number
  readonly y: (run: ResultRun) => number
  readonly laws: ReadonlyArray<Law>
}

interface Place {
  readonly x: number
  readonly median: number
  readonly low: number
  readonly high: number
}

const ascending = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  [...new Set(values)].toSorted((a, b) => a - b)

const placesOf = ({ runs }: Series, { x, y }: Chart): ReadonlyArray<Place> => {
  const gone = runs.filter(hasLeft)
  return ascending(gone.map(x)).map((place) => {
    const values = gone.filter((run) => x(run) === place).map(y)
    return { x: place, median: median(values), low: Math.min(...values), high: Math.max(...values) }
  })
}

const exactAxis = (axis: Axis, values: ReadonlyArray<number>): Axis => {
  const [least = 1, most = 1] = [values[0], values[values.length - 1]]
  return { ...axis, scale: { type: 'log', domain: [least / 1.3, most * 1.3] }, place: (value) => value }
}

interface LawLine {
  readonly name: string
  readonly points: ReadonlyArray<{ readonly x: number; readonly y: number }>
}

const lawLines = (laws: ReadonlyArray<Law>, places: ReadonlyArray<number>, y: Axis): ReadonlyArray<LawLine> =>
  laws.map(({ name, of }) => ({
    name,
    points: places.map((x) => ({ x, y: y.place(of(x)) })).filter((point) => Number.isFinite(point.y)),
  }))

const lawCurves = (lines: ReadonlyArray<LawLine>): ReadonlyArray<Plot.Markish> =>
  lines.map(({ points }) =>
    Plot.lineY(points, { x: 'x', y: 'y', stroke: 'currentColor', strokeDasharray: '4 3', strokeOpacity: 0.7 }),
  )

/** Over all lines, or they could not be read where many of them begin. */
const lawNames = (lines: ReadonlyArray<LawLine>): ReadonlyArray<Plot.Markish> =>
  lines.map(({ name, points }) =>
    Plot.text(points.slice(0, 1), {
      x: 'x',
      y: 'y',
      text: () => name,
      textAnchor: 'start',
      dx: 9,
      dy: 10,
      stroke: 'var(--paper)',
      strokeWidth: 5,
      fill: 'currentColor',
    }),
  )

const panelOf = (chart: Chart, all: ReadonlyArray<Series>): Panel => {
  const series = all.map(({ runs, ...rest }) => ({ ...rest, runs: runs.filter((run) => chart.runs.includes(run)) }))
  const curves = series.map((each) => ({ ...each, places: placesOf(each, chart) }))
  const places = ascending(chart.runs.map(chart.x))
  const x = exactAxis(logAxis(places), places)
  const y = logAxis([
    ...curves.flatMap((curve) => curve.places.flatMap(({ low, high }) => [low, high])),
    ...chart.laws.flatMap((law) => places.map(law.of)),
  ])
  const laws = lawLines(chart.laws, places, y)
  const at = { x: (place: Place) => place.x, y: (place: Place) => y.place(place.median) }
  return {
    heading: chart.heading,
    description: `${chart.up} against ${chart.right}: ${curves
      .map(({ optimizer, places: own }) => {
        const last = own[own.length - 1]
        return `${optimizer} ${last === undefined ? 'never leaves' : `takes ${formatNumber(last.median)} at ${formatRound(last.x)}`}`
      })
      .join('; ')}.`,
    options: {
      height: 320,
      x: x.scale,
      y: y.scale,
      marks: [
        ...verticalAxis(y, chart.up),
        ...horizontalAxis(x, chart.right),
        Plot.ruleY([y.scale.domain[0]], { strokeOpacity: 0.6 }),
        ...lawCurves(laws),
        ...curves.flatMap(({ index, places: own }) => [
          Plot.ruleX(own, {
            x: at.x,
            y1: (place: Place) => y.place(place.low),
            y2: (place: Place) => y.place(place.high),
            stroke: colorOf(index),
            strokeWidth: 5,
            strokeOpacity: 0.25,
            strokeLinecap: 'round',
          }),
          Plot.lineY(own, { ...at, ...lineOf(index) }),
          Plot.dot(own, { ...at, symbol: symbolOf(index), fill: colorOf(index), r: 4 }),
        ]),
        ...lawNames(laws),
      ],
    },
  }
}

const numberIn = (results: Results, name: string): number => {
  const found = results.settings[name]
  return typeof found === 'number' ? found : Number.NaN
}

/** Growth by a factor for each step, from the distance to 1. */
const stepsToGrow = (distance: number, factor: number): number => Math.log(1 / distance) / Math.log(factor)

/**
 * Steps and work against the number of variables and, on the monkey saddle, steps against the distance. The laws are lower bounds: along
 * negative curvature a saddle-free step doubles the distance, one of gradient descent multiplies it by 1 + η|λ|, and a start off a saddle
 * has other parts too; on the monkey saddle the first is r / 2 long and the second 3ηr², so that 1/r falls by less than 3η.
 */
export const escapePanels = (results: Results): ReadonlyArray<Panel> => {
  const all = seriesOf(results)
  const [quadratic, monkey] = [results.runs.filter((run) => !isMonkey(run)), results.runs.filter(isMonkey)]
  const distance = numberIn(results, 'distance from the quadratic saddles')
  const rate = numberIn(results, 'learning rate of gradient descent')
  const weakest = -numberIn(results, 'most negative eigenvalue')
  const charts: ReadonlyArray<Chart> = [
    {
      heading: 'quadratic saddles: steps',
      right: 'variables',
      up: 'steps to leave',
      runs: quadratic,
      x: (run) => run.width,
      y: stepsOf,
      laws: [
        { name: 'doubling', of: () => stepsToGrow(distance, 2) },
        { name: '1 + η|λ|', of: () => stepsToGrow(distance, 1 + rate * weakest) },
      ],
    },
    {
      heading: 'quadratic saddles: work',
      right: 'variables',
      up: 'work to leave (gradient-equivalents)',
      runs: quadratic,
      x: (run) => run.width,
      y: workOf,
      laws: [],
    },
    {
      heading: 'monkey saddle: steps',
      right: 'distance from the saddle',
      up: 'steps to leave',
      runs: monkey,
      x: (run) => run.distance ?? Number.NaN,
      y: stepsOf,
      laws: [
        { name: 'growth by 3/2', of: (r) => stepsToGrow(r, 1.5) },
        { name: '(1/r − 1) / 3η', of: (r) => (1 / r - 1) / (3 * rate) },
      ],
    },
  ]
  return charts.filter(({ runs }) => runs.length > 0).map((chart) => panelOf(chart, all))
}

/** At the most variables, by the share of eigenvalues that are negative. */
export const indexPanels = (results: Results): ReadonlyArray<Panel> => {
  const quadratic = results.runs.filter((run) => !isMonkey(run))
  const most = quadratic.reduce((largest, run) => Math.max(largest, run.width), 0)
  const runs = quadratic.filter((run) => run.width === most)
  return runs.length === 0
    ? []
    : [
        panelOf(
          {
            heading: `${formatNumber(most)} variables`,
            right: 'negative eigenvalues',
            up: 'steps to leave',
            runs,
            x: (run) => run.index ?? Number.NaN,
            y: stepsOf,
            laws: [],
          },
          seriesOf(results),
        ),
      ]
}

/** Who left, who did not, and how fast. */
export const escapeFindings = (results: Results): ReadonlyArray<string> => {
  const quadratic = (run: ResultRun): boolean => !isMonkey(run)
  const series = seriesOf(results, quadratic).map(({ optimizer, runs }) => {
    const gone = runs.filter(hasLeft)
    return {
      optimizer,
      left: gone.length,
      of: runs.length,
      steps: median(gone.map(stepsOf)),
      work: median(gone.map(workOf)),
    }
  })
  const [fastest, ...others] = series.filter(({ left }) => left > 0).toSorted((a, b) => a.steps - b.steps)
  const stuck = series.filter(({ left, of }) => left < of)
  return [
    ...(fastest === undefined
      ? []
      : [
          `From the quadratic saddles ${fastest.optimizer} needs the fewest steps, ${formatNumber(fastest.steps)} in the median, for ${formatNumber(fastest.work)} gradient-equivalents${others.length === 0 ? '' : `; ${formatList(others.map((each) => `${each.optimizer} ${formatNumber(each.steps)} for ${formatNumber(each.work)}`))}`}.`,
        ]),
    ...(stuck.length === 0
      ? []
      : [
          `Not all got away: ${formatList(stuck.map(({ optimizer, left, of }) => `${optimizer} from ${left} of ${formatCount(of, 'saddle')}`))}.`,
        ]),
  ]
}
