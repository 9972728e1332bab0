/** One task: all peers are checked against gradus eager, warmed up, and timed in turns. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Timing } from '../measure.js'
import { type Peer, type Started, start } from './peer.js'
import { type Quantity, type Task, writeTask } from './tasks.js'

export interface Effort {
  readonly rounds: number
  /** The least duration of one sample, in seconds. */
  readonly seconds: number
  /** Samples in a round, of which the best counts. */
  readonly samples: number
}

export interface Measured {
  readonly peer: string
  /** Seconds a call in each round. */
  readonly timing: Timing
  /** The largest difference from gradus eager, relative to its largest entry. */
  readonly error: number
  /** Seconds of the first call: tracing and compiling. */
  readonly first: number
  /** Of a peer with several ways: which was timed, and what each took when they were compared. */
  readonly chosen?: Chosen
}

export interface Chosen {
  readonly way: string
  readonly seconds: Readonly<Record<string, number>>
  readonly failed: ReadonlyArray<string>
}

export interface Comparison {
  readonly task: Task
  readonly quantity: Quantity
  readonly measured: ReadonlyArray<Measured>
}

export interface Outcome {
  readonly comparisons: ReadonlyArray<Comparison>
  readonly versions: Readonly<Record<string, string>>
  /** Sentences about peers that did not take part. */
  readonly skipped: ReadonlyArray<string>
}

type Checked = Omit<Measured, 'timing'> & { readonly started: Started; readonly calls: number; readonly slow: boolean }

const readNumbers = (file: string): Float64Array => {
  const bytes = readFileSync(file)
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

const errorOf = (found: Float64Array, expected: Float64Array): number => {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  const scale = expected.reduce((most, entry) => Math.max(most, Math.abs(entry)), Number.MIN_VALUE)
  const difference = found.reduce((most, entry, i) => {
    const apart = Math.abs(entry - (expected[i] ?? 0))
    return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(most, apart)
  }, 0)
  return difference / scale
}

/** The first call, its result against the reference, a warm-up, and how many calls fill a sample. */
const check = async (
  started: Started,
  quantity: Quantity,
  file: string,
  reference: Float64Array | undefined,
  effort: Effort,
): Promise<Checked | string> => {
  const { patience } = started.peer
  const once = await started.ask({ do: 'check', quantity, file }, patience)
  if (once.failed !== undefined) return once.failed
  const error = errorOf(readNumbers(file), reference ?? readNumbers(file))
  const most = started.peer.tolerance
  if (!(error <= most)) return `its result differs by ${error.toExponential(1)}, more than ${most}`
  const probe = async (calls: number): Promise<number> =>
    (await started.ask({ do: 'time', quantity, calls, samples: 1 }, patience)).samples?.[0] ?? Number.NaN
  const slow = await probe(1)
  const quick = slow > 0.5 ? slow : await probe(Math.min(500, Math.ceil(0.5 / slow)))
  const settled = quick > 0.1 ? quick : await probe(Math.ceil(0.3 / quick))
  if (Number.isNaN(settled)) return 'failed while it was warmed up'
  return {
    started,
    peer: started.peer.id,
    error,
    first: once.first ?? Number.NaN,
    ...(once.way === undefined
      ? {}
      : { chosen: { way: once.way, seconds: once.ways ?? {}, failed: once.failedWays ?? [] } }),
    calls: Math.max(1, Math.ceil(effort.seconds / settled)),
    slow: settled > 0.2,
  }
}

const timeOnce = async (
  { started, calls, slow }: Checked,
  quantity: Quantity,
  { samples }: Effort,
): Promise<number> => {
  // A peer whose threads still spin for its last answer would disturb the next.
  await sleep(10)
  const answer = await started.ask({ do: 'time', quantity, calls, samples: slow ? 1 : samples }, started.peer.patience)
  return Math.min(...(answer.samples ?? [Number.NaN]))
}

const compareQuantity = async (
  task: Task,
  quantity: Quantity,
  all: ReadonlyArray<Started>,
  folder: string,
  effort: Effort,
  skip: (who: string, why: string) => void,
): Promise<Comparison> => {
  const checked: Array<Checked> = []
  const references: Array<Float64Array> = []
  for (const started of all) {
    const file = join(folder, `${started.peer.id}.result.f64`)
    const found = await check(started, quantity, file, references[0], effort)
    if (typeof found === 'string') skip(`${started.peer.name}, ${quantity}`, found)
    else checked.push(found)
    if (references.length === 0 && typeof found !== 'string') references.push(readNumbers(file))
  }
  const rounds: Array<ReadonlyMap<string, number>> = []
  for (let round = 0; round < effort.rounds; round++) {
    const times = new Map<string, number>()
    for (const each of round % 2 === 0 ? checked : [...checked].reverse())
      times.set(each.peer, await timeOnce(each, quantity, effort))
    rounds.push(times)
  }
  return {
    task,
    quantity,
    measured: checked.map(({ peer, error, first, chosen }) => ({
      ...{ peer, error, first, timing: rounds.map((times) => times.get(peer) ?? Number.NaN) },
      ...(chosen === undefined ? {} : { chosen }),
    })),
  }
}

/** All quantities of a task. Peers are started for it and ended after it. */
export const compareTask = async (task: Task, peers: ReadonlyArray<Peer>, effort: Effort): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-peers-'))
  const skipped: Array<string> = []
  const skip = (who: string, why: string): void => {
    skipped.push(`${task.id}: ${who}: ${why}`)
    console.error(`  skipped: ${who}: ${why}`)
  }
  const [running, ready]: [Array<Started>, Array<Started>] = [[], []]
  try {
    writeTask(folder, task)
    for (const peer of peers) {
      const reason = task.without[peer.id]
      const started = reason === undefined ? await start(peer) : reason
      if (typeof started === 'string') skip(peer.name, started)
      else {
        running.push(started)
        const { failed } = await started.ask({ do: 'prepare', task, folder }, peer.patience)
        if (failed === undefined) ready.push(started)
        else skip(peer.name, failed)
      }
    }
    const comparisons: Array<Comparison> = []
    for (const quantity of task.quantities) {
      console.error(`${task.id} ${task.title}: ${quantity}`)
      comparisons.push(await compareQuantity(task, quantity, ready, folder, effort, skip))
    }
    return {
      comparisons,
      skipped,
      versions: Object.fromEntries(running.map(({ peer, version }) => [peer.id, version])),
    }
  } finally {
    for (const { stop } of running) stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
