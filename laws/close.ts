/** Comparisons that keep both sides, the distance and what was allowed: never a bare boolean. */
import { isTensor, toArray, toFloat64Array } from '../src/index.js'

/**
 * The outcome of a comparison, with all that a reader needs to judge it.
 *
 * @since 0.1.0
 */
export interface Evidence {
  readonly holds: boolean
  readonly relation: '≈' | '≤' | '=' | '≉'
  readonly left: unknown
  readonly right: unknown
  readonly error: number
  readonly tolerance: number
  /** Where the tolerance comes from. */
  readonly reason?: string
}

/**
 * The same evidence with a word on where its tolerance comes from.
 *
 * @example
 * import { because, close, showEvidence } from 'gradus/laws'
 * showEvidence(because('one rounding')(close(1e-16)(1, 1))) // => '1 ≈ 1 (error 0, tolerance 1e-16: one rounding)'
 *
 * @since 0.1.0
 */
export const because =
  (reason: string) =>
  (evidence: Evidence): Evidence => ({ ...evidence, reason })

/** Numbers in the order in which they are read; anything else stands for itself. */
const entriesOf = (value: unknown): ReadonlyArray<unknown> => {
  if (isTensor(value)) return [...toFloat64Array(value)]
  if (value instanceof Float64Array) return [...value]
  if (Array.isArray(value)) return value.flatMap(entriesOf)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(entriesOf) : [value]
}

const readable = (value: unknown): unknown => {
  if (isTensor(value)) return toArray(value)
  if (value instanceof Float64Array) return [...value]
  if (Array.isArray(value)) return value.map(readable)
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]))
    : value
}

const numbers = (value: unknown): ReadonlyArray<number> =>
  entriesOf(value).map((entry) => (typeof entry === 'number' ? entry : Number.NaN))

const largest = (values: ReadonlyArray<number>): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** The largest distance of two entries; what is not finite on one side only, or missing, is infinitely far. */
const distance = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number =>
  a.length === b.length
    ? largest(
        a.map((x, i) => {
          const y = b[i] ?? Number.NaN
          const apart = Object.is(x, y) ? 0 : Math.abs(x - y)
          return Number.isNaN(apart) ? Infinity : apart
        }),
      )
    : Infinity

/**
 * Near each other: entries differ by at most the tolerance times the largest entry of either side, or times `least` (default 1)
 * if all are smaller. Trees, tensors, arrays and numbers compare entry by entry.
 *
 * @example
 * import { close } from 'gradus/laws'
 * close(1e-12)([1, 2], [1, 2 + 1e-13]).holds // => true
 * close(1e-12)(Number.NaN, 1).error // => Infinity
 *
 * @since 0.1.0
 */
export const close =
  (tolerance: number, least = 1) =>
  (left: unknown, right: unknown): Evidence => {
    const [a, b] = [numbers(left), numbers(right)]
    const scale = Math.max(least, ...[largest(a), largest(b)].filter(Number.isFinite))
    const [error, allowed] = [distance(a, b), tolerance * scale]
    return {
      holds: error <= allowed && error < Infinity,
      relation: '≈',
      left: readable(left),
      right: readable(right),
      error,
      tolerance: allowed,
    }
  }

/**
 * Apart: some entries differ by more than the margin times the largest entry. What a law that claims a failure asserts.
 *
 * @example
 * import { apart } from 'gradus/laws'
 * apart(1e-3)([1, 2], [1, 3]).holds // => true
 *
 * @since 0.1.0
 */
export const apart =
  (margin: number) =>
  (left: unknown, right: unknown): Evidence => {
    const near = close(margin, 0)(left, right)
    return { ...near, relation: '≉', holds: near.error > near.tolerance && near.error < Infinity }
  }

/**
 * Not above, up to a slack; NaN is neither above nor below, and fails.
 *
 * @example
 * import { atMost } from 'gradus/laws'
 * atMost()(3, 2).error // => 1
 *
 * @since 0.1.0
 */
export const atMost =
  (slack = 0) =>
  (left: number, right: number): Evidence => ({
    holds: left <= right + slack,
    relation: '≤',
    left,
    right,
    error: Math.max(0, left - right),
    tolerance: slack,
  })

/**
 * The same to the bit, signs of zeros and NaN included; texts and truth values compare as well. The error counts differences.
 *
 * @example
 * import { same } from 'gradus/laws'
 * same([0, 1], [-0, 1]).error // => 1
 * same('Singular', 'Singular').holds // => true
 *
 * @since 0.1.0
 */
export const same = (left: unknown, right: unknown): Evidence => {
  const [a, b] = [entriesOf(left), entriesOf(right)]
  const differing = a.filter((x, i) => !Object.is(x, b[i])).length
  const error = a.length === b.length ? differing : Math.max(a.length, b.length)
  return { holds: error === 0, relation: '=', left: readable(left), right: readable(right), error, tolerance: 0 }
}

/**
 * All of several comparisons: the first that does not hold, or else the last.
 *
 * @example
 * import { all, atMost, same } from 'gradus/laws'
 * all(same(1, 1), atMost()(2, 1), same(3, 3)).relation // => '≤'
 *
 * @since 0.1.0
 */
export const all = (first: Evidence, ...rest: ReadonlyArray<Evidence>): Evidence =>
  [first, ...rest].find(({ holds }) => !holds) ?? rest[rest.length - 1] ?? first

/** Signs of zeros are shown, since `same` tells them apart. */
const show = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${show(inner)}`)
      .join(', ')} }`
  return Object.is(value, -0) ? '-0' : String(value)
}

/**
 * Both sides, the error and the tolerance in one line.
 *
 * @example
 * import { close, showEvidence } from 'gradus/laws'
 * showEvidence(close(0.5)(1, 1.25)) // => '1 ≈ 1.25 (error 0.25, tolerance 0.625)'
 *
 * @since 0.1.0
 */
export const showEvidence = ({ left, relation, right, error, tolerance, reason }: Evidence): string =>
  `${show(left)} ${relation} ${show(right)} (error ${error}, tolerance ${tolerance}${reason === undefined ? '' : `: ${reason}`})`
