/** Functions of symmetric operators: f(A) v without A's decomposition, from a Krylov space that v begins. */
import { withBasis } from '../kernel/provider.js'
import { applyByLanczos } from '../kernel/reference/lanczosRun.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { linearOperator } from './linear.js'
import { atLeastZero, count } from './options.js'

/**
 * How exactly f(A) v is wanted.
 *
 * @since 0.1.0
 */
export interface FunctionOptions {
  /** Ends when the vectors to come are expected to change the image by no more than this part of it; default 1e-10. */
  readonly tolerance?: number
  /** The largest Krylov space; default 200. */
  readonly dimension?: number
}

/**
 * f(A) v, and how well it is known.
 *
 * @since 0.1.0
 */
export interface FunctionImage<P> {
  readonly image: P
  /**
   * ‖f(A) v − image‖, estimated: what vectors to come will change, judged by the last ones, or nothing when the Krylov space is invariant; and
   * what becomes of the image when eigenvalues move by rounding.
   */
  readonly error: number
  /** Whether vectors to come change no more than is tolerated, and rounding leaves half of the digits. */
  readonly converged: boolean
  readonly products: number
}

/**
 * f(A) v for a function of numbers that is applied to the eigenvalues of A.
 *
 *     f(A) v ≈ ‖v‖ V f(T) e₁      with A V = V T + …, from Lanczos started at v
 *
 * √, exp, sign, |x| and 1/|x| are the usual ones: |A|⁻¹ v is the step of saddle-free Newton.
 *
 * **Laws** exact for polynomials of a degree below the dimension, and when the space is invariant.
 *
 * **Cost** a product for each vector of the space, until the image changes no more.
 *
 * **Special values** v = 0 gives 0. Where f of an eigenvalue that v has a part in is NaN or ∞, the image is not finite and not
 * converged; the same where rounding decides, as it does of sign(0) and of 1/0.
 *
 * **Fails** with a `Defect` for options out of range.
 *
 * **References** Higham, *Functions of Matrices* (2008), §13.2.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { applyFunction, diagonalOperator } from 'gradus/curvature'
 * const a = diagonalOperator(tensor([4, -9]))
 * const { image } = applyFunction((x) => 1 / Math.abs(x))(a)(tensor([4, 0]))
 * toArray(image) // => [1, 0]
 *
 * @since 0.1.0
 */
export const applyFunction = (
  f: (x: number) => number,
  { tolerance = 1e-10, dimension = 200 }: FunctionOptions = {},
): (<P>(operator: LinearOperator<P>) => (v: P) => FunctionImage<P>) => {
  const relative = atLeastZero('applyFunction', 'tolerance', tolerance)
  const most = count('applyFunction', 'dimension', dimension, 1)
  return (operator) => {
    const { image, load, unravel } = flatOf(operator)
    return (v) => {
      const found = withBasis(operator.size, (basis) => {
        basis.room(1)
        load(v, basis.row(0))
        return applyByLanczos(basis, image, f, relative, most)
      })
      return {
        image: unravel(found.image),
        error: found.error,
        converged: found.converged,
        products: found.iterations,
      }
    }
  }
}

/**
 * f(A) as an operator, whose products are those of `applyFunction`. It is linear as far as these have converged.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { diagonalOperator, functionOperator } from 'gradus/curvature'
 * toArray(functionOperator(Math.sqrt)(diagonalOperator(tensor([4, 9]))).apply(tensor([1, 0]))) // => [2, 0]
 *
 * @since 0.1.0
 */
export const functionOperator =
  (f: (x: number) => number, options: FunctionOptions = {}) =>
  <P>(operator: LinearOperator<P>): LinearOperator<P> => {
    const applied = applyFunction(f, options)(operator)
    return linearOperator(operator.like, (v) => applied(v).image)
  }

/**
 * |A|: the operator with the eigenvectors of A and the sizes of its eigenvalues.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { absoluteOperator, diagonalOperator } from 'gradus/curvature'
 * toArray(absoluteOperator()(diagonalOperator(tensor([4, -9]))).apply(tensor([0, 1]))) // => [0, 9]
 *
 * @since 0.1.0
 */
export const absoluteOperator = (
  options: FunctionOptions = {},
): (<P>(operator: LinearOperator<P>) => LinearOperator<P>) => functionOperator(Math.abs, options)
