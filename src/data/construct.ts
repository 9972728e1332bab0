/** Constructors of tensors: numbers are copied in, so that no caller keeps a way to change them. */

import { raise } from './Defect.js'
import { describe, isList } from './describe.js'
import { type Shape, shapeFrom, showShape, sizeOf } from './Shape.js'
import { adopt, isTensor, type Tensor } from './Tensor.js'

/**
 * Numbers in nested arrays, all rows of equal length.
 *
 * @since 0.1.0
 */
export type NestedArray = number | ReadonlyArray<NestedArray>

/**
 * Builds a tensor from nested arrays of numbers.
 *
 * **Fails** with a `Defect` when rows differ in length.
 *
 * @example
 * import { tensor } from 'gradus'
 * tensor([[1, 2, 3], [4, 5, 6]]).shape // => [2, 3]
 *
 * @since 0.1.0
 */
export const tensor = (nested: NestedArray): Tensor => {
  requireNumbers(nested)
  const shape = shapeFrom('tensor', nestedShape(nested))
  const entries = flatten(nested, shape, [])
  return adopt(Float64Array.from(entries), shape)
}

/** What looks like numbers and is none, told before its shape is looked for. */
const requireNumbers = (nested: unknown): void => {
  if (typeof nested === 'number' || (isList(nested) && nested.length === 0)) return
  const first: unknown = isList(nested) ? nested[0] : nested
  if (isList(nested) && (typeof first === 'number' || isList(first))) return
  const told = `tensor: expected a number or nested arrays of numbers, got ${isList(nested) ? 'an array that begins with ' : ''}${describe(first)}`
  const advice = isTensor(first)
    ? isList(nested)
      ? 'Join tensors with stack or concat?'
      : 'It is a tensor already.'
    : ArrayBuffer.isView(first)
      ? 'Copy it by fromFloat64Array(Float64Array.from(…), shape), or make arrays of it by Array.from?'
      : typeof first === 'boolean'
        ? 'Write 1 and 0?'
        : typeof first === 'string' || typeof first === 'bigint'
          ? 'Make numbers of them by Number?'
          : 'Is something missing?'
  raise('InvalidArgument', `${told}. ${advice}`)
}

const nestedShape = (nested: NestedArray): ReadonlyArray<number> =>
  typeof nested === 'number' ? [] : [nested.length, ...(nested[0] === undefined ? [] : nestedShape(nested[0]))]

const flatten = (nested: NestedArray, shape: Shape, path: ReadonlyArray<number>): ReadonlyArray<number> => {
  const [length, ...inner] = shape
  if (typeof nested === 'number')
    return length === undefined
      ? [nested]
      : raise('InvalidShape', `tensor: expected a row of ${length} at ${showPath(path)}, got the number ${nested}.`)
  if (!Array.isArray(nested) || nested.length !== length)
    return raise(
      'InvalidShape',
      `tensor: expected ${length === undefined ? 'a number' : `${length} entries`} at ${showPath(path)}, ` +
        `got ${Array.isArray(nested) ? `a row of ${nested.length}` : String(nested)}. All rows must have the same length.`,
    )
  return nested.flatMap((row: NestedArray, i) => flatten(row, inner, [...path, i]))
}

const showPath = (path: ReadonlyArray<number>): string => (path.length === 0 ? 'the top' : `[${path.join('][')}]`)

/**
 * A tensor of rank 0.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * toNumber(scalar(2)) // => 2
 *
 * @since 0.1.0
 */
export const scalar = (value: number): Tensor => adopt(Float64Array.of(value), [])

/**
 * Copies the numbers of a `Float64Array`, row-major, into a tensor of the given shape.
 *
 * @example
 * import { fromFloat64Array, toArray } from 'gradus'
 * toArray(fromFloat64Array(Float64Array.of(1, 2, 3, 4), [2, 2])) // => [[1, 2], [3, 4]]
 *
 * @since 0.1.0
 */
