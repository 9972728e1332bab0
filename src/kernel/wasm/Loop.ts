/*
 * Fused loops: elementwise chains, with their broadcasts and trailing sums, as one pass over rows × columns of a flat
 * arena of doubles. They are data: a program is cut into them, and emitLoop.ts turns them into WebAssembly.
 */

/** How a value is read at (row, column): its own entry, one number per row, one per column, or a single number. */
export type Access = 'entry' | 'row' | 'column' | 'scalar'

export interface LoopOperand {
  /** Where its numbers begin in the arena, in doubles. */
  readonly at: number
  readonly access: Access
}

/** Values by their number in a loop: operands first, then the results of the steps. */
export type LoopRef = number

/** The elementwise primitives of one input, by their names in the table. */
export const unaryNames = [
  ...(['neg', 'square', 'reciprocal', 'sign', 'abs', 'sqrt', 'relu', 'logicalNot', 'stopGradient'] as const),
  ...(['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh', 'atan'] as const),
  ...(['sigmoid', 'softplus', 'erf'] as const),
] as const

/** Those of two inputs; of the inputs (x, tanh x) of `sechSquared` only the first is used. */
export const binaryNames = [
  ...(['add', 'sub', 'mul', 'product', 'div', 'maximum', 'minimum', 'pow', 'atan2', 'sechSquared'] as const),
  ...(['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual', 'logicalAnd', 'logicalOr'] as const),
] as const

export type StepName = (typeof unaryNames)[number] | (typeof binaryNames)[number] | 'where' | 'power'

const names: ReadonlySet<string> = new Set<string>([...unaryNames, ...binaryNames, 'where', 'power'])

/** Whether a primitive of that name can be a step of a loop. */
export const isStepName = (name: string): name is StepName => names.has(name)

/** One elementwise primitive, by its name in the table, with its parameters if it has any (`power`: the exponent). */
export interface LoopStep {
  readonly name: StepName
  readonly exponent?: number
  readonly inputs: ReadonlyArray<LoopRef>
}

/**
 * What is kept of a value: each entry, its sum over the columns of a row, over the rows of a column, or over all, or the
 * greatest or least of a row or of a column, which must have an entry then.
 */
export interface LoopStore {
  readonly value: LoopRef
  readonly at: number
  readonly keep: 'entry' | 'rowSum' | 'rowMax' | 'rowMin' | 'columnSum' | 'columnMax' | 'columnMin' | 'total'
}

/**
 * For every row and column: read the operands, take the steps, store. A store of entries may write where an `entry` operand
 * is read, since each entry is read before it is written; other stores share no number with any operand or store.
 */
export interface Loop {
  readonly rows: number
  readonly columns: number
  readonly operands: ReadonlyArray<LoopOperand>
  readonly steps: ReadonlyArray<LoopStep>
  readonly stores: ReadonlyArray<LoopStore>
}
