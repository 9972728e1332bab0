/** Symmetric eigen-decompositions of tensors, with eigenvectors kept as factors. */
import * as E from 'fp-ts/lib/Either.js'
import { fromFloat64Array } from '../data/construct.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import { provider } from '../kernel/provider.js'
import { type SymmetricEigen, symmetricEigen } from '../kernel/reference/eigen.js'
import { gradedEigen } from '../kernel/reference/graded.js'
import { orderOf } from './symmetric.js'

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
  /** What is smaller than this cannot be told from 0: n ε max|values|, or 0 where every eigenvalue is right relatively. */
  readonly noise: number
}

/**
 * How an eigen-decomposition is to be made.
 *
 * @since 0.1.0
 */
export interface EigenOptions {
  /**
   * What the matrix is right to: rounding of its norm (`'norm'`, default), or of each of its entries (`'entries'`), as a matrix of
   * derivatives is; then small eigenvalues of a badly scaled positive definite matrix are right relatively too.
   */
  readonly rightTo?: 'norm' | 'entries'
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

const noiseOf = ({ n, values }: SymmetricEigen): number =>
  n * Number.EPSILON * Math.max(Math.abs(values[0] ?? 0), Math.abs(values[n - 1] ?? 0))

/** Up to which n rotations are worth their time. */
const rotated = 256

/** Whether a matrix may be positive definite, with an eigenvalue of which less than three digits are right. */
const isPoor = (found: SymmetricEigen): boolean => {
  const noise = noiseOf(found)
  const least = found.values[0] ?? 0
  return found.n > 1 && found.n <= rotated && least >= -noise && least < 1000 * noise
}

/**
 * The eigen-decomposition of a symmetric matrix, of which only the lower triangle is read.
 *
 *     A = V diag(values) Vᵀ
 *
 * Each eigenvalue is right to (n + 8) ε max|values|. With `rightTo: 'entries'`, a positive definite matrix D A D (D diagonal, of any
 * range) whose least eigenvalues are near that error is decomposed again by Jacobi rotations, and they are right to n ε κ(A) of
 * themselves.
 *
 * **Shapes** `[n, n]`; eigenvalues `[n]`, ascending.
 *
 * **Cost** 4/3 n³ operations for eigenvalues and factors, in LAPACK where the provider has one (see `useProvider`) and n is
 * large. Its results differ by rounding, and in the signs of eigenvectors, which rounding decides. Rotations, where they are
 * needed, take some 20 n³ more, and are left out for n above 256.
 *
 * **Fails** `Left` when the matrix has an entry that is not finite, or the iteration does not converge. A `Defect` when the
 * matrix is not square.
 *
 * **References** Golub and Van Loan, *Matrix Computations* (4th ed.), §8.3; Demmel and Veselić, *Jacobi's method is more accurate
 * than QR* (1992).
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
export const eigen = (matrix: Tensor, { rightTo = 'norm' }: EigenOptions = {}): E.Either<EigenFailure, Eigen> => {
  const n = orderOf('eigen', matrix)
  const first = symmetricEigen(n, bufferOf(matrix), provider().tridiagonalize)
  const graded =
    first !== undefined && rightTo === 'entries' && isPoor(first) ? gradedEigen(n, bufferOf(matrix)) : undefined
  const found = graded ?? first
  if (found === undefined)
    return E.left({
      _tag: 'EigenFailure',
      advice:
        'The matrix holds NaN or ∞, or its eigenvalues did not converge. Look for where the Hessian overflows with explain.',
    })
  const vector = (x: Float64Array): Tensor => fromFloat64Array(x, [n])
  return E.right({
    noise: graded === undefined ? noiseOf(found) : 0,
    values: vector(found.values),
    project: (x) => vector(found.project(bufferOf(x))),
    expand: (y) => vector(found.expand(bufferOf(y))),
    vectors: () => fromFloat64Array(found.vectors(), [n, n]),
  })
}
