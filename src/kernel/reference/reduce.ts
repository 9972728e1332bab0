/*
 * Reductions of x viewed as [outer, n, inner] over its middle axis. Sums are pairwise: blocks of at most BLOCK terms
 * are added by independent accumulators and the blocks are joined by halving, so the rounding error grows like
 * log n (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §4.2) at the cost of a plain loop.
 */

const BLOCK = 128
/** Below this inner length columns are summed one by one with a stride; above it whole rows are added. */
const ROW_MINIMUM = 8

const sumStrided = (x: Float64Array, start: number, count: number, stride: number): number => {
  if (count > BLOCK) {
    const half = (count >> 1) & ~7
    return sumStrided(x, start, half, stride) + sumStrided(x, start + half * stride, count - half, stride)
  }
  if (count < 8) {
    if (count === 0) return 0
    let sum = x[start]
    for (let i = 1, at = start + stride; i < count; i++, at += stride) sum += x[at]
    return sum
  }
  const s2 = 2 * stride
  const s3 = 3 * stride
  const s4 = 4 * stride
  const s8 = 8 * stride
  let at = start
  let sum0 = x[at]
  let sum1 = x[at + stride]
  let sum2 = x[at + s2]
  let sum3 = x[at + s3]
  let sum4 = x[at + s4]
  let sum5 = x[at + s4 + stride]
  let sum6 = x[at + s4 + s2]
  let sum7 = x[at + s4 + s3]
  at += s8
  let i = 8
  for (; i + 8 <= count; i += 8, at += s8) {
    sum0 += x[at]
    sum1 += x[at + stride]
    sum2 += x[at + s2]
    sum3 += x[at + s3]
    sum4 += x[at + s4]
    sum5 += x[at + s4 + stride]
    sum6 += x[at + s4 + s2]
    sum7 += x[at + s4 + s3]
  }
  let sum = sum0 + sum1 + (sum2 + sum3) + (sum4 + sum5 + (sum6 + sum7))
  for (; i < count; i++, at += stride) sum += x[at]
  return sum
}

/** Adds `count` ≥ 1 rows of length `inner` into out[outStart…]; `scratch` has one row for each remaining level of halving. */
const sumRows = (
  x: Float64Array,
  start: number,
  count: number,
  inner: number,
  out: Float64Array,
  outStart: number,
  scratch: Float64Array,
  level: number,
): void => {
  if (count > BLOCK) {
    const half = (count >> 1) & ~7
    sumRows(x, start, half, inner, out, outStart, scratch, level + 1)
    const row = level * inner
    sumRows(x, start + half * inner, count - half, inner, scratch, row, scratch, level + 1)
    for (let j = 0; j < inner; j++) out[outStart + j] += scratch[row + j]
    return
  }
  for (let j = 0; j < inner; j++) out[outStart + j] = x[start + j]
  let i = 1
  let at = start + inner
  for (; i + 4 <= count; i += 4, at += 4 * inner) {
    const at1 = at + inner
    const at2 = at1 + inner
    const at3 = at2 + inner
    for (let j = 0; j < inner; j++) out[outStart + j] += x[at + j] + x[at1 + j] + (x[at2 + j] + x[at3 + j])
  }
  for (; i < count; i++, at += inner) {
    for (let j = 0; j < inner; j++) out[outStart + j] += x[at + j]
  }
}

const halvings = (n: number): number => (n > BLOCK ? Math.ceil(Math.log2(n / BLOCK)) + 2 : 0)

/** out[o, j] = Σᵢ x[o, i, j]; the empty sum is 0. */
export const sumAxis = (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array): void => {
  if (n === 0) {
    out.fill(0, 0, outer * inner)
    return
  }
  if (inner < ROW_MINIMUM) {
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < inner; j++) out[o * inner + j] = sumStrided(x, o * n * inner + j, n, inner)
    }
    return
  }
  const scratch = new Float64Array(halvings(n) * inner)
  for (let o = 0; o < outer; o++) sumRows(x, o * n * inner, n, inner, out, o * inner, scratch, 0)
}

/** out[o, j] = Πᵢ x[o, i, j]; the empty product is 1. */
export const prodAxis = (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array): void => {
  out.fill(1, 0, outer * inner)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < n; i++) {
      const row = (o * n + i) * inner
      for (let j = 0; j < inner; j++) out[o * inner + j] *= x[row + j]
    }
  }
}

/** out[o, j] = maxᵢ x[o, i, j]; NaN propagates, +0 is above −0, and the empty maximum is −∞. */
export const maxAxis = (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array): void => {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) {
      let best = -Infinity
      for (let at = o * n; at < (o + 1) * n; at++) best = Math.max(best, x[at])
      out[o] = best
    }
    return
  }
  out.fill(-Infinity, 0, outer * inner)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < n; i++) {
      const row = (o * n + i) * inner
      for (let j = 0; j < inner; j++) out[o * inner + j] = Math.max(out[o * inner + j], x[row + j])
    }
  }
}

/** out[o, j] = minᵢ x[o, i, j]; NaN propagates, −0 is below +0, and the empty minimum is +∞. */
export const minAxis = (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array): void => {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) {
      let best = Infinity
      for (let at = o * n; at < (o + 1) * n; at++) best = Math.min(best, x[at])
      out[o] = best
    }
    return
  }
  out.fill(Infinity, 0, outer * inner)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < n; i++) {
      const row = (o * n + i) * inner
      for (let j = 0; j < inner; j++) out[o * inner + j] = Math.min(out[o * inner + j], x[row + j])
    }
  }
}

/** out[o, j] = the first i where x[o, i, j] is largest; the first NaN wins over every number. The axis must not be empty (the index of an empty one is 0). */
export const argmaxAxis = (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array): void => {
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      let at = o * n * inner + j
      let best = x[at]
      let index = 0
      for (let i = 1; i < n && best === best; i++) {
        at += inner
        const value = x[at]
        if (value > best || value !== value) {
          best = value
          index = i
        }
      }
      out[o * inner + j] = index
    }
  }
}

/** out[o, i, j] = Σ_{h ≤ i} x[o, h, j], or Σ_{h ≥ i} when reverse. */
export const cumsumAxis = (
  outer: number,
  n: number,
  inner: number,
  x: Float64Array,
  out: Float64Array,
  reverse: boolean,
): void => {
  if (n === 0) return
  const step = reverse ? -inner : inner
  for (let o = 0; o < outer; o++) {
    let row = (o * n + (reverse ? n - 1 : 0)) * inner
    for (let j = 0; j < inner; j++) out[row + j] = x[row + j]
    for (let i = 1; i < n; i++) {
      row += step
      for (let j = 0; j < inner; j++) out[row + j] = out[row - step + j] + x[row + j]
    }
  }
}
