/** The matrix exponential, whose derivative is a block of the exponential of a larger matrix. */
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { exponential } from '../kernel/blocked/exponential.js'
import { abs, div, mul } from './arithmetic.js'
import { greater, less, logicalAnd, stopGradient, where } from './choice.js'
import { firstShape, matrixRecord, perMatrix, splitSquare } from './linalgMap.js'
import { max } from './reduction.js'
import { transpose } from './structure.js'
import { concat, slice } from './window.js'

export const expmP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'expm',
  formula: 'e^A = \\sum_k A^k / k!',
  shape: (_, inputs) => {
    splitSquare('expm', firstShape(inputs))
    return firstShape(inputs)
  },
  evaluate: (_, inputs, shape) => {
    const [batch, n] = splitSquare('expm', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, a) => exponential(n, a, out))
  },
  differential: [(_, inputs) => ({ _tag: 'Exponential', by: inputs[0] ?? zeros([0, 0]), transposed: false })],
})

/**
 * The derivative of exp at A along E, the upper right block of exp [[A, E], [0, A]] (Najfeld & Havel 1995). The adjoint is
 * the derivative at Aᵀ. E is brought to size 1 first: it must not decide about the scaling of A.
 */
export const exponentialAlong = (by: Tensor, e: Tensor, transposed: boolean): Tensor => {
  const n = by.shape.at(-1) ?? 0
  if (by.size === 0) return e
  const a = transposed ? transpose(by) : by
  const largest = stopGradient(max(abs(e), { axes: [-2, -1], keepAxes: true }))
  const unit = where(logicalAnd(greater(largest, 0), less(largest, Infinity)), largest, 1)
  const block = concat([concat([a, div(e, unit)], { axis: -1 }), concat([zeros(by.shape), a], { axis: -1 })], {
    axis: -2,
  })
  const whole = bind(expmP, undefined, [block])
  const batch = by.shape.slice(0, -2)
  return mul(slice(whole, [...batch.map(() => 0), 0, n], [...batch, n, 2 * n]), unit)
}

/**
 * The matrix exponential, by scaling and squaring of a Padé approximant.
 *
 *     exp A = Σ Aᵏ/k!
 *
 * Its derivative along E is a block of the exponential of a matrix of twice the order, and so exact to every order.
 *
 * **Shapes** `[…, n, n]`.
 *
 * **Cost** about 10 products of matrices and one more for each doubling of the norm; a derivative costs 8 values.
 *
 * **Special values** a matrix with an entry that is not finite gives NaN throughout.
 *
 * **References** Higham, *The Scaling and Squaring Method for the Matrix Exponential Revisited*, SIAM J. Matrix Anal. Appl. 26
 * (2005); Najfeld and Havel, *Derivatives of the Matrix Exponential and Their Computation*, Adv. Appl. Math. 16 (1995).
 *
 * @example
 * import { expm, tensor, toArray } from 'gradus'
 * toArray(expm(tensor([[0, 1], [0, 0]]))) // => [[1, 1], [0, 1]]
 *
 * @since 0.1.0
 */
export const expm = (a: Tensor): Tensor => bind(expmP, undefined, [a])
