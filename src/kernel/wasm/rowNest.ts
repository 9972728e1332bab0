/*
 * Row by row: what varies with the row alone is computed once for each, the columns follow in panels. A sum over columns
 * is pairwise over units of 128 columns, each added up by the vectors of a panel; a total joins the rows pairwise as
 * well. A reduction over rows is joined to its place in memory row after row.
 */
import { type Code, V128 } from './encode.js'
import { DOUBLE, type Frame, read, repeat, type Width, write } from './frame.js'
import { advance, clear, f64, f64x2, get, i32, loopWhile, set, when } from './instructions.js'
import type { LoopStore } from './Loop.js'
import { makeAccumulator, storeLanes } from './pairwise.js'

/** Columns of a unit: a power of two, and a multiple of the columns of a panel. */
const UNIT = 128

/** Panels over all columns: a loop of whole ones, then what is left of vectors, then the odd column. */
export const overColumns = (
  { loop: { columns }, column }: Frame,
  vectors: number,
  body: (width: Width, isWhole: boolean) => Code,
): Code => {
  const panels = Math.floor(columns / (2 * vectors))
  const rest = (columns - panels * 2 * vectors) >> 1
  const whole = body({ vectors, lanes: 2 }, true)
  return [
    set(column, i32.const(0)),
    panels > 1 ? loopWhile(whole, i32.less(get(column), i32.const(panels * 2 * vectors * DOUBLE))) : [],
    panels === 1 ? whole : [],
    rest > 0 ? body({ vectors: rest, lanes: 2 }, false) : [],
    columns % 2 === 1 ? body({ vectors: 1, lanes: 1 }, false) : [],
  ]
}

/** The stores of entries. */
export const storeEntries = ({ loop, place, entry, value }: Frame, width: Width): Code =>
  loop.stores
    .filter(({ keep }) => keep === 'entry')
    .map(({ value: ref, at }) => repeat(width.vectors, (k) => write(place(at, entry), width, k, value(ref, k))))

/** How the rows of a column are joined, and what they start from. */
export interface Joint {
  readonly join: (a: Code, b: Code) => Code
  readonly start: number
}

const joints: Partial<Record<LoopStore['keep'], Joint>> = {
  columnSum: { join: f64x2.add, start: 0 },
  columnMax: { join: f64x2.max, start: -Infinity },
  columnMin: { join: f64x2.min, start: Infinity },
}

/** The stores of one number for each column. */
export const columnStores = ({ loop }: Frame): ReadonlyArray<{ readonly store: LoopStore; readonly joint: Joint }> =>
  loop.stores.flatMap((store) => {
    const joint = joints[store.keep]
    return joint === undefined ? [] : [{ store, joint }]
  })

/** Reductions over rows start from what changes nothing. */
export const startColumns = (frame: Frame, vectors: number): Code => {
  const { loop, place, column } = frame
  const filled = columnStores(frame).filter(({ joint }) => joint.start !== 0)
  return [
    loop.stores
      .filter(({ keep }) => keep === 'columnSum')
      .map(({ at }) => clear(i32.add(place(at).address, i32.const(place(at).offset)), loop.columns * DOUBLE)),
    filled.length === 0
      ? []
      : overColumns(frame, vectors, (width) => [
          filled.map(({ store: { at }, joint }) =>
            repeat(width.vectors, (k) => write(place(at, column), width, k, f64x2.const(joint.start))),
          ),
          advance(column, width.vectors * width.lanes * DOUBLE),
        ]),
  ]
}

interface Sum {
  readonly store: LoopStore
  readonly ofRow: ReturnType<typeof makeAccumulator>
  readonly ofRows: ReturnType<typeof makeAccumulator>
}

interface Extremum {
  readonly store: LoopStore
  readonly start: Code
  readonly add: (vector: number, value: Code) => Code
  readonly finish: Code
}

