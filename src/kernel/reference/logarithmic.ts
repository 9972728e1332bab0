/** Sums of exponentials in the logarithmic domain, the logit, and x·log y with its zero. */
import { sumError } from './pair.js'

/** log(eᵃ + eᵇ); of −∞ and −∞ it is −∞, of ∞ and anything but NaN it is ∞. */
export const logAddExp = (a: number, b: number): number => {
  const high = Math.max(a, b)
  if (a === b) return high + Math.LN2
  return Math.abs(high) === Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high))
}

/** e^(a − b), where the rounding of the difference, which the exponential would multiply by |a − b|, is given back. */
const expOfDifference = (a: number, b: number): number => {
  const d = a - b
  const e = Math.exp(d)
  const low = sumError(a, -b, d)
  return e > 0 && e < Infinity && low === low ? e + e * low : e
}

/** eᵃ/(eᵃ + eᵇ): the share of a; of two −∞ each has the share 0, of two ∞ one half. */
export const shareOfSum = (a: number, b: number): number => {
  if (a === b) return a === -Infinity ? 0 : 0.5
  if (a < b) {
    const e = expOfDifference(a, b)
    return e / (1 + e)
  }
  return 1 / (1 + expOfDifference(b, a))
}

/** log(eᵃ − eᵇ) for a ≥ b: −∞ where they are equal, NaN where b is larger. */
export const logSubExp = (a: number, b: number): number => {
  if (a === b) return a === Infinity ? Number.NaN : -Infinity
  if (a === Infinity) return b === b ? a : b
  const d = b - a
  return d > 0 ? Number.NaN : a + (d > -Math.LN2 ? Math.log(-Math.expm1(d)) : Math.log1p(-Math.exp(d)))
}

/** eᵃ/(eᵃ − eᵇ), which is infinite where they are equal. */
export const shareOfDifference = (a: number, b: number): number => {
  const d = b - a
  // The share of nothing: what is −∞ adds nothing to anything.
  if (a === -Infinity) return b === -Infinity ? 0 : b !== b ? b : -0
  const low = sumError(b, -a, d)
  const fall = Math.expm1(d)
  return -1 / (low === low && Math.abs(d) < 700 ? fall + (fall + 1) * low : fall)
}

/** log(x/(1 − x)): near ½ by log1p of an exact numerator, where the logarithm of a rounded quotient would be all error. */
export const logit = (x: number): number =>
  x > 0.25 && x < 0.75
    ? x < 0.5
      ? -Math.log1p((1 - 2 * x) / x)
      : Math.log1p((2 * x - 1) / (1 - x))
    : Math.log(x / (1 - x))

/** x·log y with 0 for x = 0, whatever y is, NaN excepted. */
export const xlogy = (x: number, y: number): number => (x === 0 && y === y ? 0 : x * Math.log(y))

/** x·log(1 + y) with 0 for x = 0, whatever y is, NaN excepted. */
export const xlog1py = (x: number, y: number): number => (x === 0 && y === y ? 0 : x * Math.log1p(y))
