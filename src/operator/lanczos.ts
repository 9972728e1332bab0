/** Lanczos with full re-orthogonalisation: an orthonormal basis of a Krylov space, and the operator restricted to it. */
import { fromFloat64Array } from '../data/construct.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import { combination, coordinates, divided, normOf, projectOut } from '../kernel/reference/krylov.js'
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

interface Growth {
  readonly basis: ReadonlyArray<Float64Array>
  readonly images: ReadonlyArray<Float64Array>
}

/**
 * The span of start, A start, …, A^(k−1) start and of the appended directions.
 *
 * **Laws** Vᵀ V = I to rounding; with k = n, or when the space is invariant, the operator is known exactly on it.
 *
 * **Cost** one product per basis vector, and 4 k² n operations to keep the basis orthogonal.
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
    const [, unravel] = ravel(operator.like)
    const flat = (x: P): Float64Array => bufferOf(ravel(x)[0])
    const image = (v: Float64Array): Float64Array => flat(operator.apply(unravel(fromFloat64Array(v, [v.length]))))
    const grow = ({ basis, images }: Growth, candidate: Float64Array, scale: number): Growth | undefined => {
      const rest = projectOut(basis, candidate)
      const length = normOf(rest)
      if (!(length > novelty * scale) || basis.length === operator.size) return undefined
      const row = divided(rest, length)
      return { basis: [...basis, row], images: [...images, image(row)] }
    }
    const krylov = (growth: Growth): Growth => {
      const last = growth.images[growth.images.length - 1]
      if (growth.basis.length >= dimension || last === undefined) return growth
      const next = grow(growth, last, normOf(last))
      return next === undefined ? growth : krylov(next)
    }
    const first = flat(start)
    const begun = dimension < 1 ? undefined : grow({ basis: [], images: [] }, first, normOf(first))
    const { basis, images } = append.reduce<Growth>(
      (growth, direction) => {
        const extra = flat(direction)
        return grow(growth, extra, normOf(extra)) ?? growth
      },
      begun === undefined ? { basis: [], images: [] } : krylov(begun),
    )
    const k = basis.length
    const rows = images.map((each) => coordinates(basis, each))
    return {
      dimension: k,
      // The two halves differ by rounding only; their mean is symmetric.
      restricted: fromFloat64Array(
        Float64Array.from({ length: k * k }, (_, at) => {
          const [i, j] = [Math.floor(at / k), at % k]
          return ((rows[i]?.[j] ?? 0) + (rows[j]?.[i] ?? 0)) / 2
        }),
        [k, k],
      ),
      project: (x) => fromFloat64Array(coordinates(basis, flat(x)), [k]),
      expand: (y) => unravel(fromFloat64Array(combination(operator.size, basis, bufferOf(y)), [operator.size])),
      products: k,
    }
  }
