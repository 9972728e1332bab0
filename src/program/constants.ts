/** Constant folding: what depends on constants alone is computed when the program is made. */
import { sizeOf } from '../data/Shape.js'
import { periodOf, type Tensor } from '../data/Tensor.js'
import type { Program } from './Program.js'
import { rebuild } from './rebuild.js'

/** A folded constant may take this much more room than its operands: 2¹² numbers. */
const allowance = 4096

const stored = (tensor: Tensor): number => periodOf(tensor).length

/** Same outputs, bit for bit. Operations that would only blow constants up, such as broadcasts, are left to run time. */
export const withFoldedConstants = (program: Program): Program =>
  rebuild(program, (instruction, { constantAt }) => {
    const { operation, inputs, shape } = instruction
    const operands = inputs.flatMap((ref) => constantAt(ref) ?? [])
    if (operands.length < inputs.length) return { _tag: 'Keep', instruction }
    const room = allowance + operands.reduce((total, operand) => total + stored(operand), 0)
    if (operation.name !== 'spread' && sizeOf(shape) > room) return { _tag: 'Keep', instruction }
    const tensor = operation.run(operands)
    return stored(tensor) > room ? { _tag: 'Keep', instruction } : { _tag: 'Constant', tensor }
  })
