/*
 * Householder reduction of a symmetric matrix to tridiagonal form, A = Q·T·Qᵀ, from the last row up, so that every
 * vector of the algorithm is the beginning of a row of the lower triangle (Golub & Van Loan, Matrix Computations,
 * 4th ed., §8.3.1). Q is kept as its reflectors Hᵢ = I − τᵢ·vᵢ·vᵢᵀ: Q = H[n−1]·…·H[1]. About 4/3·n³ operations.
 *
 * The rank-two update of one step is put off and done together with the matrix-vector product of the next one, in a
 * single pass over the triangle: a matrix that does not fit in the cache is read once for each step, not twice.
 */
import { type Sweep, sweepMemory } from '../wasm/sweep.js'

export interface Tridiagonal {
  readonly diagonal: Float64Array
  /** Entry i couples i − 1 and i; entry 0 is 0. */
  readonly subdiagonal: Float64Array
  /** Row i holds vᵢ in columns 0 … i−1, the last of them 1. */
  readonly reflectors: Float64Array
  readonly tau: Float64Array
}

/** Reduces the symmetric n×n matrix times `scale`, which brings its largest entry near 1; only the lower triangle of `a` is read. */
export type Tridiagonalize = (n: number, a: Float64Array, scale: number) => Tridiagonal

/**
 * With the largest entry of the matrix near 1, entries to be annihilated that are all smaller than this are set to 0:
 * a change far below rounding, and it keeps the reflectors out of the subnormal range, where they would lose digits.
 */
const NEGLIGIBLE = 2 ** -900

/** Below this order the copy of the matrix into WebAssembly memory does not pay. */
const SWEEP_MINIMUM = 24

/** The pass of wasm/sweep.wat in plain loops, two rows at a time. */
const plainSweep =
  (x: Float64Array): Sweep =>
  (rows, a, stride, v, w, u, p) => {
    let r = 0
    for (; r + 2 <= rows; r += 2) {
      const row0 = a + r * stride
      const row1 = row0 + stride
      const v0 = x[v + r]
      const v1 = x[v + r + 1]
      const w0 = x[w + r]
      const w1 = x[w + r + 1]
      const u0 = x[u + r]
      const u1 = x[u + r + 1]
      let sum0 = 0
      let sum1 = 0
      for (let c = 0; c < r; c++) {
        const vc = x[v + c]
        const wc = x[w + c]
        const uc = x[u + c]
        const x0 = x[row0 + c] - v0 * wc - w0 * vc
        const x1 = x[row1 + c] - v1 * wc - w1 * vc
        x[row0 + c] = x0
        x[row1 + c] = x1
        sum0 += x0 * uc
        sum1 += x1 * uc
        x[p + c] += x0 * u0 + x1 * u1
      }
      const x00 = x[row0 + r] - 2 * v0 * w0
      const x10 = x[row1 + r] - v1 * w0 - w1 * v0
      const x11 = x[row1 + r + 1] - 2 * v1 * w1
      x[row0 + r] = x00
      x[row1 + r] = x10
      x[row1 + r + 1] = x11
      x[p + r] += sum0 + x00 * u0 + x10 * u1
      x[p + r + 1] += sum1 + x10 * u0 + x11 * u1
    }
    if (r === rows) return
    const row = a + r * stride
    const v0 = x[v + r]
    const w0 = x[w + r]
    const u0 = x[u + r]
    let sum = 0
    for (let c = 0; c < r; c++) {
      const x0 = x[row + c] - v0 * x[w + c] - w0 * x[v + c]
      x[row + c] = x0
      sum += x0 * x[u + c]
      x[p + c] += x0 * u0
    }
    const x0 = x[row + r] - 2 * v0 * w0
    x[row + r] = x0
    x[p + r] += sum + x0 * u0
  }

/**
 * Turns x[row …], of length `count`, into v with last entry 1 such that (I − τ·v·vᵀ) maps the old row to
 * (0, …, 0, β); writes nothing but v and returns [τ, β] through `out`.
 */
const reflect = (x: Float64Array, row: number, count: number, out: Float64Array): void => {
  const last = row + count - 1
  const alpha = x[last]
  let scale = 0
  for (let c = row; c < last; c++) scale = Math.max(scale, Math.abs(x[c]))
  if (scale < NEGLIGIBLE) {
    x.fill(0, row, last)
    out[0] = 0
    out[1] = alpha
    x[last] = 1
    return
  }
  // Divided by the largest entry, so that squares neither overflow nor lose their digits to underflow.
  scale = Math.max(scale, Math.abs(alpha))
  let sum = 0
  for (let c = row; c <= last; c++) {
    const scaled = x[c] / scale
    sum += scaled * scaled
  }
  const norm = scale * Math.sqrt(sum)
  const beta = alpha > 0 ? -norm : norm
  const divisor = alpha - beta
  for (let c = row; c < last; c++) x[c] /= divisor
  x[last] = 1
  out[0] = -divisor / beta
  out[1] = beta
}

/** The embedded reduction: one pass over the triangle for each row, in SIMD WebAssembly where that runs. */
export const tridiagonalize: Tridiagonalize = (n, a, scale) => {
  const diagonal = new Float64Array(n)
  const subdiagonal = new Float64Array(n)
  const tau = new Float64Array(n)
  const stride = n + (n & 1)
  const size = n * stride
  const vectors = size + 3 * stride
  const fast = n < SWEEP_MINIMUM ? undefined : sweepMemory(vectors)
  const x = fast === undefined ? new Float64Array(vectors) : fast.memory
  const sweep = fast === undefined ? plainSweep(x) : fast.sweep
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) x[i * stride + j] = a[i * n + j] * scale
  }
  x.fill(0, size, vectors)
  const pair = new Float64Array(2)
  // The update −v·wᵀ − w·vᵀ put off from the step before: none at first (both zero).
  let v = size + 2 * stride
  let w = size
  let p = size + stride
  for (let i = n - 1; i > 0; i--) {
    const row = i * stride
    const vi = x[v + i]
    const wi = x[w + i]
    for (let c = 0; c <= i; c++) x[row + c] -= vi * x[w + c] + wi * x[v + c]
    diagonal[i] = x[row + i]
    reflect(x, row, i, pair)
    const t = pair[0]
    tau[i] = t
    subdiagonal[i] = pair[1]
    x.fill(0, p, p + i)
    sweep(i, 0, stride, v, w, row, p)
    // w = τ·p − ½·τ²·(pᵀv)·v
    let product = 0
    for (let c = 0; c < i; c++) product += x[p + c] * x[row + c]
    const shift = -0.5 * t * t * product
    for (let c = 0; c < i; c++) x[p + c] = t * x[p + c] + shift * x[row + c]
    const free = w
    w = p
    p = free
    v = row
  }
  // The last reflector acts on one entry and is the identity, so nothing is left to update.
  if (n > 0) diagonal[0] = x[0]
  const reflectors = new Float64Array(n * n)
  for (let i = 1; i < n; i++) reflectors.set(x.subarray(i * stride, i * stride + i), i * n)
  return { diagonal, subdiagonal, reflectors, tau }
}
