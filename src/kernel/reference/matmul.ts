/*
 * Matrix products in plain TypeScript. Every path accumulates each entry of C over p = 0, 1, … in increasing order
 * from +0 with separate multiplications and additions, so all of them return the bits of the naive triple loop.
 */
import type { MatrixKernel } from '../MatrixKernel.js'
import { matmulThin } from './thin.js'

/** Products of at most this many multiplications (and no packing to gain from) run in the triple loop. */
const TINY = 64

let packedA = new Float64Array(0)
let packedB = new Float64Array(0)

const transposeInto = (rows: number, columns: number, x: Float64Array, offset: number, out: Float64Array): void => {
  const edge = 16
  for (let r0 = 0; r0 < rows; r0 += edge) {
    const r1 = Math.min(rows, r0 + edge)
    for (let c0 = 0; c0 < columns; c0 += edge) {
      const c1 = Math.min(columns, c0 + edge)
      for (let c = c0; c < c1; c++) {
        for (let r = r0; r < r1; r++) out[c * rows + r] = x[offset + r * columns + c]
      }
    }
  }
}

/** Copies columns j … j+3 of op(B) into panel[4p … 4p+3], with zeros beyond column n. */
const packPanel = (
  n: number,
  k: number,
  b: Float64Array,
  bOffset: number,
  transposeB: boolean,
  j: number,
  panel: Float64Array,
): void => {
  const bColumn = transposeB ? k : 1
  const bStep = transposeB ? 1 : n
  const start = bOffset + j * bColumn
  if (j + 4 <= n) {
    for (let p = 0, at = start, to = 0; p < k; p++, at += bStep, to += 4) {
      panel[to] = b[at]
      panel[to + 1] = b[at + bColumn]
      panel[to + 2] = b[at + 2 * bColumn]
      panel[to + 3] = b[at + 3 * bColumn]
    }
    return
  }
  const width = n - j
  for (let p = 0, at = start, to = 0; p < k; p++, at += bStep, to += 4) {
    for (let q = 0; q < 4; q++) panel[to + q] = q < width ? b[at + q * bColumn] : 0
  }
}

const store = (c: Float64Array, at: number, width: number, s0: number, s1: number, s2: number, s3: number): void => {
  c[at] = s0
  if (width > 1) c[at + 1] = s1
  if (width > 2) c[at + 2] = s2
  if (width > 3) c[at + 3] = s3
}

const twoRows = (
  k: number,
  a: Float64Array,
  row: number,
  panel: Float64Array,
  c: Float64Array,
  at: number,
  n: number,
  width: number,
): void => {
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  const end = row + k
  for (let i0 = row, i1 = row + k, q = 0; i0 < end; i0++, i1++, q += 4) {
    const a0 = a[i0]
    const a1 = a[i1]
    const b0 = panel[q]
    const b1 = panel[q + 1]
    const b2 = panel[q + 2]
    const b3 = panel[q + 3]
    s00 += a0 * b0
    s01 += a0 * b1
    s02 += a0 * b2
    s03 += a0 * b3
    s10 += a1 * b0
    s11 += a1 * b1
    s12 += a1 * b2
    s13 += a1 * b3
  }
  store(c, at, width, s00, s01, s02, s03)
  store(c, at + n, width, s10, s11, s12, s13)
}

const oneRow = (
  k: number,
  a: Float64Array,
  row: number,
  panel: Float64Array,
  c: Float64Array,
  at: number,
  width: number,
): void => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let p = 0, q = 0; p < k; p++, q += 4) {
    const ap = a[row + p]
    s0 += ap * panel[q]
    s1 += ap * panel[q + 1]
    s2 += ap * panel[q + 2]
    s3 += ap * panel[q + 3]
  }
  store(c, at, width, s0, s1, s2, s3)
}

const matmulPlain: MatrixKernel = (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
  const aRow = transposeA ? 1 : k
  const aStep = transposeA ? m : 1
  const bColumn = transposeB ? k : 1
  const bStep = transposeB ? 1 : n
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      let pa = aOffset + i * aRow
      let pb = bOffset + j * bColumn
      for (let p = 0; p < k; p++) {
        sum += a[pa] * b[pb]
        pa += aStep
        pb += bStep
      }
      c[cOffset + i * n + j] = sum
    }
  }
}

/** 2×4 tiles of C held in registers; B in panels of four columns, A by rows (transposed into rows first where it is not). */
const matmulTiled: MatrixKernel = (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
  if (packedB.length < 4 * k) packedB = new Float64Array(8 * k)
  let rows = a
  let start = aOffset
  if (transposeA) {
    if (packedA.length < m * k) packedA = new Float64Array(m * k)
    transposeInto(k, m, a, aOffset, packedA)
    rows = packedA
    start = 0
  }
  const even = m & ~1
  for (let j = 0; j < n; j += 4) {
    packPanel(n, k, b, bOffset, transposeB, j, packedB)
    const width = Math.min(4, n - j)
    for (let i = 0; i < even; i += 2) twoRows(k, rows, start + i * k, packedB, c, cOffset + i * n + j, n, width)
    if (even < m) oneRow(k, rows, start + even * k, packedB, c, cOffset + even * n + j, width)
  }
}

/** C ← op(A)·op(B) in plain TypeScript: the triple loop for tiny products, thin loops for vectors, tiles otherwise. */
export const matmulReference: MatrixKernel = (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
  if (m * n * k <= TINY) matmulPlain(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)
  else if (n < 4) {
    matmulThin(
      m,
      n,
      k,
      a,
      aOffset,
      transposeA ? 1 : k,
      transposeA ? m : 1,
      b,
      bOffset,
      transposeB ? k : 1,
      transposeB ? 1 : n,
      c,
      cOffset,
      n,
      1,
    )
  } else if (m < 4) {
    matmulThin(
      n,
      m,
      k,
      b,
      bOffset,
      transposeB ? k : 1,
      transposeB ? 1 : n,
      a,
      aOffset,
      transposeA ? 1 : k,
      transposeA ? m : 1,
      c,
      cOffset,
      1,
      n,
    )
  } else matmulTiled(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)
}
