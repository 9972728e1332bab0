/** Stopping rules: predicates of an iterate that name their reason, and monoids under "whichever comes first" and "all at once". */

import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { gradientEquivalents, type Iterate } from './Optimizer.js'
import { list, settled, stop as stopField, target as targetField, tolerance as toleranceField } from './option.js'
import { byPosition, described, recipe, withRecipe } from './recipe.js'
import type { Exhausted } from './stream.js'

/**
 * Why a run stopped as it was asked to.
 *
 * @since 0.1.0
 */
export type StopReason =
  | { readonly _tag: 'GradientBelow'; readonly tolerance: number; readonly gradientNorm: number }
  | {
      readonly _tag: 'RelativeGradientBelow'
      readonly tolerance: number
      readonly gradientNorm: number
      readonly first: number
    }
  | { readonly _tag: 'ValueBelow'; readonly target: number; readonly value: number }
  | { readonly _tag: 'ValueChangeBelow'; readonly tolerance: number; readonly change: number }
  | { readonly _tag: 'StepBelow'; readonly tolerance: number; readonly length: number }
  | { readonly _tag: 'NoImprovement'; readonly patience: number; readonly best: number; readonly bestStep: number }
  | { readonly _tag: 'MeasureBelow'; readonly measure: string; readonly tolerance: number; readonly found: number }
  | { readonly _tag: 'StepsReached'; readonly steps: number }
  | { readonly _tag: 'WorkSpent'; readonly budget: number; readonly spent: number }
  | { readonly _tag: 'SimplexBelow'; readonly tolerance: number; readonly size: number }
  | { readonly _tag: 'TimeSpent'; readonly budget: number; readonly spent: number }
  /** A condition of the caller's. */
  | { readonly _tag: 'Met'; readonly condition: string }
  /** Several rules at one iterate. */
  | { readonly _tag: 'All'; readonly reasons: ReadonlyArray<StopReason> }
  /** The run ended by itself, without a failure. */
  | Exhausted

/**
 * A rule that looks at an iterate and may say stop, with its reason. A rule with a memory is one that becomes another by looking:
 * `look` gives the reason and the rule for the next iterate, so that a rule can serve any number of runs. A rule without `look` stays
 * what it is. P and S are what it reads of parameters and state: most rules read neither and serve every run.
 *
 * @since 0.1.0
 */
export interface Stop<P = unknown, S = unknown> {
  (it: Iterate<P, S>): O.Option<StopReason>
  readonly look?: (it: Iterate<P, S>) => readonly [O.Option<StopReason>, Stop<P, S>]
}

/** What a rule says of an iterate, and the rule for the next. */
export const look = <P, S>(rule: Stop<P, S>, it: Iterate<P, S>): readonly [O.Option<StopReason>, Stop<P, S>] =>
  rule.look === undefined ? [rule(it), rule] : rule.look(it)

/** A rule from what it does with an iterate. */
const looking = <P, S>(see: (it: Iterate<P, S>) => readonly [O.Option<StopReason>, Stop<P, S>]): Stop<P, S> =>
  Object.assign((it: Iterate<P, S>): O.Option<StopReason> => see(it)[0], { look: see })

const digits = (x: number): string => x.toExponential(2)

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
      return `gradient norm ${digits(reason.gradientNorm)} is below ${reason.tolerance}`
    case 'RelativeGradientBelow':
      return `gradient norm ${digits(reason.gradientNorm)} is below ${reason.tolerance} of the first, ${digits(reason.first)}`
    case 'ValueBelow':
      return `value ${reason.value} is below ${reason.target}`
    case 'ValueChangeBelow':
      return `the last step changed the value by ${digits(reason.change)}, below ${reason.tolerance}`
    case 'StepBelow':
      return `the last step has length ${digits(reason.length)}, below ${reason.tolerance}`
    case 'NoImprovement':
      return `no value below ${reason.best}, that of step ${reason.bestStep}, in ${reason.patience} steps`
    case 'MeasureBelow':
      return `${reason.measure} ${digits(reason.found)} is below ${reason.tolerance}`
    case 'StepsReached':
      return `${reason.steps} steps taken`
    case 'WorkSpent':
      return `${reason.spent.toFixed(0)} of ${reason.budget} gradient equivalents spent`
    case 'SimplexBelow':
      return `no corner of the simplex is further than ${reason.size.toExponential(2)}, below ${reason.tolerance}`
    case 'TimeSpent':
      return `${reason.spent.toFixed(0)} of ${reason.budget} units of time spent`
    case 'Met':
      return reason.condition
    case 'All':
      return reason.reasons.map(showStopReason).join(' and ')
    case 'Exhausted':
      return 'the run ended'
  }
}

