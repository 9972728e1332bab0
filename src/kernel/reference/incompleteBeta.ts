/*
 * The regularized incomplete beta function with its derivatives in the parameters.
 *
 * I_x(a, b) comes with y = 1 − x, of which the smaller is exact, so that neither end loses digits. On the side of the mean where it
 * converges fast it is a continued fraction, the even part of DLMF 8.17.22 in the form of Didonato and Morris (1992), which has
 * a y − b x in place of a difference of ones. Where b is below 1 and the other side would leave 1 − (nearly 1), a power series
 * in x or y. Derivatives in a and b are those of the same formulas, computed with jets.
 */
import { lbeta, lgammaRise, polygammaRise, scaledBeta } from './beta.js'
import { digamma, lgammaOnePlus, polygamma, stirlingRest } from './gamma.js'
import { logPlusMinus } from './incompleteGamma.js'
import { exponential, inverse, isNothing, type Jet, jet, lentz, plus, scaled, times } from './jet.js'

const LIMIT = 100_000

/** log x by the exact one of x and y = 1 − x. */
const logOf = (x: number, y: number): number => (x <= 0.5 ? Math.log(x) : Math.log1p(-y))

/** x^a by the exact one of x and y: what rounding took from x = 1 − y is given back. */
const power = (x: number, y: number, a: number): number =>
  x <= 0.5 ? x ** a : x ** a * Math.exp((a * (1 - x - y)) / x)

/** log(x/p) with x = p + away. */
const logRatio = (x: number, p: number, away: number): number =>
  away > -0.5 * p ? Math.log1p(away / p) : Math.log(x / p)

/** x^a y^b / (a B(a, b)): powers keep the digits that an exponential of a large logarithm loses; by deviations from the mean
 * where both parameters are large. */
const betaFactor = (a: number, b: number, x: number, y: number): number => {
  if (x === 0 || y === 0) return 0
  const [p, q] = [a / (a + b), b / (a + b)]
  const away = (x * b - y * a) / (a + b)
  const isNear = Math.abs(away) < 0.5 * Math.min(p, q)
  if (a < 10 || b < 10 || (!isNear && a + b < 300)) {
    const root = power(x, y, 0.5 * a) * power(y, x, 0.5 * b)
    const divisor = scaledBeta(a, b)
    return root > 1e-150 && divisor > 1e-300 && divisor < 1e300
      ? (root / divisor) * root
      : Math.exp(a * logOf(x, y) + b * logOf(y, x) - lbeta(a, b) - Math.log(a))
  }
  // The linear parts of both logarithms cancel.
  const logs = isNear
    ? a * logPlusMinus(away / p) + b * logPlusMinus(-away / q)
    : a * logRatio(x, p, away) + b * logRatio(y, q, -away)
  const rest = stirlingRest(a) + stirlingRest(b) - stirlingRest(a + b)
  return (Math.sqrt((a * q) / (2 * Math.PI)) * Math.exp(logs - rest)) / a
}

/** x^(a − 1) (1 − x)^(b − 1) / B(a, b). */
export const betaDensity = (a: number, b: number, x: number): number =>
  !(a > 0 && b > 0 && x >= 0 && x <= 1)
    ? Number.NaN
    : x === 0
      ? edge(a, b)
      : x === 1
        ? edge(b, a)
        : (a * betaFactor(a, b, x, 1 - x)) / (x * (1 - x))

/** The density where its argument is 0: 1/B(1, b) = b for a = 1. */
const edge = (a: number, b: number): number => (a < 1 ? Infinity : a === 1 ? b : 0)

/** The fraction c with I_x(a, b) = x^a y^b / (a B(a, b)) · c. */
const betaFraction = (a: number, b: number, x: number, y: number): number => {
  const first = (a * y - b * x + 1) / (a + 1)
  let d = 1 / first
  let c = 1e300
  let value = d
  for (let m = 1; m < LIMIT; m++) {
    const twice = a + 2 * m - 1
    const front = m === 1 ? (a + b) / twice : ((a + m - 1) * (a + b + m - 1)) / twice
    const numerator = ((front * m * (b - m)) / twice) * x * x
    const term = m + (m * (b - m) * x) / twice + ((a + m) * (a * y - b * x + 1 + m * (1 + y))) / (twice + 2)
    d = 1 / (numerator * d + term)
    c = term + numerator / c
    const change = c * d
    value *= change
    if (Math.abs(change - 1) < 1e-16) return value
  }
  return Number.NaN
}

/** Σ over n ≥ 1 of (1 − b)ₙ xⁿ / (n! (a + n)), whose terms are positive for b ≤ 1. */
const betaSeries = (a: number, b: number, x: number): number => {
  let term = 1
  let sum = 0
  for (let n = 1; n < LIMIT; n++) {
    term *= ((n - b) * x) / n
    const added = term / (a + n)
    sum += added
    if (Math.abs(added) <= Math.abs(sum) * 1e-17) break
  }
  return sum
}

/** log(y^b / (b B(a, b))), which vanishes with b. */
const logSmall = (a: number, b: number, x: number, y: number): number =>
  b * logOf(y, x) - lgammaOnePlus(b) + lgammaRise(a, b)

/** How I_x(a, b) is computed without a small difference of large numbers; `other`: as 1 − I_y(b, a) by its fraction. */
type Way = 'fraction' | 'series' | 'small' | 'other'

