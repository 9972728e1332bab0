/** Powers, roots, exponentials and logarithms, entry by entry. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { mapEntries, zipEntries } from '../kernel/reference/pointwise.js'
import { add, div, mul, product, reciprocal, square, sub } from './arithmetic.js'
import {
  binaryOperation,
  elementwise,
  elementwise2,
  elementwiseWith,
  type Operand,
  toTensor,
  type Unary,
  unaryOperation,
} from './define.js'

export const sqrtP: Primitive<undefined> = elementwise({
  name: 'sqrt',
  formula: '\\sqrt{x}',
  kernel: (x) => mapEntries(Math.sqrt, x),
  partial: (_, y) => scale(div(0.5, y)),
  intervals: [[0, Infinity]],
  kinks: [{ at: 'x = 0', convention: 'derivative ∞' }],
})

/**
 * √x. The derivative at 0 is ∞, and 0 where it meets a structural or exact zero.
 *
 * @example
 * import { scalar, sqrt, toNumber } from 'gradus'
 * toNumber(sqrt(scalar(2))) // ≈ 1.4142135623730951
 *
 * @since 0.1.0
 */
export const sqrt: Unary = unaryOperation(sqrtP)

export const expP: Primitive<undefined> = elementwise({
  name: 'exp',
  formula: 'e^x',
  kernel: (x) => mapEntries(Math.exp, x),
  partial: (_, y) => scale(y),
})

/**
 * eˣ.
 *
 * @example
 * import { exp, scalar, toNumber } from 'gradus'
 * toNumber(exp(scalar(1))) // ≈ 2.718281828459045
 *
 * @since 0.1.0
 */
export const exp: Unary = unaryOperation(expP)

export const expm1P: Primitive<undefined> = elementwise({
  name: 'expm1',
  formula: 'e^x - 1',
  kernel: (x) => mapEntries(Math.expm1, x),
  partial: (x) => scale(exp(x)),
})

/**
 * eˣ − 1 without cancellation near 0.
 *
 * @example
 * import { expm1, scalar, toNumber } from 'gradus'
 * toNumber(expm1(scalar(1e-10))) // ≈ 1.00000000005e-10
 *
 * @since 0.1.0
 */
export const expm1: Unary = unaryOperation(expm1P)

export const logP: Primitive<undefined> = elementwise({
  name: 'log',
  formula: '\\log x',
  kernel: (x) => mapEntries(Math.log, x),
  partial: (x) => scale(reciprocal(x)),
  intervals: [[0, Infinity]],
  kinks: [{ at: 'x = 0', convention: 'value −∞, derivative ∞' }],
})

/**
 * The natural logarithm: −∞ at 0, NaN below.
 *
 * @example
 * import { log, scalar, toNumber } from 'gradus'
 * toNumber(log(scalar(2))) // ≈ 0.6931471805599453
 *
 * @since 0.1.0
 */
export const log: Unary = unaryOperation(logP)

export const log1pP: Primitive<undefined> = elementwise({
  name: 'log1p',
  formula: '\\log(1 + x)',
  kernel: (x) => mapEntries(Math.log1p, x),
  partial: (x) => scale(reciprocal(add(1, x))),
  intervals: [[-1, Infinity]],
})

/**
 * log(1 + x) without cancellation near 0.
 *
 * @example
 * import { log1p, scalar, toNumber } from 'gradus'
 * toNumber(log1p(scalar(1e-10))) // ≈ 9.999999999500001e-11
 *
 * @since 0.1.0
 */
export const log1p: Unary = unaryOperation(log1pP)

/** x ↦ x^exponent for a number: integers and halves included, right at 0 to every order. */
export const powerP: Primitive<{ readonly exponent: number }> = elementwiseWith<{ readonly exponent: number }>({
  name: 'power',
  formula: 'x^n',
  kernel: ({ exponent }, x) => mapEntries((entry) => entry ** exponent, x),
  partial: ({ exponent }, x) => scale(mul(exponent, power(x, exponent - 1))),
  intervals: [[0, Infinity]],
})

const power = (x: Tensor, exponent: number): Tensor =>
  exponent === 1 ? x : exponent === 2 ? square(x) : bind(exponent === 0 ? constantPowerP : powerP, { exponent }, [x])

/** x⁰ is 1 with a structural zero for its derivative, whatever x is. */
export const constantPowerP: Primitive<{ readonly exponent: number }> = elementwiseWith<{ readonly exponent: number }>({
  name: 'power',
  formula: 'x^0',
  kernel: (_, x) => mapEntries(() => 1, x),
})

export const powP: Primitive<undefined> = elementwise2({
  name: 'pow',
  formula: 'x^y',
  kernel: (x, y, n) => zipEntries((base, exponent) => base ** exponent, x, y, n),
  // An exact zero of the factor in front wins over the infinite power behind it: 0·0^(−1) is 0, and 0^y·log 0 is 0.
  partials: [(x, y) => scale(product(y, pow(x, sub(y, 1)))), (x, _, z) => scale(product(z, log(x)))],
  intervals: [
    [0, Infinity],
    [-Infinity, Infinity],
  ],
  kinks: [{ at: 'x = 0', convention: '∂x is 0 for y = 0 and ∂y is 0 for y > 0' }],
})

const powers = binaryOperation(powP)

/**
 * x^y, entry by entry. A number as the exponent is part of the operation: `pow(x, 2)` has the second derivative 2 at 0.
 * With a tensor as the exponent both are differentiated.
 *
 * @example
 * import { grad, pow, scalar, type Tensor, tensor, toArray } from 'gradus'
 * toArray(pow(tensor([2, -3]), 3)) // => [8, -27]
 * grad((x: Tensor) => grad((y: Tensor) => pow(y, 2))(x))(scalar(0)) // => scalar(2)
 *
 * @since 0.1.0
 */
export const pow = (x: Operand, y: Operand): Tensor =>
  typeof y === 'number' ? power(toTensor('pow', x), y) : powers(x, y)
