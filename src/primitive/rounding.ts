/** Roundings, remainders and signs: piecewise linear, so that their derivatives are constants or structural zeros. */

import { identity, scale } from '../core/LinearMap.js'
import type { Kink, Primitive } from '../core/Primitive.js'
import { optionsFrom } from '../data/options.js'
import type { Tensor } from '../data/Tensor.js'
import { mapEntries, zipEntries } from '../kernel/reference/pointwise.js'
import {
  copySign as copySignOf,
  flooredRemainder,
  nextAfter as nextAfterOf,
  roundHalfEven,
} from '../kernel/reference/rounding.js'
import { abs, add, div, mul, neg, sign, sub } from './arithmetic.js'
import { equal, less, notEqual, where } from './choice.js'
import {
  type Binary,
  binaryOperation,
  elementwise,
  elementwise2,
  type Operand,
  toTensor,
  type Unary,
  unaryOperation,
} from './define.js'

const steps = (at: string): ReadonlyArray<Kink> => [{ at, convention: 'a jump; derivative 0' }]

export const floorP: Primitive<undefined> = elementwise({
  name: 'floor',
  formula: '\\lfloor x \\rfloor',
  kernel: (x) => mapEntries(Math.floor, x),
  kinks: steps('integers'),
})

/**
 * The largest integer that is not above x. Its derivative is a structural zero, at the jumps too.
 *
 * @example
 * import { floor, tensor, toArray } from 'gradus'
 * toArray(floor(tensor([1.5, -1.5]))) // => [1, -2]
 *
 * @since 0.1.0
 */
export const floor: Unary = unaryOperation(floorP)

export const ceilP: Primitive<undefined> = elementwise({
  name: 'ceil',
  formula: '\\lceil x \\rceil',
  kernel: (x) => mapEntries(Math.ceil, x),
  kinks: steps('integers'),
})

/**
 * The smallest integer that is not below x. Its derivative is a structural zero, at the jumps too.
 *
 * @example
 * import { ceil, tensor, toArray } from 'gradus'
 * toArray(ceil(tensor([1.5, -1.5]))) // => [2, -1]
 *
 * @since 0.1.0
 */
export const ceil: Unary = unaryOperation(ceilP)

export const roundP: Primitive<undefined> = elementwise({
  name: 'round',
  formula: '\\lfloor x \\rceil',
  kernel: (x) => mapEntries(roundHalfEven, x),
  kinks: steps('integers + ½'),
})

/**
 * The nearest integer, halves to the even one (as IEEE 754, NumPy and JAX; unlike `Math.round`). Its derivative is a
 * structural zero, at the jumps too.
 *
 * @example
 * import { round, tensor, toArray } from 'gradus'
 * toArray(round(tensor([0.5, 1.5, 2.5, -1.7]))) // => [0, 2, 2, -2]
 *
 * @since 0.1.0
 */
export const round: Unary = unaryOperation(roundP)

export const truncP: Primitive<undefined> = elementwise({
  name: 'trunc',
  formula: '\\operatorname{trunc} x',
  kernel: (x) => mapEntries(Math.trunc, x),
  kinks: steps('integers but 0'),
})

/**
 * x without its fractional part: rounded towards 0. Its derivative is a structural zero, at the jumps too.
 *
 * @example
 * import { tensor, toArray, trunc } from 'gradus'
 * toArray(trunc(tensor([1.5, -1.5]))) // => [1, -1]
 *
 * @since 0.1.0
 */
export const trunc: Unary = unaryOperation(truncP)

/** −(a − y)/b is an integer up to rounding, and so is found exactly where ⌊a/b⌋ of the rounded quotient may be one off. */
const wholes = (a: Tensor, b: Tensor, y: Tensor): Tensor => neg(round(div(sub(a, y), b)))

export const remainderP: Primitive<undefined> = elementwise2({
  name: 'remainder',
  formula: 'a - b \\lfloor a / b \\rfloor',
  kernel: (a, b, n) => zipEntries(flooredRemainder, a, b, n),
  partials: [() => identity, (a, b, y) => scale(wholes(a, b, y))],
  // Smooth between two jumps only: here the whole quotient is 2.
  intervals: [
    [4.1, 4.4],
    [1.5, 2],
  ],
  kinks: [{ at: 'a / b an integer', convention: 'derivatives 1 and −a/b, those of the piece that it belongs to' }],
})

/**
 * The remainder with the sign of the divisor, a − b·⌊a/b⌋, as `%` in Python; within ½ ulp. Its derivatives are 1 and
 * −⌊a/b⌋.
 *
 * **Special values**: NaN for b = 0 and for infinite a; a zero has the sign of b.
 *
 * @example
 * import { remainder, tensor, toArray } from 'gradus'
 * toArray(remainder(tensor([7, -7]), 3)) // => [1, 2]
 *
 * @since 0.1.0
 */
