/** Runs: lazy, restartable sequences of iterates that end, if they end, in a typed failure. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../data/Defect.js'
import { describe } from '../data/describe.js'
import type { Ability, ObjectiveAt, ObjectiveFor, SomeObjective } from './Objective.js'
import {
  evaluated,
  type Iterate,
  type Optimizer,
  type StateOf,
  type StateType,
  type StepFailure,
  workMonoid,
} from './Optimizer.js'
import type { Stream } from './stream.js'

/**
 * Iterates on demand; when no step can be taken any more, the iterator returns the failure.
 *
 * @since 0.1.0
 */
export interface Run<P, S> extends Stream<Iterate<P, S>, StepFailure<P, S>> {}

const objectives = <P, O extends SomeObjective<P>>(objective: O | ObjectiveAt<P, O>): ObjectiveAt<P, O> =>
  typeof objective === 'function' ? (step) => judging(objective(step)) : () => judging(objective)

/** An objective as it is. Programs that nobody has checked hand over the loss itself, which looks like an objective of each step. */
const judging = <O>(objective: O): O =>
  typeof objective === 'object' && objective !== null && 'value' in objective && typeof objective.value === 'function'
    ? objective
    : raise(
        'InvalidArgument',
        `minimize: expected an objective, or a function of the step that gives one, got ${describe(objective)}. Wrap a loss: objective(loss)?`,
      )

/** An optimizer as it is. */
const stepping = <F extends StateType, A extends Ability>(optimizer: Optimizer<F, A>): Optimizer<F, A> =>
  typeof optimizer === 'object' && typeof optimizer.step === 'function'
    ? optimizer
    : raise(
        'InvalidArgument',
        `minimize: expected an optimizer such as adam({ learningRate: 0.001 }), got ${describe(optimizer)}.`,
      )

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
    resume(optimizer, objective)({ step: 0, params: p0, state: stepping(optimizer).init(p0), work: workMonoid.empty })

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
    const { nonFinite } = stepping(optimizer)
    const taken = nonFinite === undefined ? {} : { nonFinite }
    const first = () => evaluated(objectiveAt(step), { step, params, state, work, ...taken })
    return { [Symbol.iterator]: () => walk(first, optimizer.step<P>, objectiveAt) }
  }

/**
 * Another optimizer goes on from an iterate: with a state of its own, and with the steps and the work so far.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { adam, handOver, minimize, newton, objective, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => square(x))
 * const { last } = pipe(tensor(1), minimize(adam({ learningRate: 0.1 }), loss), takeUntil(stepsAtMost(3)))
 * pipe(last, handOver(newton(), loss), takeUntil(stepsAtMost(4))).last.value // => 0
 *
 * @since 0.1.0
 */
export const handOver =
  <F extends StateType, A extends Ability, P>(
    optimizer: Optimizer<F, A>,
    objective: ObjectiveFor<A, P> | ObjectiveAt<P, ObjectiveFor<A, P>>,
  ) =>
  ({ step, params, work }: Pick<Iterate<P, unknown>, 'step' | 'params' | 'work'>): Run<P, StateOf<F, P>> =>
    resume(optimizer, objective)({ step, params, state: optimizer.init(params), work })
