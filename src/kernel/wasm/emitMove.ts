/*
 * Moves as WebAssembly: one function for each kind of box, which takes its two addresses, and one for each move, which
 * calls them. The slices of a recurrence, which differ in their addresses alone, so share their code.
 */

import { BULK, overRun } from './emitRun.js'
import { type Code, encodeModule, type FunctionBody, I32 } from './encode.js'
import { DOUBLE } from './frame.js'
import { advance, call, clear, copy, f64, f64x2, get, i32, type Local, loopWhile, set, v128 } from './instructions.js'
import { axesOf, type Box, type Move } from './Move.js'
import { runsOf } from './runs.js'

const ZERO = f64x2.const(0)

/** Entries that lie side by side on both sides; addresses are left as they were. */
const run = (length: number, addsZero: boolean, from: Local, to: Local, local: () => Local): Code => {
  if (length >= BULK && !addsZero) return copy(get(to), get(from), length * DOUBLE)
  const kept = (x: Code): Code => (addsZero ? f64x2.add(x, ZERO) : x)
  return overRun(length, [from, to], local, {
    pair: (at) => v128.store(get(to), at, kept(v128.load(get(from), at))),
    odd: (at) => v128.storeFirst(get(to), at, kept(v128.loadSplat(get(from), at))),
  })
}

/** The function of a box: parameters are the addresses, in bytes, from where and to where. */
const emitBox = (box: Omit<Box, 'from' | 'to'>, addsZero: boolean): FunctionBody => {
  const [from, to] = [0, 1]
  const locals: Array<number> = []
  const local = (): Local => 1 + locals.push(I32)
  const axes = axesOf(box)
  const nest = (depth: number): Code => {
    if (depth === axes.length) {
      const x = f64.load(get(from), 0)
      return f64.store(get(to), 0, addsZero ? f64.add(x, f64.const(0)) : x)
    }
    const axis = axes[depth]
    if (depth === axes.length - 1 && axis.from === 1 && axis.to === 1)
      return run(axis.length, addsZero, from, to, local)
    const count = local()
    return [
      set(count, i32.const(axis.length)),
      loopWhile(
        [nest(depth + 1), advance(from, axis.from * DOUBLE), advance(to, axis.to * DOUBLE), advance(count, -1)],
        get(count),
      ),
      // The addresses are those of the box again, from which the next entry of the axis around it is counted.
      advance(from, -axis.length * axis.from * DOUBLE),
      advance(to, -axis.length * axis.to * DOUBLE),
    ]
  }
  const body = nest(0)
  return { type: { parameters: [I32, I32], results: [] }, locals, body }
}

/** The bytes of a module with an exported function `move0`, `move1`, … without parameters for every move. */
export const emitMoves = (moves: ReadonlyArray<Move>): Uint8Array<ArrayBuffer> => {
  const numbers = new Map<string, number>()
  const boxes: Array<FunctionBody> = []
  const numberOf = (box: Box, addsZero: boolean): number => {
    const key = JSON.stringify([axesOf(box), addsZero])
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, boxes.length)
    return boxes.push(emitBox(box, addsZero)) - 1
  }
  const bodies = moves.map(
    ({ zeros, boxes: copied, addsZero }, i): FunctionBody => ({
      name: `move${i}`,
      type: { parameters: [], results: [] },
      locals: [],
      body: [
        zeros === undefined ? [] : clear(i32.const(zeros.at * DOUBLE), zeros.length * DOUBLE),
        copied.map((box) => call(numberOf(box, addsZero), i32.const(box.from * DOUBLE), i32.const(box.to * DOUBLE))),
      ],
    }),
  )
  return encodeModule({ importsMemory: true, imports: [], functions: [...boxes, ...bodies] })
}

/** The moves as functions over that memory, in the form that it needs; undefined where the engine refuses. */
export const instantiateMoves = (
  moves: ReadonlyArray<Move>,
  memory: WebAssembly.Memory,
  form: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (bytes) => bytes,
): ReadonlyArray<() => void> | undefined =>
  moves.length === 0 ? [] : runsOf(form(emitMoves(moves)), 'move', moves.length, { env: { memory } })
