/** The Moore-Penrose inverse, of any rank. */

import { compose, type LinearMap, negate } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { eye } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { optionsFrom } from '../data/options.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { pseudoInverse } from '../kernel/blocked/minors.js'
import { sub } from './arithmetic.js'
import { matmul } from './contraction.js'
import {
  firstShape,
  flipMatrix,
  input,
  matrixRecord,
  perMatrix,
  plus,
  splitMatrix,
  timesLeft,
  timesRight,
} from './linalgMap.js'
import { svdFactorOf } from './linalgSvd.js'
import { transpose } from './structure.js'

export interface Cutoff {
  readonly cutoff: number
}

/**
 * A⁺; inputs: the matrix and its singular value decomposition. With P = A⁺, at constant rank (Golub & Pereyra 1973):
 * Ṗ = −P·Ȧ·P + P·Pᵀ·Ȧᵀ·(I − A·P) + (I − P·A)·Ȧᵀ·Pᵀ·P.
 */
export const pinvP: Primitive<Cutoff> = matrixRecord<Cutoff>({
  name: 'pinv',
  formula: 'A^+',
  shape: (_, inputs) => {
    const [batch, m, n] = splitMatrix('pinv', firstShape(inputs))
    return [...batch, n, m]
  },
  evaluate: ({ cutoff }, inputs, shape) => {
    const [batch, n, m] = splitMatrix('pinv', shape)
    const k = Math.min(m, n)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _, factor) =>
      pseudoInverse(
        m,
        n,
        factor.subarray(0, m * k),
        factor.subarray((m + n) * k),
        factor.subarray(m * k, (m + n) * k),
        cutoff,
        out,
      ),
    )
  },
  differential: [
    (_, inputs, p): LinearMap => {
      const a = input(inputs, 0)
      const [, m, n] = splitMatrix('pinv', a.shape)
      const flip = flipMatrix(a.rank)
      const main = compose(timesLeft(p), timesRight(p), negate)
      const turned = transpose(p)
      const offRange = compose(flip, timesLeft(matmul(p, turned)), timesRight(sub(eye(m), matmul(a, p))))
      const offRows = compose(flip, timesLeft(sub(eye(n), matmul(p, a))), timesRight(matmul(turned, p)))
      return plus(main, offRange, offRows)
    },
    undefined,
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [{ at: 'a change of rank', convention: 'the derivative at constant rank' }],
  },
})

/**
 * Which singular values count as 0.
 *
 * @since 0.1.0
 */
export interface PseudoInverseOptions {
  /** Relative to the largest singular value; by default max(m, n) · 2⁻⁵². */
  readonly cutoff?: number
}

/**
 * The Moore-Penrose inverse A⁺ = V diag(1/s) Uᵀ over the singular values above the cutoff.
 *
 * Derivatives are those at constant rank: A⁺ is not continuous where the rank changes.
 *
 * **Shapes** `[…, m, n]` to `[…, n, m]`.
 *
 * **Special values** singular values up to `cutoff` times the largest count as 0. A matrix that is not finite gives NaN.
 *
 * **References** Golub and Pereyra, *The Differentiation of Pseudo-Inverses and Nonlinear Least Squares Problems Whose Variables
 * Separate*, SIAM J. Numer. Anal. 10 (1973).
 *
 * @example
 * import { pinv, tensor, toArray } from 'gradus'
 * toArray(pinv(tensor([[2, 0], [0, 0], [0, 0]]))) // => [[0.5, 0, 0], [0, 0, 0]]
 *
 * @since 0.1.0
 */
export const pinv = (a: Tensor, options: PseudoInverseOptions = {}): Tensor => {
  const [, m, n] = splitMatrix('pinv', a.shape)
  const { cutoff = Math.max(m, n) * 2 ** -52 } = optionsFrom('pinv', options, {
    cutoff: 'singular values below it times the largest count as 0',
  })
  return cutoff >= 0 && cutoff < 1
    ? bind(pinvP, { cutoff }, [a, svdFactorOf(a)])
    : raise(
        'InvalidArgument',
        `pinv: expected a cutoff from 0 to below 1, got ${cutoff}. It is relative to the largest.`,
      )
}
