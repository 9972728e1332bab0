import { pipe } from 'fp-ts/lib/function.js'
import { add, normal, randomKey, square, sub, sum, type Tensor, tensor, toFloat64Array } from 'gradus'
import { register, transformationLaws } from 'gradus/laws'
import * as O from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectSameBits } from '../support/near.js'

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
