/**
 * Numbers with their derivatives to second order in two parameters: [v, ∂a, ∂b, ∂aa, ∂ab, ∂bb]. What a series or a continued
 * fraction is differentiated with, where no formula for the derivative is as accurate.
 */
export type Jet = Readonly<Float64Array>

export const jet = (v: number, a = 0, b = 0, aa = 0, ab = 0, bb = 0): Jet => Float64Array.of(v, a, b, aa, ab, bb)

export const plus = (x: Jet, y: Jet): Jet => Float64Array.from(x, (each, i) => each + y[i])

export const scaled = (factor: number, x: Jet): Jet => Float64Array.from(x, (each) => factor * each)

export const times = (x: Jet, y: Jet): Jet =>
  Float64Array.of(
    x[0] * y[0],
    x[1] * y[0] + x[0] * y[1],
    x[2] * y[0] + x[0] * y[2],
    x[3] * y[0] + 2 * x[1] * y[1] + x[0] * y[3],
    x[4] * y[0] + x[1] * y[2] + x[2] * y[1] + x[0] * y[4],
    x[5] * y[0] + 2 * x[2] * y[2] + x[0] * y[5],
  )

export const inverse = (x: Jet): Jet => {
  const r = 1 / x[0]
  const [a, b] = [-x[1] * r * r, -x[2] * r * r]
  return Float64Array.of(
    r,
    a,
    b,
    -x[3] * r * r + (2 * a * a) / r,
    -x[4] * r * r + (2 * a * b) / r,
    -x[5] * r * r + (2 * b * b) / r,
  )
}

/** The exponential of a jet whose value has the exponential `value`. */
export const exponential = (value: number, x: Jet): Jet =>
  Float64Array.of(
    value,
    value * x[1],
    value * x[2],
    value * (x[3] + x[1] * x[1]),
    value * (x[4] + x[1] * x[2]),
    value * (x[5] + x[2] * x[2]),
  )

/** Whether y is nothing beside x, derivatives included. */
export const isNothing = (y: Jet, x: Jet): boolean => {
  for (let i = 0; i < 6; i++) if (Math.abs(y[i]) > 1e-17 * Math.abs(x[i])) return false
  return true
}

const MOST_TERMS = 100_000

/** 1/(b₀ + a₁/(b₁ + a₂/(b₂ + …))) by Lentz's method; NaN where it has not converged. */
export const lentz = (coefficients: (n: number) => readonly [Jet, Jet]): Jet => {
  const [, first] = coefficients(0)
  let d = inverse(first)
  let value = d
  let c = jet(1e300)
  for (let n = 1; n < MOST_TERMS; n++) {
    const [a, b] = coefficients(n)
    d = inverse(plus(times(a, d), b))
    c = plus(b, times(a, inverse(c)))
    const before = value
    value = times(value, times(c, d))
    if (isNothing(plus(value, scaled(-1, before)), value)) return value
  }
  return jet(Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN)
}
