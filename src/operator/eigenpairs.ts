/** A few eigenpairs of a large operator: block Lanczos, restarted until what it claims is so. */
import { toFloat64Array } from '../data/read.js'
import { foldIn, type Key, normal, randomKey } from '../function/random.js'
import { withBasis } from '../kernel/provider.js'
import { blockKrylov, type Which } from '../kernel/reference/blockKrylov.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { atLeastZero, count as requireCount } from './options.js'
import { multiplyRows } from './rows.js'

/**
 * Which eigenvalues are wanted: the smallest, the largest, the largest in magnitude, or those of both ends by turns, the largest
 * first.
 *
 * @since 0.1.0
 */
export type Wanted = Which

/**
 * How many eigenpairs, which, and how exactly.
 *
 * @since 0.1.0
 */
export interface EigenpairsOptions<P> {
  readonly count: number
  /** Default `'largest'`. */
  readonly which?: Wanted
  /** ‖A v − λ v‖ relative to the largest eigenvalue in magnitude; default 1e-10. */
  readonly tolerance?: number
  /** Default 100 for each pair and 10 times the unknowns, whichever is less, and not less than 200. */
  readonly maximalProducts?: number
  /** Lanczos vectors that are kept before a restart; default twice the pairs and 10 blocks, at least 20. */
  readonly dimension?: number
  /** Vectors that are multiplied together; default 1. Clusters as large as a block are found at once. */
  readonly block?: number
  /** Where to begin; default random. */
  readonly start?: P
  /** Where random directions come from; default `randomKey(0)`. */
  readonly key?: Key
  /**
   * Whether to look once more from a random direction when all pairs have converged, since one start shows one vector only of an
   * eigenvalue that is multiple; default true.
   */
  readonly confirm?: boolean
}

/**
 * An eigenvalue with its vector, and how well they are known: some eigenvalue lies within `residual` of `value`.
 *
 * @since 0.1.0
 */
export interface Eigenpair<P> {
  readonly value: number
  /** Of length 1. */
  readonly vector: P
  /** ‖A v − λ v‖, measured by a product. */
  readonly residual: number
  readonly converged: boolean
}

/**
 * The pairs in the order in which they are wanted, and what they cost. None if a product was not finite.
 *
 * @since 0.1.0
 */
export interface Eigenpairs<P> {
  readonly pairs: ReadonlyArray<Eigenpair<P>>
  readonly converged: boolean
  readonly products: number
  readonly restarts: number
}

/**
 * A few eigenvalues of a symmetric operator, with their vectors: Lanczos with full re-orthogonalisation and thick restarts.
 *
 * **Laws** vectors are orthonormal; ‖A v − λ v‖ is at most the residual, so an eigenvalue lies as near; deterministic.
 *
 * **Cost** the products it reports, one of them for each pair at the end; memory for `dimension` vectors and a few more.
 *
 * **Special values** an operator of fewer unknowns than pairs gives all of its pairs; multiple eigenvalues come as often as they are.
 * NaN and ∞ give no pairs.
 *
 * **Fails** with a `Defect` for options out of range.
 *
 * **References** Wu and Simon, *Thick-restart Lanczos method for large symmetric eigenvalue problems* (2000); Parlett, *The Symmetric
 * Eigenvalue Problem* (1998), ch. 13.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { diagonalOperator, eigenpairs } from 'gradus/curvature'
 * const found = eigenpairs({ count: 1, which: 'smallest' })(diagonalOperator(tensor([3, -2, 7])))
 * found.pairs[0]?.value // ≈ -2
 * found.converged // => true
 *
 * @since 0.1.0
 */
export const eigenpairs = <P>({
  count,
  which = 'largest',
  tolerance = 1e-10,
  maximalProducts,
  dimension,
  block = 1,
  start,
  key = randomKey(0),
  confirm = true,
}: EigenpairsOptions<P>): (<Q extends P>(operator: LinearOperator<Q>) => Eigenpairs<Q>) => {
  const name = 'eigenpairs'
  const pairs = requireCount(name, 'count', count, 1)
  const width = requireCount(name, 'block', block, 1)
  const relative = atLeastZero(name, 'tolerance', tolerance)
  const most = maximalProducts === undefined ? undefined : requireCount(name, 'maximalProducts', maximalProducts, 1)
  const least = pairs + 2 * width
  const asked = dimension === undefined ? undefined : requireCount(name, 'dimension', dimension, least)
  return (operator) => {
    const { size, ravel, unravel } = flatOf(operator)
    const wanted = Math.min(pairs, size)
    const found = withBasis(size, (basis) =>
      blockKrylov(basis, multiplyRows(operator), {
        count: wanted,
        which,
        tolerance: relative,
        mostProducts: most ?? Math.max(200, Math.min(100 * pairs, 10 * size)),
        capacity: Math.min(size, asked ?? Math.max(20, 2 * pairs + 10 * width)),
        block: width,
        starts: start === undefined ? [] : [ravel(start)],
        fresh: (index) => toFloat64Array(normal(foldIn(key, index), [size])),
        confirms: confirm,
      }),
    )
    const made = found.values.map((value, i): Eigenpair<(typeof operator)['like']> => {
      const residual = found.residuals[i] ?? Number.NaN
      const allowed = Math.max(relative, size * Number.EPSILON) * found.scale
      return {
        value,
        vector: unravel(found.vectors[i] ?? new Float64Array(0)),
        residual,
        converged: residual <= allowed,
      }
    })
    return {
      pairs: made,
      converged: made.length === wanted && made.every(({ converged }) => converged),
      products: found.products,
      restarts: found.restarts,
    }
  }
}
