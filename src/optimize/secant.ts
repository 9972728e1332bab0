/** Secant updates: what one step teaches of the inverse Hessian, as functions of matrices. */
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { treeLength } from '../operator/length.js'
import { add, mul, sub } from '../primitive/arithmetic.js'
import { dot, matmul, outer } from '../primitive/contraction.js'

/**
 * A step and the change of the gradient over it, as vectors.
 *
 * @since 0.1.0
 */
export interface SecantPair {
  /** s = θ₊ − θ. */
  readonly step: Tensor
  /** y = ∇f(θ₊) − ∇f(θ). */
  readonly change: Tensor
}

/**
 * The update of Broyden, Fletcher, Goldfarb and Shanno of an approximation B of the inverse Hessian.
 *
 *     B₊ = (I − ρ s yᵀ) B (I − ρ y sᵀ) + ρ s sᵀ      with ρ = 1 / ⟨s, y⟩
 *
 * **Laws** B₊ y = s; symmetric if B is; positive definite if B is and ⟨s, y⟩ > 0.
 *
 * **Shapes** `[n, n]` and vectors `[n]`.
 *
 * **Special values** not finite where ⟨s, y⟩ = 0: who uses it skips such pairs.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), (6.17).
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { bfgsUpdate } from 'gradus/optimize'
 * toArray(bfgsUpdate(tensor([[1, 0], [0, 1]]), { step: tensor([1, 0]), change: tensor([2, 0]) })) // => [[0.5, 0], [0, 1]]
 *
 * @since 0.1.0
 */
export const bfgsUpdate = (inverse: Tensor, { step, change }: SecantPair): Tensor => {
  const rho = 1 / toNumber(dot(step, change))
  const image = matmul(inverse, change)
  // Each term is symmetric to the bit: products commute, and a sum of a matrix and its transpose is its own transpose.
  const [forth, back] = [outer(step, image), outer(image, step)]
  const along = mul(rho * (1 + rho * toNumber(dot(change, image))), outer(step, step))
  return add(sub(inverse, mul(rho, add(forth, back))), along)
}

/**
 * The symmetric update of rank one of an approximation B of the inverse Hessian, which may become indefinite as the Hessian is.
 *
 *     B₊ = B + v vᵀ / ⟨v, y⟩      with v = s − B y
 *
 * **Laws** B₊ y = s; symmetric if B is; on a quadratic of n variables, n independent steps make it the inverse Hessian.
 *
 * **Shapes** `[n, n]` and vectors `[n]`.
 *
 * **Special values** B itself where |⟨v, y⟩| < 1e-8 ‖v‖ ‖y‖, and so where B y = s already.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), (6.24) to (6.26).
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { symmetricRankOneUpdate } from 'gradus/optimize'
 * const known = { step: tensor([1, 0]), change: tensor([-2, 0]) }
 * toArray(symmetricRankOneUpdate(tensor([[1, 0], [0, 1]]), known)) // => [[-0.5, 0], [0, 1]]
 *
 * @since 0.1.0
 */
export const symmetricRankOneUpdate = (inverse: Tensor, { step, change }: SecantPair): Tensor => {
  const rest = sub(step, matmul(inverse, change))
  const product = toNumber(dot(rest, change))
  const size = treeLength(rest) * treeLength(change)
  return Math.abs(product) >= 1e-8 * size && product !== 0 ? add(inverse, mul(1 / product, outer(rest, rest))) : inverse
}
