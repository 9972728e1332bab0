/**
 * Hard curves for line searches, as data: the six functions of Moré and Thuente (1994), and the cases that LineSearches.jl keeps from
 * its issues (test/captured.jl, issues.jl, alphacalc.jl and hagerzhangls.jl; MIT license, © 2016 Asbjørn Nilsen Riseth and others).
 */
import { type Curve, yanai } from './curves.js'

/** φ₃ of Moré and Thuente: a smoothed |1 − α| with 39 half waves on it. */
const wavy = (β = 0.01, l = 39): Curve => {
  const base = (a: number): readonly [number, number] =>
    a <= 1 - β ? [1 - a, -1] : a >= 1 + β ? [a - 1, 1] : [(a - 1) ** 2 / (2 * β) + β / 2, (a - 1) / β]
  const wave = (l * Math.PI) / 2
  return {
    name: 'φ₃',
    value: (a) => base(a)[0] + ((1 - β) / wave) * Math.sin(wave * a),
    slope: (a) => base(a)[1] + (1 - β) * Math.cos(wave * a),
  }
}

/** By their tables in the publication, with which they share the constants. */
export const moreThuente: Readonly<Record<string, Curve>> = {
  I: { name: 'φ₁', value: (a) => -a / (a * a + 2), slope: (a) => (a * a - 2) / (a * a + 2) ** 2 },
  II: {
    name: 'φ₂',
    value: (a) => (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4,
    slope: (a) => 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
  },
  III: wavy(),
  IV: yanai(0.001, 0.001),
  V: yanai(0.01, 0.001),
  VI: yanai(0.001, 0.01),
}

/** A curve through points with slopes, cubic between them; behind the last it levels out within a length of 1, and ends. */
const through = (name: string, points: ReadonlyArray<readonly [at: number, value: number, slope: number]>): Curve => {
  const [end, level] = points[points.length - 1] ?? [0, 0]
  const knots = [...points, [end + 1, level, 0] as const]
  const piece = (x: number) => {
    const i = Math.max(
      1,
      knots.findIndex(([at]) => at > x),
    )
    const [from, to] = [knots[i - 1], knots[i]]
    // Nothing was captured there.
    if (from === undefined || to === undefined || x > end) return { value: Number.NaN, slope: Number.NaN }
    const [width, t] = [to[0] - from[0], (x - from[0]) / (to[0] - from[0])]
    // In Newton's form: value, slope and second differences at the left end.
    const rise = (to[1] - from[1]) / width
    const [bend, twist] = [3 * rise - 2 * from[2] - to[2], from[2] + to[2] - 2 * rise]
    return {
      value: from[1] + width * t * (from[2] + t * (bend + t * twist)),
      slope: from[2] + t * (2 * bend + 3 * t * twist),
    }
  }
  return { name, value: (x) => piece(x).value, slope: (x) => piece(x).slope }
}

/** A curve, the step with which the search began, and where the case is from. */
export interface Case extends Curve {
  readonly from: string
  readonly start: number
}

/** Along a line through the plane. */
const himmelblau = (name: string): Curve => {
  const at = (a: number) => {
    const [x, y] = [2 + 42 * a, 2 + 18 * a]
    const [p, q] = [x * x + y - 11, x + y * y - 7]
    return { value: p * p + q * q, slope: 42 * (4 * x * p + 2 * q) + 18 * (2 * p + 4 * y * q) }
  }
  return { name, value: (a) => at(a).value, slope: (a) => at(a).slope }
}

/** Steepest descent on ½ Σ λᵢ xᵢ² from ones: the value and slope at step a along −∇f. */
const leastSquares = (name: string, eigenvalues: ReadonlyArray<number>): Curve => ({
  name,
  value: (a) => eigenvalues.reduce((sum, λ) => sum + (λ * (1 - a * λ) ** 2) / 2, 0),
  slope: (a) => eigenvalues.reduce((sum, λ) => sum - λ * λ * (1 - a * λ), 0),
})

export const captured: ReadonlyArray<Case> = [
  {
    name: '(α − π)⁴',
    from: 'captured.jl',
    start: 10,
    value: (a) => (a - Math.PI) ** 4,
    slope: (a) => 4 * (a - Math.PI) ** 3,
  },
  {
    ...through('captured by pull request 174', [
      [0, 3003.592409634743, -22332.321416890798],
      [1, 2962.0378569864743, -20423.214551925797],
      [3.541670844449739, 3000.9760725116876, -22286.821227217057],
      [5, 2891.4462095232184, 11718.185026267562],
    ]),
    from: 'captured.jl',
    start: 1,
  },
  { name: '(α − 1)²', from: 'captured.jl', start: 10, value: (a) => (a - 1) ** 2, slope: (a) => 2 * (a - 1) },
  {
    name: 'exp α − 5 α',
    from: 'captured.jl',
    start: 0.1,
    value: (a) => Math.exp(a) - 5 * a,
    slope: (a) => Math.exp(a) - 5,
  },
  // The slope never turns, but it flattens.
  { name: '1 / (α + 1)', from: 'captured.jl', start: 1, value: (a) => 1 / (a + 1), slope: (a) => -1 / (a + 1) ** 2 },
  // Issue 151 draws matrices at random and begins with 10⁻³; these are spectra like theirs, of 100 normal numbers squared.
  {
    ...leastSquares('least squares of issue 151', [1e-4, 1e-2, 1, 10, 50, 100, 200, 400]),
    from: 'issues.jl',
    start: 1e-3,
  },
  {
    name: 'a slice of Rosenbrock',
    from: 'hagerzhangls.jl',
    start: 0.01,
    value: (a) => (1 - a) ** 2 + 100 * (a * a - a) ** 2,
    slope: (a) => -2 * (1 - a) + 200 * (a * a - a) * (2 * a - 1),
  },
  {
    name: '(α − 2)² before a wall at 5',
    from: 'hagerzhangls.jl',
    start: 100,
    value: (a) => (a > 5 ? Infinity : (a - 2) ** 2),
    slope: (a) => (a > 5 ? Infinity : 2 * (a - 2)),
  },
  {
    name: '2 (1 − 2α)²',
    from: 'alphacalc.jl',
    start: 1,
    value: (a) => 2 * (1 - 2 * a) ** 2,
    slope: (a) => -8 * (1 - 2 * a),
  },
  { ...himmelblau('Himmelblau from (2, 2) along (42, 18)'), from: 'alphacalc.jl', start: 1 },
]

/**
 * ½ xᵀ(aaᵀ)(aaᵀ)x along a line on which it is 0 in exact arithmetic: both the value and the slope are rounding (issues.jl). What
 * is there looks like descent for some a.
 */
export const flat = (a: readonly [number, number]): Curve => {
  const [p, q] = a
  const matrix = [p * p, p * q, q * q] as const
  const at = (s: number) => {
    const [x, y] = [q - (s * q) / 2, -p + (s * p) / 2]
    const [gx, gy] = [matrix[0] * x + matrix[1] * y, matrix[1] * x + matrix[2] * y]
    return { value: (x * gx + y * gy) / 2, slope: gx * (-q / 2) + gy * (p / 2) }
  }
  return { name: `flat ${p} ${q}`, value: (s) => at(s).value, slope: (s) => at(s).slope }
}
