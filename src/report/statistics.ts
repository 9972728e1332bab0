import type { ResultIterate, ResultRun, Results } from '../codec/results.js'

/** What one optimizer did: its runs, and its place among the optimizers, which fixes its color and symbol. */
export interface Series {
  readonly optimizer: string
  readonly index: number
  readonly runs: ReadonlyArray<ResultRun>
}

/** The spread of a quantity over seeds at one point of the horizontal axis. */
export interface Spread {
  readonly x: number
  readonly median: number
  readonly low: number
  readonly high: number
}

const unique = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => Array.from(new Set(values))

const ascending = (values: ReadonlyArray<number>): ReadonlyArray<number> => values.toSorted((a, b) => a - b)

/** The optimizers in the order of their first run. */
export const optimizersOf = (results: Results): ReadonlyArray<string> =>
  unique(results.runs.map((run) => run.optimizer))

/** The widths that were run, in ascending order. */
export const widthsOf = (results: Results): ReadonlyArray<number> =>
  ascending(unique(results.runs.map((run) => run.width)))

/** The runs of each optimizer among those that are `chosen`; optimizers without any are left out. */
export const seriesOf = (results: Results, chosen: (run: ResultRun) => boolean = () => true): ReadonlyArray<Series> =>
  optimizersOf(results)
    .map((optimizer, index) => ({
      optimizer,
      index,
      runs: results.runs.filter((run) => run.optimizer === optimizer && chosen(run)),
    }))
    .filter((series) => series.runs.length > 0)

/** The middle value, NaN aside; of an even count the mean of the middle two; NaN when there is none. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = ascending(values.filter((value) => !Number.isNaN(value)))
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? Number.NaN : low === high ? low : (low + high) / 2
}

/** The last iterate of each run that has one. */
export const lastIterates = (runs: ReadonlyArray<ResultRun>): ReadonlyArray<ResultIterate> =>
  runs.flatMap((run) => run.iterates.slice(-1))

interface Point {
  readonly x: number
  readonly y: number
}

// Between two points geometrically where both are positive: a straight line on the logarithmic axes of the page.
const between = (a: Point, b: Point, x: number): number => {
  const share = b.x > a.x ? (x - a.x) / (b.x - a.x) : 1
  if (share <= 0) return a.y
  if (share >= 1) return b.y
  return a.y > 0 && b.y > 0 ? a.y ** (1 - share) * b.y ** share : (1 - share) * a.y + share * b.y
}

const valueAt = (track: ReadonlyArray<Point>, x: number): number => {
  const next = track.findIndex((point) => point.x >= x)
  const [before, after] = next < 0 ? [track[track.length - 1]] : [track[next - 1], track[next]]
  if (before === undefined) return after !== undefined && after.x === x ? after.y : Number.NaN
  return after === undefined ? before.y : between(before, after, x)
}

const thinned = (grid: ReadonlyArray<number>, most: number): ReadonlyArray<number> => {
  const stride = Math.ceil(grid.length / most)
  return grid.filter((_, i) => i % stride === 0 || i === grid.length - 1)
}

/**
 * Median, minimum and maximum over runs of the quantity `y` along `x`. Runs whose points do not meet are interpolated, and a
 * run that ended keeps its last value, so that the median does not jump when one stops early.
 */
export const spreads = (
  runs: ReadonlyArray<ResultRun>,
  x: (iterate: ResultIterate) => number,
  y: (iterate: ResultIterate) => number,
): ReadonlyArray<Spread> => {
  const tracks = runs.map((run) =>
    run.iterates
      .map((iterate) => ({ x: x(iterate), y: y(iterate) }))
      .filter((point) => Number.isFinite(point.x) && !Number.isNaN(point.y))
      .toSorted((a, b) => a.x - b.x),
  )
  const grid = thinned(ascending(unique(tracks.flatMap((track) => track.map((point) => point.x)))), 200)
  return grid.flatMap((place) => {
    const values = tracks.map((track) => valueAt(track, place)).filter((value) => !Number.isNaN(value))
    return values.length === 0
      ? []
      : [{ x: place, median: median(values), low: Math.min(...values), high: Math.max(...values) }]
  })
}

/** The commonest of some words, with its share when it is not the only one. */
export const commonest = (words: ReadonlyArray<string>): string => {
  const counts = unique(words).map((word) => ({ word, count: words.filter((other) => other === word).length }))
  const [first] = counts.toSorted((a, b) => b.count - a.count)
  return first === undefined
    ? ''
    : counts.length === 1
      ? first.word
      : `${first.word} (${first.count} of ${words.length})`
}