const wayOf = (a: number, b: number, x: number, y: number): Way =>
  x <= (a + 1) / (a + b + 2) ? 'fraction' : b >= 1 ? 'other' : x <= 0.9 ? 'series' : a * y > 1 ? 'fraction' : 'small'

const regularized = (a: number, b: number, x: number, y: number): number => {
  switch (wayOf(a, b, x, y)) {
    case 'fraction':
      return betaFactor(a, b, x, y) * betaFraction(a, b, x, y)
    case 'series':
      return (betaFactor(a, b, x, y) / power(y, x, b)) * (1 + a * betaSeries(a, b, x))
    case 'small': {
      const t = logSmall(a, b, x, y)
      return -Math.expm1(t) - Math.exp(t) * b * betaSeries(b, a, y)
    }
    case 'other':
      return 1 - betaFactor(b, a, y, x) * betaFraction(b, a, y, x)
  }
}

/** I_x(a, b). */
export const betainc = (a: number, b: number, x: number): number =>
  !(a > 0 && b > 0 && x >= 0 && x <= 1) ? Number.NaN : x === 0 || x === 1 ? x : regularized(a, b, x, 1 - x)

/**
 * The jet of x^a y^b / (a B(a, b)), whose value is `factor`; `bare` leaves y^b out. For a small b it is b times what does not
 * vanish with b: otherwise its logarithm would bring in 1/b, which cancels.
 */
const factorJet = (factor: number, a: number, b: number, x: number, y: number, bare: boolean): Jet => {
  const isSmall = b < 1 && b < a
  const both = polygamma(1, a + b)
  const logY = bare ? 0 : logOf(y, x)
  const logs = jet(
    0,
    logOf(x, y) + (a < 1 ? digamma(a + b) - digamma(a + 1) : polygammaRise(0, a, b) - 1 / a),
    logY + (isSmall ? digamma(a + b) - digamma(b + 1) : polygammaRise(0, b, a)),
    a < 1 ? both - polygamma(1, a + 1) : polygammaRise(1, a, b) + 1 / (a * a),
    both,
    isSmall ? both - polygamma(1, b + 1) : polygammaRise(1, b, a),
  )
  return isSmall ? times(jet(b, 0, 1), exponential(factor / b, logs)) : exponential(factor, logs)
}

const one = jet(1)

const fractionJet = (a: number, b: number, x: number, y: number): Jet => {
  const [ja, jb] = [jet(a, 1), jet(b, 0, 1)]
  const sum = jet(a + b, 1, 1)
  const lambda = jet(a * y - b * x + 1, y, -x)
  return lentz((m): readonly [Jet, Jet] => {
    if (m === 0) return [one, times(lambda, inverse(jet(a + 1, 1)))]
    const twice = inverse(plus(ja, jet(2 * m - 1)))
    const inner = scaled(m * x, times(plus(jb, jet(-m)), twice))
    const front = m === 1 ? times(sum, twice) : times(times(jet(a + m - 1, 1), plus(sum, jet(m - 1))), twice)
    const outer = times(times(jet(a + m, 1), plus(lambda, jet(m * (1 + y)))), inverse(jet(a + 2 * m + 1, 1)))
    return [scaled(x, times(front, inner)), plus(jet(m), plus(inner, outer))]
  })
}

/** The jet of betaSeries for the given jets of its parameters. */
const seriesJet = (ja: Jet, jb: Jet, x: number): Jet => {
  let term = one
  let sum = jet(0)
  for (let n = 1; n < LIMIT; n++) {
    term = times(term, scaled(x / n, plus(jet(n), scaled(-1, jb))))
    const added = times(term, inverse(plus(ja, jet(n))))
    sum = plus(sum, added)
    if (isNothing(added, sum)) break
  }
  return sum
}

const regularizedJet = (a: number, b: number, x: number, y: number): Jet => {
  const [ja, jb] = [jet(a, 1), jet(b, 0, 1)]
  switch (wayOf(a, b, x, y)) {
    case 'fraction': {
      const factor = betaFactor(a, b, x, y)
      return factor === 0 ? jet(0) : times(factorJet(factor, a, b, x, y, false), fractionJet(a, b, x, y))
    }
    case 'series': {
      const factor = betaFactor(a, b, x, y) / power(y, x, b)
      return times(factorJet(factor, a, b, x, y, true), plus(one, times(ja, seriesJet(ja, jb, x))))
    }
    case 'small': {
      const t = logSmall(a, b, x, y)
      const both = polygamma(1, a + b)
      const logs = jet(
        t,
        polygammaRise(0, a, b),
        logOf(y, x) + digamma(a + b) - digamma(1 + b),
        polygammaRise(1, a, b),
        both,
        both - polygamma(1, 1 + b),
      )
      const grown = exponential(Math.exp(t), logs)
      return scaled(-1, times(grown, plus(one, times(jb, seriesJet(jb, ja, y)))))
    }
    case 'other': {
      const [, ofB, ofA, bb, ab, aa] = regularizedJet(b, a, y, x)
      return jet(0, -ofA, -ofB, -aa, -ab, -bb)
    }
  }
}

/** The derivatives of I_x(a, b): [∂a, ∂b, ∂aa, ∂ab, ∂bb]. */
export const betaincSlopes = (a: number, b: number, x: number): ReadonlyArray<number> => {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  if (x === 0 || x === 1) return [0, 0, 0, 0, 0]
  return [...regularizedJet(a, b, x, 1 - x)].slice(1)
}
