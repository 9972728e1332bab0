/** Special functions and the activations built on them, entry by entry. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { erf as erfOf, sigmoid as sigmoidOf, softplus as softplusOf } from '../kernel/reference/special.js'
import { mul, neg, square } from './arithmetic.js'
import { elementwise, type Unary, unaryOperation } from './define.js'
import { exp } from './elementary.js'

export const sigmoidP: Primitive<undefined> = elementwise({
  name: 'sigmoid',
  formula: '\\sigma(x) = 1 / (1 + e^{-x})',
  kernel: (x) => mapEntries(sigmoidOf, x),
  partial: (x, y) => scale(mul(y, sigmoid(neg(x)))),
})

/**
 * The logistic function 1 / (1 + e⁻ˣ). Its derivative σ(x) σ(−x) keeps its digits on both sides.
 *
 * @example
 * import { scalar, sigmoid, toNumber } from 'gradus'
 * toNumber(sigmoid(scalar(-1))) // ≈ 0.2689414213699951
 *
 * @since 0.1.0
 */
export const sigmoid: Unary = unaryOperation(sigmoidP)

export const softplusP: Primitive<undefined> = elementwise({
  name: 'softplus',
  formula: '\\log(1 + e^x)',
  kernel: (x) => mapEntries(softplusOf, x),
  partial: (x) => scale(sigmoid(x)),
})

/**
 * log(1 + eˣ) without overflow; its derivative is the sigmoid.
 *
 * @example
 * import { scalar, softplus, toNumber } from 'gradus'
 * toNumber(softplus(scalar(1000))) // ≈ 1000
 *
 * @since 0.1.0
 */
export const softplus: Unary = unaryOperation(softplusP)

export const erfP: Primitive<undefined> = elementwise({
  name: 'erf',
  formula: '\\operatorname{erf} x',
  kernel: (x) => mapEntries(erfOf, x),
  partial: (x) => scale(mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))))),
})

/**
 * The error function 2/√π ∫₀ˣ e^(−t²) dt.
 *
 * @example
 * import { erf, scalar, toNumber } from 'gradus'
 * toNumber(erf(scalar(0.5))) // ≈ 0.5204998778130465
 *
 * @since 0.1.0
 */
export const erf: Unary = unaryOperation(erfP)
