/** Blocks whose place is a value: read and replaced without knowing it while the function is staged. */
import { arange } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { type Shape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { add, sub } from '../primitive/arithmetic.js'
import { clamp, greaterEqual, less, logicalAnd, where } from '../primitive/choice.js'
import { take } from '../primitive/indexing.js'
import { reshape } from '../primitive/structure.js'
import { slice } from '../primitive/window.js'

/** The start along each axis on which the block is shorter than the tensor, clamped so that the block lies inside. */
const places = (
  operation: string,
  outer: Shape,
  starts: Tensor,
  inner: Shape,
): ReadonlyArray<{ readonly axis: number; readonly start: Tensor }> => {
  if (starts.rank !== 1 || starts.size !== outer.length)
    return raise(
      'ShapeMismatch',
      `${operation}: expected a vector of ${outer.length} starts for shape ${showShape(outer)}, got shape ${showShape(starts.shape)}.`,
    )
  const fits = inner.length === outer.length && inner.every((length, axis) => length <= (outer[axis] ?? 0))
  if (!fits || inner.some((length) => !Number.isInteger(length) || length < 0))
    return raise(
      'ShapeMismatch',
      `${operation}: a block of shape ${showShape(inner)} does not fit into shape ${showShape(outer)}.`,
    )
  return outer.flatMap((length, axis) => {
    const room = length - (inner[axis] ?? 0)
    return room === 0 ? [] : [{ axis, start: clamp(reshape(slice(starts, [axis], [axis + 1]), []), 0, room) }]
  })
}

/**
 * The block of shape `sizes` of `x` that begins at `starts`, whole numbers that may be computed. A block that would leave the
 * tensor is moved back inside: starts are clamped to [0, length − size], and negative ones do not count from the end.
 *
 * **Shapes** `starts` is a vector with one entry for each axis of `x`.
 *
 * **Special values** the starts carry no derivative.
 *
 * **Fails** with a `Defect` when the block is larger than `x`, or a start is not a whole number.
 *
 * @example
 * import { arange, dynamicSlice, tensor, toArray } from 'gradus'
 * toArray(dynamicSlice(arange(5), tensor([1]), [3])) // => [1, 2, 3]
 * toArray(dynamicSlice(arange(5), tensor([4]), [3])) // => [2, 3, 4]
 *
 * @since 0.1.0
 */
export const dynamicSlice = (x: Tensor, starts: Tensor, sizes: ReadonlyArray<number>): Tensor =>
  places('dynamicSlice', x.shape, starts, sizes).reduce(
    (block, { axis, start }) => take(block, add(start, arange(sizes[axis] ?? 0)), { axis }),
    x,
  )

/**
 * `x` with the block that begins at `starts` replaced by `update`. A block that would leave the tensor is moved back inside:
 * starts are clamped to [0, length − size], and negative ones do not count from the end.
 *
 * **Shapes** `starts` is a vector with one entry for each axis of `x`, and `update` has the rank of `x`.
 *
 * **Special values** what is replaced has the derivative 0, exactly; the starts carry none.
 *
 * **Fails** with a `Defect` when the update is larger than `x`, or a start is not a whole number.
 *
 * @example
 * import { dynamicUpdateSlice, tensor, toArray, zeros } from 'gradus'
 * toArray(dynamicUpdateSlice(zeros([4]), tensor([1, 2]), tensor([2]))) // => [0, 0, 1, 2]
 *
 * @since 0.1.0
 */
export const dynamicUpdateSlice = (x: Tensor, update: Tensor, starts: Tensor): Tensor => {
  const found = places('dynamicUpdateSlice', x.shape, starts, update.shape)
  if (update.size === 0) return x
  // Each place of x reads the entry of the update that belongs there, or its nearest one, which the mask then hides.
  const spread = found.reduce((block, { axis, start }) => {
    const offset = sub(arange(x.shape[axis] ?? 0), start)
    return take(block, clamp(offset, 0, (update.shape[axis] ?? 1) - 1), { axis })
  }, update)
  const inside = found.map(({ axis, start }) => {
    const offset = sub(arange(x.shape[axis] ?? 0), start)
    return reshape(
      logicalAnd(greaterEqual(offset, 0), less(offset, update.shape[axis] ?? 0)),
      x.shape.map((length, i) => (i === axis ? length : 1)),
    )
  })
  const [one, ...others] = inside
  return one === undefined
    ? update
    : where(
        others.reduce((joint, next) => logicalAnd(joint, next), one),
        spread,
        x,
      )
}
