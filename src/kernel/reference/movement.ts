/** Loops that move entries without changing them. Every array is row-major; strides count entries. */
import { allocate } from './allocate.js'

/** Visits the entries of a strided view in row-major order: out[i] = x[offset + Σ index·stride]. */
export const readStrided = (
  lengths: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  offset: number,
  x: Float64Array,
): Float64Array => {
  const n = lengths.reduce((size, length) => size * length, 1)
  const out = allocate(n)
  const rank = lengths.length
  if (n === 0) return out
  if (rank === 0) {
    out[0] = x[offset]
    return out
  }
  if (rank <= 3) {
    const [l, s] = [[1, 1, ...lengths].slice(-3), [0, 0, ...strides].slice(-3)]
    for (let i = 0, to = 0, p = offset; i < l[0]; i++, p += s[0])
      for (let j = 0, q = p; j < l[1]; j++, q += s[1]) for (let k = 0, r = q; k < l[2]; k++, r += s[2]) out[to++] = x[r]
    return out
  }
  const last = lengths[rank - 1]
  const step = strides[rank - 1]
  const index = new Array<number>(rank).fill(0)
  let from = offset
  for (let to = 0; to < n; to += last) {
    for (let i = 0, p = from; i < last; i++, p += step) out[to + i] = x[p]
    for (let axis = rank - 2; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < lengths[axis]) break
      from -= strides[axis] * lengths[axis]
      index[axis] = 0
    }
  }
  return out
}

/** The inverse of readStrided into zeros: out[offset + Σ index·stride] = x[i]. */
const writeStrided = (
  lengths: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  offset: number,
  x: Float64Array,
  out: Float64Array,
): void => {
  const rank = lengths.length
  if (x.length === 0) return
  if (rank === 0) {
    out[offset] = x[0]
    return
  }
  const last = lengths[rank - 1]
  const step = strides[rank - 1]
  const index = new Array<number>(rank).fill(0)
  let to = offset
  for (let from = 0; from < x.length; from += last) {
    for (let i = 0, p = to; i < last; i++, p += step) out[p] = x[from + i]
    for (let axis = rank - 2; axis >= 0; axis--) {
      to += strides[axis]
      if (++index[axis] < lengths[axis]) break
      to -= strides[axis] * lengths[axis]
      index[axis] = 0
    }
  }
}

