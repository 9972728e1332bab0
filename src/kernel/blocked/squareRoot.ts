/*
 * The principal square root of a matrix, by the product form of the iteration of Denman and Beavers with scaling by the
 * determinant (Higham, Functions of Matrices, 2008, (6.29) and §6.5): quadratic, and stable where the iteration of Newton for
 * X² = A is not. Symmetric matrices go by their eigenvalues, so that semidefinite ones have a root too.
 */
import { provider } from '../provider.js'
import { symmetricEigen } from '../reference/eigen.js'
import { luFactor, luLogAbs, luSolve, luStops } from './lu.js'

const STEPS = 60

const isSymmetric = (n: number, a: Float64Array): boolean => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) if (a[i * n + j] !== a[j * n + i]) return false
  }
  return true
}

/** V √Λ Vᵀ; eigenvalues that are negative by no more than rounding are 0. */
const symmetricRoot = (n: number, a: Float64Array, out: Float64Array): void => {
  const eigen = symmetricEigen(n, a, provider().tridiagonalize)
  const least = eigen === undefined ? Number.NaN : eigen.values[0]
  const largest = eigen === undefined ? Number.NaN : Math.abs(eigen.values[n - 1])
  if (eigen === undefined || !(least >= -n * Number.EPSILON * largest)) {
    out.fill(Number.NaN)
    return
  }
  const v = eigen.vectors()
  const weighted = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) weighted[i * n + k] = v[i * n + k] * Math.sqrt(Math.max(0, eigen.values[k]))
  }
  out.fill(0)
  provider().matmul(n, n, n, weighted, 0, false, v, 0, true, out, 0)
}

/** out ← √a, whose eigenvalues have positive real parts; NaN throughout where there is none, or a is singular and not symmetric. */
export const squareRoot = (n: number, a: Float64Array, out: Float64Array): void => {
  if (n === 0) return
  if (isSymmetric(n, a)) {
    symmetricRoot(n, a, out)
    return
  }
  const identity = new Float64Array(n * n)
  for (let i = 0; i < n; i++) identity[i * n + i] = 1
  const factor = new Float64Array(n * (n + 1))
  const inverse = new Float64Array(n * n)
  const m = a.slice()
  let x = a.slice()
  let before = Infinity
  for (let step = 0; step < STEPS; step++) {
    luFactor(n, n, m, factor)
    if (luStops(n, factor) !== -1) break
    luSolve(n, n, factor, false, identity, inverse)
    // Scaling speeds the way to the region of quadratic convergence, and would disturb the last steps.
    const scale = before > 1e-2 ? Math.exp(-luLogAbs(n, factor) / (2 * n)) : 1
    const growth = new Float64Array(n * n)
    let distance = 0
    for (let i = 0; i < n * n; i++) {
      growth[i] = 0.5 * (scale * identity[i] + inverse[i] / scale)
      m[i] = 0.5 * (identity[i] + 0.5 * (scale * scale * m[i] + inverse[i] / (scale * scale)))
      distance = Math.max(distance, Math.abs(m[i] - identity[i]))
    }
    const next = new Float64Array(n * n)
    provider().matmul(n, n, n, x, 0, false, growth, 0, false, next, 0)
    x = next
    // Quadratic until it is rounding, which no step makes smaller.
    if (distance === 0 || (distance < 1e-6 && distance >= before / 2)) {
      out.set(x)
      return
    }
    before = distance
  }
  out.fill(Number.NaN)
}
