/*
 * Gaussian elimination with partial pivoting, P·A = L·U, by rows (Golub & Van Loan, Matrix Computations, 4th ed., §3.4).
 * A factor is one array of m×(n + 1): L below the diagonal (its ones are not stored), U on and above it, and in the last
 * column the row of A that stands there. Permutations are valid whatever the numbers are.
 */
import { solveLower, solveLowerTransposed } from './triangular.js'

/** Factors a into `out` of m×(n + 1). */
export const luFactor = (m: number, n: number, a: Float64Array, out: Float64Array): void => {
  const stride = n + 1
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) out[i * stride + j] = a[i * n + j]
    out[i * stride + n] = i
  }
  const steps = Math.min(m, n)
  for (let k = 0; k < steps; k++) {
    const top = k * stride
    let best = k
    for (let i = k + 1; i < m; i++) {
      if (Math.abs(out[i * stride + k]) > Math.abs(out[best * stride + k])) best = i
    }
    if (best !== k) {
      for (let j = 0; j < stride; j++) {
        const held = out[top + j]
        out[top + j] = out[best * stride + j]
        out[best * stride + j] = held
      }
    }
    const pivot = out[top + k]
    // Nothing but zeros below: there is nothing to eliminate.
    if (pivot === 0) continue
    for (let i = k + 1; i < m; i++) {
      const row = i * stride
      const factor = out[row + k] / pivot
      out[row + k] = factor
      for (let j = k + 1; j < n; j++) out[row + j] -= factor * out[top + j]
    }
  }
}

/** The first pivot of an n×n factor that is 0 or not finite, or −1. */
export const luStops = (n: number, factor: Float64Array): number => {
  for (let i = 0; i < n; i++) {
    const pivot = Math.abs(factor[i * (n + 1) + i])
    if (!(pivot > 0 && pivot < Infinity)) return i
  }
  return -1
}

/** L of m×k, k = min(m, n). */
export const luLower = (m: number, n: number, factor: Float64Array, out: Float64Array): void => {
  const k = Math.min(m, n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < k; j++) out[i * k + j] = j < i ? factor[i * (n + 1) + j] : j === i ? 1 : 0
  }
}

/** U of k×n, k = min(m, n). */
export const luUpper = (m: number, n: number, factor: Float64Array, out: Float64Array): void => {
  const k = Math.min(m, n)
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = j < i ? 0 : factor[i * (n + 1) + j]
  }
}

/** Uᵀ of an n×n factor. */
const upperTransposed = (n: number, factor: Float64Array): Float64Array => {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) out[j * n + i] = factor[i * (n + 1) + j]
  }
  return out
}

/** out ← A⁻¹·B or A⁻ᵀ·B for B of n×columns; NaN throughout where A is singular. */
export const luSolve = (
  n: number,
  columns: number,
  factor: Float64Array,
  transposed: boolean,
  b: Float64Array,
  out: Float64Array,
): void => {
  if (luStops(n, factor) !== -1) {
    out.fill(Number.NaN)
    return
  }
  const lower = new Float64Array(n * n)
  luLower(n, n, factor, lower)
  const upper = upperTransposed(n, factor)
  const work = new Float64Array(n * columns)
  const place = (i: number): number => factor[i * (n + 1) + n] * columns
  if (transposed) {
    solveLower(n, columns, upper, b, work)
    solveLowerTransposed(n, columns, lower, work, work)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < columns; j++) out[place(i) + j] = work[i * columns + j]
    }
    return
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns; j++) work[i * columns + j] = b[place(i) + j]
  }
  solveLower(n, columns, lower, work, work)
  solveLowerTransposed(n, columns, upper, work, out)
}

/** The sign of a permutation, which is the last column of an n×n factor. */
const permutationSign = (n: number, factor: Float64Array): number => {
  const seen = new Uint8Array(n)
  let sign = 1
  for (let i = 0; i < n; i++) {
    // A cycle of even length changes the sign.
    for (let j = i, length = 0; ; length++) {
      if (seen[j] === 1) {
        if (length > 0 && length % 2 === 0) sign = -sign
        break
      }
      seen[j] = 1
      j = factor[j * (n + 1) + n]
    }
  }
  return sign
}

/** det A of an n×n factor. */
export const luDeterminant = (n: number, factor: Float64Array): number => {
  let product = permutationSign(n, factor)
  for (let i = 0; i < n; i++) product *= factor[i * (n + 1) + i]
  // Never −0.
  return product + 0
}

/** The sign of det A: 0 where A is singular. */
export const luSign = (n: number, factor: Float64Array): number => {
  let product = permutationSign(n, factor)
  for (let i = 0; i < n; i++) product *= Math.sign(factor[i * (n + 1) + i])
  // Never −0.
  return product + 0
}

/** log |det A|, which neither overflows nor underflows: −∞ where A is singular. */
export const luLogAbs = (n: number, factor: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.log(Math.abs(factor[i * (n + 1) + i]))
  return sum
}
