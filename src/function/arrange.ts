/** Arrangements built of moves. */
import { raise } from '../data/Defect.js'
import { axisFrom, sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { expandDims } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'

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
  const [first] = parts
  if (first === undefined) return raise('InvalidArgument', 'stack: expected at least one tensor, got none.')
  const other = parts.find((part) => !sameShape(part.shape, first.shape))
  if (other !== undefined)
    return raise(
      'ShapeMismatch',
      `stack: shapes ${showShape(first.shape)} and ${showShape(other.shape)} differ. To join along an existing axis, use concat.`,
    )
  const axis = axisFrom('stack', options.axis ?? 0, first.rank + 1)
  return concat(
    parts.map((part) => expandDims(part, axis)),
    { axis },
  )
}