export const fromFloat64Array = (data: Float64Array, shape: Shape): Tensor => {
  const checked = shapeFrom('fromFloat64Array', shape)
  return data.length === sizeOf(checked)
    ? adopt(new Float64Array(data), checked)
    : raise(
        'InvalidShape',
        `fromFloat64Array: shape ${showShape(checked)} holds ${sizeOf(checked)} numbers, got ${data.length}.`,
      )
}

/**
 * A tensor whose entries all equal `value`.
 *
 * @example
 * import { full, toArray } from 'gradus'
 * toArray(full([2, 2], 7)) // => [[7, 7], [7, 7]]
 *
 * @since 0.1.0
 */
export const full = (shape: Shape, value: number): Tensor => filled('full', shape, value)

const filled = (operation: string, shape: Shape, value: number): Tensor => {
  const checked = shapeFrom(operation, shape)
  return adopt(sizeOf(checked) === 0 ? new Float64Array(0) : Float64Array.of(value), checked)
}

/**
 * A tensor of zeros.
 *
 * @example
 * import { toArray, zeros } from 'gradus'
 * toArray(zeros([3])) // => [0, 0, 0]
 *
 * @since 0.1.0
 */
export const zeros = (shape: Shape): Tensor => filled('zeros', shape, 0)

/**
 * A tensor of ones.
 *
 * @example
 * import { ones, toArray } from 'gradus'
 * toArray(ones([2])) // => [1, 1]
 *
 * @since 0.1.0
 */
export const ones = (shape: Shape): Tensor => filled('ones', shape, 1)

const countFrom = (operation: string, what: string, count: number): number =>
  Number.isInteger(count) && count >= 0
    ? count
    : raise(
        'InvalidArgument',
        `${operation}: expected how many ${what}, an integer of 0 or more, got ${describe(count)}.`,
      )

/**
 * The identity matrix of `n` rows and `columns` columns (default `n`).
 *
 * @example
 * import { eye, toArray } from 'gradus'
 * toArray(eye(2)) // => [[1, 0], [0, 1]]
 *
 * @since 0.1.0
 */
export const eye = (n: number, columns: number = n): Tensor => {
  const shape = [countFrom('eye', 'rows', n), countFrom('eye', 'columns', columns)]
  return adopt(
    Float64Array.from({ length: n * columns }, (_, i) => (Math.floor(i / columns) === i % columns ? 1 : 0)),
    shape,
  )
}

/**
 * The numbers `start, start + step, …` below `end` (above it for a negative step); `arange(n)` counts 0 … n − 1.
 *
 * @example
 * import { arange, toArray } from 'gradus'
 * toArray(arange(4)) // => [0, 1, 2, 3]
 * toArray(arange(1, 10, 3)) // => [1, 4, 7]
 *
 * @since 0.1.0
 */
export const arange = (start: number, end?: number, step = 1): Tensor => {
  const [from, to] = end === undefined ? [0, start] : [start, end]
  const length = Math.max(0, Math.ceil((to - from) / step))
  return Number.isFinite(length) && step !== 0
    ? adopt(
        Float64Array.from({ length }, (_, i) => from + i * step),
        [length],
      )
    : raise('InvalidArgument', `arange: expected finite bounds and a step that is not 0, got ${from}, ${to}, ${step}.`)
}

/**
 * `count` evenly spaced numbers from `start` to `end`, both included.
 *
 * @example
 * import { linspace, toArray } from 'gradus'
 * toArray(linspace(0, 1, 5)) // => [0, 0.25, 0.5, 0.75, 1]
 *
 * @since 0.1.0
 */
export const linspace = (start: number, end: number, count: number): Tensor => {
  const shape = [countFrom('linspace', 'numbers', count)]
  return adopt(
    Float64Array.from({ length: count }, (_, i) =>
      i === count - 1 && i > 0 ? end : start + (i * (end - start)) / Math.max(count - 1, 1),
    ),
    shape,
  )
}
