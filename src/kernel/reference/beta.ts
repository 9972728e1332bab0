/*
 * The beta function, and what the gamma function's derivatives gain from x to x + y, without cancellation.
 *
 * ψ(x + y) − ψ(x) is about y/x where x is large, far below the rounding of ψ itself. Euler and Maclaurin's summation of both is
 * one sum of differences of powers, p⁻ᵉ − (p + y)⁻ᵉ = −p⁻ᵉ expm1(−e log1p(y/p)), each with all its digits.
 */
import { BERNOULLI, digamma, factorial, gamma, HALF_LOG_TWO_PI, lgamma, polygamma, stirlingRest } from './gamma.js'

/** ψ⁽ⁿ⁾(x + y) − ψ⁽ⁿ⁾(x) for x > 0 and y ≥ 0. */
export const polygammaRise = (n: number, x: number, y: number): number => {
  if (!(x >= 0 && y >= 0)) return Number.NaN
  if (y === 0) return 0
  if (x === 0 || x === Infinity || y === Infinity) return polygamma(n, x + y) - polygamma(n, x)
  const s = n + 1
  // Σ over k < N of (x + k)⁻ˢ − (x + y + k)⁻ˢ, then the same of the integral, the half term and the rest at a = x + N.
  let sum = 0
  let a = x
  for (; a < 10 + 0.6 * s; a += 1) sum -= a ** -s * Math.expm1(-s * Math.log1p(y / a))
  const l = Math.log1p(y / a)
  const power = a ** -s
  sum += n === 0 ? l : ((-power * a) / n) * Math.expm1(-n * l)
  sum -= 0.5 * power * Math.expm1(-s * l)
  let coefficient = (s * power) / a
  for (let j = 1; j <= 15; j++) {
    const term = (BERNOULLI[j - 1] / factorial(2 * j)) * coefficient * Math.expm1((1 - s - 2 * j) * l)
    sum -= term
    if (Math.abs(term) <= Math.abs(sum) * 1e-18) break
    coefficient *= ((s + 2 * j - 1) * (s + 2 * j)) / (a * a)
  }
  return (n % 2 === 0 ? 1 : -1) * factorial(n) * sum
}

/** log x − ψ(a) for a > 0, by the quotient x/a where a is large. */
export const logOverDigamma = (a: number, x: number): number => {
  if (!(a >= 10 && a < Infinity && x > 0 && x < Infinity)) return Math.log(x) - digamma(a)
  const inverse = 1 / (a * a)
  let sum = 0
  for (let k = 9; k >= 1; k--) sum = (sum + BERNOULLI[k - 1] / (2 * k)) * inverse
  const quotient = x > 0.5 * a && x < 2 * a ? Math.log1p((x - a) / a) : Math.log(x / a)
  return quotient + 0.5 / a + sum
}

/** log Γ(b) − log Γ(a + b) for b ≥ 10, without the two large terms. */
const logGammaRatio = (a: number, b: number): number =>
  stirlingRest(b) - stirlingRest(a + b) - (a + b - 0.5) * Math.log1p(a / b) - a * (Math.log(b) - 1)

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b > 0. */
export const lbeta = (first: number, second: number): number => {
  const [a, b] = first < second ? [first, second] : [second, first]
  if (!(first >= 0 && second >= 0)) return Number.NaN
  if (a === 0) return Infinity
  if (b === Infinity) return -Infinity
  if (a >= 10)
    return (
      HALF_LOG_TWO_PI -
      0.5 * Math.log(b) +
      (stirlingRest(a) + stirlingRest(b) - stirlingRest(a + b)) -
      (a - 0.5) * Math.log1p(b / a) -
      b * Math.log1p(a / b)
    )
  return b >= 10 ? lgamma(a) + logGammaRatio(a, b) : lgamma(a) + (lgamma(b) - lgamma(a + b))
}

/** log Γ(x + y) − log Γ(x) for x > 0 and 0 ≤ y ≤ 1, with all digits of a small y. */
export const lgammaRise = (x: number, y: number): number => {
  if (y > 0.05) return x < 10 ? lgamma(x + y) - lgamma(x) : -logGammaRatio(y, x)
  // Taylor about 1 + x, whose terms fall like (y/(1 + x))ᵏ/k; Γ(1 + x) = x Γ(x) for what is left.
  let sum = 0
  for (let k = 12; k >= 1; k--) sum = (sum + polygamma(k - 1, 1 + x) / factorial(k)) * y
  return sum - Math.log1p(y / x)
}

/** a B(a, b) = Γ(a + 1) Γ(b)/Γ(a + b) for a, b > 0: by factors as long as none of them leaves the range. */
export const scaledBeta = (a: number, b: number): number => {
  const [small, large] = a < b ? [a, b] : [b, a]
  const other = a < b ? 1 : a
  if (large < 10) return ((a < b ? gamma(a + 1) : a * gamma(b)) / gamma(a + b)) * (a < b ? gamma(b) : gamma(a))
  if (small < 10) {
    // Γ(large)/Γ(large + small) = large^(−small) e^(…), where the exponent stays below 10.
    const rest =
      small - (large + small - 0.5) * Math.log1p(small / large) + stirlingRest(large) - stirlingRest(large + small)
    const found = large ** -small * Math.exp(rest) * (a < b ? gamma(a + 1) : gamma(b)) * other
    if (found > 1e-300 && found < 1e300) return found
  }
  return Math.exp(lbeta(a, b) + Math.log(a))
}

/** B(a, b) = Γ(a) Γ(b)/Γ(a + b) for a, b > 0. */
export const beta = (a: number, b: number): number => {
  if (!(a >= 0 && b >= 0)) return Number.NaN
  if (a === 0 || b === 0) return a === b || (a < Infinity && b < Infinity) ? Infinity : Number.NaN
  if (a === Infinity || b === Infinity) return 0
  const least = Math.min(a, b)
  return scaledBeta(least, Math.max(a, b)) / least
}
