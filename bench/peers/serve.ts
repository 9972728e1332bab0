/** The loop of a peer that runs in Node: commands as lines of JSON on the standard input, answers on the standard output. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Quantity, Task } from './tasks.js'

export type Command =
  | { readonly do: 'prepare'; readonly task: Task; readonly folder: string }
  /** Computes once, says how long this first call took, and writes the result. */
  | { readonly do: 'check'; readonly quantity: Quantity; readonly file: string }
  | { readonly do: 'time'; readonly quantity: Quantity; readonly calls: number; readonly samples: number }

export interface Array64 {
  readonly shape: ReadonlyArray<number>
  readonly entries: Float64Array
}

/** The numbers of a task. */
export interface Numbers {
  readonly p: ReadonlyArray<Array64>
  readonly v: ReadonlyArray<Array64>
  readonly data: ReadonlyArray<Array64>
}

/** What is timed, and its result as one flat array. */
export interface Computation {
  readonly run: () => unknown
  readonly read: () => ReadonlyArray<ArrayLike<number>>
}

export type Computations = Readonly<Record<Quantity, () => Computation>>

/** A computation whose results are read by `read`. */
export const computation = <A>(run: () => A, read: (result: A) => ReadonlyArray<ArrayLike<number>>): Computation => ({
  run,
  read: () => read(run()),
})

const readArray = (folder: string, name: string, shape: ReadonlyArray<number>): Array64 => {
  const bytes = readFileSync(join(folder, name))
  return { shape, entries: new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) }
}

const numbersOf = ({ shapes, data }: Task, folder: string): Numbers => ({
  p: shapes.map((shape, i) => readArray(folder, `p${i}.f64`, shape)),
  v: shapes.map((shape, i) => readArray(folder, `v${i}.f64`, shape)),
  data: Object.entries(data).map(([name, shape]) => readArray(folder, name, shape)),
})

const secondsOf = (run: () => unknown, calls: number): number => {
  const start = performance.now()
  for (const _ of new Array(calls)) run()
  return (performance.now() - start) / 1000 / calls
}

const answer = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** Imports a package that setup.mjs has installed beside the project's own. */
export const importPeer = (name: string) => {
  const from = join(process.cwd(), 'node_modules/.cache/peers/javascript/package.json')
  return import(pathToFileURL(createRequire(from).resolve(name)).href)
}

export const serve = async (
  hello: { readonly name: string; readonly version: string },
  prepare: (task: Task, numbers: Numbers) => Partial<Computations>,
): Promise<void> => {
  const prepared = new Map<string, () => Computation>()
  const running = new Map<string, Computation>()
  const computationOf = (quantity: Quantity): Computation | undefined => {
    const found = running.get(quantity) ?? prepared.get(quantity)?.()
    if (found !== undefined) running.set(quantity, found)
    return found
  }
  const obey = (command: Command): object => {
    if (command.do === 'prepare') {
      const made = prepare(command.task, numbersOf(command.task, command.folder))
      for (const quantity of command.task.quantities) {
        const compute = made[quantity]
        if (compute !== undefined) prepared.set(quantity, compute)
      }
      return { quantities: [...prepared.keys()] }
    }
    const found = computationOf(command.quantity)
    if (found === undefined) return { failed: `has no ${command.quantity}` }
    if (command.do === 'time')
      return { samples: Array.from({ length: command.samples }, () => secondsOf(found.run, command.calls)) }
    const start = performance.now()
    found.run()
    const first = (performance.now() - start) / 1000
    writeFileSync(command.file, Float64Array.from(found.read().flatMap((part) => Array.from(part))))
    return { first }
  }
  answer(hello)
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      answer(obey(JSON.parse(line)))
    } catch (error) {
      answer({ failed: String(error).slice(0, 300) })
    }
  }
}
