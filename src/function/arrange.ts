/** Arrangements built of moves. */

import { fromFloat64Array } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { requireList } from '../data/describe.js'
import { axisNames, optionsFrom } from '../data/options.js'
import { axisFrom, sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { take } from '../primitive/indexing.js'
import { expandDims, permute, reshape, spread, squeeze } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'

/**
 * Joins tensors of one shape along a new axis (default 0).
 *
 * @example
 * import { stack, tensor, toArray } from 'gradus'
 * toArray(stack([tensor([1, 2]), tensor([3, 4])], { axis: 1 })) // => [[1, 3], [2, 4]]
 *
 * @since 0.1.0
 */
export const stack = (parts: ReadonlyArray<Tensor>, options: { readonly axis?: number } = {}): Tensor => {
  const [first] = requireList('stack', parts)
  if (first === undefined) return raise('InvalidArgument', 'stack: expected at least one tensor, got none.')
  const other = parts.find((part) => !sameShape(part.shape, first.shape))
  if (other !== undefined)
    return raise(
      'ShapeMismatch',
      `stack: shapes ${showShape(first.shape)} and ${showShape(other.shape)} differ. To join along an existing axis, use concat.`,
    )
  const axis = axisFrom('stack', optionsFrom('stack', options, axisNames).axis ?? 0, first.rank + 1)
  return concat(
    parts.map((part) => expandDims(part, axis)),
    { axis },
  )
}

/**
 * Cuts an axis (default 0) into parts: so many of equal length, or of the given lengths.
 *
 * **Fails** with a `Defect` when the axis does not divide, or the lengths do not add up to it.
 *
 * @example
 * import { arange, split, toArray } from 'gradus'
 * split(arange(6), 3).map(toArray) // => [[0, 1], [2, 3], [4, 5]]
 * split(arange(6), [1, 5]).map(toArray) // => [[0], [1, 2, 3, 4, 5]]
 *
 * @since 0.1.0
 */
export const split = (
  x: Tensor,
  parts: number | ReadonlyArray<number>,
  options: { readonly axis?: number } = {},
): ReadonlyArray<Tensor> => {
  const axis = axisFrom('split', optionsFrom('split', options, axisNames).axis ?? 0, x.rank)
  const length = x.shape[axis] ?? 0
  const lengths = typeof parts === 'number' ? equalParts(length, parts) : parts
  const total = lengths.reduce((sum, part) => sum + part, 0)
  if (total !== length || lengths.some((part) => !Number.isInteger(part) || part < 0))
    return raise(
      'InvalidArgument',
      `split: axis ${axis} of ${showShape(x.shape)} has length ${length}; expected a number of parts that divides it or lengths ` +
        `that add up to it, got ${typeof parts === 'number' ? parts : showShape(parts)}.`,
    )
  return lengths.map((part, i) => {
    const from = lengths.slice(0, i).reduce((sum, before) => sum + before, 0)
    const bound = (here: number, other: (whole: number) => number): ReadonlyArray<number> =>
      x.shape.map((whole, at) => (at === axis ? here : other(whole)))
    return slice(
      x,
      bound(from, () => 0),
      bound(from + part, (whole) => whole),
    )
  })
}

const equalParts = (length: number, parts: number): ReadonlyArray<number> =>
  Number.isInteger(parts) && parts > 0 ? Array.from({ length: parts }, () => length / parts) : [-1]

/**
 * The slices of `x` along an axis (default 0), without it: undoes `stack`.
 *
 * @example
 * import { tensor, toArray, unstack } from 'gradus'
 * unstack(tensor([[1, 2], [3, 4]])).map(toArray) // => [[1, 2], [3, 4]]
 *
 * @since 0.1.0
 */
export const unstack = (x: Tensor, options: { readonly axis?: number } = {}): ReadonlyArray<Tensor> => {
  const axis = axisFrom('unstack', optionsFrom('unstack', options, axisNames).axis ?? 0, x.rank)
  const length = x.shape[axis] ?? 0
  return length === 0 ? [] : split(x, length, { axis }).map((part) => squeeze(part, [axis]))
}

/**
 * Entries shifted by `shift` places along an axis (default 0), to higher positions where it is positive; those that leave at
 * one end come back at the other.
 *
 * @example
 * import { arange, roll, toArray } from 'gradus'
 * toArray(roll(arange(5), 2)) // => [3, 4, 0, 1, 2]
 * toArray(roll(arange(5), -1)) // => [1, 2, 3, 4, 0]
 *
 * @since 0.1.0
 */
export const roll = (x: Tensor, shift: number, options: { readonly axis?: number } = {}): Tensor => {
  const axis = axisFrom('roll', optionsFrom('roll', options, axisNames).axis ?? 0, x.rank)
  if (!Number.isInteger(shift)) return raise('InvalidArgument', `roll: expected a whole shift, got ${shift}.`)
  const length = x.shape[axis] ?? 0
  const over = length === 0 ? 0 : ((shift % length) + length) % length
  return over === 0 ? x : concat([...split(x, [length - over, over], { axis })].reverse(), { axis })
}

/**
 * Each slice of `x` along an axis (default 0) `count` times in a row, or slice i `count[i]` times.
 *
 * @example
 * import { repeat, tensor, toArray } from 'gradus'
 * toArray(repeat(tensor([1, 2]), 2)) // => [1, 1, 2, 2]
 * toArray(repeat(tensor([1, 2, 3]), [0, 2, 1])) // => [2, 2, 3]
 *
 * @since 0.1.0
 */
export const repeat = (
  x: Tensor,
  count: number | ReadonlyArray<number>,
  options: { readonly axis?: number } = {},
): Tensor => {
  const axis = axisFrom('repeat', optionsFrom('repeat', options, axisNames).axis ?? 0, x.rank)
  const length = x.shape[axis] ?? 0
  const counts = typeof count === 'number' ? [count] : count
  if (counts.some((times) => !Number.isInteger(times) || times < 0))
    return raise('InvalidArgument', `repeat: expected counts that are non-negative integers, got ${showShape(counts)}.`)
  if (typeof count === 'number') {
    const outer = [...x.shape.slice(0, axis + 1), count, ...x.shape.slice(axis + 1)]
    return reshape(
      spread(x, [axis + 1], outer),
      x.shape.map((whole, i) => (i === axis ? whole * count : whole)),
    )
  }
  if (count.length !== length)
    return raise(
      'InvalidArgument',
      `repeat: expected ${length} counts, one for each slice along axis ${axis} of ${showShape(x.shape)}, got ${count.length}.`,
    )
  const positions = count.flatMap((times, i) => Array.from({ length: times }, () => i))
  return take(x, fromFloat64Array(Float64Array.from(positions), [positions.length]), { axis })
}

/**
 * Moves one axis to another place; the others keep their order.
 *
 * @example
 * import { moveAxis, zeros } from 'gradus'
 * moveAxis(zeros([2, 3, 4]), 0, -1).shape // => [3, 4, 2]
 *
 * @since 0.1.0
 */
export const moveAxis = (x: Tensor, from: number, to: number): Tensor => {
  const [source, target] = [axisFrom('moveAxis', from, x.rank), axisFrom('moveAxis', to, x.rank)]
  const others = x.shape.flatMap((_, axis) => (axis === source ? [] : [axis]))
  return permute(x, [...others.slice(0, target), source, ...others.slice(target)])
}

/**
 * Exchanges two axes.
 *
 * @example
 * import { swapAxes, zeros } from 'gradus'
 * swapAxes(zeros([2, 3, 4]), 0, 2).shape // => [4, 3, 2]
 *
 * @since 0.1.0
 */
export const swapAxes = (x: Tensor, first: number, second: number): Tensor => {
  const [a, b] = [axisFrom('swapAxes', first, x.rank), axisFrom('swapAxes', second, x.rank)]
  return permute(
    x,
    x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  )
}

/**
 * The grid that vectors span: tensor i holds the coordinate i of each of its points.
 *
 * **Shapes** vectors of lengths m, n, … give tensors of shape `[m, n, …]`, the first vector along the first axis.
 *
 * @example
 * import { meshgrid, tensor, toArray } from 'gradus'
 * const [x, y] = meshgrid([tensor([1, 2]), tensor([3, 4, 5])])
 * x && toArray(x) // => [[1, 1, 1], [2, 2, 2]]
 * y && toArray(y) // => [[3, 4, 5], [3, 4, 5]]
 *
 * @since 0.1.0
 */
export const meshgrid = (vectors: ReadonlyArray<Tensor>): ReadonlyArray<Tensor> => {
  const other = vectors.find(({ rank }) => rank !== 1)
  if (other !== undefined)
    return raise('ShapeMismatch', `meshgrid: expected vectors, got shape ${showShape(other.shape)}.`)
  const outer = vectors.map(({ size }) => size)
  return vectors.map((vector, i) =>
    spread(
      vector,
      outer.flatMap((_, axis) => (axis === i ? [] : [axis])),
      outer,
    ),
  )
}
