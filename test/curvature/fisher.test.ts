/** Fisher matrices against those of JAX, which are sums over all classes, and against each other. */
import {
  add,
  div,
  eye,
  foldIn,
  gaussNewtonProduct,
  grad,
  hessianMatrix,
  jvp,
  matmul,
  randomKey,
  ravel,
  reshape,
  scalar,
  sub,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  transpose,
  vmap,
  zeros,
} from 'gradus'
import {
  bernoulliLikelihood,
  categoricalLikelihood,
  empiricalFisherOperator,
  fisherOperator,
  gaussianLikelihood,
  gaussNewtonOperator,
  hessianOperator,
} from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { cases, inputs, labels, type Net, outputsOf, targets } from './models.js'

const model = outputsOf(inputs)

describe.each(cases)('$name', ({ at, treeOf, expected, likelihood, loss, lossOfOne, isLinear }) => {
  const whole = (net: Net): Tensor => loss(model(net))
  const direction = treeOf(expected.direction)
  const vector = treeOf(expected.vector)

  it('has the value, the gradient and the Hessian of JAX', () => {
    expectNear(whole(at), expected.value)
    expectNear(ravel(grad(whole)(at))[0], expected.gradient)
    expectNear(hessianOperator(whole)(at).matrix(), expected.hessian)
    expectNear(hessianMatrix(whole)(at), expected.hessian)
  })

  it('has the Gauss-Newton matrix of JAX, and its derivative', () => {
    expectNear(gaussNewtonOperator(model, loss)(at).matrix(), expected.gaussNewton)
    const [, along] = jvp((net: Net) => gaussNewtonProduct(model, loss)(net)(vector))(at, direction)
    expectNear(ravel(along)[0], expected.gaussNewtonAlong)
  })

  it('has the Fisher matrix of JAX, a sum over all that can be observed, which is that Gauss-Newton matrix', () => {
    const fisher = fisherOperator(model, likelihood)(at)
    expectNear(fisher.matrix(), expected.fisher)
    expectNear(expected.fisher, expected.gaussNewton)
    expectNear(ravel(fisher.apply(vector))[0], matmul(tensor(expected.fisher), tensor(expected.vector)))
    expectNear(
      fisherOperator(model, likelihood, { reduction: 'sum' })(at).matrix(),
      expected.fisher.map((row) => row.map((entry) => 5 * entry)),
      1e-11,
    )
  })

  it('is the Hessian where the model is linear, and is not where it is not', () => {
    const apart = Math.max(
      ...expected.hessian.flatMap((row, i) => row.map((entry, j) => Math.abs(entry - (expected.fisher[i]?.[j] ?? 0)))),
    )
    if (isLinear) expectNear(fisherOperator(model, likelihood)(at).matrix(), expected.hessian)
    else expect(apart).toBeGreaterThan(0.01)
  })

  it('has the empirical Fisher matrix of JAX, and the covariance of its gradients', () => {
    const examples = [inputs, labels, targets] as const
    const plain = empiricalFisherOperator(lossOfOne)(at, examples)
    const noise = empiricalFisherOperator(lossOfOne, { centered: true })(at, examples)
    expectNear(plain.matrix(), expected.empirical)
    expectNear(noise.matrix(), expected.noise)
    expectNear(ravel(plain.apply(vector))[0], matmul(tensor(expected.empirical), tensor(expected.vector)))
    expectNear(ravel(noise.apply(vector))[0], matmul(tensor(expected.noise), tensor(expected.vector)))
  })

  it('has a drawn Fisher matrix of outer products, which is the same for the same key', () => {
    const options = { draws: { key: randomKey(3), count: 2 } }
    const [one, other] = [
      fisherOperator(model, likelihood, options)(at),
      fisherOperator(model, likelihood, options)(at),
    ]
    expectSameBits(one.apply(vector), other.apply(vector))
    expectNear(ravel(one.apply(vector))[0], matmul(one.matrix(), tensor(expected.vector)), 1e-11)
    const outer = drawnBy(likelihood, options.draws.count)(at)
    expectNear(one.matrix(), outer, 1e-11)
  })
})

