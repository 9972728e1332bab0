/*
 * The secular equations of quadratic models in coordinates along eigenvectors: with sᵢ(λ) = −gᵢ / (vᵢ + λ), find λ ≥ max(0, −min v)
 * such that ‖s(λ)‖ = Δ (a ball) or ‖s(λ)‖ = λ / σ (cubic regularization). The unknown is μ = λ + min v, the distance from the
 * pole, so that nothing cancels where λ is close to it. Newton's method on 1/‖s‖ − 1/Δ, which is concave in μ, or on λ/‖s‖ − σ,
 * kept within a bracket. References: Moré and Sorensen (1983); Conn, Gould and Toint, Trust-Region Methods (2000), ch. 7;
 * Cartis, Gould and Toint, Math. Program. 127 (2011), §6.1.
 */
import { normOf } from './magnitude.js'

export interface SecularSolution {
  /** λ. */
  readonly multiplier: number
  /** s, along the eigenvectors. */
  readonly coefficients: Float64Array
  /** By how much the model falls, its regularization included: at least 0. */
  readonly predicted: number
  /** Whether ‖s‖ = Δ. */
  readonly onBoundary: boolean
  /** Whether the gradient has nothing along the least eigenvalue, so that s was completed by one of its eigenvectors. */
  readonly hard: boolean
}

const most = 200

/** A shift of the spectrum with what is needed of the gradient. */
interface Shifted {
  /** vᵢ − min v. */
  readonly distances: Float64Array
  readonly parts: Float64Array
  readonly least: number
}

const stepAt = ({ distances, parts }: Shifted, shift: number): Float64Array => {
  const step = new Float64Array(parts.length)
  for (let i = 0; i < parts.length; i++) step[i] = parts[i] === 0 ? 0 : -parts[i] / (distances[i] + shift)
  return step
}

/** ‖s‖ and d(1/‖s‖)/dμ = Σ sᵢ²/(dᵢ + μ) / ‖s‖³, without squares that overflow. */
const lengthAt = (shifted: Shifted, shift: number): readonly [number, number] => {
  const step = stepAt(shifted, shift)
  const length = normOf(step)
  let sum = 0
  for (let i = 0; i < step.length; i++)
    if (step[i] !== 0) sum += (step[i] / length) ** 2 / (shifted.distances[i] + shift)
  return [length, sum / length]
}

/** The length of the part of the gradient in the eigenspace of the least eigenvalue. */
const leastPart = ({ distances, parts }: Shifted): number => normOf(parts.filter((_, i) => distances[i] === 0))

/** Half of Σ (vᵢ + λ) sᵢ². */
const halfForm = ({ distances }: Shifted, shift: number, step: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < step.length; i++) sum += (distances[i] + shift) * step[i] * step[i]
  return sum / 2
}

/** The zero of an increasing function between two points by Newton's method, halving where it leaves the bracket. */
const zeroOf = (
  low: number,
  high: number,
  start: number,
  f: (x: number) => readonly [number, number],
  rounding: number,
): number => {
  let [lo, hi, x] = [low, high, start]
  for (let i = 0; i < most; i++) {
    const [value, slope] = f(x)
    if (Math.abs(value) <= rounding) return x
    if (value < 0) lo = x
    else hi = x
    const newton = x - value / slope
    const next = newton > lo && newton < hi ? newton : lo > 0 ? Math.sqrt(lo) * Math.sqrt(hi) : (lo + hi) / 2
    if (next === x || next <= lo || next >= hi) return x
    x = next
  }
  return x
}

const shiftedBy = (values: Float64Array, parts: Float64Array): Shifted => {
  const least = values.reduce((so, value) => Math.min(so, value), Infinity)
  return { distances: values.map((value) => value - least), parts, least }
}

/** s plus so much of the eigenvector of the least eigenvalue that its length is the given one. */
const completed = ({ distances }: Shifted, step: Float64Array, length: number): Float64Array => {
  const have = normOf(step) / length
  const at = distances.indexOf(0)
  return step.map((entry, i) => (i === at ? length * Math.sqrt(Math.max(0, (1 - have) * (1 + have))) : entry))
}

