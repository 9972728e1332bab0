/** Programs as text: a small assembly that can be read from top to bottom. */
import { showShape } from '../data/Shape.js'
import { periodOf } from '../data/Tensor.js'
import { firstConstant, firstResult, type Program, type Ref } from './Program.js'

const showParams = (params: unknown): string =>
  params === undefined
    ? ''
    : ` {${Object.entries(params ?? {})
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
        .join(', ')}}`

/**
 * One line for each value: inputs, constants, then instructions with their shapes.
 *
 * @example
 * import { mul, scalar, show, sin, stage, type Tensor } from 'gradus'
 * show(stage((x: Tensor) => mul(x, sin(x)))(scalar(0))).split('\n').length // => 4
 *
 * @since 0.1.0
 */
export const show = (program: Program): string => {
  const [constants, results] = [firstConstant(program), firstResult(program)]
  const name = (ref: Ref): string =>
    ref < constants ? `p${ref}` : ref < results ? `c${ref - constants}` : `x${ref - results}`
  const lines = [
    ...program.inputs.map((shape, i) => [name(i), 'input', showShape(shape)]),
    ...program.constants.map((constant, i) => [
      name(constants + i),
      periodOf(constant).length === 1 ? `constant ${periodOf(constant)[0]}` : 'constant',
      showShape(constant.shape),
    ]),
    ...program.instructions.map(({ operation, inputs, shape }, i) => [
      name(results + i),
      `${operation.name}(${inputs.map(name).join(', ')})${showParams(operation.params)}`,
      showShape(shape),
    ]),
  ]
  const widths = [0, 1].map((column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)))
  return [
    ...lines.map(
      ([left = '', middle = '', right = '']) =>
        `${left.padEnd(widths[0] ?? 0)} = ${middle.padEnd(widths[1] ?? 0)}  ${right}`,
    ),
    `return ${program.outputs.map(name).join(', ')}`,
  ].join('\n')
}
