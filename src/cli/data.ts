/** The images that an experiment asks for. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { zeros } from '../data/construct.js'
import { boxAverage, type DatasetFailure, loadDigits, loadMnist, takeExamples } from '../dataset/index.js'
import type { Examples } from '../experiment/comparison.js'
import type { DataRequest } from '../experiment/experiment.js'

const none: Examples = { images: zeros([0, 0]), labels: [] }

export const loadExamples = (request: DataRequest | undefined): TE.TaskEither<DatasetFailure, Examples> =>
  request === undefined
    ? TE.right(none)
    : request.data === 'digits'
      ? pipe(loadDigits, TE.map(takeExamples(request.rows)), TE.map(boxAverage(request.side)))
      : loadMnist({ size: request.rows, side: request.side })
