/** The interpreter: a program run instruction by instruction, eagerly. What every faster way to run it must agree with. */
import { raise } from '../data/Defect.js'
import { sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import type { Program } from './Program.js'

/**
 * Runs a program on tensors, which may themselves be traced: programs differentiate and batch like functions.
 *
 * @example
 * import { interpret, scalar, square, stage, type Tensor, toNumber } from 'gradus'
 * const program = stage((x: Tensor) => square(x))(scalar(0))
 * interpret(program)([scalar(3)]).map(toNumber) // => [9]
 *
 * @since 0.1.0
 */
export const interpret =
  (program: Program) =>
  (inputs: ReadonlyArray<Tensor>): ReadonlyArray<Tensor> => {
    const wrong = program.inputs.findIndex((shape, i) => !sameShape(shape, inputs[i]?.shape ?? [NaN]))
    if (wrong !== -1 || inputs.length !== program.inputs.length)
      return raise(
        'ShapeMismatch',
        `interpret: the program takes ${program.inputs.map(showShape).join(', ')}, got ${inputs.map(({ shape }) => showShape(shape)).join(', ')}.`,
      )
    const values = [...inputs, ...program.constants]
    for (const { operation, inputs: refs } of program.instructions)
      values.push(
        operation.run(
          refs.map(
            (ref) => values[ref] ?? raise('InvalidArgument', `interpret: value ${ref} is used before it exists.`),
          ),
        ),
      )
    return program.outputs.map((ref) => values[ref] ?? raise('InvalidArgument', `interpret: there is no value ${ref}.`))
  }
