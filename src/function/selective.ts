/** Reductions that ask instead of adding, and those that pass over what is missing. */
import type { Tensor } from '../data/Tensor.js'
import { div, neg } from '../primitive/arithmetic.js'
import { equal, greater, notEqual, where } from '../primitive/choice.js'
import { argmax } from '../primitive/reduction.js'
import { type ReductionOptions, sum } from '../primitive/structure.js'

/**
 * 1 where an entry along axes (all of them by default) is not 0, otherwise 0. NaN is not 0; of no entries: 0. Its derivative
 * is a structural zero.
 *
 * @example
 * import { any, tensor, toArray } from 'gradus'
 * toArray(any(tensor([[0, 2], [0, 0]]), { axes: [1] })) // => [1, 0]
 *
 * @since 0.1.0
 */
export const any = (x: Tensor, options: ReductionOptions = {}): Tensor => greater(sum(notEqual(x, 0), options), 0)

/**
 * 1 where no entry along axes (all of them by default) is 0, otherwise 0. NaN is not 0; of no entries: 1. Its derivative is
 * a structural zero.
 *
 * @example
 * import { all, tensor, toArray } from 'gradus'
 * toArray(all(tensor([[1, 2], [0, 1]]), { axes: [1] })) // => [1, 0]
 *
 * @since 0.1.0
 */
export const all = (x: Tensor, options: ReductionOptions = {}): Tensor => equal(sum(equal(x, 0), options), 0)

/**
 * The position of the smallest entry along an axis (the first one at ties), or in the flattened tensor without one: what
 * `argmax` is for the largest. Its derivative is a structural zero.
 *
 * @example
 * import { argminIndex, tensor, toArray } from 'gradus'
 * toArray(argminIndex(tensor([[1, 4], [3, 2]]), { axis: 1 })) // => [0, 1]
 *
 * @since 0.1.0
 */
export const argminIndex = (x: Tensor, options: { readonly axis?: number; readonly keepAxes?: boolean } = {}): Tensor =>
  argmax(neg(x), options)

const isNumber = (x: Tensor): Tensor => equal(x, x)

/**
 * The sum along axes, all of them by default, of the entries that are not NaN; the others have the derivative 0.
 *
 * @example
 * import { nanSum, tensor, toNumber } from 'gradus'
 * toNumber(nanSum(tensor([1, NaN, 2]))) // => 3
 *
 * @since 0.1.0
 */
export const nanSum = (x: Tensor, options: ReductionOptions = {}): Tensor => sum(where(isNumber(x), x, 0), options)

/**
 * The mean along axes, all of them by default, of the entries that are not NaN; the others have the derivative 0. NaN where
 * there is none.
 *
 * @example
 * import { nanMean, tensor, toNumber } from 'gradus'
 * toNumber(nanMean(tensor([1, NaN, 2]))) // => 1.5
 *
 * @since 0.1.0
 */
export const nanMean = (x: Tensor, options: ReductionOptions = {}): Tensor =>
  div(nanSum(x, options), sum(isNumber(x), options))
