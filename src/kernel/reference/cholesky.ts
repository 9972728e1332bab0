/*
 * Cholesky factorisation A = L·Lᵀ by rows (every inner product runs over two contiguous rows), and the two triangular
 * solves. Backward stable without pivoting (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §10.1).
 */

export interface CholeskyFactor {
  readonly _tag: 'Factor'
  /** n×n row-major, zeros above the diagonal. */
  readonly lower: Float64Array
}

export interface NotPositiveDefinite {
  readonly _tag: 'NotPositiveDefinite'
  /** The first index whose leading minor is not positive definite. */
  readonly pivot: number
  /** The reduced diagonal entry found there: negative, zero or not finite. */
  readonly value: number
}

/** Σ_{p < count} x[xStart + p]·y[yStart + p] with four accumulators. */
const dot = (count: number, x: Float64Array, xStart: number, y: Float64Array, yStart: number): number => {
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  let p = 0
  for (; p + 4 <= count; p += 4) {
    const i = xStart + p
    const j = yStart + p
    sum0 += x[i] * y[j]
    sum1 += x[i + 1] * y[j + 1]
    sum2 += x[i + 2] * y[j + 2]
    sum3 += x[i + 3] * y[j + 3]
  }
  for (; p < count; p++) sum0 += x[xStart + p] * y[yStart + p]
  return sum0 + sum1 + (sum2 + sum3)
}

/** Factors a symmetric n×n matrix, of which only the lower triangle is read. */
export const choleskyFactor = (n: number, a: Float64Array): CholeskyFactor | NotPositiveDefinite => {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const row = i * n
    for (let j = 0; j < i; j++) {
      lower[row + j] = (a[row + j] - dot(j, lower, row, lower, j * n)) / lower[j * n + j]
    }
    const value = a[row + i] - dot(i, lower, row, lower, row)
    if (!(value > 0 && value < Infinity)) return { _tag: 'NotPositiveDefinite', pivot: i, value }
    lower[row + i] = Math.sqrt(value)
  }
  return { _tag: 'Factor', lower }
}

/** out ← L⁻¹·B for B of n×columns, row-major; out may be b itself. The upper triangle of L is not read. */
export const solveLower = (
  n: number,
  columns: number,
  lower: Float64Array,
  b: Float64Array,
  out: Float64Array,
): void => {
  for (let i = 0; i < n; i++) {
    const row = i * columns
    if (columns === 1) {
      out[i] = (b[i] - dot(i, lower, i * n, out, 0)) / lower[i * n + i]
      continue
    }
    for (let q = 0; q < columns; q++) out[row + q] = b[row + q]
    for (let j = 0; j < i; j++) {
      const factor = lower[i * n + j]
      for (let q = 0; q < columns; q++) out[row + q] -= factor * out[j * columns + q]
    }
    const pivot = lower[i * n + i]
    for (let q = 0; q < columns; q++) out[row + q] /= pivot
  }
}

/** out ← L⁻ᵀ·B for B of n×columns, row-major; out may be b itself. Row i of L is subtracted as soon as entry i is known. */
export const solveLowerTransposed = (
  n: number,
  columns: number,
  lower: Float64Array,
  b: Float64Array,
  out: Float64Array,
): void => {
  for (let at = 0; at < n * columns; at++) out[at] = b[at]
  for (let i = n - 1; i >= 0; i--) {
    const row = i * columns
    const pivot = lower[i * n + i]
    for (let q = 0; q < columns; q++) out[row + q] /= pivot
    for (let j = 0; j < i; j++) {
      const factor = lower[i * n + j]
      for (let q = 0; q < columns; q++) out[j * columns + q] -= factor * out[row + q]
    }
  }
}
