/** Threads of the host: the part of Node's worker_threads that is needed, asked for at run time and never by an import. */
import type { Message, WorkerData } from './threadsWorker.js'

/** A worker that keeps no process alive, and whose end is no uncaught error. */
export interface Worker {
  readonly tell: (message: Message) => void
  readonly end: () => void
}

type Foreign = (...args: ReadonlyArray<unknown>) => unknown

const isFunction = (value: unknown): value is Foreign => typeof value === 'function'

const property = (object: unknown, name: string): unknown =>
  (typeof object === 'object' && object !== null) || isFunction(object) ? Reflect.get(object, name) : undefined

const invoke = (object: unknown, name: string, ...args: ReadonlyArray<unknown>): unknown => {
  const found = property(object, name)
  return isFunction(found) ? found.apply(object, [...args]) : undefined
}

/** A module of Node; undefined elsewhere. An import, even a late one, would make bundlers for browsers look for it. */
const builtin = (name: string): unknown => invoke(property(globalThis, 'process'), 'getBuiltinModule', name)

/** How many threads this machine runs at once, as far as it says. */
export const parallelism = (): number => {
  const count = invoke(builtin('node:os'), 'availableParallelism')
  return typeof count === 'number' ? count : 1
}

/** Why there can be no threads here; undefined where there can. */
export const missing = (): string | undefined =>
  typeof SharedArrayBuffer === 'undefined'
    ? 'memory cannot be shared: here is no SharedArrayBuffer'
    : isFunction(property(builtin('node:worker_threads'), 'Worker'))
      ? undefined
      : 'threads need worker_threads of Node: here is no process.getBuiltinModule that has them'

/** Starts a worker on a source, without the loaders and the environment of this process; or says why not. */
export const hire = (source: string, workerData: WorkerData): Worker | string => {
  const Constructor = property(builtin('node:worker_threads'), 'Worker')
  if (!isFunction(Constructor)) return 'there is no Worker'
  try {
    const worker: unknown = Reflect.construct(Constructor, [
      source,
      { eval: true, workerData, execArgv: [], env: {}, name: 'gradus' },
    ])
    // What it says at its end is found in the memory it shares; nobody may need to listen.
    invoke(worker, 'on', 'error', () => undefined)
    invoke(worker, 'unref')
    return {
      tell: (message) => {
        invoke(worker, 'postMessage', message)
      },
      end: () => {
        invoke(worker, 'terminate')
      },
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
