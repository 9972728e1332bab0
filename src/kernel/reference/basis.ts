/** The rows of a Krylov method in plain TypeScript: the oracle of wasm/basis.ts, and what serves short rows. */
import type { Basis } from '../Basis.js'

/** Entries between two additions to a total. */
const PIECE = 512

/**
 * Rows are filled up with zeros to a multiple of four entries, as SIMD needs them, and beyond a multiple of 4 kB, at which the entries
 * of all rows would share a place in a cache.
 */
export const strideOf = (size: number): number => {
  const filled = (size + 3) & -4
  return filled % PIECE === 0 ? filled + 8 : filled
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0
  for (let from = 0; from < a.length; from += PIECE) {
    const end = Math.min(from + PIECE, a.length)
    let [even, odd] = [0, 0]
    for (let i = from; i < end; i += 2) {
      even += a[i] * b[i]
      odd += a[i + 1] * b[i + 1]
    }
    total += even + odd
  }
  return total
}

export const referenceBasis = (size: number): Basis => {
  const stride = strideOf(size)
  const rows: Array<Float64Array> = []
  return {
    size,
    room: (count) => {
      while (rows.length < count) rows.push(new Float64Array(stride))
      return true
    },
    row: (i) => rows[i].fill(0, size).subarray(0, size),
    dots: (from, count, first, columns, into) => {
      for (let c = 0; c < columns; c++)
        for (let r = 0; r < count; r++) into[c * count + r] = dot(rows[from + r], rows[first + c])
    },
    subtract: (indices, parts, w, columns) => {
      for (let column = 0; column < columns; column++) {
        const [target, first] = [rows[w + column], column * indices.length]
        for (let at = 0; at < indices.length; at += 4) {
          const [a, b, c, d] = [rows[indices[at]], rows[indices[at + 1]], rows[indices[at + 2]], rows[indices[at + 3]]]
          const [pa, pb, pc, pd] = [0, 1, 2, 3].map((i) => parts[first + at + i])
          for (let i = 0; i < stride; i++) target[i] -= pa * a[i] + pb * b[i] + (pc * c[i] + pd * d[i])
        }
      }
    },
    recur: (w, p, v, beta) => {
      const [target, before] = [rows[w], rows[p]]
      for (let i = 0; i < stride; i++) target[i] -= beta * before[i]
      return [dot(target, rows[v]), dot(target, target)]
    },
    advance: (w, v, alpha, factor) => {
      const [target, along] = [rows[w], rows[v]]
      for (let i = 0; i < stride; i++) target[i] = (target[i] - alpha * along[i]) * factor
      return dot(target, target)
    },
    release: () => {
      rows.length = 0
    },
  }
}
