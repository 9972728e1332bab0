/** Common subexpressions: equal operations on equal values are computed once. */
import { constantKey, firstConstant, type Program, paramsKey, type Ref } from './Program.js'
import { rebuild } from './rebuild.js'

/** The first constant equal to each constant. */
const canonicalConstants = (program: Program): ReadonlyMap<Ref, Ref> => {
  const first = firstConstant(program)
  const keys = program.constants.map((constant, i) => constantKey(constant) ?? `#${first + i}`)
  // Of equal keys the last one set stays, so the first comes last.
  const refs = new Map(keys.map((key, i) => [key, first + i] as const).toReversed())
  return new Map(keys.map((key, i) => [first + i, refs.get(key) ?? first + i]))
}

/** Same outputs, bit for bit: operations are pure, so equal ones give equal results. */
export const withSharedSubexpressions = (program: Program): Program => {
  const seen = new Map<string, Ref>()
  const canonical = canonicalConstants(program)
  return rebuild(program, (instruction, { next }) => {
    const inputs = instruction.inputs.map((ref) => canonical.get(ref) ?? ref)
    const key = `${instruction.operation.name} ${paramsKey(instruction.operation.params)} ${inputs.join()}`
    const known = seen.get(key)
    if (known !== undefined) return { _tag: 'Alias', ref: known }
    seen.set(key, next())
    return { _tag: 'Keep', instruction: { ...instruction, inputs } }
  })
}
