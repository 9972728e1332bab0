import * as E from 'fp-ts/lib/Either.js'
import { add, treeAxpy, treeMap, treeScale } from 'gradus'
import {
  check,
  family,
  newtonLaws,
  type OptimizerClaim,
  type OptimizerProperty,
  optimizerLaws,
  type RuleSet,
  register,
  ruleSet,
  saddleFreeLaws,
} from 'gradus/laws'
import {
  adam,
  dampedNewton,
  gradientDescent,
  type Iterate,
  momentum,
  newton,
  type Optimizer,
  type Stateless,
  type StateType,
  saddleFreeKrylov,
  saddleFreeNewton,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { adamStep, epsilon, firstOrder, heavyBall, learningRate } from '../support/firstOrder.js'

const quick = { instances: 30 }

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'gradient descent',
    optimizer: gradientDescent({ learningRate }),
    claims: [
      ...firstOrder,
      { _tag: 'Multiplies', factor: (eigenvalue) => 1 - learningRate * eigenvalue },
      { _tag: 'Decreases', spectrum: 'indefinite' },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'NotEquivariant', under: 'a common factor' },
      { _tag: 'NotEquivariant', under: 'linear changes' },
      { _tag: 'DependsOnScale' },
    ],
  }),
)

register(
  { describe, it },
  quick,
)(optimizerLaws({ name: 'gradient descent in giant steps', optimizer: gradientDescent({ learningRate: 1e200 }) }))

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'momentum',
    optimizer: momentum({ learningRate }),
    claims: [
      ...firstOrder,
      { _tag: 'Follows', step: heavyBall },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'DependsOnScale' },
    ],
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'Adam',
    optimizer: adam({ learningRate, epsilon }),
    claims: [
      ...firstOrder,
      { _tag: 'Follows', step: adamStep },
      { _tag: 'NotEquivariant', under: 'rotations' },
      { _tag: 'IgnoresScale' },
    ],
    tolerance: 1e-7,
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'Newton',
    optimizer: newton(),
    parents: [newtonLaws({ name: 'Newton', optimizer: newton() })],
    claims: [
      { _tag: 'Descends', spectrum: 'positive' },
      { _tag: 'Solves', spectrum: 'indefinite', steps: 1 },
      { _tag: 'Multiplies', factor: () => 0 },
      { _tag: 'Equivariant', under: 'linear changes' },
      { _tag: 'Equivariant', under: 'translations' },
      { _tag: 'IgnoresScale' },
    ],
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'damped Newton',
    optimizer: dampedNewton({ damping: 1 }),
    claims: [
      { _tag: 'Multiplies', factor: (eigenvalue) => 1 - eigenvalue / (eigenvalue + 1) },
      { _tag: 'Descends', spectrum: 'positive' },
      { _tag: 'Decreases', spectrum: 'positive' },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'NotEquivariant', under: 'linear changes' },
      { _tag: 'DependsOnScale' },
    ],
    tolerance: 1e-7,
  }),
)

const saddleFree: ReadonlyArray<OptimizerProperty> = [
  { _tag: 'Multiplies', factor: (eigenvalue) => (eigenvalue > 0 ? 0 : 2) },
  { _tag: 'Descends', spectrum: 'indefinite' },
  { _tag: 'Descends', spectrum: 'negative' },
  { _tag: 'Decreases', spectrum: 'indefinite' },
  { _tag: 'Solves', spectrum: 'positive', steps: 1 },
  { _tag: 'Equivariant', under: 'rotations' },
  { _tag: 'Equivariant', under: 'a common factor' },
  { _tag: 'Equivariant', under: 'linear changes', spectrum: 'positive' },
  { _tag: 'IgnoresScale' },
]

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'saddle-free Newton',
    optimizer: saddleFreeNewton({ damping: 0 }),
    parents: [saddleFreeLaws({ name: 'saddle-free Newton', make: (damping) => saddleFreeNewton({ damping }) })],
    claims: [...saddleFree, { _tag: 'NotEquivariant', under: 'linear changes' }],
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'saddle-free Newton in a Krylov space',
    optimizer: saddleFreeKrylov({ damping: 0 }),
    claims: saddleFree,
    tolerance: 1e-7,
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'saddle-free Newton with dampings to try',
    optimizer: saddleFreeNewton(),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Decreases', spectrum: 'indefinite' },
    ],
  }),
)

