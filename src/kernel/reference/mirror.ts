/** A symmetric matrix put together from its rows on and above blocks of the diagonal. */

/** Small enough that a tile read by rows and written by columns stays in the nearest cache. */
const TILE = 32

/** Writes `rows` × `width` entries into the n×n matrix `out`, from a row and a column on. */
export const placeRows = (
  n: number,
  out: Float64Array,
  row: number,
  column: number,
  rows: number,
  width: number,
  block: Float64Array,
): void => {
  for (let i = 0; i < rows; i++) out.set(block.subarray(i * width, (i + 1) * width), (row + i) * n + column)
}

/**
 * Rows start … start + size − 1 of the n×n matrix `out`, there from column `start` on, are copied to the columns with these
 * numbers; of the block on the diagonal both halves are there, and become their mean.
 */
export const mirrorRows = (n: number, out: Float64Array, start: number, size: number): void => {
  const end = start + size
  for (let i = start; i < end; i++) {
    for (let j = start; j < i; j++) {
      const mean = 0.5 * (out[i * n + j] + out[j * n + i])
      out[i * n + j] = mean
      out[j * n + i] = mean
    }
  }
  for (let top = start; top < end; top += TILE) {
    const bottom = Math.min(end, top + TILE)
    for (let left = end; left < n; left += TILE) {
      const right = Math.min(n, left + TILE)
      for (let j = left; j < right; j++) {
        for (let i = top; i < bottom; i++) out[j * n + i] = out[i * n + j]
      }
    }
  }
}
