/** Stable sums of exponentials and what is built on them. */

import { requireTensor } from '../data/describe.js'
import { axesNames, optionsFrom, reductionNames } from '../data/options.js'
import { axesFrom } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { add, div, sub } from '../primitive/arithmetic.js'
import { equal, logicalOr, stopGradient, where } from '../primitive/choice.js'
import { exp, log } from '../primitive/elementary.js'
import { max } from '../primitive/reduction.js'
import { type ReductionOptions, reshape, sum } from '../primitive/structure.js'

/** The largest entry as a constant to subtract, or 0 where subtracting it would give ∞ − ∞. */
const shiftOf = (largest: Tensor): Tensor =>
  where(logicalOr(equal(largest, -Infinity), equal(largest, Infinity)), 0, stopGradient(largest))

const shift = (x: Tensor, axes: ReadonlyArray<number>): Tensor => shiftOf(max(x, { axes, keepAxes: true }))

/**
 * log Σ eˣ along axes, all of them by default, without overflow. Its gradient is the softmax.
 *
 * **Special values** of nothing but −∞ the value is −∞ and the gradient 0; with entries of ∞ the value is ∞, and the gradient the
 * limit: equal shares to them and 0 to all others.
 *
 * @example
 * import { logSumExp, tensor, toNumber } from 'gradus'
 * toNumber(logSumExp(tensor([1000, 1000]))) // ≈ 1000.6931471805599
 *
 * @since 0.1.0
 */
export const logSumExp = (x: Tensor, options: ReductionOptions = {}): Tensor => {
  requireTensor('logSumExp', x)
  const axes = axesFrom('logSumExp', optionsFrom('logSumExp', options, reductionNames).axes, x.rank)
  if (axes.length === 0) return x
  const largest = max(x, { axes, keepAxes: true })
  const shift = shiftOf(largest)
  const rest = log(sum(exp(sub(x, shift)), { axes, keepAxes: true }))
  // The softmax of ∞ is 0/0, but its limit is the gradient of the maximum; the slope of log is 0 there.
  const total = add(rest, where(equal(largest, Infinity), largest, shift))
  return options.keepAxes === true
    ? total
    : reshape(
        total,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      )
}

/**
 * The axes over which a softmax sums to one; the last one by default.
 *
 * @since 0.1.0
 */
export interface SoftmaxOptions {
  readonly axes?: ReadonlyArray<number>
}

const softmaxAxes = (operation: string, x: Tensor, options: SoftmaxOptions): ReadonlyArray<number> => {
  requireTensor(operation, x)
  return axesFrom(operation, optionsFrom(operation, options, axesNames).axes ?? (x.rank === 0 ? [] : [-1]), x.rank)
}

/**
 * eˣ / Σ eˣ along axes (default: the last).
 *
 * **Special values** an entry of −∞ has the share 0 and no derivative; beside one of ∞, or of nothing but −∞, shares are 0/0: NaN.
 *
 * @example
 * import { softmax, tensor, toArray } from 'gradus'
 * toArray(softmax(tensor([0, 0]))) // => [0.5, 0.5]
 *
 * @since 0.1.0
 */
export const softmax = (x: Tensor, options: SoftmaxOptions = {}): Tensor => {
  const axes = softmaxAxes('softmax', x, options)
  const weights = exp(sub(x, shift(x, axes)))
  return div(weights, sum(weights, { axes, keepAxes: true }))
}

/**
 * log softmax(x) = x − log Σ eˣ along axes (default: the last), without overflow.
 *
 * **Special values** as those of `softmax`.
 *
 * @example
 * import { logSoftmax, tensor, toArray } from 'gradus'
 * toArray(logSoftmax(tensor([1000, 1000]))) // => [-Math.LN2, -Math.LN2]
 *
 * @since 0.1.0
 */
export const logSoftmax = (x: Tensor, options: SoftmaxOptions = {}): Tensor => {
  const axes = softmaxAxes('logSoftmax', x, options)
  const shifted = sub(x, shift(x, axes))
  return sub(shifted, log(sum(exp(shifted), { axes, keepAxes: true })))
}
