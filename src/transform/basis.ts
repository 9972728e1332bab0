/** Applies a linear function to every unit vector, in batches of a size that keeps intermediate values in cache. */
import { fromFloat64Array } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { unitRows } from '../kernel/reference/movement.js'
import { slice } from '../primitive/window.js'

/** Entries of the largest intermediate value of one batch: 2¹⁶ numbers are half a megabyte, and a few such values stay in cache. */
const batchEntries = 2 ** 16

const smallestBatch = 8

/** How many vectors are worth taking together, where `largest` is the largest value of one application. */
const batchRows = (largest: number): number => Math.max(smallestBatch, Math.floor(batchEntries / Math.max(1, largest)))

/** The images of the rows of `[count, n]`, some of them at a time. */
export const imageBlocks = (rows: Tensor, largest: number, images: (some: Tensor) => Tensor): ReadonlyArray<Tensor> => {
  const [count = 0, n = 0] = rows.shape
  const most = batchRows(largest)
  return Array.from({ length: Math.ceil(count / most) }, (_, i) =>
    images(slice(rows, [i * most, 0], [Math.min(count, (i + 1) * most), n])),
  )
}

/** Rows first … first + count − 1 of the identity of order n. */
const unitVectors = (n: number, first: number, count: number): Tensor =>
  fromFloat64Array(unitRows(n, first, count), [count, n])

/**
 * The images of the unit vectors as the rows of blocks, where `images` maps several of them, `[count, n]`, at once and
 * `largest` is the largest value of one application. All blocks have one count, so the last may repeat rows of the one before.
 */
export const basisBlocks = (n: number, largest: number, images: (units: Tensor) => Tensor): ReadonlyArray<Tensor> => {
  const most = Math.max(1, Math.min(n, batchRows(largest)))
  const blocks = Math.max(1, Math.ceil(n / most))
  const count = Math.ceil(n / blocks)
  return Array.from({ length: blocks }, (_, i) => {
    const first = Math.min(i * count, n - count)
    const rows = images(unitVectors(n, first, count))
    return first === i * count ? rows : slice(rows, [i * count - first, 0], [count, rows.shape[1] ?? 0])
  })
}