const when = (holds: boolean, reason: StopReason): O.Option<StopReason> => (holds ? O.some(reason) : O.none)

/**
 * Stops where the norm of the gradient is below a tolerance; NaN is not below anything.
 *
 * **Fails** with a `Defect` for a tolerance that is NaN or negative, as all rules do.
 *
 * @example
 * import { gradientBelow, stepsAtMost, stopMonoid } from 'gradus/optimize'
 * typeof stopMonoid.concat(gradientBelow(1e-8), stepsAtMost(100)) // => 'function'
 *
 * @since 0.1.0
 */
export const gradientBelow: (tolerance: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly tolerance: number }>()(
    { sort: 'stop', name: 'gradientBelow', fields: () => ({ tolerance: toleranceField() }) },
    ({ tolerance }): Stop =>
      ({ gradientNorm }) =>
        when(gradientNorm < tolerance, { _tag: 'GradientBelow', tolerance, gradientNorm }),
  ),
  (tolerance: number) => ({ tolerance }),
)

/**
 * Stops where the value is below a target.
 *
 * @example
 * import { anyOf, stepsAtMost, valueBelow } from 'gradus/optimize'
 * typeof anyOf(valueBelow(0.01), stepsAtMost(100)) // => 'function'
 *
 * @since 0.1.0
 */
export const valueBelow: (target: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly target: number }>()(
    { sort: 'stop', name: 'valueBelow', fields: () => ({ target: targetField() }) },
    ({ target }): Stop =>
      ({ value }) =>
        when(value < target, { _tag: 'ValueBelow', target, value }),
  ),
  (target: number) => ({ target }),
)

/**
 * Stops after a number of steps.
 *
 * @example
 * import { stepsAtMost } from 'gradus/optimize'
 * typeof stepsAtMost(10) // => 'function'
 *
 * @since 0.1.0
 */
export const stepsAtMost: (steps: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly steps: number }>()(
    { sort: 'stop', name: 'stepsAtMost', fields: () => ({ steps: toleranceField() }) },
    ({ steps }): Stop =>
      ({ step }) =>
        when(step >= steps, { _tag: 'StepsReached', steps }),
  ),
  (steps: number) => ({ steps }),
)

/**
 * Stops when a budget of work, in gradient equivalents, is spent.
 *
 * @example
 * import { workAtMost } from 'gradus/optimize'
 * typeof workAtMost(1000) // => 'function'
 *
 * @since 0.1.0
 */
export const workAtMost: (budget: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly budget: number }>()(
    { sort: 'stop', name: 'workAtMost', fields: () => ({ budget: toleranceField() }) },
    ({ budget }): Stop =>
      ({ work }) => {
        const spent = gradientEquivalents(work)
        return when(spent >= budget, { _tag: 'WorkSpent', budget, spent })
      },
  ),
  (budget: number) => ({ budget }),
)

/**
 * Stops where a measure of the caller's is below a tolerance: the norm of a projected gradient, an error on other data. It may read
 * parameters and state.
 *
 * @example
 * import { type Tensor, toNumber, treeNorm } from 'gradus'
 * import { type Iterate, measureBelow } from 'gradus/optimize'
 * typeof measureBelow('length', (it: Iterate<Tensor, unknown>) => toNumber(treeNorm(it.params)), 1e-3) // => 'function'
 *
 * @since 0.1.0
 */
export const measureBelow = <P = unknown, S = unknown>(
  measure: string,
  of: (it: Iterate<P, S>) => number,
  tolerance: number,
): Stop<P, S> => {
  settled('measureBelow', { tolerance: toleranceField() }, { tolerance })
  return (it) => {
    const found = of(it)
    return when(found < tolerance, { _tag: 'MeasureBelow', measure, tolerance, found })
  }
}

/**
 * Stops where a condition of the caller's holds, which may read the state of the optimizer.
 *
 * @example
 * import { type Tensor } from 'gradus'
 * import { type Iterate, type KrylovMemory, stopWhen } from 'gradus/optimize'
 * const flat = stopWhen('no curvature is left', ({ state }: Iterate<Tensor, KrylovMemory<Tensor>>) =>
 *   state.ritzValues.every((value) => Math.abs(value) < 1e-12))
 * typeof flat // => 'function'
 *
 * @since 0.1.0
 */
