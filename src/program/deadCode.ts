/** Dead code: instructions and constants that no output needs are left out. */
import { firstConstant, firstResult, type Program, type Ref } from './Program.js'

/** Same outputs, bit for bit; nothing in the result is unused. Inputs stay, since they are the program's signature. */
export const withoutDeadCode = (program: Program): Program => {
  const first = firstResult(program)
  const needed = new Set<Ref>(program.outputs)
  program.instructions.reduceRight((_, { inputs }, i) => {
    if (needed.has(first + i)) for (const ref of inputs) needed.add(ref)
    return null
  }, null)
  const inputs = program.inputs.map((_, ref) => ref)
  const constants = program.constants.map((_, i) => firstConstant(program) + i).filter((ref) => needed.has(ref))
  const results = program.instructions.map((_, i) => first + i).filter((ref) => needed.has(ref))
  const renamed = new Map([...inputs, ...constants, ...results].map((ref, i) => [ref, i]))
  const rename = (ref: Ref): Ref => renamed.get(ref) ?? ref
  return {
    inputs: program.inputs,
    constants: program.constants.filter((_, i) => needed.has(firstConstant(program) + i)),
    instructions: program.instructions
      .filter((_, i) => needed.has(first + i))
      .map((instruction) => ({ ...instruction, inputs: instruction.inputs.map(rename) })),
    outputs: program.outputs.map(rename),
  }
}
