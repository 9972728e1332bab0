/** Reductions over axes that are apart become reductions over neighbors, one after the other. */
import { type Shape, sizeOf, withoutAxes } from '../data/Shape.js'
import { maxP, minP } from '../primitive/reduction.js'
import { sumP } from '../primitive/structure.js'
import {
  firstResult,
  type Instruction,
  type Operation,
  operationOf,
  type Program,
  type Ref,
  shapeAt,
} from './Program.js'
import { isAxes } from './params.js'

const reductions: Readonly<Record<string, (axes: Shape) => Operation>> = {
  sum: (axes) => operationOf(sumP, { axes }),
  max: (axes) => operationOf(maxP, { axes }),
  min: (axes) => operationOf(minP, { axes }),
}

/** The axes in stretches of neighbors; an axis of one entry between two of them may be crossed. */
export const stretches = (axes: Shape, shape: Shape): ReadonlyArray<Shape> =>
  axes.reduce<ReadonlyArray<Shape>>((found, axis) => {
    const last = found[found.length - 1]
    const before = last?.[last.length - 1]
    return last !== undefined && before !== undefined && sizeOf(shape.slice(before + 1, axis)) === 1
      ? [...found.slice(0, -1), [...last, axis]]
      : [...found, [axis]]
  }, [])

/**
 * Same outputs: extrema bit for bit, sums up to the order of their terms. The last stretch is reduced first, since what is left
 * of the others keeps its axes then, and since a sum over trailing axes ends the loop that computes its terms.
 */
export const withSplitReductions = (program: Program): Program => {
  const first = firstResult(program)
  const made: Array<Instruction> = []
  const renamed: Array<Ref> = Array.from({ length: first }, (_, ref) => ref)
  const append = (instruction: Instruction): Ref => first + made.push(instruction) - 1
  for (const instruction of program.instructions) {
    const { operation, inputs, shape } = instruction
    const [input = 0] = inputs
    const of = reductions[operation.name]
    const before = shapeAt(program, input)
    const { params } = operation
    const parts = of !== undefined && isAxes(params) ? stretches(params.axes, before) : []
    if (of === undefined || parts.length < 2 || sizeOf(before) === 0) {
      renamed.push(append({ operation, inputs: inputs.map((ref) => renamed[ref] ?? ref), shape }))
      continue
    }
    const { ref } = parts.reduceRight<{ readonly ref: Ref; readonly left: Shape }>(
      ({ ref: source, left }, axes) => {
        const rest = withoutAxes(left, axes)
        return { ref: append({ operation: of(axes), inputs: [source], shape: rest }), left: rest }
      },
      { ref: renamed[input] ?? input, left: before },
    )
    renamed.push(ref)
  }
  return { ...program, instructions: made, outputs: program.outputs.map((ref) => renamed[ref] ?? ref) }
}
