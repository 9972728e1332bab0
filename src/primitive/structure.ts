/**
 * primitive/: THE TABLE. Each operation is one record with one rule, and a public function that puts broadcasting in.
 * structure.ts holds the linear operations on axes: sum and spread, permute, reshape. Their rule is the map that they are.
 * Adding an operation: one record here, one fixture in test/golden; modes, batching and orders follow.
 * May import: data, kernel, core, primitive. May be imported by: function and everything above it.
 */

import type { LinearMap } from '../core/LinearMap.js'
import type { Domain, Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { requireTensor } from '../data/describe.js'
import { optionsFrom, reductionNames } from '../data/options.js'
import {
  axesFrom,
  axisFrom,
  listed,
  type Shape,
  sameShape,
  shapeFrom,
  showShape,
  sizeOf,
  withoutAxes,
  withUnitAxes,
} from '../data/Shape.js'
import { adopt, bufferOf, periodOf, type Tensor } from '../data/Tensor.js'
import { allocate } from '../kernel/reference/allocate.js'
import { permuteEntries, spreadEntries } from '../kernel/reference/movement.js'
import { sumAxis } from '../kernel/reference/reduce.js'

export const everywhere: Domain = { intervals: [[-Infinity, Infinity]], kinks: [] }

export const deeper = (axes: Shape): Shape => axes.map((axis) => axis + 1)

const onlyShape = (inputs: ReadonlyArray<Shape>): Shape => inputs[0] ?? []

export const only = (inputs: ReadonlyArray<Tensor>): Tensor =>
  inputs[0] ?? raise('InvalidArgument', 'an operation was called without an input.')

/** A record for an operation of one tensor that is linear in it. */
export const linear = <Params>(
  record: Pick<Primitive<Params>, 'name' | 'formula' | 'shape' | 'evaluate' | 'deepen'> & {
    readonly map: (params: Params, input: Tensor) => LinearMap
  },
): Primitive<Params> => ({
  ...record,
  differential: [(params, inputs) => record.map(params, only(inputs))],
  mixes: false,
  domain: everywhere,
})

/** How axes that follow each other split a row-major tensor: [outer, n, inner]. */
export const splitAround = (shape: Shape, first: number, last: number): readonly [number, number, number] => [
  sizeOf(shape.slice(0, first)),
  sizeOf(shape.slice(first, last + 1)),
  sizeOf(shape.slice(last + 1)),
]

const consecutive = (axes: Shape): boolean => axes.every((axis, i) => i === 0 || axis === (axes[i - 1] ?? 0) + 1)

/** Reduces consecutive axes in place, and others after moving them to the end. */
export const reduceAxes = (
  x: Tensor,
  axes: Shape,
  kernel: (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array) => void,
  shape: Shape,
): Tensor => {
  const out = allocate(sizeOf(shape))
  if (consecutive(axes)) {
    const [outer, n, inner] = splitAround(x.shape, axes[0] ?? 0, axes[axes.length - 1] ?? -1)
    kernel(outer, n, inner, bufferOf(x), out)
  } else {
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
    const moved = permuteEntries(x.shape, [...kept, ...axes], bufferOf(x))
    kernel(out.length, out.length === 0 ? 0 : moved.length / out.length, 1, moved, out)
  }
  return adopt(out, shape)
}

export const sumP: Primitive<{ readonly axes: Shape }> = linear({
  name: 'sum',
  formula: '\\sum_i x_i',
  shape: ({ axes }, inputs) => withoutAxes(onlyShape(inputs), axes),
  evaluate: ({ axes }, inputs, shape) => reduceAxes(only(inputs), axes, sumAxis, shape),
  map: ({ axes }, x) => ({ _tag: 'Sum', axes, outer: x.shape }),
  deepen: ({ axes }) => ({ axes: deeper(axes) }),
})

const spreadAlong = (x: Tensor, axes: Shape, outer: Shape): Tensor => {
  const period = periodOf(x)
  const isLeading = axes.every((axis, i) => axis === i)
  if (sizeOf(outer) === 0) return adopt(new Float64Array(0), outer)
  // Repeating along leading axes, or repeating one number, is a matter of reading the period again.
  if (isLeading || period.length === 1) return adopt(period, outer)
  return adopt(
    axes.reduce((entries, axis) => {
      const before = outer.slice(0, axis)
      const inner = outer.slice(axis + 1).filter((_, i) => !axes.includes(axis + 1 + i))
      return spreadEntries(sizeOf(before), outer[axis] ?? 0, sizeOf(inner), entries)
    }, bufferOf(x)),
    outer,
  )
}

export const spreadP: Primitive<{ readonly axes: Shape; readonly outer: Shape }> = linear({
  name: 'spread',
  formula: 'y_{ij} = x_j',
  shape: ({ axes, outer }, inputs) =>
    sameShape(withoutAxes(outer, axes), onlyShape(inputs))
      ? outer
      : raise(
          'ShapeMismatch',
          `spread: ${showShape(onlyShape(inputs))} does not fill ${showShape(outer)} without axes ${showShape(axes)}.`,
        ),
  evaluate: ({ axes, outer }, inputs) => spreadAlong(only(inputs), axes, outer),
  map: ({ axes, outer }) => ({ _tag: 'Spread', axes, outer }),
  deepen: ({ axes, outer }, size) => ({ axes: deeper(axes), outer: [size, ...outer] }),
})

export const permuteP: Primitive<{ readonly permutation: Shape }> = linear({
  name: 'permute',
  formula: 'y_{\\pi(i)} = x_i',
  shape: ({ permutation }, inputs) => permutation.map((axis) => onlyShape(inputs)[axis] ?? 0),
  evaluate: ({ permutation }, inputs, shape) =>
    adopt(permuteEntries(only(inputs).shape, permutation, bufferOf(only(inputs))), shape),
  map: ({ permutation }) => ({ _tag: 'Permute', permutation }),
  deepen: ({ permutation }) => ({ permutation: [0, ...deeper(permutation)] }),
})

export const reshapeP: Primitive<{ readonly to: Shape }> = linear({
  name: 'reshape',
  formula: 'y = x',
  shape: ({ to }, inputs) =>
    sizeOf(to) === sizeOf(onlyShape(inputs))
      ? to
      : raise(
          'ShapeMismatch',
          `reshape: ${showShape(onlyShape(inputs))} holds ${sizeOf(onlyShape(inputs))} entries, ${showShape(to)} holds ${sizeOf(to)}.`,
        ),
  evaluate: ({ to }, inputs) => adopt(periodOf(only(inputs)), to),
  map: ({ to }, x) => ({ _tag: 'Reshape', from: x.shape, to }),
  deepen: ({ to }, size) => ({ to: [size, ...to] }),
})

/** Repeats x along the given axes of `outer`. */
export const spread = (x: Tensor, axes: Shape, outer: Shape): Tensor =>
  axes.length === 0 ? x : bind(spreadP, { axes, outer }, [x])

/**
 * Axes to reduce, and whether they stay with length 1.
 *
 * @since 0.1.0
 */
export interface ReductionOptions {
  readonly axes?: ReadonlyArray<number>
  readonly keepAxes?: boolean
}

/** Restores reduced axes with length 1 where asked. */
export const keeping = (x: Tensor, reduced: Tensor, axes: Shape, keepAxes: boolean | undefined): Tensor =>
  keepAxes === true ? reshape(reduced, withUnitAxes(x.shape, axes)) : reduced

/**
 * Adds the entries along axes, all of them by default. Pairwise summation: the error grows with log n.
 *
 * **Shapes** the reduced axes disappear, or keep length 1 with `keepAxes`.
 *
 * @example
 * import { sum, tensor, toArray } from 'gradus'
 * toArray(sum(tensor([[1, 2], [3, 4]]))) // => 10
 * toArray(sum(tensor([[1, 2], [3, 4]]), { axes: [0], keepAxes: true })) // => [[4, 6]]
 *
 * @since 0.1.0
 */
export const sum = (x: Tensor, options: ReductionOptions = {}): Tensor => {
  requireTensor('sum', x)
  const axes = axesFrom('sum', optionsFrom('sum', options, reductionNames).axes, x.rank)
  return axes.length === 0 ? x : keeping(x, bind(sumP, { axes }, [x]), axes, options.keepAxes)
}

/**
 * The same entries, row-major, under another shape; one length may be −1 and is computed.
 *
 * @example
 * import { arange, reshape, toArray } from 'gradus'
 * toArray(reshape(arange(6), [2, -1])) // => [[0, 1, 2], [3, 4, 5]]
 *
 * @since 0.1.0
 */
export const reshape = (x: Tensor, shape: ReadonlyArray<number>): Tensor => {
  requireTensor('reshape', x)
  if (sameShape(x.shape, listed('reshape', shape))) return x
  if (shape.filter((length) => length === -1).length > 1)
    return raise('InvalidShape', `reshape: at most one length may be −1, got ${showShape(shape)}.`)
  const known = shape.reduce((size, length) => (length === -1 ? size : size * length), 1)
  if (shape.includes(-1) && known > 0 && x.size % known !== 0)
    return raise(
      'ShapeMismatch',
      `reshape: ${showShape(x.shape)} holds ${x.size} entries, which do not divide into ${showShape(shape)}.`,
    )
  const to = shapeFrom(
    'reshape',
    shape.map((length) => (length === -1 && known > 0 ? x.size / known : length)),
  )
  return bind(reshapeP, { to }, [x])
}

/**
 * Reorders axes: axis `i` of the result is axis `permutation[i]` of `x`.
 *
 * @example
 * import { permute, zeros } from 'gradus'
 * permute(zeros([2, 3, 4]), [2, 0, 1]).shape // => [4, 2, 3]
 *
 * @since 0.1.0
 */
export const permute = (x: Tensor, permutation: ReadonlyArray<number>): Tensor => {
  const axes = permutation.map((axis) => axisFrom('permute', axis, x.rank))
  if (axes.length !== x.rank || new Set(axes).size !== x.rank)
    return raise(
      'InvalidAxis',
      `permute: expected each of the ${x.rank} axes once, got ${showShape(permutation)} for shape ${showShape(x.shape)}.`,
    )
  return axes.every((axis, i) => axis === i) ? x : bind(permuteP, { permutation: axes }, [x])
}

/**
 * Swaps the last two axes: the transpose of a matrix, or of each matrix in a batch. A vector or scalar is returned as it is.
 *
 * @example
 * import { tensor, toArray, transpose } from 'gradus'
 * toArray(transpose(tensor([[1, 2], [3, 4]]))) // => [[1, 3], [2, 4]]
 *
 * @since 0.1.0
 */
export const transpose = (x: Tensor): Tensor =>
  x.rank < 2 ? x : permute(x, [...Array.from({ length: x.rank - 2 }, (_, axis) => axis), x.rank - 1, x.rank - 2])

/**
 * Adds an axis of length 1 so that it is axis `axis` of the result.
 *
 * @example
 * import { expandDims, zeros } from 'gradus'
 * expandDims(zeros([3]), 0).shape // => [1, 3]
 * expandDims(zeros([3]), -1).shape // => [3, 1]
 *
 * @since 0.1.0
 */
export const expandDims = (x: Tensor, axis: number): Tensor => {
  const at = axisFrom('expandDims', axis, x.rank + 1)
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])
}

