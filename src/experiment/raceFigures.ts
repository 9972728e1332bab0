/** Races as plain figures: what the terminal, the page and results.json show. */
import { toFloat64Array } from '../data/read.js'
import { objective } from '../optimize/Objective.js'
import { gradientEquivalents } from '../optimize/Optimizer.js'
import { exactUpTo, spectrum } from './measure.js'
import { type Budget, isSolved, type Lap, type Race, type Standing, showEnding } from './race.js'

/** A run in a race. */
export interface Figures {
  readonly name: string
  readonly title: string
  readonly family: string
  readonly setting: string
  readonly solved: boolean
  readonly outcome: string
  readonly steps: number
  readonly evaluations: number
  readonly gradients: number
  readonly products: number
  readonly solves: number
  readonly work: number
  readonly value: number
  readonly gradientNorm: number
  /** Where it went, thinned: the work so far, the value and, in the plane, the point. */
  readonly course: ReadonlyArray<{
    readonly step: number
    readonly work: number
    readonly value: number
    readonly point: ReadonlyArray<number>
  }>
  /** Eigenvalues of the Hessian at the end, ascending; none where it is too large or not finite. */
  readonly spectrum: ReadonlyArray<number>
}

/** A race. */
export interface RaceFigures {
  readonly problem: string
  readonly title: string
  readonly source: string
  readonly dimension: number
  /** What values are measured from: the lowest known minimum, or the lowest value that was seen; none without a bound. */
  readonly reference: number | null
  readonly minima: ReadonlyArray<ReadonlyArray<number>>
  readonly saddles: ReadonlyArray<ReadonlyArray<number>>
  readonly runs: ReadonlyArray<Figures>
}

/** So many points of a run are kept: the first ones, then fewer and fewer. */
const kept = 400

/** Every point at first, then those whose step is a hundredth more than that of the point before. */
const thinned = (laps: ReadonlyArray<Lap>): ReadonlyArray<Lap> =>
  laps.length <= kept
    ? laps
    : laps.filter(({ step }, i) => {
        const place = (at: number): number => Math.floor((kept * Math.log1p(at)) / Math.log1p(laps.length))
        return i === 0 || i === laps.length - 1 || place(step) > place(step - 1)
      })

const entriesOf = ({ params }: Lap, dimension: number): ReadonlyArray<number> =>
  dimension <= 2 ? [...toFloat64Array(params)] : []

const figuresOf = (race: Race, { contender, laps, last, ending }: Standing): Figures => {
  const { dimension, loss } = race.problem
  return {
    name: contender.name,
    title: contender.title,
    family: contender.family,
    setting: contender.setting,
    solved: isSolved({ ending }),
    outcome: showEnding(ending),
    steps: last.step,
    ...last.work,
    work: gradientEquivalents(last.work),
    value: last.value,
    gradientNorm: last.gradientNorm,
    course: thinned(laps).map((lap) => ({
      step: lap.step,
      work: gradientEquivalents(lap.work),
      value: lap.value,
      point: entriesOf(lap, dimension),
    })),
    spectrum: dimension <= exactUpTo ? spectrum(objective(loss).hessian(last.params)) : [],
  }
}

/** The figures of a race. */
export const raceFigures = (race: Race): RaceFigures => {
  const { problem, standings } = race
  const seen = standings.flatMap(({ laps }) => laps.map(({ value }) => value)).filter(Number.isFinite)
  const known = problem.minima.filter(({ global }) => global).map(({ value }) => value)
  const lowest = [...known, ...(known.length > 0 ? [] : seen)].reduce(
    (least, value) => Math.min(least, value),
    Infinity,
  )
  return {
    problem: problem.name,
    title: problem.title,
    source: problem.source,
    dimension: problem.dimension,
    reference: problem.kinds.includes('unbounded') || lowest === Infinity ? null : lowest,
    minima: problem.minima.flatMap(({ points }) => points.map((point) => [...toFloat64Array(point)])),
    saddles: problem.saddles.map(({ point }) => [...toFloat64Array(point)]),
    runs: standings.map((standing) => figuresOf(race, standing)),
  }
}

/** The value of a run once so much was spent: that of the last point within it; none before the first and after a budget's end. */
export const valueAfter = (run: Figures, what: keyof Budget, amount: number): number => {
  const spent = (lap: Figures['course'][number]): number => (what === 'steps' ? lap.step : lap.work)
  return run.course.findLast((lap) => spent(lap) <= amount)?.value ?? Number.NaN
}
