/** The laws of schedules hold for those of the library, and find what jumps, starts late, runs past its end or counts wrongly. */
import * as E from 'fp-ts/lib/Either.js'
import { check, type RuleSet, register, type ScheduleClaim, scheduledLaws, scheduleLaws } from 'gradus/laws'
import {
  adam,
  cosineDecay,
  descend,
  gradientDescent,
  join,
  type Rate,
  type Schedule,
  scaleBy,
  warmupCosine,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { fall, rise, schedules } from './claims/schedules.js'

for (const claim of schedules) register({ describe, it })(scheduleLaws(claim))

register(
  { describe, it },
  { instances: 30 },
)(scheduledLaws({ name: 'rates of adam', make: (rate) => adam({ learningRate: rate }) }))

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, shrink: false })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

const impostor = (schedule: Schedule, more: Partial<ScheduleClaim> = {}): ReadonlyArray<string> =>
  failedOf(
    scheduleLaws({
      name: 'x',
      schedule,
      range: [0, 1],
      first: 0,
      ends: 110,
      last: 0,
      steepness: 0.1,
      joins: [10],
      pieces: [
        [0, rise],
        [10, fall],
      ],
      ...more,
    }),
  )

const right = warmupCosine({ from: 0, peak: 1, warmup: 10, steps: 110 })

describe('the laws of schedules find', () => {
  it('nothing where nothing is wrong', () => {
    expect(impostor(right)).toEqual([])
  })

  it('a decay that does not begin where the warm-up ends', () => {
    expect(impostor(join([rise, cosineDecay({ from: 0.9, steps: 100 })], [10]))).toEqual(
      expect.arrayContaining([
        'it changes no faster than is said, at joins above all',
        'each piece counts its own steps',
      ]),
    )
  })

  it('a decay that counts the steps of the warm-up too', () => {
    expect(impostor((step) => (step < 10 ? rise(step) : fall(step)))).toContain('each piece counts its own steps')
  })

  it('a boundary that comes a step late', () => {
    expect(impostor((step) => (step <= 10 ? rise(step) : right(step - 1)))).toContain('each piece counts its own steps')
    expect(
      impostor((step) => (step < 11 ? 1 : 0.5), { jumps: [10], first: 1, last: 0.5, ends: 20, pieces: [] }),
    ).toEqual(expect.arrayContaining(['where it is said to jump, it jumps']))
  })

  it('a wave that goes up again behind its end', () => {
    const unclamped: Schedule = (step) => (step < 10 ? rise(step) : 0.5 * (1 + Math.cos((Math.PI * (step - 10)) / 100)))
    expect(impostor(unclamped)).toEqual(expect.arrayContaining(['after its end it stays']))
  })

  it('a polynomial that leaves its range, a start that is not the first number, and what is not a function', () => {
    expect(impostor((step) => 1.2 * right(step))).toContain('it stays in its range')
    expect(impostor((step) => Math.max(1e-3, right(step)))).toEqual(
      expect.arrayContaining(['until it begins it is its first number', 'after its end it stays']),
    )
    const calls: Array<number> = []
    expect(
      impostor((step) => {
        calls.push(step)
        return right(step) * (1 - 1e-6 * (calls.length % 2))
      }),
    ).toContain('it is a function of the step')
  })
})

const rates = (make: (rate: Rate) => ReturnType<typeof gradientDescent>): ReadonlyArray<string> =>
  failedOf(scheduledLaws({ name: 'x', make }))

const at = (rate: Rate, step: number): number => (typeof rate === 'number' ? rate : rate(step))

describe('the laws of scheduled rates find', () => {
  it('a rate that is read once', () => {
    expect(rates((rate) => gradientDescent({ learningRate: at(rate, 0) || 1e-300 }))).toContain(
      'a join acts at its step, and not before',
    )
  })

  it('a rate that is read a step late, or early', () => {
    const shifted = (by: number) => (rate: Rate) =>
      gradientDescent({ learningRate: (step) => at(rate, Math.max(0, step + by)) })
    expect(rates(shifted(0))).toEqual([])
    expect(rates(shifted(-1))).toEqual(['a join acts at its step, and not before'])
    expect(rates(shifted(1))).toEqual(['a join acts at its step, and not before'])
  })

  it('a schedule that is not its number, and what moves without a rate', () => {
    expect(
      rates((rate) => gradientDescent({ learningRate: typeof rate === 'number' ? rate : (step) => 0.99 * rate(step) })),
    ).toContain('a constant schedule is its number, to the bit')
    expect(
      rates((rate) =>
        descend(
          'x',
          scaleBy((step) => -at(rate, step) - 1e-6),
        ),
      ),
    ).toContain('a rate of 0 moves nothing')
  })
})
