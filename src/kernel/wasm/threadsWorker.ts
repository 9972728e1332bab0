/*
 * What the other threads of a team run. These functions become the source of a worker as text, since a file would have to
 * be found: by Node, by a bundler, beside sources in TypeScript. So they refer to nothing but their arguments.
 *
 * Control is a small block of shared integers. The thread that asks writes a job, then how many of its pieces are open;
 * whoever takes one counts down by compare-and-exchange, reads the job only then (it cannot change before that piece is
 * done), and counts the piece as done. Nobody waits for a thread that has taken nothing.
 */
import type { Kernel } from './instance.js'

/** The numbers of the integers in control. */
export interface Layout {
  /** Pieces that nobody has taken. */
  readonly open: number
  readonly done: number
  /** Changes with every job and every message: what a sleeping thread waits for. */
  readonly signal: number
  readonly asleep: number
  /** Whether the thread that asks sleeps until pieces are done. */
  readonly waiting: number
  /** How many others are up. */
  readonly ready: number
  /** 1 + the number of a thread that failed; then what it said, as the codes of characters after their number. */
  readonly lost: number
  readonly words: number
  readonly maximalWords: number
  readonly job: number
}

export const layout: Layout = {
  ...{ open: 0, done: 1, signal: 2, asleep: 3, waiting: 4, ready: 5, lost: 6 },
  ...{ words: 32, maximalWords: 200, job: 8 },
}

export const controlBytes = 4 * (layout.words + 1 + layout.maximalWords)

/** A shared memory as one thread has it. */
export interface Part {
  readonly tiles: Kernel
  /** Where this thread packs the operands of a product, in bytes. */
  readonly scratch: number
  /** The pieces of all loops, set by set. */
  readonly sets: Array<ReadonlyArray<() => void>>
}

/** What is told to the others; a thread that lacks something for a piece reads its messages. */
export type Message =
  | {
      readonly _tag: 'Opened'
      readonly arena: number
      readonly memory: WebAssembly.Memory
      readonly product: WebAssembly.Module
      /** Of each thread, in bytes. */
      readonly scratches: ReadonlyArray<number>
    }
  | { readonly _tag: 'Loops'; readonly arena: number; readonly count: number; readonly module: WebAssembly.Module }
  | { readonly _tag: 'Dropped'; readonly arena: number }

export interface WorkerData {
  readonly control: Int32Array
  /** Counted from 1; the thread that asks is 0. */
  readonly number: number
  readonly math: ReadonlyArray<WebAssembly.Module>
  readonly layout: Layout
  /** How often a thread looks for work before it sleeps. */
  readonly looks: number
}

/** The part of Node's worker_threads that a worker needs. */
export interface WorkerSide {
  readonly workerData: WorkerData
  readonly parentPort: unknown
  readonly receiveMessageOnPort: (port: unknown) => { readonly message: Message } | undefined
}

/**
 * One piece of a job. Of a product: [arena, 0, m, n, k, a, transposeA, b, transposeB, c, by columns, step]; of a loop:
 * [arena, 1 + set, first piece].
 */
export const runPiece = (part: Part, job: Int32Array, piece: number): void => {
  if (job[1] > 0) {
    part.sets[job[1] - 1][job[2] + piece]()
    return
  }
  const [, , m, n, k, a, transposeA, b, transposeB, c, byColumns, step] = job
  const from = piece * step
  const n4 = (n + 3) & -4
  const [i0, i1] = byColumns === 1 ? [0, m] : [from, Math.min(from + step, m)]
  const [j0, j1] = byColumns === 1 ? [from, Math.min(from + step, n4)] : [0, n4]
  part.tiles(m, n, k, a, transposeA, b, transposeB, c, part.scratch, i0, i1, j0, j1)
}

