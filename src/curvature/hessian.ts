/** The Hessian as a linear operator. */
import type { Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { add, mul } from '../primitive/arithmetic.js'
import { transpose } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { basisBlocks } from '../transform/basis.js'
import type { Loss } from '../transform/grad.js'
import { gaussNewtonProduct, matrixOf, secondOrder } from '../transform/hvp.js'
import { vmap } from '../transform/vmap.js'

/** Both halves of a computed Hessian are right to rounding; their mean is exactly symmetric. */
const symmetric = (matrix: Tensor): Tensor => mul(0.5, add(matrix, transpose(matrix)))

/** An operator from its products, and its matrix where that is cheaper than as many products. */
export const symmetricOperator = <P>(like: P, apply: (v: P) => P, matrix: () => Tensor): LinearOperator<P> => ({
  like,
  size: ravel(like)[0].size,
  apply,
  matrix: () => symmetric(matrix()),
})

/**
 * The Hessian of a loss at a point as an operator: products replay one tape.
 *
 * @example
 * import { square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { hessianOperator } from 'gradus/curvature'
 * const h = hessianOperator((x: Tensor) => sum(square(x)))(tensor([1, 2]))
 * toArray(h.apply(tensor([1, 0]))) // => [2, 0]
 *
 * @since 0.1.0
 */
export const hessianOperator =
  <P>(loss: Loss<P>) =>
  (p: P): LinearOperator<P> => {
    const second = secondOrder('hessian', loss, p, [])
    return symmetricOperator(p, second.product, () => matrixOf(p, second))
  }

/**
 * The Gauss-Newton matrix Jᵀ ∇²loss J of `loss ∘ model` at a point as an operator.
 *
 * @example
 * import { square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { gaussNewtonOperator } from 'gradus/curvature'
 * const b = gaussNewtonOperator((x: Tensor) => square(x), (y: Tensor) => sum(square(y)))(tensor([1, 2]))
 * toArray(b.matrix()) // => [[8, 0], [0, 32]]
 *
 * @since 0.1.0
 */
export const gaussNewtonOperator =
  <P, Y>(model: (p: P) => Y, loss: Loss<Y>) =>
  (p: P): LinearOperator<P> => {
    const [flat, unravel] = ravel(p)
    const product = gaussNewtonProduct(model, loss)(p)
    return {
      like: p,
      size: flat.size,
      apply: product,
      matrix: () =>
        symmetric(
          concat(
            basisBlocks(
              flat.size,
              flat.size,
              vmap((v: Tensor) => ravel(product(unravel(v)))[0]),
            ),
          ),
        ),
    }
  }
