/**
 * program/: functions as data. A Program is what a function did with abstract values: a straight line of operations on
 * numbered values, immutable, printable and re-runnable. Each pass is a pure function from programs to programs in a file of
 * its own, and the interpreter is the oracle of everything that executes them.
 * May import: data, kernel, core, primitive, function, transform, program. May be imported by: operator and above.
 */
import type { Primitive } from '../core/Primitive.js'
import { bind, Traced } from '../core/Trace.js'
import type { Shape } from '../data/Shape.js'
import { periodOf, type Tensor } from '../data/Tensor.js'

/** A value by its number: first the inputs, then the constants, then the results of the instructions in order. */
export type Ref = number

/**
 * A primitive with its parameters.
 *
 * @since 0.1.0
 */
export interface Operation {
  readonly name: string
  /** Plain data: numbers and arrays of them. */
  readonly params: unknown
  readonly run: (inputs: ReadonlyArray<Tensor>) => Tensor
  /** How a compiled program runs it, where that differs: on tensors with numbers. */
  readonly execute?: (inputs: ReadonlyArray<Tensor>) => Tensor
}

/**
 * An operation on numbered values.
 *
 * @since 0.1.0
 */
export interface Instruction {
  readonly operation: Operation
  readonly inputs: ReadonlyArray<Ref>
  readonly shape: Shape
}

/**
 * A straight-line program.
 *
 * @since 0.1.0
 */
export interface Program {
  readonly inputs: ReadonlyArray<Shape>
  readonly constants: ReadonlyArray<Tensor>
  readonly instructions: ReadonlyArray<Instruction>
  readonly outputs: ReadonlyArray<Ref>
}

export const operationOf = <Params>(primitive: Primitive<Params>, params: Params): Operation => ({
  name: primitive.name,
  params,
  run: (inputs) => bind(primitive, params, inputs),
  ...(primitive.execute === undefined
    ? {}
    : { execute: (inputs) => primitive.execute?.(params, inputs) ?? bind(primitive, params, inputs) }),
})

/** The number of the first constant, and of the first instruction's result. */
export const firstConstant = ({ inputs }: Program): Ref => inputs.length

export const firstResult = ({ inputs, constants }: Program): Ref => inputs.length + constants.length

/** The constant behind a number, if it is one. */
export const constantAt = (program: Program, ref: Ref): Tensor | undefined =>
  program.constants[ref - firstConstant(program)]

/** The instruction whose result a number is, if it is one. */
export const instructionAt = (program: Program, ref: Ref): Instruction | undefined =>
  program.instructions[ref - firstResult(program)]

export const shapeAt = (program: Program, ref: Ref): Shape =>
  program.inputs[ref] ?? constantAt(program, ref)?.shape ?? instructionAt(program, ref)?.shape ?? []

/** A number as text that no other number has: −0 and 0 print alike, and NaN and ±∞ are no JSON. */
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** Parameters as text, equal for equal parameters. */
export const paramsKey = (params: unknown): string =>
  JSON.stringify(params, (_, value: unknown) => (typeof value === 'number' ? numberText(value) : value)) ?? ''

/** Constants of up to this many stored numbers are compared by value, longer ones by identity. */
const compared = 16

/** A constant as text, equal for equal ones; undefined for what is compared by identity. */
export const constantKey = (constant: Tensor): string | undefined =>
  constant instanceof Traced || periodOf(constant).length > compared
    ? undefined
    : `${constant.shape.join()}|${Array.from(periodOf(constant), numberText).join()}`
