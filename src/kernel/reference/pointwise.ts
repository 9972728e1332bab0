/**
 * Elementwise loops. Operands may be periods of a longer array (a.length divides n), which is how broadcasting along
 * leading axes is computed without writing the copies out. The operations that dominate a gradient have loops of their
 * own, since a call through a function value costs as much as the arithmetic, unrolled by four, which halves their time.
 */
import { allocate } from './allocate.js'

/** out[i] = f(x[i]). */
export const mapEntries = (f: (x: number) => number, x: Float64Array): Float64Array => {
  const out = allocate(x.length)
  for (let i = 0; i < x.length; i++) out[i] = f(x[i])
  return out
}

/** The common period of two operands: the longer one, unless neither repeats the other. */
const span = (a: Float64Array, b: Float64Array, n: number): number => {
  const longer = Math.max(a.length, b.length)
  return longer % Math.max(1, Math.min(a.length, b.length)) === 0 ? longer : n
}

/** out[i] = f(a[i mod period], b[i mod period]); the result may itself be one period. */
export const zipEntries = (
  f: (a: number, b: number) => number,
  a: Float64Array,
  b: Float64Array,
  n: number,
): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  for (let i = 0, p = 0, q = 0; i < length; i++) {
    out[i] = f(a[p], b[q])
    if (++p === a.length) p = 0
    if (++q === b.length) q = 0
  }
  return out
}

/** out[i] = f(a[i], b[i], c[i]). */
export const tripleEntries = (
  f: (a: number, b: number, c: number) => number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): Float64Array => {
  const out = allocate(a.length)
  for (let i = 0; i < a.length; i++) out[i] = f(a[i], b[i], c[i])
  return out
}

export const negEntries = (x: Float64Array): Float64Array => {
  const n = x.length
  const out = allocate(n)
  let i = 0
  for (; i + 3 < n; i += 4) {
    out[i] = -x[i]
    out[i + 1] = -x[i + 1]
    out[i + 2] = -x[i + 2]
    out[i + 3] = -x[i + 3]
  }
  for (; i < n; i++) out[i] = -x[i]
  return out
}

export const squareEntries = (x: Float64Array): Float64Array => {
  const n = x.length
  const out = allocate(n)
  let i = 0
  for (; i + 3 < n; i += 4) {
    out[i] = x[i] * x[i]
    out[i + 1] = x[i + 1] * x[i + 1]
    out[i + 2] = x[i + 2] * x[i + 2]
    out[i + 3] = x[i + 3] * x[i + 3]
  }
  for (; i < n; i++) out[i] = x[i] * x[i]
  return out
}

export const reciprocalEntries = (x: Float64Array): Float64Array => {
  const n = x.length
  const out = allocate(n)
  let i = 0
  for (; i + 3 < n; i += 4) {
    out[i] = 1 / x[i]
    out[i + 1] = 1 / x[i + 1]
    out[i + 2] = 1 / x[i + 2]
    out[i + 3] = 1 / x[i + 3]
  }
  for (; i < n; i++) out[i] = 1 / x[i]
  return out
}

/** One stretch along which neither operand starts again. */
type Run = (
  a: Float64Array,
  p: number,
  b: Float64Array,
  q: number,
  out: Float64Array,
  start: number,
  length: number,
) => void

const eachRun = (run: Run, a: Float64Array, b: Float64Array, out: Float64Array): void => {
  const n = out.length
  for (let start = 0, p = 0, q = 0; start < n; ) {
    const length = Math.min(a.length - p, b.length - q)
    run(a, p, b, q, out, start, length)
    start += length
    p = p + length === a.length ? 0 : p + length
    q = q + length === b.length ? 0 : q + length
  }
}

const addRun: Run = (a, p, b, q, out, start, length) => {
  let i = 0
  for (; i + 3 < length; i += 4) {
    out[start + i] = a[p + i] + b[q + i]
    out[start + i + 1] = a[p + i + 1] + b[q + i + 1]
    out[start + i + 2] = a[p + i + 2] + b[q + i + 2]
    out[start + i + 3] = a[p + i + 3] + b[q + i + 3]
  }
  for (; i < length; i++) out[start + i] = a[p + i] + b[q + i]
}

export const addEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (b.length === 1 && length > 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] + q
  else if (a.length === 1 && length > 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p + b[i]
  else eachRun(addRun, a, b, out)
  return out
}

const subRun: Run = (a, p, b, q, out, start, length) => {
  let i = 0
  for (; i + 3 < length; i += 4) {
    out[start + i] = a[p + i] - b[q + i]
    out[start + i + 1] = a[p + i + 1] - b[q + i + 1]
    out[start + i + 2] = a[p + i + 2] - b[q + i + 2]
    out[start + i + 3] = a[p + i + 3] - b[q + i + 3]
  }
  for (; i < length; i++) out[start + i] = a[p + i] - b[q + i]
}

export const subEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (b.length === 1 && length > 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] - q
  else if (a.length === 1 && length > 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p - b[i]
  else eachRun(subRun, a, b, out)
  return out
}

const mulRun: Run = (a, p, b, q, out, start, length) => {
  let i = 0
  for (; i + 3 < length; i += 4) {
    out[start + i] = a[p + i] * b[q + i]
    out[start + i + 1] = a[p + i + 1] * b[q + i + 1]
    out[start + i + 2] = a[p + i + 2] * b[q + i + 2]
    out[start + i + 3] = a[p + i + 3] * b[q + i + 3]
  }
  for (; i < length; i++) out[start + i] = a[p + i] * b[q + i]
}

export const mulEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (b.length === 1 && length > 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] * q
  else if (a.length === 1 && length > 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p * b[i]
  else eachRun(mulRun, a, b, out)
  return out
}

const divRun: Run = (a, p, b, q, out, start, length) => {
  let i = 0
  for (; i + 3 < length; i += 4) {
    out[start + i] = a[p + i] / b[q + i]
    out[start + i + 1] = a[p + i + 1] / b[q + i + 1]
    out[start + i + 2] = a[p + i + 2] / b[q + i + 2]
    out[start + i + 3] = a[p + i + 3] / b[q + i + 3]
  }
  for (; i < length; i++) out[start + i] = a[p + i] / b[q + i]
}

export const divEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (b.length === 1 && length > 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] / q
  else if (a.length === 1 && length > 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p / b[i]
  else eachRun(divRun, a, b, out)
  return out
}

/** The product in which an exact zero wins over ∞ and NaN. Only a NaN product needs the second look. */
export const absorb = (a: number, b: number): number => {
  const product = a * b
  return product === product || (a !== 0 && b !== 0) ? product : 0
}

export const absorbEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const out = mulEntries(a, b, n)
  const length = out.length
  // NaN is rare, and a sum is NaN where a term is: a pass that only reads is cheaper than a test within the product.
  for (let i = 0; i < length; i += 4) {
    const four = i + 3 < length ? out[i] + out[i + 1] + out[i + 2] + out[i + 3] : Number.NaN
    if (four !== four)
      for (let j = i; j < Math.min(i + 4, length); j++)
        if (out[j] !== out[j]) out[j] = absorb(a[j % a.length], b[j % b.length])
  }
  return out
}

/** out[i] = condition[i] is not 0 ? a[i] : b[i]. */
export const selectEntries = (condition: Float64Array, a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const out = allocate(n)
  for (let i = 0, c = 0, p = 0, q = 0; i < n; i++) {
    out[i] = condition[c] !== 0 ? a[p] : b[q]
    if (++c === condition.length) c = 0
    if (++p === a.length) p = 0
    if (++q === b.length) q = 0
  }
  return out
}
