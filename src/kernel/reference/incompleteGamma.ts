/*
 * The regularized incomplete gamma functions with their derivatives in the parameter.
 *
 * P(a, x): its series for x < a + 1, and the continued fraction of Q beyond (DLMF 8.11.4, 8.9.2); for a above a million, where
 * these take thousands of terms near x = a, Temme's uniform expansion (DLMF 8.12.3 and 8.12.7). Derivatives in a are those of
 * the same series and fraction, computed with jets; the factor in front has derivatives in closed form.
 */
import { logOverDigamma } from './beta.js'
import { gamma, lgammaOnePlus, polygamma, stirlingRest } from './gamma.js'
import { exponential, inverse, isNothing, type Jet, jet, lentz, plus, scaled, times } from './jet.js'
import { erfc } from './normal.js'

const LIMIT = 100_000

/** log(1 + u) − u without cancellation where u is small. */
export const logPlusMinus = (u: number): number => {
  if (Math.abs(u) > 0.3) return Math.log1p(u) - u
  // −u²/2 + u³/3 − …, by r = u/(2 + u): log(1 + u) = 2 (r + r³/3 + …), and u = 2r/(1 − r).
  const r = u / (2 + u)
  const square = r * r
  let sum = 0
  for (let k = 15; k >= 1; k--) sum = sum * square + 1 / (2 * k + 1)
  return 2 * r * square * sum - (2 * square) / (1 - r)
}

/** The upper half of the digits of x. */
const upperHalf = (x: number): number => {
  const shifted = x * 134217729
  return shifted - (shifted - x)
}

/** x − p q, where p q is x up to rounding (Dekker 1971). */
const remainder = (x: number, p: number, q: number): number => {
  const [ph, qh] = [upperHalf(p), upperHalf(q)]
  const [pl, ql] = [p - ph, q - qh]
  return x - ph * qh - ph * ql - pl * qh - pl * ql
}

/** x^a e^(−x) / Γ(a + 1). Powers keep the digits that the exponential of a large logarithm loses. */
const gammaFactor = (a: number, x: number): number => {
  if (x === 0) return a === 0 ? 1 : 0
  if (x === Infinity) return 0
  const half = Math.exp(-0.5 * x)
  if (a < 10) return (x ** a / gamma(a + 1)) * half * half
  const root = Math.sqrt(2 * Math.PI * a)
  if (x > 0.5 * a || a > 1e5) return Math.exp(a * logPlusMinus((x - a) / a) - stirlingRest(a)) / root
  const quotient = x / a
  if (a * (Math.log(quotient) + 1 - quotient) < -800) return 0
  // In eight parts, exact in the exponent: what is left by the line above has neither power nor exponential beyond e^(±360) then.
  const lost = Math.exp((0.125 * a * remainder(x, quotient, a)) / x)
  const part = quotient ** (0.125 * a) * Math.exp(0.125 * (a - x)) * lost
  const fourParts = part * part * (part * part)
  return ((fourParts * Math.exp(-stirlingRest(a))) / root) * fourParts
}

/** x^(a − 1) e^(−x) / Γ(a), which is infinite at 0 for a < 1. */
export const gammaDensity = (a: number, x: number): number =>
  outside(a, x) ? Number.NaN : x === 0 ? (a < 1 ? Infinity : a === 1 ? 1 : 0) : (a * gammaFactor(a, x)) / x

/** Σ xⁿ/((a + 1)…(a + n)). */
const gammaSeries = (a: number, x: number): number => {
  let term = 1
  let sum = 1
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

/** Γ(a, x) x^(−a) e^x, by Lentz's method: 1/(x + 1 − a − 1 (1 − a)/(x + 3 − a − …)). */
const gammaFraction = (a: number, x: number): number => {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let value = d
  for (let n = 1; n < LIMIT; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    const change = c * d
    value *= change
    if (Math.abs(change - 1) < 1e-16) break
  }
  return value
}

/** Q for a < 1 and x < 1, where it may be small beside P: −expm1(t) − e^t a Σ (−x)ⁿ/((a + n) n!), t = log(x^a/Γ(a + 1)). */
const smallQ = (a: number, x: number): number => {
  const t = a * Math.log(x) - lgammaOnePlus(a)
  let term = 1
  let sum = 0
  for (let n = 1; n < 40; n++) {
    term *= -x / n
    sum += term / (a + n)
  }
  return -Math.expm1(t) - Math.exp(t) * a * sum
}

const LARGE = 1e6

/** The coefficients c₀ and c₁ of Temme's expansion as series in η, printed by gammaCoefficients.py. */
const TEMME_FIRST = [
  -0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073, 0.0003527336860670194,
  -0.0001787551440329218, 3.919263178522438e-5,
]
const TEMME_SECOND = [-0.001851851851851852, -0.003472222222222222, 0.0026455026455026454]

const polynomial = (coefficients: ReadonlyArray<number>, x: number): number => {
  let sum = 0
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k]
  return sum
}