/** Waits for jobs for ever; the end of the process, or of the worker, ends it. */
export const workerMain = (run: typeof runPiece, threads: WorkerSide): void => {
  const { control, number, math, layout, looks } = threads.workerData
  const job = control.subarray(layout.job)
  const parts = new Map<number, Part>()
  const memories = new Map<number, WebAssembly.Memory>()

  const isKernel = (value: unknown): value is Kernel => typeof value === 'function'

  const fail = (words: string): void => {
    const said = words.slice(0, layout.maximalWords)
    for (let i = 0; i < said.length; i++) control[layout.words + 1 + i] = said.charCodeAt(i)
    control[layout.words] = said.length
    Atomics.store(control, layout.lost, number)
    Atomics.notify(control, layout.done)
    Atomics.notify(control, layout.ready)
  }

  const receive = (functions: WebAssembly.ModuleImports): void => {
    for (;;) {
      const message = threads.receiveMessageOnPort(threads.parentPort)?.message
      if (message === undefined) return
      if (message._tag === 'Opened') {
        const { arena, memory, product, scratches } = message
        const { tiles } = new WebAssembly.Instance(product, { env: { memory } }).exports
        memories.set(arena, memory)
        if (isKernel(tiles)) parts.set(arena, { tiles, scratch: scratches[number], sets: [] })
      } else if (message._tag === 'Loops') {
        const { arena, count, module } = message
        const memory = memories.get(arena)
        if (memory === undefined) continue
        const { exports } = new WebAssembly.Instance(module, { env: { memory }, math: functions })
        const pieces = Array.from({ length: count }, (_, i) => exports[`loop${i}`])
        parts.get(arena)?.sets.push(pieces.filter(isKernel))
      } else {
        parts.delete(message.arena)
        memories.delete(message.arena)
      }
    }
  }

  const isKnown = (): boolean => {
    const part = parts.get(job[0])
    return part !== undefined && job[1] <= part.sets.length
  }

  /** Takes a piece of what is open and does it; false where nothing is, or somebody was faster. */
  const work = (functions: WebAssembly.ModuleImports): boolean => {
    const left = Atomics.load(control, layout.open)
    if (left <= 0 || Atomics.compareExchange(control, layout.open, left, left - 1) !== left) return left > 0
    if (!isKnown()) receive(functions)
    const part = parts.get(job[0])
    if (part === undefined) {
      fail(`memory ${job[0]} is not known here`)
      return false
    }
    run(part, job, left - 1)
    Atomics.add(control, layout.done, 1)
    if (Atomics.load(control, layout.waiting) !== 0) Atomics.notify(control, layout.done)
    return true
  }

  try {
    const functions: WebAssembly.ModuleImports = {
      ...{ scalarSin: Math.sin, scalarCos: Math.cos, scalarTan: Math.tan },
      ...{ scalarAtan: Math.atan, scalarAtan2: Math.atan2, scalarPow: Math.pow },
    }
    for (const module of math) Object.assign(functions, new WebAssembly.Instance(module, { math: functions }).exports)
    Atomics.add(control, layout.ready, 1)
    Atomics.notify(control, layout.ready)
    while (Atomics.load(control, layout.lost) === 0) {
      const seen = Atomics.load(control, layout.signal)
      let found = false
      for (let look = 0; look < looks && !found; look++) found = work(functions)
      if (found) continue
      receive(functions)
      Atomics.add(control, layout.asleep, 1)
      // A job between the last look and here has changed the signal, and then this does not wait.
      Atomics.wait(control, layout.signal, seen)
      Atomics.sub(control, layout.asleep, 1)
    }
  } catch (error) {
    fail(String(error))
  }
}

/**
 * The source of a worker that runs pieces by that function; in a bundle, too, since nothing in it has a name from outside
 * (`__name` is what esbuild puts around functions whose names it is told to keep).
 */
export const workerSource = (run: typeof runPiece = runPiece): string =>
  `const __name = (f) => f;(${workerMain.toString()})(${run.toString()}, process.getBuiltinModule('node:worker_threads'))`
