/*
 * The shape in which a loop is emitted: as flat as its accesses allow, and every value with what it depends on, which
 * decides how far out of the loops it is computed.
 */
import type { Access, Loop, LoopRef, LoopStep, LoopStore } from './Loop.js'

/** What a value varies with, as bits: nothing, the row, the column, or both. */
export const SCALAR = 0
export const ROW = 1
export const COLUMN = 2
export const ENTRY = 3

const bits: Readonly<Record<Access, number>> = { scalar: SCALAR, row: ROW, column: COLUMN, entry: ENTRY }

const reread = (
  loop: Loop,
  access: Partial<Record<Access, Access>>,
  keep: Partial<Record<LoopStore['keep'], LoopStore['keep']>>,
): Pick<Loop, 'operands' | 'stores'> => ({
  operands: loop.operands.map((operand) => ({ ...operand, access: access[operand.access] ?? operand.access })),
  stores: loop.stores.map((store) => ({ ...store, keep: keep[store.keep] ?? store.keep })),
})

/** The same loop with as few rows as possible: one column is read along its rows, and contiguous entries as one row. */
export const flattened = (loop: Loop): Loop => {
  const { rows, columns } = loop
  if (rows === 1)
    return {
      ...loop,
      ...reread(
        loop,
        { row: 'scalar', column: 'entry' },
        { rowSum: 'total', columnSum: 'entry', columnMax: 'entry', columnMin: 'entry' },
      ),
    }
  if (columns === 1)
    return {
      ...{ ...loop, rows: 1, columns: rows },
      ...reread(
        loop,
        { row: 'entry', column: 'scalar' },
        {
          ...{ rowSum: 'entry', rowMax: 'entry', rowMin: 'entry' },
          ...{ columnSum: 'total', columnMax: 'rowMax', columnMin: 'rowMin' },
        },
      ),
    }
  const isFlat =
    loop.operands.every(({ access }) => access === 'entry' || access === 'scalar') &&
    loop.stores.every(({ keep }) => keep === 'entry' || keep === 'total')
  return isFlat ? { ...loop, rows: 1, columns: rows * columns } : loop
}

/** What each value varies with: operands, then steps. */
export const dependencies = ({ operands, steps }: Loop): ReadonlyArray<number> => {
  const found = operands.map(({ access }) => bits[access])
  steps.forEach(({ inputs }) => {
    found.push(inputs.reduce((joint, input) => joint | found[input], SCALAR))
  })
  return found
}

/** The operands and steps whose values vary with exactly that, each with the number of its value. */
export interface Part {
  readonly operands: ReadonlyArray<{ readonly ref: LoopRef; readonly at: number }>
  readonly steps: ReadonlyArray<{ readonly ref: LoopRef; readonly step: LoopStep }>
}

export const partOf = (loop: Loop, varies: ReadonlyArray<number>, dependence: number): Part => ({
  operands: loop.operands.map(({ at }, ref) => ({ ref, at })).filter(({ ref }) => varies[ref] === dependence),
  steps: loop.steps
    .map((step, i) => ({ ref: loop.operands.length + i, step }))
    .filter(({ ref }) => varies[ref] === dependence),
})
