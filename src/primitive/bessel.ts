/** Bessel functions of integer order; their derivatives are the neighboring orders, so that none divides by x. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import {
  besselIe as besselIeOf,
  besselI as besselIOf,
  besselJ as besselJOf,
  besselMoment as besselMomentOf,
} from '../kernel/reference/bessel.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { add, mul, neg, sign, sub } from './arithmetic.js'
import { elementwiseWith, type Operand, toTensor, type Unary } from './define.js'

interface Order {
  readonly order: number
}

const family = (
  name: string,
  formula: string,
  kernel: (order: number, x: number) => number,
  slope: (order: number, x: Tensor, y: Tensor) => Tensor,
): Primitive<Order> =>
  elementwiseWith<Order>({
    name,
    formula,
    kernel: ({ order }, x) => mapEntries((entry) => kernel(order, entry), x),
    partial: ({ order }, x, y) => scale(slope(order, x, y)),
  })

const at = (primitive: Primitive<Order>, order: number, x: Tensor): Tensor => bind(primitive, { order }, [x])

export const besselJP: Primitive<Order> = family('besselJ', 'J_n(x)', besselJOf, (order, x) =>
  order === 0 ? neg(at(besselJP, 1, x)) : mul(0.5, sub(at(besselJP, order - 1, x), at(besselJP, order + 1, x))),
)

export const besselIP: Primitive<Order> = family('besselI', 'I_n(x)', besselIOf, (order, x) =>
  order === 0 ? at(besselIP, 1, x) : mul(0.5, add(at(besselIP, order - 1, x), at(besselIP, order + 1, x))),
)

/** Mₙ(|x|), the moments of which e^(−|x|) I₀ and I₁ are made: their derivative is the next, and none of it cancels. */
export const besselMomentP: Primitive<Order> = family('besselMoment', 'M_n(|x|)', besselMomentOf, (order, x) =>
  neg(mul(sign(x), at(besselMomentP, order + 1, x))),
)

/** Orders 0 and 1. The factor e^(−|x|) has a kink at 0, where its derivative counts as 0. */
export const besselIeP: Primitive<Order> = family('besselIe', 'e^{-|x|} I_n(x)', besselIeOf, (order, x) =>
  order === 0 ? neg(mul(sign(x), at(besselMomentP, 1, x))) : sub(at(besselMomentP, 2, x), at(besselMomentP, 1, x)),
)

/**
 * The Bessel function J₀(x) of the first kind. Its error is below 6 ulp of √(2/πx), which it swings between, so that digits
 * are lost near its zeros.
 *
 * **References** DLMF 10.6.1, 10.17.3, 10.74(iv).
 *
 * @example
 * import { j0, scalar, toNumber } from 'gradus'
 * toNumber(j0(scalar(1))) // ≈ 0.7651976865579666
 *
 * @since 0.1.0
 */
export const j0: Unary = (x: Operand): Tensor => at(besselJP, 0, toTensor('j0', x))

/**
 * The Bessel function J₁(x) of the first kind.
 *
 * @example
 * import { j1, scalar, toNumber } from 'gradus'
 * toNumber(j1(scalar(1))) // ≈ 0.44005058574493355
 *
 * @since 0.1.0
 */
export const j1: Unary = (x: Operand): Tensor => at(besselJP, 1, toTensor('j1', x))

/**
 * The modified Bessel function I₀(x), ∞ beyond 713.
 *
 * **References** DLMF 10.29.1, 10.40.1.
 *
 * @example
 * import { i0, scalar, toNumber } from 'gradus'
 * toNumber(i0(scalar(1))) // ≈ 1.2660658777520082
 *
 * @since 0.1.0
 */
export const i0: Unary = (x: Operand): Tensor => at(besselIP, 0, toTensor('i0', x))

/**
 * The modified Bessel function I₁(x).
 *
 * @example
 * import { i1, scalar, toNumber } from 'gradus'
 * toNumber(i1(scalar(1))) // ≈ 0.5651591039924851
 *
 * @since 0.1.0
 */
export const i1: Unary = (x: Operand): Tensor => at(besselIP, 1, toTensor('i1', x))

/**
 * e^(−|x|) I₀(x), which does not overflow. Its derivatives keep their digits at large x; at 0 the first is 0.
 *
 * **References** DLMF 10.29.1, 10.40.1.
 *
 * @example
 * import { i0e, scalar, toNumber } from 'gradus'
 * toNumber(i0e(scalar(1))) // ≈ 0.46575960759364043
 *
 * @since 0.1.0
 */
export const i0e: Unary = (x: Operand): Tensor => at(besselIeP, 0, toTensor('i0e', x))

/**
 * e^(−|x|) I₁(x), which does not overflow.
 *
 * @example
 * import { i1e, scalar, toNumber } from 'gradus'
 * toNumber(i1e(scalar(1))) // ≈ 0.2079104153497085
 *
 * @since 0.1.0
 */
export const i1e: Unary = (x: Operand): Tensor => at(besselIeP, 1, toTensor('i1e', x))
