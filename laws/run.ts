/** What must hold of streams and of stopping rules, so that runs can be cut, resumed, walked again and watched by anybody. */
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import {
  andThen,
  drop,
  gradientDescent,
  type Iterate,
  minimize,
  objective,
  type Stop,
  type StopReason,
  type Stream,
  stepsAtMost,
  stopMonoid,
  take,
  toArray,
  valueBelow,
} from '../src/optimize/index.js'
import { all, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { convexCases, convexLoss } from './surfaces.js'

/**
 * A stream, and what of its elements must be equal for them to be the same.
 *
 * @since 0.1.0
 */
export interface StreamClaim<A> {
  readonly name: string
  readonly stream: Stream<A, unknown>
  readonly essence: (a: A) => unknown
}

/** Elements and their end, of the first so many. */
const seen = <A>(stream: Stream<A, unknown>, most: number, essence: (a: A) => unknown): ReadonlyArray<unknown> => {
  const iterator = stream[Symbol.iterator]()
  return Array.from({ length: most }, () => iterator.next()).map((next) =>
    next.done === true ? 'the end' : essence(next.value),
  )
}

/**
 * The laws of a stream: it is the same every time that it is walked, also by two at once; `take` and `drop` compose, and what is taken
 * and then what is dropped is all.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { check, streamLaws } from 'gradus/laws'
 * import { gradientDescent, minimize, objective } from 'gradus/optimize'
 * const stream = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))(tensor(1))
 * const rules = streamLaws({ name: 'descent', stream, essence: ({ step, value }) => [step, value] })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const streamLaws = <A>({ name, stream, essence }: StreamClaim<A>): RuleSet => {
  const counts = fc.integer({ min: 1, max: 5 })
  const pairs = fc.tuple(counts, counts)
  const first = (each: Stream<A, unknown>, n = 8): ReadonlyArray<unknown> => seen(each, n, essence)
  return ruleSet(
    name,
    [],
  )([
    law('walked twice it is the same', counts, (n) => same(first(stream, n), first(stream, n))),
    law('two walks at once do not know of each other', counts, (n) => {
      const [one, other] = [stream[Symbol.iterator](), stream[Symbol.iterator]()]
      const turns = Array.from({ length: n }, () => [one.next(), other.next()] as const)
      const told = (next: IteratorResult<A, unknown>): unknown => (next.done === true ? 'the end' : essence(next.value))
      return same(
        turns.map(([a]) => told(a)),
        turns.map(([, b]) => told(b)),
      )
    }),
    law('take of take is the lesser', pairs, ([m, n]) =>
      same(first(take(m)(take(n)(stream))), first(take(Math.min(m, n))(stream))),
    ),
    law('drop of drop is the sum', pairs, ([m, n]) =>
      same(first(drop(m)(drop(n)(stream))), first(drop(m + n)(stream))),
    ),
    law('take after drop is drop after a longer take', pairs, ([m, n]) =>
      same(first(take(m)(drop(n)(stream))), first(drop(n)(take(m + n)(stream)))),
    ),
    law('what is taken and then what is dropped is all', counts, (n) =>
      same(first(andThen<A, unknown, A, unknown>(() => drop(n)(stream))(take(n)(stream))), first(stream)),
    ),
  ])
}

/**
 * A stopping rule.
 *
 * @since 0.1.0
 */
export interface StopClaim {
  readonly name: string
  readonly rule: Stop
}

/** What a rule says of one iterate after the other. */
const told = (rule: Stop, its: ReadonlyArray<Iterate<unknown, unknown>>): ReadonlyArray<O.Option<StopReason>> =>
  its.reduce<{ readonly rule: Stop; readonly said: ReadonlyArray<O.Option<StopReason>> }>(
    ({ rule: here, said }, it) => {
      const [reason, next] = here.look === undefined ? [here(it), here] : here.look(it)
      return { rule: next, said: [...said, reason] }
    },
    { rule, said: [] },
  ).said

/**
 * The laws of a stopping rule among others: a monoid in which the first reason wins and `stopMonoid.empty` is the unit, also where rules
 * remember; it is a function, so that a rule serves any number of runs.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, stopLaws } from 'gradus/laws'
 * import { noImprovement } from 'gradus/optimize'
 * E.isRight(check({ seed: 1, instances: 20 })(stopLaws({ name: 'patience', rule: noImprovement(2) }))) // => true
 *
 * @since 0.1.0
 */
export const stopLaws = ({ name, rule }: StopClaim): RuleSet => {
  const { concat, empty } = stopMonoid
  const runs = convexCases.map((each) =>
    toArray(take(6)(minimize(gradientDescent({ learningRate: 0.05 }), objective(convexLoss(each)))(each.at))),
  )
  const others = fc.constantFrom<Stop>(stepsAtMost(2), stepsAtMost(4), valueBelow(0), valueBelow(1), empty)
  return ruleSet(
    name,
    [],
  )([
    law('nothing before or after it changes nothing', runs, (its) =>
      all(same(told(concat(empty, rule), its), told(rule, its)), same(told(concat(rule, empty), its), told(rule, its))),
    ),
    law('brackets change nothing', fc.tuple(runs, others, others), ([its, a, b]) =>
      all(
        same(told(concat(concat(a, rule), b), its), told(concat(a, concat(rule, b)), its)),
        same(told(concat(concat(rule, a), b), its), told(concat(rule, concat(a, b)), its)),
      ),
    ),
    law('the first reason wins, and it goes on looking', fc.tuple(runs, others), ([its, other]) => {
      const [own, beside] = [told(rule, its), told(other, its)]
      const expected = own.map((reason, i) => O.alt(() => beside[i] ?? O.none)(reason))
      return same(told(concat(rule, other), its), expected)
    }),
    law('it is a function', runs, (its) => same(told(rule, its), told(rule, its))),
  ])
}