export const rowMajor = (shape: ReadonlyArray<number>): Array<number> => {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

/** Neighbouring axes that stay neighbours are one axis: most permutations then have rank 2 or 3. */
const merged = (shape: ReadonlyArray<number>, permutation: ReadonlyArray<number>): [Array<number>, Array<number>] => {
  const strides = rowMajor(shape)
  const lengths: Array<number> = []
  const steps: Array<number> = []
  permutation.forEach((axis, i) => {
    if (shape[axis] === 1) return
    if (i > 0 && lengths.length > 0 && steps[steps.length - 1] === strides[axis] * shape[axis]) {
      lengths[lengths.length - 1] *= shape[axis]
      steps[steps.length - 1] = strides[axis]
    } else {
      lengths.push(shape[axis])
      steps.push(strides[axis])
    }
  })
  return [lengths, steps]
}

/** The tensor whose axis i is axis permutation[i] of x. */
export const permuteEntries = (
  shape: ReadonlyArray<number>,
  permutation: ReadonlyArray<number>,
  x: Float64Array,
): Float64Array => {
  const [lengths, strides] = merged(shape, permutation)
  return readStrided(lengths, strides, 0, x)
}

const windowStrides = (outer: ReadonlyArray<number>, strides: ReadonlyArray<number>): Array<number> =>
  rowMajor(outer).map((stride, axis) => stride * strides[axis])

const windowOffset = (outer: ReadonlyArray<number>, starts: ReadonlyArray<number>): number =>
  rowMajor(outer).reduce((offset, stride, axis) => offset + stride * starts[axis], 0)

/** Entry i along each axis is entry start + i·stride of x, which has the shape `outer`. */
export const sliceEntries = (
  outer: ReadonlyArray<number>,
  inner: ReadonlyArray<number>,
  starts: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  x: Float64Array,
): Float64Array => readStrided(inner, windowStrides(outer, strides), windowOffset(outer, starts), x)

/** The transpose of sliceEntries: x placed into zeros of the shape `outer`. */
export const padEntries = (
  outer: ReadonlyArray<number>,
  inner: ReadonlyArray<number>,
  starts: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  x: Float64Array,
): Float64Array => {
  const out = allocate(outer.reduce((size, length) => size * length, 1))
  writeStrided(inner, windowStrides(outer, strides), windowOffset(outer, starts), x, out)
  return out
}

export const flipEntries = (
  shape: ReadonlyArray<number>,
  axes: ReadonlyArray<number>,
  x: Float64Array,
): Float64Array => {
  if (x.length === 0) return x
  const strides = rowMajor(shape)
  const offset = axes.reduce((sum, axis) => sum + strides[axis] * (shape[axis] - 1), 0)
  return readStrided(
    shape,
    strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
    offset,
    x,
  )
}

/** Rows first … first + count − 1 of the identity of order n. */
export const unitRows = (n: number, first: number, count: number): Float64Array => {
  const out = allocate(count * n)
  for (let i = 0; i < count; i++) out[i * n + first + i] = 1
  return out
}

/** out[o, j, i] = x[o, i] for n values of j. */
export const spreadEntries = (outer: number, n: number, inner: number, x: Float64Array): Float64Array => {
  const out = allocate(outer * n * inner)
  if (inner === 1) for (let o = 0, to = 0; o < outer; o++, to += n) out.fill(x[o], to, to + n)
  else
    for (let o = 0, to = 0; o < outer; o++)
      for (let j = 0; j < n; j++, to += inner)
        for (let i = 0, from = o * inner; i < inner; i++) out[to + i] = x[from + i]
  return out
}

/** Copies the blocks x[o, :, :] of several arrays one after another along the middle axis. */
export const concatEntries = (
  outer: number,
  inner: number,
  lengths: ReadonlyArray<number>,
  parts: ReadonlyArray<Float64Array>,
): Float64Array => {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const out = allocate(outer * total * inner)
  let offset = 0
  parts.forEach((part, p) => {
    const block = lengths[p] * inner
    if (outer === 1) out.set(part, offset)
    else
      for (let o = 0; o < outer; o++) {
        const to = o * total * inner + offset
        for (let i = 0; i < block; i++) out[to + i] = part[o * block + i]
      }
    offset += block
  })
  return out
}

/**
 * out[b, o, j, i] = x[b, o, indices[b, j], i]: b counts batches, o and i the axes before and after the gathered one.
 */
export const gatherEntries = (
  batch: number,
  outer: number,
  n: number,
  inner: number,
  count: number,
  indices: Float64Array,
  x: Float64Array,
): Float64Array => {
  const out = allocate(batch * outer * count * inner)
  let to = 0
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outer; o++)
      for (let j = 0; j < count; j++, to += inner) {
        const from = ((b * outer + o) * n + indices[b * count + j]) * inner
        for (let i = 0; i < inner; i++) out[to + i] = x[from + i]
      }
  return out
}

/** The transpose of gatherEntries: rows that share an index add up. */
export const scatterEntries = (
  batch: number,
  outer: number,
  n: number,
  inner: number,
  count: number,
  indices: Float64Array,
  x: Float64Array,
): Float64Array => {
  const out = allocate(batch * outer * n * inner)
  let from = 0
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outer; o++)
      for (let j = 0; j < count; j++, from += inner) {
        const to = ((b * outer + o) * n + indices[b * count + j]) * inner
        for (let i = 0; i < inner; i++) out[to + i] += x[from + i]
      }
  return out
}

/** The position of the first index that is not an integer in 0 … n − 1, or −1. */
export const firstOutside = (indices: Float64Array, n: number): number => {
  for (let i = 0; i < indices.length; i++)
    if (!(Number.isInteger(indices[i]) && indices[i] >= 0 && indices[i] < n)) return i
  return -1
}