/** The same draws, as outer products of gradients of single examples. */
const drawnBy =
  (likelihood: (typeof cases)[number]['likelihood'], count: number) =>
  (at: Net): Tensor => {
    const outputs = model(at)
    const n = ravel(at)[0].size
    const expected = grad(likelihood.logPartition)(outputs)
    const [, unravel] = ravel(at)
    const jacobians = vmap((x: Tensor) => {
      const f = (flat: Tensor): Tensor => reshape(outputsOf(reshape(x, [1, 3]))(unravel(flat)), [3])
      const flat = ravel(at)[0]
      return vmap((v: Tensor) => jvp(f)(flat, v)[1])(eye(n))
    })(inputs)
    const rows = Array.from({ length: count }, (_, draw) => {
      const residuals = sub(expected, likelihood.draw(foldIn(randomKey(3), draw), outputs))
      // [examples, size, 3] times [examples, 3, 1]
      return reshape(matmul(jacobians, reshape(residuals, [5, 3, 1])), [5, n])
    })
    return rows.reduce((total, each) => add(total, div(matmul(transpose(each), each), 5 * count)), zeros([n, n]))
  }

describe('draws', () => {
  const logits = tensor([
    [0.5, -1, 2],
    [0, 0.3, -0.2],
  ])
  const identityModel = (x: Tensor): Tensor => x

  it.each([
    ['categorical', categoricalLikelihood],
    ['bernoulli', bernoulliLikelihood],
    ['gaussian', gaussianLikelihood({ variance: 0.5 })],
  ] as const)('of the %s family have the Fisher matrix for their mean', (_, likelihood) => {
    const exact = fisherOperator(identityModel, likelihood)(logits).matrix()
    const drawn = fisherOperator(identityModel, likelihood, { draws: { key: randomKey(5), count: 4000 } })(logits)
    // Entries of outer products here have standard deviations of at most 6, so that 5 of those of the mean are 0.5.
    expectNear(drawn.matrix(), exact, 0.5)
    // On the diagonal relative: a wrong factor of 2 would be found.
    const diagonal = (m: Tensor): ReadonlyArray<number> => [...toFloat64Array(m)].filter((__, at) => at % 7 === 0)
    diagonal(drawn.matrix()).forEach((value, i) => {
      expect(Math.abs(value / (diagonal(exact)[i] ?? Number.NaN) - 1)).toBeLessThan(0.25)
    })
  })

  it('of one example without axes are one example', () => {
    const fisher = fisherOperator(identityModel, bernoulliLikelihood)(scalar(0))
    expect(toArray(fisher.matrix())).toEqual([[0.25]])
  })

  it('count the examples of every axis but that of the classes', () => {
    const sequences = reshape(logits, [1, 2, 3])
    expectNear(
      fisherOperator(identityModel, categoricalLikelihood)(sequences).matrix(),
      fisherOperator(identityModel, categoricalLikelihood)(logits).matrix(),
    )
  })

  it('are refused without a number, and variances without a size', () => {
    const options = { draws: { key: randomKey(1), count: 0 } }
    expect(() => fisherOperator(identityModel, bernoulliLikelihood, options)(logits)).toThrow(
      /draws.count to be an integer of 1 or more/,
    )
    expect(() => gaussianLikelihood({ variance: 0 })).toThrow(/positive finite variance/)
  })
})

describe('empiricalFisherOperator', () => {
  it('refuses a loss that is no scalar', () => {
    const wrong = (w: Tensor, x: Tensor): Tensor => matmul(x, w)
    expect(() => empiricalFisherOperator(wrong)(zeros([2, 2]), zeros([4, 2]))).toThrow(/scalar for each example/)
  })

  it('is zero when centered around one example', () => {
    const loss = (w: Tensor, x: Tensor): Tensor => matmul(x, w)
    const noise = empiricalFisherOperator(loss, { centered: true })(tensor([1, 2]), tensor([[3, 4]]))
    expect(toArray(noise.matrix())).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(toArray(noise.apply(tensor([1, 0])))).toEqual([0, 0])
  })
})