/**
 * Removes axes of length 1: the named ones, or all.
 *
 * @example
 * import { squeeze, zeros } from 'gradus'
 * squeeze(zeros([1, 3, 1])).shape // => [3]
 *
 * @since 0.1.0
 */
export const squeeze = (x: Tensor, axes?: ReadonlyArray<number>): Tensor => {
  requireTensor('squeeze', x)
  const unit = x.shape.flatMap((length, axis) => (length === 1 ? [axis] : []))
  const named = axes === undefined ? unit : axesFrom('squeeze', axes, x.rank)
  const wrong = named.find((axis) => x.shape[axis] !== 1)
  return wrong === undefined
    ? reshape(x, withoutAxes(x.shape, named))
    : raise('InvalidAxis', `squeeze: axis ${wrong} of ${showShape(x.shape)} has length ${x.shape[wrong]}, expected 1.`)
}

/**
 * Stretches axes of length 1, and adds leading axes, until `x` has the given shape.
 *
 * @example
 * import { broadcastTo, tensor, toArray } from 'gradus'
 * toArray(broadcastTo(tensor([1, 2]), [2, 2])) // => [[1, 2], [1, 2]]
 *
 * @since 0.1.0
 */
export const broadcastTo = (x: Tensor, shape: ReadonlyArray<number>): Tensor => {
  requireTensor('broadcastTo', x)
  const to = shapeFrom('broadcastTo', shape)
  if (sameShape(x.shape, to)) return x
  const added = to.length - x.rank
  const stretched = to.flatMap((length, axis) =>
    axis < added || (x.shape[axis - added] === 1 && length !== 1) ? [axis] : [],
  )
  const fits =
    added >= 0 &&
    sameShape(
      to.filter((_, axis) => !stretched.includes(axis)),
      x.shape.filter((_, axis) => !stretched.includes(axis + added)),
    )
  return fits
    ? spread(reshape(x, withoutAxes(to, stretched)), stretched, to)
    : raise('ShapeMismatch', `broadcastTo: ${showShape(x.shape)} does not stretch to ${showShape(to)}.`)
}
