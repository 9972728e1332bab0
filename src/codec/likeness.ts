/** Whether data has the form that a reader expects: of parameters, of the state of an optimizer, of a configuration. */
import { toFloat64Array } from '../data/read.js'
import { sameShape, showShape } from '../data/Shape.js'
import { isTensor, type Tensor } from '../data/Tensor.js'
import { isPlainRecord } from './data.js'
import { type Mismatch, shown, within } from './mismatch.js'

export const describe = (value: unknown): string =>
  isTensor(value)
    ? `a tensor ${showShape(value.shape)}`
    : Array.isArray(value)
      ? `an array of ${value.length}`
      : isPlainRecord(value)
        ? `a record with the keys ${Object.keys(value).join(', ')}`
        : typeof value === 'number'
          ? String(value)
          : shown(value)

/** How strictly two values are compared. */
interface Manner {
  readonly leaves: (expected: unknown, found: unknown) => boolean
  readonly shapes: (expected: Tensor, found: Tensor) => boolean
  /** Whether nothing further is asked of what stands in the place of this. */
  readonly isOpen: (expected: unknown, found: unknown) => boolean
  readonly lengths: (expected: ReadonlyArray<unknown>, found: ReadonlyArray<unknown>) => boolean
}

const differ =
  (manner: Manner) =>
  (path: string, expected: unknown, found: unknown): ReadonlyArray<Mismatch> => {
    const here: ReadonlyArray<Mismatch> = [{ path, expected: describe(expected), found: describe(found) }]
    if (manner.isOpen(expected, found)) return []
    if (isTensor(expected)) return isTensor(found) && manner.shapes(expected, found) ? [] : here
    if (Array.isArray(expected))
      return Array.isArray(found) && manner.lengths(expected, found)
        ? expected.flatMap((each: unknown, i) =>
            i < found.length ? differ(manner)(within(path, String(i)), each, found[i]) : [],
          )
        : here
    if (isPlainRecord(expected)) {
      const keys = Object.keys(expected)
      if (!isPlainRecord(found) || Object.keys(found).length !== keys.length) return here
      return keys.every((key) => Object.hasOwn(found, key))
        ? keys.flatMap((key) => differ(manner)(within(path, key), expected[key], found[key]))
        : here
    }
    return manner.leaves(expected, found) ? [] : here
  }

const sameBits = (a: Tensor, b: Tensor): boolean => {
  const [x, y] = [toFloat64Array(a), toFloat64Array(b)]
  return sameShape(a.shape, b.shape) && x.every((entry, i) => Object.is(entry, y[i]))
}

/** Where a value is not the same. */
export const differences = differ({
  leaves: Object.is,
  shapes: sameBits,
  isOpen: () => false,
  lengths: (a, b) => a.length === b.length,
})

const sameForm: Manner = {
  leaves: (a, b) => typeof a === typeof b && (a === null) === (b === null),
  shapes: (a, b) => sameShape(a.shape, b.shape),
  isOpen: () => false,
  lengths: (a, b) => a.length === b.length,
}

/** Where data is not of the structure and shapes of a tree. */
export const formDifferences = differ(sameForm)

/** Where data has another structure or other shapes than a tree of parameters; the one place where data gets its type back. */
export const isLike =
  <P>(example: P) =>
  (data: unknown): data is P =>
    formDifferences('', example, data).length === 0

const tagOf = (value: unknown): unknown => (isPlainRecord(value) ? value._tag : undefined)

/**
 * Where data cannot be a later state of an optimizer that began with this one. What was `null`, empty or a case of a tagged union
 * may have become anything, since the first state does not tell what; numbers may have become `null`, lists of numbers longer.
 */
export const stateDifferences = differ({
  leaves: (a, b) => b === null || typeof a === typeof b,
  shapes: (a, b) => a.size === 0 || sameShape(a.shape, b.shape),
  isOpen: (a, b) => a === null || (Array.isArray(a) && Array.isArray(b) && a.length === 0) || tagOf(a) !== tagOf(b),
  lengths: (a, b) => a.length === b.length || a.every((each) => typeof each === 'number'),
})

/** Whether data can be a state of the type of the first one. */
export const isStateLike =
  <S>(first: S) =>
  (data: unknown): data is S =>
    stateDifferences('', first, data).length === 0
