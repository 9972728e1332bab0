/** Writing into tensors: the last writer, products and extrema over equal indices, segments. */

import { full, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { axisNames, optionsFrom } from '../data/options.js'
import { axisFrom, type Shape, sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { mul } from '../primitive/arithmetic.js'
import { equal, greaterEqual, maximum, where } from '../primitive/choice.js'
import { scatterAdd, take } from '../primitive/indexing.js'
import { argsort } from '../primitive/order.js'
import { lastWriter, scatterMax } from '../primitive/scatter.js'
import { reshape } from '../primitive/structure.js'
import { delayed, doublings } from './running.js'

interface Along {
  readonly axis?: number
}

/** Indices as one row, and the updates along it. */
interface Writing {
  readonly operation: string
  readonly axis: number
  readonly indices: Tensor
  readonly updates: Tensor
}

const writing = (operation: string, x: Tensor, indices: Tensor, updates: Tensor, options: Along): Writing => {
  const axis = axisFrom(operation, optionsFrom(operation, options, axisNames).axis ?? 0, x.rank)
  const around = (middle: Shape): Shape => [...x.shape.slice(0, axis), ...middle, ...x.shape.slice(axis + 1)]
  return sameShape(updates.shape, around(indices.shape))
    ? { operation, axis, indices: reshape(indices, [indices.size]), updates: reshape(updates, around([indices.size])) }
    : raise(
        'ShapeMismatch',
        `${operation}: updates must have the shape ${showShape(around(indices.shape))} (the tensor's ${showShape(x.shape)} with ` +
          `axis ${axis} replaced by that of the indices), got ${showShape(updates.shape)}.`,
      )
}

/** A vector that broadcasts along an axis of x. */
const alongAxis = (vector: Tensor, axis: number, x: Tensor): Tensor =>
  reshape(
    vector,
    x.shape.map((_, i) => (i === axis ? vector.size : 1)),
  )

/** The updates of the last writer of each slice of x, and `otherwise` where nobody writes. */
const written = (x: Tensor, { operation, axis, indices, updates }: Writing, otherwise: Tensor | number): Tensor => {
  const writer = lastWriter(operation, indices, x.shape[axis] ?? 0)
  const rows = take(updates, maximum(writer, 0), { axis })
  return where(alongAxis(greaterEqual(writer, 0), axis, x), rows, otherwise)
}

/**
 * `x` with its slices at `indices` along an axis (default 0) replaced by `updates`. Of repeated indices the last one wins.
 *
 * **Shapes** the updates have the shape of `x` with the axis replaced by those of the indices.
 *
 * **Special values** what is replaced or written over has the derivative 0, exactly.
 *
 * **Fails** with a `Defect` that names the index when one is outside the axis.
 *
 * @example
 * import { scatterSet, tensor, toArray } from 'gradus'
 * toArray(scatterSet(tensor([1, 2, 3]), tensor([2, 0, 2]), tensor([10, 20, 30]))) // => [20, 2, 30]
 *
 * @since 0.1.0
 */
export const scatterSet = (x: Tensor, indices: Tensor, updates: Tensor, options: Along = {}): Tensor => {
  const into = writing('scatterSet', x, indices, updates, options)
  return indices.size === 0 ? x : written(x, into, x)
}

/**
 * `x` with its slices at `indices` along an axis (default 0) multiplied by `updates`; repeated indices multiply in turn.
 *
 * **Shapes** the updates have the shape of `x` with the axis replaced by those of the indices.
 *
 * **Special values** only products are taken, so that the derivatives are exact at zeros and repeated indices, to every
 * order. The factors of a slice are joined in blocks of 1, 2, 4, … before they meet it.
 *
 * **Cost** a sort of the m indices and log₂ m products of the size of the updates.
 *
 * **Fails** with a `Defect` that names the index when one is outside the axis.
 *
 * @example
 * import { ones, scatterMul, tensor, toArray } from 'gradus'
 * toArray(scatterMul(ones([3]), tensor([2, 0, 2]), tensor([10, 20, 30]))) // => [20, 1, 300]
 *
 * @since 0.1.0
 */
export const scatterMul = (x: Tensor, indices: Tensor, updates: Tensor, options: Along = {}): Tensor => {
  const into = writing('scatterMul', x, indices, updates, options)
  if (indices.size === 0) return x
  const { axis } = into
  const order = argsort(into.indices)
  const sorted = take(into.indices, order)
  const factors = take(into.updates, order, { axis })
  const products = doublings(indices.size).reduce((product, d) => {
    // −1 is no index: nothing before the first factor belongs to it.
    const together = equal(sorted, delayed(sorted, 0, d, -1))
    return mul(product, where(alongAxis(together, axis, x), delayed(product, axis, d, 1), 1))
  }, factors)
  return mul(x, written(x, { ...into, indices: sorted, updates: products }, 1))
}

const segmentShape = (operation: string, x: Tensor, segments: Tensor, count: number, axis: number): Shape =>
  segments.rank === 1 && segments.size === x.shape[axis]
    ? Number.isInteger(count) && count >= 0
      ? x.shape.map((length, i) => (i === axis ? count : length))
      : raise('InvalidArgument', `${operation}: expected a number of segments, got ${count}.`)
    : raise(
        'ShapeMismatch',
        `${operation}: expected one segment for each of the ${x.shape[axis]} slices of ${showShape(x.shape)} along axis ${axis}, ` +
          `got shape ${showShape(segments.shape)}.`,
      )

/**
 * Sums of the slices of `x` along an axis (default 0) that belong to the same segment; segment k of `count` is row k.
 *
 * **Shapes** `segments` is a vector with a number from 0 to `count` − 1 for each slice, in any order; the axis gets the
 * length `count`.
 *
 * **Special values** the sum of an empty segment is 0.
 *
 * **Fails** with a `Defect` when a segment is outside 0 … `count` − 1.
 *
 * @example
 * import { segmentSum, tensor, toArray } from 'gradus'
 * toArray(segmentSum(tensor([1, 10, 100]), tensor([0, 2, 0]), 3)) // => [101, 0, 10]
 *
 * @since 0.1.0
 */
export const segmentSum = (x: Tensor, segments: Tensor, count: number, options: Along = {}): Tensor => {
  const axis = axisFrom('segmentSum', optionsFrom('segmentSum', options, axisNames).axis ?? 0, x.rank)
  return scatterAdd(zeros(segmentShape('segmentSum', x, segments, count, axis)), segments, x, { axis })
}

/**
 * Maxima of the slices of `x` along an axis (default 0) that belong to the same segment; segment k of `count` is row k.
 *
 * **Shapes** those of `segmentSum`.
 *
 * **Special values** the maximum of an empty segment is −∞; entries that tie share the derivative equally.
 *
 * **Fails** with a `Defect` when a segment is outside 0 … `count` − 1.
 *
 * @example
 * import { segmentMax, tensor, toArray } from 'gradus'
 * toArray(segmentMax(tensor([1, 10, 100]), tensor([0, 2, 0]), 3)) // => [100, -Infinity, 10]
 *
 * @since 0.1.0
 */
export const segmentMax = (x: Tensor, segments: Tensor, count: number, options: Along = {}): Tensor => {
  const axis = axisFrom('segmentMax', optionsFrom('segmentMax', options, axisNames).axis ?? 0, x.rank)
  return scatterMax(full(segmentShape('segmentMax', x, segments, count, axis), -Infinity), segments, x, { axis })
}
