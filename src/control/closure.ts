/** Closure conversion: what functions read from enclosing transforms becomes an input, and what is left is a program. */
import { Traced } from '../core/Trace.js'
import { leavesOf } from '../data/Tree.js'
import { firstConstant, firstResult, type Program, type Ref } from '../program/Program.js'
import { type Subprogram, subprogram } from '../program/Subprogram.js'
import { type Closures, stageFunction } from '../program/stage.js'
import type { Tensors } from './Joint.js'

/** A function as a program of `[...leaves of its arguments, ...free]`, with its result as an example of structure and shapes. */
export interface Body<Y> {
  readonly program: Subprogram
  readonly example: Y
}

export interface Closed<Y> {
  readonly bodies: ReadonlyArray<Body<Y>>
  /** What the functions read from enclosing transforms. */
  readonly free: Tensors
}

/** Traced constants become the inputs at the places of `free`, after the inputs of the program. */
const opened = (program: Program, free: Tensors): Program => {
  const [first, last] = [firstConstant(program), firstResult(program)]
  const kept = program.constants.filter((constant) => !free.includes(constant))
  const own = program.inputs.length
  const places = new Map(
    program.constants.map((constant, i): [Ref, Ref] => {
      const at = free.indexOf(constant)
      return [first + i, at === -1 ? own + free.length + kept.indexOf(constant) : own + at]
    }),
  )
  const shift = free.length + kept.length - program.constants.length
  const rename = (ref: Ref): Ref => places.get(ref) ?? (ref >= last ? ref + shift : ref)
  return {
    inputs: [...program.inputs, ...free.map(({ shape }) => shape)],
    constants: kept,
    instructions: program.instructions.map((each) => ({ ...each, inputs: each.inputs.map(rename) })),
    outputs: program.outputs.map(rename),
  }
}

/** Stages functions of the same arguments; the arguments serve as examples of shapes. */
export const closed = <A extends ReadonlyArray<unknown>, Y>(
  fs: ReadonlyArray<(...args: A) => Y>,
  args: A,
  closures: Closures,
): Closed<Y> => {
  const staged = fs.map((f) => stageFunction(f, args, closures))
  const free = [
    ...new Set(staged.flatMap(({ program }) => program.constants).filter((constant) => constant instanceof Traced)),
  ]
  return {
    bodies: staged.map(({ program, example }) => ({ program: subprogram(opened(program, free)), example })),
    free,
  }
}

export const tensorsIn = (operation: string, tree: unknown): Tensors =>
  leavesOf(operation, tree).map(({ tensor }) => tensor)
