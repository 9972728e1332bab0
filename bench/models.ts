/** Networks whose program grows with one number: layers on layers, a recurrence over time, a chain of scalar operations. */
import {
  add,
  categorical,
  concat,
  foldIn,
  matmul,
  mul,
  normal,
  oneHot,
  randomKey,
  reshape,
  sin,
  slice,
  sum,
  type Tensor,
  tanh,
  zeros,
} from '../src/index.js'
import { crossEntropy } from './network.js'

export type Parameters = ReadonlyArray<Tensor>

/** Parameters, inputs and labels. */
export type Arguments = readonly [Parameters, Tensor, Tensor]

export type Model = (p: Parameters, inputs: Tensor, labels: Tensor) => Tensor

const none = zeros([])

const times = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

const key = (use: number) => foldIn(randomKey(2014), use)

const weights = (use: number, from: number, to: number): Tensor =>
  normal(key(use), [from, to], { deviation: 1 / Math.sqrt(from) })

const symbols = (use: number, shape: ReadonlyArray<number>, of: number): Tensor =>
  oneHot(categorical(key(use), zeros([...shape, of])), of)

const affine = (x: Tensor, p: Parameters, layer: number): Tensor =>
  add(matmul(x, p[2 * layer] ?? none), p[2 * layer + 1] ?? none)

/** Layers of tanh, the last one affine, softmax and cross-entropy. */
export const layered: Model = (p, inputs, labels) => {
  const last = p.length / 2 - 1
  return crossEntropy(
    affine(
      times(last).reduce((x, layer) => tanh(affine(x, p, layer)), inputs),
      p,
      last,
    ),
    labels,
  )
}

/** Arguments of `layered` for widths from the inputs to the classes. */
export const layers = (widths: ReadonlyArray<number>, rows: number): Arguments => [
  widths.slice(1).flatMap((to, i) => [weights(10 + i, widths[i] ?? 1, to), zeros([to])]),
  normal(key(1), [rows, widths[0] ?? 1]),
  symbols(2, [rows], widths.at(-1) ?? 1),
]

/** A recurrent network that reads texts, [time, texts, symbols], and says at each step what comes next. */
export const recurrent: Model = (p, inputs, labels) => {
  const [toHidden = none, within = none, bias = none, toOutput = none, outputBias = none] = p
  const [steps = 0, texts = 0, alphabet = 0] = inputs.shape
  const width = within.shape[0] ?? 0
  const flat = (x: Tensor): Tensor => reshape(x, [steps * texts, alphabet])
  const heard = add(matmul(flat(inputs), toHidden), bias)
  const states = times(steps).reduce<ReadonlyArray<Tensor>>((before, step) => {
    const now = slice(heard, [step * texts, 0], [(step + 1) * texts, width])
    return [...before, tanh(add(now, matmul(before.at(-1) ?? zeros([texts, width]), within)))]
  }, [])
  return crossEntropy(add(matmul(concat(states), toOutput), outputBias), flat(labels))
}

/** Arguments of `recurrent`. */
export const texts = (steps: number, hidden: number, alphabet: number, count: number): Arguments => [
  [
    weights(10, alphabet, hidden),
    weights(11, hidden, hidden),
    zeros([hidden]),
    weights(12, hidden, alphabet),
    zeros([alphabet]),
  ],
  symbols(3, [steps, count], alphabet),
  symbols(2, [steps, count], alphabet),
]

/** x ← sin(x)·w + c, over and over, with another constant each time; the labels have as many rows as there are links. */
export const chained: Model = ([w = none], inputs, labels) =>
  sum(times(labels.shape[0] ?? 0).reduce((x, i) => add(mul(sin(x), w), 1 + i / 1024), inputs))

/** Arguments of `chained`. */
export const chain = (links: number): Arguments => [[normal(key(10), [64])], normal(key(1), [4, 64]), zeros([links, 1])]

/** The direction in which products are taken: other numbers, the same shapes. */
export const direction = (p: Parameters): Parameters => p.map(({ shape }, i) => normal(key(500 + i), [...shape]))
