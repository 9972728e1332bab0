/** Losses as composites: from logits where there is a choice, and with their digits where the model is sure of itself. */

import { raise } from '../data/Defect.js'
import { describe } from '../data/describe.js'
import { optionsFrom } from '../data/options.js'
import { sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { abs, add, div, mul, neg, product, reciprocal, square, sub } from '../primitive/arithmetic.js'
import { equal, lessEqual, relu, where } from '../primitive/choice.js'
import { type Operand, toTensor } from '../primitive/define.js'
import { oneHot } from '../primitive/indexing.js'
import { xlogy } from '../primitive/logarithmic.js'
import { softplus } from '../primitive/special.js'
import { sum } from '../primitive/structure.js'
import { logSoftmax, logSumExp } from './softmax.js'
import { mean, norm } from './statistics.js'

/**
 * What becomes of the losses of single examples: their mean (the default), their sum, or nothing.
 *
 * @since 0.1.0
 */
export type Reduction = 'mean' | 'sum' | 'none'

/**
 * What every loss can be told.
 *
 * @since 0.1.0
 */
export interface LossOptions {
  readonly reduction?: Reduction
}

const lossNames = { reduction: "'mean', 'sum' or 'none'" } as const

const reduced = (operation: string, losses: Tensor, options: LossOptions): Tensor => {
  const { reduction = 'mean' } = optionsFrom(operation, options, lossNames)
  switch (reduction) {
    case 'none':
      return losses
    case 'sum':
      return sum(losses)
    case 'mean':
      return mean(losses)
    default:
      return raise(
        'InvalidArgument',
        `${operation}: expected reduction to be ${lossNames.reduction}, got ${describe(reduction)}.`,
      )
  }
}

/** Shapes that merely broadcast are the classic mistake of a loss ([n] against [n,1] is n² differences), and are refused. */
const paired = (operation: string, prediction: Tensor, target: Operand): Tensor => {
  const wanted = toTensor(operation, target)
  return wanted.rank === 0 || sameShape(prediction.shape, wanted.shape)
    ? wanted
    : raise(
        'ShapeMismatch',
        `${operation}: predictions ${showShape(prediction.shape)} and targets ${showShape(wanted.shape)} differ. Reshape one of them?`,
      )
}

/**
 * The mean of (prediction − target)², over all entries.
 *
 * **Shapes**: those of predictions and targets are equal, or the target is a scalar.
 *
 * @example
 * import { meanSquaredError, tensor, toNumber } from 'gradus'
 * toNumber(meanSquaredError(tensor([1, 2]), tensor([1, 4]))) // => 2
 *
 * @since 0.1.0
 */
export const meanSquaredError = (prediction: Tensor, target: Operand, options: LossOptions = {}): Tensor =>
  reduced('meanSquaredError', square(sub(prediction, paired('meanSquaredError', prediction, target))), options)

/**
 * Huber's loss of r = prediction − target: ½r² for |r| ≤ δ, δ(|r| − ½δ) beyond (δ = `delta`, 1 by default).
 *
 * **Shapes**: those of predictions and targets are equal, or the target is a scalar.
 * **Kinks**: at |r| = δ the second derivative is that of the parabola, 1.
 *
 * @example
 * import { huber, tensor, toNumber } from 'gradus'
 * toNumber(huber(tensor([0.5, 3]), tensor([0, 0]), { reduction: 'sum' })) // => 2.625
 *
 * @since 0.1.0
 */
export const huber = (
  prediction: Tensor,
  target: Operand,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor => {
  const { delta = 1, ...rest } = optionsFrom('huber', options, { ...lossNames, delta: 'where the loss becomes linear' })
  if (!(delta > 0)) return raise('InvalidArgument', `huber: expected delta > 0, got ${delta}.`)
  const r = sub(prediction, paired('huber', prediction, target))
  const size = abs(r)
  const losses = where(lessEqual(size, delta), mul(0.5, square(r)), mul(delta, sub(size, 0.5 * delta)))
  return reduced('huber', losses, rest)
}

/**
 * max(0, 1 − target·prediction) for targets of −1 and 1.
 *
 * **Shapes**: those of predictions and targets are equal, or the target is a scalar.
 * **Kinks**: derivative 0 where the margin is exactly met, as of `relu`.
 *
 * @example
 * import { hinge, tensor, toArray } from 'gradus'
 * toArray(hinge(tensor([2, 0.5]), tensor([1, -1]), { reduction: 'none' })) // => [0, 1.5]
 *
 * @since 0.1.0
 */
export const hinge = (prediction: Tensor, target: Operand, options: LossOptions = {}): Tensor =>
  reduced('hinge', relu(sub(1, mul(paired('hinge', prediction, target), prediction))), options)

/**
 * −t·log σ(x) − (1 − t)·log(1 − σ(x)) of logits x and targets t in [0, 1]. Written as t·softplus(−x) + (1 − t)·softplus(x),
 * so that neither a sure hit nor a sure miss loses digits, and an infinite logit that is right costs 0.
 *
 * **Shapes**: those of logits and targets are equal, or the target is a scalar.
 *
 * @example
 * import { binaryCrossEntropy, scalar, toNumber } from 'gradus'
 * toNumber(binaryCrossEntropy(scalar(0), 1)) // ≈ 0.6931471805599453
 * toNumber(binaryCrossEntropy(scalar(-1000), 1)) // => 1000
 *
 * @since 0.1.0
 */
export const binaryCrossEntropy = (logits: Tensor, target: Operand, options: LossOptions = {}): Tensor => {
  const t = paired('binaryCrossEntropy', logits, target)
  const losses = add(product(t, softplus(neg(logits))), product(sub(1, t), softplus(logits)))
  return reduced('binaryCrossEntropy', losses, options)
}

/** −log softmax(x)[label] = softplus(log Σ_{j ≠ label} exp(x_j) − x_label): the form in which nothing cancels. */
const ofLabels = (logits: Tensor, labels: Tensor): Tensor => {
  const chosen = oneHot(labels, logits.shape[logits.rank - 1] ?? 0)
  const others = logSumExp(where(chosen, -Infinity, logits), { axes: [-1] })
  const own = sum(where(chosen, logits, 0), { axes: [-1] })
  return where(sum(chosen, { axes: [-1] }), softplus(sub(others, own)), Number.NaN)
}

/** −Σ qᵢ·log softmax(x)ᵢ, where a class of probability 0 costs nothing, even under a logit of −∞. */
const ofProbabilities = (logits: Tensor, probabilities: Tensor): Tensor =>
  neg(sum(product(probabilities, logSoftmax(logits)), { axes: [-1] }))

/**
 * The cross-entropy of logits along the last axis, against integer labels (one axis less than the logits) or
 * probabilities (the shape of the logits). With labels, the loss and its gradient keep all their digits however sure
 * the model is: the derivative of the right logit is −Σ of the wrong probabilities, never a rounded p − 1.
 *
 * **Shapes**: logits [..., k]; labels [...], or probabilities [..., k].
 * **Special values**: NaN for a label outside 0 … k − 1, and for logits that are all −∞. A logit of −∞ is a class that is
 * ruled out: it costs ∞ as the label, and has the derivative 0 otherwise.
 * **Fails** with a `Defect` when the shapes are neither of the two.
 *
 * @example
 * import { crossEntropy, tensor, toNumber } from 'gradus'
 * toNumber(crossEntropy(tensor([[0, 0], [1000, 0]]), tensor([0, 0]))) // ≈ 0.34657359027997264
 * toNumber(crossEntropy(tensor([50, 0]), tensor(0))) // ≈ 1.928749847963918e-22
 *
 * @since 0.1.0
 */
export const crossEntropy = (logits: Tensor, target: Tensor, options: LossOptions = {}): Tensor => {
  if (logits.rank > 0 && sameShape(target.shape, logits.shape))
    return reduced('crossEntropy', ofProbabilities(logits, target), options)
  if (logits.rank > 0 && sameShape(target.shape, logits.shape.slice(0, -1)))
    return reduced('crossEntropy', ofLabels(logits, target), options)
  return raise(
    'ShapeMismatch',
    `crossEntropy: logits ${showShape(logits.shape)} need labels of shape ${showShape(logits.shape.slice(0, -1))} ` +
      `or probabilities of shape ${showShape(logits.shape)}, got ${showShape(target.shape)}.`,
  )
}

/**
 * The Kullback-Leibler divergence Σ pᵢ·(log pᵢ − log qᵢ) along the last axis, of targets p from log-probabilities log q.
 *
 * **Shapes**: both [..., k].
 * **Special values**: a class with p = 0 contributes 0 and has no derivative, whatever q; ∞ where q = 0 < p. Close to
 * p = q the terms cancel: the absolute error is that of the entropy.
 *
 * @example
 * import { klDivergence, log, tensor, toNumber } from 'gradus'
 * toNumber(klDivergence(log(tensor([0.5, 0.5])), tensor([1, 0]))) // ≈ 0.6931471805599453
 *
 * @since 0.1.0
 */
export const klDivergence = (logPrediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor => {
  const p = paired('klDivergence', logPrediction, target)
  return reduced('klDivergence', sum(sub(xlogy(p, p), product(p, logPrediction)), { axes: [-1] }), options)
}

/** x/‖x‖ along the last axis; the zero vector stays what it is, with a derivative of 0. */
const direction = (x: Tensor): Tensor => {
  const length = norm(x, { axes: [-1], keepAxes: true })
  return mul(x, where(equal(length, 0), 0, reciprocal(length)))
}

/**
 * The cosine of the angle between a and b along the last axis: ⟨a, b⟩/(‖a‖·‖b‖), one number per pair.
 *
 * **Shapes**: [..., k] each, alike but for broadcasting; the result has the leading axes.
 * **Special values**: 0 with derivative 0 where a vector is zero.
 *
 * @example
 * import { cosineSimilarity, tensor, toNumber } from 'gradus'
 * toNumber(cosineSimilarity(tensor([1, 0]), tensor([3, 3]))) // ≈ 0.7071067811865475
 *
 * @since 0.1.0
 */
export const cosineSimilarity = (a: Tensor, b: Tensor): Tensor => sum(mul(direction(a), direction(b)), { axes: [-1] })

/**
 * 1 − cosineSimilarity(a, b), computed as ½‖a/‖a‖ − b/‖b‖‖², which keeps its digits for vectors that are almost parallel.
 *
 * **Shapes**: [..., k] both.
 * **Special values**: 1 with derivative 0 where a vector is zero.
 *
 * @example
 * import { cosineDistance, tensor, toNumber } from 'gradus'
 * toNumber(cosineDistance(tensor([1, 0]), tensor([1, 1e-9]))) // ≈ 5e-19
 *
 * @since 0.1.0
 */
export const cosineDistance = (a: Tensor, b: Tensor, options: LossOptions = {}): Tensor => {
  const [u, v] = [direction(a), direction(paired('cosineDistance', a, b))]
  // A zero vector has no length to be compared, so that ½‖u − v‖² falls short of 1 by ½ for each.
  const missing = (w: Tensor): Tensor => equal(sum(abs(w), { axes: [-1] }), 0)
  const distances = add(sum(square(sub(u, v)), { axes: [-1] }), add(missing(u), missing(v)))
  return reduced('cosineDistance', div(distances, 2), options)
}
