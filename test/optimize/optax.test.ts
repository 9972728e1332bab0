import { readFileSync } from 'node:fs'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  cosh,
  matmul,
  mean,
  mul,
  pow,
  randomKey,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  treeLeaves,
} from 'gradus'
import * as O from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { take } from './counted.js'

type Numbers = ReadonlyArray<number>

interface Fixture {
  readonly steps: Numbers
  readonly valley: readonly [Numbers, Numbers]
  readonly network: readonly [ReadonlyArray<Numbers>, Numbers, ReadonlyArray<Numbers>, Numbers]
  readonly inputs: ReadonlyArray<Numbers>
  readonly targets: ReadonlyArray<Numbers>
  readonly runs: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<Numbers>>>>>
  readonly schedules: Readonly<Record<string, Numbers>>
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../golden/optimize/optax.json', import.meta.url), 'utf8'))

interface Valley {
  readonly x: Tensor
  readonly rest: { readonly z: Tensor }
}

interface Layer {
  readonly weights: Tensor
  readonly bias: Tensor
}

interface Network {
  readonly layers: readonly [Layer, Layer]
}

const valleyAt: Valley = { x: tensor(fixture.valley[0]), rest: { z: tensor(fixture.valley[1]) } }

const valley = ({ x, rest: { z } }: Valley): Tensor => sum(add(mul(10, square(sub(z, square(x)))), square(sub(1, x))))

const separable = ({ x, rest: { z } }: Valley): Tensor => add(sum(cosh(x)), sum(pow(sub(z, 0.5), 4)))

const [w1, b1, w2, b2] = fixture.network
const networkAt: Network = {
  layers: [
    { weights: tensor(w1), bias: tensor(b1) },
    { weights: tensor(w2), bias: tensor(b2) },
  ],
}

const network = ({ layers: [one, two] }: Network): Tensor => {
  const hidden = tanh(add(matmul(tensor(fixture.inputs), one.weights), one.bias))
  return mean(square(sub(add(matmul(hidden, two.weights), two.bias), tensor(fixture.targets))))
}

const matrices: O.Selection = (_, leaf) => leaf.rank === 2

const flat = (params: unknown): Numbers => treeLeaves(params).flatMap((leaf) => [...toFloat64Array(leaf)])

const adam = O.chain(O.scaleByAdam(), O.scaleBy(-0.05))

const descent = (rate: number) => O.scaleBy(-rate)

/** The largest errors of a run in its first 20 steps and in all 100, relative to the size of the numbers or to 1. */
const errorsOf = <F extends O.StateType, P>(
  optimizer: O.Optimizer<F>,
  loss: (p: P) => Tensor,
  start: P,
  expected: ReadonlyArray<Numbers> | undefined,
): { readonly early: number; readonly late: number } => {
  const run = take(101)(O.minimize<F, O.Curved, P>(optimizer, O.objective(loss))(start)).filter(({ step }) =>
    fixture.steps.includes(step),
  )
  const worst = (its: typeof run): number =>
    its
      .flatMap(({ params }, i) =>
        flat(params).map((found, j) => {
          const wanted = expected?.[i]?.[j] ?? Number.NaN
          return Math.abs(found - wanted) / Math.max(1, Math.abs(wanted))
        }),
      )
      .reduce((most, error) => (error <= most ? most : error), 0)
  return run.length === fixture.steps.length
    ? { early: worst(run.filter(({ step }) => step <= 20)), late: worst(run) }
    : { early: Number.NaN, late: Number.NaN }
}

/**
 * Both sides round differently, by a few ulp of numbers of size 1: 20 steps keep that below 1e-12. Later the valley and divisors that
 * are nearly 0 multiply it from step to step, tenfold in a few steps for some methods. A wrong formula shows at 1e-3 at once.
 */
const tolerances = { early: 1e-12, late: 1e-3 }

/** Where optax computes a rate or a mean of gradients in single precision. */
const single = { early: 1e-7, late: 1e-3 }

const check = <F extends O.StateType>(name: string, optimizer: O.Optimizer<F>, allowed = tolerances): void => {
  const expectSame = <P>(loss: (p: P) => Tensor, start: P, expected: ReadonlyArray<Numbers> | undefined): void => {
    const { early, late } = errorsOf(optimizer, loss, start, expected)
    expect(early).toBeLessThan(allowed.early)
    expect(late).toBeLessThan(allowed.late)
  }
  it(name, () => {
    const { valley: inValley, network: ofNetwork, separable: apart } = fixture.runs[name] ?? {}
    if (apart !== undefined) return expectSame(separable, valleyAt, apart)
    expectSame(valley, valleyAt, inValley)
    expectSame(network, networkAt, ofNetwork)
  })
}

describe('100 steps are those of optax', () => {
  check('sgd', O.gradientDescent({ learningRate: 0.01 }))
  check('momentum', O.momentum({ learningRate: 0.005 }))
  check('nesterov', O.momentum({ learningRate: 0.005, nesterov: true }))
  check('adam', O.adam({ learningRate: 0.05 }))
  check('adamOptions', O.adam({ learningRate: 0.05, decay1: 0.8, decay2: 0.95, epsilon: 1e-3, epsilonRoot: 1e-4 }))
  check('nadam', O.nadam({ learningRate: 0.05 }))
  check('adamw', O.adamw({ learningRate: 0.05, weightDecay: 0.01 }))
  check('adamwMatrices', O.adamw({ learningRate: 0.05, weightDecay: 0.1, mask: matrices }))
  check('nadamw', O.nadamw({ learningRate: 0.05, weightDecay: 0.01 }))
  check('amsgrad', O.amsgrad({ learningRate: 0.05, decay2: 0.9 }))
  check('amsgradPaper', O.amsgrad({ learningRate: 0.05, decay2: 0.9, correctFirst: false, correctSecond: false }))
  check('adamax', O.adamax({ learningRate: 0.05 }))
  check('adamaxw', O.adamaxw({ learningRate: 0.05, weightDecay: 0.01 }))
  check('adabelief', O.adabelief({ learningRate: 0.05 }))
  check('adabeliefNesterov', O.adabelief({ learningRate: 0.05, epsilon: 1e-8, nesterov: true }))
  check('yogi', O.yogi({ learningRate: 0.05 }))
  check('radam', O.radam({ learningRate: 0.05 }))
  check('radamNesterov', O.radam({ learningRate: 0.05, decay2: 0.9, threshold: 4.5, nesterov: true }))
  check('adan', O.adan({ learningRate: 0.02, weightDecay: 0.01 }))
  check('novograd', O.novograd({ learningRate: 0.02, weightDecay: 0.01 }))
  check('adopt', O.descend('', O.chain(O.scaleByAdopt(), descent(0.02))))
  check(
    'adoptNesterov',
    O.descend('', O.chain(O.scaleByAdopt({ decay2: 0.99, nesterov: true, clip: false }), descent(0.02))),
  )
  check('lamb', O.lamb({ learningRate: 0.02, weightDecay: 0.01 }))
  check('lars', O.lars({ learningRate: 0.1, weightDecay: 0.01, trustCoefficient: 0.01 }))
  check(
    'larsMatrices',
    O.lars({ learningRate: 0.01, trustCoefficient: 0.1, adapted: matrices, nesterov: true, epsilon: 1e-3 }),
  )
  check('lion', O.lion({ learningRate: 0.01 }))
  check('signSgd', O.signSgd({ learningRate: 0.013 }))
  check('signum', O.signum({ learningRate: 0.013 }))
  check('rprop', O.rprop({ learningRate: 0.01 }))
  check('rmsprop', O.rmsprop({ learningRate: 0.01 }))
  check(
    'rmspropCentered',
    O.rmsprop({ learningRate: 0.005, centered: true, momentum: 0.5, nesterov: true, epsilon: 1e-4 }),
  )
  check(
    'rmspropCorrected',
    O.rmsprop({ learningRate: 0.01, decay: 0.95, epsilonInRoot: false, corrected: true, initial: 0.1 }),
  )
  check('adagrad', O.adagrad({ learningRate: 0.1 }))
  check('adadelta', O.adadelta({ weightDecay: 0.01 }))
  check('adafactor', O.adafactor({ learningRate: 0.05 }))
  check('adafactorFactored', O.adafactor({ learningRate: 0.05, least: 2 }))
  check('sm3', O.sm3({ learningRate: 0.1 }))
  check('polyakSgd', O.polyakSgd({ maximalLearningRate: 0.02 }))
  check('optimistic', O.optimisticGradientDescent({ learningRate: 0.005, alpha: 0.9, beta: 0.5 }))
  check('noiseless', O.noisySgd({ learningRate: 0.01, noise: 0, key: randomKey(1) }))
  check('clipValue', O.descend('', O.chain(O.clipByValue(0.5), descent(0.02))))
  check('clipGlobal', O.descend('', O.chain(O.clipByGlobalNorm(0.7), descent(0.02))))
  check('clipRms', O.descend('', O.chain(O.clipByRms(0.4), descent(0.02))))
  check('clipAdaptive', O.descend('', O.chain(O.clipAdaptively(0.05), descent(0.1))))
  check('centralize', O.descend('', O.chain(O.centralize, descent(0.01))))
  check('normalize', O.descend('', O.chain(O.normalize(), descent(0.02))))
  check('ema', O.descend('', O.chain(O.meanOfUpdates(0.9), descent(0.01))))
  check('accumulate', O.descend('', pipe(adam, O.accumulate(3))), single)
  check('lookahead', O.descend('', pipe(adam, O.lookahead({ period: 5, slowStep: 0.4 }))))
  check(
    'plateau',
    O.descend(
      '',
      O.chain(descent(0.012), O.reduceOnPlateau({ factor: 0.5, patience: 3, relative: 0.02, cooldown: 2, window: 2 })),
    ),
  )
  check(
    'scheduled',
    O.adamw({
      learningRate: O.cosineDecay({ from: 0.05, steps: 80, share: 0.1 }),
      weightDecay: O.linear({ from: 0.1, to: 0, steps: 50 }),
    }),
    single,
  )
  check(
    'partition',
    O.descend(
      '',
      O.partition({ m: adam, v: descent(0.01) })((path, leaf) => (matrices(path, leaf) ? 'm' : 'v')),
    ),
  )

  // On a separable loss the estimate of the diagonal is exact, whatever the signs.
  check('sophia', O.sophia({ learningRate: 0.01, gamma: 0.5, every: 4, weightDecay: 0.01 }))

  it('every run of the fixture is compared', () => {
    expect(Object.keys(fixture.runs).length).toBe(53)
  })
})

const schedules: Readonly<Record<string, O.Schedule>> = {
  polynomial: O.polynomial({ from: 1, to: 0.2, power: 2.5, steps: 20, wait: 5 }),
  linear: O.linear({ from: 0.1, to: 1, steps: 20, wait: 3 }),
  exponential: O.exponentialDecay({ from: 1, factor: 0.7, steps: 10, wait: 4, to: 0.3 }),
  staircase: O.exponentialDecay({ from: 1, factor: 0.7, steps: 10, wait: 4, staircase: true }),
  growing: O.exponentialDecay({ from: 0.1, factor: 1.7, steps: 10, to: 0.5 }),
  cosine: O.cosineDecay({ from: 0.5, steps: 30, share: 0.1, power: 1.5 }),
  warmupConstant: O.warmupConstant({ from: 0, peak: 0.8, warmup: 10 }),
  warmupCosine: O.warmupCosine({ from: 0, peak: 0.8, warmup: 10, steps: 40, to: 0.1 }),
  warmupExponential: O.warmupExponential({ from: 0, peak: 0.8, warmup: 10, steps: 15, factor: 0.5, wait: 5 }),
  piecewise: O.piecewise(1, [
    [10, 0.5],
    [25, 0.2],
  ]),
  piecewiseLinear: O.interpolated(
    1,
    [
      [10, 0.5],
      [25, 3],
    ],
    'linear',
  ),
  piecewiseCosine: O.interpolated(
    1,
    [
      [25, 3],
      [10, 0.5],
    ],
    'cosine',
  ),
  linearOneCycle: O.linearOneCycle({ steps: 40, peak: 2 }),
  cosineOneCycle: O.cosineOneCycle({ steps: 40, peak: 2 }),
  restarts: O.cosineRestarts([
    { from: 0, peak: 1, warmup: 3, steps: 15 },
    { from: 0.1, peak: 0.5, warmup: 5, steps: 25, to: 0.01 },
  ]),
  join: O.join([O.constant(1), O.linear({ from: 1, to: 0, steps: 10 })], [12]),
}

describe('schedules are those of optax', () => {
  it.each(Object.entries(fixture.schedules))('%s', (name, expected) => {
    // A few operations on numbers of size 1.
    expected.forEach((value, step) => expect(schedules[name]?.(step)).toBeCloseTo(value, 13))
  })
})
