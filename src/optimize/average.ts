/** One objective of many batches: what a full pass over the data would say, with one batch in memory at a time. */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import { map } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import {
  type NotDeterministic,
  probeLike,
  repeating,
  weighed,
  weightedOperator,
  weightedSum,
} from '../curvature/average.js'
import { scalar } from '../data/construct.js'
import { toNumber } from '../data/read.js'
import type { Objective } from './Objective.js'

/**
 * The objective of all batches together: loss, gradient and curvature are means with the numbers of examples as weights, and so
 * those of a mean over all examples.
 *
 *     L(p) = Σ wᵢ Lᵢ(p) / Σ wᵢ
 *
 * Each batch is a function that makes its objective and is called again for every answer, so that one batch is in memory at a time
 * (take `constant(objective)` of fp-ts to keep it). `batchObjective` lets all of them share one program.
 *
 * **Cost** an answer of each batch for one answer; a product with the Hessian evaluates each batch at its point anew. Loss,
 * gradient and one product of each batch are computed twice at `at`, to see that they repeat themselves.
 *
 * **Fails** `Left` with a `NotDeterministic` when a batch gives different bits the second time at `at`. A `Defect` when a weight is
 * negative or missing, or all are zero.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mean, square, sub, tensor, type Tensor } from 'gradus'
 * import { averageObjective, batchObjective } from 'gradus/optimize'
 * const on = batchObjective((x: Tensor, data: Tensor) => mean(square(sub(data, x))))
 * const whole = averageObjective([() => on(tensor([1, 2, 3])), () => on(tensor([6]))], [3, 1])(tensor(0))
 * E.isRight(whole) && whole.right.value(tensor(3)) // => 3.5
 *
 * @since 0.1.0
 */
export const averageObjective =
  <P>(batches: ReadonlyArray<IO<Objective<P>>>, weights: ReadonlyArray<number>) =>
  (at: P): E.Either<NotDeterministic, Objective<P>> => {
    const all = weighed('averageObjective', batches, weights)
    const probe = probeLike(at)
    const evaluated = (objective: Objective<P>, p: P): readonly [ReturnType<typeof scalar>, P] => {
      const [value, gradient] = objective.valueAndGrad(p)
      return [scalar(value), gradient]
    }
    const answers = (batch: IO<Objective<P>>): unknown => {
      const objective = batch()
      return [evaluated(objective, at), scalar(objective.value(at)), objective.hessian(at).apply(probe)]
    }
    return E.map(
      (checked: typeof all): Objective<P> => ({
        value: (p) => toNumber(weightedSum(checked, (batch) => scalar(batch().value(p)))),
        valueAndGrad: (p) => {
          const [value, gradient] = weightedSum(checked, (batch) => evaluated(batch(), p))
          return [toNumber(value), gradient]
        },
        hessian: (p) =>
          weightedOperator(
            p,
            map(({ batch, share }: (typeof checked)[0]) => ({ share, batch: () => batch().hessian(p) }))(checked),
          ),
      }),
    )(repeating(all, answers))
  }
