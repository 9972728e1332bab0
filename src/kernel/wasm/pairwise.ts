/*
 * Sums whose rounding error grows like the logarithm of the number of their units (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., §4.2). A unit is added up by a few vectors; when it ends, its sum is carried through the
 * levels of a binary counter: level i holds the sum of 2ⁱ units, or nothing. All of it lives in locals.
 */
import { type Code, V128 } from './encode.js'
import type { Place, Width } from './frame.js'
import { f64, f64x2, firstLane, get, i32, ifElse, type Local, set, v128 } from './instructions.js'

export interface Accumulator {
  /** The vectors that add up a unit. */
  readonly sums: ReadonlyArray<Local>
  /** Adds a vector of a panel; of an odd column only the first lane counts. */
  readonly add: (vector: number, width: Width, value: Code) => Code
  /** Ends a unit: the code is their number so far, from 1. */
  readonly carry: (units: Code) => Code
  /** Joins everything into one vector, which is left in a local. */
  readonly finish: Code
  readonly result: Local
  readonly clear: Code
}

const ZERO = f64x2.const(0)

const joined = (locals: ReadonlyArray<Local>): Code =>
  locals.slice(1).reduce<Code>((sum, local) => f64x2.add(sum, get(local)), get(locals[0]))

/** An accumulator of that many vectors for at most so many units; with one or none there are no levels. */
export const makeAccumulator = (local: (type: number) => Local, vectors: number, units: number): Accumulator => {
  const sums = Array.from({ length: vectors }, () => local(V128))
  const levels = Array.from({ length: units > 1 ? 32 - Math.clz32(units) : 0 }, () => local(V128))
  const [first] = sums
  const carryInto = (units: Code, i: number): Code =>
    i === levels.length - 1
      ? set(levels[i], get(first))
      : ifElse(i32.and(units, i32.const(2 ** i)), set(levels[i], get(first)), [
          set(first, f64x2.add(get(levels[i]), get(first))),
          set(levels[i], ZERO),
          carryInto(units, i + 1),
        ])
  return {
    sums,
    add: (vector, { lanes }, value) =>
      set(sums[vector], f64x2.add(get(sums[vector]), lanes === 2 ? value : v128.and(value, firstLane))),
    carry: (units) =>
      levels.length === 0 ? [] : [set(first, joined(sums)), carryInto(units, 0), sums.map((sum) => set(sum, ZERO))],
    finish: set(first, joined([...sums, ...levels])),
    result: first,
    clear: [...sums, ...levels].map((each) => set(each, ZERO)),
  }
}

/** The sum of both lanes, stored as one double. */
export const storeLanes = ({ address, offset }: Place, vector: Local): Code =>
  f64.store(address, offset, f64.add(f64x2.lane(get(vector), 0), f64x2.lane(get(vector), 1)))
