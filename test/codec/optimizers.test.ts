import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { square, sum, type Tensor, tensor } from 'gradus'
import { configured, decodeOptimizer, OptimizerCodec, showMismatches } from 'gradus/codec'
import { codecLaws, register } from 'gradus/laws'
import {
  adam,
  dampedNewton,
  gradientDescent,
  minimize,
  momentum,
  newton,
  type Optimizer,
  objective,
  type StateType,
  saddleFreeKrylov,
  saddleFreeNewton,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const positive = fc.double({ min: 1e-9, max: 1e3, noNaN: true })
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const damping = fc.oneof(positive, fc.array(positive, { minLength: 1, maxLength: 3 }))

const configurations = fc.oneof(
  positive.map((learningRate) => configured.gradientDescent({ learningRate }).configuration),
  fc.record({ learningRate: positive, decay: fraction }).map((o) => configured.momentum(o).configuration),
  fc
    .record({ learningRate: positive, decay1: fraction, decay2: fraction, epsilon: positive })
    .map((o) => configured.adam(o).configuration),
  positive.map((stepLength) => configured.newton({ stepLength }).configuration),
  fc.record({ damping, stepLength: positive }).map((o) => configured.dampedNewton(o).configuration),
  fc.record({ damping, stepLength: positive }).map((o) => configured.saddleFreeNewton(o).configuration),
  fc
    .record({ damping, dimension: fc.integer({ min: 1, max: 99 }), outside: fc.constantFrom('ignore', 'gradient') })
    .map((o) => configured.saddleFreeKrylov(o).configuration),
)

register({ describe, it })(
  codecLaws({
    name: 'configurations of optimizers',
    encode: (configuration) => configuration,
    decode: (u) => pipe(decodeOptimizer(u), E.map(OptimizerCodec.encode)),
    values: configurations,
    wrong: fc.anything(),
  }),
)

const complaint = (value: unknown): string => {
  const read = decodeOptimizer(value)
  return E.isLeft(read) ? showMismatches(read.left) : 'accepted'
}

const withOptions = (optimizer: string, options: unknown): unknown => ({ optimizer, options })

describe('optimizers as data', () => {
  it.each([
    [
      withOptions('adam', { learningRate: 0.1, decay2: 1 }),
      'options.decay2: expected a number from 0 to below 1, got 1',
    ],
    [withOptions('adam', { learningRate: -0.1 }), 'options.learningRate: expected a finite number above 0, got -0.1'],
    [
      withOptions('adam', { learningRate: Number.NaN }),
      'options.learningRate: expected a finite number above 0, got null',
    ],
    [withOptions('adam', {}), 'options.learningRate: expected a finite number above 0, got nothing'],
    [
      withOptions('adam', { learningRate: 0.1, beta2: 0.9 }),
      'options.beta2: expected one of the options learningRate, decay1, decay2, epsilon, got 0.9',
    ],
    [
      withOptions('momentum', { learningRate: 0.1, decay: '0.9' }),
      'options.decay: expected a number from 0 to below 1, got "0.9"',
    ],
    [withOptions('newton', { stepLength: 0 }), 'options.stepLength: expected a finite number above 0, got 0'],
    [
      withOptions('dampedNewton', { damping: [] }),
      'options.damping: expected a finite damping of 0 or more, or a list of them, got []',
    ],
    [
      withOptions('dampedNewton', { damping: [1, -1] }),
      'options.damping[1]: expected a finite number of 0 or more, got -1',
    ],
    [withOptions('saddleFreeKrylov', { dimension: 1.5 }), 'options.dimension: expected an integer above 0, got 1.5'],
    [
      withOptions('saddleFreeKrylov', { outside: 'drop' }),
      `options.outside: expected 'ignore' or 'gradient', got "drop"`,
    ],
    [
      withOptions('adamm', {}),
      'optimizer: expected one of gradientDescent, momentum, adam, newton, dampedNewton, saddleFreeNewton, saddleFreeKrylov, got "adamm"',
    ],
    [
      withOptions('constructor', {}),
      'optimizer: expected one of gradientDescent, momentum, adam, newton, dampedNewton, saddleFreeNewton, saddleFreeKrylov, got "constructor"',
    ],
    [withOptions('newton', []), 'options: expected a record of options, got []'],
    [7, 'the whole: expected an optimizer: { optimizer, options }, got 7'],
  ])('refuses %j', (value, told) => {
    expect(complaint(value)).toBe(told)
  })

  it('takes defaults for what is not said', () => {
    expect(pipe(decodeOptimizer({ optimizer: 'newton' }), E.map(OptimizerCodec.encode))).toEqual(
      E.right({ optimizer: 'newton', options: { stepLength: 1 } }),
    )
  })

  const values = <F extends StateType>(optimizer: Optimizer<F>): ReadonlyArray<unknown> => {
    const loss = objective((x: Tensor) => sum(square(square(x))))
    const { last } = takeUntil(stepsAtMost(4))(minimize(optimizer, loss)(tensor([1, -0.5, 2])))
    return [optimizer.name, last.value, last.step, last.work, last.gradientNorm]
  }

  // The defaults of the table are those of the optimizers: a run tells.
  it.each([
    ['gradientDescent', { learningRate: 0.01 }, values(gradientDescent({ learningRate: 0.01 }))],
    ['momentum', { learningRate: 0.01 }, values(momentum({ learningRate: 0.01 }))],
    ['adam', { learningRate: 0.01 }, values(adam({ learningRate: 0.01 }))],
    ['newton', {}, values(newton())],
    ['dampedNewton', {}, values(dampedNewton())],
    ['saddleFreeNewton', {}, values(saddleFreeNewton())],
    ['saddleFreeKrylov', {}, values(saddleFreeKrylov())],
  ])('makes %s as its function does', (optimizer, options, expected) => {
    const read = decodeOptimizer({ optimizer, options })
    expect(E.isRight(read) ? values(read.right) : complaint({ optimizer, options })).toEqual(expected)
  })

  it('knows each of the table', () => {
    expect(Object.keys(configured)).toHaveLength(7)
  })
})
