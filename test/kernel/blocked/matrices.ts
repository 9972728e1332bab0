/** Matrices for factorisations, made and multiplied by plain loops. */

export const EPSILON = 2 ** -52
export const at = (x: Float64Array, i: number): number => x[i] ?? Number.NaN
export const largest = (x: Float64Array): number => x.reduce((found, value) => Math.max(found, Math.abs(value)), 0)

/** Numbers in [−1, 1) that a seed decides. */
export const numbers = (length: number, seed: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => (Math.imul(i + 1 + 7919 * seed, 2654435761) >>> 0) / 2 ** 31 - 1)

export const transposed = (n: number, a: Float64Array): Float64Array =>
  Float64Array.from({ length: n * n }, (_, ij) => at(a, (ij % n) * n + Math.floor(ij / n)))

/** A·B for A of m×k and B of k×n. */
export const productOf = (m: number, n: number, k: number, a: Float64Array, b: Float64Array): Float64Array => {
  const c = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const factor = at(a, i * k + p)
      for (let j = 0; j < n; j++) c[i * n + j] = at(c, i * n + j) + factor * at(b, p * n + j)
    }
  return c
}

/** B·Bᵀ + I/8: positive definite by construction. */
export const positive = (n: number, seed: number): Float64Array => {
  const b = numbers(n * n, seed)
  return productOf(n, n, n, b, transposed(n, b)).map((value, ij) => (ij % (n + 1) === 0 ? value + 0.125 : value))
}

/** H·diag·H with a spectrum from 1 down to 1/condition, H = I − 2·x·xᵀ/xᵀx. */
export const conditioned = (n: number, condition: number): Float64Array => {
  const x = numbers(n, 1)
  const square = x.reduce((sum, value) => sum + value * value, 0)
  const h = Float64Array.from(
    { length: n * n },
    (_, ij) => (ij % (n + 1) === 0 ? 1 : 0) - (2 * at(x, Math.floor(ij / n)) * at(x, ij % n)) / square,
  )
  const scaled = h.map((value, ij) => value * condition ** -((ij % n) / (n - 1)))
  return productOf(n, n, n, scaled, h)
}
