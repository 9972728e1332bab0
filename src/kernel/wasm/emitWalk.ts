/* Walks as WebAssembly: one function for each kind, which takes the addresses, and one for each walk, which calls it. */

import { emitAxis } from './emitAxis.js'
import { emitIndexed } from './emitIndexed.js'
import { encodeModule, type FunctionBody, I32 } from './encode.js'
import { DOUBLE } from './frame.js'
import { call, i32, type Local } from './instructions.js'
import { runsOf } from './runs.js'
import { isIndexed, type Walk, type WalkKind, type WalkRun } from './Walk.js'

/** The function of a kind; it returns the position of the first wrong index, or −1. */
const emitKind = (kind: WalkKind): FunctionBody => {
  const parameters = isIndexed(kind) ? 3 : 2
  const locals: Array<number> = []
  const local = (type: number): Local => parameters + locals.push(type) - 1
  const body = isIndexed(kind) ? emitIndexed(kind, local) : emitAxis(kind, local)
  return {
    type: { parameters: Array.from({ length: parameters }, () => I32), results: [I32] },
    locals,
    body: [body, i32.const(-1)],
  }
}

/** The bytes of a module with an exported function `walk0`, `walk1`, … without parameters for every walk. */
export const emitWalks = (walks: ReadonlyArray<Walk>): Uint8Array<ArrayBuffer> => {
  const numbers = new Map<string, number>()
  const kinds: Array<FunctionBody> = []
  const numberOf = (kind: WalkKind): number => {
    const key = JSON.stringify(kind)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, kinds.length)
    return kinds.push(emitKind(kind)) - 1
  }
  const bodies = walks.map(
    ({ kind, places }, i): FunctionBody => ({
      name: `walk${i}`,
      type: { parameters: [], results: [I32] },
      locals: [],
      body: call(numberOf(kind), ...places.map((place) => i32.const(place * DOUBLE))),
    }),
  )
  return encodeModule({ importsMemory: true, imports: [], functions: [...kinds, ...bodies] })
}

/** The walks as functions over that memory, in the form that it needs; undefined where the engine refuses. */
export const instantiateWalks = (
  walks: ReadonlyArray<Walk>,
  memory: WebAssembly.Memory,
  form: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (bytes) => bytes,
): ReadonlyArray<WalkRun> | undefined =>
  walks.length === 0 ? [] : runsOf(form(emitWalks(walks)), 'walk', walks.length, { env: { memory } })
