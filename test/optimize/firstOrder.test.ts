import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { concat, mul, square, sub, sum, type Tensor, tensor, treeMap } from 'gradus'
import { evenly, tensors } from 'gradus/laws'
import {
  type AdamOptions,
  adam,
  chain,
  descend,
  gradientDescent,
  type Iterate,
  minimize,
  momentum,
  type Optimizer,
  objective,
  type StateOf,
  type StateType,
  scaleBy,
  scaleByAdam,
  type Transformation,
  trace,
  unchanged,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { take } from './counted.js'
import { rosenbrock } from './problems.js'

interface Fixture {
  readonly start: ReadonlyArray<number>
  readonly every: number
  readonly cases: Readonly<
    Record<
      'gradientDescent' | 'momentum' | 'adam' | 'adamWithOptions',
      {
        readonly options: AdamOptions & { readonly decay?: number }
        readonly params: ReadonlyArray<ReadonlyArray<number>>
      }
    >
  >
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../golden/optimize/firstOrder.json', import.meta.url), 'utf8'),
)

const trajectory = <F extends StateType>(optimizer: Optimizer<F>) =>
  take(101)(minimize(optimizer, objective(rosenbrock))(tensor([...fixture.start])))
    .filter(({ step }) => step % fixture.every === 0)
    .map(({ params }) => params)

describe('trajectories on Rosenbrock, against optax', () => {
  const { cases } = fixture
  // Both sides round differently in every step; a hundred steps amplify that by far less than 10⁴.
  const tolerance = 1e-11

  it('gradient descent', () => {
    expectNear(trajectory(gradientDescent(cases.gradientDescent.options)), cases.gradientDescent.params, tolerance)
  })
  it('momentum', () => {
    expectNear(trajectory(momentum(cases.momentum.options)), cases.momentum.params, tolerance)
  })
  it('adam', () => {
    expectNear(trajectory(adam(cases.adam.options)), cases.adam.params, tolerance)
  })
  it('adam with other decays and epsilon', () => {
    expectNear(trajectory(adam(cases.adamWithOptions.options)), cases.adamWithOptions.params, tolerance)
  })
})

/** ½ a x². */
const parabola =
  (a: number) =>
  (x: Tensor): Tensor =>
    sum(mul(a / 2, square(x)))

describe('closed forms on a parabola', () => {
  const curvatures = evenly(-2, 2)
  const rates = evenly(0.01, 0.9)
  const starts = tensors([2])

  it('gradient descent multiplies by 1 − ηa', () => {
    fc.assert(
      fc.property(curvatures, rates, starts, (a, learningRate, x) => {
        const iterates = take(11)(minimize(gradientDescent({ learningRate }), objective(parabola(a)))(x))
        expectNear(iterates[10]?.params, mul((1 - learningRate * a) ** 10, x), 1e-12)
      }),
    )
  })

  it('momentum is the second-order recurrence xₙ₊₁ = (1 + μ − ηa) xₙ − μ xₙ₋₁', () => {
    fc.assert(
      fc.property(curvatures, rates, evenly(0, 0.95), starts, (a, learningRate, decay, x) => {
        const iterates = take(8)(minimize(momentum({ learningRate, decay }), objective(parabola(a)))(x))
        const expected = Array.from({ length: 6 }).reduce<ReadonlyArray<Tensor>>(
          (known, _, i) => {
            const [before = x, now = x] = known.slice(i)
            return [...known, sub(mul(1 + decay - learningRate * a, now), mul(decay, before))]
          },
          [x, mul(1 - learningRate * a, x)],
        )
        expectNear(
          iterates.map(({ params }) => params),
          expected,
          1e-11,
        )
      }),
    )
  })

  it('momentum without memory is gradient descent, to the bit', () => {
    const without = take(20)(
      minimize(momentum({ learningRate: 0.001, decay: 0 }), objective(rosenbrock))(tensor([-1.2, 1])),
    )
    const plain = take(20)(minimize(gradientDescent({ learningRate: 0.001 }), objective(rosenbrock))(tensor([-1.2, 1])))
    expectSameBits(
      without.map(({ params }) => params),
      plain.map(({ params }) => params),
    )
  })

  it("adam's first step has the length of the learning rate in every entry, whatever the gradient", () => {
    fc.assert(
      fc.property(tensors([3], { min: 0.01, max: 1000 }), (x) => {
        const [, first] = take(2)(minimize(adam({ learningRate: 0.1 }), objective(parabola(1)))(x))
        // ε = 1e-8 shortens it by at most 1e-8 / 0.01.
        expectNear(sub(first?.params ?? x, x), [-0.1, -0.1, -0.1], 1e-6)
      }),
    )
  })

  it('adam on a constant gradient keeps that length: the biases are corrected exactly', () => {
    const slope = (x: Tensor): Tensor => sum(mul(tensor([3, -0.2]), x))
    const iterates = take(30)(minimize(adam({ learningRate: 0.1 }), objective(slope))(tensor([0, 0])))
    expectNear(
      iterates.map(({ params }) => params),
      iterates.map((_, n) => [-0.1 * n, 0.1 * n]),
      1e-6,
    )
    expect(iterates[29]?.state[0].count).toBe(29)
  })
})

describe('transformations are a monoid under chain', () => {
  const first = trace(0.5)
  const second = scaleByAdam({ epsilon: 1e-3 })
  const third = scaleBy(-0.01)

  const runOf = <F extends StateType>(transformation: Transformation<F>) =>
    take(15)(minimize(descend('any', transformation), objective(rosenbrock))(tensor([-1.2, 1])))
  const paramsOf = <F extends StateType>(transformation: Transformation<F>) =>
    runOf(transformation).map(({ params }) => params)
  const statesOf = <F extends StateType>(transformation: Transformation<F>) =>
    runOf(transformation).map(({ state }: Iterate<Tensor, StateOf<F, Tensor>>) => state)

  it('is associative, to the bit, up to the nesting of states', () => {
    expectSameBits(paramsOf(chain(chain(first, second), third)), paramsOf(chain(first, chain(second, third))))
    const left = statesOf(chain(chain(first, second), third)).map(([[a, b]]) => [a, b.first, b.second])
    const right = statesOf(chain(first, chain(second, third))).map(([a, [b]]) => [a, b.first, b.second])
    expectSameBits(left, right)
  })

  it('has a unit on both sides', () => {
    expectSameBits(paramsOf(chain(unchanged, chain(first, third))), paramsOf(chain(first, third)))
    expectSameBits(paramsOf(chain(chain(first, third), unchanged)), paramsOf(chain(first, third)))
  })

  it('is not commutative: order matters, and is that of application', () => {
    const [doubledFirst] = take(2)(
      minimize(descend('', chain(scaleBy(-0.01), trace(0.5))), objective(rosenbrock))(tensor([0, 0])),
    ).slice(1)
    expectNear(doubledFirst?.state[1], [0.02, 0], 1e-15)
    const [tracedFirst] = take(2)(
      minimize(descend('', chain(trace(0.5), scaleBy(-0.01))), objective(rosenbrock))(tensor([0, 0])),
    ).slice(1)
    expectNear(tracedFirst?.state[0], [-2, 0], 1e-15)
  })
})

describe('invalid options are defects that name the optimizer and the option', () => {
  it.each([
    ['NaN', Number.NaN],
    ['0', 0],
    ['negative', -0.1],
    ['infinite', Infinity],
  ])('a learning rate that is %s', (_, learningRate) => {
    for (const [name, make] of [
      ['gradientDescent', gradientDescent],
      ['momentum', momentum],
      ['adam', adam],
    ] as const)
      expect(defectOf(() => make({ learningRate }))).toMatch(
        new RegExp(`^InvalidArgument: ${name}: expected .*learningRate.*got ${learningRate}`),
      )
  })

  it.each([-0.1, 1, Number.NaN])('a decay of %d', (decay) => {
    expect(defectOf(() => momentum({ learningRate: 1, decay }))).toMatch(/^InvalidArgument: momentum: .*decay/)
    expect(defectOf(() => adam({ learningRate: 1, decay1: decay }))).toMatch(/^InvalidArgument: adam: .*decay1/)
    expect(defectOf(() => adam({ learningRate: 1, decay2: decay }))).toMatch(/^InvalidArgument: adam: .*decay2/)
  })

  it.each([-1e-8, Number.NaN, Infinity])('an epsilon of %d', (epsilon) => {
    expect(defectOf(() => adam({ learningRate: 1, epsilon }))).toMatch(/^InvalidArgument: adam: .*epsilon/)
  })
})

describe('trees of parameters', () => {
  it('are updated leaf by leaf, as their entries in one vector are', () => {
    const loss = ({ a, rest: [b] }: { readonly a: Tensor; readonly rest: readonly [Tensor] }): Tensor =>
      rosenbrock(concat([a, b]))
    const start = { a: tensor([-1.2]), rest: [tensor([1])] as const }
    for (const make of [() => momentum({ learningRate: 2e-4 }), () => momentum({ learningRate: 1e-3, decay: 0.5 })])
      expectSameBits(
        take(20)(minimize(make(), objective(loss))(start)).map(({ params }) => params),
        take(20)(minimize(make(), objective(rosenbrock))(tensor([-1.2, 1]))).map(({ params }) => params),
      )
    expectSameBits(
      take(20)(minimize(adam({ learningRate: 0.05 }), objective(loss))(start)).map(({ params }) => params),
      take(20)(minimize(adam({ learningRate: 0.05 }), objective(rosenbrock))(tensor([-1.2, 1]))).map(
        ({ params }) => params,
      ),
    )
  })

  it('keep the state that an optimizer begins with in their shape', () => {
    const params = { w: tensor([[1, 2]]), b: [tensor(3)] }
    expectSameBits(momentum({ learningRate: 1 }).init(params)[0], treeMap((leaf) => mul(0, leaf))(params))
  })
})
