/** The gamma function, its logarithm and derivatives, the beta function and the Hurwitz zeta function. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import {
  digamma as digammaOf,
  gamma as gammaOf,
  lbeta as lbetaOf,
  lgamma as lgammaOf,
  polygamma as polygammaOf,
  zeta as zetaOf,
} from '../kernel/reference/gamma.js'
import { mapEntries, zipEntries } from '../kernel/reference/pointwise.js'
import { add, mul, neg, sub } from './arithmetic.js'
import {
  type Binary,
  binaryOperation,
  elementwise,
  elementwise2,
  elementwiseWith,
  type Operand,
  toTensor,
  type Unary,
  unaryOperation,
} from './define.js'
import { exp } from './elementary.js'

const poles = [{ at: '0, -1, -2, …', convention: 'poles' }]

export const lgammaP: Primitive<undefined> = elementwise({
  name: 'lgamma',
  formula: '\\log |\\Gamma(x)|',
  kernel: (x) => mapEntries(lgammaOf, x),
  partial: (x) => scale(digamma(x)),
  intervals: [[0, Infinity]],
  kinks: poles,
})

/**
 * log |Γ(x)|: ∞ at 0 and the negative integers. Within 6 ulp for x > 0, its zeros 1 and 2 included; near its negative zeros the error
 * is that of numbers of size 1.
 *
 * **References** DLMF 5.5.3, 5.7.3, 5.11.1.
 *
 * @example
 * import { lgamma, scalar, toNumber } from 'gradus'
 * toNumber(lgamma(scalar(0.5))) // ≈ 0.5723649429247001
 *
 * @since 0.1.0
 */
export const lgamma: Unary = unaryOperation(lgammaP)

export const gammaP: Primitive<undefined> = elementwise({
  name: 'gamma',
  formula: '\\Gamma(x)',
  kernel: (x) => mapEntries(gammaOf, x),
  partial: (x, y) => scale(mul(y, digamma(x))),
  // Γ ends at 171.6, and its second derivative, (log x)² as large, before that.
  intervals: [[0, 168]],
  kinks: poles,
})

/**
 * Γ(x) with its sign: NaN at the negative integers, ±∞ at ±0, ∞ beyond 171.62.
 *
 * @example
 * import { gamma, scalar, toNumber } from 'gradus'
 * toNumber(gamma(scalar(5))) // ≈ 24
 *
 * @since 0.1.0
 */
export const gamma: Unary = unaryOperation(gammaP)

export const digammaP: Primitive<undefined> = elementwise({
  name: 'digamma',
  formula: '\\psi(x)',
  kernel: (x) => mapEntries(digammaOf, x),
  partial: (x) => scale(polygamma(1, x)),
  intervals: [[0, Infinity]],
  kinks: poles,
})

/**
 * ψ(x) = Γ′(x)/Γ(x), with digits also near its positive root: NaN at the negative integers.
 *
 * **References** DLMF 5.5.2, 5.5.4, 5.11.2.
 *
 * @example
 * import { digamma, scalar, toNumber } from 'gradus'
 * toNumber(digamma(scalar(1))) // ≈ -0.5772156649015329
 *
 * @since 0.1.0
 */
export const digamma: Unary = unaryOperation(digammaP)

export const polygammaP: Primitive<{ readonly order: number }> = elementwiseWith<{ readonly order: number }>({
  name: 'polygamma',
  formula: '\\psi^{(n)}(x)',
  kernel: ({ order }, x) => mapEntries((entry) => polygammaOf(order, entry), x),
  partial: ({ order }, x) => scale(polygamma(order + 1, x)),
  intervals: [[0, Infinity]],
  kinks: poles,
})

/**
 * The derivative of order `order` of ψ; of order 0 ψ itself.
 *
 * **Fails** with a `Defect` when the order is not an integer from 0 to 100.
 *
 * **References** DLMF 5.15.1, 25.11.12.
 *
 * @example
 * import { polygamma, scalar, toNumber } from 'gradus'
 * toNumber(polygamma(1, scalar(1))) // ≈ 1.6449340668482264
 *
 * @since 0.1.0
 */
export const polygamma = (order: number, x: Operand): Tensor =>
  Number.isInteger(order) && order >= 0 && order <= 100
    ? order === 0
      ? digamma(x)
      : bind(polygammaP, { order }, [toTensor('polygamma', x)])
    : raise('InvalidArgument', `polygamma: expected an order that is an integer from 0 to 100, got ${order}.`)

export const lbetaP: Primitive<undefined> = elementwise2({
  name: 'lbeta',
  formula: '\\log B(a, b)',
  kernel: (a, b, n) => zipEntries(lbetaOf, a, b, n),
  partials: [
    (a, b) => scale(sub(digamma(a), digamma(add(a, b)))),
    (a, b) => scale(sub(digamma(b), digamma(add(a, b)))),
  ],
  intervals: [[0, Infinity]],
})

/**
 * log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b > 0, without the cancellation of large terms; NaN below 0.
 *
 * @example
 * import { lbeta, toNumber } from 'gradus'
 * toNumber(lbeta(1e10, 0.5)) // ≈ -10.940560522033028
 *
 * @since 0.1.0
 */
export const lbeta: Binary = binaryOperation(lbetaP)

/**
 * B(a, b) = Γ(a) Γ(b) / Γ(a + b) for a, b > 0.
 *
 * @example
 * import { beta, toNumber } from 'gradus'
 * toNumber(beta(2, 3)) // ≈ 0.08333333333333333
 *
 * @since 0.1.0
 */
export const beta: Binary = (a, b) => exp(lbeta(a, b))

export const zetaP: Primitive<undefined> = elementwise2({
  name: 'zeta',
  formula: '\\zeta(s, q)',
  kernel: (s, q, n) => zipEntries(zetaOf, s, q, n),
  partials: [
    () =>
      raise(
        'InvalidArgument',
        'zeta: the derivative in s is not known here. Pass s as a number or through stopGradient; the one in q is −s ζ(s + 1, q).',
      ),
    (s, q) => scale(neg(mul(s, zeta(add(s, 1), q)))),
  ],
  intervals: [
    [1, Infinity],
    [0, Infinity],
  ],
  kinks: [{ at: 's = 1', convention: 'a pole' }],
})

/**
 * The Hurwitz zeta function Σ (q + k)⁻ˢ over k ≥ 0, for s > 1; Riemann's with q = 1. NaN for s < 1.
 *
 * **Fails** with a `Defect` when it is differentiated in s.
 *
 * **References** DLMF 25.11.1, 25.11.17; Johansson, *Rigorous high-precision computation of the Hurwitz zeta function*, 2015.
 *
 * @example
 * import { toNumber, zeta } from 'gradus'
 * toNumber(zeta(2, 1)) // ≈ 1.6449340668482264
 *
 * @since 0.1.0
 */
export const zeta: Binary = binaryOperation(zetaP)
