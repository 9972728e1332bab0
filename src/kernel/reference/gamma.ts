/*
 * The gamma function and its logarithmic derivatives, the Hurwitz zeta function, and log B.
 *
 * log Γ: Taylor about 2 for [½, 2½] (so that the zeros at 1 and 2 keep their digits), recurrence up to 10, Stirling's series
 * beyond. ψ: Taylor about its positive root in [1, 2], recurrence, asymptotic series. Negative arguments by reflection.
 * ζ(s, q): Euler and Maclaurin's summation. Coefficients are printed by test/golden/kernel/gammaCoefficients.py.
 */

const LOG_GAMMA = [
  0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5,
  -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6, 4.374866789907488e-6, -2.039215753801366e-6,
  9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8,
  -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
  5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10, -6.4229645638381e-11,
]

const ROOT_HIGH = 1.4616321449683622
const ROOT_LOW = 9.549995429965697e-17

const DIGAMMA = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652, 0.10782405069126237,
  -0.07219956125645471, 0.04880428816414311, -0.03316112647484736, 0.022597648232218104, -0.01542476590494896,
  0.010538791616612175, -0.007204534386356869, 0.004926781395729853, -0.003369801655439328, 0.002305126326734928,
  -0.0015769367714301972, 0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
  0.00023635601564027053, -0.00016170622091974803, 0.0001106337276874741, -7.569179582195066e-5, 5.178575795222081e-5,
  -3.5430070947659604e-5, 2.424006611860132e-5, -1.6584242271854135e-5, 1.134638458466385e-5, -7.762817668462094e-6,
  5.3110609208898636e-6, -3.6336507898010456e-6, 2.486022733129538e-6, -1.7008538854332607e-6, 1.1636675363548843e-6,
]

const BERNOULLI = [
  0.16666666666666666, -0.03333333333333333, 0.023809523809523808, -0.03333333333333333, 0.07575757575757576,
  -0.2531135531135531, 1.1666666666666667, -7.092156862745098, 54.971177944862156, -529.1242424242424,
  6192.123188405797, -86580.25311355312, 1425517.1666666667, -27298231.067816094, 601580873.9006424,
]

const HALF_LOG_TWO_PI = 0.9189385332046727

/** Σ B₂ₖ / (2k (2k − 1) x²ᵏ⁻¹): what Stirling's formula lacks, for x ≥ 10. */
export const stirlingRest = (x: number): number => {
  const inverse = 1 / (x * x)
  let sum = 0
  for (let k = 10; k >= 1; k--) sum = sum * inverse + BERNOULLI[k - 1] / (2 * k * (2 * k - 1))
  return sum / x
}

/** log Γ(2 + z) for |z| ≤ ½ and a little more. */
const logGammaNearTwo = (z: number): number => {
  let sum = 0
  for (let k = LOG_GAMMA.length - 1; k >= 0; k--) sum = sum * z + LOG_GAMMA[k]
  return sum * z
}