const nothing = (n: number): SecularSolution => ({
  multiplier: 0,
  coefficients: new Float64Array(n),
  predicted: 0,
  onBoundary: false,
  hard: false,
})

/** min gᵀs + ½ Σ vᵢ sᵢ² over ‖s‖ ≤ Δ. */
export const secularBall = (values: Float64Array, parts: Float64Array, radius: number): SecularSolution => {
  const n = parts.length
  if (n === 0) return nothing(0)
  const shifted = shiftedBy(values, parts)
  const { distances, least } = shifted
  const group = leastPart(shifted)
  const floor = Math.max(0, least)
  const flat = least <= 0 && group > 0
  if (!flat) {
    const inner = stepAt(shifted, floor)
    const length = normOf(inner)
    if (least >= 0 && length <= radius)
      return {
        multiplier: 0,
        coefficients: inner,
        predicted: halfForm(shifted, floor, inner),
        onBoundary: length === radius,
        hard: false,
      }
    if (length <= radius) {
      const step = completed(shifted, inner, radius)
      return {
        multiplier: -least,
        coefficients: step,
        predicted: halfForm(shifted, 0, inner) - (least / 2) * radius * radius,
        onBoundary: true,
        hard: true,
      }
    }
  }
  const whole = normOf(parts)
  const widest = distances.reduce((so, each) => Math.max(so, each), 0)
  const low = Math.max(floor, group / radius, whole / radius - widest)
  const high = Math.max(low, whole / radius)
  const shift = zeroOf(
    low,
    high * (1 + 4 * Number.EPSILON),
    low > 0 ? low : high,
    (x) => {
      const [length, slope] = lengthAt(shifted, x)
      return [radius / length - 1, radius * slope]
    },
    2 * Number.EPSILON,
  )
  const step = stepAt(shifted, shift)
  const multiplier = Math.max(0, shift - least)
  return {
    multiplier,
    coefficients: step,
    predicted: halfForm(shifted, shift, step) + (multiplier / 2) * normOf(step) ** 2,
    onBoundary: true,
    hard: false,
  }
}

/** min gᵀs + ½ Σ vᵢ sᵢ² + (σ/3) ‖s‖³. */
export const secularCubic = (values: Float64Array, parts: Float64Array, weight: number): SecularSolution => {
  const n = parts.length
  if (n === 0) return nothing(0)
  const shifted = shiftedBy(values, parts)
  const { distances, least } = shifted
  const [group, whole] = [leastPart(shifted), normOf(parts)]
  if (whole === 0 && least >= 0) return nothing(n)
  if (least <= 0 && group === 0) {
    const inner = stepAt(shifted, 0)
    const radius = -least / weight
    if (least < 0 && normOf(inner) <= radius) {
      const step = completed(shifted, inner, radius)
      return {
        multiplier: -least,
        coefficients: step,
        predicted: halfForm(shifted, 0, inner) - (least / 6) * radius * radius,
        onBoundary: false,
        hard: true,
      }
    }
  }
  /** The μ at which g / (μ + d) = (μ − min v) / σ. */
  const meeting = (g: number, d: number): number => {
    const root = Math.hypot(least + d, 2 * Math.sqrt(weight * g))
    const sum = least - d
    return sum >= 0 || sum + root > root / 2 ? (sum + root) / 2 : (2 * (weight * g + least * d)) / (root - sum)
  }
  const floor = Math.max(0, least)
  const widest = distances.reduce((so, each) => Math.max(so, each), 0)
  const low = Math.max(floor, group > 0 ? meeting(group, 0) : 0, meeting(whole, widest))
  const high = Math.max(low, meeting(whole, 0))
  const shift = zeroOf(
    low,
    high * (1 + 4 * Number.EPSILON),
    low > 0 ? low : high,
    (x) => {
      const [length, slope] = lengthAt(shifted, x)
      const multiplier = x - least
      return [multiplier / length / weight - 1, (1 / length + multiplier * slope) / weight]
    },
    2 * Number.EPSILON,
  )
  const step = stepAt(shifted, shift)
  const multiplier = Math.max(0, shift - least)
  return {
    multiplier,
    coefficients: step,
    predicted: halfForm(shifted, shift, step) + (multiplier / 6) * normOf(step) ** 2,
    onBoundary: false,
    hard: false,
  }
}
