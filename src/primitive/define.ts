/** Smart constructors of elementwise records, and the public functions that broadcast into them. */
import type { LinearMap } from '../core/LinearMap.js'
import type { Domain, Kink, Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { scalar } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { expectedTensor } from '../data/describe.js'
import { broadcastShapes, type Shape, sameShape, showShape } from '../data/Shape.js'
import { adopt, isTensor, periodOf, type Tensor } from '../data/Tensor.js'
import { broadcastTo, only } from './structure.js'

/**
 * What operations accept: numbers stand for scalars.
 *
 * @since 0.1.0
 */
export type Operand = Tensor | number

export const toTensor = (operation: string, x: Operand): Tensor =>
  isTensor(x) ? x : typeof x === 'number' ? scalar(x) : expectedTensor(operation, x, 'a tensor or a number')

const domainOf = (intervals: Domain['intervals'] | undefined, kinks: ReadonlyArray<Kink> | undefined): Domain => ({
  intervals: intervals ?? [[-Infinity, Infinity]],
  kinks: kinks ?? [],
})

interface Facts {
  readonly name: string
  readonly formula: string
  readonly intervals?: Domain['intervals']
  readonly kinks?: ReadonlyArray<Kink>
}

const second = (inputs: ReadonlyArray<Tensor>): Tensor =>
  inputs[1] ?? raise('InvalidArgument', 'a binary operation was called with one input.')

/** y = f(x) entry by entry, with an optional parameter that is not a tensor. */
export const elementwiseWith = <Params>(
  facts: Facts & {
    readonly kernel: (params: Params, x: Float64Array) => Float64Array
    readonly partial?: (params: Params, x: Tensor, y: Tensor) => LinearMap
  },
): Primitive<Params> => ({
  name: facts.name,
  formula: facts.formula,
  shape: (_, inputs) => inputs[0] ?? [],
  evaluate: (params, inputs, shape) => adopt(facts.kernel(params, periodOf(only(inputs))), shape),
  differential: [
    facts.partial === undefined
      ? undefined
      : (params, inputs, output) => facts.partial?.(params, only(inputs), output) ?? { _tag: 'Identity' },
  ],
  deepen: (params) => params,
  mixes: false,
  domain: domainOf(facts.intervals, facts.kinks),
})

export const elementwise = (
  facts: Facts & {
    readonly kernel: (x: Float64Array) => Float64Array
    readonly partial?: (x: Tensor, y: Tensor) => LinearMap
  },
): Primitive<undefined> => {
  const { kernel, partial, ...rest } = facts
  return elementwiseWith<undefined>({
    ...rest,
    kernel: (_, x) => kernel(x),
    ...(partial === undefined ? {} : { partial: (_, x, y) => partial(x, y) }),
  })
}

/** y = f(a, b) entry by entry, for two tensors of one shape. */
export const elementwise2 = (
  facts: Facts & {
    readonly kernel: (a: Float64Array, b: Float64Array, n: number) => Float64Array
    readonly partials?: readonly [Partial2 | undefined, Partial2 | undefined]
  },
): Primitive<undefined> => {
  const rule = (partial: Partial2 | undefined): Primitive<undefined>['differential'][number] =>
    partial === undefined ? undefined : (_, inputs, output) => partial(only(inputs), second(inputs), output)
  return {
    name: facts.name,
    formula: facts.formula,
    shape: (_, inputs) => equalShape(facts.name, inputs),
    evaluate: (_, inputs, shape) => {
      const [a, b] = [only(inputs), second(inputs)]
      return adopt(a.size === 0 ? new Float64Array(0) : facts.kernel(periodOf(a), periodOf(b), a.size), shape)
    },
    differential: [rule(facts.partials?.[0]), rule(facts.partials?.[1])],
    deepen: (params) => params,
    mixes: false,
    domain: domainOf(facts.intervals, facts.kinks),
  }
}

type Partial2 = (a: Tensor, b: Tensor, y: Tensor) => LinearMap

export const equalShape = (name: string, inputs: ReadonlyArray<Shape>): Shape => {
  const [first = [], second] = inputs
  if (inputs.length === 2 && second !== undefined && sameShape(first, second)) return first
  const other = inputs.find((shape) => !sameShape(first, shape))
  return other === undefined
    ? first
    : raise('ShapeMismatch', `${name}: shapes ${showShape(first)} and ${showShape(other)} differ.`)
}

/** Accepts numbers too; the last signature is the one that transforms read, so that `grad(sin)` is a function of tensors. */
export interface Unary {
  (x: Operand): Tensor
  (x: Tensor): Tensor
}

export type Binary = (a: Operand, b: Operand) => Tensor

/** The public function of a unary record. */
export const unaryOperation =
  (primitive: Primitive<undefined>): Unary =>
  (x: Operand): Tensor =>
    bind(primitive, undefined, [toTensor(primitive.name, x)])

/** The public function of a binary record: broadcasts both operands to their common shape. */
export const binaryOperation =
  (primitive: Primitive<undefined>): Binary =>
  (a, b) => {
    const left = toTensor(primitive.name, a)
    const right = toTensor(primitive.name, b)
    if (sameShape(left.shape, right.shape)) return bind(primitive, undefined, [left, right])
    const shape = broadcastShapes(primitive.name, left.shape, right.shape)
    return bind(primitive, undefined, [broadcastTo(left, shape), broadcastTo(right, shape)])
  }