const logGammaRight = (x: number): number => {
  if (x >= 10)
    return x > 1e306 ? x * (Math.log(x) - 1) : (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingRest(x)
  if (x < 0.5) return logGammaNearTwo(x) - Math.log1p(x) - Math.log(x)
  if (x < 1.5) return logGammaNearTwo(x - 1) - Math.log1p(x - 1)
  let product = 1
  let rest = x
  while (rest > 2.5) {
    rest -= 1
    product *= rest
  }
  return logGammaNearTwo(rest - 2) + Math.log(product)
}

/** sin πx and cos πx with x reduced first, which is exact. */
export const sinPi = (x: number): number => {
  const r = x - 2 * Math.round(x / 2)
  const size = Math.abs(r)
  const value = size > 0.5 ? Math.sin(Math.PI * (1 - size)) : Math.sin(Math.PI * size)
  return r < 0 ? -value : value
}

export const cosPi = (x: number): number => {
  const size = Math.abs(x - 2 * Math.round(x / 2))
  return size < 0.25
    ? Math.cos(Math.PI * size)
    : size > 0.75
      ? -Math.cos(Math.PI * (1 - size))
      : Math.sin(Math.PI * (0.5 - size))
}

/** log |Γ(x)|: ∞ at 0 and the negative integers. */
export const lgamma = (x: number): number => {
  if (x > 0) return x < Infinity ? logGammaRight(x) : x
  if (x !== x) return x
  if (x === Math.floor(x)) return Infinity
  return Math.log(Math.PI / Math.abs(x * sinPi(x))) - logGammaRight(-x)
}

/** log Γ(1 + a) for a ≥ 0, with all digits of a small a. */
export const lgammaOnePlus = (a: number): number => (a < 0.5 ? logGammaNearTwo(a) - Math.log1p(a) : lgamma(a + 1))

/** Γ(x): NaN at the negative integers, ±∞ at ±0. */
export const gamma = (x: number): number => {
  if (x === 0) return 1 / x
  if (x < 0) {
    if (x === Math.floor(x)) return Number.NaN
    // By −x and not 1 − x, which would be rounded.
    const right = gamma(-x)
    return right === Infinity ? -Math.exp(lgamma(x)) * Math.sign(sinPi(-x)) : -Math.PI / (x * sinPi(x) * right)
  }
  if (x >= 10 && x !== Math.floor(x)) {
    if (x > 171.7) return Infinity
    // x^x in two halves, which do not overflow before Γ does; x/2 is exact, as an error of the exponent counts x log x times.
    const power = x ** (0.5 * x)
    return (power / Math.sqrt(x)) * Math.exp(-x) * 2.5066282746310002 * Math.exp(stirlingRest(x)) * power
  }
  if (x > 171.7) return Infinity
  let product = 1
  let rest = x
  while (rest > 2.5) {
    rest -= 1
    product *= rest
  }
  let divisor = 1
  while (rest < 1.5) {
    divisor *= rest
    rest += 1
  }
  return x !== x ? x : (product / divisor) * Math.exp(logGammaNearTwo(rest - 2))
}

/** ψ(x) = Γ′(x)/Γ(x). */
export const digamma = (x: number): number => {
  if (x === 0) return -1 / x
  if (x < 0) {
    if (x === Math.floor(x)) return Number.NaN
    return digamma(-x) - 1 / x - (Math.PI * cosPi(x)) / sinPi(x)
  }
  if (x >= 10) {
    const inverse = 1 / (x * x)
    let sum = 0
    for (let k = 9; k >= 1; k--) sum = (sum + BERNOULLI[k - 1] / (2 * k)) * inverse
    return Math.log(x) - 0.5 / x - sum
  }
  let added = 0
  let rest = x
  while (rest > 2) {
    rest -= 1
    added += 1 / rest
  }
  if (rest < 1) {
    added -= 1 / rest
    rest += 1
  }
  const t = rest - ROOT_HIGH - ROOT_LOW
  let sum = 0
  for (let k = DIGAMMA.length - 1; k >= 0; k--) sum = sum * t + DIGAMMA[k]
  return added + sum * t
}

/** ζ(s, q) = Σ (q + k)⁻ˢ for s > 1; for q ≤ 0 only where s is an integer, and NaN otherwise. */
export const zeta = (s: number, q: number): number => {
  if (s === 1) return Infinity
  if (!(s > 1)) return Number.NaN
  if (q === Infinity) return 0
  if (q <= 0 && (q === Math.floor(q) || s !== Math.floor(s))) return q === Math.floor(q) ? Infinity : Number.NaN
  // Σ_{k < N} (q + k)⁻ˢ + a^(1 − s)/(s − 1) + a⁻ˢ/2 + Σ B₂ⱼ/(2j)! s(s + 1)…(s + 2j − 2) a^(1 − s − 2j), a = q + N ≥ 10.
  let sum = 0
  let a = q
  while (a < 10 + 0.6 * s) {
    const term = a ** -s
    sum += term
    a += 1
    // What remains is less than the next term and an integral from there.
    if (a > 1 && term * (1 + a / (s - 1)) < sum * 1e-17) return sum
  }
  const power = a ** -s
  sum += (power * a) / (s - 1) + 0.5 * power
  let factor = (s * power) / a
  for (let j = 1; j <= 15; j++) {
    const term = (BERNOULLI[j - 1] / factorial(2 * j)) * factor
    sum += term
    if (Math.abs(term) < Math.abs(sum) * 1e-18) break
    factor *= ((s + 2 * j - 1) * (s + 2 * j)) / (a * a)
  }
  return sum
}

const factorial = (n: number): number => {
  let product = 1
  for (let i = 2; i <= n; i++) product *= i
  return product
}

/** dᵏ/dxᵏ of π cot πx through the polynomial in the cotangent: P₀ = c, Pₖ₊₁ = −π (1 + c²) Pₖ′. */
const cotangentDerivative = (k: number, x: number): number => {
  let polynomial = [0, 1]
  for (let i = 0; i < k; i++) {
    const next = new Array<number>(polynomial.length + 1).fill(0)
    for (let j = 1; j < polynomial.length; j++) {
      next[j - 1] -= Math.PI * j * polynomial[j]
      next[j + 1] -= Math.PI * j * polynomial[j]
    }
    polynomial = next
  }
  const c = cosPi(x) / sinPi(x)
  let value = 0
  for (let j = polynomial.length - 1; j >= 0; j--) value = value * c + polynomial[j]
  return Math.PI * value
}

/** ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n + 1, x); by reflection below 0. */
export const polygamma = (n: number, x: number): number => {
  if (n === 0) return digamma(x)
  if (x !== x) return x
  const sign = n % 2 === 0 ? -1 : 1
  if (x > 0) return sign * factorial(n) * zeta(n + 1, x)
  if (x === Math.floor(x)) return n % 2 === 1 ? Infinity : x === 0 ? -1 / x : Number.NaN
  return (n % 2 === 0 ? 1 : -1) * polygamma(n, 1 - x) - cotangentDerivative(n, x)
}

/** log Γ(b) − log Γ(a + b) for b ≥ 10, without the two large terms. */
const logGammaRatio = (a: number, b: number): number =>
  stirlingRest(b) - stirlingRest(a + b) - (a + b - 0.5) * Math.log1p(a / b) - a * (Math.log(b) - 1)

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b > 0. */
export const lbeta = (first: number, second: number): number => {
  const [a, b] = first < second ? [first, second] : [second, first]
  if (!(a >= 0)) return Number.NaN
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
