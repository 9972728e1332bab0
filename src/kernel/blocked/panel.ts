/*
 * kernel/blocked/: factorisations whose O(n³) part is matrix products, by recursion on halves (Elmroth & Gustavson 2000;
 * Golub & Van Loan, Matrix Computations, 4th ed., §4.2.9), and so at the speed of the provider in use.
 * It exists because plain loops reach a tenth of the speed of the SIMD product once the matrix is large.
 * Kernels of products take contiguous operands: this file copies blocks in and subtracts what comes out, O(n²) a level.
 * May be imported by primitive and operator; imports provider.ts and the loops of reference/.
 */

/** Copies the rows×columns block at x[at], rows `stride` apart, to the beginning of `out`. */
export const pack = (
  rows: number,
  columns: number,
  x: Float64Array,
  at: number,
  stride: number,
  out: Float64Array,
): void => {
  for (let i = 0; i < rows; i++) {
    const from = at + i * stride
    const to = i * columns
    for (let j = 0; j < columns; j++) out[to + j] = x[from + j]
  }
}

/** Subtracts the contiguous `terms` from the block at x[at]; of row i only the first i + 1 entries where `triangle`. */
export const subtract = (
  rows: number,
  columns: number,
  terms: Float64Array,
  x: Float64Array,
  at: number,
  stride: number,
  triangle: boolean,
): void => {
  for (let i = 0; i < rows; i++) {
    const row = at + i * stride
    const from = i * columns
    const end = triangle ? i + 1 : columns
    for (let j = 0; j < end; j++) x[row + j] -= terms[from + j]
  }
}

/** Half of `count`, rounded up to a multiple of four, the tile of the products: never less than the rest. */
export const half = (count: number): number => (((count + 1) >> 1) + 3) & -4
