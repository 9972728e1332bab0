/** Parts of tensors: slices, padding, reversal and concatenation. */

import type { Window } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { requireList, requireTensor } from '../data/describe.js'
import { axisNames, optionsFrom } from '../data/options.js'
import { axesFrom, axisFrom, type Shape, sameShape, showShape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { concatEntries, flipEntries, padEntries, sliceEntries } from '../kernel/reference/movement.js'
import { add } from './arithmetic.js'
import { deeper, everywhere, linear, only, reshape, splitAround, spread } from './structure.js'

const deepenWindow = ({ starts, strides, inner, outer }: Window, size: number): Window => ({
  starts: [0, ...starts],
  strides: [1, ...strides],
  inner: [size, ...inner],
  outer: [size, ...outer],
})

export const sliceP: Primitive<{ readonly window: Window }> = linear({
  name: 'slice',
  formula: 'y_i = x_{s + i t}',
  shape: ({ window }) => window.inner,
  evaluate: ({ window: { outer, inner, starts, strides } }, inputs, shape) =>
    adopt(sliceEntries(outer, inner, starts, strides, bufferOf(only(inputs))), shape),
  map: ({ window }) => ({ _tag: 'Slice', window }),
  deepen: ({ window }, size) => ({ window: deepenWindow(window, size) }),
})

export const padP: Primitive<{ readonly window: Window }> = linear({
  name: 'pad',
  formula: 'y_{s + i t} = x_i',
  shape: ({ window }) => window.outer,
  evaluate: ({ window: { outer, inner, starts, strides } }, inputs, shape) =>
    adopt(padEntries(outer, inner, starts, strides, bufferOf(only(inputs))), shape),
  map: ({ window }) => ({ _tag: 'Pad', window }),
  deepen: ({ window }, size) => ({ window: deepenWindow(window, size) }),
})

export const flipP: Primitive<{ readonly axes: Shape }> = linear({
  name: 'flip',
  formula: 'y_i = x_{n - 1 - i}',
  shape: (_, inputs) => inputs[0] ?? [],
  evaluate: ({ axes }, inputs, shape) => adopt(flipEntries(shape, axes, bufferOf(only(inputs))), shape),
  map: ({ axes }) => ({ _tag: 'Flip', axes }),
  deepen: ({ axes }) => ({ axes: deeper(axes) }),
})

const lengthAlong = (axis: number, shape: Shape): number => shape[axis] ?? 0

export const concatP: Primitive<{ readonly axis: number }> = {
  name: 'concat',
  formula: '[x_1, \\dots, x_k]',
  shape: ({ axis }, inputs) => {
    const [first = [], ...rest] = inputs
    const like = (shape: Shape): Shape => shape.map((length, i) => (i === axis ? 0 : length))
    const other = rest.find((shape) => !sameShape(like(first), like(shape)))
    return other === undefined
      ? first.map((length, i) =>
          i === axis ? inputs.reduce((total, shape) => total + lengthAlong(axis, shape), 0) : length,
        )
      : raise(
          'ShapeMismatch',
          `concat: shapes ${showShape(first)} and ${showShape(other)} may differ along axis ${axis} only.`,
        )
  },
  evaluate: ({ axis }, inputs, shape) => {
    const [outer, , inner] = splitAround(shape, axis, axis)
    const lengths = inputs.map((input) => lengthAlong(axis, input.shape))
    return adopt(concatEntries(outer, inner, lengths, inputs.map(bufferOf)), shape)
  },
  differential: [
    ({ axis }, inputs, output, index) => {
      const before = inputs.slice(0, index).reduce((total, input) => total + lengthAlong(axis, input.shape), 0)
      return {
        _tag: 'Pad',
        window: {
          starts: output.shape.map((_, i) => (i === axis ? before : 0)),
          strides: output.shape.map(() => 1),
          inner: inputs[index]?.shape ?? [],
          outer: output.shape,
        },
      }
    },
  ],
  deepen: ({ axis }) => ({ axis: axis + 1 }),
  mixes: false,
  domain: everywhere,
}

/**
 * The block of `x` from `starts` (included) to `ends` (excluded) in steps of `strides` (default 1). Negative bounds count
 * from the end of their axis, and bounds beyond it stop there.
 *
 * @example
 * import { arange, slice, toArray } from 'gradus'
 * toArray(slice(arange(10), [1], [8], [3])) // => [1, 4, 7]
 * toArray(slice(arange(5), [-2], [5])) // => [3, 4]
 *
 * @since 0.1.0
 */
export const slice = (
  x: Tensor,
  starts: ReadonlyArray<number>,
  ends: ReadonlyArray<number>,
  strides: ReadonlyArray<number> = x.shape.map(() => 1),
): Tensor => {
  requireTensor('slice', x)
  const wrong = [starts, ends, strides].find(
    (list) => list.length !== x.rank || list.some((entry) => !Number.isInteger(entry)),
  )
  if (wrong !== undefined || strides.some((stride) => stride < 1))
    return raise(
      'InvalidArgument',
      `slice: expected ${x.rank} integer starts, ends and positive strides for shape ${showShape(x.shape)}, ` +
        `got ${showShape(starts)}, ${showShape(ends)}, ${showShape(strides)}. To reverse, use flip.`,
    )
  const bound = (value: number, axis: number): number => {
    const length = lengthAlong(axis, x.shape)
    return Math.min(Math.max(value < 0 ? value + length : value, 0), length)
  }
  const from = starts.map(bound)
  const inner = ends.map((end, axis) =>
    Math.max(0, Math.ceil((bound(end, axis) - (from[axis] ?? 0)) / (strides[axis] ?? 1))),
  )
  return sameShape(inner, x.shape) ? x : bind(sliceP, { window: { starts: from, strides, inner, outer: x.shape } }, [x])
}

/**
 * `x` with `[before, after]` entries of `value` (default 0) added along each axis.
 *
 * @example
 * import { pad, tensor, toArray } from 'gradus'
 * toArray(pad(tensor([1, 2]), [[1, 2]])) // => [0, 1, 2, 0, 0]
 *
 * @since 0.1.0
 */
export const pad = (x: Tensor, widths: ReadonlyArray<readonly [number, number]>, value = 0): Tensor => {
  if (widths.length !== x.rank || widths.flat().some((width) => !Number.isInteger(width) || width < 0))
    return raise(
      'InvalidArgument',
      `pad: expected ${x.rank} pairs of non-negative integers for shape ${showShape(x.shape)}, got ${JSON.stringify(widths)}. To cut, use slice.`,
    )
  const window: Window = {
    starts: widths.map(([before]) => before),
    strides: x.shape.map(() => 1),
    inner: x.shape,
    outer: x.shape.map((length, axis) => length + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0)),
  }
  const padded = sameShape(window.inner, window.outer) ? x : bind(padP, { window }, [x])
  return value === 0 ? padded : add(padded, border(window, value))
}

