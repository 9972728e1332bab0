/*
 * What multiplies x in the activations x·g(x): the normal distribution (gelu), the logistic function of a cubic (gelu by
 * tanh) and tanh(log(1 + eˣ)) (mish); and the normal density. All keep full relative precision into the subnormal range:
 * at most 1 ulp of the correctly rounded value measured (test/golden/kernel/activations.py).
 */
import { MILLS, MILLS_DEGREE, MILLS_PIECES } from './millsTable.js'
import { expPair, parts, productError, quotient, scaleBy, sumError } from './pair.js'

/** 1/√(2π) as a pair. */
const DENSITY_AT_ZERO = 0.3989422804014327
const DENSITY_AT_ZERO_LOW = -2.49232720227773e-17

/** exp(−x²/2)·(a + aLow), where the rounding of x², which the exponential would multiply by x²/2, is given back. */
const bell = (x: number, a: number, aLow: number): number => {
  const square = x * x
  const k = expPair(-0.5 * square, -0.5 * productError(x, x, square))
  const [high, low] = [parts[0], parts[1]]
  const product = high * a
  return scaleBy(product + (productError(high, a, product) + high * aLow + low * a), k)
}

/** φ(x) = exp(−x²/2)/√(2π). */
export const normalDensity = (x: number): number =>
  Math.abs(x) > 39 ? 0 : bell(x, DENSITY_AT_ZERO, DENSITY_AT_ZERO_LOW)

/** Φ(−x) = exp(−x²/2)·m(x) for x ≥ 0, where m is a polynomial in u = 4/(4 + x) on equal pieces; the first is beyond x = 39. */
const normalTail = (x: number): number => {
  const shifted = 4 + x
  const u = 4 / shifted
  const p = u * shifted
  const lost = (4 - p - productError(u, shifted, p) - u * sumError(4, x, shifted)) / shifted
  const piece = Math.min(Math.floor(u * MILLS_PIECES), MILLS_PIECES - 1)
  const t = u - (piece + 0.5) / MILLS_PIECES + lost
  const row = (piece - 1) * (MILLS_DEGREE + 2)
  let series = MILLS[row + MILLS_DEGREE + 1]
  for (let i = MILLS_DEGREE; i >= 1; i--) series = series * t + MILLS[row + i]
  const high = MILLS[row] + series
  return bell(x, high, MILLS[row] - high + series)
}

/** Φ(x) = ½·erfc(−x/√2). */
export const normalDistribution = (x: number): number => {
  if (x !== x) return x
  if (x <= 0) return x < -39 ? 0 : normalTail(-x)
  return x > 39 ? 1 : 1 - normalTail(x)
}

/** √(8/π) as a pair, and the published coefficient of the cubic term. */
const STEEPNESS = 1.5957691216057308
const STEEPNESS_LOW = -9.96930880911092e-17
const CUBIC = 0.044715
const CUBIC_LOW = 2.1960211427085595e-18

/** σ(v) with v = √(8/π)·(x + 0.044715·x³), which is ½·(1 + tanh(v/2)). */
export const cubicGate = (x: number): number => {
  if (x !== x) return x
  if (Math.abs(x) > 22) return x > 0 ? 1 : 0
  const size = Math.abs(x)
  const square = size * size
  const squareLow = productError(size, size, square)
  // 1 + 0.044715·x² as a pair, then times |x|, then times the steepness.
  const bent = CUBIC * square
  const bentLow = productError(CUBIC, square, bent) + CUBIC * squareLow + CUBIC_LOW * square
  const one = 1 + bent
  const oneLow = sumError(1, bent, one) + bentLow
  const cubic = size * one
  const cubicLow = productError(size, one, cubic) + size * oneLow
  const v = STEEPNESS * cubic
  const vLow = productError(STEEPNESS, cubic, v) + STEEPNESS * cubicLow + STEEPNESS_LOW * cubic
  const k = expPair(-v, -vLow)
  if (k < -60) return x > 0 ? 1 : scaleBy(parts[0] + parts[1], k)
  const e = scaleBy(parts[0], k)
  const eLow = scaleBy(parts[1], k)
  const d = 1 + e
  const dLow = sumError(1, e, d) + eLow
  return x > 0 ? quotient(1, 0, d, dLow) : quotient(e, eLow, d, dLow)
}

/** tanh(log(1 + eˣ)) = n/(n + 2) with n = e(e + 2) and e = eˣ; for x > 0 divided by e², so that nothing overflows. */
export const mishGate = (x: number): number => {
  if (x !== x) return x
  if (x > 40) return 1
  if (x < -1000) return 0
  const k = expPair(-Math.abs(x), 0)
  if (x < -40) return scaleBy(parts[0] + parts[1], k)
  const e = scaleBy(parts[0], k)
  const eLow = scaleBy(parts[1], k)
  if (x > 0) {
    // (1 + 2w)/(1 + 2w + 2w²) with w = e⁻ˣ.
    const n = 1 + 2 * e
    const nLow = sumError(1, 2 * e, n) + 2 * eLow
    const twice = 2 * e * e
    const d = n + twice
    return quotient(n, nLow, d, sumError(n, twice, d) + nLow + productError(2 * e, e, twice) + 4 * e * eLow)
  }
  const a = 2 + e
  const aLow = sumError(2, e, a) + eLow
  const n = e * a
  const nLow = productError(e, a, n) + e * aLow + eLow * a
  const d = 2 + n
  return quotient(n, nLow, d, sumError(2, n, d) + nLow)
}

/** 1 − tanh(log(1 + eˣ)) = 2/(2 + e(e + 2)), which keeps its digits where the other comes close to 1. */
export const mishRest = (x: number): number => {
  if (x !== x) return x
  if (x > 1000) return 0
  if (x < -1000) return 1
  if (x > 40) {
    const k = expPair(-2 * x, 0)
    return scaleBy(2 * (parts[0] + parts[1]), k)
  }
  const k = expPair(-Math.abs(x), 0)
  const e = scaleBy(parts[0], k)
  const eLow = scaleBy(parts[1], k)
  if (x > 0) {
    const n = 1 + 2 * e
    const nLow = sumError(1, 2 * e, n) + 2 * eLow
    const twice = 2 * e * e
    const twiceLow = productError(2 * e, e, twice) + 4 * e * eLow
    const d = n + twice
    return quotient(twice, twiceLow, d, sumError(n, twice, d) + nLow + twiceLow)
  }
  const a = 2 + e
  const n = e * a
  const d = 2 + n
  return quotient(2, 0, d, sumError(2, n, d) + productError(e, a, n) + e * (sumError(2, e, a) + eLow) + eLow * a)
}
