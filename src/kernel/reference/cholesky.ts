/*
 * Cholesky factorisation A = L·Lᵀ by rows (every inner product runs over two contiguous rows), and the triangular
 * solves. Backward stable without pivoting (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §10.1).
 * The loops work in place on a block of a larger matrix whose rows lie `stride` apart: blocked/ uses them for its leaves.
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

/**
 * Factors the block of `count` rows that begins at x[at], whose upper triangle is neither read nor written. Returns the
 * row where it stops because the reduced diagonal entry, left there, is not positive and finite; `count` when it is done.
 */
export const factorBlock = (count: number, x: Float64Array, at: number, stride: number): number => {
  for (let i = 0; i < count; i++) {
    const row = at + i * stride
    for (let j = 0; j < i; j++) {
      const above = at + j * stride
      x[row + j] = (x[row + j] - dot(j, x, row, x, above)) / x[above + j]
    }
    const value = x[row + i] - dot(i, x, row, x, row)
    const positive = value > 0 && value < Infinity
    x[row + i] = positive ? Math.sqrt(value) : value
    if (!positive) return i
  }
  return count
}

/** X ← X·L⁻ᵀ: X is the `rows` rows of `count` at x[at], L the block at x[lower]. Four rows share what is read of L. */
export const solveRows = (
  rows: number,
  count: number,
  x: Float64Array,
  at: number,
  lower: number,
  stride: number,
): void => {
  let i = 0
  for (; i + 4 <= rows; i += 4) {
    const row0 = at + i * stride
    const row1 = row0 + stride
    const row2 = row1 + stride
    const row3 = row2 + stride
    for (let j = 0; j < count; j++) {
      const pivots = lower + j * stride
      let sum0 = x[row0 + j]
      let sum1 = x[row1 + j]
      let sum2 = x[row2 + j]
      let sum3 = x[row3 + j]
      for (let p = 0; p < j; p++) {
        const factor = x[pivots + p]
        sum0 -= factor * x[row0 + p]
        sum1 -= factor * x[row1 + p]
        sum2 -= factor * x[row2 + p]
        sum3 -= factor * x[row3 + p]
      }
      const pivot = x[pivots + j]
      x[row0 + j] = sum0 / pivot
      x[row1 + j] = sum1 / pivot
      x[row2 + j] = sum2 / pivot
      x[row3 + j] = sum3 / pivot
    }
  }
  for (; i < rows; i++) {
    const row = at + i * stride
    for (let j = 0; j < count; j++) {
      const pivots = lower + j * stride
      let sum = x[row + j]
      for (let p = 0; p < j; p++) sum -= x[pivots + p] * x[row + p]
      x[row + j] = sum / x[pivots + j]
    }
  }
}

/** Row x[to …] ← (row − Σ_p l[at + p·step]·row x[from + p·fromStep …]) / pivot, p < count in order, four terms a pass. */
const solveRow = (
  columns: number,
  x: Float64Array,
  to: number,
  count: number,
  l: Float64Array,
  at: number,
  step: number,
  from: number,
  fromStep: number,
  pivot: number,
): void => {
  let p = 0
  for (; p + 4 <= count; p += 4) {
    const f = at + p * step
    const factor0 = l[f]
    const factor1 = l[f + step]
    const factor2 = l[f + 2 * step]
    const factor3 = l[f + 3 * step]
    const from0 = from + p * fromStep
    const from1 = from0 + fromStep
    const from2 = from1 + fromStep
    const from3 = from2 + fromStep
    for (let q = 0; q < columns; q++) {
      x[to + q] =
        x[to + q] - factor0 * x[from0 + q] - factor1 * x[from1 + q] - factor2 * x[from2 + q] - factor3 * x[from3 + q]
    }
  }
  for (; p < count; p++) {
    const factor = l[at + p * step]
    const from0 = from + p * fromStep
    for (let q = 0; q < columns; q++) x[to + q] -= factor * x[from0 + q]
  }
  for (let q = 0; q < columns; q++) x[to + q] /= pivot
}

/** X ← L⁻¹·X for the block L of `count` rows at l[lAt] and the rows of X that begin at x[at], `columns` each. */
export const solveBlock = (
  count: number,
  columns: number,
  l: Float64Array,
  lAt: number,
  stride: number,
  x: Float64Array,
  at: number,
): void => {
  for (let i = 0; i < count; i++) {
    const row = at + i * columns
    const factors = lAt + i * stride
    if (columns === 1) x[row] = (x[row] - dot(i, l, factors, x, at)) / l[factors + i]
    else solveRow(columns, x, row, i, l, factors, 1, at, columns, l[factors + i])
  }
}

/** x ← L⁻ᵀ·x for one column. Row i of L is subtracted as soon as entry i is known, so that L is read by rows. */
const solveColumnTransposed = (
  count: number,
  l: Float64Array,
  lAt: number,
  stride: number,
  x: Float64Array,
  at: number,
): void => {
  for (let i = count - 1; i >= 0; i--) {
    const factors = lAt + i * stride
    const value = x[at + i] / l[factors + i]
    x[at + i] = value
    for (let j = 0; j < i; j++) x[at + j] -= l[factors + j] * value
  }
}

/** X ← L⁻ᵀ·X, in the terms of `solveBlock`. */
export const solveBlockTransposed = (
  count: number,
  columns: number,
  l: Float64Array,
  lAt: number,
  stride: number,
  x: Float64Array,
  at: number,
): void => {
  if (columns === 1) {
    solveColumnTransposed(count, l, lAt, stride, x, at)
    return
  }
  const last = count - 1
  for (let i = last; i >= 0; i--) {
    const factors = lAt + last * stride + i
    solveRow(
      columns,
      x,
      at + i * columns,
      last - i,
      l,
      factors,
      -stride,
      at + last * columns,
      -columns,
      l[lAt + i * stride + i],
    )
  }
}

/** A copy of the lower triangle of an n×n matrix, zeros above it. */
export const lowerTriangle = (n: number, a: Float64Array): Float64Array => {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) lower.set(a.subarray(i * n, i * n + i + 1), i * n)
  return lower
}

/** What a factorisation that stopped at a row has found; `stopped` is n when it is done. */
export const factorisation = (n: number, lower: Float64Array, stopped: number): CholeskyFactor | NotPositiveDefinite =>
  stopped === n
    ? { _tag: 'Factor', lower }
    : { _tag: 'NotPositiveDefinite', pivot: stopped, value: lower[stopped * n + stopped] }

/** Factors a symmetric n×n matrix, of which only the lower triangle is read. */
export const choleskyReference = (n: number, a: Float64Array): CholeskyFactor | NotPositiveDefinite => {
  const lower = lowerTriangle(n, a)
  return factorisation(n, lower, factorBlock(n, lower, 0, n))
}

/** A triangular solve with n×n L, row-major, of which the upper triangle is not read, and B of n×columns; out may be b itself. */
export type TriangularSolve = (
  n: number,
  columns: number,
  lower: Float64Array,
  b: Float64Array,
  out: Float64Array,
) => void

/** out ← L⁻¹·B. */
export const solveLowerReference: TriangularSolve = (n, columns, lower, b, out) => {
  if (out !== b) out.set(b.subarray(0, n * columns))
  solveBlock(n, columns, lower, 0, n, out, 0)
}

/** out ← L⁻ᵀ·B. */
export const solveLowerTransposedReference: TriangularSolve = (n, columns, lower, b, out) => {
  if (out !== b) out.set(b.subarray(0, n * columns))
  solveBlockTransposed(n, columns, lower, 0, n, out, 0)
}
