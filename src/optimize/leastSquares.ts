/** Objectives that are more than a loss: sums of squares with their residuals, and convex losses of models. */

import { lossFunctions } from '../curvature/lossFunctions.js'
import { gaussNewtonFunctions, normalOperator, rowsOfModel } from '../curvature/modelFunctions.js'
import { fromFloat64Array } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toFloat64Array, toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import { div, mul, square } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { sqrt } from '../primitive/elementary.js'
import { svd } from '../primitive/linalgSvd.js'
import { sum, transpose } from '../primitive/structure.js'
import type { Loss } from '../transform/grad.js'
import { freeOf } from './bounds/Box.js'
import {
  type Box,
  type Curved,
  type ObjectiveOptions,
  type ObjectiveWith,
  objectiveOf,
  type Residuals,
} from './Objective.js'

/**
 * A sum of squares: all that `objective` offers, the Gauss-Newton matrix JᵀJ and the residuals.
 *
 * @since 0.1.0
 */
export interface SumOfSquares<P> extends ObjectiveWith<Curved | 'gaussNewton' | 'residuals', P> {}

/**
 * A convex loss of a model: all that `objective` offers, and the Gauss-Newton matrix.
 *
 * @since 0.1.0
 */
export interface Composite<P> extends ObjectiveWith<Curved | 'gaussNewton', P> {}

/**
 * The sum of squares of residuals on any batch. See `leastSquares`.
 *
 * @example
 * import { sub, tensor, type Tensor } from 'gradus'
 * import { batchLeastSquares } from 'gradus/optimize'
 * const on = batchLeastSquares((x: Tensor, batch: Tensor) => sub(batch, x))
 * on(tensor([1, 3])).value(tensor(2)) // => 1
 *
 * @since 0.1.0
 */
export const batchLeastSquares = <P, B>(
  residuals: (p: P, batch: B) => unknown,
  { compilation = 'auto' }: ObjectiveOptions = {},
): ((batch: B) => SumOfSquares<P>) => {
  const loss = (p: P, batch: B): Tensor => mul(0.5, sum(square(ravel(residuals(p, batch))[0])))
  const functions = lossFunctions<P, [B]>(loss, compilation)
  const rows = rowsOfModel<P, [B], unknown>(residuals, loss, compilation)
  return (batch) => ({
    ...objectiveOf(functions, [batch]),
    residuals: (p) => rows(p, [batch]),
    gaussNewton: (p) => normalOperator(p, rows(p, [batch])),
  })
}

/**
 * The objective of residuals: half the sum of their squares, with its curvatures and the residuals themselves.
 *
 *     f(θ) = ½ ‖r(θ)‖²,    ∇f = Jᵀr,    B = JᵀJ
 *
 * **Shapes** residuals are a tensor or a tree of them; `residuals(p).values` has all in one row `[m]`.
 *
 * @example
 * import { sub, tensor, toArray, type Tensor } from 'gradus'
 * import { leastSquares } from 'gradus/optimize'
 * const fit = leastSquares((x: Tensor) => sub(x, tensor([1, 2])))
 * fit.value(tensor([4, 6])) // => 12.5
 * toArray(fit.residuals(tensor([4, 6])).values) // => [3, 4]
 *
 * @since 0.1.0
 */
export const leastSquares = <P>(residuals: (p: P) => unknown, options: ObjectiveOptions = {}): SumOfSquares<P> =>
  batchLeastSquares<P, readonly []>((p) => residuals(p), options)([])

/**
 * A convex loss of a model on any batch. See `compositeObjective`.
 *
 * @example
 * import { mean, mul, square, sub, tensor, type Tensor } from 'gradus'
 * import { batchComposite } from 'gradus/optimize'
 * const model = (slope: Tensor, [x]: readonly [Tensor, Tensor]) => mul(slope, x)
 * const loss = (y: Tensor, [, target]: readonly [Tensor, Tensor]) => mean(square(sub(y, target)))
 * batchComposite(model, loss)([tensor([1, 2]), tensor([2, 4])]).value(tensor(2)) // => 0
 *
 * @since 0.1.0
 */
export const batchComposite = <P, B, Y>(
  model: (p: P, batch: B) => Y,
  loss: Loss<Y, [B]>,
  { compilation = 'auto' }: ObjectiveOptions = {},
): ((batch: B) => Composite<P>) => {
  const functions = lossFunctions<P, [B]>((p, batch) => loss(model(p, batch), batch), compilation)
  const gaussNewton = gaussNewtonFunctions<P, [B], Y>(model, loss, compilation)
  return (batch) => ({
    ...objectiveOf(functions, [batch]),
    gaussNewton: (p) => gaussNewton(p, [batch]),
  })
}

