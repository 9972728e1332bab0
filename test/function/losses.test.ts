/** Losses where they are usually lost: sure models, ruled-out classes, empty distributions, shapes that only broadcast. */
import * as gradus from 'gradus'
import { grad, hvp, type Tensor, tensor, toArray, toNumber, zeros } from 'gradus'
import { describe, expect, it } from 'vitest'

describe('crossEntropy', () => {
  it('keeps the digits of a sure model, in value and gradient', () => {
    const loss = (x: Tensor): Tensor => gradus.crossEntropy(x, tensor(1))
    const x = tensor([0, 50, 3])
    // p of the wrong classes: e^(−50) and e^(−47), over 1 + their sum.
    const [wrong, other] = [Math.exp(-50), Math.exp(-47)]
    const total = toNumber(loss(x))
    expect(Math.abs(total / (wrong + other) - 1)).toBeLessThan(1e-14)
    const gradient = toArray(grad(loss)(x))
    expect(gradient).toHaveLength(3)
    ;[wrong, -(wrong + other), other].forEach((wanted, i) => {
      const found = Array.isArray(gradient) ? Number(gradient[i]) : Number.NaN
      expect(Math.abs(found / wanted - 1)).toBeLessThan(1e-14)
    })
  })
  it('of labels and of their one-hot rows agree', () => {
    const x = tensor([
      [1, 2, -1],
      [0.5, -3, 2],
    ])
    const labels = tensor([2, 0])
    const [a, b] = [gradus.crossEntropy(x, labels), gradus.crossEntropy(x, gradus.oneHot(labels, 3))]
    expect(toNumber(a)).toBeCloseTo(toNumber(b), 14)
  })
  it('rules out a class with a logit of −∞, without NaN in any derivative', () => {
    const x = tensor([0, -Infinity, 1])
    for (const target of [tensor(0), tensor([1, 0, 0])]) {
      const loss = (y: Tensor): Tensor => gradus.crossEntropy(y, target)
      expect(toNumber(loss(x))).toBeCloseTo(Math.log(1 + Math.E), 14)
      const p = 1 / (1 + Math.E)
      const slopes = toArray(grad(loss)(x))
      expect(slopes).toEqual([expect.closeTo(p - 1, 14), expect.closeTo(0, 14), expect.closeTo(1 - p, 14)])
      const bend = toArray(hvp(loss)(x)(tensor([1, 1, 0])))
      expect(bend).toEqual([expect.closeTo(p * (1 - p), 14), expect.closeTo(0, 14), expect.closeTo(-p * (1 - p), 14)])
    }
    expect(toNumber(gradus.crossEntropy(x, tensor(1)))).toBe(Infinity)
  })
  it('is NaN for a label that does not exist and for logits that are all −∞', () => {
    expect(toNumber(gradus.crossEntropy(tensor([1, 2]), tensor(2)))).toBeNaN()
    expect(toNumber(gradus.crossEntropy(tensor([-Infinity, -Infinity]), tensor(0)))).toBeNaN()
  })
  it('says what shapes it takes', () => {
    expect(() => gradus.crossEntropy(zeros([2, 3]), zeros([3]))).toThrow('labels of shape [2]')
  })
})

describe('binaryCrossEntropy', () => {
  it('keeps the digits on both sides', () => {
    expect(toNumber(gradus.binaryCrossEntropy(tensor(50), 1))).toBeCloseTo(Math.exp(-50), 30)
    expect(toNumber(gradus.binaryCrossEntropy(tensor(50), 1)) / Math.exp(-50)).toBeCloseTo(1, 14)
    expect(toNumber(grad((x: Tensor) => gradus.binaryCrossEntropy(x, 1))(tensor(50))) / -Math.exp(-50)).toBeCloseTo(
      1,
      14,
    )
  })
  it('costs nothing for an infinite logit that is right, and ∞ for one that is wrong', () => {
    const both = gradus.binaryCrossEntropy(tensor([Infinity, -Infinity]), tensor([1, 0]), { reduction: 'none' })
    expect(toArray(both)).toEqual([0, 0])
    expect(toNumber(gradus.binaryCrossEntropy(tensor(-Infinity), 1))).toBe(Infinity)
    expect(toNumber(grad((x: Tensor) => gradus.binaryCrossEntropy(x, 1))(tensor(Infinity))) + 0).toBe(0)
  })
})

describe('the other losses', () => {
  it.each([
    ['meanSquaredError', gradus.meanSquaredError],
    ['huber', gradus.huber],
    ['hinge', gradus.hinge],
    ['binaryCrossEntropy', gradus.binaryCrossEntropy],
    ['cosineDistance', gradus.cosineDistance],
    ['klDivergence', gradus.klDivergence],
  ] as const)('%s refuses shapes that only broadcast', (_name, loss) => {
    expect(() => loss(zeros([3]), zeros([3, 1]))).toThrow('[3] and targets [3,1] differ')
  })
  it('huber does not overflow in the branch that is not taken', () => {
    const loss = (x: Tensor): Tensor => gradus.huber(x, 0)
    expect(toNumber(loss(tensor(1e200)))).toBe(1e200)
    expect(toNumber(grad(loss)(tensor(1e200)))).toBe(1)
    expect(toNumber(grad(grad(loss))(tensor(1)))).toBe(1)
    expect(() => gradus.huber(tensor(1), 0, { delta: 0 })).toThrow('delta > 0')
  })
  it('klDivergence gives nothing to classes without probability', () => {
    const q = tensor([-Infinity, 0])
    expect(toNumber(gradus.klDivergence(q, tensor([0, 1])))).toBe(0)
    expect(toArray(grad((y: Tensor) => gradus.klDivergence(y, tensor([0, 1])))(q))).toEqual([-0, -1])
    expect(toNumber(gradus.klDivergence(q, tensor([0.5, 0.5])))).toBe(Infinity)
  })
  it('cosines know the zero vector, huge ones, and almost parallel ones', () => {
    const one = tensor([1, 2])
    expect(toNumber(gradus.cosineSimilarity(zeros([2]), one))).toBe(0)
    expect(toNumber(gradus.cosineDistance(zeros([2]), one))).toBeCloseTo(1, 15)
    expect(toNumber(gradus.cosineDistance(zeros([2]), zeros([2])))).toBe(1)
    expect(toArray(grad((x: Tensor) => gradus.cosineDistance(x, one))(zeros([2])))).toEqual([0, 0])
    expect(toNumber(gradus.cosineSimilarity(tensor([1e200, 0]), tensor([3e-200, 3e-200])))).toBeCloseTo(
      Math.SQRT1_2,
      14,
    )
    expect(toNumber(gradus.cosineDistance(tensor([1, 0]), tensor([1, 1e-9]))) / 5e-19).toBeCloseTo(1, 7)
  })
})
