/** The network of the suites: one hidden layer of tanh, softmax and cross-entropy, on random rows from a fixed seed. */
import {
  add,
  categorical,
  foldIn,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  normal,
  oneHot,
  randomKey,
  sum,
  type Tensor,
  tanh,
  zeros,
} from '../src/index.js'

export interface Parameters {
  readonly inner: { readonly weights: Tensor; readonly bias: Tensor }
  readonly outer: { readonly weights: Tensor; readonly bias: Tensor }
}

/** [parameters, inputs, labels]: the arguments of the loss. */
export type Point = readonly [Parameters, Tensor, Tensor]

export const model = ({ inner, outer }: Parameters, inputs: Tensor): Tensor =>
  add(matmul(tanh(add(matmul(inputs, inner.weights), inner.bias)), outer.weights), outer.bias)

/** −Σ labels · log softmax(logits), averaged over rows. */
export const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  neg(mean(sum(mul(labels, logSoftmax(logits)), { axes: [1] })))

export const loss = (p: Parameters, inputs: Tensor, labels: Tensor): Tensor => crossEntropy(model(p, inputs), labels)

/** A network of the given widths with as many rows of data. */
export const network = (inputs: number, hidden: number, classes: number, rows: number): Point => {
  const key = (use: number) => foldIn(randomKey(2014), use)
  const weights = (use: number, from: number, to: number): Tensor =>
    normal(key(use), [from, to], { deviation: 1 / Math.sqrt(from) })
  return [
    {
      inner: { weights: weights(0, inputs, hidden), bias: zeros([hidden]) },
      outer: { weights: weights(1, hidden, classes), bias: zeros([classes]) },
    },
    normal(key(2), [rows, inputs]),
    oneHot(categorical(key(3), zeros([rows, classes])), classes),
  ]
}
