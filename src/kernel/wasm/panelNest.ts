/*
 * Panel by panel: blocks of rows, in them panels of columns, and the rows of the block innermost, so that a reduction over rows
 * stays in vectors and what varies with the column alone is computed once for a block. A block has about √rows rows, which
 * bounds the rounding error of a sum by 2·√rows units, and keeps in the nearest cache what a panel leaves of a line. Totals
 * are pairwise over the runs down a block.
 */
import { type Code, I32, V128 } from './encode.js'
import { DOUBLE, type Frame, read, repeat, type Width, write } from './frame.js'
import { advance, f64x2, get, i32, loopWhile, select, set } from './instructions.js'
import { makeAccumulator, storeLanes } from './pairwise.js'
import { columnStores, overColumns, startColumns, storeEntries } from './rowNest.js'

const LEAST = 16
const MOST = 256

export const emitPanelNest = (frame: Frame, vectors: number): Code => {
  const { loop, place, row, column, entry, value } = frame
  const { rows, columns, stores } = loop
  const block = Math.min(rows, MOST, Math.max(LEAST, Math.ceil(Math.sqrt(rows))))
  const blocks = Math.ceil(rows / block)
  const first = frame.local(I32)
  const end = frame.local(I32)
  const firstEntry = frame.local(I32)
  const runs = frame.local(I32)
  const perColumn = columnStores(frame).map(({ store, joint }) => ({
    ...{ store, joint },
    joined: Array.from({ length: vectors }, () => frame.local(V128)),
  }))
  const totals = stores
    .filter(({ keep }) => keep === 'total')
    .map((store) => ({
      store,
      // Units are the runs down the rows of a block: one for each panel and block.
      sum: makeAccumulator(frame.local, vectors, blocks * Math.ceil(columns / (2 * vectors) + 1)),
    }))
  const panel = (width: Width): Code => [
    frame.columns(width),
    perColumn.map(({ joint: { start }, joined }) => joined.map((each) => set(each, f64x2.const(start)))),
    set(row, get(first)),
    set(entry, i32.add(get(firstEntry), get(column))),
    loopWhile(
      [
        frame.rows,
        frame.entries(width),
        storeEntries(frame, width),
        // Of an odd column both lanes are joined and the first is kept.
        perColumn.map(({ store, joint: { join }, joined }) =>
          repeat(width.vectors, (k) => set(joined[k], join(get(joined[k]), value(store.value, k)))),
        ),
        totals.map(({ store, sum }) => repeat(width.vectors, (k) => sum.add(k, width, value(store.value, k)))),
        advance(row, DOUBLE),
        advance(entry, columns * DOUBLE),
      ],
      i32.less(get(row), get(end)),
    ),
    perColumn.map(({ store: { at }, joint: { join }, joined }) =>
      repeat(width.vectors, (k) =>
        write(place(at, column), width, k, join(read(place(at, column), width, k), get(joined[k]))),
      ),
    ),
    totals.length === 0 ? [] : advance(runs, 1),
    totals.map(({ sum }) => sum.carry(get(runs))),
    advance(column, width.vectors * width.lanes * DOUBLE),
  ]
  const next = i32.add(get(first), i32.const(block * DOUBLE))
  const bytes = i32.const(rows * DOUBLE)
  return [
    frame.scalars,
    startColumns(frame, vectors),
    loopWhile(
      [
        set(end, rows % block === 0 ? next : select(i32.less(next, bytes), next, bytes)),
        overColumns(frame, vectors, panel),
        set(first, get(end)),
        advance(firstEntry, block * columns * DOUBLE),
      ],
      i32.less(get(first), bytes),
    ),
    totals.map(({ store, sum }) => [sum.finish, storeLanes(place(store.at), sum.result)]),
  ]
}

/** Worth it where sums over rows or work for each column gain from it, and possible where no row has a sum of its own. */
export const suitsPanels = ({ loop, hasColumnSteps }: Frame): boolean =>
  loop.rows > 1 &&
  (hasColumnSteps || loop.stores.some(({ keep }) => keep.startsWith('column'))) &&
  !loop.stores.some(({ keep }) => keep === 'rowSum' || keep === 'rowMax' || keep === 'rowMin')
