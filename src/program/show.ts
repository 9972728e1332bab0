/** Programs as text: a small assembly that can be read from top to bottom. */
import { showShape } from '../data/Shape.js'
import { periodOf } from '../data/Tensor.js'
import { firstConstant, firstResult, type Program, type Ref } from './Program.js'
import { subprogramsOf } from './Subprogram.js'

/** How tensors travel between operations of the line is no matter of the reader's. */
const hidden = 'places'

const showValue = (value: unknown): string => JSON.stringify(value) ?? 'a function'

const showParams = (params: unknown): string => {
  const inside = subprogramsOf(params).map(([name]) => name)
  const shown = Object.entries(params ?? {}).filter(
    ([name, value]) =>
      name !== hidden &&
      typeof value !== 'function' &&
      !inside.some((own) => own === name || own.startsWith(`${name}[`)),
  )
  return params === undefined || (shown.length === 0 && inside.length > 0)
    ? ''
    : ` {${shown.map(([name, value]) => `${name}: ${showValue(value)}`).join(', ')}}`
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')

/** The programs inside an operation, below its line. */
const showInside = (params: unknown): ReadonlyArray<string> =>
  subprogramsOf(params).flatMap(([name, { program }]) => [`  ${name}:`, indented(show(program))])

/**
 * One line for each value: inputs, constants, then instructions with their shapes, and below a loop or a choice the programs
 * inside it.
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
  const inside = new Map(program.instructions.map(({ operation }, i) => [results + i, showInside(operation.params)]))
  const widths = [0, 1].map((column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)))
  return [
    ...lines.flatMap(([left = '', middle = '', right = ''], ref) => [
      `${left.padEnd(widths[0] ?? 0)} = ${middle.padEnd(widths[1] ?? 0)}  ${right}`,
      ...(inside.get(ref) ?? []),
    ]),
    `return ${program.outputs.map(name).join(', ')}`,
  ].join('\n')
}
