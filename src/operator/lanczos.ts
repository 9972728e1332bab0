/** Lanczos with full re-orthogonalisation: an orthonormal basis of a Krylov space, and the operator restricted to it. */
import { fromFloat64Array } from '../data/construct.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import type { Basis } from '../kernel/Basis.js'
import { openBasis, withBasis } from '../kernel/provider.js'
import { combineInto, coordinatesIn, divideRow, rowNorm, separate } from '../kernel/reference/gramSchmidt.js'
import { lanczosRun, tridiagonalRows } from '../kernel/reference/lanczosRun.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { atLeastZero } from './options.js'

/**
 * A subspace with an orthonormal basis V (its rows here), and the operator A seen from inside: Vᵀ A V.
 *
 * @since 0.1.0
 */
export interface Subspace<P> {
  readonly dimension: number
  /** Vᵀ A V, symmetric, `[k, k]`. */
  readonly restricted: Tensor
  /** Vᵀ x, `[k]`. */
  readonly project: (x: P) => Tensor
  /** V y. */
  readonly expand: (y: Tensor) => P
  /** Products with A that were used. */
  readonly products: number
}

/**
 * Where a Krylov space starts and how far it goes.
 *
 * @since 0.1.0
 */
export interface LanczosOptions<P> {
  /** Where the Krylov space starts. */
  readonly start: P
  /** The largest number of Lanczos vectors. */
  readonly dimension: number
  /** Further directions to take in, orthogonalised; each costs one product. */
  readonly append?: ReadonlyArray<P>
}

/** A direction is new when this much of it is left after projection, relative to what there was. */
const novelty = 1e-10

/**
 * The span of start, A start, …, A^(k−1) start and of the appended directions.
 *
 * **Laws** Vᵀ V = I to rounding; with k = n, or when the space is invariant, the operator is known exactly on it.
 *
 * **Cost** one product per basis vector, and k² n to 2 k² n multiplications to keep the basis orthogonal. Memory: the k basis vectors
 * and a few more.
 *
 * **Special values** a start of zeros gives a subspace of dimension 0. The process ends early when the next vector
 * depends on the basis (an invariant subspace).
 *
 * **Fails** with a `Defect` for a dimension that is negative or NaN.
 *
 * **References** Lanczos (1950); Parlett, *The Symmetric Eigenvalue Problem* (1998), ch. 13.
 *
 * @example
 * import { hessianOperator, lanczos } from 'gradus/curvature'
 * import { mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * const a = hessianOperator((x: Tensor) => sum(mul(tensor([1, 2]), mul(x, x))))(tensor([0, 0]))
 * toArray(lanczos({ start: tensor([1, 0]), dimension: 2 })(a).restricted) // => [[2]]
 *
 * @since 0.1.0
 */
export const lanczos =
  <P>(options: LanczosOptions<P>) =>
  (operator: LinearOperator<P>): Subspace<P> =>
    lanczosIn(openBasis(operator.size, true), options, operator)

/** What `use` makes of the same subspace, which ends with it: its memory serves the next one. */
export const withLanczos = <P, A>(
  options: LanczosOptions<P>,
  operator: LinearOperator<P>,
  use: (subspace: Subspace<P>) => A,
): A => withBasis(operator.size, (basis) => use(lanczosIn(basis, options, operator)))

const lanczosIn = <P>(
  basis: Basis,
  { start, dimension, append = [] }: LanczosOptions<P>,
  operator: LinearOperator<P>,
): Subspace<P> => {
  const { size, cut, load, image } = flatOf(operator)
  atLeastZero('lanczos', 'dimension', dimension)
  /** A place for a vector outside of the first rows. */
  const place = (x: P, row: number): number => {
    basis.room(row + 1)
    load(x, basis.row(row))
    return row
  }
  const begun = dimension < 1 ? undefined : place(start, 0)
  const run = begun === undefined ? undefined : lanczosRun(basis, image, { most: dimension, novelty, against: 'image' })
  const krylov = run === undefined ? [] : tridiagonalRows(run)
  /** The rows of VᵀAV up to the diagonal, and one more if the direction is new. */
  const include = (rows: ReadonlyArray<Float64Array>, direction: P): ReadonlyArray<Float64Array> => {
    const k = rows.length
    const length = rowNorm(basis, place(direction, k))
    const rest = separate(basis, k, k).length
    if (!(rest > novelty * length) || k === size) return rows
    divideRow(basis, k, rest)
    basis.room(k + 2)
    image(basis.row(k), basis.row(k + 1))
    return [...rows, coordinatesIn(basis, k + 1, k + 1)]
  }
  const rows = append.reduce(include, krylov)
  const k = rows.length
  return {
    dimension: k,
    restricted: fromFloat64Array(
      Float64Array.from({ length: k * k }, (_, at) => {
        const [i, j] = [Math.floor(at / k), at % k]
        // Each row is known up to its diagonal; the rest is its mirror image.
        return rows[Math.max(i, j)]?.[Math.min(i, j)] ?? 0
      }),
      [k, k],
    ),
    // The start, from which optimizers take their first step, is along the first vector.
    project: (x) =>
      fromFloat64Array(
        x === start && run !== undefined
          ? Float64Array.from({ length: k }, (_, i) => (i === 0 ? run.length : 0))
          : coordinatesIn(basis, k, place(x, k)),
        [k],
      ),
    expand: (y) => {
      basis.room(k + 1)
      combineInto(basis, bufferOf(y), k)
      return cut(basis.row(k))
    },
    products: k,
  }
}
