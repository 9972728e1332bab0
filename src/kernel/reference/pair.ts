/*
 * Exponentials with some ten bits to spare, as unevaluated sums high + low, for functions whose own rounding must not be
 * the second or third on the way to a result. A pair is left in `parts`, so that no call allocates: read it at once.
 */

/** [high, low] of the last pair. */
export const parts = new Float64Array(2)

const SPLIT = 134217729

/** a·b − fl(a·b), exactly, given p = fl(a·b): Dekker, Numerische Mathematik 18 (1971). Needs |a|, |b| < 2⁹⁹⁶. */
export const productError = (a: number, b: number, p: number): number => {
  const [ca, cb] = [SPLIT * a, SPLIT * b]
  const ah = ca - (ca - a)
  const al = a - ah
  const bh = cb - (cb - b)
  const bl = b - bh
  return ah * bh - p + ah * bl + al * bh + al * bl
}

/** a + b − fl(a + b), exactly, given s = fl(a + b): Knuth, The Art of Computer Programming 2, §4.2.2. */
export const sumError = (a: number, b: number, s: number): number => {
  const t = s - a
  return a - (s - t) + (b - t)
}

/** ln 2 = high + low, where k·high is exact for |k| < 2¹¹. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/** 1/(i + 2)!, for eʳ = 1 + r + r²·Σ cᵢ·rⁱ; what is left out is below 2⁻⁶³ for |r| ≤ ½·ln 2. */
const TAIL = ((): Float64Array => {
  const table = new Float64Array(13)
  let factorial = 1
  for (let i = 0; i < table.length; i++) {
    factorial *= i + 2
    table[i] = 1 / factorial
  }
  return table
})()

/** Leaves exp(x + extra)·2⁻ᵏ in `parts`, between 0.7 and 1.5, and gives k. Needs |x| ≤ 1500 and |extra| ≤ 1e-10. */
export const expPair = (x: number, extra: number): number => {
  const k = Math.round(x * Math.LOG2E)
  const start = x - k * LN2_HIGH
  const taken = k * LN2_LOW - extra
  const r = start - taken
  const rest = start - r - taken
  let series = TAIL[12]
  for (let i = 11; i >= 0; i--) series = series * r + TAIL[i]
  const high = 1 + r
  const low = 1 - high + r + (r * r * series + rest * high)
  parts[0] = high + low
  parts[1] = high - parts[0] + low
  return k
}

/** x·2ᵏ for |k| ≤ 2200, in steps that neither overflow nor lose digits before the result does. */
export const scaleBy = (x: number, k: number): number => {
  if (k > 1000) return scaleBy(x * 2 ** 1000, k - 1000)
  if (k >= -1000) return x * 2 ** k
  return k < -2000 ? 0 * x : x * 2 ** -1000 * 2 ** (k + 1000)
}

/** (a + aLow)/(b + bLow), rounded about once. */
export const quotient = (a: number, aLow: number, b: number, bLow: number): number => {
  const q = a / b
  const p = q * b
  return q + (a - p - productError(q, b, p) + aLow - q * bLow) / b
}