export const stopWhen =
  <P = unknown, S = unknown>(condition: string, holds: (it: Iterate<P, S>) => boolean): Stop<P, S> =>
  (it) =>
    when(holds(it), { _tag: 'Met', condition })

/**
 * A rule with a memory, as a pure fold: from what it remembers and an iterate to what it remembers next, and a reason or none. Every
 * walk of a run begins with the first memory, also that of a run which was resumed.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { stopScan } from 'gradus/optimize'
 * const rising = stopScan<number>(Infinity, (before, { value }) => [
 *   value,
 *   value > before ? O.some({ _tag: 'Met', condition: 'the value rose' }) : O.none,
 * ])
 * typeof rising // => 'function'
 *
 * @since 0.1.0
 */
export const stopScan = <M, P = unknown, S = unknown>(
  memory: M,
  see: (memory: M, it: Iterate<P, S>) => readonly [M, O.Option<StopReason>],
): Stop<P, S> =>
  looking((it) => {
    const [next, reason] = see(memory, it)
    return [reason, stopScan(next, see)]
  })

/** Both look at every iterate, also where one of them would have been enough: a rule that remembers must see them all. */
const both =
  (join: (first: O.Option<StopReason>, then: () => O.Option<StopReason>) => O.Option<StopReason>) =>
  <P, S>(first: Stop<P, S>, then: Stop<P, S>): Stop<P, S> =>
    first.look === undefined && then.look === undefined
      ? (it) => join(first(it), () => then(it))
      : looking((it) => {
          const [[a, nextFirst], [b, nextThen]] = [look(first, it), look(then, it)]
          return [join(a, () => b), both(join)(nextFirst, nextThen)]
        })

const never: Stop = /* @__PURE__ */ described({ name: 'anyOf', rules: [] })((): O.Option<StopReason> => O.none)

const whichever = both((first, then) => O.alt(then)(first))

const reasonsOf = (reason: StopReason): ReadonlyArray<StopReason> => (reason._tag === 'All' ? reason.reasons : [reason])

const together = both((first, then) =>
  O.chain((a: StopReason) =>
    O.map((b: StopReason): StopReason => ({ _tag: 'All', reasons: [...reasonsOf(a), ...reasonsOf(b)] }))(then()),
  )(first),
)

/**
 * The first reason wins; the rule that never stops is the unit.
 *
 * @since 0.1.0
 */
export const stopMonoid: Monoid<Stop> = { empty: never, concat: whichever }

interface Rules {
  readonly rules: ReadonlyArray<Stop>
}

const rulesFields = () => ({ rules: list(stopField<Stop>()(), 'a list of stopping rules')() })

/**
 * Stops as soon as one of the rules does, with its reason; the first in the list at a tie.
 *
 * @example
 * import { anyOf, gradientBelow, stepsAtMost } from 'gradus/optimize'
 * typeof anyOf(gradientBelow(1e-8), stepsAtMost(500)) // => 'function'
 *
 * @since 0.1.0
 */
export const anyOf: <P = unknown, S = unknown>(...rules: ReadonlyArray<Stop<P, S>>) => Stop<P, S> =
  /* @__PURE__ */ withRecipe<Rules>()({ sort: 'stop', name: 'anyOf', fields: rulesFields }, ({ rules }) =>
    anyOf(...rules),
  )(
    <P, S>(...rules: ReadonlyArray<Stop<P, S>>): Stop<P, S> =>
      // Of no rules it is the unit, which is described already.
      rules.length === 0 ? never : described({ name: 'anyOf', rules })(rules.reduce<Stop<P, S>>(whichever, never)),
  )

/**
 * Stops where all of the rules do at the same iterate, with all reasons. Without rules it never stops.
 *
 * @example
 * import { allOf, gradientBelow, valueBelow } from 'gradus/optimize'
 * typeof allOf(gradientBelow(1e-3), valueBelow(0.1)) // => 'function'
 *
 * @since 0.1.0
 */
export const allOf: <P = unknown, S = unknown>(...rules: ReadonlyArray<Stop<P, S>>) => Stop<P, S> =
  /* @__PURE__ */ withRecipe<Rules>()({ sort: 'stop', name: 'allOf', fields: rulesFields }, ({ rules }) =>
    allOf(...rules),
  )(<P, S>(...rules: ReadonlyArray<Stop<P, S>>): Stop<P, S> => {
    const [first = never, ...others] = rules
    // One rule alone is all of it, and tells of itself.
    return others.length === 0 ? first : described({ name: 'allOf', rules })(others.reduce<Stop<P, S>>(together, first))
  })
