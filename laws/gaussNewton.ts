/** Where the Gauss-Newton matrix and the Hessian are the same, they must agree; where they are not, it is positive semidefinite. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { eigen, gaussNewtonOperator, hessianOperator, type LinearOperator } from '../src/curvature/index.js'
import { matmul, ravel, type Tensor, toArray, toFloat64Array, transpose } from '../src/index.js'
import { atMost, because, close } from './close.js'
import { directionLike, seeds } from './direction.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * A model with a loss of its outputs, and where they are looked at.
 *
 * @since 0.1.0
 */
export interface GaussNewtonClaim<P, Y> {
  readonly name: string
  readonly model: (p: P) => Y
  readonly loss: (outputs: Y) => Tensor
  readonly points: fc.Arbitrary<P>
  /**
   * Why the curvature of the model does not count, so that both matrices are equal: it has none (`'linear'`), or the gradient of the loss
   * is zero at all of the points (`'zeroResiduals'`). Left out, nothing is claimed.
   */
  readonly agrees?: 'linear' | 'zeroResiduals'
  /** Whether the loss is convex in the outputs, so that the matrix is positive semidefinite; default `true`. */
  readonly convex?: boolean
  /** What makes the matrix, if it is not `gaussNewtonOperator`: a product of one's own, or an exact Fisher matrix. */
  readonly gaussNewton?: (p: P) => LinearOperator<P>
  /** Allowed error, relative to the largest entry; default 1e-9. */
  readonly tolerance?: number
}

const largestOf = (matrix: Tensor): number =>
  toFloat64Array(matrix).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)

const leastOf = (matrix: Tensor): number => {
  const found = eigen(matrix)
  return E.isRight(found) ? (toFloat64Array(found.right.values)[0] ?? 0) : Number.NaN
}

/**
 * The laws of Gauss-Newton matrices Jᵀ ∇²loss J: equal to the Hessian of loss ∘ model for a linear model and at zero residuals, positive
 * semidefinite for a convex loss, symmetric, and multiplied by vectors as written out.
 *
 *     ∇²(loss ∘ model) = Jᵀ ∇²loss J + Σ ∂loss/∂yᵢ ∇²modelᵢ
 *
 * **References** Schraudolph, *Fast curvature matrix-vector products*, Neural Computation 14 (2002); Martens, *New insights and perspectives
 * on the natural gradient method*, JMLR 21 (2020), §8.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { matmul, square, sum, tensor, type Tensor } from 'gradus'
 * import { check, gaussNewtonLaws, tensors } from 'gradus/laws'
 * const model = (x: Tensor) => matmul(tensor([[1, 2], [3, 4], [5, 6]]), x)
 * const loss = (y: Tensor) => sum(square(square(y)))
 * const claim = { name: 'linear', model, loss, points: tensors([2]), agrees: 'linear' as const }
 * E.isRight(check({ seed: 1 })(gaussNewtonLaws(claim))) // => true
 *
 * @since 0.1.0
 */
export const gaussNewtonLaws = <P, Y>({
  name,
  model,
  loss,
  points,
  agrees,
  convex = true,
  gaussNewton = gaussNewtonOperator(model, loss),
  tolerance = 1e-9,
}: GaussNewtonClaim<P, Y>): RuleSet => {
  const entries = (matrix: Tensor): unknown => toArray(matrix)
  return ruleSet(
    `${name} › Gauss-Newton`,
    [],
  )([
    ...(agrees === undefined
      ? []
      : [
          law(
            agrees === 'linear'
              ? 'it is the Hessian, since the model is linear'
              : 'it is the Hessian where the residuals are zero',
            points,
            (p) => {
              const hessian = hessianOperator((q: P) => loss(model(q)))(p).matrix()
              return because('rounding beside the largest entry')(
                close(tolerance, Math.max(1, largestOf(hessian)))(entries(gaussNewton(p).matrix()), entries(hessian)),
              )
            },
          ),
        ]),
    ...(convex
      ? [
          law('it is positive semidefinite', points, (p) => {
            const matrix = gaussNewton(p).matrix()
            return because('rounding beside the largest entry')(
              atMost(tolerance * Math.max(1, largestOf(matrix)))(-leastOf(matrix), 0),
            )
          }),
        ]
      : []),
    law('it is symmetric', points, (p) => {
      const matrix = gaussNewton(p).matrix()
      return close(tolerance, Math.max(1, largestOf(matrix)))(entries(transpose(matrix)), entries(matrix))
    }),
    law('it multiplies vectors as written out', fc.tuple(points, seeds), ([p, seed]) => {
      const operator = gaussNewton(p)
      const v = directionLike(p, seed)
      const [product, written] = [ravel(operator.apply(v))[0], matmul(operator.matrix(), ravel(v)[0])]
      return close(tolerance, Math.max(1, largestOf(written)))(entries(product), entries(written))
    }),
  ])
}
