/** What a schedule says of itself: where it begins and ends, where its pieces meet, and that optimizers follow it step by step. */
import * as fc from 'fast-check'
import {
  constant,
  join,
  minimize,
  type Optimizer,
  objective,
  type Rate,
  type Schedule,
  type StateType,
} from '../src/optimize/index.js'
import { evenly } from './arbitrary.js'
import { all, atMost, because, close, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { convexCases, convexLoss } from './surfaces.js'
import { iterates, path, reached } from './walk.js'

/**
 * A schedule and what is said of it.
 *
 * @since 0.1.0
 */
export interface ScheduleClaim {
  readonly name: string
  readonly schedule: Schedule
  /** The least and the greatest number that it gives. */
  readonly range: readonly [least: number, greatest: number]
  /** The step up to which it stays at its first number; default 0. */
  readonly begins?: number
  /** The step from which on it stays at its last number; left out of a schedule that has no end. */
  readonly ends?: number
  /** The first and the last of these numbers. */
  readonly first: number
  readonly last?: number
  /** By how much it changes in one step at most, between jumps. */
  readonly steepness: number
  /** Where pieces meet: there above all it is looked at. */
  readonly joins?: ReadonlyArray<number>
  /** Where it jumps, if anywhere. */
  readonly jumps?: ReadonlyArray<number>
  /** What it is from a step on, counted from there, until the next such step. */
  readonly pieces?: ReadonlyArray<readonly [from: number, schedule: Schedule]>
}

/** Steps that are looked at: whole numbers and numbers between them, as far as twice the end. */
const stepsOf = (horizon: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: 0, max: Math.ceil(horizon) }), evenly(0, horizon))

/** Less than any change that a schedule makes on purpose, and more than the rounding of steps of this size. */
const instant = 1e-9

/**
 * The laws of a schedule: a function of the step, in its range, the first number before it begins and the last after it ends; it changes
 * no faster than is said, at joins above all, and jumps just where is said; each piece counts its own steps.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, scheduleLaws } from 'gradus/laws'
 * import { warmupCosine } from 'gradus/optimize'
 * const schedule = warmupCosine({ from: 0, peak: 1, warmup: 10, steps: 110 })
 * const claim = { name: 'warm-up', schedule, range: [0, 1] as const, first: 0, last: 0, ends: 110, steepness: 0.1, joins: [10] }
 * E.isRight(check({ seed: 1 })(scheduleLaws(claim))) // => true
 *
 * @since 0.1.0
 */
