/*
 * Reduced QR decomposition by Householder reflections (Golub & Van Loan, Matrix Computations, 4th ed., §5.2.1), with
 * the signs that make the diagonal of R positive: then the factors of a matrix of full rank are unique.
 */

/** The reflection of column k of x (m×n, rows from k): v over the column with v[k] in `heads`; returns its weight 2/vᵀv. */
const reflect = (m: number, n: number, x: Float64Array, k: number, heads: Float64Array): number => {
  let largest = 0
  for (let i = k; i < m; i++) largest = Math.max(largest, Math.abs(x[i * n + k]))
  if (largest === 0 || !(largest < Infinity)) {
    heads[k] = 0
    return largest === 0 ? 0 : Number.NaN
  }
  let tail = 0
  for (let i = k + 1; i < m; i++) tail += (x[i * n + k] / largest) ** 2
  const alpha = x[k * n + k] / largest
  const length = Math.sqrt(alpha * alpha + tail)
  // Away from cancellation: v₀ = α + sign(α)·length.
  const head = alpha >= 0 ? alpha + length : alpha - length
  for (let i = k + 1; i < m; i++) x[i * n + k] /= largest
  heads[k] = head
  x[k * n + k] = (alpha >= 0 ? -length : length) * largest
  return 2 / (head * head + tail)
}

/** y ← y − weight·v·(vᵀy) over the columns from `first` of y (m×n), v being the reflection k kept in x. */
export const applyReflection = (
  m: number,
  n: number,
  x: Float64Array,
  k: number,
  head: number,
  weight: number,
  y: Float64Array,
  first: number,
  work: Float64Array,
): void => {
  if (weight === 0) return
  for (let j = first; j < n; j++) work[j] = head * y[k * n + j]
  for (let i = k + 1; i < m; i++) {
    const v = x[i * n + k]
    for (let j = first; j < n; j++) work[j] += v * y[i * n + j]
  }
  for (let j = first; j < n; j++) y[k * n + j] -= weight * head * work[j]
  for (let i = k + 1; i < m; i++) {
    const v = weight * x[i * n + k]
    for (let j = first; j < n; j++) y[i * n + j] -= v * work[j]
  }
}

/** The m rows of Q and then the n rows of R, m ≥ n, into `out` of (m + n)×n. */
export const qrFactor = (m: number, n: number, a: Float64Array, out: Float64Array): void => {
  const x = a.slice()
  const heads = new Float64Array(n)
  const weights = new Float64Array(n)
  const work = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    weights[k] = reflect(m, n, x, k, heads)
    applyReflection(m, n, x, k, heads[k], weights[k], x, k + 1, work)
  }
  const q = out.subarray(0, m * n)
  const r = out.subarray(m * n)
  q.fill(0)
  for (let k = 0; k < n; k++) q[k * n + k] = 1
  for (let k = n - 1; k >= 0; k--) applyReflection(m, n, x, k, heads[k], weights[k], q, k, work)
  for (let k = 0; k < n; k++) {
    const sign = x[k * n + k] < 0 ? -1 : 1
    for (let j = 0; j < n; j++) r[k * n + j] = j < k ? 0 : sign * x[k * n + j]
    if (sign < 0) for (let i = 0; i < m; i++) q[i * n + k] = -q[i * n + k]
  }
}

/** Swaps columns p and q of m×n x. */
const swapColumns = (m: number, n: number, x: Float64Array, p: number, q: number): void => {
  for (let i = 0; i < m; i++) {
    const held = x[i * n + p]
    x[i * n + p] = x[i * n + q]
    x[i * n + q] = held
  }
}

/** The column from k on whose rows from k on are the longest. */
const longest = (m: number, n: number, x: Float64Array, k: number, squares: Float64Array): number => {
  squares.fill(0)
  for (let i = k; i < m; i++) for (let j = k; j < n; j++) squares[j] += x[i * n + j] * x[i * n + j]
  let best = k
  for (let j = k + 1; j < n; j++) if (squares[j] > squares[best]) best = j
  return best
}

export interface PivotedQr {
  /** With the columns of x below the diagonal, the reflections: A·P = H₀·H₁·…·R. */
  readonly heads: Float64Array
  readonly weights: Float64Array
  /** Column j of R is column order[j] of A. */
  readonly order: Int32Array
}

/** Reduces x (m×n, m ≥ n) in place to R on and above the diagonal, the longest column that is left first. */
export const pivotedQr = (m: number, n: number, x: Float64Array): PivotedQr => {
  const heads = new Float64Array(n)
  const weights = new Float64Array(n)
  const work = new Float64Array(n)
  const order = Int32Array.from({ length: n }, (_, j) => j)
  for (let k = 0; k < n; k++) {
    const best = longest(m, n, x, k, work)
    if (best !== k) {
      swapColumns(m, n, x, k, best)
      const held = order[k]
      order[k] = order[best]
      order[best] = held
    }
    weights[k] = reflect(m, n, x, k, heads)
    applyReflection(m, n, x, k, heads[k], weights[k], x, k + 1, work)
  }
  return { heads, weights, order }
}
