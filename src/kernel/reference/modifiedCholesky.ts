/** Cholesky factors of a matrix that may be indefinite: what is missing to a positive definite one is added on the way. */

export interface ModifiedCholesky {
  /** (A + E)⁻¹ b. */
  readonly solve: (b: Float64Array) => Float64Array
  /** The largest entry of the diagonal E; 0 where A is positive definite, not nearly singular. */
  readonly added: number
}

const swap = (x: Float64Array | Int32Array, i: number, j: number): void => {
  const kept = x[i]
  x[i] = x[j]
  x[j] = kept
}

/**
 * P (A + E) Pᵀ = L D Lᵀ by Gill, Murray and Wright (1981, §4.4.2.2) with the largest diagonal entry as pivot; `undefined` for a matrix
 * that is not finite. Only the lower triangle is read.
 */
export const modifiedCholesky = (n: number, matrix: Float64Array): ModifiedCholesky | undefined => {
  const a = new Float64Array(n * n)
  let [diagonal, other] = [0, 0]
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const entry = matrix[i * n + j]
      if (entry - entry !== 0) return undefined
      a[i * n + j] = entry
      a[j * n + i] = entry
      if (i === j) diagonal = Math.max(diagonal, Math.abs(entry))
      else other = Math.max(other, Math.abs(entry))
    }
  const bound = Math.max(diagonal, other / Math.max(1, Math.sqrt(n * n - 1)))
  // Relative to the matrix, so that a multiple of it has a multiple of its factors; of zeros only the direction is left.
  const least = Number.EPSILON * (diagonal + other) || 1
  const order = Int32Array.from({ length: n }, (_, i) => i)
  const pivots = new Float64Array(n)
  let added = 0
  for (let j = 0; j < n; j++) {
    let q = j
    for (let i = j + 1; i < n; i++) if (Math.abs(a[i * n + i]) > Math.abs(a[q * n + q])) q = i
    if (q !== j) {
      for (let k = 0; k < n; k++) swap(a, j * n + k, q * n + k)
      for (let k = 0; k < n; k++) swap(a, k * n + j, k * n + q)
      swap(order, j, q)
    }
    let largest = 0
    for (let i = j + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + j]))
    const pivot = Math.max(Math.abs(a[j * n + j]), bound === 0 ? 0 : (largest / bound) * largest, least)
    added = Math.max(added, pivot - a[j * n + j])
    pivots[j] = pivot
    // The rest of the matrix loses its part along this pivot; what stays below the diagonal is L.
    for (let i = j + 1; i < n; i++) {
      const factor = a[i * n + j] / pivot
      for (let k = j + 1; k <= i; k++) {
        a[i * n + k] -= factor * a[k * n + j]
        a[k * n + i] = a[i * n + k]
      }
    }
    for (let i = j + 1; i < n; i++) a[i * n + j] /= pivot
  }
  const solve = (b: Float64Array): Float64Array => {
    const x = Float64Array.from(order, (from) => b[from])
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) x[i] -= a[i * n + j] * x[j]
    for (let i = 0; i < n; i++) x[i] /= pivots[i]
    for (let i = n - 1; i >= 0; i--) for (let j = i + 1; j < n; j++) x[i] -= a[j * n + i] * x[j]
    const result = new Float64Array(n)
    order.forEach((to, i) => {
      result[to] = x[i]
    })
    return result
  }
  return { solve, added }
}
