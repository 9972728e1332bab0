/*
 * How work is cut for threads. A piece computes each of its entries by the same operations in the same order as the whole
 * would, so neither the number of pieces nor who takes which can be seen in a result. Pieces are more than threads, since
 * whoever is free takes the next: a thread that the system lets wait holds up one piece and not its share.
 */
import type { Loop, LoopStep } from './Loop.js'
import { flattened } from './nest.js'

/** Pieces for each thread. Four equal loops, too, share a body in emitLoop.ts: cutting costs little code. */
const PIECES = 4

const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple

/**
 * Multiplications from which a product is cut: 28 µs on one thread. Measured with two (Zen 4, Node 20.20, µs alone / µs
 * shared; shared with a thread that is awake, and with one that sleeps and has to be woken):
 *   48×48×48 12 / 12 / –   64×64×64 28 / 17 / 31-40   96×96×96 90 / 53 / 73-90   128×128×128 211 / 125 / 166
 */
const LEAST_PRODUCT = 2 ** 18
/** A piece packs the whole of the other operand, which this many rows of its own make cheap. */
const LEAST_ROWS = 16

export interface ProductPieces {
  /** Whether the columns of C are cut, and not the rows. */
  readonly byColumns: boolean
  /** Rows or columns of a piece, whole tiles. */
  readonly step: number
  readonly count: number
}

/** The longer side of C in pieces of whole tiles; undefined where it does not pay. */
export const productPieces = (m: number, n: number, k: number, threads: number): ProductPieces | undefined => {
  if (m * n * k < LEAST_PRODUCT) return undefined
  const byColumns = n > m
  const length = Math.max(m, n)
  const step = Math.max(LEAST_ROWS, roundUp(length / (PIECES * threads), 4))
  const count = Math.ceil(length / step)
  return count > 1 ? { byColumns, step, count } : undefined
}

/** What the steps of an entry cost, in units of 0.06 ns; others, and each access, cost 1. */
const weights: Partial<Record<LoopStep['name'], number>> = {
  ...{
    div: 8,
    reciprocal: 8,
    sqrt: 16,
    exp: 60,
    expm1: 70,
    log: 70,
    log1p: 100,
    sigmoid: 90,
    softplus: 180,
    tanh: 100,
  },
  ...{ sechSquared: 120, sinh: 120, cosh: 90, erf: 150, sin: 100, cos: 100, tan: 200, atan: 110, atan2: 180 },
  ...{ pow: 800, power: 800 },
}

const weight = ({ operands, steps, stores }: Loop): number =>
  steps.reduce((sum, { name }) => sum + (weights[name] ?? 1), operands.length + stores.length)

/** The least work of a loop that is cut, in the same units: some 30 µs, as for products. */
const LEAST_LOOP = 2 ** 19

/** Entries that the whole loop takes together, as the vectors of a panel, stay together; and so do the lines of a cache. */
const LINE = 8

/** Rows from one to another of a loop, as a loop of its own. */
const rowsOf = (loop: Loop, from: number, to: number): Loop => ({
  ...loop,
  rows: to - from,
  operands: loop.operands.map((operand) => ({ ...operand, at: operand.at + from * rowStride(operand.access, loop) })),
  stores: loop.stores.map((store) => ({ ...store, at: store.at + from * rowStride(store.keep, loop) })),
})

const rowStride = (access: string, { columns }: Loop): number =>
  access === 'entry' ? columns : access.startsWith('row') ? 1 : 0

/** The same for the columns of a single row. */
const columnsOf = (loop: Loop, from: number, to: number): Loop => ({
  ...loop,
  columns: to - from,
  operands: loop.operands.map((operand) => ({ ...operand, at: operand.at + (operand.access === 'entry' ? from : 0) })),
  stores: loop.stores.map((store) => ({ ...store, at: store.at + from })),
})

const intervals = (length: number, step: number): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: Math.ceil(length / step) }, (_, i) => [i * step, Math.min((i + 1) * step, length)] as const)

/**
 * A loop in pieces: by rows, or by entries where it is flat. Reductions over the rows of a column or over everything join what
 * all pieces have, in an order that is that of one loop: a loop with such a store stays whole.
 */
export const loopPieces = (whole: Loop, threads: number): ReadonlyArray<Loop> => {
  const entries = whole.rows * whole.columns
  if (entries * weight(whole) < LEAST_LOOP) return [whole]
  const loop = flattened(whole)
  if (loop.stores.some(({ keep }) => keep === 'total' || keep.startsWith('column'))) return [whole]
  if (loop.rows === 1 && loop.stores.some(({ keep }) => keep !== 'entry')) return [whole]
  const pieces = PIECES * threads
  return loop.rows === 1
    ? intervals(loop.columns, roundUp(loop.columns / pieces, LINE)).map(([from, to]) => columnsOf(loop, from, to))
    : intervals(loop.rows, Math.ceil(loop.rows / pieces)).map(([from, to]) => rowsOf(loop, from, to))
}
