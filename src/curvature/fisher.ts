/** Fisher matrices as operators: of what a model predicts, exactly or by draws, and of the gradients that data gives. */
import { ones, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key } from '../function/random.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { count as requireCount } from '../operator/options.js'
import { add, div, mul, sub } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { spread, sum, transpose } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { basisBlocks } from '../transform/basis.js'
import { grad } from '../transform/grad.js'
import { hvp } from '../transform/hvp.js'
import { record } from '../transform/tape.js'
import { vmap } from '../transform/vmap.js'
import { examplesOf, type Likelihood } from './likelihood.js'
import { batchedOperator } from './products.js'

/**
 * How a Fisher matrix is computed.
 *
 * @since 0.1.0
 */
export interface FisherOptions {
  /** Draws of each example from the model in place of the exact expectation, which is the default. */
  readonly draws?: { readonly key: Key; readonly count: number }
  /** Whether the matrices of examples are averaged (default) or summed, as their losses are. */
  readonly reduction?: 'mean' | 'sum'
}

const axesFrom = (first: number, rank: number): ReadonlyArray<number> =>
  Array.from({ length: rank - first }, (_, i) => first + i)

/** ∇²A(η) in the outputs, or its estimate r rᵀ by draws, r = ∇A(η) − T(y), block by block of the examples. */
const outputProduct = (
  likelihood: Likelihood,
  outputs: Tensor,
  draws: FisherOptions['draws'],
): ((u: Tensor) => Tensor) => {
  if (draws === undefined) return hvp(likelihood.logPartition)(outputs)
  const { key, count } = draws
  requireCount('fisherOperator', 'draws.count', count, 1)
  const expected = grad(likelihood.logPartition)(outputs)
  const residuals = Array.from({ length: count }, (_, i) => sub(expected, likelihood.draw(foldIn(key, i), outputs)))
  const axes = axesFrom(likelihood.exampleAxes(outputs.rank), outputs.rank)
  const outer = (r: Tensor, u: Tensor): Tensor => mul(r, spread(sum(mul(r, u), { axes }), axes, r.shape))
  return (u) => {
    const [first, ...others] = residuals.map((r) => outer(r, u))
    return div(
      others.reduce((total, each) => add(total, each), first ?? zeros(u.shape)),
      count,
    )
  }
}

/**
 * The Fisher matrix of what a model predicts: the covariance of the gradients that its own predictions would give.
 *
 *     F = E Jᵀ r rᵀ J = Jᵀ ∇²A(η) J,    η = model(p),  J = model′(p),  r = ∇A(η) − T(y),  y ~ p(· | η)
 *
 * It is the Gauss-Newton matrix of the matching loss (of `crossEntropy` for `categoricalLikelihood`), whatever the targets are,
 * and so equal to the Hessian of that loss for a linear model. It is positive semidefinite.
 *
 * **Shapes** the outputs `[examples, …]` as the likelihood says; products have the structure of the parameters.
 *
 * **Cost** one recorded run; a product is a forward sweep, a product with ∇²A (or with `count` outer products for each
 * example, drawn once), and a backward sweep. The matrix takes `size` products in batches.
 *
 * **Special values** with draws it is an unbiased estimate of rank at most examples × count, the same for the same key.
 *
 * **Fails** with a `Defect` when the number of draws is no positive integer.
 *
 * **References** Amari, *Natural gradient works efficiently in learning*, Neural Computation 10 (1998); Martens, *New insights and
 * perspectives on the natural gradient method*, JMLR 21 (2020), §9 for the identity, §11 for what the empirical matrix is not.
 *
 * @example
 * import { matmul, tensor, toArray, type Tensor } from 'gradus'
 * import { fisherOperator, gaussianLikelihood } from 'gradus/curvature'
 * const inputs = tensor([[1, 0], [1, 2]])
 * const fisher = fisherOperator((w: Tensor) => matmul(inputs, w), gaussianLikelihood())(tensor([0, 0]))
 * toArray(fisher.matrix()) // => [[1, 1], [1, 2]]
 *
 * @since 0.1.0
 */
export const fisherOperator =
  <P>(model: (p: P) => Tensor, likelihood: Likelihood, { draws, reduction = 'mean' }: FisherOptions = {}) =>
  (p: P): LinearOperator<P> => {
    const { primal, pushforward, pullback, largest } = record('fisherOperator', model, p)
    const product = outputProduct(likelihood, primal, draws)
    const count = reduction === 'sum' ? 1 : examplesOf(likelihood, primal.shape)
    return batchedOperator(p, (v) => pullback(div(product(pushforward(v)), count)), largest)
  }

/**
 * How an empirical Fisher matrix is computed.
 *
 * @since 0.1.0
 */
export interface EmpiricalFisherOptions {
  /** Subtract the mean gradient: the covariance of the gradients, which is their noise in minibatches. Default `false`. */
  readonly centered?: boolean
}

/**
 * The empirical Fisher matrix: the mean outer product of the gradients of single examples.
 *
 *     E = 1/n Σ ∇ℓᵢ ∇ℓᵢᵀ,    or with `centered`  1/n Σ (∇ℓᵢ − ḡ)(∇ℓᵢ − ḡ)ᵀ,   ḡ = 1/n Σ ∇ℓᵢ
 *
 * It is not the Fisher matrix of the model, since its gradients are those of the data's targets.
 *
 * **Shapes** every tensor of `examples` has the examples along its first axis; `loss` sees one of them (`vmap`).
 *
 * **Cost** one recorded run over all examples; a product is a forward and a backward sweep, and no gradient of an
 * example is formed. `matrix` forms them, examples × size entries.
 *
 * **Fails** with a `Defect` when the loss of an example is not a scalar.
 *
 * **References** Kunstner, Balles & Hennig, *Limitations of the empirical Fisher approximation for natural gradient
 * descent*, NeurIPS 2019.
 *
 * @example
 * import { mul, tensor, toArray, type Tensor } from 'gradus'
 * import { empiricalFisherOperator } from 'gradus/curvature'
 * const loss = (w: Tensor, x: Tensor) => mul(w, x)
 * const fisher = empiricalFisherOperator(loss)(tensor(3), tensor([1, 3]))
 * toArray(fisher.matrix()) // => [[5]]
 *
 * @since 0.1.0
 */
export const empiricalFisherOperator =
  <P, X>(loss: (p: P, example: X) => Tensor, { centered = false }: EmpiricalFisherOptions = {}) =>
  (p: P, examples: X): LinearOperator<P> => {
    const losses = (q: P): Tensor => vmap(loss, { in: [null, 0] })(q, examples)
    const { primal, pushforward, pullback, largest } = record('empiricalFisherOperator', losses, p)
    const n = primal.size
    if (primal.rank !== 1)
      return raise(
        'NotScalar',
        `empiricalFisherOperator: expected a loss with a scalar for each example, got shape ${showShape(primal.shape.slice(1))}.`,
      )
    const deviations = (slopes: Tensor): Tensor => (centered ? sub(slopes, div(sum(slopes), n)) : slopes)
    return {
      ...batchedOperator(p, (v) => pullback(div(deviations(pushforward(v)), n)), largest),
      matrix: () => {
        const gradients = concat(
          basisBlocks(
            n,
            largest,
            vmap((weights: Tensor) => ravel(pullback(weights))[0]),
          ),
        )
        const rows = centered ? sub(gradients, matmul(ones([n, n]), div(gradients, n))) : gradients
        return div(matmul(transpose(rows), rows), n)
      },
    }
  }
