/** Products of tensors that are neither of matrices nor entry by entry. */

import { raise } from '../data/Defect.js'
import { axisNames, optionsFrom } from '../data/options.js'
import { axisFrom, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { mul, sub } from '../primitive/arithmetic.js'
import { contract } from '../primitive/contraction.js'
import { roll } from './arrange.js'

/**
 * The axes that are summed over: the last n of the first tensor against the first n of the second, or as two lists.
 *
 * @since 0.1.0
 */
export interface TensordotOptions {
  readonly axes?: number | readonly [left: ReadonlyArray<number>, right: ReadonlyArray<number>]
}

/**
 * The sum of products over pairs of axes (default: the last two of `a` against the first two of `b`). The other axes stay, those of
 * `a` first.
 *
 * **Shapes** `[…p, …k] · […k, …q] → […p, …q]`.
 *
 * **Fails** with a `Defect` when paired axes differ in length, or are not as many on both sides.
 *
 * @example
 * import { arange, reshape, tensordot, toArray } from 'gradus'
 * const a = reshape(arange(6), [2, 3])
 * toArray(tensordot(a, a, { axes: [[1], [1]] })) // => [[5, 14], [14, 50]]
 *
 * @since 0.1.0
 */
export const tensordot = (a: Tensor, b: Tensor, options: TensordotOptions = {}): Tensor => {
  const { axes = 2 } = optionsFrom('tensordot', options, { axes: 'how many, or a list for each operand' })
  const count = (n: number, from: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => from + i)
  if (typeof axes === 'number' && !(Number.isInteger(axes) && axes >= 0 && axes <= Math.min(a.rank, b.rank)))
    return raise(
      'InvalidArgument',
      `tensordot: expected 0 to ${Math.min(a.rank, b.rank)} axes for shapes ${showShape(a.shape)} and ${showShape(b.shape)}, got ${axes}.`,
    )
  const [from, to] = typeof axes === 'number' ? [count(axes, a.rank - axes), count(axes, 0)] : axes
  const left = from.map((axis) => axisFrom('tensordot', axis, a.rank))
  const right = to.map((axis) => axisFrom('tensordot', axis, b.rank))
  const fits =
    left.length === right.length &&
    new Set(left).size === left.length &&
    new Set(right).size === right.length &&
    left.every((axis, i) => a.shape[axis] === b.shape[right[i] ?? -1])
  if (!fits)
    return raise(
      'ShapeMismatch',
      `tensordot: axes ${showShape(left)} of ${showShape(a.shape)} and ${showShape(right)} of ${showShape(b.shape)} do not pair up.`,
    )
  const second = count(b.rank, a.rank).map((label, axis) => left[right.indexOf(axis)] ?? label)
  return contract(
    {
      left: count(a.rank, 0),
      right: second,
      out: [...count(a.rank, 0).filter((axis) => !left.includes(axis)), ...second.filter((label) => label >= a.rank)],
    },
    a,
    b,
  )
}

/**
 * The cross product of vectors with three entries along an axis (default: the last).
 *
 *     (a × b)ᵢ = aᵢ₊₁ bᵢ₊₂ − aᵢ₊₂ bᵢ₊₁
 *
 * **Shapes** broadcast; the axis, counted in each tensor, has length 3.
 *
 * @example
 * import { cross, tensor, toArray } from 'gradus'
 * toArray(cross(tensor([1, 0, 0]), tensor([0, 1, 0]))) // => [0, 0, 1]
 *
 * @since 0.1.0
 */
export const cross = (a: Tensor, b: Tensor, options: { readonly axis?: number } = {}): Tensor => {
  const turned = (x: Tensor, shift: number): Tensor => {
    const axis = axisFrom('cross', optionsFrom('cross', options, axisNames).axis ?? -1, x.rank)
    return x.shape[axis] === 3
      ? roll(x, shift, { axis })
      : raise('ShapeMismatch', `cross: expected 3 entries along axis ${axis}, got shape ${showShape(x.shape)}.`)
  }
  return sub(mul(turned(a, -1), turned(b, -2)), mul(turned(a, -2), turned(b, -1)))
}
