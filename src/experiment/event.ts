/** What an experiment tells while it runs: one event for each point measured, and a last one with the whole run. */
import { type IORef, newIORef } from 'fp-ts/lib/IORef.js'
import type { ResultIterate, ResultRun } from '../codec/results.js'

/** Which run an event belongs to. */
export type RunLabel = Pick<ResultRun, 'optimizer' | 'width' | 'seed' | 'surface' | 'index' | 'distance'>

export type RunEvent =
  /** A point was reached; `fraction` says how much of the run is done, 0..1. */
  | { readonly _tag: 'Reached'; readonly iterate: ResultIterate; readonly fraction: number }
  | { readonly _tag: 'Finished'; readonly run: ResultRun }

/** What is known when a run has ended, beside its iterates. */
export type Ending = Pick<ResultRun, 'reason' | 'spectrum' | 'path'>

/** The iterates of one run so far: a place that its generator alone writes to. */
export type Log = IORef<ReadonlyArray<ResultIterate>>

export const newLog: () => Log = newIORef<ReadonlyArray<ResultIterate>>([])

/** Notes an iterate and makes it an event. */
export const reached = (log: Log, iterate: ResultIterate, fraction: number): RunEvent => {
  log.modify((iterates) => [...iterates, iterate])()
  return { _tag: 'Reached', iterate, fraction }
}

/** The end of a run. */
export const finished = (label: RunLabel, log: Log, ending: Ending): RunEvent => ({
  _tag: 'Finished',
  run: { ...label, iterates: log.read(), ...ending },
})
