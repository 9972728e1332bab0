/** Random vectors that estimators multiply by, and the mean of what they find. */

import { toFloat64Array } from '../data/read.js'
import { foldIn, type Key, normal, uniform } from '../function/random.js'
import { normOf } from '../kernel/reference/magnitude.js'
import { count } from './options.js'

/**
 * How random vectors are drawn.
 *
 * @since 0.1.0
 */
export interface ProbeOptions {
  /** Where they come from: equal keys give equal estimates. */
  readonly key: Key
  /** How many; default 32. */
  readonly probes?: number
  /** Entries ±1, which is exact for diagonals and has the least variance, or normal; default `'rademacher'`. */
  readonly distribution?: 'rademacher' | 'normal'
}

/**
 * A mean over random vectors.
 *
 * @since 0.1.0
 */
export interface Estimate {
  readonly value: number
  /** The standard deviation of the value, itself an estimate; ∞ for a single probe of something that varies. */
  readonly standardError: number
  /** What each random vector gave. */
  readonly samples: ReadonlyArray<number>
  readonly products: number
}

export const drawn = (
  operation: string,
  size: number,
  { key, probes = 32, distribution = 'rademacher' }: ProbeOptions,
): ReadonlyArray<Float64Array> =>
  Array.from({ length: count(operation, 'probes', probes, 1) }, (_, i) => {
    const own = foldIn(key, i)
    return distribution === 'normal'
      ? toFloat64Array(normal(own, [size]))
      : toFloat64Array(uniform(own, [size])).map((u) => (u < 0.5 ? -1 : 1))
  })

export const estimateOf = (samples: ReadonlyArray<number>, products: number): Estimate => {
  const n = samples.length
  const value = samples.reduce((sum, sample) => sum + sample, 0) / n
  const deviation = normOf(Float64Array.from(samples, (sample) => sample - value))
  return { value, standardError: n < 2 ? Infinity : deviation / Math.sqrt((n - 1) * n), samples, products }
}

/** What was not estimated but found. */
export const exactly = (value: number, products: number): Estimate => ({
  value,
  standardError: Number.isFinite(value) ? 0 : Number.NaN,
  samples: [value],
  products,
})
