/** The gamma function, its logarithm and derivatives, the beta function and the Hurwitz zeta function. */
import { identity, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import {
  beta as betaOf,
  lbeta as lbetaOf,
  logOverDigamma as logOverDigammaOf,
  polygammaRise as polygammaRiseOf,
} from '../kernel/reference/beta.js'
import {
  digamma as digammaOf,
  gamma as gammaOf,
  lgamma as lgammaOf,
  polygamma as polygammaOf,
  zeta as zetaOf,
} from '../kernel/reference/gamma.js'
import { mapEntries, zipEntries } from '../kernel/reference/pointwise.js'
import { add, mul, neg, reciprocal } from './arithmetic.js'
import {
  type Binary,
  binaryOperation,
  elementwise,
  elementwise2,
  elementwiseWith,
  equalShape,
  type Operand,
  toTensor,
  type Unary,
  unaryOperation,
} from './define.js'

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
  // Γ″ overflows before Γ does.
  intervals: [[0, 160]],
  kinks: poles,
})

/**
 * Γ(x) with its sign: NaN at the negative integers, ±∞ at ±0, ∞ beyond 171.62. Within 6 ulp; at integers it is the nearest double to
 * the factorial.
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
 * ψ(x) = Γ′(x)/Γ(x), with digits also near its positive root: NaN at the negative integers. Within 4 ulp for x > 0; near
 * its negative roots the error is that of numbers of size 1.
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
 * The derivative of order `order` of ψ; of order 0 ψ itself. Within 10⁻¹³.
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

/** ψ⁽ⁿ⁾(x + y) − ψ⁽ⁿ⁾(x) for y ≥ 0, which is far below the rounding of either where x is large. */
export const polygammaRiseP: Primitive<{ readonly order: number }> = {
  name: 'polygammaRise',
  formula: '\\psi^{(n)}(x + y) - \\psi^{(n)}(x)',
  shape: (_, inputs) => equalShape('polygammaRise', inputs),
  evaluate: ({ order }, [x, y], shape) =>
    x === undefined || y === undefined
      ? raise('InvalidArgument', 'polygammaRise: expected two tensors.')
      : adopt(
          zipEntries((p, q) => polygammaRiseOf(order, p, q), bufferOf(x), bufferOf(y), x.size),
          shape,
        ),
  differential: [
    ({ order }, [x, y]) => (x === undefined || y === undefined ? identity : scale(rise(order + 1, x, y))),
    ({ order }, [x, y]) => (x === undefined || y === undefined ? identity : scale(polygamma(order + 1, add(x, y)))),
  ],
  deepen: (params) => params,
  mixes: false,
  domain: { intervals: [[0, Infinity]], kinks: [] },
}

const rise = (order: number, x: Tensor, y: Tensor): Tensor => bind(polygammaRiseP, { order }, [x, y])

/** ψ(x + y) − ψ(x). */
export const digammaRise = (x: Tensor, y: Tensor): Tensor => rise(0, x, y)

/** ψ′(x + y) − ψ′(x). */
export const slopeRise = (x: Tensor, y: Tensor): Tensor => rise(1, x, y)

/** log x − ψ(a), which is a small difference of large numbers where both are large. */
export const logOverDigammaP: Primitive<undefined> = elementwise2({
  name: 'logOverDigamma',
  formula: '\\log x - \\psi(a)',
  kernel: (a, x, n) => zipEntries(logOverDigammaOf, a, x, n),
  partials: [(a) => scale(neg(polygamma(1, a))), (_, x) => scale(reciprocal(x))],
  intervals: [[0, Infinity]],
})

export const logOverDigamma: Binary = binaryOperation(logOverDigammaP)

export const lbetaP: Primitive<undefined> = elementwise2({
  name: 'lbeta',
  formula: '\\log B(a, b)',
  kernel: (a, b, n) => zipEntries(lbetaOf, a, b, n),
  partials: [(a, b) => scale(neg(digammaRise(a, b))), (a, b) => scale(neg(digammaRise(b, a)))],
  intervals: [[0, Infinity]],
})

/**
 * log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b > 0, without the cancellation of large terms, in its
 * derivatives neither; NaN below 0. Within 4 ulp where a or b is 10 or
 * more, and within 6e-15, absolutely, elsewhere.
 *
 * @example
 * import { lbeta, toNumber } from 'gradus'
 * toNumber(lbeta(1e10, 0.5)) // ≈ -10.940560522033028
 *
 * @since 0.1.0
 */
export const lbeta: Binary = binaryOperation(lbetaP)

export const betaP: Primitive<undefined> = elementwise2({
  name: 'beta',
  formula: 'B(a, b)',
  kernel: (a, b, n) => zipEntries(betaOf, a, b, n),
  partials: [(a, b, y) => scale(neg(mul(y, digammaRise(a, b)))), (a, b, y) => scale(neg(mul(y, digammaRise(b, a))))],
  intervals: [[0, Infinity]],
})

/**
 * B(a, b) = Γ(a) Γ(b) / Γ(a + b) for a, b > 0; NaN below 0. Within 10⁻¹³.
 *
 * @example
 * import { beta, toNumber } from 'gradus'
 * toNumber(beta(2, 3)) // ≈ 0.08333333333333333
 *
 * @since 0.1.0
 */
export const beta: Binary = binaryOperation(betaP)

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
 * The Hurwitz zeta function Σ (q + k)⁻ˢ over k ≥ 0, for s > 1; Riemann's with q = 1. NaN for s < 1, and for q < 0
 * where s is not an integer. Within 10⁻¹³ for s up to 500.
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
