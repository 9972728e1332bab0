/** An optimizer of the catalogue let loose on a problem: its name decides which kind of run it is. */

import { adam, momentum } from '../optimize/index.js'
import { minimize } from '../optimize/iterate.js'
import { dampedNewton, saddleFreeNewton } from '../optimize/newton.js'
import { saddleFreeKrylov } from '../optimize/saddleFreeKrylov.js'
import type { Log, RunEvent } from './event.js'
import { fullBatchRun } from './fullBatchRun.js'
import { batchObjectives, minibatchRun } from './minibatchRun.js'
import type { OptimizerName, Tuning } from './optimizers.js'
import type { Problem, Span, Trained } from './training.js'

/** Trains from `start` and tells about it. */
export const train = <P>(
  name: OptimizerName,
  tuning: Tuning,
  problem: Problem<P>,
  start: P,
  span: Span,
  log: Log,
): Generator<RunEvent, Trained<P>> => {
  switch (name) {
    case 'sgd':
      return minibatchRun(
        minimize(sgd(tuning), batchObjectives(problem, span, tuning.batchSize))(start),
        problem,
        span,
        tuning.batchSize,
        log,
      )
    case 'adam':
      return minibatchRun(
        minimize(
          adam({ learningRate: tuning.adamLearningRate }),
          batchObjectives(problem, span, tuning.batchSize),
        )(start),
        problem,
        span,
        tuning.batchSize,
        log,
      )
    case 'damped-newton':
      return fullBatchRun(
        minimize(dampedNewton({ damping: tuning.damping }), problem.objective)(start),
        problem,
        span,
        log,
      )
    case 'saddle-free-newton':
      return fullBatchRun(
        minimize(saddleFreeNewton({ damping: tuning.damping }), problem.objective)(start),
        problem,
        span,
        log,
      )
    case 'saddle-free-krylov':
      return fullBatchRun(
        minimize(
          saddleFreeKrylov({
            dimension: tuning.dimension,
            innerSteps: tuning.innerSteps,
            damping: tuning.damping,
          }),
          problem.objective,
        )(start),
        problem,
        span,
        log,
      )
  }
}

/** Stochastic gradient descent with momentum. */
export const sgd = ({ learningRate, momentum: decay }: Tuning): ReturnType<typeof momentum> =>
  momentum({ learningRate, decay })