const failedOf = <F extends StateType>(claim: OptimizerClaim<F>): ReadonlyArray<string> => {
  const outcome = check({ seed: 6, instances: 20, shrink: false })(optimizerLaws(claim))
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${claim.name} › `, '')) : []
}

/** An optimizer that moves by what is made of its gradient and of hidden things, and looks at nothing. */
const moving = (
  move: <P>(it: Iterate<P, null>) => P,
  change: <P>(it: Iterate<P, null>) => Partial<Pick<Iterate<P, null>, 'work' | 'step'>> = () => ({}),
): Optimizer<Stateless> => ({
  name: 'impostor',
  init: () => null,
  step: (next) => (it) => {
    const params = move(it)
    const [value, gradient] = next.valueAndGrad(params)
    const work = { ...it.work, gradients: it.work.gradients + 1 }
    return E.right({
      ...it,
      step: it.step + 1,
      objective: next,
      params,
      value,
      gradient,
      gradientNorm: 1,
      work,
      ...change(it),
    })
  },
})

const descending = <P>(it: Iterate<P, null>): P => treeAxpy(-learningRate, it.gradient, it.params)

/** Everything a little further to the right. */
const shifted = <P>(p: P): P => treeMap((leaf) => add(leaf, 0.1))(p)

/** Claims of optimizers with different states stand in one list as laws. */
const lie = <F extends StateType>(optimizer: Optimizer<F>, property: OptimizerProperty): readonly [string, RuleSet] => [
  JSON.stringify(property),
  ruleSet(
    'a lie',
    family(optimizerLaws({ name: 'x', optimizer, claims: [property] })).filter(({ name }) => name === 'x › claims'),
  )([]),
]

describe('optimizers with a defect', () => {
  it('leave a minimum', () => {
    expect(failedOf({ name: 'x', optimizer: moving((it) => shifted(descending(it))) })).toContain(
      'runs › at a minimum it stays',
    )
  })

  it('go on with what is not finite', () => {
    expect(failedOf({ name: 'x', optimizer: moving(descending) })).toEqual([
      'failures › where a loss stops being a number the run ends in a failure that keeps the last point',
      'failures › from a point that is not finite no step is taken',
      'failures › no rule takes a point that is not finite for an end',
    ])
  })

  it('hide a state', () => {
    const calls = [0]
    const forgetful = moving((it) => {
      calls[0] = (calls[0] ?? 0) + 1
      return treeAxpy(-learningRate / (calls[0] ?? 1), it.gradient, it.params)
    })
    expect(failedOf({ name: 'x', optimizer: forgetful })).toEqual(
      expect.arrayContaining([
        'runs › a run walked twice has the same bits',
        'runs › a run that is resumed goes on as if it had not been interrupted',
        'runs › a state can be entered again, and is as it was',
      ]),
    )
  })

  it('do not count', () => {
    expect(failedOf({ name: 'x', optimizer: moving(descending, ({ work }) => ({ work })) })).toContain(
      'runs › work counts the values and gradients that were asked for',
    )
  })

  it('claim what they do not do, each property alone', () => {
    const lies = [
      lie(newton(), { _tag: 'Descends', spectrum: 'indefinite' }),
      lie(newton(), { _tag: 'Decreases', spectrum: 'indefinite' }),
      lie(adam({ learningRate }), { _tag: 'Equivariant', under: 'rotations' }),
      lie(gradientDescent({ learningRate }), { _tag: 'Equivariant', under: 'factors of single variables' }),
      lie(gradientDescent({ learningRate }), { _tag: 'Equivariant', under: 'a common factor' }),
      lie(saddleFreeNewton({ damping: 0 }), { _tag: 'Equivariant', under: 'linear changes' }),
      lie(
        moving((it) => treeScale(0.9, descending(it))),
        { _tag: 'Equivariant', under: 'translations' },
      ),
      lie(
        moving((it) => shifted(descending(it))),
        { _tag: 'Equivariant', under: 'permutations and signs' },
      ),
      lie(gradientDescent({ learningRate }), { _tag: 'NotEquivariant', under: 'rotations' }),
      lie(newton(), { _tag: 'NotEquivariant', under: 'linear changes' }),
      lie(gradientDescent({ learningRate }), { _tag: 'IgnoresScale' }),
      lie(newton(), { _tag: 'DependsOnScale' }),
      lie(gradientDescent({ learningRate }), { _tag: 'Solves', spectrum: 'positive', steps: 1 }),
      lie(saddleFreeNewton({ damping: 0 }), { _tag: 'Multiplies', factor: () => 0 }),
      lie(momentum({ learningRate }), {
        _tag: 'Follows',
        step: (gradients) => -learningRate * (gradients[gradients.length - 1] ?? Number.NaN),
      }),
    ]
    const believed = lies.filter(([, rules]) => E.isRight(check({ seed: 6, instances: 20, shrink: false })(rules)))
    expect(believed.map(([property]) => property)).toEqual([])
  })
})
