/*
 * Singular values and vectors by one-sided Jacobi rotations on the triangular factor of a QR decomposition with column
 * pivoting (Drmač & Veselić, New Fast and Accurate Jacobi SVD Algorithm I, SIAM J. Matrix Anal. Appl. 29, 2008): rows of R
 * are rotated in pairs until all are orthogonal, which takes few sweeps as R is nearly so. Small singular values keep
 * their relative accuracy, which the minors of nearly singular matrices need.
 */
import { applyReflection, pivotedQr } from './householder.js'
import { turnColumns } from './symmetrize.js'

const SWEEPS = 60

/** Rotates rows p and q of x, each of `count` entries. */
const rotateRows = (count: number, x: Float64Array, p: number, q: number, cos: number, sin: number): void => {
  const [atP, atQ] = [p * count, q * count]
  for (let i = 0; i < count; i++) {
    const a = x[atP + i]
    const b = x[atQ + i]
    x[atP + i] = cos * a - sin * b
    x[atQ + i] = sin * a + cos * b
  }
}

const inner = (count: number, x: Float64Array, p: number, q: number): number => {
  const [atP, atQ] = [p * count, q * count]
  let sum = 0
  for (let i = 0; i < count; i++) sum += x[atP + i] * x[atQ + i]
  return sum
}

/** Orthogonalizes the n rows of x (n entries each) and turns those of v along, if any; false when it does not converge. */
const orthogonalize = (n: number, x: Float64Array, v?: Float64Array): boolean => {
  // Above the rounding of an inner product and of the rotations before it: less would rotate forever now and then.
  const tolerance = 4 * Math.sqrt(n) * 2 ** -53
  const squares = new Float64Array(n)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    // Rotations update the squares, and their errors gather; a sweep without a rotation judges by exact ones.
    for (let p = 0; p < n; p++) squares[p] = inner(n, x, p, p)
    let rotated = false
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const pq = inner(n, x, p, q)
        if (pq === 0 || Math.abs(pq) <= tolerance * Math.sqrt(squares[p]) * Math.sqrt(squares[q])) continue
        rotated = true
        const zeta = (squares[q] - squares[p]) / (2 * pq)
        const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
        const cos = 1 / Math.sqrt(1 + tangent * tangent)
        rotateRows(n, x, p, q, cos, cos * tangent)
        if (v !== undefined) rotateRows(n, v, p, q, cos, cos * tangent)
        squares[p] = Math.max(0, squares[p] - tangent * pq)
        squares[q] += tangent * pq
      }
    }
    if (!rotated) return true
  }
  return false
}

/** Orthogonalizes the n rows of x by rotations, and gives their squared lengths; undefined when it does not converge. */
export const orthogonalRows = (n: number, x: Float64Array): Float64Array | undefined =>
  orthogonalize(n, x) ? Float64Array.from({ length: n }, (_, i) => inner(n, x, i, i)) : undefined

/** Replaces row `at` of x (count entries a row) by a unit vector orthogonal to the rows before it. */
const complete = (count: number, x: Float64Array, at: number): void => {
  for (let axis = 0; axis < count; axis++) {
    for (let i = 0; i < count; i++) x[at * count + i] = i === axis ? 1 : 0
    // Twice is enough (Kahan; Parlett, The Symmetric Eigenvalue Problem, §6.9).
    for (let pass = 0; pass < 2; pass++) {
      for (let row = 0; row < at; row++) {
        const along = inner(count, x, row, at)
        for (let i = 0; i < count; i++) x[at * count + i] -= along * x[row * count + i]
      }
    }
    const square = inner(count, x, at, at)
    // Some axis keeps at least this share: all axes together keep count − at.
    if (square * count * 2 >= 1) {
      for (let i = 0; i < count; i++) x[at * count + i] /= Math.sqrt(square)
      return
    }
  }
}

interface Decomposition {
  /** m×n, by rows. */
  readonly u: Float64Array
  readonly s: Float64Array
  /** n×n, by rows. */
  readonly v: Float64Array
}

/** Of m×n with m ≥ n, whose entries are overwritten. */
const tall = (m: number, n: number, x: Float64Array): Decomposition | undefined => {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (!(largest < Infinity)) return undefined
  // A power of two, so that scaling is exact and squares neither overflow nor underflow.
  const exponent = largest === 0 ? 0 : Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest))))
  const unit = 2 ** -exponent
  for (let i = 0; i < x.length; i++) x[i] *= unit
  const { heads, weights, order } = pivotedQr(m, n, x)
  const rows = new Float64Array(n * n)
  const turned = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    rows.set(x.subarray(i * n + i, i * n + n), i * n + i)
    turned[i * n + i] = 1
  }
  if (!orthogonalize(n, rows, turned)) return undefined
  const lengths = Float64Array.from({ length: n }, (_, j) => Math.sqrt(inner(n, rows, j, j)))
  const descending = Array.from(lengths.keys()).sort((i, j) => lengths[j] - lengths[i] || i - j)
  const s = new Float64Array(n)
  const right = new Float64Array(n * n)
  const u = new Float64Array(m * n)
  descending.forEach((from, to) => {
    s[to] = lengths[from] / unit
    if (lengths[from] === 0) complete(n, right, to)
    else for (let i = 0; i < n; i++) right[to * n + i] = rows[from * n + i] / lengths[from]
    for (let i = 0; i < n; i++) u[i * n + to] = turned[from * n + i]
  })
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) v[order[i] * n + j] = right[j * n + i]
  const work = new Float64Array(n)
  for (let k = n - 1; k >= 0; k--) applyReflection(m, n, x, k, heads[k], weights[k], u, 0, work)
  return { u, s, v }
}

const transposed = (m: number, n: number, x: Float64Array): Float64Array => {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = x[i * n + j]
  return out
}

/**
 * A = U·diag(s)·Vᵀ, reduced, into `out` of (m + n + 1)×k, k = min(m, n): the rows of U, those of V, and s, descending.
 * False, and NaN throughout, when an entry is not finite or the rotations do not converge.
 */
export const svdFactor = (m: number, n: number, a: Float64Array, out: Float64Array): boolean => {
  const isTall = m >= n
  const [rows, k] = isTall ? [m, n] : [n, m]
  const found = tall(rows, k, isTall ? a.slice() : transposed(m, n, a))
  if (found === undefined) {
    out.fill(Number.NaN)
    return false
  }
  const [u, v] = isTall ? [found.u, found.v] : [found.v, found.u]
  turnColumns(m, k, u, n, v)
  out.set(u, 0)
  out.set(v, m * k)
  out.set(found.s, (m + n) * k)
  return true
}
