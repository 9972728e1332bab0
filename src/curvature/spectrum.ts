/** Pairs of eigenvalues and eigenvectors of an operator: from its matrix, or of a Krylov space with what they are known to. */
import * as E from 'fp-ts/lib/Either.js'
import { toFloat64Array, toNumber } from '../data/read.js'
import { treeMap } from '../data/Tree.js'
import { foldIn, normal, randomKey } from '../function/random.js'
import { ravel, treeAxpy, treeDot } from '../function/tree.js'
import { wantedOf } from '../kernel/reference/blockKrylov.js'
import { type Eigen, type EigenFailure, eigen } from '../operator/eigen.js'
import type { Wanted } from '../operator/eigenpairs.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { lanczos, type Subspace } from '../operator/lanczos.js'
import { treeLength } from '../operator/length.js'
import { count as requireCount } from '../operator/options.js'
import { unitVector } from '../operator/rows.js'
import { abs, div } from '../primitive/arithmetic.js'
import { max } from '../primitive/reduction.js'

/**
 * Where eigenvalues are looked for. A Krylov space starts from the vector given beside the operator, or, without one or from zeros, from a
 * random one, which is the same for all operators of a structure.
 *
 * @since 0.1.0
 */
export interface SpectrumOptions {
  /**
   * The largest number of Lanczos vectors, each for one product. Left out, the whole matrix is decomposed, at the cost of `size`
   * products and O(size³).
   */
  readonly dimension?: number
}

/** Values in ascending order, and what belongs to them. */
export interface Ritz<P> {
  readonly values: ReadonlyArray<number>
  readonly vector: (i: number) => P
  /** Whether they are all eigenvalues there are. */
  readonly isWhole: boolean
  readonly products: number
}

const startKey = randomKey(0x51ed270b)

const startLike = <P>({ like, size }: LinearOperator<P>): P => ravel(like)[1](normal(foldIn(startKey, size), [size]))

/** All eigenpairs, or the Ritz pairs of a Krylov space where one is asked for that is smaller than the whole. */
export const ritzOf = <P>(
  operation: string,
  operator: LinearOperator<P>,
  dimension: number = operator.size,
  start: P = startLike(operator),
): E.Either<EigenFailure, Ritz<P>> => {
  const { size, like } = operator
  const isWhole = requireCount(operation, 'dimension', dimension, Math.min(1, size)) >= size
  const length = treeLength(start)
  if (!isWhole && !(length < Infinity))
    return E.left({
      _tag: 'EigenFailure',
      advice: 'The start holds NaN or ∞. Leave it out, or look where it comes from.',
    })
  const space: Pick<Subspace<P>, 'restricted' | 'expand' | 'products'> = isWhole
    ? { restricted: operator.matrix(), expand: ravel(like)[1], products: size }
    : // Nothing is seen from a start of zeros, such as the gradient at a critical point.
      lanczos({ start: length > 0 ? start : startLike(operator), dimension })(operator)
  return E.map(
    ({ values, expand }: Eigen): Ritz<P> => ({
      values: [...toFloat64Array(values)],
      vector: (i) => space.expand(expand(unitVector(values.size, i))),
      isWhole,
      products: space.products,
    }),
  )(eigen(space.restricted))
}

/**
 * Which eigenvectors span a subspace.
 *
 * @since 0.1.0
 */
export interface TopOptions extends SpectrumOptions {
  /** How many. */
  readonly count: number
  /** Default `'largest'`. */
  readonly which?: Exclude<Wanted, 'bothEnds'>
}

/**
 * A subspace of eigenvectors, the most extreme first.
 *
 * @since 0.1.0
 */
export interface TopSubspace<P> {
  readonly values: ReadonlyArray<number>
  /** Orthonormal. */
  readonly vectors: ReadonlyArray<P>
  /** ‖A v − λ v‖ for each: an eigenvalue lies as near to λ as this. */
  readonly residuals: ReadonlyArray<number>
  readonly products: number
}

