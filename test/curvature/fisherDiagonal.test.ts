/** Diagonals of Fisher matrices against those of JAX, and against their expectation over all that can be drawn. */
import {
  add,
  crossEntropy,
  oneHot,
  randomKey,
  ravel,
  scalar,
  softmax,
  square,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  treeMap,
  treeScale,
  zeros,
} from 'gradus'
import {
  bartlettDiagonal,
  bernoulliLikelihood,
  categoricalLikelihood,
  empiricalFisherDiagonal,
  fisherOperator,
  gaussianLikelihood,
} from 'gradus/curvature'
import { compositeObjective, objective, withDrawnSquares, withGradientSquares } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { cases, inputs, labels, type Net, outputsOf, targets } from './models.js'

const model = outputsOf(inputs)

const diagonalOf = (matrix: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<number> =>
  matrix.map((row, i) => row[i] ?? Number.NaN)

const numbers = (tree: unknown): ReadonlyArray<number> => [...toFloat64Array(ravel(tree)[0])]

describe.each(cases)('$name', ({ at, expected, likelihood, loss, lossOfOne }) => {
  it('has the diagonal of the empirical Fisher matrix of JAX', () => {
    const examples = [inputs, labels, targets] as const
    expectNear(numbers(empiricalFisherDiagonal(lossOfOne)(at, examples)), diagonalOf(expected.empirical))
    const told = withGradientSquares(lossOfOne, examples)(objective((net: Net) => loss(model(net))))
    expectSameBits(told.gradientSquares(at), empiricalFisherDiagonal(lossOfOne)(at, examples))
    expectNear(told.value(at), expected.value)
  })

  it('draws the same for the same key, is never negative, and counts a sum n times', () => {
    const drawn = bartlettDiagonal(model, likelihood)(at, randomKey(3))
    expectSameBits(drawn, bartlettDiagonal(model, likelihood)(at, randomKey(3)))
    expect(numbers(drawn)).not.toEqual(numbers(bartlettDiagonal(model, likelihood)(at, randomKey(4))))
    expect(numbers(drawn).every((each) => each >= 0)).toBe(true)
    expectNear(bartlettDiagonal(model, likelihood, { reduction: 'sum' })(at, randomKey(3)), treeScale(5, drawn), 1e-13)
    const told = withDrawnSquares(model, likelihood)(compositeObjective(model, loss))
    expectSameBits(told.drawnSquares(at, randomKey(3)), drawn)
  })

  it('has the exact diagonal for its mean, within five standard errors', () => {
    const draws = 1500
    const samples = Array.from({ length: draws }, (_, i) =>
      numbers(bartlettDiagonal(model, likelihood)(at, randomKey(i))),
    )
    diagonalOf(expected.fisher).forEach((exact, entry) => {
      const column = samples.map((row) => row[entry] ?? Number.NaN)
      const mean = column.reduce((total, each) => total + each, 0) / draws
      const variance = column.reduce((total, each) => total + (each - mean) ** 2, 0) / (draws - 1)
      expect(Math.abs(mean - exact)).toBeLessThanOrEqual(5 * Math.sqrt(variance / draws))
    })
  })
})

describe('the expectation over all labels that can be drawn', () => {
  const classes = 3

  /** All ways to give each example a label. */
  const labelings = (examples: number): ReadonlyArray<ReadonlyArray<number>> =>
    Array.from({ length: classes ** examples }, (_, code) =>
      Array.from({ length: examples }, (__, i) => Math.floor(code / classes ** i) % classes),
    )

  it.each(cases.filter(({ name }) => name.endsWith('categorical')))(
    '$name: is the exact diagonal',
    ({ at, expected }) => {
      const outputs = model(at)
      const probabilities = toArray(softmax(outputs)) as ReadonlyArray<ReadonlyArray<number>>
      const all = labelings(5)
      expect(all.length).toBe(243)
      const mean = all.reduce(
        (total, drawn) => {
          const probability = drawn.reduce(
            (product, label, i) => product * (probabilities[i]?.[label] ?? Number.NaN),
            1,
          )
          const likelihood = { ...categoricalLikelihood, draw: () => oneHot(tensor([...drawn]), classes) }
          const estimate = bartlettDiagonal(model, likelihood)(at, randomKey(0))
          return add(total, treeScale(probability, ravel(estimate)[0]))
        },
        zeros([expected.fisher.length]),
      )
      expectNear(mean, diagonalOf(expected.fisher), 1e-13)
      expectNear(diagonalOf(expected.fisher), diagonalOf(expected.gaussNewton), 1e-12)
    },
  )
})

describe('families', () => {
  const identity = (x: Tensor): Tensor => x
  const logits = tensor([
    [0.5, -1, 2],
    [0, 0.3, -0.2],
  ])

  it.each([
    ['bernoulli', bernoulliLikelihood],
    ['gaussian', gaussianLikelihood({ variance: 0.5 })],
  ] as const)('%s: the mean of many draws is the exact diagonal', (_, likelihood) => {
    const exact = numbers(fisherOperator(identity, likelihood)(logits).matrix()).filter((__, i) => i % 7 === 0)
    const draws = 3000
    const total = Array.from({ length: draws }, (__, i) =>
      bartlettDiagonal(identity, likelihood)(logits, randomKey(i)),
    ).reduce(add)
    // A square of a draw has a standard deviation of at most 1.5 times its mean here: five of those of the mean are 0.14.
    numbers(treeScale(1 / draws, total)).forEach((value, i) => {
      expect(Math.abs(value / (exact[i] ?? Number.NaN) - 1)).toBeLessThan(0.14)
    })
  })

  it('one example without axes is one example', () => {
    // r = ½ − y = ±½
    expect(toArray(bartlettDiagonal(identity, bernoulliLikelihood)(scalar(0), randomKey(1)))).toBe(0.25)
  })

  it('parameters that are a tree stay one', () => {
    const net = { w: tensor([[1, -1]]), b: tensor([0, 0]) }
    const drawn = bartlettDiagonal(({ b }: typeof net) => b, categoricalLikelihood)(net, randomKey(1))
    expect(toArray(drawn.w)).toEqual([[0, 0]])
    expectNear(drawn.b, [0.25, 0.25], 1e-15)
  })
})

it('says what it cannot do', () => {
  expect(
    defectOf(() => bartlettDiagonal((x: Tensor) => x, categoricalLikelihood)(zeros([0, 3]), randomKey(1))),
  ).toContain('bartlettDiagonal: expected outputs')
  expect(
    defectOf(() =>
      empiricalFisherDiagonal((w: Tensor, x: Tensor) => treeMap(square)(add(w, x)))(tensor([1]), tensor([[1]])),
    ),
  ).toContain('NotScalar')
})

it('the empirical diagonal is that of the labels that were seen', () => {
  const loss = (w: Tensor, x: Tensor): Tensor => crossEntropy(add(w, x), scalar(0))
  const examples = tensor([
    [0, 0],
    [1, -1],
  ])
  const squares = numbers(empiricalFisherDiagonal(loss)(tensor([0, 0]), examples))
  const gradients = [0.5, 1 / (1 + Math.exp(2))]
  const mean = gradients.reduce((total, each) => total + each ** 2, 0) / 2
  expectNear(squares, [mean, mean], 1e-14)
})
