/** Preconditioners from a few products: a low-rank part that is inverted exactly, and a number for the rest. */
import * as E from 'fp-ts/lib/Either.js'
import type { Key } from '../function/random.js'
import { type LowRank, nystrom, ofFactor, pivotedCholesky } from '../kernel/reference/factors.js'
import { combination, coordinates } from '../kernel/reference/krylov.js'
import { unitRows } from '../kernel/reference/movement.js'
import { orthonormalBasis } from '../kernel/reference/sketch.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { linearOperator } from './linear.js'
import { count, positive } from './options.js'
import { drawn } from './probes.js'
import { multiplyRows } from './rows.js'

/**
 * M ≈ A + λI with its inverse: U diag(values + λ) Uᵀ, and one number on all that U does not span.
 *
 * @since 0.1.0
 */
export interface Preconditioner<P> {
  /** M. */
  readonly operator: LinearOperator<P>
  /** M⁻¹, what `conjugateGradient` and `minres` take. */
  readonly inverse: LinearOperator<P>
  /** The eigenvalues of the low-rank part, the largest first. */
  readonly values: ReadonlyArray<number>
  readonly products: number
}

/**
 * A product was not finite, or the operator is not positive semidefinite on what was seen of it.
 *
 * @since 0.1.0
 */
export interface NoPreconditioner {
  readonly _tag: 'NoPreconditioner'
  readonly advice: string
}

const none: NoPreconditioner = {
  _tag: 'NoPreconditioner',
  advice:
    'The operator holds NaN or ∞, or is not positive semidefinite. Take absoluteOperator or gaussNewtonOperator of it.',
}

/** M with `rest` on the complement of the low-rank part. */
const preconditionerOf = <P>(
  operator: LinearOperator<P>,
  { vectors, values }: LowRank,
  shift: number,
  rest: number,
  products: number,
): E.Either<NoPreconditioner, Preconditioner<P>> => {
  const { ravel, unravel, size } = flatOf(operator)
  if (!(rest > 0 && rest < Infinity && values.every((value) => value < Infinity))) return E.left(none)
  const spectral = (f: (value: number) => number): LinearOperator<P> =>
    linearOperator(operator.like, (v) => {
      const x = ravel(v)
      const parts = coordinates(vectors, x).map((part, i) => part * (f((values[i] ?? 0) + shift) - f(rest)))
      const inside = combination(size, vectors, parts)
      return unravel(inside.map((entry, i) => entry + f(rest) * (x[i] ?? 0)))
    })
  return E.right({
    operator: spectral((value) => value),
    inverse: spectral((value) => 1 / value),
    values: [...values],
    products,
  })
}

/**
 * How large the low-rank part is, and what is added to the operator.
 *
 * @since 0.1.0
 */
export interface NystromOptions {
  readonly key: Key
  /** Products, and the rank of what they find; default 20. */
  readonly rank?: number
  /** λ of the system (A + λI) x = b that is to be solved; above 0. */
  readonly shift: number
}

/**
 * The randomised Nyström preconditioner of A + λI for positive semidefinite A whose eigenvalues decay.
 *
 *     A ≈ U Λ Uᵀ = A Ω (ΩᵀAΩ)⁺ ΩᵀA,   M = U (Λ + λ) Uᵀ + (Λ_min + λ) (I − UUᵀ)
 *
 * **Laws** Λ is at most A; the condition of the preconditioned system is small once the rank exceeds the effective dimension tr A(A + λI)⁻¹
 * by a factor.
 *
 * **Cost** `rank` products; `rank` vectors and 4 n · `rank` operations for each application.
 *
 * **Fails** `NoPreconditioner` when a product is not finite, or an eigenvalue of what was seen is negative; a `Defect` for options out of
 * range.
 *
 * **References** Frangella, Tropp and Udell, *Randomized Nyström preconditioning* (2023).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { randomKey, tensor } from 'gradus'
 * import { conjugateGradient, diagonalOperator, nystromPreconditioner, shiftOperator } from 'gradus/curvature'
 * const a = diagonalOperator(tensor([1000, 10, 0.1, 0]))
 * const made = nystromPreconditioner({ key: randomKey(1), rank: 2, shift: 0.01 })(a)
 * E.isRight(made) && conjugateGradient({ preconditioner: made.right.inverse })(shiftOperator(0.01)(a))(tensor([1, 1, 1, 1]))._tag // => 'Interior'
 *
 * @since 0.1.0
 */
