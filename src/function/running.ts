/** Running products, extrema and sums of exponentials along an axis. */

import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { full } from '../data/construct.js'
import { optionsFrom, runningNames } from '../data/options.js'
import { axisFrom } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { add, mul, sub } from '../primitive/arithmetic.js'
import { equal, logicalOr, maximum, stopGradient, where } from '../primitive/choice.js'
import { exp, log } from '../primitive/elementary.js'
import { gather } from '../primitive/indexing.js'
import { cumArgmaxP, cumArgminP } from '../primitive/order.js'
import { concat, flip, slice } from '../primitive/window.js'

/**
 * Along which axis to run (default: the last), and whether from its end.
 *
 * @since 0.1.0
 */
export interface RunningOptions {
  readonly axis?: number
  readonly reverse?: boolean
}

/** Entry i − d at i, and `fill` where there is none. */
export const delayed = (x: Tensor, axis: number, d: number, fill: number): Tensor => {
  const rows = (length: number): ReadonlyArray<number> => x.shape.map((whole, i) => (i === axis ? length : whole))
  const kept = rows((x.shape[axis] ?? 0) - d)
  const start = slice(
    x,
    kept.map(() => 0),
    kept,
  )
  return concat([full(rows(d), fill), start], { axis })
}

/** The distances 1, 2, 4, … below n: after joining over all of them in turn, entry i has met every entry before it. */
export const doublings = (n: number): ReadonlyArray<number> =>
  Array.from({ length: n > 1 ? Math.ceil(Math.log2(n)) : 0 }, (_, k) => 2 ** k)

const running = (
  operation: string,
  x: Tensor,
  options: RunningOptions,
  scan: (x: Tensor, axis: number) => Tensor,
): Tensor => {
  const axis = axisFrom(operation, optionsFrom(operation, options, runningNames).axis ?? -1, x.rank)
  return options.reverse === true ? flip(scan(flip(x, [axis]), axis), [axis]) : scan(x, axis)
}

/**
 * Running products along an axis (default: the last), from the end with `reverse`.
 *
 *     yᵢ = ∏_{j ≤ i} xⱼ
 *
 * **Special values** only products are taken, so that the derivatives are exact at zeros, one or several, to every order.
 * Factors are joined in blocks of 1, 2, 4, …: a block may overflow where a product from the left would not.
 *
 * **Cost** log₂ n products of the size of `x`.
 *
 * @example
 * import { cumprod, grad, sum, tensor, toArray, type Tensor } from 'gradus'
 * toArray(cumprod(tensor([2, 3, 4]))) // => [2, 6, 24]
 * toArray(grad((x: Tensor) => sum(cumprod(x)))(tensor([2, 0, 4]))) // => [1, 10, 0]
 *
 * @since 0.1.0
 */
export const cumprod = (x: Tensor, options: RunningOptions = {}): Tensor =>
  running('cumprod', x, options, (from, axis) =>
    doublings(from.shape[axis] ?? 0).reduce((product, d) => mul(product, delayed(product, axis, d, 1)), from),
  )

const holding =
  (operation: string, primitive: Primitive<{ readonly axis: number; readonly reverse: boolean }>) =>
  (x: Tensor, options: RunningOptions = {}): Tensor => {
    const axis = axisFrom(operation, optionsFrom(operation, options, runningNames).axis ?? -1, x.rank)
    return gather(x, bind(primitive, { axis, reverse: options.reverse ?? false }, [x]), { axis })
  }

/**
 * Running maxima along an axis (default: the last), from the end with `reverse`.
 *
 *     yᵢ = max_{j ≤ i} xⱼ
 *
 * **Special values** at ties the derivative goes to the entry that attains the maximum first: a record stands until it is
 * broken. NaN stays once met.
 *
 * @example
 * import { cummax, tensor, toArray } from 'gradus'
 * toArray(cummax(tensor([1, 3, 2, 5]))) // => [1, 3, 3, 5]
 *
 * @since 0.1.0
 */
export const cummax: (x: Tensor, options?: RunningOptions) => Tensor = holding('cummax', cumArgmaxP)

/**
 * Running minima along an axis (default: the last), from the end with `reverse`.
 *
 *     yᵢ = min_{j ≤ i} xⱼ
 *
 * **Special values** at ties the derivative goes to the entry that attains the minimum first. NaN stays once met.
 *
 * @example
 * import { cummin, tensor, toArray } from 'gradus'
 * toArray(cummin(tensor([4, 3, 5, 1]))) // => [4, 3, 3, 1]
 *
 * @since 0.1.0
 */
export const cummin: (x: Tensor, options?: RunningOptions) => Tensor = holding('cummin', cumArgminP)

/** A sum of exponentials as `total`·e^`top`. The top is a constant: no derivative depends on how the sum is scaled. */
interface Scaled {
  readonly top: Tensor
  readonly total: Tensor
}

/** What to subtract in an exponent: subtracting an infinity from itself would give NaN. */
const finite = (top: Tensor): Tensor => where(logicalOr(equal(top, -Infinity), equal(top, Infinity)), 0, top)

/**
 * Running log Σ eˣ along an axis (default: the last), from the end with `reverse`, without overflow or underflow.
 *
 *     yᵢ = log Σ_{j ≤ i} exp xⱼ
 *
 * **Special values** of nothing but −∞ the value is −∞ and the gradient 0.
 *
 * **Cost** log₂ n steps of two exponentials of the size of `x`.
 *
 * @example
 * import { cumLogSumExp, tensor, toArray } from 'gradus'
 * toArray(cumLogSumExp(tensor([0, 0, 1000]))) // => [0, Math.LN2, 1000]
 *
 * @since 0.1.0
 */
export const cumLogSumExp = (x: Tensor, options: RunningOptions = {}): Tensor =>
  running('cumLogSumExp', x, options, (from, axis) => {
    const constant = stopGradient(from)
    const start: Scaled = { top: constant, total: exp(sub(from, finite(constant))) }
    const { top, total } = doublings(from.shape[axis] ?? 0).reduce<Scaled>((near, d) => {
      const far = { top: delayed(near.top, axis, d, -Infinity), total: delayed(near.total, axis, d, 0) }
      const joint = maximum(near.top, far.top)
      const unit = finite(joint)
      const weighed = (part: Scaled): Tensor => mul(part.total, exp(sub(part.top, unit)))
      return { top: joint, total: add(weighed(near), weighed(far)) }
    }, start)
    return add(log(total), finite(top))
  })
