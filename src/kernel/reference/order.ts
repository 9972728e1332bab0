/** Loops that find positions by comparing: orders, running extrema, last writers, places in a sorted row. */
import { allocate } from './allocate.js'

/** Whether the entry at p stays in front of the entry at q, which follows it: ties do, so that the order is stable. */
const stays = (x: Float64Array, p: number, q: number, descending: boolean): boolean =>
  descending ? x[p] >= x[q] : x[p] <= x[q]

const RUN = 12

/** Sorts order[0 … count) by insertion in runs, then by merging runs from the bottom up. */
const mergeSort = (
  x: Float64Array,
  order: Int32Array,
  spare: Int32Array,
  count: number,
  descending: boolean,
): Int32Array => {
  for (let start = 0; start < count; start += RUN) {
    const end = Math.min(start + RUN, count)
    for (let i = start + 1; i < end; i++) {
      const moving = order[i]
      let at = i
      while (at > start && !stays(x, order[at - 1], moving, descending)) {
        order[at] = order[at - 1]
        at--
      }
      order[at] = moving
    }
  }
  let from = order
  let to = spare
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count)
      const end = Math.min(start + 2 * width, count)
      for (let left = start, right = middle, at = start; at < end; at++)
        to[at] =
          right >= end || (left < middle && stays(x, from[left], from[right], descending))
            ? from[left++]
            : from[right++]
    }
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** out[o, i, j] = the position of the i-th entry of x[o, :, j] in order. Stable; NaN comes last in both directions. */
export const argsortAxis = (
  outer: number,
  n: number,
  inner: number,
  x: Float64Array,
  out: Float64Array,
  descending: boolean,
): void => {
  const row = new Float64Array(n)
  const order = new Int32Array(n)
  const spare = new Int32Array(n)
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      const start = o * n * inner + j
      let numbers = 0
      for (let i = 0, at = start; i < n; i++, at += inner) {
        row[i] = x[at]
        if (row[i] === row[i]) order[numbers++] = i
      }
      const sorted = mergeSort(row, order, spare, numbers, descending)
      for (let i = 0, at = start; i < numbers; i++, at += inner) out[at] = sorted[i]
      for (let i = 0, at = start + numbers * inner; i < n; i++)
        if (row[i] !== row[i]) {
          out[at] = i
          at += inner
        }
    }
}

/**
 * out[o, i, j] = the first h ≤ i where x[o, h, j] is largest (or smallest), or from the end with `reverse`; the first NaN
 * met stays.
 */
export const runningExtremumAxis = (
  outer: number,
  n: number,
  inner: number,
  x: Float64Array,
  out: Float64Array,
  largest: boolean,
  reverse: boolean,
): void => {
  if (n === 0) return
  const step = reverse ? -1 : 1
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let holder = reverse ? n - 1 : 0
      let best = x[(o * n + holder) * inner + j]
      for (let i = holder; i >= 0 && i < n; i += step) {
        const at = (o * n + i) * inner + j
        const value = x[at]
        if (best === best && (value !== value || (largest ? value > best : value < best))) {
          best = value
          holder = i
        }
        out[at] = holder
      }
    }
}

/** out[b, i] = the last j with indices[b, j] = i, or −1. */
export const lastWriters = (batch: number, n: number, count: number, indices: Float64Array): Float64Array => {
  const out = allocate(batch * n).fill(-1)
  for (let b = 0; b < batch; b++) for (let j = 0; j < count; j++) out[b * n + indices[b * count + j]] = j
  return out
}

/** out[b, j] = how many of the ascending row sorted[b, :] precede values[b, j]: those below it, or not above it. NaN is above every number. */
export const placesIn = (
  batch: number,
  n: number,
  count: number,
  sorted: Float64Array,
  values: Float64Array,
  afterEqual: boolean,
): Float64Array => {
  const out = allocate(batch * count)
  for (let b = 0; b < batch; b++)
    for (let j = 0; j < count; j++) {
      const value = values[b * count + j]
      let low = 0
      let high = n
      while (low < high) {
        const middle = (low + high) >>> 1
        const entry = sorted[b * n + middle]
        const precedes = afterEqual
          ? entry <= value || value !== value
          : entry < value || (value !== value && entry === entry)
        if (precedes) low = middle + 1
        else high = middle
      }
      out[b * count + j] = low
    }
  return out
}

/** out = x with out[b, o, indices[b, j], i] = the larger (or smaller) of itself and updates[b, o, j, i]; NaN wins. */
export const scatterExtremum = (
  batch: number,
  outer: number,
  n: number,
  inner: number,
  count: number,
  indices: Float64Array,
  x: Float64Array,
  updates: Float64Array,
  largest: boolean,
): Float64Array => {
  const out = allocate(batch * outer * n * inner)
  out.set(x)
  let from = 0
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outer; o++)
      for (let j = 0; j < count; j++, from += inner) {
        const to = ((b * outer + o) * n + indices[b * count + j]) * inner
        for (let i = 0; i < inner; i++)
          out[to + i] = largest ? Math.max(out[to + i], updates[from + i]) : Math.min(out[to + i], updates[from + i])
      }
  return out
}
