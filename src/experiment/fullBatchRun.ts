/** Second-order training on the whole training set: one step is one epoch. */
import { newIORef } from 'fp-ts/lib/IORef.js'
import type { Run } from '../optimize/iterate.js'
import { gradientEquivalents, showStepFailure } from '../optimize/Optimizer.js'
import { type Log, type RunEvent, reached } from './event.js'
import { isMeasured } from './schedule.js'
import {
  allDone,
  finalCurvature,
  fractionAt,
  measuredLambda,
  type Problem,
  type Span,
  type Trained,
} from './training.js'

/** What the state of an optimizer tells about the step that led to it. */
export interface StepMemory {
  readonly damping: number | null
  /** All eigenvalues of the Hessian where the step began, ascending, if the optimizer computed them. */
  readonly eigenvalues?: ReadonlyArray<number>
}

/**
 * Walks a run. An exact step decomposes the Hessian at the point where it begins, so the smallest eigenvalue of a point is
 * known, exactly and for nothing, when the next point is reached: events are one step behind.
 */
export function* fullBatchRun<P, S extends StepMemory>(
  run: Run<P, S>,
  problem: Problem<P>,
  span: Span,
  log: Log,
): Generator<RunEvent, Trained<P>> {
  const iterator = run[Symbol.iterator]()
  const first = iterator.next()
  if (first.done === true)
    return {
      params: first.value.last.params,
      epoch: span.epoch,
      work: span.work,
      spectrum: [],
      reason: showStepFailure(first.value),
    }
  const held = newIORef(first.value)()
  for (;;) {
    const it = held.read()
    const next = it.step >= span.epochs ? undefined : iterator.next()
    const last = next === undefined || next.done === true
    const epoch = span.epoch + it.step
    const work = span.work + gradientEquivalents(it.work)
    const final = last ? finalCurvature(problem, span, it.params) : undefined
    const known = last ? undefined : next.value.state.eigenvalues?.[0]
    const lambdaMin =
      final?.lambdaMin ??
      known ??
      (isMeasured(it.step, span.epochs) ? measuredLambda(problem, span, it.params) : Number.NaN)
    // A stretch that goes on from another does not repeat its last point.
    if (it.step > 0 || span.epoch === 0)
      yield reached(
        log,
        {
          epoch,
          ...problem.judge(it.params),
          lambdaMin,
          gradientEquivalents: work,
          gradientNorm: it.gradientNorm,
          ...(it.state.damping === null ? {} : { damping: it.state.damping }),
        },
        last ? span.to : fractionAt(span, it.step),
      )
    if (last)
      return {
        params: it.params,
        epoch,
        work,
        spectrum: final?.spectrum ?? [],
        reason: next?.done === true ? showStepFailure(next.value) : allDone,
      }
    held.write(next.value)()
  }
}
