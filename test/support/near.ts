/**
 * test/support/: what tests of several folders share, so that each says only what it is about.
 * near.ts compares trees of tensors, numbers and nested arrays, and shows both sides when they are apart.
 * differences.ts is the oracle of derivatives: central differences with Richardson extrapolation.
 * programs.ts draws random smooth programs; points.ts draws points, shapes and trees.
 * May import: gradus, vitest, fast-check. May be imported by: every test.
 */
import { isTensor, type Tensor, toArray, toFloat64Array, treeLeaves } from 'gradus'
import { expect } from 'vitest'

const flat = (value: unknown): ReadonlyArray<number> =>
  typeof value === 'number'
    ? [value]
    : Array.isArray(value)
      ? value.flatMap(flat)
      : treeLeaves(value).flatMap((leaf: Tensor) => [...toFloat64Array(leaf)])

const readable = (value: unknown): unknown =>
  isTensor(value)
    ? toArray(value)
    : Array.isArray(value)
      ? value.map(readable)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]))
        : value

/** The largest |a − b| / max(1, |b|); equal infinities and two NaN are at distance 0, anything else not finite at ∞. */
export const distance = (actual: unknown, expected: unknown): number => {
  const [a, b] = [flat(actual), flat(expected)]
  if (a.length !== b.length) return Infinity
  return a.reduce((worst, x, i) => {
    const y = b[i] ?? Number.NaN
    const apart = Object.is(x, y) || x === y ? 0 : Math.abs(x - y) / Math.max(1, Math.abs(y))
    return Math.max(worst, Number.isNaN(apart) ? Infinity : apart)
  }, 0)
}

/** Fails unless every entry is within `tolerance`, relative for entries above 1 and absolute below. */
export const expectNear = (actual: unknown, expected: unknown, tolerance = 1e-12): void => {
  const apart = distance(actual, expected)
  if (apart > tolerance) {
    expect.soft(readable(actual), `apart by ${apart}, tolerance ${tolerance}`).toEqual(readable(expected))
    expect(apart).toBeLessThanOrEqual(tolerance)
  }
}

/** Fails unless the entries are the same bits, signs of zeros and NaN included. */
export const expectSameBits = (actual: unknown, expected: unknown): void => {
  expect(flat(actual).map((x) => (Object.is(x, -0) ? '-0' : String(x)))).toEqual(
    flat(expected).map((x) => (Object.is(x, -0) ? '-0' : String(x))),
  )
}
