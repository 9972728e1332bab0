import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { add, normal, randomKey, square, sub, sum, type Tensor, tensor, toFloat64Array } from 'gradus'
import { type OptimizerProperty, optimizerLaws, register, tensors, transformationLaws } from 'gradus/laws'
import * as O from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { epsilon, firstOrder, learningRate } from '../support/firstOrder.js'
import { expectSameBits } from '../support/near.js'

const claim = <F extends O.StateType>(
  optimizer: O.Optimizer<F>,
  claims: ReadonlyArray<OptimizerProperty>,
  tolerance = 1e-7,
): void =>
  register({ describe, it }, { instances: 25 })(optimizerLaws({ name: optimizer.name, optimizer, claims, tolerance }))

/** Each entry moves by itself, whatever the scale of the loss. */
const entrywise: ReadonlyArray<OptimizerProperty> = [
  ...firstOrder,
  { _tag: 'IgnoresScale' },
  { _tag: 'NotEquivariant', under: 'rotations' },
]

claim(O.nadam({ learningRate, epsilon }), entrywise)
claim(O.amsgrad({ learningRate, epsilon }), entrywise)
claim(O.adamax({ learningRate, epsilon }), entrywise)
claim(O.adabelief({ learningRate, epsilon, epsilonRoot: 0 }), entrywise)
claim(O.rmsprop({ learningRate, epsilon: 0, epsilonInRoot: false, initial: 1e-300 }), entrywise)
claim(O.adagrad({ learningRate, initial: 0, epsilon: 0 }), entrywise)
claim(O.lion({ learningRate, weightDecay: 0 }), entrywise)
claim(O.signSgd({ learningRate }), [
  ...entrywise,
  { _tag: 'Follows', step: (gradients) => -learningRate * Math.sign(gradients[gradients.length - 1] ?? Number.NaN) },
])
claim(O.rprop({ learningRate, delayed: false }), entrywise)
claim(O.adam({ learningRate, epsilon: 1 }), [...firstOrder, { _tag: 'DependsOnScale' }])
claim(O.momentum({ learningRate, nesterov: true }), [
  ...firstOrder,
  { _tag: 'Equivariant', under: 'rotations' },
  { _tag: 'DependsOnScale' },
])
claim(O.descend('normalized', O.chain(O.normalize({ epsilon: 1e-300 }), O.scaleBy(-learningRate))), [
  ...firstOrder,
  { _tag: 'IgnoresScale' },
  { _tag: 'Equivariant', under: 'rotations' },
])

const quick = register({ describe, it }, { instances: 25 })
quick(transformationLaws({ name: 'nesterov', transformation: O.trace(0.9, { nesterov: true }) }))
quick(transformationLaws({ name: 'adan', transformation: O.scaleByAdan() }))
quick(transformationLaws({ name: 'lookahead', transformation: pipe(O.scaleBy(-0.1), O.lookahead({ period: 2 })) }))
quick(transformationLaws({ name: 'accumulate', transformation: pipe(O.scaleByAdam(), O.accumulate(2)) }))
quick(transformationLaws({ name: 'noise', transformation: O.addNoise(randomKey(1)) }))
quick(transformationLaws({ name: 'plateau', transformation: O.reduceOnPlateau({ patience: 1 }) }))

interface Params {
  readonly moved: Tensor
  readonly held: Tensor
}

const bowl = ({ moved, held }: Params): Tensor => add(sum(square(moved)), sum(square(held)))

const endOf = <F extends O.StateType>(optimizer: O.Optimizer<F>, start: Params, steps: number): Params =>
  pipe(start, O.minimize(optimizer, O.objective(bowl)), O.takeUntil(O.stepsAtMost(steps))).last.params

