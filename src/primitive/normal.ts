/** The normal distribution and the error functions around it, with digits in the tails at every order. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { normalDistribution } from '../kernel/reference/gates.js'
import {
  erfc as erfcOf,
  erfinv as erfinvOf,
  logNdtr as logNdtrOf,
  ndtri as ndtriOf,
  scaledIntegral,
} from '../kernel/reference/normal.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { div, mul, neg, reciprocal, square, sub } from './arithmetic.js'
import { less, where } from './choice.js'
import { elementwise, elementwiseWith, type Operand, toTensor, type Unary, unaryOperation } from './define.js'
import { exp } from './elementary.js'
import { normalDensity } from './gate.js'

const twoOverRootPi = 1.1283791670955126
const rootOfTwoOverPi = 0.7978845608028654

export const erfcP: Primitive<undefined> = elementwise({
  name: 'erfc',
  formula: '\\operatorname{erfc} x',
  kernel: (x) => mapEntries(erfcOf, x),
  partial: (x) => scale(mul(-twoOverRootPi, exp(neg(square(x))))),
})

/**
 * 1 − erf(x) = 2/√π ∫ₓ^∞ e^(−t²) dt, with all digits where it is small: within 4 ulp. Its derivative is within x² ulp.
 *
 * @example
 * import { erfc, scalar, toNumber } from 'gradus'
 * toNumber(erfc(scalar(5))) // ≈ 1.537459794428035e-12
 *
 * @since 0.1.0
 */
export const erfc: Unary = unaryOperation(erfcP)

/** e^(x²) iⁿerfc(x), whose derivative is −2 (n + 1) times the next: no order cancels. */
export const erfcxP: Primitive<{ readonly order: number }> = elementwiseWith<{ readonly order: number }>({
  name: 'erfcx',
  formula: 'e^{x^2} \\operatorname{i}^n\\!\\operatorname{erfc} x',
  kernel: ({ order }, x) => mapEntries((entry) => scaledIntegral(order, entry), x),
  partial: ({ order }, x) => scale(mul(-2 * (order + 1), bind(erfcxP, { order: order + 1 }, [x]))),
})

/**
 * The scaled complementary error function e^(x²) erfc(x), which falls like 1/(x √π) where erfc underflows: within 4 ulp, ∞ below
 * −26.63.
 *
 * **References** Matta and Reichel, *Uniform computation of the error function and other related functions*, 1971; Gautschi,
 * *Recursive computation of the repeated integrals of the error function*, 1961.
 *
 * @example
 * import { erfcx, scalar, toNumber } from 'gradus'
 * toNumber(erfcx(scalar(100))) // ≈ 0.005641613782989433
 *
 * @since 0.1.0
 */
export const erfcx: Unary = (x: Operand): Tensor => bind(erfcxP, { order: 0 }, [toTensor('erfcx', x)])

export const erfinvP: Primitive<undefined> = elementwise({
  name: 'erfinv',
  formula: '\\operatorname{erf}^{-1} x',
  kernel: (x) => mapEntries(erfinvOf, x),
  partial: (_, y) => scale(mul(1 / twoOverRootPi, exp(square(y)))),
  intervals: [[-1, 1]],
})

/**
 * The inverse of erf: ±∞ at ±1, NaN outside of [−1, 1]. Within 4 ulp.
 *
 * @example
 * import { erfinv, scalar, toNumber } from 'gradus'
 * toNumber(erfinv(scalar(0.5))) // ≈ 0.4769362762044699
 *
 * @since 0.1.0
 */
export const erfinv: Unary = unaryOperation(erfinvP)

export const ndtrP: Primitive<undefined> = elementwise({
  name: 'ndtr',
  formula: '\\Phi(x)',
  kernel: (x) => mapEntries(normalDistribution, x),
  partial: (x) => scale(normalDensity(x)),
})

/**
 * The distribution function of the standard normal distribution, Φ(x) = ½ erfc(−x/√2). Within 4 ulp, tails
 * included.
 *
 * @example
 * import { ndtr, scalar, toNumber } from 'gradus'
 * toNumber(ndtr(scalar(-10))) // ≈ 7.619853024160527e-24
 *
 * @since 0.1.0
 */
export const ndtr: Unary = unaryOperation(ndtrP)

export const logNdtrP: Primitive<undefined> = elementwise({
  name: 'logNdtr',
  formula: '\\log \\Phi(x)',
  kernel: (x) => mapEntries(logNdtrOf, x),
  // φ/Φ is √(2/π) / erfcx(−x/√2) on the left, where neither of the two underflows; on the right erfcx would overflow.
  partial: (x) =>
    scale(
      where(
        less(x, 0),
        mul(rootOfTwoOverPi, reciprocal(erfcx(mul(-Math.SQRT1_2, x)))),
        div(mul(rootOfTwoOverPi / 2, exp(mul(-0.5, square(x)))), ndtr(x)),
      ),
    ),
})

/**
 * log Φ(x), also where Φ underflows. Within 4 ulp; its derivatives keep their digits on both sides.
 *
 * @example
 * import { logNdtr, scalar, toNumber } from 'gradus'
 * toNumber(logNdtr(scalar(-100))) // ≈ -5005.524208694205
 *
 * @since 0.1.0
 */
export const logNdtr: Unary = unaryOperation(logNdtrP)

export const ndtriP: Primitive<undefined> = elementwise({
  name: 'ndtri',
  formula: '\\Phi^{-1}(p)',
  kernel: (p) => mapEntries(ndtriOf, p),
  partial: (_, y) => scale(mul(2 / rootOfTwoOverPi, exp(mul(0.5, square(y))))),
  intervals: [[0, 1]],
})

/**
 * The quantiles of the standard normal distribution, the inverse of Φ: ∓∞ at 0 and 1, NaN outside of [0, 1].
 * Within 4 ulp.
 *
 * @example
 * import { ndtri, scalar, toNumber } from 'gradus'
 * toNumber(ndtri(scalar(0.975))) // ≈ 1.959963984540054
 *
 * @since 0.1.0
 */
export const ndtri: Unary = unaryOperation(ndtriP)

/**
 * The inverse of erfc: ±∞ at 0 and 2, NaN outside of [0, 2]. Within 6 ulp, small values included.
 *
 * @example
 * import { erfcinv, scalar, toNumber } from 'gradus'
 * toNumber(erfcinv(scalar(1e-300))) // ≈ 26.209469960516124
 *
 * @since 0.1.0
 */
// Not the opposite of a product, which would be −0 at 1.
export const erfcinv: Unary = (y: Operand) => sub(0, mul(Math.SQRT1_2, ndtri(mul(0.5, y))))
