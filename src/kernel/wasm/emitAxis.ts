/* Running sums, reductions and positions of the greatest along the middle axis of [outer, n, inner], as code. */

import { overRun, PAIR, repeated } from './emitRun.js'
import { type Code, F64, I32, V128 } from './encode.js'
import { DOUBLE } from './frame.js'
import { advance, f64, f64x2, get, i32, type Local, loopWhile, select, set, tee, v128, when } from './instructions.js'
import type { AxisWalk } from './Walk.js'

type Locals = (type: number) => Local

/** Parameters: the addresses of operand and result, in bytes. */
const [FROM, TO] = [0, 1]

const times = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => i)

/** Chains of additions that go on side by side, since each addition has to wait for the one before it. */
const CHAINS = 4

/** Entries along the axis that lie side by side: one number is carried for each of a few rows. */
const cumulateRows = (rows: number, n: number, isBack: boolean, local: Locals): Code => {
  const sums = times(rows).map(() => local(F64))
  const step = isBack ? -DOUBLE : DOUBLE
  const start = isBack ? (n - 1) * DOUBLE : 0
  const each = (next: (sum: Local, k: number) => Code): Code =>
    sums.map((sum, k) => f64.store(get(TO), k * n * DOUBLE, tee(sum, next(sum, k))))
  const entry = (k: number): Code => f64.load(get(FROM), k * n * DOUBLE)
  // From the last entry back to the first, then on to the next rows.
  const rest = rows * n * DOUBLE - start - (n - 1) * step
  return [
    [advance(FROM, start), advance(TO, start)],
    each((_, k) => entry(k)),
    repeated(n - 1, () => local(I32), [
      [advance(FROM, step), advance(TO, step)],
      each((sum, k) => f64.add(get(sum), entry(k))),
    ]),
    [advance(FROM, rest), advance(TO, rest)],
  ]
}

const cumulate = ({ outer, n, inner }: AxisWalk, isBack: boolean, local: Locals): Code => {
  if (outer * n * inner === 0) return []
  const counter = (): Local => local(I32)
  if (inner === 1) {
    const groups = Math.floor(outer / CHAINS)
    return [
      repeated(groups, counter, groups > 0 ? cumulateRows(CHAINS, n, isBack, local) : []),
      repeated(outer % CHAINS, counter, outer % CHAINS > 0 ? cumulateRows(1, n, isBack, local) : []),
    ]
  }
  const last = local(I32)
  const bytes = inner * DOUBLE
  const step = isBack ? -bytes : bytes
  const start = isBack ? (n - 1) * bytes : 0
  const rest = n * bytes - start - (n - 1) * step
  return repeated(outer, counter, [
    [advance(FROM, start), advance(TO, start)],
    overRun(inner, [FROM, TO], counter, {
      pair: (at) => v128.store(get(TO), at, v128.load(get(FROM), at)),
      odd: (at) => f64.store(get(TO), at, f64.load(get(FROM), at)),
    }),
    repeated(n - 1, counter, [
      set(last, get(TO)),
      [advance(FROM, step), advance(TO, step)],
      overRun(inner, [FROM, TO, last], counter, {
        pair: (at) => v128.store(get(TO), at, f64x2.add(v128.load(get(last), at), v128.load(get(FROM), at))),
        odd: (at) => f64.store(get(TO), at, f64.add(f64.load(get(last), at), f64.load(get(FROM), at))),
      }),
    ]),
    [advance(FROM, rest), advance(TO, rest)],
  ])
}

/** How many vectors side by side, and whether the last column stands alone. */
interface Panel {
  readonly vectors: number
  readonly isOdd: boolean
}

/** Columns in panels: `body` finds the first of them at FROM and TO, which are moved on by all columns in the end. */
const overPanels = (inner: number, most: number, local: Locals, body: (panel: Panel) => Code): Code => {
  const vectors = inner >> 1
  const rest = vectors % most
  const on = (columns: number): Code => [advance(FROM, columns * DOUBLE), advance(TO, columns * DOUBLE)]
  const [panels, isOdd] = [Math.floor(vectors / most), inner % 2 === 1]
  return [
    panels === 0 ? [] : repeated(panels, () => local(I32), [body({ vectors: most, isOdd: false }), on(2 * most)]),
    rest === 0 ? [] : [body({ vectors: rest, isOdd: false }), on(2 * rest)],
    isOdd ? [body({ vectors: 1, isOdd: true }), on(1)] : [],
  ]
}

const load = (from: Local, { isOdd }: Panel, k: number): Code =>
  isOdd ? v128.loadSplat(get(from), 0) : v128.load(get(from), k * PAIR)

const store = (to: Local, { isOdd }: Panel, k: number, value: Code): Code =>
  isOdd ? v128.storeFirst(get(to), 0, value) : v128.store(get(to), k * PAIR, value)

const joints = {
  Sum: { join: f64x2.add, start: 0 },
  Max: { join: f64x2.max, start: -Infinity },
  Min: { join: f64x2.min, start: Infinity },
} as const

/** Vectors of a panel: a line of the cache. */
const PANEL = 4

