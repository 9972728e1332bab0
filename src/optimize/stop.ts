/** Stopping rules: predicates of an iterate that name their reason, and a monoid under "whichever comes first". */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { gradientEquivalents, type Iterate } from './Optimizer.js'

/**
 * Why a run stopped as it was asked to.
 *
 * @since 0.1.0
 */
export type StopReason =
  | { readonly _tag: 'GradientBelow'; readonly tolerance: number; readonly gradientNorm: number }
  | { readonly _tag: 'ValueBelow'; readonly target: number; readonly value: number }
  | { readonly _tag: 'StepsReached'; readonly steps: number }
  | { readonly _tag: 'WorkSpent'; readonly budget: number; readonly spent: number }
  | { readonly _tag: 'SimplexBelow'; readonly tolerance: number; readonly size: number }
  /** The run ended by itself, without a failure. */
  | { readonly _tag: 'Exhausted' }

/**
 * A rule that looks at an iterate and may say stop, with its reason.
 *
 * @since 0.1.0
 */
export type Stop = <P, S>(it: Iterate<P, S>) => O.Option<StopReason>

/**
 * Says in a few words why a run stopped.
 *
 * @example
 * import { showStopReason } from 'gradus/optimize'
 * showStopReason({ _tag: 'StepsReached', steps: 10 }) // => '10 steps taken'
 *
 * @since 0.1.0
 */
export const showStopReason = (reason: StopReason): string => {
  switch (reason._tag) {
    case 'GradientBelow':
      return `gradient norm ${reason.gradientNorm.toExponential(2)} is below ${reason.tolerance}`
    case 'ValueBelow':
      return `value ${reason.value} is below ${reason.target}`
    case 'StepsReached':
      return `${reason.steps} steps taken`
    case 'WorkSpent':
      return `${reason.spent.toFixed(0)} of ${reason.budget} gradient equivalents spent`
    case 'SimplexBelow':
      return `no corner of the simplex is further than ${reason.size.toExponential(2)}, below ${reason.tolerance}`
    case 'Exhausted':
      return 'the run ended'
  }
}

const when = (holds: boolean, reason: StopReason): O.Option<StopReason> => (holds ? O.some(reason) : O.none)

/**
 * Stops where the norm of the gradient is below a tolerance; NaN is not below anything.
 *
 * @example
 * import { gradientBelow, stepsAtMost, stopMonoid } from 'gradus/optimize'
 * typeof stopMonoid.concat(gradientBelow(1e-8), stepsAtMost(100)) // => 'function'
 *
 * @since 0.1.0
 */
export const gradientBelow =
  (tolerance: number): Stop =>
  ({ gradientNorm }) =>
    when(gradientNorm < tolerance, { _tag: 'GradientBelow', tolerance, gradientNorm })

/**
 * Stops where the value is below a target.
 *
 * @example
 * import { anyOf, stepsAtMost, valueBelow } from 'gradus/optimize'
 * typeof anyOf(valueBelow(0.01), stepsAtMost(100)) // => 'function'
 *
 * @since 0.1.0
 */
export const valueBelow =
  (target: number): Stop =>
  ({ value }) =>
    when(value < target, { _tag: 'ValueBelow', target, value })

/**
 * Stops after a number of steps.
 *
 * @example
 * import { stepsAtMost } from 'gradus/optimize'
 * typeof stepsAtMost(10) // => 'function'
 *
 * @since 0.1.0
 */
export const stepsAtMost =
  (steps: number): Stop =>
  ({ step }) =>
    when(step >= steps, { _tag: 'StepsReached', steps })

/**
 * Stops when a budget of work, in gradient equivalents, is spent.
 *
 * @example
 * import { workAtMost } from 'gradus/optimize'
 * typeof workAtMost(1000) // => 'function'
 *
 * @since 0.1.0
 */
export const workAtMost =
  (budget: number): Stop =>
  ({ work }) =>
    when(gradientEquivalents(work) >= budget, { _tag: 'WorkSpent', budget, spent: gradientEquivalents(work) })

/**
 * The first reason wins; the rule that never stops is the unit.
 *
 * @since 0.1.0
 */
export const stopMonoid: Monoid<Stop> = {
  empty: () => O.none,
  concat: (first, then) => (it) => O.alt(() => then(it))(first(it)),
}

/**
 * Stops as soon as one of the rules does, with its reason; the first in the list at a tie.
 *
 * @example
 * import { anyOf, gradientBelow, stepsAtMost } from 'gradus/optimize'
 * typeof anyOf(gradientBelow(1e-8), stepsAtMost(500)) // => 'function'
 *
 * @since 0.1.0
 */
export const anyOf = (...rules: ReadonlyArray<Stop>): Stop => rules.reduce(stopMonoid.concat, stopMonoid.empty)