/**
 * The objective of a convex loss of a model, with the Gauss-Newton matrix of the two.
 *
 *     f(θ) = loss(model(θ)),    B = Jᵀ ∇²loss J
 *
 * @example
 * import { square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { compositeObjective } from 'gradus/optimize'
 * const fit = compositeObjective((x: Tensor) => square(x), (y: Tensor) => sum(square(y)))
 * toArray(fit.gaussNewton(tensor([1, 2])).matrix()) // => [[8, 0], [0, 32]]
 *
 * @since 0.1.0
 */
export const compositeObjective = <P, Y>(
  model: (p: P) => Y,
  loss: Loss<Y>,
  options: ObjectiveOptions = {},
): Composite<P> =>
  batchComposite<P, readonly [], Y>(
    (p) => model(p),
    (y) => loss(y),
    options,
  )([])

/**
 * How well the parameters of a fit are known.
 *
 * @since 0.1.0
 */
export interface FitErrors<P> {
  /** σ̂² = ‖r‖² / (m − n). */
  readonly variance: number
  /** σ̂² (JᵀJ)⁻¹ over raveled parameters, `[n, n]`. */
  readonly covariance: Tensor
  /** The roots of its diagonal. */
  readonly standardErrors: P
  /** How many parameters were estimated: all that no bound holds. */
  readonly estimated: number
}

/**
 * Where a fit ended in a box.
 *
 * @since 0.1.0
 */
export interface FitErrorsOptions<P> {
  /** Parameters that a bound holds against their gradient count as known. */
  readonly bounds?: Box<P>
}

/**
 * The covariance of the parameters of a fit by least squares, from its residuals at the minimum: exact for linear models with
 * independent errors of one variance, and otherwise to first order.
 *
 *     σ̂² (JᵀJ)⁻¹ = σ̂² V S⁻² Vᵀ,    J = U S Vᵀ
 *
 * At a minimum in a box the parameters that `bounds` hold, at a bound out of which −Jᵀr points, count as known: their rows, columns and errors
 * are 0, and J is that of the others. So the errors are those of the fit on that face, and leave out that other data might have ended on
 * another one; no errors of first order say more, since at a bound estimates are not distributed evenly to both sides.
 *
 * **Special values** ∞ or NaN where the columns of J depend on one another.
 *
 * **Fails** with a `Defect` when there are no more residuals than estimated parameters.
 *
 * **References** Seber and Wild, *Nonlinear Regression* (1989), §2.1.
 *
 * @example
 * import { sub, tensor, toArray, toNumber, type Tensor } from 'gradus'
 * import { fitErrors, leastSquares } from 'gradus/optimize'
 * const mean = leastSquares((x: Tensor) => sub(x, tensor([1, 2, 3])))
 * toNumber(fitErrors(mean.residuals(tensor(2)), tensor(2)).standardErrors) // ≈ Math.sqrt(1 / 3)
 * const bounds = { lower: tensor(2.5), upper: tensor(9) }
 * toNumber(fitErrors(mean.residuals(tensor(2.5)), tensor(2.5), { bounds }).standardErrors) // => 0
 *
 * @since 0.1.0
 */
export const fitErrors = <P>(
  { values, matrix }: Pick<Residuals<P>, 'values' | 'matrix'>,
  p: P,
  { bounds }: FitErrorsOptions<P> = {},
): FitErrors<P> => {
  const [{ size }, unravel] = ravel(p)
  const whole = matrix()
  const free =
    bounds === undefined ? undefined : toFloat64Array(ravel(freeOf(bounds, p, unravel(matmul(values, whole))))[0])
  const estimated = free === undefined ? size : free.reduce((count, each) => count + each, 0)
  if (values.size <= estimated)
    return raise(
      'InvalidArgument',
      `fitErrors: expected more residuals than the ${estimated} parameters, got ${values.size}.`,
    )
  const chosen = free === undefined ? [] : [...free].flatMap((each, i) => (each === 1 ? [i] : []))
  const among = gather(chosen, size)
  const jacobian = free === undefined ? whole : matmul(whole, among)
  // Columns of one length, so that units of parameters do not spoil the decomposition.
  const lengths = sqrt(sum(square(jacobian), { axes: [0] }))
  const { s, v } = svd(div(jacobian, lengths))
  const rows = div(transpose(div(v, s)), lengths)
  const variance = mul(1 / (values.size - estimated), sum(square(values)))
  const covariance = mul(variance, matmul(transpose(rows), rows))
  const errors = sqrt(mul(variance, sum(square(rows), { axes: [0] })))
  return {
    variance: toNumber(variance),
    covariance: free === undefined ? covariance : matmul(among, matmul(covariance, transpose(among))),
    standardErrors: unravel(free === undefined ? errors : matmul(among, errors)),
    estimated,
  }
}

/** The columns of the identity with these numbers. */
const gather = (columns: ReadonlyArray<number>, size: number): Tensor =>
  fromFloat64Array(
    Float64Array.from({ length: size * columns.length }, (_, at) =>
      columns[at % columns.length] === Math.floor(at / columns.length) ? 1 : 0,
    ),
    [size, columns.length],
  )
