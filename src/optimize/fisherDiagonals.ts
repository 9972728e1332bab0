/** Objectives that tell diagonals of Fisher matrices, and preconditioners made of them. */

import type { FisherOptions } from '../curvature/fisher.js'
import { bartlettDiagonal, empiricalFisherDiagonal } from '../curvature/fisherDiagonal.js'
import type { Likelihood } from '../curvature/likelihood.js'
import type { Tensor } from '../data/Tensor.js'
import { treeMap } from '../data/Tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { diagonalOperator } from '../operator/linear.js'
import { add } from '../primitive/arithmetic.js'
import { pow } from '../primitive/elementary.js'
import type { Ability, ObjectiveWith } from './Objective.js'
import type { Work } from './Optimizer.js'
import { share } from './option.js'
import { recipe } from './recipe.js'

/**
 * Lets an objective tell the mean of the squared gradients of its examples, by the loss of one of them: see `empiricalFisherDiagonal`.
 *
 * **Cost** one gradient each time.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mean, square, sub, tensor, toNumber, type Tensor } from 'gradus'
 * import { objective, withGradientSquares } from 'gradus/optimize'
 * const data = tensor([1, 3])
 * const one = (x: Tensor, example: Tensor) => square(sub(example, x))
 * const fit = pipe(objective((x: Tensor) => mean(square(sub(data, x)))), withGradientSquares(one, data))
 * toNumber(fit.gradientSquares(tensor(2))) // => 4
 *
 * @since 0.1.0
 */
export const withGradientSquares = <P, X>(
  loss: (p: P, example: X) => Tensor,
  examples: X,
): (<O extends ObjectiveWith<'value', P>>(objective: O) => O & ObjectiveWith<'gradientSquares', P>) => {
  const diagonal = empiricalFisherDiagonal(loss)
  return (objective) => ({ ...objective, gradientSquares: (p) => diagonal(p, examples) })
}

/**
 * Lets an objective tell the squared gradient for targets that its model draws itself: see `bartlettDiagonal`.
 *
 * **Cost** one gradient each time.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { crossEntropy, matmul, mean, randomKey, tensor, toArray, type Tensor } from 'gradus'
 * import { categoricalLikelihood } from 'gradus/curvature'
 * import { compositeObjective, withDrawnSquares } from 'gradus/optimize'
 * const model = (w: Tensor) => matmul(tensor([[2]]), w)
 * const fit = pipe(
 *   compositeObjective(model, (logits: Tensor) => crossEntropy(logits, tensor([0]))),
 *   withDrawnSquares(model, categoricalLikelihood),
 * )
 * toArray(fit.drawnSquares(tensor([[0, 0]]), randomKey(1))) // => [[1, 1]]
 *
 * @since 0.1.0
 */
export const withDrawnSquares = <P>(
  model: (p: P) => Tensor,
  likelihood: Likelihood,
  options: Pick<FisherOptions, 'reduction'> = {},
): (<O extends ObjectiveWith<'value', P>>(objective: O) => O & ObjectiveWith<'drawnSquares', P>) => {
  const drawnSquares = bartlettDiagonal(model, likelihood, options)
  return (objective) => ({ ...objective, drawnSquares })
}

/**
 * A preconditioner that an objective with the abilities B has at every point, for each damping.
 *
 * @since 0.1.0
 */
export interface Preconditioning<B extends Ability> {
  readonly name: string
  readonly inverseAt: <P>(
    objective: ObjectiveWith<B, P>,
    p: P,
  ) => {
    /** M⁻¹, an approximation of (B + λI)⁻¹ for a damping λ. */
    readonly inverse: (damping: number) => LinearOperator<P>
    readonly work: Partial<Work>
  }
}

/**
 * The constant of `gradientSquaresPreconditioning`.
 *
 * @since 0.1.0
 */
export interface GradientSquaresOptions {
  /** α, from 0 to 1; default 0.75. */
  readonly exponent?: number
}

/**
 * The preconditioner of Martens: a power of the damped diagonal of the empirical Fisher matrix.
 *
 *     M = (diag(1/n Σ ∇ℓᵢ ∘ ∇ℓᵢ) + λI)^α,    α = ¾
 *
 * **Cost** one gradient for each step.
 *
 * **Fails** with a `Defect` when α is not from 0 to 1.
 *
 * **References** Martens (2010), §4.7; the power below 1 keeps the largest entries from being trusted too far.
 *
 * @example
 * import { gaussNewtonCurvature, gradientSquaresPreconditioning, hessianFreeWith } from 'gradus/optimize'
 * hessianFreeWith(gaussNewtonCurvature, gradientSquaresPreconditioning())().name // => 'hessian-free (Gauss-Newton, squared gradients)'
 *
 * @since 0.1.0
 */
export const gradientSquaresPreconditioning: (options?: GradientSquaresOptions) => Preconditioning<'gradientSquares'> =
  /* @__PURE__ */ recipe<GradientSquaresOptions>()(
    {
      sort: 'preconditioning',
      name: 'gradientSquaresPreconditioning',
      fields: () => ({ exponent: share(0.75) }),
      asks: ['gradientSquares'],
    },
    ({ exponent }): Preconditioning<'gradientSquares'> => ({
      name: 'squared gradients',
      inverseAt: (objective, p) => {
        const squares = objective.gradientSquares(p)
        return {
          inverse: (damping) => diagonalOperator(treeMap((each) => pow(add(each, damping), -exponent))(squares)),
          work: { gradients: 1 },
        }
      },
    }),
  )
