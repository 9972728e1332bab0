/** Networks of dense layers: a classifier with one hidden layer, and a deep autoencoder. */
import { fromFloat64Array, zeros } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key, normal, permutation } from '../function/random.js'
import { logSoftmax } from '../function/softmax.js'
import { add, div, mul, neg, square, sub } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { argmax } from '../primitive/reduction.js'
import { sigmoid, softplus } from '../primitive/special.js'
import { sum } from '../primitive/structure.js'
import { tanh } from '../primitive/trigonometric.js'

/** An affine map: `weights` has a row for each input and a column for each output. */
export interface Dense {
  readonly weights: Tensor
  readonly bias: Tensor
}

/** The parameters of a classifier with one hidden layer. */
export interface Classifier {
  readonly hidden: Dense
  readonly output: Dense
}

/** The parameters of a network of layers, first to last. */
export type Layers = ReadonlyArray<Dense>

/** A loss with what else there is to know about parameters on the same examples. */
export interface Judgement {
  readonly loss: number
  readonly error: number
}

const affine =
  ({ weights, bias }: Dense) =>
  (x: Tensor): Tensor =>
    add(matmul(x, weights), bias)

/** Weights from N(0, 1 / inputs), which keeps the size of signals, and no bias. */
const scaledDense = (key: Key, inputs: number, outputs: number): Dense => ({
  weights: normal(key, [inputs, outputs], { deviation: 1 / Math.sqrt(inputs) }),
  bias: zeros([outputs]),
})

/** A classifier to begin with. */
export const initialClassifier = (key: Key, inputs: number, hidden: number, classes: number): Classifier => ({
  hidden: scaledDense(foldIn(key, 1), inputs, hidden),
  output: scaledDense(foldIn(key, 2), hidden, classes),
})

/** How many parameters a classifier has. */
export const classifierSize = (inputs: number, hidden: number, classes: number): number =>
  (inputs + 1) * hidden + (hidden + 1) * classes

/** Unnormalised log-probabilities: `[rows, inputs] → [rows, classes]`. */
export const logits =
  ({ hidden, output }: Classifier) =>
  (images: Tensor): Tensor =>
    affine(output)(tanh(affine(hidden)(images)))

/** Cross-entropy of labels (as rows of `oneHot`), averaged over rows. */
export const crossEntropy = (classifier: Classifier, images: Tensor, labels: Tensor): Tensor =>
  neg(div(sum(mul(labels, logSoftmax(logits(classifier)(images)))), images.shape[0] ?? 1))

/** The most probable class of each image, `[rows]`. */
export const mostProbable = (classifier: Classifier, images: Tensor): Tensor =>
  argmax(logits(classifier)(images), { axis: 1 })

/** The share of images whose answer is not their label. */
export const errorRate = (labels: ReadonlyArray<number>, answers: Tensor): number => {
  const found = toFloat64Array(answers)
  return labels.filter((label, i) => label !== found[i]).length / labels.length
}

/** Each unit of a sparse layer hears this many inputs (Martens, *Deep learning via Hessian-free optimization*, 2010). */
const incoming = 15

/** Weights from N(0, 1) on a few random inputs of each unit and 0 on the others, and no bias. */
const sparseDense = (key: Key, inputs: number, outputs: number): Dense => {
  const few = Math.min(incoming, inputs)
  const drawn = toFloat64Array(normal(foldIn(key, 0), [outputs, few]))
  const places = Array.from({ length: outputs }, (_, j) =>
    toFloat64Array(permutation(foldIn(key, j + 1), inputs)).slice(0, few),
  )
  const entries = new Map(
    places.flatMap((rows, j) =>
      [...rows].map((row, k): [number, number] => [row * outputs + j, drawn[j * few + k] ?? 0]),
    ),
  )
  return {
    weights: fromFloat64Array(
      Float64Array.from({ length: inputs * outputs }, (_, at) => entries.get(at) ?? 0),
      [inputs, outputs],
    ),
    bias: zeros([outputs]),
  }
}

/** An autoencoder to begin with, for sizes such as [64, 30, 10, 30, 64]. */
export const initialAutoencoder = (key: Key, sizes: ReadonlyArray<number>): Layers =>
  sizes.slice(1).map((outputs, i) => sparseDense(foldIn(key, i), sizes[i] ?? 0, outputs))

/** How many parameters an autoencoder has. */
export const autoencoderSize = (sizes: ReadonlyArray<number>): number =>
  sizes.slice(1).reduce((total, outputs, i) => total + ((sizes[i] ?? 0) + 1) * outputs, 0)

/** The narrowest layer holds the code. */
export const codeSize = (sizes: ReadonlyArray<number>): number => Math.min(...sizes)

/** Images drawn again, before the last sigmoid: all units are sigmoid but those of the code, which are linear. */
export const redrawn =
  (layers: Layers) =>
  (images: Tensor): Tensor =>
    layers.reduce((signal, layer, i) => {
      const z = affine(layer)(signal)
      return i === layers.length - 1 || i === layers.length / 2 - 1 ? z : sigmoid(z)
    }, images)

/** Cross-entropy of pixels: Σ softplus(z) − x z over pixels, averaged over images. */
export const pixelCrossEntropy = (layers: Layers, images: Tensor): Tensor => {
  const z = redrawn(layers)(images)
  return div(sum(sub(softplus(z), mul(images, z))), images.shape[0] ?? 1)
}

/** Squared difference between image and reconstruction, summed over pixels and averaged over images. */
export const squaredError = (layers: Layers, images: Tensor): Tensor =>
  div(sum(square(sub(images, sigmoid(redrawn(layers)(images))))), images.shape[0] ?? 1)
