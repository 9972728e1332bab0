/**
 * A secant matrix B = θ I − W M Wᵀ from a few pairs, and the minimizers of its quadratic model in a box (Byrd, Lu, Nocedal and Zhu 1995): along
 * the projected gradient, and in the space of what is free there. W has two columns for each pair, so all costs are linear in n.
 */

/** B of k pairs: W by columns, and the middle matrix M⁻¹ in triangular factors with its pivots. */
export interface CompactSecant {
  readonly theta: number
  /** Y, then θ S, each a column of n. */
  readonly columns: ReadonlyArray<Float64Array>
  readonly middle: Factored
}

interface Factored {
  readonly size: number
  readonly factors: Float64Array
  readonly pivots: Int32Array
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

/** L U of a small matrix with partial pivoting, in place; undefined where a pivot is 0 or no number. */
const factored = (size: number, factors: Float64Array): Factored | undefined => {
  const pivots = new Int32Array(size)
  for (let j = 0; j < size; j++) {
    let pivot = j
    for (let i = j + 1; i < size; i++)
      if (Math.abs(factors[i * size + j]) > Math.abs(factors[pivot * size + j])) pivot = i
    pivots[j] = pivot
    if (pivot !== j)
      for (let k = 0; k < size; k++) {
        const kept = factors[j * size + k]
        factors[j * size + k] = factors[pivot * size + k]
        factors[pivot * size + k] = kept
      }
    const head = factors[j * size + j]
    if (!(Math.abs(head) > 0 && Math.abs(head) < Infinity)) return undefined
    for (let i = j + 1; i < size; i++) {
      const factor = factors[i * size + j] / head
      factors[i * size + j] = factor
      for (let k = j + 1; k < size; k++) factors[i * size + k] -= factor * factors[j * size + k]
    }
  }
  return { size, factors, pivots }
}

const solved = ({ size, factors, pivots }: Factored, right: Float64Array): Float64Array => {
  const x = right.slice()
  for (let j = 0; j < size; j++) {
    const kept = x[j]
    x[j] = x[pivots[j]]
    x[pivots[j]] = kept
  }
  for (let i = 0; i < size; i++) for (let k = 0; k < i; k++) x[i] -= factors[i * size + k] * x[k]
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= factors[i * size + k] * x[k]
    x[i] /= factors[i * size + i]
  }
  return x
}

/** B that pairs (s, y) with ⟨s, y⟩ > 0 make of θ I with θ = ⟨y, y⟩ / ⟨s, y⟩ of the newest, the last; undefined where rounding spoils it. */
export const compactSecant = (
  steps: ReadonlyArray<Float64Array>,
  changes: ReadonlyArray<Float64Array>,
): CompactSecant | undefined => {
  const k = steps.length
  if (k === 0)
    return { theta: 1, columns: [], middle: { size: 0, factors: new Float64Array(0), pivots: new Int32Array(0) } }
  const theta = dot(changes[k - 1], changes[k - 1]) / dot(steps[k - 1], changes[k - 1])
  if (!(theta > 0 && theta < Infinity)) return undefined
  // M⁻¹ = [−D, Lᵀ; L, θ SᵀS] with D the diagonal of SᵀY and L what is below it.
  const size = 2 * k
  const inverse = new Float64Array(size * size)
  for (let i = 0; i < k; i++) {
    inverse[i * size + i] = -dot(steps[i], changes[i])
    for (let j = 0; j < i; j++) {
      const below = dot(steps[i], changes[j])
      inverse[(k + i) * size + j] = below
      inverse[j * size + k + i] = below
    }
    for (let j = 0; j <= i; j++) {
      const product = theta * dot(steps[i], steps[j])
      inverse[(k + i) * size + k + j] = product
      inverse[(k + j) * size + k + i] = product
    }
  }
  const middle = factored(size, inverse)
  return middle === undefined
    ? undefined
    : { theta, columns: [...changes, ...steps.map((step) => step.map((x) => theta * x))], middle }
}

