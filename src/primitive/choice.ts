/** Comparisons and choices by value: their conditions carry no derivative, and the branch not taken gives none. */
import { identity, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { broadcastShapes } from '../data/Shape.js'
import { adopt, periodOf, type Tensor } from '../data/Tensor.js'
import { mapEntries, selectEntries, zipEntries } from '../kernel/reference/pointwise.js'
import { add, mul } from './arithmetic.js'
import {
  type Binary,
  binaryOperation,
  elementwise,
  elementwise2,
  equalShape,
  type Operand,
  toTensor,
  type Unary,
  unaryOperation,
} from './define.js'
import { broadcastTo } from './structure.js'

const truth = (holds: boolean): number => (holds ? 1 : 0)

export const equalP: Primitive<undefined> = elementwise2({
  name: 'equal',
  formula: 'a = b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p === q), a, b, n),
})

/**
 * 1 where a = b, otherwise 0.
 *
 * @example
 * import { equal, tensor, toArray } from 'gradus'
 * toArray(equal(tensor([1, 2, 3]), 2)) // => [0, 1, 0]
 *
 * @since 0.1.0
 */
export const equal: Binary = binaryOperation(equalP)

export const notEqualP: Primitive<undefined> = elementwise2({
  name: 'notEqual',
  formula: 'a \\ne b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p !== q), a, b, n),
})

/**
 * 1 where a ≠ b (NaN included), otherwise 0.
 *
 * @example
 * import { notEqual, tensor, toArray } from 'gradus'
 * toArray(notEqual(tensor([1, 2, 3]), 2)) // => [1, 0, 1]
 *
 * @since 0.1.0
 */
export const notEqual: Binary = binaryOperation(notEqualP)

export const lessP: Primitive<undefined> = elementwise2({
  name: 'less',
  formula: 'a < b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p < q), a, b, n),
})

/**
 * 1 where a < b, otherwise 0.
 *
 * @example
 * import { less, tensor, toArray } from 'gradus'
 * toArray(less(tensor([1, 2, 3]), 2)) // => [1, 0, 0]
 *
 * @since 0.1.0
 */
export const less: Binary = binaryOperation(lessP)

export const lessEqualP: Primitive<undefined> = elementwise2({
  name: 'lessEqual',
  formula: 'a \\le b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p <= q), a, b, n),
})

/**
 * 1 where a ≤ b, otherwise 0.
 *
 * @example
 * import { lessEqual, tensor, toArray } from 'gradus'
 * toArray(lessEqual(tensor([1, 2, 3]), 2)) // => [1, 1, 0]
 *
 * @since 0.1.0
 */
export const lessEqual: Binary = binaryOperation(lessEqualP)

export const greaterP: Primitive<undefined> = elementwise2({
  name: 'greater',
  formula: 'a > b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p > q), a, b, n),
})

/**
 * 1 where a > b, otherwise 0.
 *
 * @example
 * import { greater, tensor, toArray } from 'gradus'
 * toArray(greater(tensor([1, 2, 3]), 2)) // => [0, 0, 1]
 *
 * @since 0.1.0
 */
export const greater: Binary = binaryOperation(greaterP)

export const greaterEqualP: Primitive<undefined> = elementwise2({
  name: 'greaterEqual',
  formula: 'a \\ge b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p >= q), a, b, n),
})

/**
 * 1 where a ≥ b, otherwise 0.
 *
 * @example
 * import { greaterEqual, tensor, toArray } from 'gradus'
 * toArray(greaterEqual(tensor([1, 2, 3]), 2)) // => [0, 1, 1]
 *
 * @since 0.1.0
 */
export const greaterEqual: Binary = binaryOperation(greaterEqualP)

export const logicalAndP: Primitive<undefined> = elementwise2({
  name: 'logicalAnd',
  formula: 'a \\wedge b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p !== 0 && q !== 0), a, b, n),
})

/**
 * 1 where neither is 0, otherwise 0.
 *
 * @example
 * import { logicalAnd, tensor, toArray } from 'gradus'
 * toArray(logicalAnd(tensor([0, 0, 1, 1]), tensor([0, 1, 0, 1]))) // => [0, 0, 0, 1]
 *
 * @since 0.1.0
 */
export const logicalAnd: Binary = binaryOperation(logicalAndP)

export const logicalOrP: Primitive<undefined> = elementwise2({
  name: 'logicalOr',
  formula: 'a \\vee b',
  kernel: (a, b, n) => zipEntries((p, q) => truth(p !== 0 || q !== 0), a, b, n),
})

/**
 * 1 where one is not 0, otherwise 0.
 *
 * @example
 * import { logicalOr, tensor, toArray } from 'gradus'
 * toArray(logicalOr(tensor([0, 0, 1, 1]), tensor([0, 1, 0, 1]))) // => [0, 1, 1, 1]
 *
 * @since 0.1.0
 */
export const logicalOr: Binary = binaryOperation(logicalOrP)

export const logicalNotP: Primitive<undefined> = elementwise({
  name: 'logicalNot',
  formula: '\\neg x',
  kernel: (x) => mapEntries((entry) => truth(entry === 0), x),
})

/**
 * 1 where x is 0, otherwise 0.
 *
 * @example
 * import { logicalNot, tensor, toArray } from 'gradus'
 * toArray(logicalNot(tensor([0, 2]))) // => [1, 0]
 *
 * @since 0.1.0
 */
export const logicalNot: Unary = unaryOperation(logicalNotP)

export const whereP: Primitive<undefined> = {
  name: 'where',
  formula: 'c\\;?\\;a : b',
  shape: (_, inputs) => equalShape('where', inputs),
  evaluate: (_, [condition, a, b], shape) =>
    condition === undefined || a === undefined || b === undefined
      ? raise('InvalidArgument', 'where: expected a condition and two branches.')
      : adopt(selectEntries(periodOf(condition), periodOf(a), periodOf(b), condition.size), shape),
  // The mask is exactly 0 where the branch is not taken, and an exact zero wins over ∞ and NaN.
  differential: [
    undefined,
    (_, [condition]) => (condition === undefined ? identity : scale(notEqual(condition, 0))),
    (_, [condition]) => (condition === undefined ? identity : scale(equal(condition, 0))),
  ],
  deepen: (params) => params,
  mixes: false,
  domain: { intervals: [[-Infinity, Infinity]], kinks: [] },
}

/**
 * a where the condition is not 0, otherwise b. The branch not taken contributes a derivative of exactly 0, even where it is
 * infinite or undefined.
 *
 * @example
 * import { grad, greater, sqrt, sum, type Tensor, tensor, toArray, where } from 'gradus'
 * const rooted = grad((x: Tensor) => sum(where(greater(x, 0), sqrt(x), 0)))
 * toArray(rooted(tensor([4, 0, -1]))) // => [0.25, 0, 0]
 *
 * @since 0.1.0
 */
export const where = (condition: Operand, a: Operand, b: Operand): Tensor => {
  const inputs = [toTensor('where', condition), toTensor('where', a), toTensor('where', b)]
  const shape = inputs.reduce<ReadonlyArray<number>>((joint, input) => broadcastShapes('where', joint, input.shape), [])
  return bind(
    whereP,
    undefined,
    inputs.map((input) => broadcastTo(input, shape)),
  )
}

const half = (wins: Tensor, ties: Tensor): Tensor => add(wins, mul(0.5, ties))

export const maximumP: Primitive<undefined> = elementwise2({
  name: 'maximum',
  formula: '\\max(a, b)',
  kernel: (a, b, n) => zipEntries(Math.max, a, b, n),
  partials: [(a, b) => scale(half(greater(a, b), equal(a, b))), (a, b) => scale(half(greater(b, a), equal(a, b)))],
  kinks: [{ at: 'a = b', convention: 'derivative ½ to each' }],
})

/**
 * The larger of a and b, entry by entry; at a tie each has the derivative ½. NaN wins.
 *
 * @example
 * import { maximum, tensor, toArray } from 'gradus'
 * toArray(maximum(tensor([1, 5]), 3)) // => [3, 5]
 *
 * @since 0.1.0
 */
export const maximum: Binary = binaryOperation(maximumP)

export const minimumP: Primitive<undefined> = elementwise2({
  name: 'minimum',
  formula: '\\min(a, b)',
  kernel: (a, b, n) => zipEntries(Math.min, a, b, n),
  partials: [(a, b) => scale(half(less(a, b), equal(a, b))), (a, b) => scale(half(less(b, a), equal(a, b)))],
  kinks: [{ at: 'a = b', convention: 'derivative ½ to each' }],
})

/**
 * The smaller of a and b, entry by entry; at a tie each has the derivative ½. NaN wins.
 *
 * @example
 * import { minimum, tensor, toArray } from 'gradus'
 * toArray(minimum(tensor([1, 5]), 3)) // => [1, 3]
 *
 * @since 0.1.0
 */
export const minimum: Binary = binaryOperation(minimumP)

/**
 * x limited to [low, high]. The derivative is 1 inside, 0 outside and ½ on the bounds.
 *
 * @example
 * import { clamp, tensor, toArray } from 'gradus'
 * toArray(clamp(tensor([-2, 0.5, 7]), 0, 1)) // => [0, 0.5, 1]
 *
 * @since 0.1.0
 */
export const clamp = (x: Operand, low: Operand, high: Operand): Tensor => minimum(maximum(x, low), high)

export const reluP: Primitive<undefined> = elementwise({
  name: 'relu',
  formula: '\\max(x, 0)',
  kernel: (x) => mapEntries((entry) => (entry <= 0 ? 0 : entry), x),
  partial: (x) => scale(greater(x, 0)),
  kinks: [{ at: 'x = 0', convention: 'derivative 0' }],
})

/**
 * max(x, 0), with derivative 0 at 0.
 *
 * @example
 * import { relu, tensor, toArray } from 'gradus'
 * toArray(relu(tensor([-1, 2]))) // => [0, 2]
 *
 * @since 0.1.0
 */
export const relu: Unary = unaryOperation(reluP)

export const stopGradientP: Primitive<undefined> = elementwise({
  name: 'stopGradient',
  formula: 'x',
  kernel: (x) => x,
})

/**
 * x, with a structural zero for its derivative: a constant to every transform outside.
 *
 * @example
 * import { grad, mul, scalar, stopGradient, type Tensor } from 'gradus'
 * grad((x: Tensor) => mul(x, stopGradient(x)))(scalar(3)) // => scalar(3)
 *
 * @since 0.1.0
 */
export const stopGradient: Unary = unaryOperation(stopGradientP)
