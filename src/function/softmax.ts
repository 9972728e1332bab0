/** Stable sums of exponentials and what is built on them. */

import { axesFrom } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { add, div, sub } from '../primitive/arithmetic.js'
import { equal, logicalOr, stopGradient, where } from '../primitive/choice.js'
import { exp, log } from '../primitive/elementary.js'
import { max } from '../primitive/reduction.js'
import { type ReductionOptions, reshape, sum } from '../primitive/structure.js'

/** The largest entry as a constant to subtract, or 0 where subtracting it would give ∞ − ∞. */
const shift = (x: Tensor, axes: ReadonlyArray<number>): Tensor => {
  const largest = stopGradient(max(x, { axes, keepAxes: true }))
  return where(logicalOr(equal(largest, -Infinity), equal(largest, Infinity)), 0, largest)
}

/**
 * log Σ eˣ along axes, all of them by default, without overflow. Its gradient is the softmax; of nothing but −∞ the value is
 * −∞ and the gradient 0.
 *
 * @example
 * import { logSumExp, tensor, toNumber } from 'gradus'
 * toNumber(logSumExp(tensor([1000, 1000]))) // ≈ 1000.6931471805599
 *
 * @since 0.1.0
 */
export const logSumExp = (x: Tensor, options: ReductionOptions = {}): Tensor => {
  const axes = axesFrom('logSumExp', options.axes, x.rank)
  if (axes.length === 0) return x
  const largest = shift(x, axes)
  const total = add(log(sum(exp(sub(x, largest)), { axes, keepAxes: true })), largest)
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

const softmaxAxes = (operation: string, x: Tensor, options: SoftmaxOptions): ReadonlyArray<number> =>
  axesFrom(operation, options.axes ?? (x.rank === 0 ? [] : [-1]), x.rank)

/**
 * eˣ / Σ eˣ along axes (default: the last).
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
