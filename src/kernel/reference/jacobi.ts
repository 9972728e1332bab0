/*
 * Singular values and vectors by one-sided Jacobi rotations (de Rijk 1989; Golub & Van Loan, Matrix Computations, 4th ed.,
 * §8.6.3): columns are rotated in pairs until all are orthogonal. Slower than bidiagonalization by a factor, but small
 * singular values keep their relative accuracy, which the minors of nearly singular matrices need.
 */
import { turnColumns } from './symmetrize.js'

const SWEEPS = 60

/** Rotates rows p and q of x, each of `count` entries. */
const rotateRows = (count: number, x: Float64Array, p: number, q: number, cos: number, sin: number): void => {
  for (let i = 0; i < count; i++) {
    const [a, b] = [x[p * count + i], x[q * count + i]]
    x[p * count + i] = cos * a - sin * b
    x[q * count + i] = sin * a + cos * b
  }
}

/** Orthogonalizes the n rows of x (m entries each) and turns those of v along; false when it does not converge. */
const orthogonalize = (m: number, n: number, x: Float64Array, v: Float64Array): boolean => {
  const tolerance = Math.sqrt(m) * 2 ** -53
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        let [pp, qq, pq] = [0, 0, 0]
        for (let i = 0; i < m; i++) {
          const [a, b] = [x[p * m + i], x[q * m + i]]
          pp += a * a
          qq += b * b
          pq += a * b
        }
        if (!(Math.abs(pq) > tolerance * Math.sqrt(pp) * Math.sqrt(qq)) || pq === 0) continue
        rotated = true
        const zeta = (qq - pp) / (2 * pq)
        const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
        const cos = 1 / Math.sqrt(1 + tangent * tangent)
        rotateRows(m, x, p, q, cos, cos * tangent)
        rotateRows(n, v, p, q, cos, cos * tangent)
      }
    }
    if (!rotated) return true
  }
  return false
}

/** Replaces row `at` of u (m entries a row) by a unit vector orthogonal to the rows that `known` lists. */
const complete = (m: number, u: Float64Array, at: number, known: ReadonlyArray<number>): void => {
  for (let axis = 0; axis < m; axis++) {
    for (let i = 0; i < m; i++) u[at * m + i] = i === axis ? 1 : 0
    // Twice is enough (Kahan; Parlett, The Symmetric Eigenvalue Problem, §6.9).
    for (let pass = 0; pass < 2; pass++) {
      for (const row of known) {
        let along = 0
        for (let i = 0; i < m; i++) along += u[row * m + i] * u[at * m + i]
        for (let i = 0; i < m; i++) u[at * m + i] -= along * u[row * m + i]
      }
    }
    let square = 0
    for (let i = 0; i < m; i++) square += u[at * m + i] ** 2
    // Some axis keeps at least this share of its length: m axes share m − known.length.
    if (square * m * 2 >= 1) {
      for (let i = 0; i < m; i++) u[at * m + i] /= Math.sqrt(square)
      return
    }
  }
}

/** Of a with m ≥ n (its columns are the n rows of x): rows of U (n×m), values, rows of V (n×n), descending. */
const tall = (
  m: number,
  n: number,
  x: Float64Array,
): { readonly u: Float64Array; readonly s: Float64Array; readonly v: Float64Array } | undefined => {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (!(largest < Infinity)) return undefined
  // A power of two, so that scaling is exact and squares neither overflow nor underflow.
  const exponent = largest === 0 ? 0 : Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest))))
  const unit = 2 ** -exponent
  for (let i = 0; i < x.length; i++) x[i] *= unit
  const turned = new Float64Array(n * n)
  for (let j = 0; j < n; j++) turned[j * n + j] = 1
  if (!orthogonalize(m, n, x, turned)) return undefined
  const lengths = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    let square = 0
    for (let i = 0; i < m; i++) square += x[j * m + i] ** 2
    lengths[j] = Math.sqrt(square)
  }
  const order = Array.from(lengths.keys()).sort((i, j) => lengths[j] - lengths[i] || i - j)
  const u = new Float64Array(n * m)
  const s = new Float64Array(n)
  const v = new Float64Array(n * n)
  const known: Array<number> = []
  order.forEach((from, to) => {
    s[to] = lengths[from] / unit
    for (let i = 0; i < n; i++) v[to * n + i] = turned[from * n + i]
    if (lengths[from] === 0) complete(m, u, to, known)
    else for (let i = 0; i < m; i++) u[to * m + i] = x[from * m + i] / lengths[from]
    known.push(to)
  })
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
  const found = tall(rows, k, isTall ? transposed(m, n, a) : a.slice())
  if (found === undefined) {
    out.fill(Number.NaN)
    return false
  }
  const [left, right] = isTall ? [found.u, found.v] : [found.v, found.u]
  const u = transposed(k, m, left)
  const v = transposed(k, n, right)
  turnColumns(m, k, u, n, v)
  out.set(u, 0)
  out.set(v, m * k)
  out.set(found.s, (m + n) * k)
  return true
}
