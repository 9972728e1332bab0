/** Linear algebra composed of other operations: inverses, least squares, powers and norms. */
import { eye } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { abs } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { solve } from '../primitive/linalgLu.js'
import { splitMatrix, splitSquare } from '../primitive/linalgMap.js'
import { type PseudoInverseOptions, pinv } from '../primitive/linalgPseudoInverse.js'
import { svd } from '../primitive/linalgSvd.js'
import { withColumns } from '../primitive/linalgTriangular.js'
import { max } from '../primitive/reduction.js'
import { broadcastTo, sum } from '../primitive/structure.js'
import { norm } from './statistics.js'

/**
 * The inverse. To solve equations, `solve` is faster and more accurate.
 *
 *     dA⁻¹ = −A⁻¹ dA A⁻¹
 *
 * **Shapes** `[…, n, n]`.
 *
 * **Special values** a singular matrix gives NaN throughout.
 *
 * @example
 * import { inv, tensor, toArray } from 'gradus'
 * toArray(inv(tensor([[2, 0], [0, 4]]))) // => [[0.5, 0], [0, 0.25]]
 *
 * @since 0.1.0
 */
export const inv = (a: Tensor): Tensor => {
  const [, n] = splitSquare('inv', a.shape)
  return solve(a, eye(n))
}

/**
 * The X of the smallest norm among those that minimize ‖A X − B‖, for matrices of any shape and rank.
 *
 *     X = A⁺ B
 *
 * **Shapes** `[…, m, n]` and `[…, m, k]` to `[…, n, k]`, or a vector `[m]` to `[…, n]`; leading axes broadcast.
 *
 * @example
 * import { lstsq, tensor, toArray } from 'gradus'
 * const line = toArray(lstsq(tensor([[1, 0], [1, 1], [1, 2]]), tensor([1, 3, 5])))
 * line // ≈ [1, 2]
 *
 * @since 0.1.0
 */
export const lstsq = (a: Tensor, b: Tensor, options: PseudoInverseOptions = {}): Tensor => {
  const [, m] = splitMatrix('lstsq', a.shape)
  const rows = b.shape.at(b.rank === 1 ? -1 : -2)
  return rows === m
    ? withColumns('lstsq', a, b, (x, y) => matmul(pinv(x, options), y))
    : raise(
        'ShapeMismatch',
        `lstsq: the matrices ${showShape(a.shape)} and right sides ${showShape(b.shape)} do not fit: expected ${m} rows on the right.`,
      )
}

const powered = (a: Tensor, exponent: number): Tensor => {
  if (exponent === 1) return a
  const half = powered(a, Math.floor(exponent / 2))
  const square = matmul(half, half)
  return exponent % 2 === 0 ? square : matmul(square, a)
}

/**
 * A to an integer power, by repeated squaring; a negative one is a power of the inverse.
 *
 * **Shapes** `[…, n, n]`.
 *
 * @example
 * import { matrixPower, tensor, toArray } from 'gradus'
 * toArray(matrixPower(tensor([[1, 1], [0, 1]]), 5)) // => [[1, 5], [0, 1]]
 *
 * @since 0.1.0
 */
export const matrixPower = (a: Tensor, exponent: number): Tensor => {
  const [, n] = splitSquare('matrixPower', a.shape)
  if (!Number.isSafeInteger(exponent))
    return raise('InvalidArgument', `matrixPower: expected an integer exponent, got ${exponent}. For roots use eigh.`)
  if (exponent === 0) return broadcastTo(eye(n), a.shape)
  return exponent > 0 ? powered(a, exponent) : powered(inv(a), -exponent)
}

/**
 * Which norm of a matrix.
 *
 * @since 0.1.0
 */
export type MatrixNorm = 'frobenius' | 'nuclear' | 'spectral' | 'columns' | 'rows'

/**
 * A norm of each matrix: `frobenius` (default) is the Euclidean norm of the entries, `nuclear` the sum of the singular values,
 * `spectral` the largest of them, `columns` the largest sum of sizes of a column (the 1-norm), `rows` that of a row (the
 * ∞-norm).
 *
 * **Shapes** `[…, m, n]` to `[…]`.
 *
 * **Special values** derivatives at ties are shared, as those of `max`; at singular values of 0 the nuclear norm has a kink.
 *
 * @example
 * import { matrixNorm, tensor, toNumber } from 'gradus'
 * toNumber(matrixNorm(tensor([[3, 0], [0, -4]]))) // => 5
 * toNumber(matrixNorm(tensor([[3, 0], [0, -4]]), 'nuclear')) // => 7
 *
 * @since 0.1.0
 */
export const matrixNorm = (a: Tensor, kind: MatrixNorm = 'frobenius'): Tensor => {
  splitMatrix('matrixNorm', a.shape)
  switch (kind) {
    case 'frobenius':
      return norm(a, { axes: [-2, -1] })
    case 'nuclear':
      return sum(svd(a).s, { axes: [-1] })
    case 'spectral':
      return max(svd(a).s, { axes: [-1] })
    case 'columns':
      return max(sum(abs(a), { axes: [-2] }), { axes: [-1] })
    case 'rows':
      return max(sum(abs(a), { axes: [-1] }), { axes: [-1] })
  }
}
