/**
 * Windows that slide along the last axes, laid side by side (unfold), and added back where they came from (fold): the two
 * linear maps, transposes of each other, from which convolutions and pooling are composed, so that these need no rule.
 */

import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { type Shape, sameShape, showShape } from '../data/Shape.js'
import type { Sliding } from '../data/Sliding.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { foldEntries, strideOfWindows, unfoldEntries } from '../kernel/reference/windows.js'
import { linear, only } from './structure.js'

/** How many windows there are along an axis: as many as lie wholly within. */
export const windowCount = (length: number, window: number, stride: number, dilation: number): number =>
  Math.max(0, Math.floor((length - (window - 1) * dilation - 1) / stride) + 1)

export const unfoldedShape = ({ lead, size, strides, dilation, outer }: Sliding): Shape => {
  const first = outer.length - size.length
  const counts = size.map((length, i) => windowCount(outer[first + i] ?? 0, length, strides[i] ?? 1, dilation[i] ?? 1))
  return [...outer.slice(0, lead), ...size, ...outer.slice(lead, first), ...counts]
}

/** How far apart in the outer tensor the neighbors along each axis of the unfolded one are. */
export const unfoldedStrides: (sliding: Sliding) => Shape = strideOfWindows

/** The fields alone, of a record that may have more. */
export const slidingOf = ({ lead, size, strides, dilation, outer }: Sliding): Sliding => ({
  lead,
  size,
  strides,
  dilation,
  outer,
})

const deepen = (sliding: Sliding, batch: number): Sliding => ({
  ...sliding,
  lead: sliding.lead + 1,
  outer: [batch, ...sliding.outer],
})

const checked = (name: string, expected: Shape, found: Shape, result: Shape): Shape =>
  sameShape(expected, found)
    ? result
    : raise('ShapeMismatch', `${name}: expected shape ${showShape(expected)}, got ${showShape(found)}.`)

export const unfoldP: Primitive<Sliding> = linear({
  name: 'unfold',
  formula: 'y_{wo} = x_{o s + w d}',
  shape: (sliding, inputs) => checked('unfold', sliding.outer, inputs[0] ?? [], unfoldedShape(sliding)),
  evaluate: (sliding, inputs, shape) => adopt(unfoldEntries(sliding, shape, bufferOf(only(inputs))), shape),
  map: (sliding) => ({ _tag: 'Unfold', ...slidingOf(sliding) }),
  deepen,
})

export const foldP: Primitive<Sliding> = linear({
  name: 'fold',
  formula: 'y_i = \\sum_{o s + w d = i} x_{wo}',
  shape: (sliding, inputs) => checked('fold', unfoldedShape(sliding), inputs[0] ?? [], sliding.outer),
  evaluate: (sliding, inputs, shape) => adopt(foldEntries(sliding, only(inputs).shape, bufferOf(only(inputs))), shape),
  map: (sliding) => ({ _tag: 'Fold', ...slidingOf(sliding) }),
  deepen,
})

export const unfold = (x: Tensor, sliding: Sliding): Tensor => bind(unfoldP, sliding, [x])

export const fold = (x: Tensor, sliding: Sliding): Tensor => bind(foldP, sliding, [x])
