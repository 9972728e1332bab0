/** Inverses of the circular and hyperbolic functions, whose derivatives keep their digits beside the ends of the domain. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { add, mul, neg, reciprocal, sub } from './arithmetic.js'
import { elementwise, type Unary, unaryOperation } from './define.js'
import { hypot } from './distance.js'
import { rsqrt } from './root.js'

/** 1 − x², by the factors (1 − x)(1 + x) where the square is close to 1; its derivative −2x has no cancellation at all. */
export const complementP: Primitive<undefined> = elementwise({
  name: 'complement',
  formula: '1 - x^2',
  kernel: (x) => mapEntries((entry) => (Math.abs(entry) < 0.5 ? 1 - entry * entry : (1 - entry) * (1 + entry)), x),
  partial: (x) => scale(mul(-2, x)),
})

const complement: Unary = unaryOperation(complementP)

export const asinP: Primitive<undefined> = elementwise({
  name: 'asin',
  formula: '\\arcsin x',
  kernel: (x) => mapEntries(Math.asin, x),
  partial: (x) => scale(rsqrt(complement(x))),
  intervals: [[-1, 1]],
  kinks: [{ at: 'x = ±1', convention: 'derivative ∞' }],
})

/**
 * The angle in [−π/2, π/2] whose sine is x: arcsin x, with derivative 1/√((1 − x)(1 + x)).
 *
 * **Special values**: NaN for |x| > 1; derivative ∞ at ±1; −0 stays −0.
 *
 * @example
 * import { asin, scalar, toNumber } from 'gradus'
 * toNumber(asin(scalar(0.5))) // ≈ 0.5235987755982989
 *
 * @since 0.1.0
 */
export const asin: Unary = unaryOperation(asinP)

export const acosP: Primitive<undefined> = elementwise({
  name: 'acos',
  formula: '\\arccos x',
  kernel: (x) => mapEntries(Math.acos, x),
  partial: (x) => scale(neg(rsqrt(complement(x)))),
  intervals: [[-1, 1]],
  kinks: [{ at: 'x = ±1', convention: 'derivative −∞' }],
})

/**
 * The angle in [0, π] whose cosine is x: arccos x, with derivative −1/√((1 − x)(1 + x)).
 *
 * **Special values**: NaN for |x| > 1; derivative −∞ at ±1.
 *
 * @example
 * import { acos, scalar, toNumber } from 'gradus'
 * toNumber(acos(scalar(0.5))) // ≈ 1.0471975511965979
 *
 * @since 0.1.0
 */
export const acos: Unary = unaryOperation(acosP)

export const asinhP: Primitive<undefined> = elementwise({
  name: 'asinh',
  formula: '\\operatorname{arsinh} x',
  kernel: (x) => mapEntries(Math.asinh, x),
  partial: (x) => scale(reciprocal(hypot(1, x))),
})

/**
 * The inverse of sinh: log(x + √(x² + 1)) without cancellation or overflow, with derivative 1/√(x² + 1).
 *
 * **Special values**: ±∞ at ±∞ with derivative 0; −0 stays −0.
 *
 * @example
 * import { asinh, scalar, toNumber } from 'gradus'
 * toNumber(asinh(scalar(1))) // ≈ 0.881373587019543
 * toNumber(asinh(scalar(1e-20))) // => 1e-20
 *
 * @since 0.1.0
 */
export const asinh: Unary = unaryOperation(asinhP)

export const acoshP: Primitive<undefined> = elementwise({
  name: 'acosh',
  formula: '\\operatorname{arcosh} x',
  kernel: (x) => mapEntries(Math.acosh, x),
  // Two roots, since x² − 1 overflows; both terms of the second derivative have the same sign.
  partial: (x) => scale(mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1)))),
  intervals: [[1, Infinity]],
  kinks: [{ at: 'x = 1', convention: 'value 0, derivative ∞' }],
})

/**
 * The inverse of cosh on x ≥ 1: log(x + √(x² − 1)), with derivative 1/√((x − 1)(x + 1)).
 *
 * **Special values**: 0 at 1 with derivative ∞; NaN below 1; ∞ at ∞.
 *
 * @example
 * import { acosh, scalar, toNumber } from 'gradus'
 * toNumber(acosh(scalar(2))) // ≈ 1.3169578969248166
 *
 * @since 0.1.0
 */
export const acosh: Unary = unaryOperation(acoshP)

export const atanhP: Primitive<undefined> = elementwise({
  name: 'atanh',
  formula: '\\operatorname{artanh} x',
  kernel: (x) => mapEntries(Math.atanh, x),
  partial: (x) => scale(reciprocal(complement(x))),
  intervals: [[-1, 1]],
  kinks: [{ at: 'x = ±1', convention: 'value ±∞, derivative ∞' }],
})

/**
 * The inverse of tanh on (−1, 1): ½ log((1 + x)/(1 − x)), with derivative 1/((1 − x)(1 + x)).
 *
 * **Special values**: ±∞ at ±1 with derivative ∞; NaN beyond; −0 stays −0.
 *
 * @example
 * import { atanh, scalar, toNumber } from 'gradus'
 * toNumber(atanh(scalar(0.5))) // ≈ 0.5493061443340549
 *
 * @since 0.1.0
 */
export const atanh: Unary = unaryOperation(atanhP)
