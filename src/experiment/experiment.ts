/*
 * experiment/: the experiments of Dauphin et al. (2014) as pure functions: settings give tasks, and a task and its data give
 * the events of one run, lazily, the same to the bit wherever it is run. No clock, no files, no threads: those are cli's.
 * This file joins the experiments into one; catalogue.ts holds their names and default settings.
 * May import: data … dataset. May be imported by: report, cli.
 */
import type { Setting } from '../codec/results.js'
import {
  type AutoencoderSettings,
  type AutoencoderTask,
  autoencoderCost,
  autoencoderLabel,
  autoencoderRecord,
  autoencoderTasks,
  runAutoencoder,
} from './autoencoder.js'
import {
  type ComparisonSettings,
  type ComparisonTask,
  comparisonCost,
  comparisonLabel,
  comparisonRecord,
  comparisonTasks,
  type Examples,
  runComparison,
} from './comparison.js'
import {
  type EscapeSettings,
  type EscapeTask,
  escapeCost,
  escapeLabel,
  escapeRecord,
  escapeTasks,
  runEscape,
} from './escape.js'
import type { RunEvent, RunLabel } from './event.js'
import {
  runSaddles,
  type SaddlesSettings,
  type SaddlesTask,
  saddlesLabel,
  saddlesRecord,
  saddlesTasks,
} from './saddles.js'

/** Everything that decides the numbers of an experiment: plain data. */
export type Settings = ComparisonSettings | SaddlesSettings | AutoencoderSettings | EscapeSettings

/** One run of an experiment: plain data, which can be sent to another thread. */
export type Task = ComparisonTask | SaddlesTask | AutoencoderTask | EscapeTask

/** The images that an experiment asks for. */
export interface DataRequest {
  readonly data: 'digits' | 'mnist'
  readonly rows: number
  readonly side: number
}

/** What an experiment reads, if anything. */
export const dataOf = (settings: Settings): DataRequest | undefined => {
  switch (settings._tag) {
    case 'Comparison':
      return { data: settings.data, rows: settings.rows, side: settings.side }
    case 'Saddles':
    case 'Escape':
      return undefined
    case 'Autoencoder':
      return { data: settings.data, rows: settings.rows, side: Math.sqrt(settings.sizes[0] ?? 0) }
  }
}

/** The runs of an experiment, in the order in which a report lists them. */
export const tasksOf = (settings: Settings): ReadonlyArray<Task> => {
  switch (settings._tag) {
    case 'Comparison':
      return comparisonTasks(settings)
    case 'Saddles':
      return saddlesTasks(settings)
    case 'Autoencoder':
      return autoencoderTasks(settings)
    case 'Escape':
      return escapeTasks(settings)
  }
}

/** Runs one task on the data that `dataOf` asks for (which is not looked at where it asks for none). */
export const runTask = (task: Task, examples: Examples): Generator<RunEvent, void> => {
  switch (task._tag) {
    case 'Comparison':
      return runComparison(task, examples)
    case 'Saddles':
      return runSaddles(task)
    case 'Autoencoder':
      return runAutoencoder(task, examples.images)
    case 'Escape':
      return runEscape(task)
  }
}

/** Which run a task is. */
export const labelOf = (task: Task): RunLabel => {
  switch (task._tag) {
    case 'Comparison':
      return comparisonLabel(task)
    case 'Saddles':
      return saddlesLabel(task)
    case 'Autoencoder':
      return autoencoderLabel(task)
    case 'Escape':
      return escapeLabel(task)
  }
}

/** Roughly how many seconds a task takes on one core. */
export const costOf = (task: Task): number => {
  switch (task._tag) {
    case 'Comparison':
      return comparisonCost(task)
    case 'Saddles':
      return 0.01
    case 'Autoencoder':
      return autoencoderCost(task)
    case 'Escape':
      return escapeCost(task)
  }
}

/** The settings for people, by name. */
export const settingsRecord = (settings: Settings): Readonly<Record<string, Setting>> => {
  switch (settings._tag) {
    case 'Comparison':
      return comparisonRecord(settings)
    case 'Saddles':
      return saddlesRecord(settings)
    case 'Autoencoder':
      return autoencoderRecord(settings)
    case 'Escape':
      return escapeRecord(settings)
  }
}
