/** Systems with a symmetric matrix that is made positive definite where it is not. */
import * as O from 'fp-ts/lib/Option.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { modifiedCholesky as factored } from '../kernel/reference/modifiedCholesky.js'
import { orderOf } from './symmetric.js'

/**
 * A + E with a diagonal E ≥ 0 that makes it positive definite.
 *
 * @since 0.1.0
 */
export interface Modified {
  /** (A + E)⁻¹ b, `[n]`. */
  readonly solve: (b: Tensor) => Tensor
  /** The largest entry of E; 0 where A is positive definite and not nearly singular. */
  readonly added: number
}

/**
 * The modified Cholesky factors of Gill, Murray and Wright: of A itself where it is positive definite, else of A + E with a diagonal E that
 * is not larger than need be.
 *
 *     P (A + E) Pᵀ = L D Lᵀ
 *
 * **Laws** (A + E)⁻¹ is positive definite; E = 0 for A positive definite and well conditioned; a positive multiple of A has that multiple
 * of E.
 *
 * **Shapes** `[n, n]`, of which the lower triangle is read; vectors `[n]`.
 *
 * **Cost** n³ / 3 operations, and n² for each solve.
 *
 * **Fails** `none` for entries that are not finite. A `Defect` when the matrix is not square.
 *
 * **References** Gill, Murray and Wright, *Practical Optimization* (1981), §4.4.2.2.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { tensor, toArray } from 'gradus'
 * import { modifiedCholesky } from 'gradus/curvature'
 * const found = modifiedCholesky(tensor([[2, 0], [0, -4]]))
 * O.isSome(found) && toArray(found.value.solve(tensor([2, 4]))) // => [1, 1]
 *
 * @since 0.1.0
 */
export const modifiedCholesky = (matrix: Tensor): O.Option<Modified> => {
  const n = orderOf('modifiedCholesky', matrix)
  const found = factored(n, bufferOf(matrix))
  return found === undefined
    ? O.none
    : O.some({ solve: (b) => adopt(found.solve(bufferOf(b)), [n]), added: found.added })
}
