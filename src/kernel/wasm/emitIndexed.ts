/* Gathers and scatters as code: indices are read from memory, looked at first, and then used as addresses. */

import { BULK, overRun, repeated } from './emitRun.js'
import { type Code, I32, V128 } from './encode.js'
import { DOUBLE } from './frame.js'
import { advance, clear, copy, f64, f64x2, get, i32, type Local, leave, set, tee, v128, when } from './instructions.js'
import type { IndexedWalk } from './Walk.js'

/** Returns the position of the first index that is no integer from 0 to n − 1. */
const checked = (count: number, n: number, indices: Local, local: (type: number) => Local): Code => {
  const [at, value] = [local(I32), local(V128)]
  const areRight = (indexes: Code): Code =>
    v128.allTrue(
      v128.and(
        f64x2.equal(f64x2.trunc(tee(value, indexes)), get(value)),
        v128.and(f64x2.greaterEqual(get(value), f64x2.const(0)), f64x2.less(get(value), f64x2.const(n))),
      ),
    )
  const position = i32.shiftRight(i32.sub(get(at), get(indices)), i32.const(3))
  const one = when(i32.isZero(areRight(v128.loadSplat(get(at), 0))), leave(position))
  const pair = when(i32.isZero(areRight(v128.load(get(at), 0))), [one, advance(at, DOUBLE), leave(position)])
  return [
    set(at, get(indices)),
    repeated(count >> 1, () => local(I32), [pair, advance(at, 2 * DOUBLE)]),
    count % 2 === 1 ? one : [],
  ]
}

/** The body of a function of the addresses of operand, indices and result, in bytes. */
export const emitIndexed = (walk: IndexedWalk, local: (type: number) => Local): Code => {
  const { _tag, batch, outer, n, inner, count, checks } = walk
  const [from, indices, to] = [0, 1, 2]
  const counter = (): Local => local(I32)
  const [index, entry] = [local(I32), local(I32)]
  const isGather = _tag === 'Gather'
  const bytes = inner * DOUBLE
  /** The operand of a gather and the result of a scatter are moved over as blocks, the other one entry by entry. */
  const [block, run] = isGather ? [from, to] : [to, from]
  const [source, target] = isGather ? [entry, to] : [from, entry]
  const one = isGather
    ? inner >= BULK
      ? copy(get(target), get(source), bytes)
      : overRun(inner, [source, target], counter, {
          pair: (at) => v128.store(get(target), at, v128.load(get(source), at)),
          odd: (at) => f64.store(get(target), at, f64.load(get(source), at)),
        })
    : overRun(inner, [source, target], counter, {
        pair: (at) => v128.store(get(target), at, f64x2.add(v128.load(get(target), at), v128.load(get(source), at))),
        odd: (at) => f64.store(get(target), at, f64.add(f64.load(get(target), at), f64.load(get(source), at))),
      })
  const blockOf = [
    set(index, get(indices)),
    repeated(count, counter, [
      set(entry, i32.add(get(block), i32.mul(i32.ofInteger(f64.load(get(index), 0)), i32.const(bytes)))),
      one,
      advance(run, bytes),
      advance(index, DOUBLE),
    ]),
    advance(block, n * bytes),
  ]
  return [
    checks ? checked(batch * count, n, indices, local) : [],
    isGather ? [] : clear(get(to), batch * outer * n * bytes),
    batch * outer * n * inner * count === 0
      ? []
      : repeated(batch, counter, [repeated(outer, counter, blockOf), set(indices, get(index))]),
  ]
}
