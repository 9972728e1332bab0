/** Objectives of minibatches: one for each step, with batches of their own for gradients, curvature and steps in subspaces. */
import { treeScale } from '../function/tree.js'
import { scaleOperator } from '../operator/algebra.js'
import { lazily } from '../program/lazily.js'
import type { Loss } from '../transform/grad.js'
import type { Batch } from './batches.js'
import { batchObjective, type Objective, type ObjectiveAt, type ObjectiveOptions } from './Objective.js'

/**
 * What a step learns from: a batch as the loss takes it, or one with a weight from `batches`.
 *
 * @since 0.1.0
 */
export type BatchAt<B> = (step: number) => B | Batch<B>

/**
 * Which batch answers what. Parts that are left out are answered by the batch of the gradient.
 *
 * @since 0.1.0
 */
export interface BatchPlan<B> {
  /** Values and gradients. */
  readonly gradient: BatchAt<B>
  /** Products with the Hessian: one batch for all products of a step, and so for a run of Lanczos. */
  readonly curvature?: BatchAt<B>
  /** Trial values and fresh gradients inside a subspace, for optimizers that take steps there (`saddleFreeKrylov`). */
  readonly subspace?: BatchAt<B>
}

const isBatch = <B>(drawn: B | Batch<B>): drawn is Batch<B> =>
  typeof drawn === 'object' && drawn !== null && '_tag' in drawn && drawn._tag === 'Batch'

const weighed = <P>(weight: number, of: Objective<P>): Objective<P> => ({
  value: (p) => weight * of.value(p),
  valueAndGrad: (p) => {
    const [value, gradient] = of.valueAndGrad(p)
    return [weight * value, treeScale(weight, gradient)]
  },
  hessian: (p) => scaleOperator(weight)(of.hessian(p)),
})

/**
 * The objectives of a loss that takes a batch, one for each step. With a plan the gradient, the curvature and steps in subspaces have
 * batches of their own: equal, `nested` or independent, drawn with keys of their own.
 *
 * **Laws** an objective answers from the same batches as often as it is asked, so that the gradients of a secant pair and the products of a
 * Krylov space belong together; objectives are functions of the step, so that a run resumes in mid-epoch to the bit.
 *
 * **References** Byrd, Chin, Neveitt and Nocedal, *On the use of stochastic Hessian information in optimization methods for machine
 * learning* (2011); Vinyals and Povey, *Krylov subspace descent for deep learning* (2012), with the three batches.
 *
 * @example
 * import { mean, randomKey, square, sub, take, tensor, toNumber, type Tensor } from 'gradus'
 * import { batches, minibatches, nested, stochastic } from 'gradus/optimize'
 * const data = tensor([1, 2, 3, 4])
 * const loss = (x: Tensor, batch: Tensor) => mean(square(sub(take(data, batch), x)))
 * const objectives = stochastic(loss, minibatches(randomKey(1))({ rows: 4, size: 4 }))
 * objectives(0).value(tensor(2.5)) // => 1.25
 * const gradient = batches(randomKey(1))({ rows: 4, size: 4 })
 * const planned = stochastic(loss, { gradient, curvature: nested(gradient, 2) })
 * toNumber(planned(0).hessian(tensor(0)).apply(tensor(1))) // => 2
 *
 * @since 0.1.0
 */
export const stochastic = <P, B>(
  loss: Loss<P, [B]>,
  plan: BatchAt<B> | BatchPlan<B>,
  { compilation = 'auto' }: ObjectiveOptions = {},
): ObjectiveAt<P> => {
  const on = batchObjective(loss, { compilation })
  const of = (drawn: B | Batch<B>): Objective<P> => {
    if (!isBatch(drawn)) return on(drawn)
    return drawn.weight === 1 ? on(drawn.batch) : weighed(drawn.weight, on(drawn.batch))
  }
  const { gradient, curvature, subspace } = typeof plan === 'function' ? { gradient: plan } : plan
  return (step) => {
    const own = of(gradient(step))
    const curved = curvature === undefined ? () => own : lazily(() => of(curvature(step)))
    const inner = subspace === undefined ? undefined : lazily(() => of(subspace(step)))
    return {
      ...own,
      hessian: (p) => curved().hessian(p),
      ...(inner === undefined
        ? {}
        : { inside: { value: (p) => inner().value(p), valueAndGrad: (p) => inner().valueAndGrad(p) } }),
    }
  }
}
