/** Several vectors as the rows of one tensor and back, for operators that take them together. */
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { stackedRows } from '../kernel/reference/krylov.js'
import { unitRows } from '../kernel/reference/movement.js'
import { imagesOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'

/** The rows of `[count, n]`. */
export const rowsOf = (matrix: Tensor): ReadonlyArray<Float64Array> => {
  const [count = 0, n = 0] = matrix.shape
  const entries = bufferOf(matrix)
  return Array.from({ length: count }, (_, i) => entries.subarray(i * n, (i + 1) * n))
}

/** The unit vector along an axis. */
export const unitVector = (n: number, axis: number): Tensor => adopt(unitRows(n, axis, 1), [n])

/** As many vectors are taken together as keep the values of one application in memory that caches can serve. */
const together = 32

/** The images of vectors, some of them at a time. */
export const multiplyRows =
  <P>(operator: Omit<LinearOperator<P>, 'matrix'>) =>
  (rows: ReadonlyArray<Float64Array>): ReadonlyArray<Float64Array> =>
    Array.from({ length: Math.ceil(rows.length / together) }, (_, chunk) =>
      rows.slice(chunk * together, (chunk + 1) * together),
    ).flatMap((some) =>
      rowsOf(imagesOf(operator)(adopt(stackedRows(operator.size, some), [some.length, operator.size]))),
    )
