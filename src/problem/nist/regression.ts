/** NIST's certified nonlinear regressions as problems, and how many certified digits a result has. */
import { raise } from '../../data/Defect.js'
import { toFloat64Array } from '../../data/read.js'
import type { Tensor } from '../../data/Tensor.js'
import { sub } from '../../primitive/arithmetic.js'
import { log } from '../../primitive/elementary.js'
import { point, tabulated } from '../entries.js'
import { type Problem, type ProblemFamily, problemOf, squaresOf } from '../Problem.js'
import { average } from './average.js'
import { higher } from './higher.js'
import { lower } from './lower.js'
import { type Model, models } from './models.js'
import type { Difficulty, NistTable } from './NistTable.js'

/**
 * A nonlinear regression with results that the National Institute of Standards and Technology certifies to 11 digits.
 *
 * @since 0.1.0
 */
export interface NistRegression {
  /** As NIST writes it, `Misra1a` for example. */
  readonly name: string
  readonly difficulty: Difficulty
  /** What is fitted: NIST's response, or its logarithm where NIST says so. */
  readonly response: Tensor
  readonly predictors: ReadonlyArray<Tensor>
  /** The response as a function of parameters. */
  readonly model: (parameters: Tensor) => Tensor
  /** Least squares from the two starts, the far one first; a minimum is the certified one. */
  readonly problem: Problem
  readonly certified: {
    readonly parameters: ReadonlyArray<number>
    /** Standard deviations of the parameters. */
    readonly deviations: ReadonlyArray<number>
    readonly residualSumOfSquares: number
    /** The root of the sum of squares over the degrees of freedom, observations less parameters. */
    readonly residualDeviation: number
  }
}

const modelOf = (name: string): Model => models[name] ?? raise('InvalidArgument', `nist: there is no model of ${name}.`)

const regressionOf = (table: NistTable): NistRegression => {
  const { name, difficulty, starts, parameters, residualSumOfSquares, columns } = table
  const numbers = table.data.split(' ').map(Number)
  const column = (k: number): Tensor =>
    tabulated(numbers.length / columns, (i) => numbers[(i - 1) * columns + k] ?? NaN)
  const predictors = Array.from({ length: columns - 1 }, (_, k) => column(k + 1))
  const response = name === 'Nelson' ? log(column(0)) : column(0)
  const of = modelOf(name)
  const model = (b: Tensor): Tensor => of(b, predictors)
  const [far, near] = starts
  return {
    name,
    difficulty,
    response,
    predictors,
    model,
    problem: problemOf(
      namedOf(table),
      squaresOf({
        residuals: (b) => sub(response, model(b)),
        starts: [point(...far), point(...near)],
        minima: [
          {
            value: residualSumOfSquares,
            points: [point(...parameters)],
            global: true,
            // Eleven digits are certified; that of Lanczos1 is below what float64 can tell from 0.
            tolerance: 1e-8 * residualSumOfSquares + 1e-22,
          },
        ],
      }),
    ),
    certified: {
      parameters,
      deviations: table.deviations,
      residualSumOfSquares,
      residualDeviation: table.residualDeviation,
    },
  }
}

const namedOf = ({ name, difficulty, columns }: NistTable): Pick<Problem, 'name' | 'title' | 'source' | 'kinds'> => ({
  name: `nist-${name.toLowerCase()}`,
  title: name,
  source: `NIST Statistical Reference Datasets, nonlinear regression, ${difficulty} difficulty, ${columns} columns`,
  kinds: ['sum of squares', 'measured data'],
})

const tables: ReadonlyArray<NistTable> = [...lower, ...average, ...higher]

/**
 * The 27 nonlinear regressions of NIST's Statistical Reference Datasets, by difficulty as NIST orders them.
 *
 * **References** National Institute of Standards and Technology, *Statistical Reference Datasets* (1999), in the public domain.
 *
 * @example
 * import { nistRegressions } from 'gradus/problem'
 * const all = nistRegressions()
 * all.length // => 27
 * all.filter(({ difficulty }) => difficulty === 'higher').length // => 8
 *
 * @since 0.1.0
 */
export const nistRegressions = (): ReadonlyArray<NistRegression> => tables.map(regressionOf)

/** The regressions among the other problems. */
export const nistFamilies: ReadonlyArray<ProblemFamily> = tables.map((table) => ({
  ...namedOf(table),
  dimension: { _tag: 'Fixed', n: table.parameters.length },
  of: () => regressionOf(table).problem,
}))

/** More digits than these are not certified. */
const certifiedDigits = 11

/**
 * How many digits of a certified value a result has: the log relative error, between 0 and 11.
 *
 *     −log₁₀ (|found − certified| / |certified|)
 *
 * **Special values** −log₁₀ |found| where 0 is certified; 0 for NaN.
 *
 * **References** McCullough, *Assessing the reliability of statistical software* (1998).
 *
 * @example
 * import { logRelativeError } from 'gradus/problem'
 * logRelativeError(2, 2.002) // ≈ 3
 * logRelativeError(2, 2) // => 11
 *
 * @since 0.1.0
 */
export const logRelativeError = (certified: number, found: number): number => {
  const error = Math.abs(found - certified) / (certified === 0 ? 1 : Math.abs(certified))
  return Number.isNaN(error) ? 0 : Math.max(0, Math.min(certifiedDigits, -Math.log10(error)))
}

/**
 * How many certified digits found parameters have: the log relative error of each, and the least of them, by which programs are
 * compared.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { lre, nistRegressions } from 'gradus/problem'
 * const first = nistRegressions().find(({ name }) => name === 'Misra1a')
 * first === undefined ? 0 : lre(first, tensor([239.18107130918, 5.5015643181e-4])).least // ≈ 3
 *
 * @since 0.1.0
 */
export const lre = (
  { certified }: Pick<NistRegression, 'certified'>,
  found: Tensor,
): { readonly parameters: ReadonlyArray<number>; readonly least: number } => {
  const entries = toFloat64Array(found)
  const parameters = certified.parameters.map((value, i) => logRelativeError(value, entries[i] ?? Number.NaN))
  return { parameters, least: Math.min(...parameters) }
}
