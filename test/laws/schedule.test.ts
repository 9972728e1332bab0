/** The laws of schedules hold for those of the library, and find what jumps, starts late, runs past its end or counts wrongly. */
import * as E from 'fp-ts/lib/Either.js'
import { check, type RuleSet, register, type ScheduleClaim, scheduledLaws, scheduleLaws } from 'gradus/laws'
import {
  adam,
  constant,
  cosineDecay,
  cosineOneCycle,
  cosineRestarts,
  descend,
  exponentialDecay,
  gradientDescent,
  inverseTimeDecay,
  join,
  linear,
  linearOneCycle,
  piecewise,
  polynomial,
  type Rate,
  type Schedule,
  scaleBy,
  scheduleMonoid,
  warmUp,
  warmupConstant,
  warmupCosine,
  warmupExponential,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const holds = (claim: ScheduleClaim): void => register({ describe, it })(scheduleLaws(claim))

/** The slope of half a wave of the cosine from 1 to 0 in one step. */
const wave = Math.PI / 2

const fall = cosineDecay({ from: 1, steps: 100 })
const rise = linear({ from: 0, to: 1, steps: 10 })

holds({ name: 'constant', schedule: constant(0.3), range: [0.3, 0.3], first: 0.3, steepness: 0 })
holds({ name: 'linear', schedule: rise, range: [0, 1], first: 0, ends: 10, last: 1, steepness: 0.1 })
holds({
  name: 'polynomial after a wait',
  schedule: polynomial({ from: 2, to: -1, steps: 20, wait: 5, power: 2 }),
  range: [-1, 2],
  begins: 5,
  first: 2,
  ends: 25,
  last: -1,
  steepness: (2 * 3) / 20,
})
holds({ name: 'cosine', schedule: fall, range: [0, 1], first: 1, ends: 100, last: 0, steepness: wave / 100 })
holds({
  name: 'cosine with a share',
  schedule: cosineDecay({ from: 0.5, steps: 40, share: 0.1, power: 2 }),
  range: [0.05, 0.5],
  first: 0.5,
  ends: 40,
  last: 0.05,
  steepness: (2 * 0.45 * wave) / 40,
})
holds({
  name: 'exponential after a wait',
  schedule: exponentialDecay({ from: 1, factor: 0.5, steps: 10, wait: 7 }),
  range: [0, 1],
  begins: 7,
  first: 1,
  steepness: Math.LN2 / 10,
})
holds({
  name: 'exponential in stairs',
  schedule: exponentialDecay({ from: 1, factor: 0.5, steps: 10, staircase: true, to: 0.25 }),
  range: [0.25, 1],
  begins: 9,
  first: 1,
  ends: 20,
  last: 0.25,
  steepness: 0,
  jumps: [10, 20],
})
holds({
  name: 'inverse time',
  schedule: inverseTimeDecay({ from: 1, rate: 2, steps: 10, wait: 3 }),
  range: [0, 1],
  begins: 3,
  first: 1,
  steepness: 0.2,
})
holds({ name: 'warm-up', schedule: warmUp(10), range: [0, 1], first: 0, ends: 10, last: 1, steepness: 0.1 })
holds({
  name: 'warm-up, then constant',
  schedule: warmupConstant({ from: 0.1, peak: 1, warmup: 9 }),
  range: [0.1, 1],
  first: 0.1,
  ends: 9,
  last: 1,
  steepness: 0.1,
})
holds({
  name: 'warm-up, then cosine',
  schedule: warmupCosine({ from: 0, peak: 1, warmup: 10, steps: 110 }),
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
})
holds({
  name: 'warm-up, then exponential',
  schedule: warmupExponential({ from: 0, peak: 1, warmup: 10, factor: 0.5, steps: 10 }),
  range: [0, 1],
  first: 0,
  steepness: 0.1,
  joins: [10],
})
holds({
  name: 'restarts',
  schedule: cosineRestarts([
    { from: 0, peak: 1, warmup: 10, steps: 60 },
    { from: 0, peak: 0.5, warmup: 10, steps: 60 },
  ]),
  range: [0, 1],
  first: 0,
  ends: 120,
  last: 0,
  steepness: 0.1,
  joins: [10, 60, 70],
})
holds({
  name: 'joined at values that differ',
  schedule: join([constant(1), rise, constant(0.5)], [5, 9]),
  range: [0, 1],
  begins: 4,
  first: 1,
  ends: 9,
  last: 0.5,
  steepness: 0.1,
  jumps: [5, 9],
  pieces: [
    [0, constant(1)],
    [5, rise],
    [9, constant(0.5)],
  ],
})
holds({
  name: 'in pieces',
  schedule: piecewise(1, [
    [20, 0.1],
    [10, 0.5],
  ]),
  range: [0, 1],
  begins: 9,
  first: 1,
  ends: 20,
  last: 0.05,
  steepness: 0,
  jumps: [10, 20],
})
holds({
  name: 'one cycle in lines',
  schedule: linearOneCycle({ steps: 100, peak: 1 }),
  range: [0, 1],
  first: 1 / 25,
  ends: 100,
  last: 1 / 25 / 1e4,
  steepness: 0.96 / 30,
  joins: [30, 85],
})
holds({
  name: 'one cycle of cosines',
  schedule: cosineOneCycle({ steps: 100, peak: 1 }),
  range: [0, 1],
  first: 1 / 25,
  ends: 100,
  last: 1 / 25e4,
  steepness: (wave * 0.96) / 30,
  joins: [30],
})
holds({
  name: 'a product',
  schedule: scheduleMonoid.concat(warmUp(10), constant(0.5)),
  range: [0, 0.5],
  first: 0,
  ends: 10,
  last: 0.5,
  steepness: 0.05,
})

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
