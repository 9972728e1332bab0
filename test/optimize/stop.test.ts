import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { tensor } from 'gradus'
import {
  anyOf,
  gradientBelow,
  gradientEquivalents,
  type Iterate,
  objective,
  type Stop,
  showStopReason,
  stepsAtMost,
  stopMonoid,
  valueBelow,
  workAtMost,
  workMonoid,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { rosenbrock } from './problems.js'

const iterate = (numbers: {
  readonly step: number
  readonly value: number
  readonly gradientNorm: number
  readonly gradients: number
}): Iterate<unknown, null> => ({
  ...numbers,
  params: tensor([0, 0]),
  gradient: tensor([0, 0]),
  state: null,
  objective: objective(() => rosenbrock(tensor([0, 0]))),
  work: { evaluations: 0, gradients: numbers.gradients, products: 0, solves: 0 },
})

const small = fc.integer({ min: 0, max: 4 })
const iterates = fc
  .record({ step: small, value: small, gradientNorm: small, gradients: small })
  .map((numbers) => iterate(numbers))
const rules: fc.Arbitrary<Stop> = fc.oneof(
  small.map(gradientBelow),
  small.map(valueBelow),
  small.map(stepsAtMost),
  small.map(workAtMost),
  fc.constant(stopMonoid.empty),
)

describe('stopping rules are a monoid', () => {
  const { concat, empty } = stopMonoid

  it('that is associative', () => {
    fc.assert(
      fc.property(rules, rules, rules, iterates, (a, b, c, it) => {
        expect(concat(concat(a, b), c)(it)).toEqual(concat(a, concat(b, c))(it))
      }),
    )
  })

  it('with the rule that never stops as unit', () => {
    fc.assert(
      fc.property(rules, iterates, (a, it) => {
        expect(concat(a, empty)(it)).toEqual(a(it))
        expect(concat(empty, a)(it)).toEqual(a(it))
      }),
    )
  })

  it('in which the first reason wins, and which stops exactly where one of them does', () => {
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 4 }), iterates, (all, it) => {
        const reasons = all.map((rule) => rule(it)).filter(O.isSome)
        expect(anyOf(...all)(it)).toEqual(reasons[0] ?? O.none)
      }),
    )
  })
})

describe('single rules', () => {
  const at = iterate({ step: 3, value: 2, gradientNorm: 2, gradients: 3 })

  it('hold strictly below their tolerance, and from their count on', () => {
    expect(O.isSome(gradientBelow(2)(at))).toBe(false)
    expect(O.isSome(gradientBelow(2.1)(at))).toBe(true)
    expect(O.isSome(valueBelow(2)(at))).toBe(false)
    expect(O.isSome(valueBelow(2.1)(at))).toBe(true)
    expect(O.isSome(stepsAtMost(4)(at))).toBe(false)
    expect(O.isSome(stepsAtMost(3)(at))).toBe(true)
    expect(O.isSome(workAtMost(3.1)(at))).toBe(false)
    expect(O.isSome(workAtMost(3)(at))).toBe(true)
  })

  it('hold nowhere for NaN', () => {
    const lost = { ...at, value: Number.NaN, gradientNorm: Number.NaN }
    expect(O.isSome(gradientBelow(Infinity)(lost))).toBe(false)
    expect(O.isSome(valueBelow(Infinity)(lost))).toBe(false)
  })

  it('say in words why they stopped', () => {
    const told = [gradientBelow(2.5), valueBelow(2.5), stepsAtMost(1), workAtMost(1)].flatMap((rule) => {
      const reason = rule(at)
      return O.isSome(reason) ? [showStopReason(reason.value)] : []
    })
    expect(told).toEqual([
      'gradient norm 2.00e+0 is below 2.5',
      'value 2 is below 2.5',
      '1 steps taken',
      '3 of 1 gradient equivalents spent',
    ])
  })
})

describe('work', () => {
  const works = fc.record({ evaluations: fc.nat(), gradients: fc.nat(), products: fc.nat(), solves: fc.nat() })

  it('is a monoid that adds up, and is priced linearly', () => {
    fc.assert(
      fc.property(works, works, works, (a, b, c) => {
        const { concat, empty } = workMonoid
        expect(concat(concat(a, b), c)).toEqual(concat(a, concat(b, c)))
        expect([concat(a, empty), concat(empty, a)]).toEqual([a, a])
        expect(gradientEquivalents(concat(a, b)) / (gradientEquivalents(a) + gradientEquivalents(b) || 1)).toBeCloseTo(
          gradientEquivalents(a) + gradientEquivalents(b) === 0 ? 0 : 1,
          12,
        )
      }),
    )
  })
})