/** A box around a point, with the gradient there. */
export interface BoundedPoint {
  readonly at: Float64Array
  readonly gradient: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** The first minimizer of the model along the projected gradient. */
export interface CauchyPoint {
  readonly point: Float64Array
  /** Wᵀ (point − at). */
  readonly moved: Float64Array
  /** 1 where the path has not met a bound. */
  readonly free: Uint8Array
}

/** Row i of W. */
const rowOf = ({ columns }: CompactSecant, i: number): Float64Array => Float64Array.from(columns, (column) => column[i])

export const cauchyPoint = (secant: CompactSecant, { at, gradient, lower, upper }: BoundedPoint): CauchyPoint => {
  const { theta, columns, middle } = secant
  const n = at.length
  const point = at.slice()
  const direction = new Float64Array(n)
  const breaks = new Float64Array(n)
  const free = new Uint8Array(n)
  const order: Array<number> = []
  for (let i = 0; i < n; i++) {
    const g = gradient[i]
    breaks[i] = g < 0 ? (at[i] - upper[i]) / g : g > 0 ? (at[i] - lower[i]) / g : Infinity
    if (breaks[i] > 0) {
      direction[i] = -g
      free[i] = 1
      if (breaks[i] < Infinity) order.push(i)
    }
  }
  order.sort((a, b) => breaks[a] - breaks[b])
  const p = Float64Array.from(columns, (column) => dot(column, direction))
  const moved = new Float64Array(columns.length)
  let slope = -dot(direction, direction)
  let curvature = -theta * slope - dot(p, solved(middle, p))
  const least = Number.EPSILON * -theta * slope
  curvature = Math.max(curvature, least)
  let passed = 0
  let wait = slope < 0 ? -slope / curvature : 0
  for (const b of order) {
    const interval = breaks[b] - passed
    if (!(wait >= interval) || !(slope < 0)) break
    const g = gradient[b]
    point[b] = g < 0 ? upper[b] : lower[b]
    free[b] = 0
    const gone = point[b] - at[b]
    for (let j = 0; j < moved.length; j++) moved[j] += interval * p[j]
    const row = rowOf(secant, b)
    const image = solved(middle, row)
    slope += interval * curvature + g * g + theta * g * gone - g * dot(image, moved)
    curvature = Math.max(curvature - theta * g * g - 2 * g * dot(image, p) - g * g * dot(image, row), least)
    for (let j = 0; j < p.length; j++) p[j] += g * row[j]
    direction[b] = 0
    passed = breaks[b]
    wait = slope < 0 ? -slope / curvature : 0
  }
  const far = passed + (wait > 0 && wait < Infinity ? wait : 0)
  for (let i = 0; i < n; i++)
    if (free[i] === 1) point[i] = Math.min(upper[i], Math.max(lower[i], at[i] + far * direction[i]))
  for (let j = 0; j < moved.length; j++) moved[j] += (far - passed) * p[j]
  return { point, moved, free }
}

/**
 * Where the model leads from the Cauchy point when what is at a bound there stays: its minimizer in the space of the rest, projected into the box;
 * where that does not go down, the last point of the way that is in the box (Morales and Nocedal 2011).
 */
export const subspaceMinimizer = (
  secant: CompactSecant,
  { at, gradient, lower, upper }: BoundedPoint,
  { point, moved, free }: CauchyPoint,
): Float64Array => {
  const { theta, columns, middle } = secant
  const n = at.length
  const size = columns.length
  // r = g + θ (point − at) − W M c, on what is free.
  const weights = solved(middle, moved)
  const r = new Float64Array(n)
  for (let i = 0; i < n; i++)
    if (free[i] === 1) {
      let pulled = 0
      for (let j = 0; j < size; j++) pulled += columns[j][i] * weights[j]
      r[i] = gradient[i] + theta * (point[i] - at[i]) - pulled
    }
  const step = r.map((x) => -x / theta)
  if (size > 0) {
    // v = (I − M WᵀZZᵀW / θ)⁻¹ M WᵀZ r, which is Sherman, Morrison and Woodbury's inverse of θ I − Zᵀ W M Wᵀ Z.
    const v = Float64Array.from(columns, (column) => dot(column, r))
    const inner = new Float64Array(size * size)
    const masked = columns.map((column) => column.map((x, i) => (free[i] === 1 ? x : 0)))
    for (let j = 0; j < size; j++) {
      const gram = Float64Array.from(columns, (column) => dot(column, masked[j]) / theta)
      const image = solved(middle, gram)
      for (let i = 0; i < size; i++) inner[i * size + j] = (i === j ? 1 : 0) - image[i]
    }
    const system = factored(size, inner)
    const solution = system === undefined ? undefined : solved(system, solved(middle, v))
    if (solution === undefined || !solution.every((x) => x - x === 0)) return point.slice()
    for (let i = 0; i < n; i++)
      if (free[i] === 1) {
        let pulled = 0
        for (let j = 0; j < size; j++) pulled += columns[j][i] * solution[j]
        step[i] -= pulled / (theta * theta)
      }
  }
  const projected = point.map((x, i) => Math.min(upper[i], Math.max(lower[i], x + step[i])))
  let slope = 0
  for (let i = 0; i < n; i++) slope += gradient[i] * (projected[i] - at[i])
  if (slope < 0) return projected
  let part = 1
  for (let i = 0; i < n; i++) {
    const room = step[i] > 0 ? (upper[i] - point[i]) / step[i] : step[i] < 0 ? (lower[i] - point[i]) / step[i] : 1
    if (room < part) part = room
  }
  return point.map((x, i) => Math.min(upper[i], Math.max(lower[i], x + part * step[i])))
}

/** The longest step along a direction that stays in the box; ∞ where it never leaves. */
export const roomAlong = (direction: Float64Array, { at, lower, upper }: Omit<BoundedPoint, 'gradient'>): number => {
  let room = Infinity
  for (let i = 0; i < at.length; i++) {
    const d = direction[i]
    const to = d > 0 ? (upper[i] - at[i]) / d : d < 0 ? (lower[i] - at[i]) / d : Infinity
    if (to < room) room = to
  }
  return room
}

/** The point at a step along a direction; what comes within rounding of a bound is on it. */
export const alongInBox = (
  direction: Float64Array,
  length: number,
  { at, lower, upper }: Omit<BoundedPoint, 'gradient'>,
): Float64Array =>
  at.map((x, i) => {
    const d = direction[i]
    if (d === 0) return x
    const to = x + length * d
    const bound = d > 0 ? upper[i] : lower[i]
    if (Math.abs(bound) === Infinity) return to
    const rounding = 4 * Number.EPSILON * Math.max(Math.abs(x), Math.abs(bound))
    return Math.abs(to - bound) <= rounding || (d > 0 ? to > bound : to < bound) ? bound : to
  })