/**
 * `x` with `steps[i]` − 1 zeros between neighbors along axis `i`: padding from inside, the transpose of a `slice` with strides.
 *
 * @example
 * import { interleave, tensor, toArray } from 'gradus'
 * toArray(interleave(tensor([1, 2, 3]), [2])) // => [1, 0, 2, 0, 3]
 *
 * @since 0.1.0
 */
export const interleave = (x: Tensor, steps: Shape): Tensor =>
  steps.every((step) => step === 1)
    ? x
    : bind(
        padP,
        {
          window: {
            starts: x.shape.map(() => 0),
            strides: steps,
            inner: x.shape,
            outer: x.shape.map((length, axis) => Math.max(0, (length - 1) * (steps[axis] ?? 1) + 1)),
          },
        },
        [x],
      )

/** `value` outside the window and 0 inside it. */
const border = (window: Window, value: number): Tensor => {
  const hole = padP.evaluate(
    { window },
    [adopt(new Float64Array(sizeOf(window.inner)).fill(1), window.inner)],
    window.outer,
  )
  return adopt(
    bufferOf(hole).map((inside) => (inside === 1 ? 0 : value)),
    window.outer,
  )
}

/**
 * Reverses the order of entries along axes, all of them by default.
 *
 * @example
 * import { flip, tensor, toArray } from 'gradus'
 * toArray(flip(tensor([[1, 2], [3, 4]]), [1])) // => [[2, 1], [4, 3]]
 *
 * @since 0.1.0
 */
export const flip = (x: Tensor, axes?: ReadonlyArray<number>): Tensor =>
  bind(flipP, { axes: axesFrom('flip', axes, x.rank) }, [x])

/**
 * Joins tensors along an existing axis (default 0), on which alone their lengths may differ.
 *
 * @example
 * import { concat, tensor, toArray } from 'gradus'
 * toArray(concat([tensor([1]), tensor([2, 3])])) // => [1, 2, 3]
 *
 * @since 0.1.0
 */
export const concat = (parts: ReadonlyArray<Tensor>, options: { readonly axis?: number } = {}): Tensor => {
  const [first] = requireList('concat', parts)
  return first === undefined
    ? raise('InvalidArgument', 'concat: expected at least one tensor, got none.')
    : bind(
        concatP,
        { axis: axisFrom('concat', optionsFrom('concat', options, axisNames).axis ?? 0, first.rank) },
        parts,
      )
}

/**
 * `x` repeated `repeats[i]` times along axis `i`.
 *
 * @example
 * import { tensor, tile, toArray } from 'gradus'
 * toArray(tile(tensor([1, 2]), [2])) // => [1, 2, 1, 2]
 *
 * @since 0.1.0
 */
export const tile = (x: Tensor, repeats: ReadonlyArray<number>): Tensor => {
  if (repeats.length !== x.rank || repeats.some((count) => !Number.isInteger(count) || count < 0))
    return raise(
      'InvalidArgument',
      `tile: expected ${x.rank} non-negative integers for shape ${showShape(x.shape)}, got ${showShape(repeats)}. Add axes with expandDims?`,
    )
  return repeats.reduce((tiled, count, axis) => {
    const shape = tiled.shape
    const split = [...shape.slice(0, axis), count, ...shape.slice(axis)]
    const whole = shape.map((length, i) => (i === axis ? length * count : length))
    return count === 1 ? tiled : reshape(spread(tiled, [axis], split), whole)
  }, x)
}
