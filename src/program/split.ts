/** Partial evaluation: what does not depend on the arguments that change is computed once. */

import { withoutDeadCode } from './deadCode.js'
import { firstConstant, firstResult, type Program, type Ref } from './Program.js'

/** A program in two halves: `after` takes the varying inputs, then what `before` computed from the fixed ones. */
export interface Split {
  readonly before: Program
  readonly after: Program
}

/**
 * Splits by which inputs vary: `after(varying, before(fixed))` is the program, bit for bit, and `after` holds exactly the
 * instructions that depend on a varying input.
 */
export const split = (program: Program, varies: (input: number) => boolean): Split => {
  const [constants, results] = [firstConstant(program), firstResult(program)]
  const varying = new Set<Ref>(program.inputs.map((_, ref) => ref).filter(varies))
  program.instructions.forEach(({ inputs }, i) => {
    if (inputs.some((ref) => varying.has(ref))) varying.add(results + i)
  })
  const used = [
    ...program.instructions.flatMap(({ inputs }, i) => (varying.has(results + i) ? inputs : [])),
    ...program.outputs,
  ]
  const isConstant = (ref: Ref): boolean => ref >= constants && ref < results
  // Constants are on both sides already; what crosses over is fixed inputs and results of fixed instructions.
  const crossing = [...new Set(used.filter((ref) => !varying.has(ref) && !isConstant(ref)))]
  const kept = program.instructions.map((_, i) => results + i).filter((ref) => varying.has(ref))
  const order = [
    ...program.inputs.map((_, ref) => ref).filter(varies),
    ...crossing,
    ...program.constants.map((_, i) => constants + i),
    ...kept,
  ]
  const renamed = new Map(order.map((ref, i) => [ref, i]))
  const rename = (ref: Ref): Ref => renamed.get(ref) ?? ref
  const shapeOf = (ref: Ref): Program['inputs'][number] =>
    program.inputs[ref] ?? program.instructions[ref - results]?.shape ?? []
  return {
    before: fixedHalf(program, varies, crossing),
    after: withoutDeadCode({
      inputs: [...program.inputs.filter((_, ref) => varies(ref)), ...crossing.map(shapeOf)],
      constants: program.constants,
      instructions: program.instructions
        .filter((_, i) => varying.has(results + i))
        .map((instruction) => ({ ...instruction, inputs: instruction.inputs.map(rename) })),
      outputs: program.outputs.map(rename),
    }),
  }
}

/** The instructions behind `outputs`, as a program of the inputs that do not vary. */
const fixedHalf = (program: Program, varies: (input: number) => boolean, outputs: ReadonlyArray<Ref>): Program => {
  const trimmed = withoutDeadCode({ ...program, outputs })
  // No live instruction reads a varying input, so those can leave the signature.
  const fixed = program.inputs.map((_, ref) => ref).filter((ref) => !varies(ref))
  const places = new Map(fixed.map((ref, i) => [ref, i]))
  const rename = (ref: Ref): Ref => places.get(ref) ?? ref - (program.inputs.length - fixed.length)
  return {
    inputs: fixed.flatMap((ref) => (program.inputs[ref] === undefined ? [] : [program.inputs[ref]])),
    constants: trimmed.constants,
    instructions: trimmed.instructions.map((each) => ({ ...each, inputs: each.inputs.map(rename) })),
    outputs: trimmed.outputs.map(rename),
  }
}
