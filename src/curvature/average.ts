/** Averages over batches: weighted by what each batch holds, and refused where a batch does not repeat itself. */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { raise } from '../data/Defect.js'
import { toFloat64Array } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, randomKey, uniform } from '../function/random.js'
import { ravel, treeAxpy, treeScale } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { treeSize } from '../operator/length.js'
import { symmetrized } from '../operator/symmetric.js'

/**
 * A batch that gave something else when it was asked the same a second time.
 *
 * @since 0.1.0
 */
export interface NotDeterministic {
  readonly _tag: 'NotDeterministic'
  /** The number of the batch, from 0. */
  readonly batch: number
  /** The largest difference between the two answers; NaN where only one of them is a number, or their sizes differ. */
  readonly difference: number
  readonly advice: string
}

/** The same bits: NaN equals NaN, and the zeros differ. */
const sameBits = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((x, i) => Object.is(x, b[i]))

const largestDifference = (a: Float64Array, b: Float64Array): number =>
  a.length === b.length
    ? a.reduce((most, x, i) => (Object.is(x, b[i]) ? most : Math.max(most, Math.abs(x - (b[i] ?? Number.NaN)))), 0)
    : Number.NaN

/** A batch with its share of the whole. */
interface Weighed<B> {
  readonly batch: B
  readonly share: number
}

/** Batches with weights as shares of their sum. */
export const weighed = <B>(
  operation: string,
  batches: ReadonlyArray<B>,
  weights: ReadonlyArray<number>,
): ReadonlyNonEmptyArray<Weighed<B>> => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const pairs = batches.map((batch, i) => ({ batch, share: (weights[i] ?? Number.NaN) / total }))
  if (!isNonEmpty(pairs) || weights.length !== batches.length)
    return raise(
      'InvalidArgument',
      `${operation}: expected one batch or more and a weight for each, got ${batches.length} batches and ${weights.length} weights.`,
    )
  return weights.every((weight) => weight >= 0) && total > 0 && total < Infinity
    ? pairs
    : raise(
        'InvalidArgument',
        `${operation}: expected weights of 0 or more with a positive finite sum, got ${weights.join(', ')}. Take the numbers of examples.`,
      )
}

/** Asks every batch twice, and finds the first that contradicts itself. */
export const repeating = <B>(
  batches: ReadonlyNonEmptyArray<Weighed<B>>,
  answer: (batch: B) => unknown,
): E.Either<NotDeterministic, ReadonlyNonEmptyArray<Weighed<B>>> => {
  const entries = (batch: B): Float64Array => toFloat64Array(ravel(answer(batch))[0])
  const failure = batches.reduce<NotDeterministic | undefined>((found, { batch }, i) => {
    if (found !== undefined) return found
    const [first, second] = [entries(batch), entries(batch)]
    return sameBits(first, second)
      ? undefined
      : {
          _tag: 'NotDeterministic',
          batch: i,
          difference: largestDifference(first, second),
          advice:
            'An average is the same function at each call only if its batches are. Draw examples, augmentation and dropout from a key ' +
            'that belongs to the batch, and keep the order of the examples.',
        }
  }, undefined)
  return failure === undefined ? E.right(batches) : E.left(failure)
}

/** Σ share · value, in the order of the batches, where each value is there only as long as it is added. */
export const weightedSum = <B, P>([first, ...others]: ReadonlyNonEmptyArray<Weighed<B>>, termOf: (batch: B) => P): P =>
  others.reduce<P>(
    (total, { batch, share }) => treeAxpy(share, termOf(batch), total),
    treeScale(first.share, termOf(first.batch)),
  )

const probeKey = randomKey(0x9e3779b9)

/** A vector that is the same for all operators of a structure. */
export const probeLike = <P>(like: P): P => {
  const [flat, unravel] = ravel(like)
  return unravel(uniform(foldIn(probeKey, flat.size), [flat.size], { low: -1, high: 1 }))
}

