/** Circular and hyperbolic functions, entry by entry. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { mapEntries, zipEntries } from '../kernel/reference/pointwise.js'
import { sechSquared as sechSquaredOf } from '../kernel/reference/special.js'
import { abs, add, div, mul, neg, reciprocal, square } from './arithmetic.js'
import { greater, where } from './choice.js'
import { type Binary, binaryOperation, elementwise, elementwise2, type Unary, unaryOperation } from './define.js'

export const sinP: Primitive<undefined> = elementwise({
  name: 'sin',
  formula: '\\sin x',
  kernel: (x) => mapEntries(Math.sin, x),
  partial: (x) => scale(cos(x)),
})

/**
 * sin x, in radians.
 *
 * @example
 * import { scalar, sin, toNumber } from 'gradus'
 * toNumber(sin(scalar(1))) // ≈ 0.8414709848078965
 *
 * @since 0.1.0
 */
export const sin: Unary = unaryOperation(sinP)

export const cosP: Primitive<undefined> = elementwise({
  name: 'cos',
  formula: '\\cos x',
  kernel: (x) => mapEntries(Math.cos, x),
  partial: (x) => scale(neg(sin(x))),
})

/**
 * cos x, in radians.
 *
 * @example
 * import { cos, scalar, toNumber } from 'gradus'
 * toNumber(cos(scalar(1))) // ≈ 0.5403023058681398
 *
 * @since 0.1.0
 */
export const cos: Unary = unaryOperation(cosP)

export const tanP: Primitive<undefined> = elementwise({
  name: 'tan',
  formula: '\\tan x',
  kernel: (x) => mapEntries(Math.tan, x),
  partial: (_, y) => scale(add(1, square(y))),
  intervals: [[-1.5, 1.5]],
})

/**
 * tan x, in radians.
 *
 * @example
 * import { scalar, tan, toNumber } from 'gradus'
 * toNumber(tan(scalar(1))) // ≈ 1.5574077246549023
 *
 * @since 0.1.0
 */
export const tan: Unary = unaryOperation(tanP)

export const sinhP: Primitive<undefined> = elementwise({
  name: 'sinh',
  formula: '\\sinh x',
  kernel: (x) => mapEntries(Math.sinh, x),
  partial: (x) => scale(cosh(x)),
})

/**
 * The hyperbolic sine.
 *
 * @example
 * import { scalar, sinh, toNumber } from 'gradus'
 * toNumber(sinh(scalar(1))) // ≈ 1.1752011936438014
 *
 * @since 0.1.0
 */
export const sinh: Unary = unaryOperation(sinhP)

export const coshP: Primitive<undefined> = elementwise({
  name: 'cosh',
  formula: '\\cosh x',
  kernel: (x) => mapEntries(Math.cosh, x),
  partial: (x) => scale(sinh(x)),
})

/**
 * The hyperbolic cosine.
 *
 * @example
 * import { cosh, scalar, toNumber } from 'gradus'
 * toNumber(cosh(scalar(1))) // ≈ 1.5430806348152437
 *
 * @since 0.1.0
 */
export const cosh: Unary = unaryOperation(coshP)

export const tanhP: Primitive<undefined> = elementwise({
  name: 'tanh',
  formula: '\\tanh x',
  kernel: (x) => mapEntries(Math.tanh, x),
  partial: (x, y) => scale(sechSquared(x, y)),
})

/**
 * The hyperbolic tangent. Its derivative sech² x keeps its digits where 1 − tanh² x loses them all (|x| > 19).
 *
 * @example
 * import { grad, scalar, tanh, toNumber } from 'gradus'
 * toNumber(tanh(scalar(1))) // ≈ 0.7615941559557649
 * toNumber(grad(tanh)(scalar(20))) // ≈ 1.6993417021166355e-17
 *
 * @since 0.1.0
 */
export const tanh: Unary = unaryOperation(tanhP)

/** sech² x, given y = tanh x as well: y is at hand wherever this is asked for, and saves computing it again. */
export const sechSquaredP: Primitive<undefined> = elementwise2({
  name: 'sechSquared',
  formula: '\\operatorname{sech}^2 x',
  kernel: (x) => mapEntries(sechSquaredOf, x),
  partials: [(_, y, slope) => scale(mul(-2, mul(y, slope))), undefined],
})

const sechSquared: Binary = binaryOperation(sechSquaredP)

export const atanP: Primitive<undefined> = elementwise({
  name: 'atan',
  formula: '\\arctan x',
  kernel: (x) => mapEntries(Math.atan, x),
  partial: (x) => scale(reciprocal(add(1, square(x)))),
})

/**
 * The angle in (−π/2, π/2) whose tangent is x.
 *
 * @example
 * import { atan, scalar, toNumber } from 'gradus'
 * toNumber(atan(scalar(1))) // ≈ 0.7853981633974483
 *
 * @since 0.1.0
 */
export const atan: Unary = unaryOperation(atanP)

export const atan2P: Primitive<undefined> = elementwise2({
  name: 'atan2',
  formula: '\\operatorname{atan2}(y, x)',
  kernel: (y, x, n) => zipEntries(Math.atan2, y, x, n),
  partials: [(y, x) => scale(turn(x, y)), (y, x) => scale(neg(turn(y, x)))],
  kinks: [{ at: '(0, 0)', convention: 'derivative NaN: the angle of the origin is undefined' }],
})

/** a / (a² + b²) without squares that overflow: the larger of the two is divided out. */
const turn: Binary = (a, b) => {
  const ratio = div(b, a)
  const inverse = div(a, b)
  const steep = greater(abs(b), abs(a))
  return where(steep, div(inverse, add(mul(inverse, a), b)), reciprocal(add(a, mul(ratio, b))))
}

/**
 * The angle of the point (x, y) in (−π, π].
 *
 * @example
 * import { atan2, scalar, toNumber } from 'gradus'
 * toNumber(atan2(scalar(1), scalar(-1))) // ≈ 2.356194490192345
 *
 * @since 0.1.0
 */
export const atan2: Binary = binaryOperation(atan2P)