export const remainder: Binary = binaryOperation(remainderP)

export const truncatedRemainderP: Primitive<undefined> = elementwise2({
  name: 'truncatedRemainder',
  formula: 'a - b \\operatorname{trunc}(a / b)',
  kernel: (a, b, n) => zipEntries((p, q) => p % q, a, b, n),
  partials: [() => identity, (a, b, y) => scale(wholes(a, b, y))],
  // Smooth between two jumps only: here the whole quotient is 2.
  intervals: [
    [4.1, 4.4],
    [1.5, 2],
  ],
  kinks: [{ at: 'a / b an integer', convention: 'derivatives 1 and −a/b, those of the piece that it belongs to' }],
})

/**
 * The remainder with the sign of the dividend, a − b·trunc(a/b), as `%` in JavaScript and C; exact. Its derivatives are
 * 1 and −trunc(a/b).
 *
 * **Special values**: NaN for b = 0 and for infinite a; a for infinite b.
 *
 * @example
 * import { tensor, toArray, truncatedRemainder } from 'gradus'
 * toArray(truncatedRemainder(tensor([7, -7]), 3)) // => [1, -1]
 *
 * @since 0.1.0
 */
export const truncatedRemainder: Binary = binaryOperation(truncatedRemainderP)

export const copySignP: Primitive<undefined> = elementwise2({
  name: 'copySign',
  formula: '|a| \\operatorname{sign} b',
  kernel: (a, b, n) => zipEntries(copySignOf, a, b, n),
  partials: [(a, b) => scale(mul(sign(a), copySign(1, b))), undefined],
  kinks: [
    { at: 'a = 0', convention: 'derivative 0, as of |a|' },
    { at: 'b = 0', convention: 'the sign bit of the zero counts' },
  ],
})

/**
 * |a| with the sign bit of b, that of −0 included. The derivative with respect to a is ±1, and 0 at a = 0 (as of `abs`);
 * with respect to b it is a structural zero.
 *
 * @example
 * import { copySign, tensor, toArray } from 'gradus'
 * toArray(copySign(tensor([3, -3]), -1)) // => [-3, -3]
 *
 * @since 0.1.0
 */
export const copySign: Binary = binaryOperation(copySignP)

export const nextAfterP: Primitive<undefined> = elementwise2({
  name: 'nextAfter',
  formula: '\\operatorname{nextafter}(a, b)',
  kernel: (a, b, n) => zipEntries(nextAfterOf, a, b, n),
})

/**
 * The number nearest to a in the direction of b; b where they are equal. Its derivatives are structural zeros, as in JAX.
 *
 * **Special values**: NaN where a or b is; from 0 to ±2⁻¹⁰⁷⁴, from the largest number to ∞.
 *
 * @example
 * import { nextAfter, scalar, toNumber } from 'gradus'
 * toNumber(nextAfter(scalar(1), 2)) // => 1 + Number.EPSILON
 *
 * @since 0.1.0
 */
export const nextAfter: Binary = binaryOperation(nextAfterP)

/**
 * 1 where x is NaN, otherwise 0. No derivative.
 *
 * @example
 * import { isNaN, tensor, toArray } from 'gradus'
 * toArray(isNaN(tensor([NaN, 1, Infinity]))) // => [1, 0, 0]
 *
 * @since 0.1.0
 */
const isNotANumber: Unary = (x: Operand) => notEqual(x, x)

/**
 * 1 where x is neither infinite nor NaN, otherwise 0. No derivative.
 *
 * @example
 * import { isFinite, tensor, toArray } from 'gradus'
 * toArray(isFinite(tensor([NaN, 1, -Infinity]))) // => [0, 1, 0]
 *
 * @since 0.1.0
 */
const isFiniteNumber: Unary = (x: Operand) => less(abs(x), Infinity)

/**
 * The unit step: 0 below 0, 1 above, `atZero` at 0 (default ½, the middle). Its derivative is a structural zero.
 *
 * **Special values**: NaN at NaN.
 *
 * @example
 * import { heaviside, tensor, toArray } from 'gradus'
 * toArray(heaviside(tensor([-2, 0, 3]))) // => [0, 0.5, 1]
 *
 * @since 0.1.0
 */
export const heaviside = (x: Operand, options: { readonly atZero?: number } = {}): Tensor => {
  const { atZero = 0.5 } = optionsFrom('heaviside', options, { atZero: 'the value at 0' })
  const at = toTensor('heaviside', x)
  return where(equal(at, 0), atZero, mul(0.5, add(1, sign(at))))
}

// Under the names that everybody looks for; within this file the global functions keep theirs.
export { isFiniteNumber as isFinite, isNotANumber as isNaN }
