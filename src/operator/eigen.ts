/** Symmetric eigen-decompositions of tensors, with eigenvectors kept as factors. */
import * as E from 'fp-ts/lib/Either.js'
import { fromFloat64Array } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import { provider } from '../kernel/provider.js'
import { symmetricEigen } from '../kernel/reference/eigen.js'

/**
 * A = V diag(values) Vᵀ with orthonormal V; products with V and Vᵀ take O(n²) and V itself is never formed.
 *
 * @since 0.1.0
 */
export interface Eigen {
  /** Ascending, `[n]`. */
  readonly values: Tensor
  /** Vᵀ x: the coordinates of x along the eigenvectors. */
  readonly project: (x: Tensor) => Tensor
  /** V y: the vector with the coordinates y. */
  readonly expand: (y: Tensor) => Tensor
  /** V as columns, `[n, n]`, at the cost of O(n³). */
  readonly vectors: () => Tensor
}

/**
 * The matrix holds NaN or ∞, or the iteration did not converge.
 *
 * @since 0.1.0
 */
export interface EigenFailure {
  readonly _tag: 'EigenFailure'
  readonly advice: string
}

/**
 * The eigen-decomposition of a symmetric matrix, of which only the lower triangle is read.
 *
 *     A = V diag(values) Vᵀ
 *
 * **Shapes** `[n, n]`; eigenvalues `[n]`, ascending.
 *
 * **Cost** 4/3 n³ operations for eigenvalues and factors, in LAPACK where the provider has one (see `useProvider`) and n is
 * large. Its results differ by rounding, and in the signs of eigenvectors, which rounding decides.
 *
 * **Fails** `Left` when the matrix has an entry that is not finite, or the iteration does not converge. A `Defect` when the
 * matrix is not square.
 *
 * **References** Golub and Van Loan, *Matrix Computations* (4th ed.), §8.3.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { eigen } from 'gradus/curvature'
 * import { tensor, toArray } from 'gradus'
 * const found = eigen(tensor([[2, 0], [0, -1]]))
 * E.isRight(found) && toArray(found.right.values) // => [-1, 2]
 *
 * @since 0.1.0
 */
export const eigen = (matrix: Tensor): E.Either<EigenFailure, Eigen> => {
  const [n = -1, columns] = matrix.shape
  if (matrix.rank !== 2 || n !== columns)
    return raise('ShapeMismatch', `eigen: expected a square matrix, got shape ${showShape(matrix.shape)}.`)
  const found = symmetricEigen(n, bufferOf(matrix), provider().tridiagonalize)
  if (found === undefined)
    return E.left({
      _tag: 'EigenFailure',
      advice:
        'The matrix holds NaN or ∞, or its eigenvalues did not converge. Look for where the Hessian overflows with explain.',
    })
  const vector = (x: Float64Array): Tensor => fromFloat64Array(x, [n])
  return E.right({
    values: vector(found.values),
    project: (x) => vector(found.project(bufferOf(x))),
    expand: (y) => vector(found.expand(bufferOf(y))),
    vectors: () => fromFloat64Array(found.vectors(), [n, n]),
  })
}