/**
 * The eigenvectors at one end of the spectrum: exactly from the matrix, or with `dimension` as Ritz vectors of a Krylov space.
 *
 * **Shapes** vectors have the structure of the parameters.
 *
 * **Cost** that of the matrix and its decomposition, or `dimension` products; and one product for each residual.
 *
 * **Special values** fewer than `count` where the operator or the Krylov space has no more. A Krylov space finds one vector of a
 * multiple eigenvalue; `eigenpairs` finds them all.
 *
 * **Fails** `Left` when the matrix or the start has entries that are not finite. A `Defect` when the count or the dimension is no positive integer.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, type Tensor } from 'gradus'
 * import { hessianOperator, topSubspace } from 'gradus/curvature'
 * const h = hessianOperator((x: Tensor) => sum(mul(tensor([1, 3, -2]), mul(x, x))))(tensor([0, 0, 0]))
 * const top = topSubspace({ count: 2, which: 'magnitude' })(h)
 * E.isRight(top) && top.right.values // => [6, -4]
 *
 * @since 0.1.0
 */
export const topSubspace =
  ({ count, which = 'largest', dimension }: TopOptions) =>
  <P>(operator: LinearOperator<P>, start?: P): E.Either<EigenFailure, TopSubspace<P>> => {
    requireCount('topSubspace', 'count', count, 1)
    return E.map(({ values, vector, products }: Ritz<P>): TopSubspace<P> => {
      const chosen = wantedOf(values, which, count)
      const vectors = chosen.map(vector)
      const own = chosen.map((i) => values[i] ?? Number.NaN)
      return {
        values: own,
        vectors,
        residuals: vectors.map((v, i) => treeLength(treeAxpy(-(own[i] ?? Number.NaN), v, operator.apply(v)))),
        products: products + vectors.length,
      }
    })(ritzOf('topSubspace', operator, dimension, start))
  }

/**
 * The share of a gradient that lies in a subspace of eigenvectors.
 *
 *     ‖P g‖² / ‖g‖²,    P = V Vᵀ
 *
 * Along a training run with k classes, most of the gradient soon lies in the k largest eigenvectors of the Hessian.
 *
 * **Special values** NaN for a gradient of zeros.
 *
 * **References** Gur-Ari, Roberts & Dyer, *Gradient descent happens in a tiny subspace* (2018), eq. 1.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { gradientInTopSubspace } from 'gradus/curvature'
 * const top = { vectors: [tensor([1, 0])] }
 * gradientInTopSubspace(top)(tensor([3, 4])) // ≈ 0.36
 *
 * @since 0.1.0
 */
export const gradientInTopSubspace =
  <P>({ vectors }: Pick<TopSubspace<P>, 'vectors'>) =>
  (gradient: P): number => {
    // The largest entry first, so that squares neither overflow nor vanish.
    const largest = toNumber(max(abs(ravel(gradient)[0])))
    const scaled = treeMap((leaf) => div(leaf, largest))(gradient)
    const squared = toNumber(treeDot(scaled, scaled))
    return vectors.reduce((sum, v) => sum + toNumber(treeDot(v, scaled)) ** 2, 0) / squared
  }

/**
 * How far two subspaces of eigenvectors are the same, at two times of a run for example: 1 where they are, 0 where they are
 * orthogonal, about k / n for random ones.
 *
 *     tr(P Q) / k = ‖Vᵀ W‖² / k
 *
 * **Special values** k is the larger number of vectors; NaN when there are none.
 *
 * **References** Gur-Ari, Roberts & Dyer, *Gradient descent happens in a tiny subspace* (2018), eq. 3.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { subspaceOverlap } from 'gradus/curvature'
 * const spanOf = (...vectors: ReadonlyArray<ReturnType<typeof tensor>>) => ({ vectors })
 * const [x, y, z] = [tensor([1, 0, 0]), tensor([0, 1, 0]), tensor([0, 0, 1])]
 * subspaceOverlap(spanOf(x, y), spanOf(y, z)) // => 0.5
 *
 * @since 0.1.0
 */
export const subspaceOverlap = <P>(a: Pick<TopSubspace<P>, 'vectors'>, b: Pick<TopSubspace<P>, 'vectors'>): number =>
  a.vectors.reduce((sum, v) => b.vectors.reduce((part, w) => part + toNumber(treeDot(v, w)) ** 2, sum), 0) /
  Math.max(a.vectors.length, b.vectors.length)
