/*
 * The eigenproblem of a positive definite matrix whose entries are right relatively, H = D·A·D with a diagonal D of any range and a
 * moderate A: pivoted Cholesky, and one-sided Jacobi rotations on the factor. Small eigenvalues are then right to about n·ε·κ(A) of
 * themselves, where a reduction to tridiagonal form leaves n·ε·‖H‖, which may be more than they are. References: Demmel & Veselić,
 * Jacobi's method is more accurate than QR, SIAM J. Matrix Anal. Appl. 13 (1992); Veselić & Hari, Numer. Math. 56 (1989).
 */
import type { SymmetricEigen } from './eigen.js'
import { orthogonalRows } from './jacobi.js'

/** Less of a diagonal entry than this share is rounding: A is singular then as far as one can tell. */
const share = 16 * Number.EPSILON

/**
 * The columns of L, as rows, with H[order, order] = L·Lᵀ; undefined where H is not positive definite, or only by rounding. Only the
 * lower triangle of H is read.
 */
const pivotedCholesky = (
  n: number,
  a: Float64Array,
): { readonly rows: Float64Array; readonly order: Int32Array } | undefined => {
  const entry = (i: number, j: number): number => a[i >= j ? i * n + j : j * n + i]
  const order = Int32Array.from({ length: n }, (_, i) => i)
  const left = Float64Array.from({ length: n }, (_, i) => entry(i, i))
  const rows = new Float64Array(n * n)
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (left[i] > left[pivot]) pivot = i
    if (pivot !== k) {
      const [o, l] = [order[k], left[k]]
      order[k] = order[pivot]
      order[pivot] = o
      left[k] = left[pivot]
      left[pivot] = l
      for (let row = 0; row < k; row++) {
        const x = rows[row * n + k]
        rows[row * n + k] = rows[row * n + pivot]
        rows[row * n + pivot] = x
      }
    }
    for (let i = k; i < n; i++) if (!(left[i] > n * share * entry(order[i], order[i]))) return undefined
    const root = Math.sqrt(left[k])
    rows[k * n + k] = root
    for (let i = k + 1; i < n; i++) {
      let sum = entry(order[i], order[k])
      for (let row = 0; row < k; row++) sum -= rows[row * n + i] * rows[row * n + k]
      const x = sum / root
      rows[k * n + i] = x
      left[i] -= x * x
    }
  }
  return { rows, order }
}

/** Eigenvalues and eigenvectors of H, or undefined where it is not positive definite beyond rounding. Only the lower triangle is read. */
export const gradedEigen = (n: number, a: Float64Array): SymmetricEigen | undefined => {
  let most = 0
  for (let i = 0; i < n; i++) most = Math.max(most, a[i * n + i])
  if (!(most > 0 && most < Infinity)) return undefined
  // A power of two, so that scaling is exact; from there no eigenvalue that is not lost in the factor underflows.
  const unit = 2 ** -Math.max(-1022, Math.min(1022, Math.floor(Math.log2(most))))
  const factor = pivotedCholesky(
    n,
    a.map((x) => x * unit),
  )
  if (factor === undefined) return undefined
  const { rows, order } = factor
  const squares = orthogonalRows(n, rows)
  if (squares === undefined || !squares.every((square) => square > 0)) return undefined
  const ascending = Int32Array.from(squares.keys()).sort((i, j) => squares[i] - squares[j] || i - j)
  /** Row r is the eigenvector of the r-th smallest eigenvalue. */
  const vectors = new Float64Array(n * n)
  ascending.forEach((from, to) => {
    const length = Math.sqrt(squares[from])
    for (let i = 0; i < n; i++) vectors[to * n + order[i]] = rows[from * n + i] / length
  })
  return {
    n,
    values: Float64Array.from(ascending, (i) => squares[i] / unit),
    project: (x) => {
      const y = new Float64Array(n)
      for (let r = 0; r < n; r++) for (let i = 0; i < n; i++) y[r] += vectors[r * n + i] * x[i]
      return y
    },
    expand: (y) => {
      const x = new Float64Array(n)
      for (let r = 0; r < n; r++) for (let i = 0; i < n; i++) x[i] += vectors[r * n + i] * y[r]
      return x
    },
    vectors: () => {
      const columns = new Float64Array(n * n)
      for (let r = 0; r < n; r++) for (let i = 0; i < n; i++) columns[i * n + r] = vectors[r * n + i]
      return columns
    },
  }
}
