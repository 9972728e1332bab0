/** Field arithmetic, entry by entry. */
import { identity, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import {
  absorbEntries,
  addEntries,
  divEntries,
  mapEntries,
  mulEntries,
  negEntries,
  reciprocalEntries,
  squareEntries,
  subEntries,
} from '../kernel/reference/pointwise.js'
import { type Binary, binaryOperation, elementwise, elementwise2, type Unary, unaryOperation } from './define.js'

export const addP: Primitive<undefined> = elementwise2({
  name: 'add',
  formula: 'a + b',
  kernel: addEntries,
  partials: [() => identity, () => identity],
})

/**
 * a + b, entry by entry, with broadcasting.
 *
 * @example
 * import { add, tensor, toArray } from 'gradus'
 * toArray(add(tensor([1, 2]), 10)) // => [11, 12]
 *
 * @since 0.1.0
 */
export const add: Binary = binaryOperation(addP)

export const subP: Primitive<undefined> = elementwise2({
  name: 'sub',
  formula: 'a - b',
  kernel: subEntries,
  partials: [() => identity, () => negate],
})

/**
 * a − b, entry by entry, with broadcasting.
 *
 * @example
 * import { sub, tensor, toArray } from 'gradus'
 * toArray(sub(tensor([1, 2]), 1)) // => [0, 1]
 *
 * @since 0.1.0
 */
export const sub: Binary = binaryOperation(subP)

export const mulP: Primitive<undefined> = elementwise2({
  name: 'mul',
  formula: 'a\\,b',
  kernel: mulEntries,
  partials: [(_, b) => scale(b), (a) => scale(a)],
})

/**
 * a · b, entry by entry, with broadcasting.
 *
 * @example
 * import { mul, tensor, toArray } from 'gradus'
 * toArray(mul(tensor([1, 2]), tensor([3, 4]))) // => [3, 8]
 *
 * @since 0.1.0
 */
export const mul: Binary = binaryOperation(mulP)

export const productP: Primitive<undefined> = elementwise2({
  name: 'product',
  formula: 'a \\odot b',
  kernel: absorbEntries,
  partials: [(_, b) => scale(b), (a) => scale(a)],
})

/** a ⊙ b where an exact zero wins over ∞ and NaN: the product of derivatives, not of values. */
export const product: Binary = binaryOperation(productP)

export const divP: Primitive<undefined> = elementwise2({
  name: 'div',
  formula: 'a / b',
  kernel: divEntries,
  partials: [(_, b) => scale(reciprocal(b)), (_, b, y) => scale(neg(div(y, b)))],
})

/**
 * a / b, entry by entry, with broadcasting.
 *
 * @example
 * import { div, tensor, toArray } from 'gradus'
 * toArray(div(tensor([1, 3]), 2)) // => [0.5, 1.5]
 *
 * @since 0.1.0
 */
export const div: Binary = binaryOperation(divP)

export const negP: Primitive<undefined> = elementwise({
  name: 'neg',
  formula: '-x',
  kernel: negEntries,
  partial: () => negate,
})

/**
 * −x.
 *
 * @example
 * import { neg, tensor, toArray } from 'gradus'
 * toArray(neg(tensor([1, -2]))) // => [-1, 2]
 *
 * @since 0.1.0
 */
export const neg: Unary = unaryOperation(negP)

export const squareP: Primitive<undefined> = elementwise({
  name: 'square',
  formula: 'x^2',
  kernel: squareEntries,
  partial: (x) => scale(mul(2, x)),
})

/**
 * x².
 *
 * @example
 * import { square, tensor, toArray } from 'gradus'
 * toArray(square(tensor([3, -2]))) // => [9, 4]
 *
 * @since 0.1.0
 */
export const square: Unary = unaryOperation(squareP)

export const reciprocalP: Primitive<undefined> = elementwise({
  name: 'reciprocal',
  formula: '1 / x',
  kernel: reciprocalEntries,
  partial: (_, y) => scale(neg(square(y))),
  kinks: [{ at: 'x = 0', convention: '∞ with the sign of the zero; the derivative is −∞' }],
})

/**
 * 1 / x.
 *
 * @example
 * import { reciprocal, tensor, toArray } from 'gradus'
 * toArray(reciprocal(tensor([2, -4]))) // => [0.5, -0.25]
 *
 * @since 0.1.0
 */
export const reciprocal: Unary = unaryOperation(reciprocalP)

export const signP: Primitive<undefined> = elementwise({
  name: 'sign',
  formula: '\\operatorname{sign} x',
  kernel: (x) => mapEntries(Math.sign, x),
  kinks: [{ at: 'x = 0', convention: 'value 0, derivative 0' }],
})

/**
 * −1, 0 or 1 by the sign of x. Its derivative is a structural zero.
 *
 * @example
 * import { sign, tensor, toArray } from 'gradus'
 * toArray(sign(tensor([-3, 0, 2]))) // => [-1, 0, 1]
 *
 * @since 0.1.0
 */
export const sign: Unary = unaryOperation(signP)

export const absP: Primitive<undefined> = elementwise({
  name: 'abs',
  formula: '|x|',
  kernel: (x) => mapEntries(Math.abs, x),
  partial: (x) => scale(sign(x)),
  kinks: [{ at: 'x = 0', convention: 'derivative 0, the middle of [−1, 1]' }],
})

/**
 * |x|, with derivative 0 at 0 (the middle of the subdifferential).
 *
 * @example
 * import { abs, grad, scalar, tensor, toArray } from 'gradus'
 * toArray(abs(tensor([-3, 2]))) // => [3, 2]
 * grad(abs)(scalar(0)) // => scalar(0)
 *
 * @since 0.1.0
 */
export const abs: Unary = unaryOperation(absP)
