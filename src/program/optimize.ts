/** The passes in order, until they change nothing. */
import { withSharedSubexpressions } from './commonSubexpressions.js'
import { withFoldedConstants } from './constants.js'
import { withoutDeadCode } from './deadCode.js'
import type { Program } from './Program.js'
import { simplified } from './simplify.js'

const once = (program: Program): Program =>
  withoutDeadCode(withSharedSubexpressions(simplified(withFoldedConstants(withoutDeadCode(program)))))

const rounds = 4

/** The same function in fewer instructions, bit for bit. */
export const optimized = (program: Program, left: number = rounds): Program => {
  const next = once(program)
  return left <= 1 || next.instructions.length === program.instructions.length ? next : optimized(next, left - 1)
}
