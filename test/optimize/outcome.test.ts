import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { atan, log, mul, square, sum, type Tensor, tensor, toNumber, treeNorm } from 'gradus'
import {
  allOf,
  andThen,
  anyOf,
  collect,
  drop,
  elapsed,
  evaluateEvery,
  every,
  gradientBelow,
  gradientDescent,
  type Iterate,
  type KrylovMemory,
  keepBest,
  logLines,
  map,
  measureBelow,
  minimize,
  noImprovement,
  type Observer,
  type Optimizer,
  objective,
  observerMonoid,
  relativeGradientBelow,
  type Stateless,
  type StepFailure,
  type Stop,
  type StopReason,
  type Stream,
  saddleFreeKrylov,
  showOutcome,
  showStopReason,
  stepBelow,
  stepsAtMost,
  stopMonoid,
  stopWhen,
  take,
  takeUntil,
  takeWhile,
  tap,
  timeAtMost,
  toArray,
  until,
  valueBelow,
  valueChangeBelow,
  workAtMost,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'

const descent = gradientDescent({ learningRate: 0.25 })
const bowl = minimize(
  descent,
  objective((x: Tensor) => sum(square(x))),
)(tensor([1, 2]))

describe('until', () => {
  it('gives what takeUntil ends with, as a stream', () => {
    const stopped = until(valueBelow(0.1))(bowl)
    const its = toArray(stopped)
    const { last, reason, work } = takeUntil(valueBelow(0.1))(bowl)
    expect(its[its.length - 1]?.params).toEqual(last.params)
    expect(takeUntil(stopMonoid.empty)(stopped)).toEqual({ last: its[its.length - 1], reason, work })
    expect(toArray(stopped).length).toBe(its.length)
  })

  it('twice is the rule that comes first', () => {
    const reason = (a: Stop, b: Stop) => takeUntil(b)(until(a)(bowl)).reason
    expect(reason(stepsAtMost(2), stepsAtMost(5))).toEqual(E.right({ _tag: 'StepsReached', steps: 2 }))
    expect(reason(stepsAtMost(5), stepsAtMost(2))).toEqual(E.right({ _tag: 'StepsReached', steps: 2 }))
  })

  it('a run that was cut ends as exhausted', () => {
    expect(takeUntil(stopMonoid.empty)(take(3)(bowl)).reason).toEqual(E.right({ _tag: 'Exhausted' }))
    expect(defectOf(() => takeUntil(stopMonoid.empty)(take(0)(bowl)))).toMatch(/^InvalidArgument: takeUntil/)
  })
})

const tick = (): (() => number) => {
  const clock = { now: 0 }
  return () => clock.now++
}

/** Every rule at its most willing. */
const anything = (): Stop =>
  anyOf(
    gradientBelow(Infinity),
    valueBelow(Infinity),
    stepsAtMost(0),
    workAtMost(0),
    timeAtMost(0, tick()),
    stepBelow(Infinity),
    valueChangeBelow(Infinity),
    relativeGradientBelow(Infinity),
    noImprovement(1),
    allOf(stepsAtMost(0), workAtMost(0)),
    () => ({ _tag: 'Some', value: { _tag: 'Met', condition: 'always' } }),
  )

/** Steps to where it is told, and looks at nothing: what no optimizer of the library does. */
const careless = (to: number): Optimizer<Stateless> => ({
  name: 'careless',
  init: () => null,
  step: (next) => (it) => {
    const [value] = next.valueAndGrad(it.params)
    const lost = it.step + 1 === to
    const there = { ...it, step: it.step + 1, value: lost ? Number.NaN : value - it.step }
    return E.right(there)
  },
})

const never = stopMonoid.empty

type Cut = Stream<Iterate<Tensor, null>, StepFailure<Tensor, null> | StopReason>

const cuts: ReadonlyArray<readonly [string, (run: Cut) => Cut]> = [
  ['nothing', (run) => run],
  ['take', take(50)],
  ['take 1', take(1)],
  ['every', every(1)],
  ['takeWhile', takeWhile(() => true)],
  ['tap', tap({})],
  ['until', until(gradientBelow(0))],
  ['until anything', (run) => until(anything())(run)],
  ['map', map((it: Iterate<Tensor, null>) => it)],
  [
    'andThen',
    andThen<
      Iterate<Tensor, null>,
      StepFailure<Tensor, null> | StopReason,
      never,
      StepFailure<Tensor, null> | StopReason
    >((_, end) => ({ [Symbol.iterator]: () => ({ next: () => ({ done: true, value: end }) }) })),
  ],
]

describe('NaN never ends as success', () => {
  const fails = minimize(
    descent,
    objective((x: Tensor) => sum(log(x))),
  )(tensor([-1]))

  it.each(cuts)('through %s, whatever the rules', (_, cut) => {
    for (const rule of [never, anything()]) {
      const { reason, last } = takeUntil(rule)(cut(fails))
      expect(reason).toMatchObject(E.left({ _tag: 'NonFinite', quantity: 'value' }))
      expect(last.step).toBe(0)
    }
  })

  it.each(cuts.filter(([name]) => !/1|anything/.test(name)))(
    'through %s, from an optimizer that steps into it',
    (_, cut) => {
      const run = minimize(
        careless(3),
        objective((x: Tensor) => sum(square(x))),
      )(tensor([1]))
      const { reason, last } = takeUntil(never)(cut(run))
      expect(reason).toMatchObject(E.left({ _tag: 'NonFinite', quantity: 'value', last: { step: 2 } }))
      expect(last.step).toBe(2)
    },
  )

  it('a stream that holds it nevertheless fails where it is', () => {
    const wrong = map((it: Iterate<Tensor, null>) => (it.step === 1 ? { ...it, gradientNorm: Number.NaN } : it))(bowl)
    const { reason, last } = takeUntil(stepsAtMost(1))(wrong)
    expect(reason).toMatchObject(E.left({ _tag: 'NonFinite' }))
    expect(last.step).toBe(0)
  })

  it('parameters that are not finite are no success, though the loss does not see it', () => {
    const flat = minimize(
      descent,
      objective((x: Tensor) => sum(mul(0, atan(x)))),
    )(tensor([Infinity]))
    const { reason } = takeUntil(stepsAtMost(0))(flat)
    expect(reason).toMatchObject(E.left({ _tag: 'NonFinite', quantity: 'step' }))
  })

  it('each rule with a memory says nothing of it', () => {
    const [first] = toArray(take(1)(bowl))
    if (first === undefined) throw new Error('expected an iterate')
    const lost = { ...first, value: Number.NaN, gradientNorm: Number.NaN, step: 9 }
    const rules = [valueChangeBelow(Infinity), relativeGradientBelow(Infinity), noImprovement(1)]
    for (const rule of rules) expect((rule.look?.(first)[1] ?? rule)(lost)).toEqual({ _tag: 'None' })
  })
})

describe('rules with a memory', () => {
  const stepOf = (rule: Stop): number => takeUntil(anyOf(rule, stepsAtMost(200)))(bowl).last.step

  // Each step halves the point, so the gradient is 2√5 / 2ᵏ, the value 5 / 4ᵏ and the step √5 / 2ᵏ.
  it('stop at the first iterate for which their inequality holds', () => {
    const first = (holds: (k: number) => boolean): number => Array.from({ length: 200 }, (_, k) => k).findIndex(holds)
    expect(stepOf(relativeGradientBelow(1e-3))).toBe(first((k) => 2 ** -k < 1e-3))
    expect(stepOf(valueChangeBelow(1e-6))).toBe(first((k) => k > 0 && 15 / 4 ** k < 1e-6))
    expect(stepOf(stepBelow(1e-5))).toBe(first((k) => k > 0 && Math.sqrt(5) / 2 ** k < 1e-5))
    expect(stepOf(noImprovement(3, 3))).toBe(1 + 3)
  })

  it('know only the walk they are on', () => {
    const rule = relativeGradientBelow(0.3)
    const outcome = (): number => takeUntil(rule)(bowl).last.step
    expect([outcome(), outcome()]).toEqual([2, 2])
    // From a later iterate on they begin again.
    expect(takeUntil(rule)(drop(5)(bowl)).last.step).toBe(7)
  })

  it('see every iterate, also beside others', () => {
    const patient = (): Stop => noImprovement(3, 3)
    expect(stepOf(anyOf(stepsAtMost(100), patient()))).toBe(4)
    expect(stepOf(anyOf(patient(), stepsAtMost(100)))).toBe(4)
    // A rule that has already said stop goes on looking while another one has not.
    expect(stepOf(allOf(patient(), stepsAtMost(9)))).toBe(9)
    expect(stepOf(allOf(stepsAtMost(9), patient()))).toBe(9)
    expect(takeUntil(allOf(stepsAtMost(9), patient(), valueBelow(1)))(bowl).reason).toMatchObject(
      E.right({ _tag: 'All', reasons: [{ _tag: 'StepsReached' }, { _tag: 'NoImprovement' }, { _tag: 'ValueBelow' }] }),
    )
  })

  it('of time read the clock once for an iterate', () => {
    const { last, reason } = takeUntil(anyOf(timeAtMost(3, tick()), gradientBelow(0)))(bowl)
    expect(last.step).toBe(3)
    expect(reason).toEqual(E.right({ _tag: 'TimeSpent', budget: 3, spent: 3 }))
  })
})

describe('arguments of rules', () => {
  it.each<readonly [string, (x: number) => Stop]>([
    ['gradientBelow', gradientBelow],
    ['stepsAtMost', stepsAtMost],
    ['workAtMost', workAtMost],
    ['timeAtMost', (budget) => timeAtMost(budget, tick())],
    ['stepBelow', stepBelow],
    ['valueChangeBelow', valueChangeBelow],
    ['relativeGradientBelow', relativeGradientBelow],
    ['measureBelow', (tolerance) => measureBelow('value', ({ value }) => value, tolerance)],
    ['noImprovement', noImprovement],
  ])('%s refuses NaN and what is below 0', (name, rule) => {
    expect(defectOf(() => rule(Number.NaN))).toMatch(new RegExp(`^InvalidArgument: ${name}: expected`))
    expect(defectOf(() => rule(-1))).toMatch(new RegExp(`^InvalidArgument: ${name}: expected`))
  })

  it('valueBelow refuses NaN alone', () => {
    expect(defectOf(() => valueBelow(Number.NaN))).toMatch(/^InvalidArgument: valueBelow/)
    expect(defectOf(() => valueBelow(-1))).toBe('no Defect')
  })
})

describe('rules of the caller', () => {
  it('read parameters and state', () => {
    const run = minimize(
      saddleFreeKrylov({ dimension: 2, damping: 1 }),
      objective((x: Tensor) => sum(square(x))),
    )(tensor([1, 2]))
    const rule = stopWhen(
      'curvature seen',
      (it: Iterate<Tensor, KrylovMemory<Tensor>>) => it.state.ritzValues.length > 0,
    )
    const { last, reason } = takeUntil(rule)(run)
    expect(last.step).toBe(1)
    expect(E.isRight(reason) && showStopReason(reason.right)).toBe('curvature seen')
    const near = measureBelow('distance', (it: Iterate<Tensor, unknown>) => toNumber(treeNorm(it.params)), 0.5)
    expect(E.isRight(takeUntil(near)(run).reason) && toNumber(treeNorm(takeUntil(near)(run).last.params))).toBeLessThan(
      0.5,
    )
  })
})

describe('showOutcome', () => {
  it('says why, where and at what cost', () => {
    expect(showOutcome(takeUntil(allOf(stepsAtMost(2), valueBelow(1)))(bowl))).toBe(
      [
        'stopped at step 2: 2 steps taken and value 0.3125 is below 1',
        'value 0.3125, gradient norm 1.12e+0',
        'work 0 evaluations, 3 gradients, 0 products, 0 solves: 3.0 gradient equivalents',
      ].join('\n'),
    )
  })

  it('says of a failure what to try', () => {
    const run = minimize(
      gradientDescent({ learningRate: 1 }),
      objective((x: Tensor) => sum(log(x))),
    )(tensor([0.5]))
    expect(showOutcome(takeUntil(stepsAtMost(9))(run)).split('\n')[0]).toMatch(
      /^failed after step 0: the value is not finite at step 0 .* Try/,
    )
  })
})

describe('observers', () => {
  const watched = tap({
    values: collect(({ value }) => value),
    best: keepBest(),
    log: logLines({ every: 2 }),
    time: elapsed(() => 0),
    at: evaluateEvery(3, ({ gradientNorm }) => gradientNorm > 1),
  })

  it('see each iterate once, in order', () => {
    const { observed } = takeUntil(stepsAtMost(3))(watched(bowl)).last
    expect(observed.values).toEqual([5, 1.25, 0.3125, 0.078125])
    expect(O.isSome(observed.best) && observed.best.value.step).toBe(3)
    expect(observed.log.map((line) => line.split(':')[0])).toEqual(['step 0', 'step 2'])
    expect(observed.time).toEqual([0, 0, 0, 0])
    expect(observed.at).toEqual([
      { step: 0, value: true },
      { step: 3, value: false },
    ])
  })

  it('share nothing between walks, also of the same observers', () => {
    const run = watched(bowl)
    const [one, two] = [run[Symbol.iterator](), run[Symbol.iterator]()]
    one.next()
    one.next()
    const first = two.next()
    expect(first.done === true ? [] : first.value.observed.values).toEqual([5])
    const again = one.next()
    expect(again.done === true ? [] : again.value.observed.values).toEqual([5, 1.25, 0.3125])
  })

  it('an earlier element keeps what had been seen then', () => {
    expect(toArray(take(3)(watched(bowl))).map(({ observed }) => observed.values.length)).toEqual([1, 2, 3])
  })

  it('tapped twice show both', () => {
    const { observed } = pipe(
      bowl,
      tap({ a: collect(({ step }) => step) }),
      tap({ b: keepBest() }),
      takeUntil(stepsAtMost(1)),
    ).last
    expect(observed.a).toEqual([0, 1])
    expect(O.isSome(observed.b)).toBe(true)
  })

  it('keep the first of equal values, and none that is NaN', () => {
    const seen = [3, Number.NaN, 1, 1, 2].map((value, i) => ({ value, i }))
    const kept = seen.reduce((each, a) => each.see(a), keepBest<{ readonly value: number; readonly i: number }>())
    expect(kept.seen()).toEqual(O.some({ value: 1, i: 2 }))
  })

  it('are a monoid where what they see is one', () => {
    const monoid = observerMonoid<number, ReadonlyArray<number>>(RA.getMonoid<number>())
    const of = (k: number) => collect((x: number) => k * x)
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 5 }),
        fc.integer(),
        fc.integer(),
        fc.integer(),
        (list, a, b, c) => {
          const show = (each: Observer<number, ReadonlyArray<number>>) => list.reduce((o, x) => o.see(x), each).seen()
          const { concat, empty } = monoid
          expect(show(concat(concat(of(a), of(b)), of(c)))).toEqual(show(concat(of(a), concat(of(b), of(c)))))
          expect([show(concat(of(a), empty)), show(concat(empty, of(a)))]).toEqual([show(of(a)), show(of(a))])
        },
      ),
    )
  })

  it('write a long list once', () => {
    const long = Array.from({ length: 30_000 }, (_, i) => i)
    expect(
      long
        .reduce(
          (each, x) => each.see(x),
          collect((x: number) => x),
        )
        .seen(),
    ).toEqual(long)
  })
})
