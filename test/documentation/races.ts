/** The races of all contenders on the problems of Moré, Garbow and Hillstrom, as rows that are stored: what each spent, and where it ended. */
import * as E from 'fp-ts/lib/Either.js'
import { norm, sub, type Tensor, toFloat64Array, toNumber } from 'gradus'
import { eigen } from 'gradus/curvature'
import { gradientEquivalents, type Objective, objective } from 'gradus/optimize'
import { type Problem, type ProblemFamily, problemOfDimension } from 'gradus/problem'
import { contenders } from '../../src/experiment/contenders.js'
import { type Budget, raceOn, type Standing } from '../../src/experiment/race.js'

export const budget: Budget = { steps: 2000, gradientEquivalents: 2000 }

/** What there is to see where a run ended without a minimum; null is a number that is not finite. */
export interface End {
  readonly gradientNorm: number | null
  /** ‖x‖ at the end and at the start. */
  readonly size: number | null
  readonly startSize: number
  readonly startGradientNorm: number
  /** The largest distance in one variable from the start to the nearest known minimizer. */
  readonly distance: number | null
  /** Of the Hessian: its least and its greatest eigenvalue and how many are negative beyond rounding, at the end; max|λ| at the start. */
  readonly least: number | null
  readonly most: number | null
  readonly negative: number | null
  readonly startMost: number
  /** By how much the value fell in the last tenth of the work, relative to the value at the end. */
  readonly recent: number | null
}

export interface Row {
  readonly problem: string
  readonly dimension: number
  readonly solver: string
  readonly ending: string
  readonly isGlobal: boolean
  readonly steps: number | null
  readonly evaluations: number
  readonly gradients: number
  readonly products: number
  readonly solves: number | null
  readonly value: number | null
  readonly end?: End
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? Number(value.toPrecision(4)) : null

const spectrum = ({ hessian }: Objective<Tensor>, x: Tensor): ReadonlyArray<number> => {
  const found = eigen(hessian(x).matrix(), { rightTo: 'entries' })
  return E.isLeft(found) ? [] : [...toFloat64Array(found.right.values)]
}

const largest = (values: ReadonlyArray<number>): number => Math.max(...values.map(Math.abs))

const endOf = ({ loss, starts: [start], minima }: Problem, { laps, last }: Standing): End => {
  const of = objective(loss)
  const values = spectrum(of, last.params)
  const most = largest(values)
  const [first] = laps
  const spent = 0.9 * gradientEquivalents(last.work)
  const late = laps.find(({ work }) => gradientEquivalents(work) >= spent) ?? last
  const distances = minima.flatMap(({ points }) =>
    points.map((point) => largest([...toFloat64Array(sub(point, start))])),
  )
  return {
    gradientNorm: finite(last.gradientNorm),
    size: finite(toNumber(norm(last.params))),
    startSize: toNumber(norm(start)),
    startGradientNorm: first?.gradientNorm ?? Number.NaN,
    distance: finite(distances.length === 0 ? undefined : Math.min(...distances)),
    least: finite(values[0]),
    most: finite(values[values.length - 1]),
    negative: values.length === 0 ? null : values.filter((value) => value < -1e-10 * most).length,
    startMost: largest(spectrum(of, start)),
    recent: finite((late.value - last.value) / Math.abs(last.value)),
  }
}

const rowOf = (problem: Problem, name: string, standing: Standing): Row => {
  const { ending, last, contender } = standing
  const { evaluations, gradients, products, solves } = last.work
  const row: Row = {
    problem: name,
    dimension: problem.dimension,
    solver: contender.name,
    ending: ending._tag === 'Failed' ? ending.failure : ending._tag,
    isGlobal: ending._tag === 'Reached' && ending.minimum.global,
    steps: last.step,
    evaluations,
    gradients,
    products,
    solves,
    value: Number.isFinite(last.value) ? last.value : null,
  }
  return ending._tag === 'Reached' ? row : { ...row, end: endOf(problem, standing) }
}

/** Races of some contenders on some problems. */
export const run = (families: ReadonlyArray<ProblemFamily>, names: ReadonlyArray<string>): ReadonlyArray<Row> =>
  families.flatMap((family) => {
    const problem = problemOfDimension()(family)
    const entered = contenders.filter(({ name }) => names.includes(name))
    return raceOn(problem, entered, budget).standings.map((standing) => rowOf(problem, family.name, standing))
  })
