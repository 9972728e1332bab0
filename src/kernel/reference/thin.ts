/*
 * Products with fewer than four columns, by strides: C[i, j] = Σₚ A[i, p]·B[p, j] with A[i, p] at
 * a[aOffset + i·aRow + p·aStep] and so on. Fewer than four rows are the same problem transposed (a·b and b·a have
 * the same bits). The loop follows the contiguous direction of A; the order of p within an entry stays 0, 1, …
 */

/** One column, A contiguous along p: four entries at a time hide the latency of the additions. */
const columnByRows = (
  m: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  aRow: number,
  b: Float64Array,
  bOffset: number,
  bStep: number,
  c: Float64Array,
  cOffset: number,
  cRow: number,
): void => {
  let i = 0
  for (; i + 4 <= m; i += 4) {
    let at0 = aOffset + i * aRow
    let at1 = at0 + aRow
    let at2 = at1 + aRow
    let at3 = at2 + aRow
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let p = 0, q = bOffset; p < k; p++, q += bStep) {
      const value = b[q]
      s0 += a[at0++] * value
      s1 += a[at1++] * value
      s2 += a[at2++] * value
      s3 += a[at3++] * value
    }
    const to = cOffset + i * cRow
    c[to] = s0
    c[to + cRow] = s1
    c[to + 2 * cRow] = s2
    c[to + 3 * cRow] = s3
  }
  for (; i < m; i++) {
    let sum = 0
    for (let p = 0, at = aOffset + i * aRow, q = bOffset; p < k; p++, at++, q += bStep) sum += a[at] * b[q]
    c[cOffset + i * cRow] = sum
  }
}

/** One column, A contiguous along i: four steps of p at a time save three of four passes over C. */
const columnBySteps = (
  m: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  aStep: number,
  b: Float64Array,
  bOffset: number,
  bStep: number,
  c: Float64Array,
  cOffset: number,
  cRow: number,
): void => {
  for (let i = 0, to = cOffset; i < m; i++, to += cRow) c[to] = 0
  let p = 0
  for (; p + 4 <= k; p += 4) {
    const q = bOffset + p * bStep
    const b0 = b[q]
    const b1 = b[q + bStep]
    const b2 = b[q + 2 * bStep]
    const b3 = b[q + 3 * bStep]
    let at0 = aOffset + p * aStep
    let at1 = at0 + aStep
    let at2 = at1 + aStep
    let at3 = at2 + aStep
    for (let i = 0, to = cOffset; i < m; i++, to += cRow) {
      c[to] = c[to] + a[at0++] * b0 + a[at1++] * b1 + a[at2++] * b2 + a[at3++] * b3
    }
  }
  for (; p < k; p++) {
    const value = b[bOffset + p * bStep]
    for (let i = 0, at = aOffset + p * aStep, to = cOffset; i < m; i++, at++, to += cRow) c[to] += a[at] * value
  }
}

/** Two columns, two rows at a time. */
const twoColumns = (
  m: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  aRow: number,
  aStep: number,
  b: Float64Array,
  bOffset: number,
  bColumn: number,
  bStep: number,
  c: Float64Array,
  cOffset: number,
  cRow: number,
  cColumn: number,
): void => {
  let i = 0
  for (; i + 2 <= m; i += 2) {
    let at0 = aOffset + i * aRow
    let at1 = at0 + aRow
    let s00 = 0
    let s01 = 0
    let s10 = 0
    let s11 = 0
    for (let p = 0, q = bOffset; p < k; p++, q += bStep) {
      const a0 = a[at0]
      const a1 = a[at1]
      const b0 = b[q]
      const b1 = b[q + bColumn]
      s00 += a0 * b0
      s01 += a0 * b1
      s10 += a1 * b0
      s11 += a1 * b1
      at0 += aStep
      at1 += aStep
    }
    const to = cOffset + i * cRow
    c[to] = s00
    c[to + cColumn] = s01
    c[to + cRow] = s10
    c[to + cRow + cColumn] = s11
  }
  if (i < m) {
    columnByStride(k, a, aOffset + i * aRow, aStep, b, bOffset, bStep, c, cOffset + i * cRow)
    columnByStride(k, a, aOffset + i * aRow, aStep, b, bOffset + bColumn, bStep, c, cOffset + i * cRow + cColumn)
  }
}

/** A single entry of C. */
const columnByStride = (
  k: number,
  a: Float64Array,
  aStart: number,
  aStep: number,
  b: Float64Array,
  bStart: number,
  bStep: number,
  c: Float64Array,
  to: number,
): void => {
  let sum = 0
  for (let p = 0, at = aStart, q = bStart; p < k; p++, at += aStep, q += bStep) sum += a[at] * b[q]
  c[to] = sum
}

/** C ← A·B for 1 ≤ n ≤ 3 columns; a stride of A along i or along p is expected to be 1. */
export const matmulThin = (
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  aRow: number,
  aStep: number,
  b: Float64Array,
  bOffset: number,
  bColumn: number,
  bStep: number,
  c: Float64Array,
  cOffset: number,
  cRow: number,
  cColumn: number,
): void => {
  let j = 0
  for (; j + 2 <= n; j += 2) {
    twoColumns(
      m,
      k,
      a,
      aOffset,
      aRow,
      aStep,
      b,
      bOffset + j * bColumn,
      bColumn,
      bStep,
      c,
      cOffset + j * cColumn,
      cRow,
      cColumn,
    )
  }
  if (j === n) return
  const bStart = bOffset + j * bColumn
  const cStart = cOffset + j * cColumn
  if (aStep === 1) columnByRows(m, k, a, aOffset, aRow, b, bStart, bStep, c, cStart, cRow)
  else columnBySteps(m, k, a, aOffset, aStep, b, bStart, bStep, c, cStart, cRow)
}
