/** Pooling: one number for each window, the largest entry, the sum or the mean. */

import { tensor } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { optionsFrom, windowNames } from '../data/options.js'
import { type Shape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { div, mul } from '../primitive/arithmetic.js'
import { max } from '../primitive/reduction.js'
import { reshape, sum } from '../primitive/structure.js'
import { unfold } from '../primitive/unfold.js'
import { pad } from '../primitive/window.js'
import { type Padding, type Placement, placed } from './window.js'

/**
 * How a window moves: one number for all its axes, or one for each.
 *
 * @since 0.1.0
 */
export interface PoolingOptions {
  /** From one window to the next; by default the window itself, so that windows lie side by side. */
  readonly strides?: number | ReadonlyArray<number>
  /** Places around the input that windows may cover; none by default. */
  readonly padding?: Padding
  /** From one entry of a window to the next; 1 by default. */
  readonly dilation?: number | ReadonlyArray<number>
}

/** For each place along an axis, how many entries of the window there lie in the input. */
const covered = ({ size, strides, dilation, pads, counts }: Placement, lengths: Shape, axis: number): Shape => {
  const [stride = 1, step = 1] = [strides[axis], dilation[axis]]
  const [before, length] = [pads[axis]?.[0] ?? 0, lengths[axis] ?? 0]
  return Array.from({ length: counts[axis] ?? 0 }, (_, place) => {
    const entries = Array.from({ length: size[axis] ?? 0 }, (_, w) => place * stride + w * step - before)
    return entries.filter((at) => at >= 0 && at < length).length
  })
}

interface Windows {
  /** The entries of each window, along the first axes. */
  readonly entries: Tensor
  readonly axes: Shape
  /** How many entries of the input each window covers, as the product of one number for each axis. */
  readonly covered: ReadonlyArray<Shape>
}

const windowsOf = (
  name: string,
  x: Tensor,
  window: ReadonlyArray<number>,
  options: PoolingOptions,
  outside: number,
): Windows => {
  if (window.length === 0 || x.rank < window.length || window.some((n) => !Number.isInteger(n) || n < 1))
    return raise(
      'InvalidArgument',
      `${name}: expected a window of positive integers with at most as many axes as the input ${showShape(x.shape)}, got ${showShape(window)}.`,
    )
  const first = x.rank - window.length
  const lengths = x.shape.slice(first)
  const placement = placed(name, window, lengths, { strides: window, ...optionsFrom(name, options, windowNames) })
  const all = window.map((_, axis) => covered(placement, lengths, axis))
  if (all.some((counts) => counts.includes(0)))
    return raise(
      'InvalidArgument',
      `${name}: a window ${showShape(window)} lies wholly in the padding ${JSON.stringify(placement.pads)}. Pad less than the window is long.`,
    )
  const padded = pad(
    x,
    [...x.shape.slice(0, first).map((): readonly [number, number] => [0, 0]), ...placement.pads],
    outside,
  )
  const { size, strides, dilation } = placement
  return {
    entries: unfold(padded, { lead: 0, size, strides, dilation, outer: padded.shape }),
    axes: window.map((_, axis) => axis),
    covered: all,
  }
}

/**
 * The largest entry of each window, which slides along the last axes of `x`, as many as the window has.
 *
 * y[…, i] = max_w x[…, i · stride + w · dilation − before]
 *
 * **Shapes** `[…, …space] → […, …places]`: axes before the last ones, such as batch and channels, stay.
 *
 * **Special values** tied entries of a window share its derivative equally, as with `max`. Padding is −∞.
 *
 * **Fails** with a `Defect` when no window fits, or one lies wholly in the padding.
 *
 * @example
 * import { maxPool, tensor, toArray } from 'gradus'
 * toArray(maxPool(tensor([[1, 2, 5, 6], [3, 4, 7, 8]]), [2, 2])) // => [[4, 8]]
 * toArray(maxPool(tensor([1, 3, 2, 0]), [3], { strides: 1, padding: 'same' })) // => [3, 3, 3, 2]
 *
 * @since 0.1.0
 */
export const maxPool = (x: Tensor, window: ReadonlyArray<number>, options: PoolingOptions = {}): Tensor => {
  const { entries, axes } = windowsOf('maxPool', x, window, options, -Infinity)
  return max(entries, { axes })
}

/**
 * The sum of each window, which slides along the last axes of `x`, as many as the window has. Padding is 0.
 *
 * y[…, i] = Σ_w x[…, i · stride + w · dilation − before]
 *
 * **Shapes** `[…, …space] → […, …places]`: axes before the last ones, such as batch and channels, stay.
 *
 * **Fails** with a `Defect` when no window fits, or one lies wholly in the padding.
 *
 * @example
 * import { sumPool, tensor, toArray } from 'gradus'
 * toArray(sumPool(tensor([1, 2, 3, 4]), [2])) // => [3, 7]
 *
 * @since 0.1.0
 */
export const sumPool = (x: Tensor, window: ReadonlyArray<number>, options: PoolingOptions = {}): Tensor => {
  const { entries, axes } = windowsOf('sumPool', x, window, options, 0)
  return sum(entries, { axes })
}

/**
 * The mean of each window, which slides along the last axes of `x`, as many as the window has. Padding does not count: the
 * mean is over the entries of `x` that the window covers, so that a constant stays what it is.
 *
 * y[…, i] = Σ_w x[…, i · stride + w · dilation − before] / |{w inside}|
 *
 * **Shapes** `[…, …space] → […, …places]`: axes before the last ones, such as batch and channels, stay.
 *
 * **Fails** with a `Defect` when no window fits, or one lies wholly in the padding.
 *
 * @example
 * import { avgPool, tensor, toArray } from 'gradus'
 * toArray(avgPool(tensor([[1, 2, 5, 6], [3, 4, 7, 8]]), [2, 2])) // => [[2.5, 6.5]]
 * toArray(avgPool(tensor([1, 2, 3]), [3], { strides: 1, padding: 'same' })) // => [1.5, 2, 2.5]
 *
 * @since 0.1.0
 */
export const avgPool = (x: Tensor, window: ReadonlyArray<number>, options: PoolingOptions = {}): Tensor => {
  const { entries, axes, covered } = windowsOf('avgPool', x, window, options, 0)
  // Each axis has its own counts, laid along it so that they broadcast against the others.
  const numbers = covered.map((counts, axis) =>
    reshape(tensor(counts), [counts.length, ...covered.slice(axis + 1).map(() => 1)]),
  )
  return div(
    sum(entries, { axes }),
    numbers.reduce((product, each) => mul(product, each)),
  )
}
