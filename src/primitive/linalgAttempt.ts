/** Solves and decompositions that say why they fail, for those who have the numbers: traced tensors cannot be asked. */
import * as E from 'fp-ts/lib/Either.js'
import { bind } from '../core/Trace.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import { choleskyFactor } from '../kernel/blocked/cholesky.js'
import { luStops } from '../kernel/blocked/lu.js'
import { symmetricPart } from '../kernel/reference/symmetrize.js'
import { type Eigh, eigenFactorP, eigh } from './linalgEigen.js'
import { luFactorOf, solve } from './linalgLu.js'
import { splitSquare } from './linalgMap.js'
import { type Svd, svd, svdFactorOf } from './linalgSvd.js'
import { cholesky } from './linalgTriangular.js'

/**
 * A matrix without a Cholesky factor.
 *
 * @since 0.1.0
 */
export interface NotPositiveDefinite {
  readonly _tag: 'NotPositiveDefinite'
  /** Which matrix of the batch, counted row-major: 0 where there is only one. */
  readonly matrix: number
  /** The first index whose leading minor is not positive. */
  readonly pivot: number
  /** What is left of the diagonal there: negative, 0 or not finite. */
  readonly value: number
  readonly advice: string
}

/**
 * A matrix without an inverse.
 *
 * @since 0.1.0
 */
export interface Singular {
  readonly _tag: 'Singular'
  readonly matrix: number
  /** The step of the elimination that found no pivot: the columns up to this one are linearly dependent. */
  readonly pivot: number
  readonly advice: string
}

/**
 * A decomposition that was not found.
 *
 * @since 0.1.0
 */
export interface NotConverged {
  readonly _tag: 'NotConverged'
  readonly matrix: number
  readonly advice: string
}

const parts = (x: Tensor, batch: Shape): ReadonlyArray<Float64Array> => {
  const count = sizeOf(batch)
  const buffer = bufferOf(x)
  const length = buffer.length / count
  return Array.from({ length: count }, (_, i) => buffer.subarray(i * length, (i + 1) * length))
}

const firstFailure = <A>(
  matrices: ReadonlyArray<Float64Array>,
  judge: (x: Float64Array, i: number) => A | undefined,
): A | undefined => matrices.reduce<A | undefined>((found, x, i) => found ?? judge(x, i), undefined)

/**
 * `cholesky`, or the first matrix of the batch that is not positive definite and the pivot that shows it.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor, tryCholesky } from 'gradus'
 * const found = tryCholesky(tensor([[1, 2], [2, 1]]))
 * E.isLeft(found) && [found.left.pivot, found.left.value] // => [1, -3]
 *
 * @since 0.1.0
 */
export const tryCholesky = (a: Tensor): E.Either<NotPositiveDefinite, Tensor> => {
  const [batch, n] = splitSquare('tryCholesky', a.shape)
  const failure = firstFailure(parts(a, batch), (x, matrix): NotPositiveDefinite | undefined => {
    const found = choleskyFactor(n, symmetricPart(n, x))
    return found._tag === 'Factor'
      ? undefined
      : {
          _tag: 'NotPositiveDefinite',
          matrix,
          pivot: found.pivot,
          value: found.value,
          advice: Number.isFinite(found.value)
            ? `The leading ${found.pivot + 1} rows and columns are not positive definite. Add a multiple of the identity, or use eigh.`
            : 'The matrix holds NaN or ∞. Look for where with explain.',
        }
  })
  return failure === undefined ? E.right(cholesky(a)) : E.left(failure)
}

/**
 * `solve`, or the first matrix of the batch that is singular and the step of the elimination that found no pivot.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor, trySolve } from 'gradus'
 * const found = trySolve(tensor([[1, 2], [2, 4]]), tensor([1, 1]))
 * E.isLeft(found) && found.left.pivot // => 1
 *
 * @since 0.1.0
 */
export const trySolve = (a: Tensor, b: Tensor): E.Either<Singular, Tensor> => {
  const [batch, n] = splitSquare('trySolve', a.shape)
  const failure = firstFailure(parts(luFactorOf(a), batch), (factor, matrix): Singular | undefined => {
    const pivot = luStops(n, factor)
    return pivot === -1
      ? undefined
      : {
          _tag: 'Singular',
          matrix,
          pivot,
          advice: `The first ${pivot + 1} columns are linearly dependent, or the matrix holds NaN or ∞. Use lstsq for the smallest solution.`,
        }
  })
  return failure === undefined ? E.right(solve(a, b)) : E.left(failure)
}

const decomposed = <A>(factor: Tensor, result: () => A): E.Either<NotConverged, A> => {
  const failure = firstFailure(parts(factor, factor.shape.slice(0, -2)), (packed, matrix): NotConverged | undefined =>
    packed.every((x) => Number.isFinite(x))
      ? undefined
      : {
          _tag: 'NotConverged',
          matrix,
          advice:
            'The matrix holds NaN or ∞, or the iteration did not converge. Look for where it overflows with explain.',
        },
  )
  return failure === undefined ? E.right(result()) : E.left(failure)
}

/**
 * `eigh`, or the first matrix of the batch that has no decomposition.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor, tryEigh } from 'gradus'
 * E.isLeft(tryEigh(tensor([[1, 2], [2, NaN]]))) // => true
 *
 * @since 0.1.0
 */
export const tryEigh = (a: Tensor): E.Either<NotConverged, Eigh> =>
  decomposed(bind(eigenFactorP, undefined, [a]), () => eigh(a))

/**
 * `svd`, or the first matrix of the batch that has no decomposition.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor, trySvd } from 'gradus'
 * E.isLeft(trySvd(tensor([[1, 2], [2, Infinity]]))) // => true
 *
 * @since 0.1.0
 */
export const trySvd = (a: Tensor): E.Either<NotConverged, Svd> => decomposed(svdFactorOf(a), () => svd(a))
