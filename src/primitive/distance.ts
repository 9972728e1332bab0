/** Distances: the hypotenuse, whose derivatives are cosines of directions. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { directionCosine as cosineOf, hypot as hypotOf } from '../kernel/reference/distance.js'
import { zipEntries } from '../kernel/reference/pointwise.js'
import { div, mul, neg, square } from './arithmetic.js'
import { type Binary, binaryOperation, elementwise2 } from './define.js'

/** a/√(a² + b²); the derivatives s²/r and −c·s/r have none of the cancellation of 1/r − a²/r³. */
export const directionCosineP: Primitive<undefined> = elementwise2({
  name: 'directionCosine',
  formula: 'a / \\sqrt{a^2 + b^2}',
  kernel: (a, b, n) => zipEntries(cosineOf, a, b, n),
  partials: [
    (a, b) => scale(div(square(directionCosine(b, a)), hypot(a, b))),
    (a, b, c) => scale(neg(div(mul(c, directionCosine(b, a)), hypot(a, b)))),
  ],
  kinks: [{ at: '(0, 0)', convention: 'value 0, derivative NaN' }],
})

const directionCosine: Binary = binaryOperation(directionCosineP)

export const hypotP: Primitive<undefined> = elementwise2({
  name: 'hypot',
  formula: '\\sqrt{a^2 + b^2}',
  kernel: (a, b, n) => zipEntries(hypotOf, a, b, n),
  partials: [(a, b) => scale(directionCosine(a, b)), (a, b) => scale(directionCosine(b, a))],
  kinks: [{ at: '(0, 0)', convention: 'derivative 0; the second derivative is NaN' }],
})

/**
 * √(a² + b²), entry by entry, without overflow or underflow; within 1 ulp.
 *
 * **Special values**: ∞ where either is infinite, even if the other is NaN. At the origin the derivative is 0 by
 * convention (the middle of the subdifferential) and the second derivative is NaN.
 *
 * **References**: Borges, *Algorithm 1138*, ACM Transactions on Mathematical Software 47 (2020).
 *
 * @example
 * import { hypot, scalar, toNumber } from 'gradus'
 * toNumber(hypot(scalar(3), 4)) // => 5
 * toNumber(hypot(scalar(3e200), 4e200)) // ≈ 5e200
 *
 * @since 0.1.0
 */
export const hypot: Binary = binaryOperation(hypotP)
