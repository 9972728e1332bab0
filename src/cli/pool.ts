/** Tasks shared out over threads, or run here one after the other; either way they tell the same events. */
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { newIORef } from 'fp-ts/lib/IORef.js'
import { toFloat64Array } from '../data/read.js'
import type { Examples } from '../experiment/comparison.js'
import type { RunEvent } from '../experiment/event.js'
import { costOf, runTask, type Task } from '../experiment/experiment.js'

/** What is to be done, and who is told. */
export interface Job {
  readonly tasks: ReadonlyArray<Task>
  readonly examples: Examples
  /** Threads beside this one; 0 for none. */
  readonly workers: number
  /** Tells an event of the task with this place in `tasks`. */
  readonly tell: (place: number, event: RunEvent) => void
  readonly signal: AbortSignal
}

/** A thread that broke: the message of its error. */
export type Crash = string

/** The next task, largest first; `undefined` when there is none left. */
type Queue = () => number | undefined

const queueOf = (tasks: ReadonlyArray<Task>): Queue => {
  const order = tasks
    .map((task, place) => ({ place, cost: costOf(task) }))
    .toSorted((a, b) => b.cost - a.cost)
    .map(({ place }) => place)
  const taken = newIORef(0)()
  return () => {
    const count = taken.read()
    taken.write(count + 1)()
    return order[count]
  }
}

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs everything here. Between events other things get their turn, such as a signal to stop. */
const runHere = async ({ tasks, examples, tell, signal }: Job): Promise<E.Either<Crash, void>> => {
  const next = queueOf(tasks)
  for (;;) {
    const place = next()
    const task = place === undefined ? undefined : tasks[place]
    if (place === undefined || task === undefined) return E.right(undefined)
    for (const event of runTask(task, examples)) {
      tell(place, event)
      await breath()
      if (signal.aborted) return E.right(undefined)
    }
  }
}

/** One thread from its start until nothing is left to do. */
const lane = (job: Job, next: Queue): Promise<E.Either<Crash, void>> =>
  new Promise((resolve) => {
    const { images, labels } = job.examples
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { images: toFloat64Array(images), shape: images.shape, labels },
    })
    const current = newIORef<number | undefined>(undefined)()
    const end = (outcome: E.Either<Crash, void>): void => {
      job.signal.removeEventListener('abort', stop)
      worker.terminate().then(
        () => resolve(outcome),
        () => resolve(outcome),
      )
    }
    const stop = (): void => end(E.right(undefined))
    const proceed = (): void => {
      const place = next()
      current.write(place)()
      const task = place === undefined ? undefined : job.tasks[place]
      if (task === undefined) stop()
      else worker.postMessage(task)
    }
    worker.on('message', (event: RunEvent) => {
      const place = current.read()
      if (job.signal.aborted || place === undefined) return
      job.tell(place, event)
      if (event._tag === 'Finished') proceed()
    })
    worker.on('error', (error: unknown) => end(E.left(error instanceof Error ? error.message : String(error))))
    job.signal.addEventListener('abort', stop)
    proceed()
  })

/** Runs all tasks, until they are done, the signal says stop, or a thread breaks. */
export const runAll = async (job: Job): Promise<E.Either<Crash, void>> => {
  if (job.workers === 0) return runHere(job)
  const next = queueOf(job.tasks)
  const lanes = Array.from({ length: Math.min(job.workers, job.tasks.length) }, () => lane(job, next))
  const outcomes = await Promise.all(lanes)
  return outcomes.find(E.isLeft) ?? E.right(undefined)
}
