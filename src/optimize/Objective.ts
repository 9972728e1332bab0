/**
 * optimize/: optimizers as pure steps. An Objective answers questions about a loss at a point, an Optimizer turns one
 * evaluated point into the next, a run is a lazy sequence of them, and stopping rules form a monoid.
 * Nothing here keeps state of its own: a run can be stopped, inspected, restarted and resumed at any iterate.
 * May import: data … curvature, optimize. May be imported by: codec, dataset, experiment, report, cli, index.
 */
import { type LossFunctions, lossFunctions } from '../curvature/lossFunctions.js'
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import type { Key } from '../function/random.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import type { Compilation } from '../program/compilation.js'
import type { Loss } from '../transform/grad.js'

/**
 * Residuals at a point, with their derivative J.
 *
 * @since 0.1.0
 */
export interface Residuals<P> {
  /** All residuals in one row, `[m]`. */
  readonly values: Tensor
  /** J v, `[m]`. */
  readonly product: (v: P) => Tensor
  /** Jᵀ u. */
  readonly transposed: (u: Tensor) => P
  /** J over raveled parameters, `[m, n]`, at the cost of min(m, n) products. */
  readonly matrix: () => Tensor
}

/**
 * Bounds of each parameter, −∞ and ∞ where there is none.
 *
 * @since 0.1.0
 */
export interface Box<P> {
  readonly lower: P
  readonly upper: P
}

/**
 * Everything that an optimizer may ask about a loss at a point. It pays only for what it asks, and says in its type what it needs.
 *
 * @since 0.1.0
 */
export interface Abilities<P> {
  readonly value: (p: P) => number
  readonly valueAndGrad: (p: P) => readonly [number, P]
  /** The curvature at a point: one recorded gradient, then its products. */
  readonly hessian: (p: P) => LinearOperator<P>
  /** A positive semidefinite stand-in for the Hessian: that of a convex loss of a model that is taken to be linear at the point. */
  readonly gaussNewton: (p: P) => LinearOperator<P>
  /** The residuals of which the loss is half the sum of squares. */
  readonly residuals: (p: P) => Residuals<P>
  /** The mean over examples of the squares of their gradients: the diagonal of the empirical Fisher matrix. */
  readonly gradientSquares: (p: P) => P
  /** An estimate of the diagonal of the Fisher matrix, which is that of Gauss and Newton, from targets that the model draws itself. */
  readonly drawnSquares: (p: P, key: Key) => P
  /** The box that parameters must stay in. */
  readonly bounds: () => Box<P>
}

/**
 * The names of what can be asked.
 *
 * @since 0.1.0
 */
export type Ability = keyof Abilities<unknown>

/**
 * What first-order methods ask.
 *
 * @since 0.1.0
 */
export type Smooth = 'value' | 'valueAndGrad'

/**
 * What second-order methods ask: all that `objective(loss)` can answer.
 *
 * @since 0.1.0
 */
export type Curved = Smooth | 'hessian'

/**
 * An objective that has these abilities at least.
 *
 * @since 0.1.0
 */
export type ObjectiveWith<A extends Ability, P> = Pick<Abilities<P>, A>

/**
 * The objective of a loss: its value, its gradient and the products of its Hessian.
 *
 * @since 0.1.0
 */
export interface Objective<P> extends ObjectiveWith<Curved, P> {
  /**
   * By what steps inside a subspace are judged, where that is not the objective itself: trial values and fresh gradients on a batch of
   * their own.
   */
  readonly inside?: ObjectiveWith<Smooth, P>
}

/** Any objective: its type tells for which parameters it is. */
export type SomeObjective<P> = Partial<Abilities<P>> & ObjectiveWith<'value', P>

/** What `minimize` takes: an objective for parameters P that can do what the optimizer asks. */
export type ObjectiveFor<A extends Ability, P> = SomeObjective<P> & ObjectiveWith<A, NoInfer<P>>

/**
 * The objective of each step, for losses that change: minibatches, continuation.
 *
 * @since 0.1.0
 */
export type ObjectiveAt<P, O = Objective<P>> = (step: number) => O

export const objectiveOf = <P, R extends ReadonlyArray<unknown>>(
  functions: LossFunctions<P, R>,
  rest: R,
): Objective<P> => ({
  value: (p) => toNumber(functions.value(p, rest)),
  valueAndGrad: (p) => {
    const [value, gradient] = functions.valueAndGrad(p, rest)
    return [toNumber(value), gradient]
  },
  hessian: (p) => functions.hessian(p, rest),
})

/**
 * How an objective is computed.
 *
 * @since 0.1.0
 */
export interface ObjectiveOptions {
  /**
   * `'auto'` (default) compiles a loss that can be staged and is large enough for it to pay; it must then be a pure function, which
   * is run with abstract values and not again. `'never'` runs the loss eagerly for each value, as `useCompilation('never')` does
   * for the whole process. `explain(loss)(p)` ends with the decision and its reason.
   */
  readonly compilation?: Compilation
}

/**
 * The objective of a scalar loss.
 *
 * @example
 * import { square, sum, tensor, type Tensor } from 'gradus'
 * import { objective } from 'gradus/optimize'
 * objective((x: Tensor) => sum(square(x))).value(tensor([1, 2])) // => 5
 *
 * @since 0.1.0
 */
export const objective = <P>(loss: Loss<P>, { compilation = 'auto' }: ObjectiveOptions = {}): Objective<P> =>
  objectiveOf(lossFunctions(loss, compilation), [])

/**
 * The objective of a loss on any batch: all batches of one shape, and all runs on them, share their programs.
 *
 * @example
 * import { mean, square, sub, tensor, type Tensor } from 'gradus'
 * import { batchObjective } from 'gradus/optimize'
 * const on = batchObjective((x: Tensor, batch: Tensor) => mean(square(sub(batch, x))))
 * on(tensor([1, 2, 3, 4])).value(tensor(2.5)) // => 1.25
 *
 * @since 0.1.0
 */
export const batchObjective = <P, B>(
  loss: Loss<P, [B]>,
  { compilation = 'auto' }: ObjectiveOptions = {},
): ((batch: B) => Objective<P>) => {
  const functions = lossFunctions(loss, compilation)
  return (batch) => objectiveOf(functions, [batch])
}
