/** Applies a linear function to every unit vector, in batches of a size that keeps intermediate values in cache. */
import { fromFloat64Array } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { vmap } from './vmap.js'

/** Entries of the largest intermediate value of one batch: 2¹⁷ numbers are 1 MB. */
const batchEntries = 2 ** 17

const smallestBatch = 8

/** Rows first … first + count − 1 of the identity of order n. */
const unitVectors = (n: number, first: number, count: number): Tensor => {
  const rows = new Float64Array(count * n)
  Array.from({ length: count }, (_, i) => rows.fill(1, i * n + first + i, i * n + first + i + 1))
  return fromFloat64Array(rows, [count, n])
}

/** The images of the unit vectors as the rows of blocks [count, m]; `largest` is the largest value of one application. */
export const basisBlocks = (n: number, largest: number, apply: (v: Tensor) => Tensor): ReadonlyArray<Tensor> => {
  const size = Math.max(1, Math.min(n, Math.max(smallestBatch, Math.floor(batchEntries / largest))))
  return Array.from({ length: Math.max(1, Math.ceil(n / size)) }, (_, i) =>
    vmap(apply)(unitVectors(n, i * size, Math.min(size, n - i * size))),
  )
}