describe('frozen leaves', () => {
  it('keep their bits, −0 and subnormal numbers too, compiled or not, while the others move', () => {
    fc.assert(
      fc.property(tensors([2], { min: 1, max: 2 }), fc.constantFrom('always', 'never'), (moved, compilation) => {
        const start = { moved, held: tensor([-0, 5e-324, 1e300, 0]) }
        const optimizer = O.descend(
          'x',
          pipe(O.chain(O.scaleByAdam(), O.addWeightDecay(0.1), O.scaleBy(-0.1)), O.freeze(O.named('held'))),
          { compilation },
        )
        const end = endOf(optimizer, { ...start, held: tensor([-0, 5e-324, 1e3, 0]) }, 3)
        expectSameBits([end.held], [tensor([-0, 5e-324, 1e3, 0])])
        expect([...toFloat64Array(end.moved)]).not.toEqual([...toFloat64Array(start.moved)])
      }),
      { numRuns: 20 },
    )
  })
})

describe('noise', () => {
  const start = { moved: tensor([1, 2]), held: tensor([3]) }
  const noisy = (seed: number) => endOf(O.noisySgd({ learningRate: 0.1, key: randomKey(seed) }), start, 3)

  it('is the same for the same key, and another for another', () => {
    expectSameBits([noisy(1).moved], [noisy(1).moved])
    expect([...toFloat64Array(noisy(1).moved)]).not.toEqual([...toFloat64Array(noisy(2).moved)])
  })

  it('perturbed gradient descent leaves a saddle and settles at a minimum, at the point before its noise', () => {
    const options = { key: randomKey(1), smoothness: 4, hessianSmoothness: 1, accuracy: 0.1, gap: 1 }
    const saddle = ({ moved: x, held: y }: Params): Tensor => sum(add(square(x), sub(square(square(y)), square(y))))
    const escaped = pipe(
      { moved: tensor([0]), held: tensor([0]) },
      O.minimize(O.perturbedGradientDescent(options), O.objective(saddle)),
      O.takeUntil(O.stepsAtMost(60)),
    )
    expect(escaped.last.value).toBeCloseTo(-0.25, 6)
    const settled = pipe(
      { moved: tensor([0]), held: tensor([0]) },
      O.minimize(O.perturbedGradientDescent(options), O.objective(bowl)),
      O.takeUntil(O.stepsAtMost(600)),
    )
    expect(settled.last.state.settled).toBe(true)
    expect([...toFloat64Array(settled.last.params.moved)]).toEqual([0])
  })

  it('in a ball has a length of at most the radius', () => {
    const optimizer = O.descend('x', O.perturb(randomKey(3), { radius: 0.5, gradientBelow: 1 }))
    const { moved, held } = endOf(optimizer, { moved: tensor([0, 0]), held: tensor([0]) }, 1)
    const length = Math.hypot(...toFloat64Array(moved), ...toFloat64Array(held))
    expect(length).toBeGreaterThan(0)
    expect(length).toBeLessThanOrEqual(0.5)
  })
})

describe('work', () => {
  it('counts the products of sophia, one every so many steps', () => {
    const { last } = pipe(
      { moved: normal(randomKey(1), [2]), held: tensor([1]) },
      O.minimize(O.sophia({ learningRate: 0.01, every: 4 }), O.objective(bowl)),
      O.takeUntil(O.stepsAtMost(9)),
    )
    expect(last.work).toEqual({ evaluations: 0, gradients: 10, products: 3, solves: 0 })
  })
})

describe('hyperparameters out of range', () => {
  it.each([
    ['adam: expected decay2', () => O.adam({ learningRate: 1, decay2: 1 })],
    ['lion: expected learningRate', () => O.lion({ learningRate: -1 })],
    ['rmsprop: expected epsilon', () => O.rmsprop({ learningRate: 1, epsilon: Number.NaN })],
    ['accumulate: expected every', () => O.accumulate(0)],
    ['linear: expected steps', () => O.linear({ from: 0, to: 1, steps: 0 })],
  ])('%s', (words, make) => {
    expect(make).toThrow(words)
  })
})
