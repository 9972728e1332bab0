/** Readers of tensors: numbers are copied out, so that a buffer never leaves its owner. */
import type { NestedArray } from './construct.js'
import { raise } from './Defect.js'
import { type Shape, showShape, sizeOf } from './Shape.js'
import { bufferOf, periodOf, type Tensor } from './Tensor.js'

/**
 * The entries as nested arrays, or a number for a scalar.
 *
 * **Fails** with a `Defect` for a traced tensor, whose numbers belong to the transform that watches it.
 *
 * @example
 * import { eye, toArray } from 'gradus'
 * toArray(eye(2)) // => [[1, 0], [0, 1]]
 *
 * @since 0.1.0
 */
export const toArray = (t: Tensor): NestedArray => nest(t.shape, bufferOf(t), 0)

const nest = (shape: Shape, entries: Float64Array, offset: number): NestedArray => {
  const [length, ...inner] = shape
  if (length === undefined) return entries[offset] ?? Number.NaN
  const stride = sizeOf(inner)
  return Array.from({ length }, (_, i) => nest(inner, entries, offset + i * stride))
}

/**
 * The only entry of a tensor that has one.
 *
 * **Fails** with a `Defect` when the tensor has more or fewer entries, or is traced.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * toNumber(scalar(0.5)) // => 0.5
 *
 * @since 0.1.0
 */
export const toNumber = (t: Tensor): number =>
  t.size === 1
    ? (periodOf(t)[0] ?? Number.NaN)
    : raise('NotScalar', `toNumber: expected one entry, got shape ${showShape(t.shape)}. Use toArray, or reduce first?`)

/**
 * A fresh copy of the entries, row-major.
 *
 * @example
 * import { tensor, toFloat64Array } from 'gradus'
 * toFloat64Array(tensor([[1, 2], [3, 4]])) // => Float64Array.of(1, 2, 3, 4)
 *
 * @since 0.1.0
 */
export const toFloat64Array = (t: Tensor): Float64Array => new Float64Array(bufferOf(t))
