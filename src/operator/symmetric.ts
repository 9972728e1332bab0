/** Symmetric matrices of operators, from the rows that have to be computed. */
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { mirrorRows, placeRows } from '../kernel/reference/mirror.js'

/** Rows of a symmetric matrix, one block under the other, each without the columns before the number of the first row. */
export interface Band {
  readonly size: number
  readonly blocks: ReadonlyArray<Tensor>
}

/**
 * The matrix of bands that follow one another down its diagonal: what they leave out is the transpose of what they hold. Both
 * halves of the squares on the diagonal are there; they are right to rounding, and their mean is exactly symmetric.
 */
export const symmetricFromBands = (bands: ReadonlyArray<Band>): Tensor => {
  const starts = bands.map((_, band) => bands.slice(0, band).reduce((n, { size }) => n + size, 0))
  const n = bands.reduce((total, { size }) => total + size, 0)
  const matrix = new Float64Array(n * n)
  bands.forEach(({ size, blocks }, band) => {
    const start = starts[band] ?? 0
    blocks.reduce((row, block) => {
      const [rows = 0, width = 0] = block.shape
      placeRows(n, matrix, row, start, rows, width, bufferOf(block))
      return row + rows
    }, start)
    mirrorRows(n, matrix, start, size)
  })
  return adopt(matrix, [n, n])
}
