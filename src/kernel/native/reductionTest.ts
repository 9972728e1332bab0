/** A foreign reduction A = Q·T·Qᵀ against its definition, before anybody relies on it. */
import type { Tridiagonal, Tridiagonalize } from '../reference/tridiagonalize.js'

/** The smallest ones, odd ones, and one that is reduced by blocks in every LAPACK. */
const orders: ReadonlyArray<number> = [1, 2, 3, 6, 17, 97]

/** Above the diagonal, which must not be read. */
const entries: Readonly<Record<string, (i: number, j: number) => number>> = {
  'full matrices': (i, j) => (((i * 97 + j * 31 + i * j) * 7919) % 1009) / 505 - 1,
  'diagonal matrices': (i, j) => (i === j ? Math.cos(i) : 0),
  'matrices of rank one': (i, j) => Math.sin(i + 1) * Math.sin(j + 1),
  'graded matrices': (i, j) => 10 ** (-2 * (i + j)) * Math.cos(i * j + 1),
}

/** Y ← H·Y·H for symmetric Y, H = I − τ·v·vᵀ and v in row i of the reflectors. */
const reflect = (n: number, { reflectors, tau }: Tridiagonal, i: number, y: Float64Array): void => {
  const v = reflectors.subarray(i * n, i * n + i)
  const p = new Float64Array(n)
  for (let r = 0; r < n; r++) for (let c = 0; c < i; c++) p[r] += y[r * n + c] * v[c]
  let product = 0
  for (let c = 0; c < i; c++) product += p[c] * v[c]
  const t = tau[i]
  for (let r = 0; r < n; r++)
    for (let c = 0; c < n; c++) {
      const [vr, vc] = [r < i ? v[r] : 0, c < i ? v[c] : 0]
      y[r * n + c] += t * (t * product * vr * vc - p[r] * vc - vr * p[c])
    }
}

/** Q·T·Qᵀ with Q = H[n−1]·…·H[1]. */
const rebuilt = (n: number, reduced: Tridiagonal): Float64Array => {
  const { diagonal, subdiagonal } = reduced
  const y = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    y[i * n + i] = diagonal[i]
    if (i > 0) y[i * n + i - 1] = y[(i - 1) * n + i] = subdiagonal[i]
  }
  for (let i = 1; i < n; i++) reflect(n, reduced, i, y)
  return y
}

/** Whether each H is orthogonal, τ·|v|² = 2 or τ = 0, with v ending in 1. */
const orthogonal = (n: number, { reflectors, tau }: Tridiagonal): boolean => {
  for (let i = 1; i < n; i++) {
    let square = 0
    for (let at = i * n; at < i * n + i; at++) square += reflectors[at] * reflectors[at]
    if (reflectors[i * n + i - 1] !== 1) return false
    if (tau[i] !== 0 && !(Math.abs(tau[i] * square - 2) <= 16 * n * Number.EPSILON)) return false
  }
  return true
}

const fails = (reduce: Tridiagonalize, n: number, entry: (i: number, j: number) => number): boolean => {
  const a = new Float64Array(n * n).fill(Number.NaN)
  let largest = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      a[i * n + j] = entry(i, j)
      largest = Math.max(largest, Math.abs(a[i * n + j]))
    }
  const before = a.slice()
  // Twice the matrix, so that a scale that is ignored shows.
  const reduced = reduce(n, a, 2)
  if (!a.every((value, at) => Object.is(value, before[at])) || !orthogonal(n, reduced)) return true
  const back = rebuilt(n, reduced)
  // Backward stable: ‖A − Q·T·Qᵀ‖ within a modest multiple of n·ε·‖A‖ (Golub & Van Loan, 4th ed., §8.3.1).
  const bound = 16 * n * Number.EPSILON * largest
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) if (!(Math.abs(back[i * n + j] / 2 - a[i * n + j]) <= bound)) return true
  return false
}

/** The first reduction that is wrong, in words; undefined where all of them are right. */
export const reductionTest = (reduce: Tridiagonalize): string | undefined => {
  for (const [words, entry] of Object.entries(entries))
    for (const n of orders) if (fails(reduce, n, entry)) return `it reduces ${words} of order ${n} wrongly`
  return undefined
}
