/** Diagonals of Fisher matrices without their products: means of squared gradients, of the data's targets or of the model's own. */
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { treeMap } from '../data/Tree.js'
import type { Key } from '../function/random.js'
import { mean } from '../function/statistics.js'
import { div, mul, square, sub } from '../primitive/arithmetic.js'
import { grad } from '../transform/grad.js'
import { record } from '../transform/tape.js'
import { vmap } from '../transform/vmap.js'
import type { FisherOptions } from './fisher.js'
import { examplesOf, type Likelihood } from './likelihood.js'

/**
 * The diagonal of the empirical Fisher matrix: the mean over examples of the squares of their gradients.
 *
 *     1/n Σ ∇ℓᵢ ∘ ∇ℓᵢ
 *
 * **Shapes** every tensor of `examples` has the examples along its first axis; `loss` sees one of them (`vmap`).
 *
 * **Laws** it is the diagonal of `empiricalFisherOperator(loss)(p, examples).matrix()`.
 *
 * **Cost** one gradient for all examples together, whose memory is that of all their gradients.
 *
 * **Fails** with a `Defect` when the loss of an example is not a scalar.
 *
 * **References** Martens, *Deep learning via Hessian-free optimization* (2010), §4.7; Kunstner, Balles and Hennig, *Limitations of the
 * empirical Fisher approximation for natural gradient descent* (2019), for what it is not.
 *
 * @example
 * import { mul, tensor, toNumber, type Tensor } from 'gradus'
 * import { empiricalFisherDiagonal } from 'gradus/curvature'
 * const loss = (w: Tensor, x: Tensor) => mul(w, x)
 * toNumber(empiricalFisherDiagonal(loss)(tensor(3), tensor([1, 3]))) // => 5
 *
 * @since 0.1.0
 */
export const empiricalFisherDiagonal =
  <P, X>(loss: (p: P, example: X) => Tensor) =>
  (p: P, examples: X): P =>
    treeMap((each) => mean(square(each), { axes: [0] }))(
      vmap((q: P, example: X) => grad(loss)(q, example), { in: [null, 0] })(p, examples),
    )

/**
 * The estimate of Gauss, Newton and Bartlett of the diagonal of a Fisher matrix: the squared gradient of a batch whose targets the model
 * itself has drawn.
 *
 *     n ĝ ∘ ĝ,    ĝ = 1/n Σ Jᵢᵀ (∇A(ηᵢ) − T(ŷᵢ)),   ŷᵢ ~ p(· | ηᵢ)
 *
 * **Laws** its expectation over keys is the diagonal of `fisherOperator(model, likelihood)(p).matrix()`, and so of the Gauss-Newton matrix of
 * the matching loss; it is never negative.
 *
 * **Cost** one gradient.
 *
 * **Special values** the same for the same key; of one draw, which varies about as much as it is large.
 *
 * **References** Liu et al., *Sophia: a scalable stochastic second-order optimizer for language model pre-training* (2023), algorithm 2;
 * Wei, Kakade and Ma, *The implicit and explicit regularization effects of dropout* (2020), for the identity.
 *
 * @example
 * import { matmul, randomKey, tensor, toArray, type Tensor } from 'gradus'
 * import { bartlettDiagonal, categoricalLikelihood } from 'gradus/curvature'
 * // Of two classes of equal probability each draw is as far off as the other.
 * const model = (w: Tensor) => matmul(tensor([[2]]), w)
 * toArray(bartlettDiagonal(model, categoricalLikelihood)(tensor([[0, 0]]), randomKey(1))) // => [[1, 1]]
 *
 * @since 0.1.0
 */
export const bartlettDiagonal =
  <P>(model: (p: P) => Tensor, likelihood: Likelihood, { reduction = 'mean' }: Pick<FisherOptions, 'reduction'> = {}) =>
  (p: P, key: Key): P => {
    const { primal, pullback } = record('bartlettDiagonal', model, p)
    if (primal.size === 0)
      return raise('InvalidArgument', `bartlettDiagonal: expected outputs, got shape ${showShape(primal.shape)}.`)
    const residuals = sub(grad(likelihood.logPartition)(primal), likelihood.draw(key, primal))
    const n = reduction === 'sum' ? 1 : examplesOf(likelihood, primal.shape)
    return treeMap((each) => mul(n, square(each)))(pullback(div(residuals, n)))
  }
