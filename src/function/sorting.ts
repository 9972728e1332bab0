/** Sorting and what is read off sorted entries. Derivatives follow the entries to where they are put. */

import { arange, fromFloat64Array } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { axisNames, optionsFrom, reductionNames, sortNames } from '../data/options.js'
import { axesFrom, axisFrom, showShape, withoutAxes, withUnitAxes } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { add, product } from '../primitive/arithmetic.js'
import { notEqual, where } from '../primitive/choice.js'
import { gather, take } from '../primitive/indexing.js'
import { argsort, type SortOptions } from '../primitive/order.js'
import { permute, type ReductionOptions, reshape, squeeze } from '../primitive/structure.js'

/**
 * The entries along an axis in order, ascending or with `descending` the other way.
 *
 * **Shapes** that of `x`.
 *
 * **Special values** equal entries keep their order in both directions, and each place has the derivative of the entry put
 * there. NaN comes last in both.
 *
 * @example
 * import { sort, tensor, toArray } from 'gradus'
 * toArray(sort(tensor([[3, 1, 2], [4, 6, 5]]))) // => [[1, 2, 3], [4, 5, 6]]
 * toArray(sort(tensor([3, NaN, 1]), { descending: true })) // => [3, 1, NaN]
 *
 * @since 0.1.0
 */
export const sort = (x: Tensor, options: SortOptions = {}): Tensor => {
  const axis = axisFrom('sort', optionsFrom('sort', options, sortNames).axis ?? -1, x.rank)
  return gather(x, argsort(x, { ...options, axis }), { axis })
}

/**
 * Keys in order, and values carried along with their keys.
 *
 * **Shapes** both have the shape of the keys.
 *
 * **Special values** those of `sort`, for the keys.
 *
 * @example
 * import { sortKeyVal, tensor, toArray } from 'gradus'
 * const [keys, values] = sortKeyVal(tensor([3, 1, 2]), tensor([30, 10, 20]))
 * toArray(keys) // => [1, 2, 3]
 * toArray(values) // => [10, 20, 30]
 *
 * @since 0.1.0
 */
export const sortKeyVal = (keys: Tensor, values: Tensor, options: SortOptions = {}): readonly [Tensor, Tensor] => {
  const axis = axisFrom('sortKeyVal', optionsFrom('sortKeyVal', options, sortNames).axis ?? -1, keys.rank)
  const order = argsort(keys, { ...options, axis })
  return [gather(keys, order, { axis }), gather(values, order, { axis })]
}

/**
 * The `count` largest entries along an axis (default: the last), largest first, and their positions.
 *
 * **Shapes** both have that of `x` with `count` along the axis.
 *
 * **Special values** those of `sort` with `descending`: of equal entries the first comes first, and NaN after all numbers.
 *
 * **Fails** with a `Defect` when the axis is shorter than `count`.
 *
 * @example
 * import { tensor, toArray, topK } from 'gradus'
 * const [values, positions] = topK(tensor([3, 9, 1, 7]), 2)
 * toArray(values) // => [9, 7]
 * toArray(positions) // => [1, 3]
 *
 * @since 0.1.0
 */
export const topK = (x: Tensor, count: number, options: { readonly axis?: number } = {}): readonly [Tensor, Tensor] => {
  const axis = axisFrom('topK', optionsFrom('topK', options, axisNames).axis ?? -1, x.rank)
  const length = x.shape[axis] ?? 0
  if (!Number.isInteger(count) || count < 0 || count > length)
    return raise(
      'InvalidArgument',
      `topK: expected a count from 0 to ${length}, the length of axis ${axis} of ${showShape(x.shape)}, got ${count}.`,
    )
  const positions = take(argsort(x, { axis, descending: true }), arange(count), { axis })
  return [gather(x, positions, { axis }), positions]
}

