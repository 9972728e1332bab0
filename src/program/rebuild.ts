/** How passes make programs: instructions are visited in order and may be kept, replaced by another value, or rewritten. */

import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { firstConstant, firstResult, type Instruction, type Program, type Ref } from './Program.js'

/** What becomes of an instruction whose inputs are already those of the new program. */
export type Fate =
  | { readonly _tag: 'Keep'; readonly instruction: Instruction }
  /** All uses read another value. */
  | { readonly _tag: 'Alias'; readonly ref: Ref }
  /** All uses read a constant. */
  | { readonly _tag: 'Constant'; readonly tensor: Tensor }

/**
 * A new program by deciding the fate of each instruction in turn. References in `decide` are provisional numbers: inputs and
 * constants keep theirs, results follow after all constants, also those that are still to come.
 */
export const rebuild = (program: Program, decide: (instruction: Instruction, state: Rebuilding) => Fate): Program => {
  const known = firstResult(program)
  const state: Mutable = { instructions: [], constants: [] }
  // Provisional numbers: old inputs and constants, then kept results from `known` on, then new constants as −1, −2, …
  const renamed: Array<Ref> = Array.from({ length: known }, (_, ref) => ref)
  const view: Rebuilding = {
    instructionAt: (ref) => (ref >= known ? state.instructions[ref - known] : undefined),
    constantAt: (ref) =>
      ref < 0 ? state.constants[-ref - 1] : ref < known ? program.constants[ref - firstConstant(program)] : undefined,
    next: () => known + state.instructions.length,
    shapeAt: (ref) => program.inputs[ref] ?? view.constantAt(ref)?.shape ?? view.instructionAt(ref)?.shape ?? [],
  }
  for (const { operation, inputs, shape } of program.instructions) {
    const fate = decide({ operation, inputs: inputs.map((ref) => renamed[ref] ?? ref), shape }, view)
    switch (fate._tag) {
      case 'Keep':
        renamed.push(view.next())
        state.instructions.push(fate.instruction)
        break
      case 'Alias':
        renamed.push(fate.ref)
        break
      case 'Constant':
        state.constants.push(fate.tensor)
        renamed.push(-state.constants.length)
        break
    }
  }
  const added = state.constants.length
  const settle = (ref: Ref): Ref => (ref < 0 ? known - ref - 1 : ref >= known ? ref + added : ref)
  return {
    inputs: program.inputs,
    constants: [...program.constants, ...state.constants],
    instructions: state.instructions.map((each) => ({ ...each, inputs: each.inputs.map(settle) })),
    outputs: program.outputs.map((ref) => settle(renamed[ref] ?? ref)),
  }
}

/** What a pass can see of the program that it is making. */
export interface Rebuilding {
  readonly instructionAt: (ref: Ref) => Instruction | undefined
  readonly constantAt: (ref: Ref) => Tensor | undefined
  readonly shapeAt: (ref: Ref) => Shape
  /** The number that a kept instruction will get. */
  readonly next: () => Ref
}

interface Mutable {
  readonly instructions: Array<Instruction>
  readonly constants: Array<Tensor>
}
