/** Lanczos with full re-orthogonalisation: an orthonormal basis of a Krylov space, and the operator restricted to it. */
import { fromFloat64Array } from '../data/construct.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import { combination, coordinates, divided, normOf, type Separated, separate } from '../kernel/reference/krylov.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'

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

/** The basis, the rows of VᵀAV up to the diagonal, and the one image that is still of use. */
interface Growth {
  readonly basis: ReadonlyArray<Float64Array>
  readonly rows: ReadonlyArray<Float64Array>
  /** What the image of the last vector is outside of the basis, orthogonal to it already, and how long the image was. */
  readonly rest: Separated
  readonly imageLength: number
}

/**
 * The span of start, A start, …, A^(k−1) start and of the appended directions.
 *
 * **Laws** Vᵀ V = I to rounding; with k = n, or when the space is invariant, the operator is known exactly on it.
 *
 * **Cost** one product per basis vector, and about 4 k² n operations to keep the basis orthogonal. Memory: the k basis vectors and a
 * few more.
 *
 * **Special values** a start of zeros gives a subspace of dimension 0. The process ends early when the next vector
 * depends on the basis (an invariant subspace).
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
  <P>({ start, dimension, append = [] }: LanczosOptions<P>) =>
  (operator: LinearOperator<P>): Subspace<P> => {
    const { size, unravel, multiply, ravel } = flatOf(operator)
    const grow = ({ basis, rows }: Growth, { rest, length }: Separated, scale: number): Growth | undefined => {
      if (!(length > novelty * scale) || basis.length === size) return undefined
      const unit = divided(rest, length)
      const grown = [...basis, unit]
      const image = multiply(unit)
      const seen = separate(grown, image)
      return { basis: grown, rows: [...rows, seen.coordinates], rest: seen, imageLength: normOf(image) }
    }
    const krylov = (growth: Growth): Growth => {
      if (growth.basis.length >= dimension) return growth
      const next = grow(growth, growth.rest, growth.imageLength)
      return next === undefined ? growth : krylov(next)
    }
    const empty: Growth = { basis: [], rows: [], rest: separate([], new Float64Array(size)), imageLength: 0 }
    const first = ravel(start)
    const begun = dimension < 1 ? undefined : grow(empty, separate([], first), normOf(first))
    const { basis, rows } = append.reduce<Growth>(
      (growth, direction) => {
        const extra = ravel(direction)
        return grow(growth, separate(growth.basis, extra), normOf(extra)) ?? growth
      },
      begun === undefined ? empty : krylov(begun),
    )
    const k = basis.length
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
      project: (x) => fromFloat64Array(coordinates(basis, ravel(x)), [k]),
      expand: (y) => unravel(combination(size, basis, bufferOf(y))),
      products: k,
    }
  }