/** Q (and P where `lower`) = ½ erfc(±η √(a/2)) ± e^(−a η²/2)/√(2πa) (c₀ + c₁/a), η² = 2 (x/a − 1 − log(x/a)). */
const uniform = (a: number, x: number, lower: boolean): number => {
  const mu = (x - a) / a
  // Beyond, both are 0 or 1 to more digits than there are.
  if (Math.abs(mu) > 0.05) return mu > 0 === lower ? 1 : 0
  const half = -logPlusMinus(mu)
  const eta = Math.sign(mu) * Math.sqrt(2 * half)
  const sign = lower ? -1 : 1
  const rest = (polynomial(TEMME_FIRST, eta) + polynomial(TEMME_SECOND, eta) / a) / Math.sqrt(2 * Math.PI * a)
  const z = sign * Math.sign(mu) * Math.sqrt(a * half)
  return 0.5 * erfc(z) + sign * Math.exp(-a * half) * rest
}

const outside = (a: number, x: number): boolean => !(a >= 0 && x >= 0) || (a === 0 && x === 0)

/** P(a, x) = γ(a, x)/Γ(a). */
export const igamma = (a: number, x: number): number =>
  outside(a, x)
    ? Number.NaN
    : a === 0 || x === Infinity
      ? a === Infinity
        ? Number.NaN
        : 1
      : a === Infinity
        ? 0
        : a > LARGE
          ? uniform(a, x, true)
          : x < a + 1
            ? gammaFactor(a, x) * gammaSeries(a, x)
            : 1 - igammac(a, x)

/** Q(a, x) = Γ(a, x)/Γ(a). For a < 1 it may be small on both sides of a + 1, and 1 − P does not serve. */
export const igammac = (a: number, x: number): number =>
  outside(a, x) || a === Infinity || x === Infinity || a === 0
    ? 1 - igamma(a, x)
    : a > LARGE
      ? uniform(a, x, false)
      : a < 1 && x < 1
        ? x === 0
          ? 1
          : smallQ(a, x)
        : x < a + 1 && a >= 1
          ? 1 - igamma(a, x)
          : a * gammaFactor(a, x) * gammaFraction(a, x)

/** The largest a with derivatives in a: near x = a their series have about 9 √a terms. */
const MOST = 1e8

/** ∂P/∂a and ∂²P/∂a²; NaN beyond a = 10⁸. */
export const igammaSlopes = (a: number, x: number): readonly [number, number] => {
  if (!(a > 0 && x >= 0 && a <= MOST)) return [Number.NaN, Number.NaN]
  if (x === 0 || x === Infinity) return [0, 0]
  // log x − ψ(a + 1), where ψ(a + 1) = ψ(a) + 1/a.
  const logs = jet(0, a < 10 ? logOverDigamma(a + 1, x) : logOverDigamma(a, x) - 1 / a, 0, -polygamma(1, a + 1))
  const front = gammaFactor(a, x)
  if (front === 0) return [0, 0]
  const factor = exponential(front, logs)
  if (x < a + 1) {
    let term = jet(1)
    let sum = jet(1)
    for (let n = 1; n < LIMIT; n++) {
      term = times(term, scaled(x, inverse(jet(a + n, 1))))
      sum = plus(sum, term)
      if (isNothing(term, sum)) break
    }
    const value = times(factor, sum)
    return [value[1], value[3]]
  }
  const value = times(
    times(jet(a, 1), factor),
    lentz((n): readonly [Jet, Jet] => [scaled(-n, jet(n - a, -1)), jet(x + 1 - a + 2 * n, -1)]),
  )
  return [-value[1], -value[3]]
}
