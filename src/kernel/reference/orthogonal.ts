/*
 * The orthogonal factors of the symmetric eigenproblem applied to vectors: the reflectors of tridiagonalize.ts and the
 * rotations of implicitQL.ts, one vector or four at a time. V = Q·G, and every function here works in place.
 */
import { projection } from '../wasm/project.js'
import type { Rotations } from './implicitQL.js'
import type { Tridiagonal } from './tridiagonalize.js'

/** y ← Hᵢ·y for the reflector in row i. */
const reflectVector = (n: number, { reflectors, tau }: Tridiagonal, i: number, y: Float64Array): void => {
  if (tau[i] === 0) return
  const row = i * n
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  let c = 0
  for (; c + 4 <= i; c += 4) {
    sum0 += reflectors[row + c] * y[c]
    sum1 += reflectors[row + c + 1] * y[c + 1]
    sum2 += reflectors[row + c + 2] * y[c + 2]
    sum3 += reflectors[row + c + 3] * y[c + 3]
  }
  for (; c < i; c++) sum0 += reflectors[row + c] * y[c]
  const factor = tau[i] * (sum0 + sum1 + (sum2 + sum3))
  for (c = 0; c < i; c++) y[c] -= factor * reflectors[row + c]
}

/** y ← Vᵀ·y = Gᵀ·Qᵀ·y. */
export const projectVector = (n: number, q: Tridiagonal, { angles, runs }: Rotations, y: Float64Array): void => {
  for (let i = n - 1; i > 0; i--) reflectVector(n, q, i, y)
  let at = 0
  for (let run = 0; run < runs.length; run += 2) {
    const start = runs[run]
    const end = start - runs[run + 1]
    let carried = y[start + 1]
    for (let i = start; i > end; i--, at += 2) {
      const cos = angles[at]
      const sin = angles[at + 1]
      const value = y[i]
      y[i + 1] = sin * value + cos * carried
      carried = cos * value - sin * carried
    }
    y[end + 1] = carried
  }
}

/** y ← V·y = Q·G·y: the rotations backwards and inverted, then the reflectors. */
export const expandVector = (n: number, q: Tridiagonal, { angles, runs }: Rotations, y: Float64Array): void => {
  let at = angles.length - 2
  for (let run = runs.length - 2; run >= 0; run -= 2) {
    const end = runs[run]
    const start = end - runs[run + 1] + 1
    let carried = y[start]
    for (let i = start; i <= end; i++, at -= 2) {
      const cos = angles[at]
      const sin = angles[at + 1]
      const value = y[i + 1]
      y[i] = cos * carried + sin * value
      carried = cos * value - sin * carried
    }
    y[end + 1] = carried
  }
  for (let i = 1; i < n; i++) reflectVector(n, q, i, y)
}

/** Y ← Hᵢ·Y for Y of n×4. */
const reflectFour = (n: number, { reflectors, tau }: Tridiagonal, i: number, y: Float64Array): void => {
  const t = tau[i]
  if (t === 0) return
  const row = i * n
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  for (let c = 0, at = 0; c < i; c++, at += 4) {
    const v = reflectors[row + c]
    sum0 += v * y[at]
    sum1 += v * y[at + 1]
    sum2 += v * y[at + 2]
    sum3 += v * y[at + 3]
  }
  sum0 *= t
  sum1 *= t
  sum2 *= t
  sum3 *= t
  for (let c = 0, at = 0; c < i; c++, at += 4) {
    const v = reflectors[row + c]
    y[at] -= sum0 * v
    y[at + 1] -= sum1 * v
    y[at + 2] -= sum2 * v
    y[at + 3] -= sum3 * v
  }
}

/** Y ← Vᵀ·Y for Y of n×4, row-major: four times the work for each angle read. */
const projectFour = (n: number, q: Tridiagonal, { angles, runs }: Rotations, y: Float64Array): void => {
  for (let i = n - 1; i > 0; i--) reflectFour(n, q, i, y)
  let at = 0
  for (let run = 0; run < runs.length; run += 2) {
    const start = runs[run]
    const end = start - runs[run + 1]
    let to = 4 * (start + 1)
    let carried0 = y[to]
    let carried1 = y[to + 1]
    let carried2 = y[to + 2]
    let carried3 = y[to + 3]
    for (let i = start; i > end; i--, at += 2, to -= 4) {
      const cos = angles[at]
      const sin = angles[at + 1]
      const value0 = y[to - 4]
      const value1 = y[to - 3]
      const value2 = y[to - 2]
      const value3 = y[to - 1]
      y[to] = sin * value0 + cos * carried0
      y[to + 1] = sin * value1 + cos * carried1
      y[to + 2] = sin * value2 + cos * carried2
      y[to + 3] = sin * value3 + cos * carried3
      carried0 = cos * value0 - sin * carried0
      carried1 = cos * value1 - sin * carried1
      carried2 = cos * value2 - sin * carried2
      carried3 = cos * value3 - sin * carried3
    }
    y[to] = carried0
    y[to + 1] = carried1
    y[to + 2] = carried2
    y[to + 3] = carried3
  }
}

/** Below this order loading the factors into WebAssembly memory does not pay. */
const WASM_MINIMUM = 16

/** Writes V into `out`, n×n row-major, with column i of `out` the column order[i] of Q·G. */
export const formVectors = (
  n: number,
  q: Tridiagonal,
  rotations: Rotations,
  order: Int32Array,
  out: Float64Array,
): void => {
  const { angles, runs } = rotations
  const fast = n < WASM_MINIMUM ? undefined : projection(n, q.reflectors, q.tau, runs, angles)
  const width = fast === undefined ? 4 : 8
  const block = fast === undefined ? new Float64Array(width * n) : fast.block
  // Vᵀ·I, some columns of I at a time: column r of Vᵀ is row r of V.
  for (let r = 0; r < n; r += width) {
    const rows = Math.min(width, n - r)
    block.fill(0)
    for (let c = 0; c < rows; c++) block[width * (r + c) + c] = 1
    if (fast === undefined) projectFour(n, q, rotations, block)
    else fast.run()
    for (let i = 0; i < n; i++) {
      const from = width * order[i]
      for (let c = 0; c < rows; c++) out[(r + c) * n + i] = block[from + c]
    }
  }
}
