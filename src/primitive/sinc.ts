/** The cardinal sine: one record for all its derivatives, each of which has a series of its own at the origin. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { sincDerivative } from '../kernel/reference/sinc.js'
import { elementwiseWith, type Operand, toTensor, type Unary } from './define.js'

export const sincP: Primitive<{ readonly order: number }> = elementwiseWith<{ readonly order: number }>({
  name: 'sinc',
  formula: '\\frac{d^n}{dx^n} \\frac{\\sin \\pi x}{\\pi x}',
  kernel: ({ order }, x) => mapEntries((entry) => sincDerivative(order, entry), x),
  partial: ({ order }, x) => scale(derivative(order + 1, x)),
})

const derivative = (order: number, x: Tensor): Tensor => bind(sincP, { order }, [x])

/**
 * sin(πx)/(πx), the normalised cardinal sine: 1 at 0, and 0 at every other integer. Its derivatives are right at 0 and
 * beside it to every order; the argument is reduced exactly.
 *
 * **Special values**: 0 at ±∞ with all its derivatives.
 *
 * @example
 * import { grad, scalar, sinc, toNumber } from 'gradus'
 * toNumber(sinc(scalar(0.5))) // ≈ 0.6366197723675814
 * toNumber(grad(grad(sinc))(scalar(0))) // ≈ -3.289868133696453
 *
 * @since 0.1.0
 */
export const sinc: Unary = (x: Operand) => derivative(0, toTensor('sinc', x))