/** The greatest or least entry of a row: NaN if there is one, and +0 is above −0. Both lanes of an odd column are that column. */
const makeExtremum = ({ local, place, row, loop }: Frame, store: LoopStore, vectors: number): Extremum => {
  const bests = Array.from({ length: vectors }, () => local(V128))
  const [first, ...rest] = bests
  const isMax = store.keep === 'rowMax'
  const [pick, pickOne] = isMax ? [f64x2.max, f64.max] : [f64x2.min, f64.min]
  const { address, offset } = place(store.at, loop.rows === 1 ? undefined : row)
  return {
    store,
    start: bests.map((best) => set(best, f64x2.const(isMax ? -Infinity : Infinity))),
    add: (vector, value) => set(bests[vector], pick(get(bests[vector]), value)),
    finish: [
      rest.map((best) => set(first, pick(get(first), get(best)))),
      f64.store(address, offset, pickOne(f64x2.lane(get(first), 0), f64x2.lane(get(first), 1))),
    ],
  }
}

export const emitRowNest = (frame: Frame, vectors: number): Code => {
  const { loop, place, row, column, entry, value } = frame
  const { rows, columns, stores } = loop
  const isFlat = rows === 1
  const units = Math.floor(columns / UNIT)
  const sums: ReadonlyArray<Sum> = stores
    .filter(({ keep }) => keep === 'rowSum' || keep === 'total')
    .map((store) => ({
      store,
      ofRow: makeAccumulator(frame.local, vectors, units),
      ofRows: makeAccumulator(frame.local, 1, isFlat ? 0 : rows),
    }))
  const extrema = stores
    .filter(({ keep }) => keep === 'rowMax' || keep === 'rowMin')
    .map((store) => makeExtremum(frame, store, vectors))
  const perColumn = columnStores(frame)
  const panel = (width: Width, isWhole: boolean): Code => {
    const bytes = width.vectors * width.lanes * DOUBLE
    return [
      frame.columns(width),
      frame.entries(width),
      storeEntries(frame, width),
      sums.map(({ store, ofRow }) => repeat(width.vectors, (k) => ofRow.add(k, width, value(store.value, k)))),
      extrema.map(({ store, add }) => repeat(width.vectors, (k) => add(k, value(store.value, k)))),
      perColumn.map(({ store: { value: ref, at }, joint }) =>
        repeat(width.vectors, (k) =>
          write(place(at, column), width, k, joint.join(read(place(at, column), width, k), value(ref, k))),
        ),
      ),
      advance(column, bytes),
      isFlat ? [] : advance(entry, bytes),
      isWhole && units > 1 && sums.length > 0
        ? when(
            i32.isZero(i32.and(get(column), i32.const(UNIT * DOUBLE - 1))),
            sums.map(({ ofRow }) => ofRow.carry(i32.shiftRight(get(column), i32.const(Math.log2(UNIT * DOUBLE))))),
          )
        : [],
    ]
  }
  const oneRow = [
    frame.rows,
    sums.map(({ ofRow }) => (isFlat ? [] : ofRow.clear)),
    extrema.map(({ start }) => start),
    overColumns(frame, vectors, panel),
    sums.map(({ ofRow }) => ofRow.finish),
    extrema.map(({ finish }) => finish),
  ]
  if (isFlat) return [frame.scalars, oneRow, sums.map(({ store, ofRow }) => storeLanes(place(store.at), ofRow.result))]
  return [
    frame.scalars,
    startColumns(frame, vectors),
    loopWhile(
      [
        oneRow,
        sums.map(({ store, ofRow, ofRows }) =>
          store.keep === 'rowSum'
            ? storeLanes(place(store.at, row), ofRow.result)
            : [
                ofRows.add(0, { vectors: 1, lanes: 2 }, get(ofRow.result)),
                ofRows.carry(i32.add(i32.shiftRight(get(row), i32.const(3)), i32.const(1))),
              ],
        ),
        advance(row, DOUBLE),
      ],
      i32.less(get(row), i32.const(rows * DOUBLE)),
    ),
    sums
      .filter(({ store }) => store.keep === 'total')
      .map(({ store, ofRows }) => [ofRows.finish, storeLanes(place(store.at), ofRows.result)]),
  ]
}
