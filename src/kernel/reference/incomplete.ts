/*
 * The regularized incomplete gamma and beta functions with their derivatives in the parameters.
 *
 * P(a, x): its series for x < a + 1, and the continued fraction of Q beyond (DLMF 8.11.4, 8.9.2); I_x(a, b): the continued
 * fraction (DLMF 8.17.22), on the side where it converges fast. Derivatives in a and b are those of the same series and
 * fractions, computed with jets; the factor in front has derivatives in closed form.
 */
import { digamma, lbeta, lgammaOnePlus, polygamma, stirlingRest } from './gamma.js'
import { exponential, inverse, isNothing, type Jet, jet, plus, scaled, times } from './jet.js'

const LIMIT = 100_000

/** log(1 + u) − u without cancellation where u is small. */
const logPlusMinus = (u: number): number => {
  if (Math.abs(u) > 0.3) return Math.log1p(u) - u
  // −u²/2 + u³/3 − …, by r = u/(2 + u): log(1 + u) = 2 (r + r³/3 + …), and u = 2r/(1 − r).
  const r = u / (2 + u)
  const square = r * r
  let sum = 0
  for (let k = 15; k >= 1; k--) sum = sum * square + 1 / (2 * k + 1)
  return 2 * r * square * sum - (2 * square) / (1 - r)
}

/** x^a e^(−x) / Γ(a + 1). */
const gammaFactor = (a: number, x: number): number =>
  x === 0
    ? a === 0
      ? 1
      : 0
    : a < 10
      ? Math.exp(a * Math.log(x) - x - lgammaOnePlus(a))
      : Math.exp(a * (x < 0.5 * a ? Math.log(x / a) - (x - a) / a : logPlusMinus((x - a) / a)) - stirlingRest(a)) /
        Math.sqrt(2 * Math.PI * a)

/** x^(a − 1) e^(−x) / Γ(a), which is infinite at 0 for a < 1. */
export const gammaDensity = (a: number, x: number): number =>
  outside(a, x) ? Number.NaN : x === 0 ? (a < 1 ? Infinity : a === 1 ? 1 : 0) : (a * gammaFactor(a, x)) / x