export const scheduleLaws = ({
  name,
  schedule,
  range: [least, greatest],
  begins = 0,
  ends,
  first,
  last = Number.NaN,
  steepness,
  joins = [],
  jumps = [],
  pieces = [],
}: ScheduleClaim): RuleSet => {
  const size = Math.max(Math.abs(least), Math.abs(greatest))
  // Some operations for each number, each with a rounding.
  const slack = 16 * Number.EPSILON * size
  const rounded = because('some roundings')
  const places = [begins, ...(ends === undefined ? [] : [ends]), ...joins, ...jumps, ...pieces.map(([from]) => from)]
  const horizon = 2 * Math.max(10, ...places)
  const steps = stepsOf(horizon)
  const widths = fc.oneof(evenly(0, 1), fc.constantFrom(instant, 1e-6, 1e-3))
  const beside = fc.tuple(fc.constantFrom(...(joins.length > 0 ? joins : places)), widths, evenly(0, 1))
  const spans = fc.oneof(
    fc.tuple(steps, widths).map(([from, width]) => [from, from + width] as const),
    beside.map(([join, width, part]) => [Math.max(0, join - part * width), join + (1 - part) * width] as const),
  )
  const ended: ReadonlyArray<Law> =
    ends === undefined
      ? []
      : [law('after its end it stays', steps, (past) => rounded(close(slack, 1)(schedule(ends + past), last)))]
  const jumping: ReadonlyArray<Law> =
    jumps.length === 0
      ? []
      : [
          law('where it is said to jump, it jumps', fc.constantFrom(...jumps), (jump) =>
            same(Math.abs(schedule(jump) - schedule(jump - instant)) > 10 * (slack + steepness * instant), true),
          ),
        ]
  const pieced: ReadonlyArray<Law> =
    pieces.length === 0
      ? []
      : [
          law(
            'each piece counts its own steps',
            fc.tuple(fc.nat({ max: pieces.length - 1 }), fc.nat({ max: Math.ceil(horizon) })),
            ([i, step]) => {
              const [from = 0, piece = schedule] = pieces[i] ?? []
              const until = pieces[i + 1]?.[0] ?? Infinity
              fc.pre(from + step < until)
              return same(schedule(from + step), piece(step))
            },
          ),
        ]
  return ruleSet(
    name,
    [],
  )([
    law('it is a function of the step', steps, (step) => same(schedule(step), schedule(step))),
    law('it stays in its range', steps, (step) => {
      const value = schedule(step)
      return all(rounded(atMost(slack)(least, value)), rounded(atMost(slack)(value, greatest)))
    }),
    law('until it begins it is its first number', evenly(0, 1), (part) =>
      rounded(close(slack, 1)(schedule(part * begins), first)),
    ),
    ...ended,
    law('it changes no faster than is said, at joins above all', spans, ([from, to]) => {
      fc.pre(!jumps.some((jump) => from < jump && jump <= to))
      // The steps themselves are rounded, and so are their differences.
      const most = steepness * (to - from + 4 * Number.EPSILON * to)
      return rounded(atMost(slack)(Math.abs(schedule(to) - schedule(from)), most))
    }),
    ...jumping,
    ...pieced,
  ])
}

/**
 * An optimizer that takes a learning rate.
 *
 * @since 0.1.0
 */
export interface ScheduledClaim<F extends StateType> {
  readonly name: string
  readonly make: (rate: Rate) => Optimizer<F>
}

/**
 * The laws of an optimizer whose rate is scheduled: a constant schedule is its number; a rate of 0 moves nothing; and at a join the steps
 * before are those of the first rate and the steps from it on those of the second, to the bit. The step from iterate k is of rate k.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, scheduledLaws } from 'gradus/laws'
 * import { adam } from 'gradus/optimize'
 * const rules = scheduledLaws({ name: 'adam', make: (learningRate) => adam({ learningRate }) })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const scheduledLaws = <F extends StateType>({ name, make }: ScheduledClaim<F>): RuleSet => {
  const rates = evenly(1e-3, 0.1)
  return ruleSet(
    name,
    [],
  )([
    law('a constant schedule is its number, to the bit', fc.tuple(convexCases, rates), ([each, rate]) => {
      const from = (of: Rate) => path(iterates(minimize(make(of), objective(convexLoss(each)))(each.at), 3))
      return same(from(constant(rate)), from(rate))
    }),
    law('a rate of 0 moves nothing', convexCases, (each) => {
      const its = iterates(minimize(make(constant(0)), objective(convexLoss(each)))(each.at), 2)
      return close(0)(
        its.map(({ params }) => params),
        [each.at, each.at, each.at],
      )
    }),
    law(
      'a join acts at its step, and not before',
      fc.tuple(convexCases, rates, fc.integer({ min: 1, max: 3 })),
      ([each, rate, boundary]) => {
        const of = objective(convexLoss(each))
        const joined = make(join([constant(rate), constant(2 * rate)], [boundary]))
        const its = iterates(minimize(joined, of)(each.at), boundary)
        const last = its[boundary]
        if (last === undefined) return same('an end', 'a step')
        const from = { ...last, objective: of }
        return all(
          same(path(its), path(iterates(minimize(make(rate), of)(each.at), boundary))),
          same(reached(joined.step(of)(from)), reached(make(2 * rate).step(of)(from))),
        )
      },
    ),
  ])
}
