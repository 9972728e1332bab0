/*
 * The complementary error function, its scaled form and repeated integrals, the normal distribution and its inverses.
 *
 * erfcx(x) = e^(x²) erfc(x) for x ≥ ½ is the trapezoidal rule with step h = ½ for the integral of Goodwin, and the residue
 * of the pole that it passes (Matta and Reichel 1971):
 *   erfcx(x) = (h x / π) (1/x² + 2 Σ e^(−k²h²)/(x² + k²h²)) − 2 e^(x²)/(e^(2πx/h) − 1),   the last term for x < π/h.
 * Its error is e^(−π²/h²) = 7e-18, and all terms but the last are positive.
 */
import { normalDistribution } from './gates.js'
import { erf } from './special.js'

const TWO_OVER_SQRT_PI = 1.1283791670955126
const H = 0.5
const TERMS = 13
const POLE = Math.PI / H

/** e^(−k²h²) for k from 1. */
const WEIGHTS = Float64Array.from({ length: TERMS }, (_, i) => Math.exp(-((i + 1) * (i + 1)) * H * H))

/** e^(sign·x²·factor) from a short and a rest part of x: the square of the first has no rounding (factor ½ or 1). */
const expSquare = (x: number, signed: number): number => {
  const short = Math.fround(x)
  return Math.exp(signed * short * short) * Math.exp(signed * (x - short) * (x + short))
}

const erfcxRight = (x: number): number => {
  if (x > 1e8) return 1 / (x * Math.sqrt(Math.PI))
  const square = x * x
  let sum = 0
  for (let k = TERMS; k >= 1; k--) sum += WEIGHTS[k - 1] / (square + k * k * H * H)
  const value = ((H * x) / Math.PI) * (1 / square + 2 * sum)
  return x < POLE ? value - (2 * expSquare(x, 1)) / Math.expm1((2 * Math.PI * x) / H) : value
}

/** e^(x²) erfc(x). */
export const erfcx = (x: number): number =>
  x >= 0.5
    ? erfcxRight(x)
    : x >= -0.5
      ? expSquare(x, 1) * (1 - erf(x))
      : x < -27
        ? Infinity
        : 2 * expSquare(x, 1) - (x < 0 ? erfcx(-x) : Number.NaN)

/** 1 − erf(x), with all its digits where it is small. */
export const erfc = (x: number): number =>
  x < 0.5 ? 1 - erf(x) : x > 27.3 ? 0 : x === x ? expSquare(x, -1) * erfcxRight(x) : x

/**
 * wₙ(x) = e^(x²) iⁿerfc(x), the scaled repeated integrals: n wₙ = −x wₙ₋₁ + ½ wₙ₋₂ from w₋₁ = 2/√π, w₀ = erfcx; and
 * wₙ′ = −2 (n + 1) wₙ₊₁. They are the minimal solution where x is above 0, so the recurrence runs backwards there
 * (Gautschi 1961), and forwards where all of its terms are positive or x is small.
 */
export const scaledIntegral = (n: number, x: number): number => {
  if (n === 0) return erfcx(x)
  if (!(x >= 0.5)) {
    let [before, current] = [TWO_OVER_SQRT_PI, erfcx(x)]
    for (let k = 1; k <= n; k++) [before, current] = [current, (0.5 * before - x * current) / k]
    return current
  }
  // The ratios wₖ/wₖ₋₁ = ½/(x + (k + 1) wₖ₊₁/wₖ) from where any beginning is forgotten: the two kinds of solution part as
  // e^(2 √(2k) x), and e^(-39) is below rounding.
  const start = Math.ceil((Math.sqrt(n) + 14 / x) ** 2) + 10
  let ratio = 0
  let product = 1
  for (let k = start; k >= 0; k--) {
    ratio = 0.5 / (x + (k + 1) * ratio)
    if (k <= n) product *= ratio
  }
  return product * TWO_OVER_SQRT_PI
}

const NORMAL = Math.SQRT1_2

/** log Φ(x). */
export const logNdtr = (x: number): number =>
  x < -1
    ? Math.log(0.5 * erfcx(-x * NORMAL)) - 0.5 * x * x
    : x > 1
      ? Math.log1p(-normalDistribution(-x))
      : Math.log(normalDistribution(x))

/** The y > 0 with erfc(y) = q for q ≤ ½: Newton's method for log erfc, whose slope is −2/(√π erfcx). */
const erfcInverseTail = (q: number): number => {
  const logQ = Math.log(q)
  let y = Math.sqrt(-logQ - 0.5 * Math.log(Math.max(1, -logQ * Math.PI)))
  if (!(y < Infinity)) return Infinity
  for (let i = 0; i < 6; i++) {
    const w = erfcx(y)
    const step = ((Math.log(w) - y * y - logQ) * w) / TWO_OVER_SQRT_PI
    y += step
    if (Math.abs(step) < 1e-9 * y) break
  }
  // One more with the residual of erfc itself where that has all digits.
  return y < 26 ? y + (erfc(y) - q) / (TWO_OVER_SQRT_PI * expSquare(y, -1)) : y
}

/** The inverse of erf: by erfc beyond ½, where 1 − |x| is exact. */
export const erfinv = (x: number): number => {
  const size = Math.abs(x)
  if (!(size <= 1)) return Number.NaN
  if (size > 0.5) return Math.sign(x) * erfcInverseTail(1 - size)
  // The Maclaurin series to third order, then Newton and Halley steps.
  let y = (x / TWO_OVER_SQRT_PI) * (1 + (Math.PI / 12) * x * x)
  for (let i = 0; i < 4; i++) {
    const step = (erf(y) - x) / (TWO_OVER_SQRT_PI * Math.exp(-y * y))
    y -= step / (1 + y * step)
    if (Math.abs(step) < 1e-9 * size) break
  }
  return y
}

/** The inverse of Φ. */
export const ndtri = (p: number): number =>
  !(p >= 0 && p <= 1)
    ? Number.NaN
    : p < 0.25
      ? -Math.SQRT2 * erfcInverseTail(2 * p)
      : p > 0.75
        ? Math.SQRT2 * erfcInverseTail(2 * (1 - p))
        : Math.SQRT2 * erfinv(2 * p - 1)
