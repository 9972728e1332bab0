/*
 * Entries that lie side by side: vectors of two of them, several to a turn of the loop, and the odd one. What moves, gathers
 * and sums along an axis have in common.
 */
import type { Code } from './encode.js'
import { DOUBLE } from './frame.js'
import { advance, get, i32, type Local, loopWhile, set } from './instructions.js'

/** From so many doubles on, a run is copied by one instruction. */
export const BULK = 32

/** Vectors of one turn of the loop along a run. */
const TURN = 4

/** Bytes of a vector. */
export const PAIR = 2 * DOUBLE

const times = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => i)

/** What is done with the entries so many bytes behind the pointers. */
export interface Entries {
  readonly pair: (at: number) => Code
  readonly odd: (at: number) => Code
}

/** All entries of a run from where the pointers are, which are left as they were. */
export const overRun = (
  length: number,
  pointers: ReadonlyArray<Local>,
  local: () => Local,
  { pair, odd }: Entries,
): Code => {
  const [vectors, isOdd] = [length >> 1, length % 2 === 1]
  const turns = vectors > 2 * TURN ? Math.floor(vectors / TURN) : 0
  const bytes = TURN * PAIR
  const rest = vectors - turns * TURN
  const [counted] = pointers
  const end = turns > 0 ? local() : counted
  return [
    turns === 0
      ? []
      : [
          set(end, i32.add(get(counted), i32.const(turns * bytes))),
          loopWhile(
            [times(TURN).map((k) => pair(k * PAIR)), pointers.map((pointer) => advance(pointer, bytes))],
            i32.less(get(counted), get(end)),
          ),
        ],
    times(rest).map((k) => pair(k * PAIR)),
    isOdd ? odd(rest * PAIR) : [],
    turns === 0 ? [] : pointers.map((pointer) => advance(pointer, -turns * bytes)),
  ]
}

/** A body so many times, with a counter of its own where there is a loop at all. */
export const repeated = (count: number, local: () => Local, body: Code): Code => {
  if (count < 1) return []
  if (count === 1) return body
  const left = local()
  return [set(left, i32.const(count)), loopWhile([body, advance(left, -1)], get(left))]
}
