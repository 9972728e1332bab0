import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { randomKey } from 'gradus'
import {
  decodeOptimizer,
  decodeOptimizerFor,
  decodeStop,
  encodeOptimizer,
  encodeStop,
  showMismatches,
  withConfiguration,
} from 'gradus/codec'
import {
  adam,
  adamw,
  addNoise,
  allOf,
  along,
  anyOf,
  average,
  bfgsDirection,
  chain,
  clipByGlobalNorm,
  cosineDecay,
  cubicNewtonWith,
  descend,
  exactNewtonDirection,
  except,
  freeze,
  fromParts,
  gaussNewtonCurvature,
  gradientBelow,
  gradientDescent,
  inside,
  join,
  lars,
  lbfgs,
  linear,
  lookahead,
  masked,
  minimize,
  named,
  noisySgd,
  type Optimizer,
  partition,
  piecewise,
  type Schedule,
  type Stateless,
  type StateType,
  scaleBy,
  scaleByAdam,
  scheduleMonoid,
  signedWolfe,
  skipNonFinite,
  sr1,
  stepsAtMost,
  stopWhen,
  trace,
  trustRegionWith,
  unchanged,
  warmUp,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { essence, objective, type Params, start } from './everyAbility.js'

const complaint = (value: unknown): string => {
  const read = decodeOptimizer(value)
  return E.isLeft(read) ? showMismatches(read.left) : 'accepted'
}

/** Of a long sentence its beginning. */
const begins = (value: unknown, told: string): void => {
  expect(complaint(value).slice(0, told.length)).toBe(told)
}

describe('configurations are refused with the place and advice', () => {
  it.each<[unknown, string]>([
    [{ name: 'adam', learningRate: 0.1, decay2: 1 }, 'decay2: expected a number from 0 to below 1, got 1'],
    [{ name: 'adam', learningRate: -0.1 }, 'learningRate: expected a finite number above 0, or a schedule, got -0.1'],
    [
      { name: 'adam', learningRate: Number.NaN },
      'learningRate: expected a finite number above 0, or a schedule, got null',
    ],
    [{ name: 'adam' }, 'learningRate: expected a finite number above 0, or a schedule, got nothing'],
    [
      { name: 'newton', steplength: 1 },
      'steplength: expected one of the options stepLength, got 1. Did you mean stepLength?',
    ],
    [
      { name: 'gradientDescent', lr: 1 },
      'lr: expected one of the options learningRate, got 1. Did you mean learningRate?\n' +
        'learningRate: expected a finite number above 0, or a schedule, got nothing',
    ],
    [
      { name: 'adam', learningRate: 0.1, beta2: 0.9 },
      'beta2: expected one of the options learningRate, decay1, decay2, epsilon, epsilonRoot, nesterov, got 0.9. Did you mean decay2?',
    ],
    [{ name: 'momentum', learningRate: 0.1, decay: '0.9' }, 'decay: expected a number from 0 to below 1, got "0.9"'],
    [
      { name: 'dampedNewton', damping: [] },
      'damping: expected a finite number of 0 or more, or a list of them, got []',
    ],
    [{ name: 'dampedNewton', damping: [1, -1] }, 'damping[1]: expected a finite number of 0 or more, got -1'],
    [{ name: 'saddleFreeKrylov', dimension: 1.5 }, 'dimension: expected an integer of 1 or more, got 1.5'],
    [{ name: 'saddleFreeKrylov', outside: 'drop' }, `outside: expected 'ignore' or 'gradient', got "drop"`],
    [
      { name: 'newton', stepLength: { name: 'warmUp', steps: 3 } },
      'stepLength: expected a finite number above 0, got {"name":"warmUp","steps":3}',
    ],
    [
      { name: 'adam', learningRate: { name: 'warmUp', steps: 0 } },
      'learningRate.steps: expected an integer of 1 or more, got 0',
    ],
    [
      { name: 'adamw', learningRate: 0.1, mask: { name: 'except', selection: { name: 'named', leaf: 3 } } },
      'mask.selection.leaf: expected text, got 3',
    ],
    [
      { name: 'descend', label: 'x', transformation: [{ name: 'scaleByAdam' }, { name: 'scaleByAdam', decay2: 1 }] },
      'transformation[1].decay2: expected a number from 0 to below 1, got 1',
    ],
    [
      { name: 'lbfgs', lineSearch: { name: 'strongWolfe', decrease: 0.5, curvature: 0.1 } },
      'lineSearch: expected curvature to be above decrease, 0.5, got {"name":"strongWolfe","decrease":0.5,"curvature":0.1}',
    ],
    [
      { name: 'sr1', lineSearch: { name: 'strongWolfe' } },
      `lineSearch: expected a line search for directions of heading 'either way', got {"name":"strongWolfe"}`,
    ],
    [
      { name: 'along', direction: { name: 'exactNewtonDirection' }, lineSearch: { name: 'backtracking' } },
      `the whole: expected lineSearch to take directions of heading 'either way', as exact newton has, got {"name":"along","direction":{"name":"exactNewtonDirection…`,
    ],
    [
      { name: 'levenbergMarquardt' },
      'the whole: expected an optimizer for objectives with value, valueAndGrad, hessian: levenbergMarquardt asks for residuals, got {"name":"levenbergMarquardt"}',
    ],
    [
      { name: 'newtonCG', forcing: 0.5 },
      'forcing: expected nothing here: a function of the norm of the gradient is code, got 0.5',
    ],
    [
      { name: 'noisySgd', learningRate: 1, key: 'x' },
      'key: expected a seed, or the two words of a random key, got "x"',
    ],
    [7, 'the whole: expected an optimizer: { name, … }, got 7'],
    [[], 'the whole: expected an optimizer: { name, … }, got []'],
    [
      { name: 'adam', learningRate: () => 1 },
      'learningRate: expected a finite number above 0, or a schedule, got "a function"',
    ],
  ])('%j', (value, told) => {
    expect(complaint(value)).toBe(told)
  })

  it('a name that is not there', () => {
    begins({ name: 'adamm' }, 'name: expected the name of an optimizer, one of ')
    expect(complaint({ name: 'adamm' })).toMatch(/, got "adamm"\. Did you mean adam\?$/)
    begins({ name: 'scaleByAdam' }, 'name: expected the name of an optimizer, one of ')
    for (const name of ['constructor', '__proto__', 'toString', undefined, 3])
      begins({ name }, 'name: expected the name of an optimizer, one of ')
  })

  it('keys that mean something to JavaScript', () => {
    const text = '{ "name": "newton", "__proto__": { "stepLength": 3 } }'
    expect(complaint(JSON.parse(text))).toBe('__proto__: expected one of the options stepLength, got {"stepLength":3}')
    expect(complaint(JSON.parse('{ "name": "newton", "constructor": 1 }'))).toBe(
      'constructor: expected one of the options stepLength, got 1',
    )
    expect(Object.keys({})).toEqual([])
  })

  it('what is too deep, without a thrown exception', () => {
    const deep = Array.from({ length: 5000 }).reduce<unknown>(
      (inner) => ({ name: 'lookahead', transformation: inner }),
      { name: 'unchanged' },
    )
    expect(complaint({ name: 'descend', label: 'x', transformation: deep })).toMatch(/at most 64 levels deep/)
  })
})

const kept: Schedule = scheduleMonoid.concat(warmUp(3), cosineDecay({ from: 0.1, steps: 50 }))
const composed = descend(
  'composed',
  chain(
    clipByGlobalNorm(1),
    skipNonFinite(3)(scaleByAdam({ decay1: 0.8 })),
    masked(named('weight'))(trace(0.5, { nesterov: true })),
    freeze(inside((p: Params) => p.bias))(unchanged),
    addNoise(randomKey(3), { noise: 1e-6 }),
    lookahead({ period: 2 })(
      average({ decay: 0.5 })(
        scaleBy(join([linear({ from: -0.1, to: -0.2, steps: 3 }), piecewise(-0.1, [[2, 0.5]])], [4])),
      ),
    ),
  ),
)

describe('what is composed in code', () => {
  const both = <F extends StateType>(optimizer: Optimizer<F>): readonly [unknown, unknown] => {
    const data = encodeOptimizer(optimizer)
    if (E.isLeft(data)) throw new Error(showMismatches(data.left))
    const made = decodeOptimizer(JSON.parse(JSON.stringify(data.right)))
    if (E.isLeft(made)) throw new Error(showMismatches(made.left))
    expect(made.right.name).toBe(optimizer.name)
    return [essence(minimize(made.right, objective)(start)), essence(minimize(optimizer, objective)(start))]
  }

  it('is written, and read to the bit', () => {
    for (const [left, right] of [
      both(composed),
      both(gradientDescent({ learningRate: kept })),
      both(lars({ learningRate: kept, weightDecay: 0.1, adapted: except(named('bias')) })),
      both(noisySgd({ key: randomKey(-7), learningRate: 0.1 })),
      both(along(bfgsDirection(), signedWolfe({ curvature: 0.5 }))),
      both(along(exactNewtonDirection(), signedWolfe(), 'mine')),
      both(lbfgs({ memory: 2 })),
      both(sr1()),
    ])
      expect(left).toEqual(right)
  })

  it('keeps the curvature that it was given', () => {
    for (const optimizer of [trustRegionWith(gaussNewtonCurvature)(), cubicNewtonWith(gaussNewtonCurvature)()])
      expect(pipe(encodeOptimizer(optimizer), E.chain(decodeOptimizerFor(['gaussNewton'])), E.isRight)).toBe(true)
  })

  it('reads like this', () => {
    expect(encodeOptimizer(descend('mine', chain(clipByGlobalNorm(1), scaleBy(kept))))).toEqual(
      E.right({
        name: 'descend',
        label: 'mine',
        transformation: [
          { name: 'clipByGlobalNorm', limit: 1 },
          {
            name: 'scaleBy',
            factor: {
              name: 'scheduleMonoid',
              schedules: [
                { name: 'warmUp', steps: 3 },
                { name: 'cosineDecay', from: 0.1, steps: 50, share: 0, power: 1 },
              ],
            },
          },
        ],
        compilation: 'auto',
      }),
    )
  })

  const places = (optimizer: { readonly name: string; readonly configuration?: unknown }): ReadonlyArray<string> =>
    pipe(
      encodeOptimizer(optimizer),
      E.match(
        (wrong) => wrong.map(({ path, found }) => `${path}: ${found}`),
        () => [],
      ),
    )

  it('tells where it is code', () => {
    const mine = fromParts<Stateless>({
      init: () => null,
      count: 0,
      plan: (state) => ({ numbers: [], state }),
      run: (_, updates) => (state) => [updates, state],
    })
    expect(places(adam({ learningRate: () => 0.1 }))).toEqual(['learningRate: a function'])
    expect(places(adamw({ learningRate: 0.1, mask: (path) => path === 'x' }))).toEqual(['mask: a function'])
    expect(places(adamw({ learningRate: 0.1, mask: except(() => true) }))).toEqual(['mask.selection: a function'])
    expect(places(descend('x', chain(scaleBy(-1), mine)))).toEqual(['transformation[1]: a record of functions'])
    expect(
      places(
        descend(
          'x',
          partition({ a: scaleBy(-1) })(() => 'a'),
        ),
      ),
    ).toEqual(['transformation: a record of functions'])
    expect(places(descend('x', scaleBy(join([warmUp(3), () => 1], [3]))))).toEqual([
      'transformation.factor.schedules[1]: a function',
    ])
    expect(places({ ...adam({ learningRate: 1 }), configuration: undefined })).toEqual([': "adam"'])
  })

  it('may tell of itself what nobody else knows', () => {
    expect(encodeOptimizer(withConfiguration({ mine: 1 })(composed))).toEqual(E.right({ mine: 1 }))
  })

  it('stops by data as by code', () => {
    const rule = anyOf(allOf(gradientBelow(1e-3), stepsAtMost(3)), stepsAtMost(10))
    const data = encodeStop(rule)
    expect(data).toEqual(
      E.right({
        name: 'anyOf',
        rules: [
          {
            name: 'allOf',
            rules: [
              { name: 'gradientBelow', tolerance: 1e-3 },
              { name: 'stepsAtMost', steps: 3 },
            ],
          },
          { name: 'stepsAtMost', steps: 10 },
        ],
      }),
    )
    expect(pipe(data, E.chain(decodeStop), E.chain(encodeStop))).toEqual(data)
    expect(encodeStop(anyOf())).toEqual(E.right({ name: 'anyOf', rules: [] }))
    expect(encodeStop(allOf(stepsAtMost(3)))).toEqual(E.right({ name: 'stepsAtMost', steps: 3 }))
    const own = encodeStop(anyOf(stopWhen('mine', () => true)))
    expect(E.isLeft(own) && own.left.map(({ path }) => path)).toEqual(['rules[0]'])
  })
})
