import { randomKey, tensor, toArray, toFloat64Array, toNumber, zeros } from 'gradus'
import { describe, expect, it } from 'vitest'
import {
  autoencoderSize,
  classifierSize,
  codeSize,
  crossEntropy,
  errorRate,
  initialAutoencoder,
  initialClassifier,
  logits,
  mostProbable,
  pixelCrossEntropy,
  redrawn,
  squaredError,
} from '../../src/experiment/network.js'

const sizesOf = (tree: object): number =>
  Object.values(tree).reduce<number>(
    (sum, layer: { readonly weights: { readonly size: number }; readonly bias: { readonly size: number } }) =>
      sum + layer.weights.size + layer.bias.size,
    0,
  )

describe('a classifier', () => {
  const p = {
    hidden: { weights: tensor([[1, -1]]), bias: tensor([0.5, 0]) },
    output: {
      weights: tensor([
        [2, 0, 0],
        [0, 1, 0],
      ]),
      bias: tensor([0, 0, 0.25]),
    },
  }
  const images = tensor([[1], [-2]])
  // By hand: hidden units are tanh(x + 1/2) and tanh(−x).
  const byHand = [1, -2].map((x) => [2 * Math.tanh(x + 0.5), Math.tanh(-x), 0.25])

  it('computes what its formula says', () => {
    expect(toArray(logits(p)(images))).toEqual(byHand)
  })

  it('has the cross-entropy of its softmax, averaged over rows', () => {
    const labels = [0, 2]
    const expected = byHand.map((z, i) => Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - (z[labels[i] ?? 0] ?? 0))
    const targets = tensor([
      [1, 0, 0],
      [0, 0, 1],
    ])
    expect(toNumber(crossEntropy(p, images, targets))).toBeCloseTo(expected.reduce((a, b) => a + b, 0) / 2, 14)
  })

  it('errs where its most probable class is not the label', () => {
    const answers = mostProbable(p, images)
    expect(errorRate([0, 1], answers)).toBe(0)
    expect(errorRate([0, 2], answers)).toBe(0.5)
    expect(errorRate([1, 2], answers)).toBe(1)
  })

  it('begins with weights of variance 1 / inputs and no bias', () => {
    const { hidden, output } = initialClassifier(randomKey(3), 400, 50, 10)
    const variance = (xs: Float64Array): number => xs.reduce((s, x) => s + x * x, 0) / xs.length
    // 20,000 and 500 draws: the relative deviation of a variance is √(2/n), 1 % and 6 %; four times that is allowed.
    expect(400 * variance(toFloat64Array(hidden.weights))).toBeCloseTo(1, 1)
    expect(Math.abs(50 * variance(toFloat64Array(output.weights)) - 1)).toBeLessThan(0.25)
    expect([...toFloat64Array(hidden.bias), ...toFloat64Array(output.bias)].every((b) => b === 0)).toBe(true)
  })

  it('has as many parameters as classifierSize says', () => {
    expect(sizesOf(initialClassifier(randomKey(1), 16, 25, 10))).toBe(classifierSize(16, 25, 10))
    expect(classifierSize(16, 25, 10)).toBe(685)
  })
})

describe('an autoencoder', () => {
  const sizes = [64, 20, 5, 20, 64]
  const layers = initialAutoencoder(randomKey(2), sizes)

  it('has the layers that were asked for', () => {
    expect(layers.map(({ weights }) => weights.shape)).toEqual([
      [64, 20],
      [20, 5],
      [5, 20],
      [20, 64],
    ])
    expect(layers.reduce((sum, { weights, bias }) => sum + weights.size + bias.size, 0)).toBe(autoencoderSize(sizes))
    expect(codeSize(sizes)).toBe(5)
  })

  it('begins with 15 incoming weights for each unit, or all where there are fewer', () => {
    const incoming = layers.map(({ weights }) => {
      const rows = toArray(weights) as ReadonlyArray<ReadonlyArray<number>>
      return (rows[0] ?? []).map((_, j) => rows.filter((row) => row[j] !== 0).length)
    })
    expect(incoming.map((counts) => [...new Set(counts)])).toEqual([[15], [15], [5], [15]])
  })

  it('has a linear code: doubling the weights into the code doubles it', () => {
    const [a, b, c, d] = layers
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four layers')
    const image = zeros([1, 64])
    // A decoder of identity-like maps would hide nothing: look at the code through the first two layers alone.
    const code = (scale: number): number => {
      const scaled = tensor(
        (toArray(b.weights) as ReadonlyArray<ReadonlyArray<number>>).map((row) => row.map((w) => scale * w)),
      )
      return toFloat64Array(redrawn([a, { ...b, weights: scaled }])(image)).reduce((s, x) => s + x, 0)
    }
    expect(code(2)).toBeCloseTo(2 * code(1), 12)
  })

  it('sums over pixels and averages over images', () => {
    const images = tensor([
      [0, 1],
      [1, 0.5],
    ])
    // One layer pair that ignores its input: z = (0, ln 3), so pixels are 1/2 and 3/4.
    const flat = [
      { weights: zeros([2, 1]), bias: zeros([1]) },
      { weights: zeros([1, 2]), bias: tensor([0, Math.log(3)]) },
    ]
    const cost = (x: number, p: number): number => -x * Math.log(p) - (1 - x) * Math.log(1 - p)
    const entropy = (cost(0, 0.5) + cost(1, 0.75) + cost(1, 0.5) + cost(0.5, 0.75)) / 2
    expect(toNumber(pixelCrossEntropy(flat, images))).toBeCloseTo(entropy, 14)
    expect(toNumber(squaredError(flat, images))).toBeCloseTo((0.25 + 0.0625 + 0.25 + 0.0625) / 2, 14)
  })
})
