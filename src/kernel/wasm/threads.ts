/*
 * A team: worker threads that see the memories of compiled programs and take pieces of long loops and products. The thread
 * that asks works too, and at the end waits for pieces that others have taken and not finished; see threadsWorker.ts for
 * how they agree. Results have the same bits as with one thread, since pieces have: see threadsPieces.ts.
 */
import { emitLoops } from './emitLoop.js'
import { instantiateMoves } from './emitMove.js'
import { instantiateWalks } from './emitWalk.js'
import { decode, isKernel, type Kernel } from './instance.js'
import type { Loop } from './Loop.js'
import { mathFunctions, mathModules } from './math.js'
import { matmulBytes } from './matmul.bytes.js'
import { SCRATCH } from './matmul.js'
import type { Arena, Team } from './Team.js'
import { hire, missing, type Worker } from './threadsHost.js'
import { overSharedMemory, sharedMemory } from './threadsMemory.js'
import { loopPieces, productPieces } from './threadsPieces.js'
import { controlBytes, layout, type Message, type Part, runPiece, workerSource } from './threadsWorker.js'

export interface TeamOptions {
  readonly threads: number
  /** Told when a thread has died over a piece, whose result is lost with it; it does not return. */
  readonly lost: (words: string) => never
  /** Milliseconds to wait for the pieces of others, each of which takes a few at most. */
  readonly patience?: number
  /** What the others run; tests have them fail. */
  readonly source?: string
}

/** For threads to come up: Node takes some 30 ms for each. */
const START = 10_000
const PATIENCE = 20_000
/** How often a thread without work looks for some before it sleeps: about 100 µs, as the tasks between two products take. */
const LOOKS = 20_000
/** How often the thread that asks looks whether the others are done before it sleeps: about 20 µs. */
const GLANCES = 4_000

type Exported = Readonly<Record<'matmul' | 'compact', Kernel>>

/** A memory as the thread that asks has it: its own part, and what only it does. */
type OwnPart = Part & Exported

const kernelOf = (exports: WebAssembly.Exports, name: string): Kernel => {
  const found = exports[name]
  return isKernel(found) ? found : () => Number.NaN
}

