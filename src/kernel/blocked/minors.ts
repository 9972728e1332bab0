/** Determinants and cofactors; the latter from singular values, whose products without one of them need no division. */
import { luDeterminant, luFactor } from './lu.js'

/** out₀ ← det a. */
export const determinant = (n: number, a: Float64Array, out: Float64Array): void => {
  const factor = new Float64Array(n * (n + 1))
  luFactor(n, n, a, factor)
  out[0] = luDeterminant(n, factor)
}

/** Π of s without entry `skipped`. */
const productWithout = (s: Float64Array, skipped: number): number => {
  let product = 1
  for (let k = 0; k < s.length; k++) if (k !== skipped) product *= s[k]
  return product
}

const signOfOrthogonal = (n: number, q: Float64Array): number => {
  const determinantOfQ = new Float64Array(1)
  determinant(n, q, determinantOfQ)
  return Math.sign(determinantOfQ[0])
}

/** out₀ ← det U·det V of a packed decomposition (the rows of U, of V, and s): 1 or −1. */
export const orientation = (n: number, packed: Float64Array, out: Float64Array): void => {
  out[0] = signOfOrthogonal(n, packed.subarray(0, n * n)) * signOfOrthogonal(n, packed.subarray(n * n, 2 * n * n))
}

/** out ← det U·det V·U·diag(Π_{k≠i} s_k)·Vᵀ, the cofactors of U·diag(s)·Vᵀ. */
export const cofactorsOf = (n: number, packed: Float64Array, out: Float64Array): void => {
  const u = packed.subarray(0, n * n)
  const v = packed.subarray(n * n, 2 * n * n)
  const s = packed.subarray(2 * n * n)
  const sign = new Float64Array(1)
  orientation(n, packed, sign)
  const weights = s.map((_, i) => sign[0] * productWithout(s, i))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += u[i * n + k] * weights[k] * v[j * n + k]
      out[i * n + j] = sum
    }
  }
}

/** out ← Σ v_i·u_iᵀ/s_i over the s_i above cutoff·max s: n×m of an m×n matrix, with vectors as columns of k. */
export const pseudoInverse = (
  m: number,
  n: number,
  u: Float64Array,
  s: Float64Array,
  v: Float64Array,
  cutoff: number,
  out: Float64Array,
): void => {
  const k = s.length
  const least = k === 0 ? 0 : cutoff * s[0]
  out.fill(k > 0 && s[0] !== s[0] ? Number.NaN : 0)
  for (let p = 0; p < k; p++) {
    if (!(s[p] > least)) continue
    for (let i = 0; i < n; i++) {
      const weight = v[i * k + p] / s[p]
      for (let j = 0; j < m; j++) out[i * m + j] += weight * u[j * k + p]
    }
  }
}
