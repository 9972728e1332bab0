/*
 * exp A by scaling, a diagonal Padé approximant and squaring (Higham, The Scaling and Squaring Method for the Matrix
 * Exponential Revisited, SIAM J. Matrix Anal. Appl. 26, 2005): its degrees, bounds and coefficients.
 */
import { provider } from '../provider.js'
import { luFactor, luSolve } from './lu.js'

/** Degrees with the largest 1-norm at which the backward error is below 2⁻⁵³ (table 2.3). */
const DEGREES: ReadonlyArray<readonly [number, number]> = [
  [3, 1.495585217958292e-2],
  [5, 2.53939833006323e-1],
  [7, 9.504178996162932e-1],
  [9, 2.097847961257068],
]
const LARGEST = 5.371920351148152

/** Coefficients of the numerator of degree q, divided by the last: bⱼ = (2q − j)! / ((q − j)!·j!). */
const coefficients = (q: number): Float64Array => {
  const out = new Float64Array(q + 1)
  out[q] = 1
  for (let j = q - 1; j >= 0; j--) out[j] = (out[j + 1] * (2 * q - j) * (j + 1)) / (q - j)
  return out
}

const oneNorm = (n: number, a: Float64Array): number => {
  let norm = 0
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += Math.abs(a[i * n + j])
    if (!(sum <= norm)) norm = sum
  }
  return norm
}

const multiply = (n: number, a: Float64Array, b: Float64Array): Float64Array => {
  const out = new Float64Array(n * n)
  provider().matmul(n, n, n, a, 0, false, b, 0, false, out, 0)
  return out
}

/** Σ weights[start + 2i]·powers[i]. */
const combine = (
  powers: ReadonlyArray<Float64Array>,
  weights: Float64Array,
  start: number,
  count: number,
): Float64Array => {
  const out = new Float64Array(powers[0].length)
  for (let p = 0; p < count; p++) {
    const weight = weights[start + 2 * p]
    for (let i = 0; i < out.length; i++) out[i] += weight * powers[p][i]
  }
  return out
}

const addInto = (x: Float64Array, y: Float64Array): Float64Array => {
  for (let i = 0; i < x.length; i++) x[i] += y[i]
  return x
}

/** (V − U)⁻¹·(V + U), where U holds the odd and V the even powers. */
const quotient = (n: number, u: Float64Array, v: Float64Array): Float64Array => {
  const above = new Float64Array(n * n)
  const below = new Float64Array(n * n)
  for (let i = 0; i < n * n; i++) {
    above[i] = v[i] + u[i]
    below[i] = v[i] - u[i]
  }
  const factor = new Float64Array(n * (n + 1))
  luFactor(n, n, below, factor)
  const out = new Float64Array(n * n)
  luSolve(n, n, factor, false, above, out)
  return out
}

const identity = (n: number): Float64Array => {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) out[i * n + i] = 1
  return out
}

const pade = (n: number, a: Float64Array, degree: number): Float64Array => {
  const b = coefficients(degree)
  const powers = [identity(n), multiply(n, a, a)]
  if (degree < 13) {
    while (powers.length < (degree + 1) / 2) powers.push(multiply(n, powers[powers.length - 1], powers[1]))
    return quotient(n, multiply(n, a, combine(powers, b, 1, powers.length)), combine(powers, b, 0, powers.length))
  }
  const fourth = multiply(n, powers[1], powers[1])
  const sixth = multiply(n, fourth, powers[1])
  const even = [powers[0], powers[1], fourth, sixth]
  const high = even.slice(1)
  // b₁₃A⁶ + b₁₁A⁴ + b₉A² is multiplied by A⁶ once, and so are the even ones.
  const odd = addInto(multiply(n, sixth, combine(high, b, 9, 3)), combine(even, b, 1, 4))
  const same = addInto(multiply(n, sixth, combine(high, b, 8, 3)), combine(even, b, 0, 4))
  return quotient(n, multiply(n, a, odd), same)
}

/** out ← exp a; NaN throughout where a is not finite. */
export const exponential = (n: number, a: Float64Array, out: Float64Array): void => {
  const norm = oneNorm(n, a)
  if (!(norm < Infinity)) {
    out.fill(Number.NaN)
    return
  }
  const small = DEGREES.find(([, bound]) => norm <= bound)
  if (small !== undefined) {
    out.set(pade(n, a, small[0]))
    return
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(norm / LARGEST)))
  // In two steps: beyond 2¹⁰²³ the inverse would be subnormal.
  const scaled = a.map((x) => x * 2 ** -Math.min(squarings, 1000) * 2 ** -Math.max(0, squarings - 1000))
  let result = pade(n, scaled, 13)
  for (let i = 0; i < squarings; i++) result = multiply(n, result, result)
  out.set(result)
}
