/** Runs: lazy, restartable sequences of iterates that end, if they end, in a typed failure. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../data/Defect.js'
import type { Ability, ObjectiveAt, ObjectiveFor, SomeObjective } from './Objective.js'
import {
  evaluated,
  finite,
  type Iterate,
  type Optimizer,
  type StateOf,
  type StateType,
  type StepFailure,
  workMonoid,
} from './Optimizer.js'
import type { Stop, StopReason } from './stop.js'

/**
 * Iterates on demand; when no step can be taken any more, the iterator returns the failure.
 *
 * @since 0.1.0
 */
export interface Run<P, S> {
  readonly [Symbol.iterator]: () => Iterator<Iterate<P, S>, StepFailure<P, S>>
}

/**
 * How a run ended: its last iterate, and why.
 *
 * @since 0.1.0
 */
export interface Outcome<P, S> {
  readonly last: Iterate<P, S>
  readonly reason: E.Either<StepFailure<P, S>, StopReason>
}

const objectives = <P, O extends SomeObjective<P>>(objective: O | ObjectiveAt<P, O>): ObjectiveAt<P, O> =>
  typeof objective === 'function' ? objective : () => objective

function* walk<P, S, O extends SomeObjective<P>>(
  first: () => Iterate<P, S> & { readonly objective: O },
  step: (next: O) => (it: Iterate<P, S> & { readonly objective: O }) => E.Either<StepFailure<P, S>, Iterate<P, S>>,
  objectiveAt: ObjectiveAt<P, O>,
): Generator<Iterate<P, S>, StepFailure<P, S>> {
  for (let it = first(), reached: Iterate<P, S> = it; ; ) {
    yield reached
    const objective = objectiveAt(reached.step + 1)
    const next = step(objective)(it)
    if (E.isLeft(next)) return next.left
    // The type of a step does not say that what it gives holds the objective that it was given; so optimizers for weaker
    // objectives serve where stronger ones are asked for. Who looks on sees the objective by which the point was judged.
    reached = next.right
    it = { ...reached, objective }
  }
}

/**
 * The iterates of an optimizer on an objective, from a point: the point itself, then a step for each that is asked for.
 * The sequence is lazy and can be walked any number of times, with the same result to the bit.
 *
 * **Cost** one gradient for the start; for a step what the optimizer documents.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective } from 'gradus/optimize'
 * const run = pipe(tensor(1), minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x))))
 * const [first, second] = run
 * first?.value // => 1
 * second?.value // => 0.25
 *
 * @since 0.1.0
 */
export const minimize =
  <F extends StateType, A extends Ability, P>(
    optimizer: Optimizer<F, A>,
    objective: ObjectiveFor<A, P> | ObjectiveAt<P, ObjectiveFor<A, P>>,
  ) =>
  (p0: P): Run<P, StateOf<F, P>> =>
    resume(optimizer, objective)({ step: 0, params: p0, state: optimizer.init(p0), work: workMonoid.empty })

/**
 * The same from any iterate of another run, or from its saved step, parameters, state and work: a run of m + n steps equals
 * a run of m that is resumed for n, to the bit.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, resume, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const [optimizer, loss] = [gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x))]
 * const half = pipe(tensor(1), minimize(optimizer, loss), takeUntil(stepsAtMost(2)))
 * pipe(half.last, resume(optimizer, loss), takeUntil(stepsAtMost(3))).last.value // => 0.015625
 *
 * @since 0.1.0
 */
export const resume =
  <F extends StateType, A extends Ability, P>(
    optimizer: Optimizer<F, A>,
    objective: ObjectiveFor<A, P> | ObjectiveAt<P, ObjectiveFor<A, P>>,
  ) =>
  (from: Pick<Iterate<P, StateOf<F, P>>, 'step' | 'params' | 'state' | 'work'>): Run<P, StateOf<F, P>> => {
    const objectiveAt = objectives<P, ObjectiveFor<A, P>>(objective)
    const { step, params, state, work } = from
    const first = () => evaluated(objectiveAt(step), { step, params, state, work })
    return { [Symbol.iterator]: () => walk(first, optimizer.step<P>, objectiveAt) }
  }

/**
 * Walks a run until a rule says stop, or no step can be taken. A run that met NaN or ∞ ends in `Left`, never in a reason to stop.
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
  (stop: Stop) =>
  <P, S>(run: Run<P, S>): Outcome<P, S> => {
    const iterator = run[Symbol.iterator]()
    let seen: Iterate<P, S> | undefined
    for (;;) {
      const { done, value } = iterator.next()
      if (done === true) return { last: seen ?? value.last, reason: E.left(value) }
      seen = value
      const reason = E.isRight(finite(value)) ? stop(value) : O.none
      if (O.isSome(reason)) return { last: value, reason: E.right(reason.value) }
    }
  }

/**
 * Every n-th iterate of a run, the first included.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { every, gradientDescent, minimize, objective } from 'gradus/optimize'
 * const run = pipe(tensor(1), minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x))), every(2))
 * const [, second] = run
 * second?.step // => 2
 *
 * @since 0.1.0
 */
export const every = (n: number): (<P, S>(run: Run<P, S>) => Run<P, S>) =>
  Number.isInteger(n) && n > 0
    ? (run) => ({ [Symbol.iterator]: () => thinned(run, n) })
    : raise('InvalidArgument', `every: expected an integer above 0, got ${n}.`)

function* thinned<P, S>(run: Run<P, S>, n: number): Generator<Iterate<P, S>, StepFailure<P, S>> {
  const iterator = run[Symbol.iterator]()
  for (;;) {
    const { done, value } = iterator.next()
    if (done === true) return value
    if (value.step % n === 0) yield value
  }
}