/** Rows of a block: about √n, which bounds the rounding error of a sum by 2·√n units, and few enough to stay near. */
const blockOf = (n: number): number => Math.min(n, 256, Math.max(16, Math.ceil(Math.sqrt(n))))

const reduce = (
  { outer, n, inner }: AxisWalk,
  { join, start }: (typeof joints)[keyof typeof joints],
  local: Locals,
): Code => {
  const counter = (): Local => local(I32)
  const [row, left, rows, down] = [local(I32), local(I32), local(I32), local(I32)]
  const joined = times(PANEL).map(() => local(V128))
  const block = blockOf(n)
  const isWhole = block === n
  const panel = (shape: Panel): Code => [
    times(shape.vectors).map((k) => set(joined[k], f64x2.const(start))),
    set(row, get(FROM)),
    set(down, isWhole ? i32.const(n) : get(rows)),
    loopWhile(
      [
        times(shape.vectors).map((k) => set(joined[k], join(get(joined[k]), load(row, shape, k)))),
        advance(row, inner * DOUBLE),
        advance(down, -1),
      ],
      get(down),
    ),
    times(shape.vectors).map((k) =>
      store(TO, shape, k, isWhole ? get(joined[k]) : join(load(TO, shape, k), get(joined[k]))),
    ),
  ]
  // FROM comes out of the panels one row further, TO behind its row.
  const panels = overPanels(inner, PANEL, local, panel)
  const bytes = inner * DOUBLE
  if (isWhole) return repeated(outer, counter, [panels, advance(FROM, (n - 1) * bytes)])
  const fill = f64x2.const(start)
  return repeated(outer, counter, [
    overRun(inner, [TO], counter, {
      pair: (at) => v128.store(get(TO), at, fill),
      odd: (at) => v128.storeFirst(get(TO), at, fill),
    }),
    set(left, i32.const(n)),
    loopWhile(
      [
        set(rows, select(i32.less(get(left), i32.const(block)), get(left), i32.const(block))),
        panels,
        set(FROM, i32.add(get(FROM), i32.mul(i32.sub(get(rows), i32.const(1)), i32.const(bytes)))),
        advance(TO, -bytes),
        set(left, i32.sub(get(left), get(rows))),
      ],
      get(left),
    ),
    advance(TO, bytes),
  ])
}

/** One after the other: an entry is rarely better than the best so far, and nothing is better than NaN. */
const argmaxOfRow = (n: number, local: Locals): Code => {
  const [best, value] = [local(F64), local(F64)]
  const [index, i] = [local(I32), local(I32)]
  return [
    set(best, f64.load(get(FROM), 0)),
    [set(index, i32.const(0)), set(i, i32.const(1)), advance(FROM, DOUBLE)],
    repeated(n - 1, () => local(I32), [
      when(
        i32.isZero(f64.lessEqual(tee(value, f64.load(get(FROM), 0)), get(best))),
        when(f64.equal(get(best), get(best)), [set(best, get(value)), set(index, get(i))]),
      ),
      [advance(FROM, DOUBLE), advance(i, 1)],
    ]),
    f64.store(get(TO), 0, f64.ofUnsigned(get(index))),
    advance(TO, DOUBLE),
  ]
}

const argmax = ({ outer, n, inner }: AxisWalk, local: Locals): Code => {
  const counter = (): Local => local(I32)
  if (inner === 1) return repeated(outer, counter, argmaxOfRow(n, local))
  const most = 2
  const row = local(I32)
  const [i, mask] = [local(V128), local(V128)]
  const [bests, values, indices] = [0, 1, 2].map(() => times(most).map(() => local(V128)))
  const panel = (shape: Panel): Code => {
    const each = (body: (k: number) => Code): Code => times(shape.vectors).map(body)
    return [
      set(row, get(FROM)),
      set(i, f64x2.const(0)),
      each((k) => [set(bests[k], load(row, shape, k)), set(indices[k], get(i))]),
      repeated(n - 1, counter, [
        advance(row, inner * DOUBLE),
        set(i, f64x2.add(get(i), f64x2.const(1))),
        each((k) => [
          set(values[k], load(row, shape, k)),
          // Greater or NaN, and the best is a number so far.
          set(
            mask,
            v128.andNot(f64x2.equal(get(bests[k]), get(bests[k])), f64x2.lessEqual(get(values[k]), get(bests[k]))),
          ),
          set(bests[k], v128.select(get(values[k]), get(bests[k]), get(mask))),
          set(indices[k], v128.select(get(i), get(indices[k]), get(mask))),
        ]),
      ]),
      each((k) => store(TO, shape, k, get(indices[k]))),
    ]
  }
  return repeated(outer, counter, [overPanels(inner, most, local, panel), advance(FROM, (n - 1) * inner * DOUBLE)])
}

/** The body of a function of the addresses of operand and result, in bytes. */
export const emitAxis = (walk: AxisWalk, local: Locals): Code => {
  switch (walk._tag) {
    case 'Cumulate':
    case 'CumulateBack':
      return cumulate(walk, walk._tag === 'CumulateBack', local)
    case 'Argmax':
      return argmax(walk, local)
    default:
      return reduce(walk, joints[walk._tag], local)
  }
}
