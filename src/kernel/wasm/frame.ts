/*
 * The locals of one emitted loop: a counter of rows, one of columns and one of entries (all in bytes), and a vector for
 * every value, or one for each vector of a panel where the value varies with the column.
 */
import { type Code, I32, V128 } from './encode.js'
import { get, i32, type Local, set, setBoth, v128 } from './instructions.js'
import type { Loop, LoopRef } from './Loop.js'
import { COLUMN, dependencies, ENTRY, type Part, partOf, ROW, SCALAR } from './nest.js'
import { emitStep, type StepContext, tanhPair } from './step.js'

/** What one run of the innermost code handles: so many vectors of two columns, or one odd column. */
export interface Width {
  readonly vectors: number
  readonly lanes: 1 | 2
}

export const DOUBLE = 8

/** One number. */
const SINGLE: Width = { vectors: 1, lanes: 1 }

export interface Frame {
  readonly loop: Loop
  /** A new local. */
  readonly local: (type: number) => Local
  readonly locals: ReadonlyArray<number>
  /** Where the numbers of an operand or a store are, from `index` bytes on. */
  readonly place: (at: number, index?: Local) => Place
  /** Bytes from the first row, from the first column and from the first entry; the last two are one in a flat loop. */
  readonly row: Local
  readonly column: Local
  readonly entry: Local
  /** The value in the vector of that number of the panel. */
  readonly value: (ref: LoopRef, vector: number) => Code
  readonly scalars: Code
  readonly rows: Code
  /** Operands and steps that vary with the column alone, and with row and column. */
  readonly columns: (width: Width) => Code
  readonly entries: (width: Width) => Code
  /** Whether any step varies with the column alone. */
  readonly hasColumnSteps: boolean
}

const times = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => i)

/** `each(0), …, each(n − 1)`, one after the other. */
export const repeat = (count: number, each: (vector: number) => Code): Code => times(count).map(each)

/** An address in bytes: computed, and what is added to it by the instruction itself. */
export interface Place {
  readonly address: Code
  readonly offset: number
}

/** Reads a vector of a panel, or an odd column into both lanes. */
export const read = ({ address, offset }: Place, width: Width, vector: number): Code =>
  width.lanes === 2 ? v128.load(address, offset + 2 * DOUBLE * vector) : v128.loadSplat(address, offset)

/** Writes a vector of a panel, or the first lane of an odd column. */
export const write = ({ address, offset }: Place, width: Width, vector: number, value: Code): Code =>
  width.lanes === 2 ? v128.store(address, offset + 2 * DOUBLE * vector, value) : v128.storeFirst(address, offset, value)

/** With constant addresses these cost nothing; where they are parameters, an addition for each access. */
const constantPlace = (at: number, index?: Local): Place => ({
  address: index === undefined ? i32.const(0) : get(index),
  offset: at * DOUBLE,
})

const parameterPlace = (at: Local, index?: Local): Place => ({
  address: index === undefined ? get(at) : i32.add(get(at), get(index)),
  offset: 0,
})

/** The steps tanh x, each with a later step sech² x, which needs the same exponential. */
const pairsOf = ({ operands, steps }: Loop, varies: ReadonlyArray<number>): ReadonlyMap<LoopRef, LoopRef> => {
  const found = new Map<LoopRef, LoopRef>()
  steps.forEach((step, i) => {
    if (step.name !== 'tanh') return
    const partner = steps.findIndex(
      ({ name, inputs }, j) =>
        j > i &&
        name === 'sechSquared' &&
        inputs[0] === step.inputs[0] &&
        varies[operands.length + i] === varies[operands.length + j],
    )
    if (partner !== -1) found.set(operands.length + i, operands.length + partner)
  })
  return found
}

/** The frame of a loop in a function of that many parameters: if any, `at` of operands and stores is the number of one. */
export const makeFrame = (loop: Loop, vectors: number, call: StepContext['call'], parameters: number): Frame => {
  const locals: Array<number> = []
  const local = (type: number): Local => parameters + locals.push(type) - 1
  const row = local(I32)
  const column = local(I32)
  const entry = loop.rows === 1 ? column : local(I32)
  const place = parameters > 0 ? parameterPlace : constantPlace
  const temporaries = [local(V128), local(V128), local(V128)] as const
  const varies = dependencies(loop)
  const values = varies.map((dependence) => times(dependence & COLUMN ? vectors : 1).map(() => local(V128)))
  const value = (ref: LoopRef, vector: number): Code =>
    get(values[ref].length === 1 ? values[ref][0] : values[ref][vector])
  const context = { call, temporaries }
  const partnerOf = pairsOf(loop, varies)
  const partners = new Set(partnerOf.values())
  const emit = (part: Part, count: number, load: (at: number, vector: number) => Code): Code => [
    part.operands.map(({ ref, at }) => repeat(count, (k) => set(values[ref][k], load(at, k)))),
    part.steps.map(({ ref, step }) => {
      if (partners.has(ref)) return []
      const partner = partnerOf.get(ref)
      return repeat(count, (k) => {
        const inputs = step.inputs.map((input) => value(input, k))
        return partner === undefined
          ? set(values[ref][k], emitStep(step, inputs, context))
          : setBoth(values[ref][k], values[partner][k], call(tanhPair, inputs[0]))
      })
    }),
  ]
  const columnPart = partOf(loop, varies, COLUMN)
  const entryPart = partOf(loop, varies, ENTRY)
  return {
    ...{ loop, local, locals, place, row, column, entry, value },
    scalars: emit(partOf(loop, varies, SCALAR), 1, (at) => read(place(at), SINGLE, 0)),
    rows: emit(partOf(loop, varies, ROW), 1, (at) => read(place(at, row), SINGLE, 0)),
    columns: (width) => emit(columnPart, width.vectors, (at, k) => read(place(at, column), width, k)),
    entries: (width) => emit(entryPart, width.vectors, (at, k) => read(place(at, entry), width, k)),
    hasColumnSteps: columnPart.steps.length > 0,
  }
}