export const nystromPreconditioner = ({
  key,
  rank = 20,
  shift,
}: NystromOptions): (<P>(operator: LinearOperator<P>) => E.Either<NoPreconditioner, Preconditioner<P>>) => {
  const asked = count('nystromPreconditioner', 'rank', rank, 1)
  const λ = positive('nystromPreconditioner', 'shift', shift)
  return (operator) => {
    const tests = drawn('nystromPreconditioner', operator.size, {
      key,
      distribution: 'normal',
      probes: Math.max(1, Math.min(asked, operator.size)),
    })
    const basis = orthonormalBasis(tests)
    const found = nystrom(operator.size, basis, multiplyRows(operator)(basis))
    if (found === undefined) return E.left(none)
    const least = found.values.length < basis.length ? 0 : (found.values[found.values.length - 1] ?? 0)
    return preconditionerOf(operator, found, λ, least + λ, basis.length)
  }
}

/**
 * How large the factor is, and what is added to the operator.
 *
 * @since 0.1.0
 */
export interface CholeskyOptions<P> {
  /** Columns of the factor, each of which takes a product; default 20. */
  readonly rank?: number
  /** λ of the system (A + λI) x = b that is to be solved; above 0. */
  readonly shift: number
  /** The diagonal of A; without it, it is read off at the cost of n products. */
  readonly diagonal?: P
}

/**
 * The partial Cholesky preconditioner of A + λI for positive semidefinite A: the columns with the largest pivots.
 *
 *     A ≈ L Lᵀ,   M = L Lᵀ + λI
 *
 * **Laws** what is left of A is positive semidefinite, and its trace falls with every column; M = A + λI for a rank up to that of the factor.
 *
 * **Cost** `rank` products, and n for the diagonal where it is not given; 4 n · `rank` operations for each application.
 *
 * **Fails** `NoPreconditioner` when a product is not finite, or a column shows that A is not positive semidefinite, or that the diagonal given
 * is not its own; a `Defect` for options out of range.
 *
 * **References** Harbrecht, Peters and Schneider, *On the low-rank approximation by the pivoted Cholesky decomposition* (2012).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor, toArray } from 'gradus'
 * import { choleskyPreconditioner, diagonalOperator } from 'gradus/curvature'
 * const made = choleskyPreconditioner({ rank: 1, shift: 1 })(diagonalOperator(tensor([4, 1])))
 * E.isRight(made) && toArray(made.right.operator.matrix()) // => [[5, 0], [0, 1]]
 *
 * @since 0.1.0
 */
export const choleskyPreconditioner = <P>({
  rank = 20,
  shift,
  diagonal,
}: CholeskyOptions<P>): (<Q extends P>(
  operator: LinearOperator<Q>,
) => E.Either<NoPreconditioner, Preconditioner<Q>>) => {
  const asked = count('choleskyPreconditioner', 'rank', rank, 1)
  const λ = positive('choleskyPreconditioner', 'shift', shift)
  return (operator) => {
    const { ravel, multiply, size } = flatOf(operator)
    const column = (i: number): Float64Array => multiply(unitRows(size, i, 1))
    const entries =
      diagonal === undefined
        ? Float64Array.from({ length: size }, (_, i) => column(i)[i] ?? Number.NaN)
        : ravel(diagonal)
    if (!entries.every((entry) => entry >= 0 && entry < Infinity)) return E.left(none)
    const factor = pivotedCholesky(entries, column, asked)
    const found = factor === undefined ? undefined : ofFactor(size, factor)
    return factor === undefined || found === undefined
      ? E.left(none)
      : preconditionerOf(operator, found, λ, λ, factor.length + (diagonal === undefined ? size : 0))
  }
}
