/**
 * Elementwise loops. Operands may be periods of a longer array (a.length divides n), which is how broadcasting along
 * leading axes is computed without writing the copies out. The operations that dominate a gradient have loops of their
 * own, since a call through a function value costs as much as the arithmetic.
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

export const negEntries = (x: Float64Array): Float64Array => {
  const out = allocate(x.length)
  for (let i = 0; i < x.length; i++) out[i] = -x[i]
  return out
}

export const squareEntries = (x: Float64Array): Float64Array => {
  const out = allocate(x.length)
  for (let i = 0; i < x.length; i++) out[i] = x[i] * x[i]
  return out
}

export const reciprocalEntries = (x: Float64Array): Float64Array => {
  const out = allocate(x.length)
  for (let i = 0; i < x.length; i++) out[i] = 1 / x[i]
  return out
}

export const addEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (a.length === length && b.length === length) for (let i = 0; i < length; i++) out[i] = a[i] + b[i]
  else if (b.length === 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] + q
  else if (a.length === 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p + b[i]
  else
    for (let start = 0, p = 0, q = 0; start < length; ) {
      const run = Math.min(a.length - p, b.length - q)
      for (let i = 0; i < run; i++) out[start + i] = a[p + i] + b[q + i]
      start += run
      p = p + run === a.length ? 0 : p + run
      q = q + run === b.length ? 0 : q + run
    }
  return out
}

export const subEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (a.length === length && b.length === length) for (let i = 0; i < length; i++) out[i] = a[i] - b[i]
  else if (b.length === 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] - q
  else if (a.length === 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p - b[i]
  else
    for (let start = 0, p = 0, q = 0; start < length; ) {
      const run = Math.min(a.length - p, b.length - q)
      for (let i = 0; i < run; i++) out[start + i] = a[p + i] - b[q + i]
      start += run
      p = p + run === a.length ? 0 : p + run
      q = q + run === b.length ? 0 : q + run
    }
  return out
}

export const mulEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (a.length === length && b.length === length) for (let i = 0; i < length; i++) out[i] = a[i] * b[i]
  else if (b.length === 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] * q
  else if (a.length === 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p * b[i]
  else
    for (let start = 0, p = 0, q = 0; start < length; ) {
      const run = Math.min(a.length - p, b.length - q)
      for (let i = 0; i < run; i++) out[start + i] = a[p + i] * b[q + i]
      start += run
      p = p + run === a.length ? 0 : p + run
      q = q + run === b.length ? 0 : q + run
    }
  return out
}

export const divEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const length = span(a, b, n)
  const out = allocate(length)
  if (a.length === length && b.length === length) for (let i = 0; i < length; i++) out[i] = a[i] / b[i]
  else if (b.length === 1) for (let i = 0, q = b[0]; i < length; i++) out[i] = a[i] / q
  else if (a.length === 1) for (let i = 0, p = a[0]; i < length; i++) out[i] = p / b[i]
  else
    for (let start = 0, p = 0, q = 0; start < length; ) {
      const run = Math.min(a.length - p, b.length - q)
      for (let i = 0; i < run; i++) out[start + i] = a[p + i] / b[q + i]
      start += run
      p = p + run === a.length ? 0 : p + run
      q = q + run === b.length ? 0 : q + run
    }
  return out
}

/** The product in which an exact zero wins over ∞ and NaN. Only a NaN product needs the second look. */
export const absorb = (a: number, b: number): number => {
  const product = a * b
  return product === product || (a !== 0 && b !== 0) ? product : 0
}

export const absorbEntries = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const out = mulEntries(a, b, n)
  // NaN is rare: a pass that only reads is cheaper than a test within the product.
  for (let i = 0; i < out.length; i++) if (out[i] !== out[i]) out[i] = absorb(a[i % a.length], b[i % b.length])
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