export const startTeam = ({
  threads,
  lost,
  patience = PATIENCE,
  source = workerSource(),
}: TeamOptions): Team | string => {
  const reason = missing()
  if (reason !== undefined) return reason
  const functions = mathFunctions()
  if (functions === undefined) return 'WebAssembly or its SIMD is missing, or refused by a security policy'
  const control = new Int32Array(new SharedArrayBuffer(controlBytes))
  const job = control.subarray(layout.job)
  const workers: Array<Worker> = []
  /** Whether others may take pieces; what is asked when they no longer may runs here. */
  let isWhole = true
  let arenas = 0

  const wake = (count: number): void => {
    Atomics.add(control, layout.signal, 1)
    if (Atomics.load(control, layout.asleep) > 0) Atomics.notify(control, layout.signal, count)
  }
  const tell = (message: Message): void => {
    for (const worker of workers) worker.tell(message)
    wake(workers.length)
  }
  const end = (): void => {
    isWhole = false
    Atomics.store(control, layout.open, 0)
    for (const worker of workers) worker.end()
    workers.length = 0
  }
  const said = (): string => {
    const words = control.subarray(layout.words + 1, layout.words + 1 + control[layout.words])
    return String.fromCharCode(...words)
  }

  for (let number = 1; number < threads; number++) {
    const worker = hire(source, {
      ...{ control, number, layout, looks: LOOKS },
      math: mathModules.map((bytes) => new WebAssembly.Module(decode(bytes))),
    })
    if (typeof worker === 'string') {
      end()
      return worker
    }
    workers.push(worker)
  }
  const deadline = performance.now() + START
  for (;;) {
    const ready = Atomics.load(control, layout.ready)
    if (ready === workers.length) break
    if (Atomics.load(control, layout.lost) > 0 || performance.now() > deadline) {
      end()
      return control[layout.lost] > 0
        ? `a thread failed at its start: ${said()}`
        : 'threads were asked for and did not start'
    }
    Atomics.wait(control, layout.ready, ready, 100)
  }

  /** Waits for pieces that others have taken; what became of them if not all came. */
  const settle = (pieces: number): string | undefined => {
    for (let glance = 0; glance < GLANCES; glance++) if (Atomics.load(control, layout.done) === pieces) return undefined
    const deadline = performance.now() + patience
    Atomics.store(control, layout.waiting, 1)
    for (;;) {
      const done = Atomics.load(control, layout.done)
      if (done === pieces) {
        Atomics.store(control, layout.waiting, 0)
        return undefined
      }
      if (Atomics.load(control, layout.lost) > 0)
        return `thread ${control[layout.lost] + 1} of ${threads} failed: ${said()}`
      const left = deadline - performance.now()
      if (left <= 0) return `${pieces - done} of ${pieces} pieces did not come back within ${patience / 1000} s`
      Atomics.wait(control, layout.done, done, left)
    }
  }

  /** Runs a job that was written into control. */
  const run = (part: Part, pieces: number): void => {
    if (!isWhole) {
      for (let piece = 0; piece < pieces; piece++) runPiece(part, job, piece)
      return
    }
    let finished = false
    try {
      Atomics.store(control, layout.done, 0)
      Atomics.store(control, layout.open, pieces)
      wake(pieces - 1)
      for (;;) {
        const left = Atomics.load(control, layout.open)
        if (left <= 0) break
        if (Atomics.compareExchange(control, layout.open, left, left - 1) !== left) continue
        runPiece(part, job, left - 1)
        Atomics.add(control, layout.done, 1)
      }
      const trouble = settle(pieces)
      finished = trouble === undefined
      if (trouble !== undefined) {
        end()
        lost(trouble)
      }
    } finally {
      // A full stack, say: others must not find half a job.
      if (!finished) end()
    }
  }

  const productModule = new WebAssembly.Module(overSharedMemory(decode(matmulBytes)))
  const registry = new FinalizationRegistry((arena: number) => tell({ _tag: 'Dropped', arena }))

  const open = (doubles: number): Arena | undefined => {
    // The scratch of the thread that asks lies first, as it does without threads; those of the others at the end.
    const memory = sharedMemory(doubles + (threads - 1) * SCRATCH)
    if (memory === undefined) return undefined
    const view = new Float64Array(memory.buffer, 0, doubles)
    const { byteLength } = memory.buffer
    const scratches = Array.from({ length: threads }, (_, i) => (i === 0 ? 0 : byteLength - i * SCRATCH * 8))
    const { exports } = new WebAssembly.Instance(productModule, { env: { memory } })
    const part: OwnPart = {
      tiles: kernelOf(exports, 'tiles'),
      matmul: kernelOf(exports, 'matmul'),
      compact: kernelOf(exports, 'compact'),
      scratch: 0,
      sets: [],
    }
    const arena = arenas++
    let isTold = false
    /** Others hear of a memory when there is something in it for them. */
    const introduce = (): void => {
      if (isTold) return
      isTold = true
      tell({ _tag: 'Opened', arena, memory, product: productModule, scratches })
      registry.register(part, arena)
    }

    const multiply: Arena['multiply'] = (m, n, k, a, transposeA, b, transposeB, c) => {
      const cut = productPieces(m, n, k, threads)
      const [flagA, flagB] = [transposeA ? 1 : 0, transposeB ? 1 : 0]
      if (cut === undefined) {
        part.matmul(m, n, k, a * 8, flagA, b * 8, flagB, c * 8, 0)
        return
      }
      introduce()
      job.set([arena, 0, m, n, k, a * 8, flagA, b * 8, flagB, c * 8, cut.byColumns ? 1 : 0, cut.step])
      run(part, cut.count)
      if (n % 4 !== 0) part.compact(m, n, (n + 3) & -4, c * 8)
    }

    const loops = (wholes: ReadonlyArray<Loop>): ReadonlyArray<() => void> | undefined => {
      const cut = wholes.map((loop) => loopPieces(loop, threads))
      const pieces = cut.flat()
      const set = part.sets.length
      try {
        const module = new WebAssembly.Module(overSharedMemory(emitLoops(pieces)))
        const { exports } = new WebAssembly.Instance(module, { env: { memory }, math: functions })
        const own = pieces.map((_, i) => kernelOf(exports, `loop${i}`))
        if (pieces.length > wholes.length) {
          introduce()
          part.sets.push(own)
          tell({ _tag: 'Loops', arena, count: pieces.length, module })
        }
        let first = 0
        return cut.map(({ length }) => {
          const from = first
          first += length
          return length === 1
            ? own[from]
            : () => {
                job[0] = arena
                job[1] = set + 1
                job[2] = from
                run(part, length)
              }
        })
      } catch {
        return undefined
      }
    }
    // Copies and walks are bound by memory: one thread is as fast.
    const moves: Arena['moves'] = (asked) => instantiateMoves(asked, memory, overSharedMemory)
    const walks: Arena['walks'] = (asked) => instantiateWalks(asked, memory, overSharedMemory)
    return { view, multiply, loops, moves, walks }
  }
  return { threads, open, isWhole: () => isWhole, end }
}
