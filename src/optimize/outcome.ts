/** How runs end: walks to the end that a rule or a failure makes, and the outcome in words. */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../data/Defect.js'
import { describe } from '../data/describe.js'
import { isFiniteTree } from '../operator/length.js'
import {
  finite,
  gradientEquivalents,
  type Iterate,
  type StepFailure,
  showStepFailure,
  sumOfWork,
  type Work,
  workBetween,
} from './Optimizer.js'
import { look, type Stop, type StopReason, showStopReason } from './stop.js'
import { type Stream, staged, through, walked } from './stream.js'

/**
 * How a run ended: its last iterate, why, and what all of it has cost. The work of the last iterate is without that of a step that failed
 * after it. A is the type of the last iterate where it carries more than an iterate does, such as what observers saw.
 *
 * @since 0.1.0
 */
export interface Outcome<P, S, A extends Iterate<P, S> = Iterate<P, S>> {
  readonly last: A
  readonly reason: E.Either<StepFailure<P, S>, StopReason>
  readonly work: Work
}

interface Watch<P, S, A> {
  readonly rule: Stop<P, S>
  readonly before: A | null
}

const halted =
  'The run would have gone on from there: resume it from the last good point, or let it take a step more, or look at that batch.'

const lost = 'Its entries are not finite although the loss is: look for what makes the loss flat there.'

/** An iterate that may end a run well: a loss that saturates is finite even where the parameters are not. */
const sound = <P, S>(it: Iterate<P, S>): E.Either<StepFailure<P, S>, unknown> =>
  isFiniteTree(it.params) ? E.right(it) : E.left({ _tag: 'NonFinite', quantity: 'step', last: it, advice: lost })

/**
 * The iterates of a run up to the first at which a rule says stop, which is its last and whose reason is its end. An iterate that is
 * not finite ends it in a failure, whatever the rule says; where the optimizer takes such, as with `skipNonFinite`, only if the rule says
 * stop there.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, toArray, until, valueBelow } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, until(valueBelow(0.1)), toArray).map(({ value }) => value) // => [1, 0.25, 0.0625]
 *
 * @since 0.1.0
 */
export const until =
  <P, S>(stop: Stop<P, S>) =>
  <Q extends P, T extends S, A extends Iterate<Q, T>, End>(
    run: Stream<A & Iterate<Q, T>, End>,
  ): Stream<A, End | StepFailure<Q, T> | StopReason> => {
    const begun: Watch<P, S, A> = { rule: stop, before: null }
    return staged<A, End, Watch<P, S, A>, A, StepFailure<Q, T> | StopReason>(run, begun, ({ rule, before }, it) => {
      const failing = (failure: StepFailure<Q, T>) => ({
        memory: begun,
        given: before === null ? [it] : [],
        // The work of the iterate that is not handed out is that of the step to it.
        ends: {
          ...failure,
          last: before ?? it,
          ...(before === null ? {} : { spent: workBetween(before.work, it.work) }),
        },
      })
      const usable = finite<Q, T, never>(it)
      // Where the run goes on from it, rules may say stop, but compare nothing with it later.
      if (E.isLeft(usable))
        return it.nonFinite === 'taken' && O.isNone(look<P, S>(rule, it)[0])
          ? { memory: { rule, before }, given: [it] }
          : failing(it.nonFinite === 'taken' ? { ...usable.left, advice: halted } : usable.left)
      const [reason, next] = look<P, S>(rule, it)
      if (O.isNone(reason)) return { memory: { rule: next, before: it }, given: [it] }
      const well = sound<Q, T>(it)
      return E.isLeft(well) ? failing(well.left) : { memory: begun, given: [it], ends: reason.value }
    })
  }

/** Each iterate with the last that is finite; where there is none, with itself. */
const withGood = <P, S, A extends Iterate<P, S>, End>(
  run: Stream<A, End>,
): Stream<{ readonly it: A; readonly good: A }, End> =>
  through<A, End, A | null, { readonly it: A; readonly good: A }>(run, null, (before, it) => {
    const good = E.isRight(finite<P, S, never>(it)) ? it : before
    return { memory: good, given: [{ it, good: good ?? it }] }
  })

/**
 * Walks a run until a rule says stop, or no step can be taken. A run that ends at NaN or ∞ ends in `Left`, never in a reason to stop;
 * the last iterate of the outcome is then the last that is finite, if there was any.
 *
 * **Fails** with a `Defect` where there is no iterate at all, as after `take(0)`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { anyOf, gradientBelow, minimize, newton, objective, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => square(x))
 * const { last, reason } = pipe(tensor(3), minimize(newton(), loss), takeUntil(anyOf(gradientBelow(1e-8), stepsAtMost(9))))
 * last.step // => 1
 * E.isRight(reason) && reason.right._tag // => 'GradientBelow'
 *
 * @since 0.1.0
 */
export const takeUntil =
  <P, S>(stop: Stop<P, S>) =>
  <Q extends P, T extends S, A extends Iterate<Q, T>>(
    run: Stream<A & Iterate<Q, T>, StepFailure<Q, T> | StopReason>,
  ): Outcome<Q, T, A> => {
    if (typeof stop !== 'function')
      return raise('InvalidArgument', `takeUntil: expected a rule such as stepsAtMost(100), got ${describe(stop)}.`)
    const { last, end } = walked(withGood(until(stop)<Q, T, A, StepFailure<Q, T> | StopReason>(run)))
    if (last === undefined)
      return raise(
        'InvalidArgument',
        'takeUntil: expected a run of one iterate at least, got none. Take or drop fewer?',
      )
    const { it, good } = last
    if ('last' in end) return { last: good, reason: E.left(end), work: sumOfWork(end.last.work, end.spent) }
    // A run that was cut short at a point that its optimizer would have gone on from.
    return pipe(
      finite<Q, T, never>(it),
      E.bimap(
        (failure): StepFailure<Q, T> => ({
          ...failure,
          advice: it.nonFinite === 'taken' ? halted : failure.advice,
          last: good,
          spent: workBetween(good.work, it.work),
        }),
        () => end,
      ),
      (reason) => ({ last: good, reason, work: it.work }),
    )
  }

/**
 * An outcome in a few lines: why it ended and after how many steps, where it is, and what it cost.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, showOutcome, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * showOutcome(pipe(tensor(1), run, takeUntil(stepsAtMost(2)))).split('\n')[0] // => 'stopped at step 2: 2 steps taken'
 *
 * @since 0.1.0
 */
export const showOutcome = <P, S>({ last, reason, work }: Outcome<P, S>): string => {
  const { evaluations, gradients, products, solves } = work
  const counts = `${evaluations} evaluations, ${gradients} gradients, ${products} products, ${solves} solves`
  return [
    E.isLeft(reason)
      ? `failed after step ${last.step}: ${showStepFailure(reason.left)}`
      : `stopped at step ${last.step}: ${showStopReason(reason.right)}`,
    `value ${last.value}, gradient norm ${last.gradientNorm.toExponential(2)}`,
    `work ${counts}: ${gradientEquivalents(work).toFixed(1)} gradient equivalents`,
  ].join('\n')
}
