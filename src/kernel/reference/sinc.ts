/*
 * The normalised sinc and its derivatives of any order. With t = πx and S(t) = sin t / t,
 * dⁿ/dxⁿ sinc(x) = πⁿ·S⁽ⁿ⁾(t). Near 0 by the series
 *   S⁽ⁿ⁾(t) = Σ (−1)ᵏ t^(2k−n) / ((2k+1)·(2k−n)!)  over 2k ≥ n,
 * beyond by t·S⁽ⁿ⁾ = sin⁽ⁿ⁾(t) − n·S⁽ⁿ⁻¹⁾, which is stable upwards once t exceeds n.
 */
import { productError, quotient } from './pair.js'

const PI_LOW = 1.2246467991473532e-16

/** sin(πr + ¼·quarter·2π), for |r| ≤ ¼, with the rounding of π·r given back to first order. */
const circular = (r: number, quarter: number): number => {
  const t = Math.PI * r
  const low = productError(Math.PI, r, t) + PI_LOW * r
  const turn = ((quarter % 4) + 4) % 4
  const value = turn % 2 === 0 ? Math.sin(t) + low * Math.cos(t) : Math.cos(t) - low * Math.sin(t)
  return turn < 2 ? value : -value
}

/** sin(πx + n·π/2), reduced exactly. */
const sinPi = (x: number, n: number): number => {
  const turns = x % 2
  const halves = Math.round(2 * turns)
  return circular(turns - halves / 2, halves + n)
}

const series = (t: number, order: number): number => {
  const square = t * t
  // The first term is that of 2k = order, or of 2k = order + 1 where the order is odd.
  let degree = order % 2
  let term = ((order + degree) / 2) % 2 === 0 ? t ** degree : -(t ** degree)
  let total = term / (order + degree + 1)
  while (Math.abs(term) > 1e-18 * Math.abs(total)) {
    term *= -square / ((degree + 1) * (degree + 2))
    degree += 2
    total += term / (order + degree + 1)
  }
  return total
}

/** The derivative of the given order of sin(πx)/(πx). */
export const sincDerivative = (order: number, x: number): number => {
  if (Math.abs(x) === Infinity) return 0
  if (x !== x) return x
  if (order === 0 && Math.abs(x) > 1e-9) {
    const t = Math.PI * x
    return Math.abs(x) > 1e300 ? 0 : quotient(sinPi(x, 0), 0, t, productError(Math.PI, x, t) + PI_LOW * x)
  }
  const t = Math.PI * x
  if (Math.abs(t) <= order + 1) return series(t, order) * Math.PI ** order
  if (Math.abs(t) === Infinity) return 0
  let value = sinPi(x, 0) / t
  for (let n = 1; n <= order; n++) value = (sinPi(x, n) - n * value) / t
  return value * Math.PI ** order
}
