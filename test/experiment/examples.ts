import type { ResultRun } from '../../src/codec/results.js'
import { boxAverage, loadDigits, takeExamples } from '../../src/dataset/index.js'
import type { Examples } from '../../src/experiment/comparison.js'
import type { RunEvent } from '../../src/experiment/event.js'
import { successOf } from '../dataset/outcome.js'

/** The first so many digits, averaged to so many pixels a side. */
export const fewDigits = async (rows: number, side: number): Promise<Examples> =>
  boxAverage(side)(takeExamples(rows)(successOf(await loadDigits())))

/** All that a run tells. */
export const eventsOf = (events: Iterable<RunEvent>): ReadonlyArray<RunEvent> => [...events]

/** The run at the end of its events. */
export const runOf = (events: ReadonlyArray<RunEvent>): ResultRun => {
  const last = events[events.length - 1]
  if (last?._tag !== 'Finished') throw new Error('the last event is not the end of a run')
  return last.run
}
