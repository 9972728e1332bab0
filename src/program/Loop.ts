/** Fused loops: elementwise chains, with their broadcasts and trailing sums, as one pass over rows × columns. */

/** How a value is read at (row, column): its own entry, one number per row, one per column, or a single number. */
export type Access = 'entry' | 'row' | 'column' | 'scalar'

export interface LoopOperand {
  /** Where its numbers begin in the arena, in doubles. */
  readonly at: number
  readonly access: Access
}

/** Values by their number in a loop: operands first, then the results of the steps. */
export type LoopRef = number

/** One elementwise primitive, by its name in the table, with its parameters if it has any (`power`: the exponent). */
export interface LoopStep {
  readonly name: string
  readonly exponent?: number
  readonly inputs: ReadonlyArray<LoopRef>
}

/** What is kept of a value: each entry, or its sum over the columns of a row, over the rows of a column, or over all. */
export interface LoopStore {
  readonly value: LoopRef
  readonly at: number
  readonly keep: 'entry' | 'rowSum' | 'columnSum' | 'total'
}

/**
 * For every row and column: read the operands, take the steps, store. A store of entries may write where an `entry` operand
 * is read, since each entry is read before it is written.
 */
export interface Loop {
  readonly rows: number
  readonly columns: number
  readonly operands: ReadonlyArray<LoopOperand>
  readonly steps: ReadonlyArray<LoopStep>
  readonly stores: ReadonlyArray<LoopStore>
}
