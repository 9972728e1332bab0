/** What is said of laws is put to the test: who claims too much and who denies too much are both found. */
import * as E from 'fp-ts/lib/Either.js'
import {
  check,
  lawsNamed,
  optimizerLaws,
  type RuleSet,
  refusalLaws,
  register,
  type Standing,
  verify,
} from 'gradus/laws'
import { adam, gaussNewton, gradientDescent, lbfgs, newton, type Optimizer, type StateType } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const options = { seed: 3, instances: 20, shrink: false }

const rulesOf = <F extends StateType>(optimizer: Optimizer<F>): RuleSet =>
  lawsNamed('its first step goes down')(
    optimizerLaws({ name: 'x', optimizer, claims: [{ _tag: 'Descends', spectrum: 'indefinite' }] }),
  )

const [down, anywhere] = [rulesOf(gradientDescent({ learningRate: 0.1 })), rulesOf(newton())]

const verdict = (standing: Standing): string => {
  const outcome = verify(options)(standing)
  return E.isRight(outcome) ? outcome.right._tag : outcome.left._tag
}

describe('a standing', () => {
  it('that a law holds is kept or broken', () => {
    expect(verdict({ _tag: 'Holds', rules: down })).toBe('Kept')
    expect(verdict({ _tag: 'Holds', rules: anywhere })).toBe('Broken')
  })

  it('that a law is denied needs a counterexample, and shows it', () => {
    expect(verdict({ _tag: 'Denied', rules: down, reason: '' })).toBe('NotRefuted')
    const outcome = verify(options)({ _tag: 'Denied', rules: anywhere, reason: '' })
    expect(outcome).toMatchObject({
      right: {
        _tag: 'Refuted',
        counterexamples: [{ law: 'x › its first step goes down where the Hessian is indefinite' }],
      },
    })
  })

  it('that a law does not apply is passed over', () => {
    expect(verdict({ _tag: 'NotApplicable', reason: 'no step' })).toBe('Passed')
  })
})

const positive = { wrong: [0, -1, Number.NaN, Infinity] }

register({ describe, it })(
  refusalLaws({
    ...positive,
    name: 'numbers out of range',
    options: {
      learningRate: (learningRate) => adam({ learningRate }),
      stepLength: (stepLength) => gaussNewton({ stepLength }),
      memory: (memory) => lbfgs({ memory }),
    },
  }),
)

describe('the law of refusals finds', () => {
  const told = (make: (value: number) => unknown): ReadonlyArray<string> => {
    const outcome = check(options)(refusalLaws({ name: 'x', options: { memory: make } }))
    return E.isLeft(outcome)
      ? outcome.left.map(({ evidence }) => (E.isRight(evidence) ? String(evidence.right.left) : ''))
      : []
  }

  it('what is made all the same, and an error that does not say why', () => {
    expect(told((value) => [value])).toEqual(['made'])
    expect(told((value) => new Array(value - 1e9))).toEqual(['another error'])
    expect(told(() => adam({ learningRate: -1 }))[0]).toContain('adam: expected learningRate')
  })
})