/** Σ share · operator, where each operator is made anew for each product. */
export const weightedOperator = <P>(
  like: P,
  all: ReadonlyNonEmptyArray<Weighed<IO<LinearOperator<P>>>>,
): LinearOperator<P> => ({
  like,
  size: treeSize(like),
  apply: (v) => weightedSum(all, (batch) => batch().apply(v)),
  matrix: () => symmetrized(weightedSum(all, (batch) => batch().matrix())),
})

/**
 * The mean of the operators of batches: with the numbers of examples as weights, that of a mean over all examples.
 *
 *     A = Σ wᵢ Aᵢ / Σ wᵢ
 *
 * Each batch is a function that makes its operator, which is called again for every product, so that one batch is in memory at a
 * time (take `constant(operator)` of fp-ts to keep it).
 *
 * **Cost** a product of each batch for one product; two of each to see that they repeat themselves.
 *
 * **Fails** `Left` with a `NotDeterministic` when a batch multiplies one vector twice with different bits. What begins to change
 * later is not seen. A `Defect` when a weight is negative or missing, or all are zero.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mean, square, sub, tensor, toArray, type Tensor } from 'gradus'
 * import { averageCurvature, hessianOperator } from 'gradus/curvature'
 * const on = (a: number) => () => hessianOperator((x: Tensor) => mean(square(sub(a, square(x)))))(tensor([1]))
 * const average = averageCurvature([on(0), on(1)], [3, 1])
 * E.isRight(average) && toArray(average.right.apply(tensor([1]))) // => [11]
 *
 * @since 0.1.0
 */
export const averageCurvature = <P>(
  batches: ReadonlyArray<IO<LinearOperator<P>>>,
  weights: ReadonlyArray<number>,
): E.Either<NotDeterministic, LinearOperator<P>> => {
  const all = weighed('averageCurvature', batches, weights)
  const { like } = all[0].batch()
  const probe = probeLike(like)
  return E.map((checked: typeof all) => weightedOperator(like, checked))(
    repeating(all, (batch) => batch().apply(probe)),
  )
}

/**
 * A gradient with its loss, averaged over batches: each batch is a function of the parameters that gives both, and weights are its
 * number of examples.
 *
 *     (Σ wᵢ Lᵢ(p) / Σ wᵢ,  Σ wᵢ ∇Lᵢ(p) / Σ wᵢ)
 *
 * **Cost** each batch once for each call, and twice at `at`, to see that they repeat themselves.
 *
 * **Fails** `Left` with a `NotDeterministic` when a batch gives different bits the second time at `at`. A `Defect` when a weight is
 * negative or missing, or all are zero.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mean, square, sub, tensor, toArray, toNumber, valueAndGrad, type Tensor } from 'gradus'
 * import { averageValueAndGrad } from 'gradus/curvature'
 * const on = (data: Tensor) => valueAndGrad((x: Tensor) => mean(square(sub(data, x))))
 * const whole = averageValueAndGrad([on(tensor([1, 2, 3])), on(tensor([6]))], [3, 1])(tensor(0))
 * E.isRight(whole) && toNumber(whole.right(tensor(0))[1]) // => -6
 *
 * @since 0.1.0
 */
export const averageValueAndGrad =
  <P>(batches: ReadonlyArray<(p: P) => readonly [Tensor, P]>, weights: ReadonlyArray<number>) =>
  (at: P): E.Either<NotDeterministic, (p: P) => readonly [Tensor, P]> => {
    const all = weighed('averageValueAndGrad', batches, weights)
    return E.map((checked: typeof all) => (p: P) => weightedSum(checked, (batch) => batch(p)))(
      repeating(all, (batch) => batch(at)),
    )
  }

/**
 * Says in a sentence which batch did not repeat itself.
 *
 * @example
 * import { showNotDeterministic } from 'gradus/curvature'
 * showNotDeterministic({ _tag: 'NotDeterministic', batch: 2, difference: 0.5, advice: 'Keep the key.' })
 * // => 'batch 2 gave another answer the second time (difference 0.5). Keep the key.'
 *
 * @since 0.1.0
 */
export const showNotDeterministic = ({ batch, difference, advice }: NotDeterministic): string =>
  `batch ${batch} gave another answer the second time (difference ${difference}). ${advice}`
