/** Applies a linear function to every unit vector, in batches of a size that keeps intermediate values in cache. */
import { fromFloat64Array } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { unitRows } from '../kernel/reference/movement.js'
import { vmap } from './vmap.js'

/** Entries of the largest intermediate value of one batch: 2¹⁶ numbers are half a megabyte, and a few such values stay in cache. */
const batchEntries = 2 ** 16

const smallestBatch = 8

/** Rows first … first + count − 1 of the identity of order n. */
const unitVectors = (n: number, first: number, count: number): Tensor =>
  fromFloat64Array(unitRows(n, first, count), [count, n])

/** The images of the unit vectors as the rows of blocks [count, m]; `largest` is the largest value of one application. */
export const basisBlocks = (n: number, largest: number, apply: (v: Tensor) => Tensor): ReadonlyArray<Tensor> => {
  const size = Math.max(1, Math.min(n, Math.max(smallestBatch, Math.floor(batchEntries / largest))))
  return Array.from({ length: Math.max(1, Math.ceil(n / size)) }, (_, i) =>
    vmap(apply)(unitVectors(n, i * size, Math.min(size, n - i * size))),
  )
}
