/** First-order training in minibatches, measured at the epochs of the schedule: one pass over the examples is one epoch. */
import { minibatches } from '../optimize/batches.js'
import type { Run } from '../optimize/iterate.js'
import type { ObjectiveAt } from '../optimize/Objective.js'
import { gradientEquivalents, type Iterate, showStepFailure } from '../optimize/Optimizer.js'
import { type Log, type RunEvent, reached } from './event.js'
import { isMeasured, isNoted } from './schedule.js'
import {
  allDone,
  batchKey,
  finalCurvature,
  fractionAt,
  measuredLambda,
  type Problem,
  type Span,
  type Trained,
} from './training.js'

const batchSizeOf = <P>(problem: Problem<P>, size: number): number => Math.min(size, problem.rows)

/** The objectives of all steps, drawn from the key of the run. */
export const batchObjectives = <P>(problem: Problem<P>, span: Span, batchSize: number): ObjectiveAt<P> => {
  const batchAt = minibatches(batchKey(span))({ rows: problem.rows, size: batchSizeOf(problem, batchSize) })
  return (step) => problem.objectiveOn(batchAt(step))
}

/** Walks a run on `batchObjectives`; the last iterate is handed back, so that another stretch can resume it. */
export function* minibatchRun<P, S>(
  run: Run<P, S>,
  problem: Problem<P>,
  span: Span,
  batchSize: number,
  log: Log,
): Generator<RunEvent, Trained<P> & { readonly last: Iterate<P, S> }> {
  const size = batchSizeOf(problem, batchSize)
  const perEpoch = Math.floor(problem.rows / size)
  const end = span.epoch + span.epochs
  const iterator = run[Symbol.iterator]()
  for (;;) {
    const { done, value } = iterator.next()
    const it = done === true ? value.last : value
    const past = (it.step - span.firstStep) / perEpoch
    const epoch = span.epoch + past
    const complete = done === true || past >= span.epochs
    if (!complete && !(Number.isInteger(past) && isNoted(epoch, end))) continue
    const seen = {
      epoch,
      ...problem.judge(it.params),
      gradientEquivalents: span.work + (gradientEquivalents(it.work) * size) / problem.rows,
    }
    const stalled = !complete && past > 0 && span.stalled([...log.read(), { ...seen, lambdaMin: Number.NaN }])
    const final = complete || stalled ? finalCurvature(problem, span, it.params) : undefined
    const lambdaMin =
      final?.lambdaMin ?? (isMeasured(epoch, end) ? measuredLambda(problem, span, it.params) : Number.NaN)
    // A stretch that goes on from another does not repeat its last point.
    if (past > 0 || span.epoch === 0)
      yield reached(log, { ...seen, lambdaMin }, final === undefined ? fractionAt(span, past) : span.to)
    if (final !== undefined)
      return {
        last: it,
        params: it.params,
        epoch,
        work: seen.gradientEquivalents,
        spectrum: final.spectrum,
        reason: done === true ? showStepFailure(value) : stalled ? 'the loss stalled' : allDone,
      }
  }
}
