/** Functions of matrices, the exponential and the square root: a derivative is a block of the function of a larger matrix. */
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { sizeOf } from '../data/Shape.js'
import type { MatrixFunction } from '../data/Solving.js'
import type { Tensor } from '../data/Tensor.js'
import { exponential } from '../kernel/blocked/exponential.js'
import { squareRoot } from '../kernel/blocked/squareRoot.js'
import { abs, div, mul } from './arithmetic.js'
import { greater, less, logicalAnd, stopGradient, where } from './choice.js'
import { firstShape, matrixRecord, perMatrix, splitSquare } from './linalgMap.js'
import { max } from './reduction.js'
import { transpose } from './structure.js'
import { concat, slice } from './window.js'

const matrixFunction = (
  name: MatrixFunction['of'],
  formula: string,
  kernel: (n: number, a: Float64Array, out: Float64Array) => void,
): Primitive<undefined> =>
  matrixRecord<undefined>({
    name,
    formula,
    shape: (_, inputs) => {
      splitSquare(name, firstShape(inputs))
      return firstShape(inputs)
    },
    evaluate: (_, inputs, shape) => {
      const [batch, n] = splitSquare(name, shape)
      return perMatrix(sizeOf(batch), inputs, shape, (out, a) => kernel(n, a, out))
    },
    differential: [
      (_, inputs) => ({ _tag: 'MatrixFunction', of: name, by: inputs[0] ?? zeros([0, 0]), transposed: false }),
    ],
  })

export const expmP = matrixFunction('expm', 'e^A = \\sum_k A^k / k!', exponential)

export const sqrtmP = matrixFunction('sqrtm', 'A^{1/2}', squareRoot)

const records: Readonly<Record<MatrixFunction['of'], Primitive<undefined>>> = { expm: expmP, sqrtm: sqrtmP }

/**
 * The derivative of f at A along E, the upper right block of f [[A, E], [0, A]] (Najfeld & Havel 1995; Higham 2008, theorem
 * 3.6). The adjoint is the derivative at Aᵀ. E is brought to size 1 first, or to the size of A where its root is drawn: it must
 * not decide about the scaling of A.
 */
export const functionAlong = (of: MatrixFunction['of'], by: Tensor, e: Tensor, transposed: boolean): Tensor => {
  const n = by.shape.at(-1) ?? 0
  if (by.size === 0) return e
  const a = transposed ? transpose(by) : by
  const sizeOfEach = (x: Tensor): Tensor => {
    const largest = stopGradient(max(abs(x), { axes: [-2, -1], keepAxes: true }))
    return where(logicalAnd(greater(largest, 0), less(largest, Infinity)), largest, 1)
  }
  const unit = of === 'expm' ? sizeOfEach(e) : div(sizeOfEach(e), sizeOfEach(by))
  const block = concat([concat([a, div(e, unit)], { axis: -1 }), concat([zeros(by.shape), a], { axis: -1 })], {
    axis: -2,
  })
  const whole = bind(records[of], undefined, [block])
  const batch = by.shape.slice(0, -2)
  return mul(slice(whole, [...batch.map(() => 0), 0, n], [...batch, n, 2 * n]), unit)
}

/**
 * The matrix exponential, by scaling and squaring of a Padé approximant.
 *
 *     exp A = Σ Aᵏ/k!
 *
 * Its derivative along E is a block of the exponential of a matrix of twice the order, and so exact to every order.
 *
 * **Shapes** `[…, n, n]`.
 *
 * **Cost** about 10 products of matrices and one more for each doubling of the norm; a derivative costs 8 values.
 *
 * **Special values** a matrix with an entry that is not finite gives NaN throughout.
 *
 * **References** Higham, *The Scaling and Squaring Method for the Matrix Exponential Revisited*, SIAM J. Matrix Anal. Appl. 26
 * (2005); Najfeld and Havel, *Derivatives of the Matrix Exponential and Their Computation*, Adv. Appl. Math. 16 (1995).
 *
 * @example
 * import { expm, tensor, toArray } from 'gradus'
 * toArray(expm(tensor([[0, 1], [0, 0]]))) // => [[1, 1], [0, 1]]
 *
 * @since 0.1.0
 */
export const expm = (a: Tensor): Tensor => bind(expmP, undefined, [a])

/**
 * The principal square root of a matrix: the X with X·X = A whose eigenvalues have positive real parts.
 *
 *     dX X + X dX = dA
 *
 * Its derivative along E is a block of the root of a matrix of twice the order, and so right to every order.
 *
 * **Shapes** `[…, n, n]`.
 *
 * **Cost** about 10 inverses and products; a symmetric matrix costs its eigenvectors. A derivative costs 8 values.
 *
 * **Special values** NaN throughout where an eigenvalue is negative, or 0 in a matrix that is not symmetric; a symmetric semidefinite
 * matrix has a root, and derivatives where it is definite.
 *
 * **References** Higham, *Functions of Matrices* (2008), ch. 6.
 *
 * @example
 * import { sqrtm, tensor, toArray } from 'gradus'
 * toArray(sqrtm(tensor([[4, 1], [0, 4]]))) // ≈ [[2, 0.25], [0, 2]]
 *
 * @since 0.1.0
 */
export const sqrtm = (a: Tensor): Tensor => bind(sqrtmP, undefined, [a])