/** Σ xⁿ/((a + 1)…(a + n)). */
const gammaSeries = (a: number, x: number): number => {
  let term = 1
  let sum = 1
  for (let n = 1; n < LIMIT && term > sum * 1e-17; n++) {
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
        : x < a + 1
          ? gammaFactor(a, x) * gammaSeries(a, x)
          : 1 - igammac(a, x)

/** Q(a, x) = Γ(a, x)/Γ(a). */
export const igammac = (a: number, x: number): number =>
  outside(a, x) || a === Infinity || x === Infinity || a === 0
    ? 1 - igamma(a, x)
    : a < 1 && x < 1
      ? x === 0
        ? 1
        : smallQ(a, x)
      : x < a + 1
        ? 1 - igamma(a, x)
        : a * gammaFactor(a, x) * gammaFraction(a, x)

/** ∂P/∂a and ∂²P/∂a². */
export const igammaSlopes = (a: number, x: number): readonly [number, number] => {
  if (!(a > 0 && x >= 0 && a < Infinity)) return [Number.NaN, Number.NaN]
  if (x === 0 || x === Infinity) return [0, 0]
  const logs = jet(0, Math.log(x) - digamma(a + 1), 0, -polygamma(1, a + 1))
  const factor = exponential(gammaFactor(a, x), logs)
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
    lentz((n) => [scaled(-n, jet(n - a, -1)), jet(x + 1 - a + 2 * n, -1)]),
  )
  return [-value[1], -value[3]]
}

/** 1/(b₀ + a₁/(b₁ + a₂/(b₂ + …))) with jets. */
const lentz = (coefficients: (n: number) => readonly [Jet, Jet]): Jet => {
  const [, first] = coefficients(0)
  let d = inverse(first)
  let value = d
  let c = jet(1e300)
  for (let n = 1; n < LIMIT; n++) {
    const [a, b] = coefficients(n)
    d = inverse(plus(times(a, d), b))
    c = plus(b, times(a, inverse(c)))
    const before = value
    value = times(value, times(c, d))
    if (isNothing(plus(value, scaled(-1, before)), value)) break
  }
  return value
}

/** x^a (1 − x)^b / B(a, b); by deviations from the mean where both parameters are large. */
const betaFactor = (a: number, b: number, x: number): number => {
  if (x === 0 || x === 1) return 0
  if (a < 10 || b < 10) return Math.exp(a * Math.log(x) + b * Math.log1p(-x) - lbeta(a, b))
  const [p, q] = [a / (a + b), b / (a + b)]
  const away = (x * b - (1 - x) * a) / (a + b)
  // The linear parts of both logarithms cancel.
  const logs =
    Math.abs(away) < 0.5 * Math.min(p, q)
      ? a * logPlusMinus(away / p) + b * logPlusMinus(-away / q)
      : a * Math.log(x / p) + b * (Math.log1p(-x) - Math.log(q))
  return Math.sqrt((a * q) / (2 * Math.PI)) * Math.exp(logs - (stirlingRest(a) + stirlingRest(b) - stirlingRest(a + b)))
}

/** x^(a − 1) (1 − x)^(b − 1) / B(a, b). */
export const betaDensity = (a: number, b: number, x: number): number =>
  !(a > 0 && b > 0 && x >= 0 && x <= 1)
    ? Number.NaN
    : x === 0
      ? edge(a, b)
      : x === 1
        ? edge(b, a)
        : betaFactor(a, b, x) / (x * (1 - x))

/** The density where its argument is 0: 1/B(1, b) = b for a = 1. */
const edge = (a: number, b: number): number => (a < 1 ? Infinity : a === 1 ? b : 0)

/** The coefficient dₙ of the continued fraction 1/(1 + d₁/(1 + d₂/(1 + …))). */
const betaCoefficient = (n: number, a: number, b: number, x: number): number => {
  const m = n >> 1
  return n % 2 === 0
    ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
}

const betaFraction = (a: number, b: number, x: number): number => {
  let c = 1e300
  let d = 1
  let value = 1
  for (let n = 1; n < LIMIT; n++) {
    const an = betaCoefficient(n, a, b, x)
    d = 1 / (1 + an * d)
    c = 1 + an / c
    const change = c * d
    value *= change
    if (Math.abs(change - 1) < 1e-16) break
  }
  return value
}

/** I_x(a, b). */
export const betainc = (a: number, b: number, x: number): number =>
  !(a > 0 && b > 0 && x >= 0 && x <= 1)
    ? Number.NaN
    : x === 0 || x === 1
      ? x
      : x <= (a + 1) / (a + b + 2)
        ? (betaFactor(a, b, x) / a) * betaFraction(a, b, x)
        : 1 - (betaFactor(b, a, 1 - x) / b) * betaFraction(b, a, 1 - x)

/** The jet of I_x(a, b) in its first two arguments, without the swap. */
const betaJet = (a: number, b: number, x: number): Jet => {
  const [both, bothSecond] = [digamma(a + b), polygamma(1, a + b)]
  const logs = jet(
    0,
    Math.log(x) - digamma(a) + both,
    Math.log1p(-x) - digamma(b) + both,
    -polygamma(1, a) + bothSecond,
    bothSecond,
    -polygamma(1, b) + bothSecond,
  )
  const [ja, jb] = [jet(a, 1), jet(b, 0, 1)]
  const fraction = lentz((n) => {
    const one = jet(1)
    if (n === 0) return [one, one]
    const m = n >> 1
    const twice = plus(ja, jet(2 * m))
    const numerator =
      n % 2 === 0 ? scaled(m * x, plus(jb, jet(-m))) : scaled(-x, times(plus(ja, jet(m)), plus(plus(ja, jb), jet(m))))
    const denominator = times(twice, plus(twice, jet(n % 2 === 0 ? -1 : 1)))
    return [times(numerator, inverse(denominator)), one]
  })
  return times(times(exponential(betaFactor(a, b, x), logs), inverse(ja)), fraction)
}

/** The derivatives of I_x(a, b): [∂a, ∂b, ∂aa, ∂ab, ∂bb]. */
export const betaincSlopes = (a: number, b: number, x: number): ReadonlyArray<number> => {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  if (x === 0 || x === 1) return [0, 0, 0, 0, 0]
  if (x <= (a + 1) / (a + b + 2)) return [...betaJet(a, b, x)].slice(1)
  const [, db = 0, da = 0, bb = 0, ab = 0, aa = 0] = betaJet(b, a, 1 - x)
  return [-da, -db, -aa, -ab, -bb]
}
