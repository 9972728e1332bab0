/** Reading and adding at positions given as integer-valued tensors. Positions carry no derivative. */

import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { arange } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { requireTensor } from '../data/describe.js'
import { axisNames, optionsFrom } from '../data/options.js'
import { axisFrom, type Shape, sameShape, showShape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { firstOutside, gatherEntries, scatterEntries } from '../kernel/reference/movement.js'
import { add } from './arithmetic.js'
import { equal } from './choice.js'
import { everywhere, expandDims, only, permute } from './structure.js'

export interface Place {
  /** The axis of `outer` that indices count along. */
  readonly axis: number
  /** How many leading axes the indices share with the tensor. */
  readonly batch: number
  readonly outer: Shape
}

/** What users called. */
export const gatherCaller = 'take or gather'
export const scatterCaller = 'scatterAdd'

/** The defect of an index, at its position among all, that is no integer from 0 to n − 1. */
export const raiseOutside = (caller: string, index: number, position: number, n: number): never =>
  raise(
    'InvalidArgument',
    `${caller}: index ${index} (entry ${position} of the indices) is not an integer from 0 to ${n - 1}.`,
  )

export const indicesOf = (name: string, inputs: ReadonlyArray<Tensor>, n: number): Float64Array => {
  const indices = bufferOf(inputs[1] ?? raise('InvalidArgument', `${name}: expected indices.`))
  const wrong = firstOutside(indices, n)
  return wrong === -1 ? indices : raiseOutside(name, indices[wrong] ?? Number.NaN, wrong, n)
}

export const blocks = ({ axis, batch, outer }: Place): readonly [number, number, number, number] => [
  sizeOf(outer.slice(0, batch)),
  sizeOf(outer.slice(batch, axis)),
  outer[axis] ?? 0,
  sizeOf(outer.slice(axis + 1)),
]

export const deepenPlace = ({ axis, batch, outer }: Place, size: number): Place => ({
  axis: axis + 1,
  batch: batch + 1,
  outer: [size, ...outer],
})

export const gatheredShape = ({ axis, batch, outer }: Place, indices: Shape): Shape => [
  ...outer.slice(0, axis),
  ...indices.slice(batch),
  ...outer.slice(axis + 1),
]

/** y[b, …, j, …] = x[b, …, indices[b, j], …] */
export const gatherP: Primitive<Place> = {
  name: 'gather',
  formula: 'y_j = x_{k_j}',
  shape: (place, inputs) => gatheredShape(place, inputs[1] ?? []),
  evaluate: (place, inputs, shape) => {
    const [batch, outer, n, inner] = blocks(place)
    const indices = indicesOf(gatherCaller, inputs, n)
    const count = indices.length / Math.max(batch, 1)
    return adopt(gatherEntries(batch, outer, n, inner, count, indices, bufferOf(only(inputs))), shape)
  },
  differential: [(place, inputs) => ({ _tag: 'Gather', ...place, indices: inputs[1] ?? only(inputs) }), undefined],
  deepen: deepenPlace,
  mixes: false,
  domain: everywhere,
}

/** The transpose of gather: y[b, …, indices[b, j], …] += x[b, …, j, …] from zeros. */
export const scatterP: Primitive<Place> = {
  name: 'scatter',
  formula: 'y_i = \\sum_{j : k_j = i} x_j',
  shape: (place, inputs) => {
    const expected = gatheredShape(place, inputs[1] ?? [])
    return sameShape(expected, inputs[0] ?? [])
      ? place.outer
      : raise(
          'ShapeMismatch',
          `scatterAdd: updates must have the shape ${showShape(expected)} (the tensor's ${showShape(place.outer)} with axis ` +
            `${place.axis} replaced by that of the indices), got ${showShape(inputs[0] ?? [])}.`,
        )
  },
  evaluate: (place, inputs, shape) => {
    const [batch, outer, n, inner] = blocks(place)
    const indices = indicesOf(scatterCaller, inputs, n)
    const count = indices.length / Math.max(batch, 1)
    return adopt(scatterEntries(batch, outer, n, inner, count, indices, bufferOf(only(inputs))), shape)
  },
  differential: [(place, inputs) => ({ _tag: 'Scatter', ...place, indices: inputs[1] ?? only(inputs) }), undefined],
  deepen: deepenPlace,
  mixes: false,
  domain: everywhere,
}

export interface Along {
  readonly axis?: number
}

/**
 * The slices of `x` at `indices` (integers from 0; a tensor of any shape) along an axis (default 0).
 *
 * **Shapes** the axis is replaced by the axes of the indices.
 *
 * **Fails** with a `Defect` that names the index when one is outside the axis.
 *
 * @example
 * import { take, tensor, toArray } from 'gradus'
 * toArray(take(tensor([10, 20, 30]), tensor([2, 0, 2]))) // => [30, 10, 30]
 *
 * @since 0.1.0
 */
export const take = (x: Tensor, indices: Tensor, options: Along = {}): Tensor => {
  requireTensor('take', x)
  requireTensor('take', indices)
  return bind(
    gatherP,
    { axis: axisFrom('take', optionsFrom('take', options, axisNames).axis ?? 0, x.rank), batch: 0, outer: x.shape },
    [x, indices],
  )
}

/**
 * One entry per position, NumPy's `take_along_axis` (takeAlongAxis): `indices` has the rank of `x`, and entry `[i, j]` of the result along axis 1 is `x[i, indices[i, j]]`.
 *
 * **Shapes** all axes but the gathered one have equal lengths; the result has the shape of the indices.
 *
 * @example
 * import { gather, tensor, toArray } from 'gradus'
 * toArray(gather(tensor([[1, 2], [3, 4]]), tensor([[1], [0]]), { axis: 1 })) // => [[2], [3]]
 *
 * @since 0.1.0
 */
export const gather = (x: Tensor, indices: Tensor, options: Along = {}): Tensor => {
  requireTensor('gather', x)
  requireTensor('gather', indices)
  const axis = axisFrom('gather', optionsFrom('gather', options, axisNames).axis ?? 0, x.rank)
  const fits = x.rank === indices.rank && x.shape.every((length, i) => i === axis || length === indices.shape[i])
  if (!fits)
    return raise(
      'ShapeMismatch',
      `gather: indices ${showShape(indices.shape)} must equal ${showShape(x.shape)} except along axis ${axis}. For slices, use take.`,
    )
  const others = x.shape.flatMap((_, i) => (i === axis ? [] : [i]))
  const toLast = [...others, axis]
  const back = x.shape.map((_, i) => toLast.indexOf(i))
  const moved = permute(x, toLast)
  const gathered = bind(gatherP, { axis: x.rank - 1, batch: x.rank - 1, outer: moved.shape }, [
    moved,
    permute(indices, toLast),
  ])
  return permute(gathered, back)
}

/**
 * `x` with `updates` added to its slices at `indices` along an axis (default 0); repeated indices accumulate.
 *
 * @example
 * import { scatterAdd, tensor, toArray, zeros } from 'gradus'
 * toArray(scatterAdd(zeros([3]), tensor([2, 0, 2]), tensor([1, 10, 100]))) // => [10, 0, 101]
 *
 * @since 0.1.0
 */
export const scatterAdd = (x: Tensor, indices: Tensor, updates: Tensor, options: Along = {}): Tensor =>
  add(
    x,
    bind(
      scatterP,
      {
        axis: axisFrom('scatterAdd', optionsFrom('scatterAdd', options, axisNames).axis ?? 0, x.rank),
        batch: 0,
        outer: x.shape,
      },
      [updates, indices],
    ),
  )

/**
 * Rows of the identity: 1 at the position that each index names, 0 elsewhere (everywhere for an index outside).
 *
 * @example
 * import { oneHot, tensor, toArray } from 'gradus'
 * toArray(oneHot(tensor([1, 0]), 3)) // => [[0, 1, 0], [1, 0, 0]]
 *
 * @since 0.1.0
 */
export const oneHot = (indices: Tensor, depth: number): Tensor => {
  requireTensor('oneHot', indices)
  return Number.isInteger(depth) && depth >= 0
    ? equal(expandDims(indices, -1), arange(depth))
    : raise('InvalidArgument', `oneHot: expected a depth that is a non-negative integer, got ${depth}.`)
}
