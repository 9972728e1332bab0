/** Roots, powers and logarithms to other bases than e, and the logit. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import type { Tensor } from '../data/Tensor.js'
import { logit as logitOf } from '../kernel/reference/logarithmic.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { div, mul, reciprocal, square, sub } from './arithmetic.js'
import { clamp } from './choice.js'
import { elementwise, type Operand, type Unary, unaryOperation } from './define.js'
import { sqrt } from './elementary.js'
import { floor } from './rounding.js'

/**
 * 1/√x.
 *
 * **Special values**: ±∞ at ±0 (as IEEE 754 has it), with derivative −∞; NaN below 0; 0 at ∞.
 *
 * @example
 * import { rsqrt, scalar, toNumber } from 'gradus'
 * toNumber(rsqrt(scalar(4))) // => 0.5
 *
 * @since 0.1.0
 */
export const rsqrt: Unary = (x: Operand) => reciprocal(sqrt(x))

export const cbrtP: Primitive<undefined> = elementwise({
  name: 'cbrt',
  formula: '\\sqrt[3]{x}',
  kernel: (x) => mapEntries(Math.cbrt, x),
  partial: (_, y) => scale(reciprocal(mul(3, square(y)))),
  kinks: [{ at: 'x = 0', convention: 'derivative ∞' }],
})

/**
 * The real cube root, of negative numbers too, with derivative 1/(3·∛x²).
 *
 * **Special values**: derivative ∞ at 0; −0 stays −0; ±∞ at ±∞.
 *
 * @example
 * import { cbrt, tensor, toArray } from 'gradus'
 * toArray(cbrt(tensor([27, -8]))) // => [3, -2]
 *
 * @since 0.1.0
 */
export const cbrt: Unary = unaryOperation(cbrtP)

export const exp2P: Primitive<undefined> = elementwise({
  name: 'exp2',
  formula: '2^x',
  kernel: (x) => mapEntries((entry) => 2 ** entry, x),
  partial: (_, y) => scale(mul(Math.LN2, y)),
})

/**
 * 2ˣ, exact at integers.
 *
 * **Special values**: 0 at −∞, ∞ at ∞.
 *
 * @example
 * import { exp2, tensor, toArray } from 'gradus'
 * toArray(exp2(tensor([10, -1]))) // => [1024, 0.5]
 *
 * @since 0.1.0
 */
export const exp2: Unary = unaryOperation(exp2P)

/**
 * a·2ᵇ, also where 2ᵇ itself is beyond the range; exact for integers b, unless the result is subnormal. Its derivatives are 2ᵇ and
 * a·2ᵇ·log 2.
 *
 * @example
 * import { ldexp, scalar, toNumber } from 'gradus'
 * toNumber(ldexp(scalar(3 * 2 ** -1000), 1100)) // => 3 * 2 ** 100
 *
 * @since 0.1.0
 */
export const ldexp = (a: Operand, b: Operand): Tensor => {
  // Of three factors none leaves the range before the result does.
  const exponent = clamp(b, -3000, 3000)
  const third = floor(div(exponent, 3))
  const factor = exp2(third)
  return mul(mul(mul(a, factor), factor), exp2(sub(exponent, mul(2, third))))
}

export const log2P: Primitive<undefined> = elementwise({
  name: 'log2',
  formula: '\\log_2 x',
  kernel: (x) => mapEntries(Math.log2, x),
  partial: (x) => scale(div(Math.LOG2E, x)),
  intervals: [[0, Infinity]],
  kinks: [{ at: 'x = 0', convention: 'value −∞, derivative ∞' }],
})

/**
 * The logarithm to the base 2, exact at powers of 2.
 *
 * **Special values**: −∞ at 0 with derivative ∞; NaN below 0; ∞ at ∞.
 *
 * @example
 * import { log2, scalar, toNumber } from 'gradus'
 * toNumber(log2(scalar(1024))) // => 10
 *
 * @since 0.1.0
 */
export const log2: Unary = unaryOperation(log2P)

export const log10P: Primitive<undefined> = elementwise({
  name: 'log10',
  formula: '\\log_{10} x',
  kernel: (x) => mapEntries(Math.log10, x),
  partial: (x) => scale(div(Math.LOG10E, x)),
  intervals: [[0, Infinity]],
  kinks: [{ at: 'x = 0', convention: 'value −∞, derivative ∞' }],
})

/**
 * The logarithm to the base 10.
 *
 * **Special values**: −∞ at 0 with derivative ∞; NaN below 0; ∞ at ∞.
 *
 * @example
 * import { log10, scalar, toNumber } from 'gradus'
 * toNumber(log10(scalar(1000))) // ≈ 3
 *
 * @since 0.1.0
 */
export const log10: Unary = unaryOperation(log10P)

/** x(1 − x), whose derivative 1 − 2x is exact beside ½, where the difference (1 − x) − x of the product rule is not. */
export const bernoulliVarianceP: Primitive<undefined> = elementwise({
  name: 'bernoulliVariance',
  formula: 'x(1 - x)',
  kernel: (x) => mapEntries((entry) => entry * (1 - entry), x),
  partial: (x) => scale(sub(1, mul(2, x))),
})

const bernoulliVariance: Unary = unaryOperation(bernoulliVarianceP)

export const logitP: Primitive<undefined> = elementwise({
  name: 'logit',
  formula: '\\log\\frac{x}{1 - x}',
  kernel: (x) => mapEntries(logitOf, x),
  partial: (x) => scale(reciprocal(bernoulliVariance(x))),
  intervals: [[0, 1]],
  kinks: [{ at: 'x = 0, 1', convention: 'value ∓∞, derivative ∞' }],
})

/**
 * log(x/(1 − x)), the inverse of `sigmoid`, with derivative 1/(x(1 − x)). It keeps its digits beside ½, where it is 0.
 *
 * **Special values**: −∞ at 0 and ∞ at 1, with derivative ∞; NaN outside [0, 1].
 *
 * @example
 * import { logit, scalar, toNumber } from 'gradus'
 * toNumber(logit(scalar(0.75))) // ≈ 1.0986122886681098
 *
 * @since 0.1.0
 */
export const logit: Unary = unaryOperation(logitP)
