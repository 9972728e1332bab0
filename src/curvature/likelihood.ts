/** What a model predicts, as exponential families: enough of them to have a Fisher matrix, exactly or by draws. */
import { raise } from '../data/Defect.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { categorical, type Key, normal, uniform } from '../function/random.js'
import { logSumExp } from '../function/softmax.js'
import { add, div, mul, square } from '../primitive/arithmetic.js'
import { less } from '../primitive/choice.js'
import { oneHot } from '../primitive/indexing.js'
import { sigmoid, softplus } from '../primitive/special.js'
import { sum } from '../primitive/structure.js'

/**
 * A family of distributions p(y | η) = h(y) exp(⟨T(y), η⟩ − A(η)), where η are the outputs of a model. Its gradient in the outputs
 * is ∇A(η) − T(y), and its Fisher matrix is ∇²A(η): neither needs an observation.
 *
 * @since 0.1.0
 */
export interface Likelihood {
  readonly name: string
  /** A(η), summed over all examples. */
  readonly logPartition: (outputs: Tensor) => Tensor
  /** T(y) of a draw y of the model itself, in the shape of the outputs. */
  readonly draw: (key: Key, outputs: Tensor) => Tensor
  /** How many leading axes of outputs of a rank count examples; the others belong to one example. */
  readonly exampleAxes: (rank: number) => number
}

/** How many examples outputs of a shape are. */
export const examplesOf = ({ exampleAxes }: Likelihood, shape: Shape): number =>
  sizeOf(shape.slice(0, exampleAxes(shape.length)))

const firstAxis = (rank: number): number => Math.min(1, rank)

/**
 * One of k classes, from logits along the last axis: its negative log-likelihood is `crossEntropy`.
 *
 *     A(η) = log Σ exp ηⱼ,   T(y) = e_y
 *
 * **Shapes** outputs `[…, k]`; every axis but the last counts examples.
 *
 * @example
 * import { categoricalLikelihood } from 'gradus/curvature'
 * import { tensor, toNumber } from 'gradus'
 * toNumber(categoricalLikelihood.logPartition(tensor([[0, 0], [0, 0]]))) // ≈ 1.3862943611198906
 *
 * @since 0.1.0
 */
export const categoricalLikelihood: Likelihood = {
  name: 'categorical',
  logPartition: (logits) => sum(logSumExp(logits, { axes: [-1] })),
  draw: (key, logits) => oneHot(categorical(key, logits), logits.shape[logits.rank - 1] ?? 0),
  exampleAxes: (rank) => Math.max(0, rank - 1),
}

/**
 * Yes or no for each output, from logits: its negative log-likelihood is `binaryCrossEntropy`, summed over the outputs of an example.
 *
 *     A(η) = Σ softplus ηⱼ,   T(y) = y
 *
 * **Shapes** outputs `[examples, …]`, or one example without axes.
 *
 * @example
 * import { bernoulliLikelihood } from 'gradus/curvature'
 * import { scalar, toNumber } from 'gradus'
 * toNumber(bernoulliLikelihood.logPartition(scalar(0))) // ≈ 0.6931471805599453
 *
 * @since 0.1.0
 */
export const bernoulliLikelihood: Likelihood = {
  name: 'bernoulli',
  logPartition: (logits) => sum(softplus(logits)),
  draw: (key, logits) => less(uniform(key, logits.shape), sigmoid(logits)),
  exampleAxes: firstAxis,
}

/**
 * Outputs with independent normal errors of one variance: its negative log-likelihood is half the squared error over the variance.
 *
 *     A(η) = Σ ηⱼ² / 2σ²,   T(y) = y / σ²
 *
 * **Shapes** outputs `[examples, …]`, or one example without axes.
 *
 * **Fails** with a `Defect` when the variance is not positive and finite.
 *
 * @example
 * import { gaussianLikelihood } from 'gradus/curvature'
 * import { tensor, toNumber } from 'gradus'
 * toNumber(gaussianLikelihood({ variance: 2 }).logPartition(tensor([[2, 0]]))) // => 1
 *
 * @since 0.1.0
 */
export const gaussianLikelihood = ({ variance = 1 }: { readonly variance?: number } = {}): Likelihood =>
  variance > 0 && variance < Infinity
    ? {
        name: 'gaussian',
        logPartition: (means) => div(sum(square(means)), 2 * variance),
        draw: (key, means) => div(add(means, mul(Math.sqrt(variance), normal(key, means.shape))), variance),
        exampleAxes: firstAxis,
      }
    : raise('InvalidArgument', `gaussianLikelihood: expected a positive finite variance, got ${variance}.`)
