/*
 * Conjugate gradients on a quadratic model until the residual is small, a direction has no positive curvature, or the path leaves
 * the ball; in the last two cases the step ends on the boundary. References: Steihaug (1983); Toint (1981); Nocedal and Wright,
 * Numerical Optimization (2006), algorithm 7.2. Norms along the path only grow, so that a smaller ball is left earlier on the same path.
 */
import { normOf } from './krylov.js'

export type SteihaugEnd = 'converged' | 'boundary' | 'negative curvature' | 'exhausted'

export interface SteihaugStep {
  readonly step: Float64Array
  readonly predicted: number
  readonly end: SteihaugEnd
  /** Directions whose images were asked for. */
  readonly directions: number
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

/** The τ ≥ 0 with ‖z + τ d‖ = Δ, by the formula for a root that does not cancel. */
const toBoundary = (z: Float64Array, d: Float64Array, radius: number): number => {
  const [a, b, c] = [dot(d, d), dot(z, d), (normOf(z) - radius) * (normOf(z) + radius)]
  const root = Math.sqrt(Math.max(0, b * b - a * c))
  return b > 0 ? -c / (b + root) : (root - b) / a
}

/** `image(d, j)` is B times the j-th direction: the same for every radius, so that it may be remembered. */
export const steihaugPath = (
  image: (direction: Float64Array, j: number) => Float64Array,
  gradient: Float64Array,
  radius: number,
  allowed: number,
  most: number,
): SteihaugStep => {
  const n = gradient.length
  const step = new Float64Array(n)
  const residual = gradient.slice()
  const direction = gradient.map((entry) => -entry)
  let predicted = 0
  let squared = dot(residual, residual)
  if (normOf(residual) === 0) return { step, predicted, end: 'converged', directions: 0 }
  for (let j = 0; j < most; j++) {
    const pushed = image(direction, j)
    const curvature = dot(direction, pushed)
    const along = squared / curvature
    const last = (end: SteihaugEnd): SteihaugStep => {
      const rest = toBoundary(step, direction, radius)
      // The model falls by −(rᵀd τ + ½ dᵀBd τ²), and rᵀd = −‖r‖².
      predicted += rest * (squared - (rest / 2) * curvature)
      return { step: step.map((entry, i) => entry + rest * direction[i]), predicted, end, directions: j + 1 }
    }
    if (Number.isNaN(curvature))
      return { step: pushed.map(() => Number.NaN), predicted, end: 'exhausted', directions: j + 1 }
    if (!(curvature > 0)) return last('negative curvature')
    let leaves = !(along < Infinity)
    if (!leaves) leaves = normOf(step.map((entry, i) => entry + along * direction[i])) >= radius
    if (leaves) return last('boundary')
    for (let i = 0; i < n; i++) {
      step[i] += along * direction[i]
      residual[i] += along * pushed[i]
    }
    predicted += (along * squared) / 2
    const next = dot(residual, residual)
    if (Math.sqrt(next) <= allowed) return { step, predicted, end: 'converged', directions: j + 1 }
    const ratio = next / squared
    for (let i = 0; i < n; i++) direction[i] = ratio * direction[i] - residual[i]
    squared = next
  }
  return { step, predicted, end: 'exhausted', directions: most }
}