/**
 * The quantiles at `q` (from 0 to 1) along axes, all of them by default, with linear interpolation between the two nearest
 * entries in order: at h = q (n − 1) the value is (⌊h⌋ + 1 − h) x₍⌊h⌋₎ + (h − ⌊h⌋) x₍⌊h⌋₊₁₎.
 *
 * **Shapes** the reduced axes disappear, or keep length 1 with `keepAxes`. Several `q` give a leading axis of their number.
 *
 * **Special values** the derivative is shared by the two entries with the weights of the interpolation; of equal entries,
 * those that come to stand there when they keep their order have it. NaN where an entry is NaN.
 *
 * **Fails** with a `Defect` for q outside [0, 1], and for an axis without entries.
 *
 * @example
 * import { quantile, tensor, toArray, toNumber } from 'gradus'
 * toNumber(quantile(tensor([4, 1, 3, 2]), 0.5)) // => 2.5
 * toArray(quantile(tensor([4, 1, 3, 2]), [0, 0.25, 1])) // => [1, 1.75, 4]
 *
 * @since 0.1.0
 */
export const quantile = (x: Tensor, q: number | ReadonlyArray<number>, options: ReductionOptions = {}): Tensor =>
  quantileNamed('quantile', x, q, options)

const quantileNamed = (
  operation: string,
  x: Tensor,
  q: number | ReadonlyArray<number>,
  options: ReductionOptions,
): Tensor => {
  const levels = typeof q === 'number' ? [q] : q
  const outside = levels.find((level) => !(level >= 0 && level <= 1))
  if (outside !== undefined)
    return raise('InvalidArgument', `${operation}: expected q from 0 to 1, got ${outside}. Divide percents by 100?`)
  const axes = axesFrom(operation, optionsFrom(operation, options, reductionNames).axes, x.rank)
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const n = axes.reduce((count, axis) => count * (x.shape[axis] ?? 1), 1)
  if (n === 0)
    return raise(
      'InvalidArgument',
      `${operation}: shape ${showShape(x.shape)} has no entries along ${showShape(axes)}.`,
    )
  const lengths = kept.map((axis) => x.shape[axis] ?? 1)
  const sorted = sort(reshape(permute(x, [...axes, ...kept]), [n, ...lengths]), { axis: 0 })
  const places = levels.map((level) => level * (n - 1))
  const low = places.map(Math.floor)
  const rows = (at: ReadonlyArray<number>): Tensor => take(sorted, fromFloat64Array(Float64Array.from(at), [at.length]))
  const weights = (from: ReadonlyArray<number>): Tensor =>
    fromFloat64Array(Float64Array.from(from), [from.length, ...lengths.map(() => 1)])
  const fraction = places.map((place, i) => place - (low[i] ?? 0))
  // A weight of 0 silences an infinite neighbour, as in every linear map.
  const between = add(
    product(weights(fraction.map((part) => 1 - part)), rows(low)),
    product(weights(fraction), rows(places.map(Math.ceil))),
  )
  const last = rows([n - 1])
  const found = where(notEqual(last, last), Number.NaN, between)
  const shape = options.keepAxes === true ? withUnitAxes(x.shape, axes) : withoutAxes(x.shape, axes)
  return typeof q === 'number' ? reshape(squeeze(found, [0]), shape) : reshape(found, [levels.length, ...shape])
}

/**
 * The median along axes, all of them by default: the entry in the middle of the order, or the mean of the two there.
 *
 * **Shapes** the reduced axes disappear, or keep length 1 with `keepAxes`.
 *
 * **Special values** those of `quantile`: the derivative belongs to the entry in the middle, or in halves to the two.
 *
 * **Fails** with a `Defect` for an axis without entries.
 *
 * @example
 * import { median, tensor, toArray, toNumber } from 'gradus'
 * toNumber(median(tensor([5, 1, 3]))) // => 3
 * toArray(median(tensor([[4, 1], [2, 8]]), { axes: [1] })) // => [2.5, 5]
 *
 * @since 0.1.0
 */
export const median = (x: Tensor, options: ReductionOptions = {}): Tensor => quantileNamed('median', x, 0.5, options)
