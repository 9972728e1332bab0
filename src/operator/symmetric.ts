/** Symmetric matrices: their order, their symmetric part, and how they are made of the rows that have to be computed. */
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { mirrorRows, placeRows } from '../kernel/reference/mirror.js'
import { add, mul } from '../primitive/arithmetic.js'
import { transpose } from '../primitive/structure.js'

/** n of a matrix `[n, n]`; any other shape is refused. */
export const orderOf = (operation: string, matrix: Tensor): number => {
  const [n = -1, columns] = matrix.shape
  return matrix.rank === 2 && n === columns
    ? n
    : raise('ShapeMismatch', `${operation}: expected a square matrix, got shape ${showShape(matrix.shape)}.`)
}

/** ½ (A + Aᵀ): both halves of a computed matrix are right to rounding, and their mean is exactly symmetric. */
export const symmetrized = (matrix: Tensor): Tensor => mul(0.5, add(matrix, transpose(matrix)))

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
