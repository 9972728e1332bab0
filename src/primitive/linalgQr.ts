/** The QR decomposition, reduced, with a positive diagonal of R. */
import { compose, identity, type LinearMap, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { showShape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { qrFactor } from '../kernel/reference/householder.js'
import { matmul } from './contraction.js'
import {
  firstShape,
  flipMatrix,
  input,
  lowerMask,
  matrixRecord,
  perMatrix,
  plus,
  solveMap,
  splitMatrix,
  timesLeft,
  timesRight,
  upperMask,
} from './linalgMap.js'
import { transpose } from './structure.js'
import { concat, slice } from './window.js'

/** [m + n, n] for m ≥ n: Q above R. */
export const qrFactorP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'qrFactor',
  formula: 'A = Q R',
  shape: (_, inputs) => {
    const [batch, m, n] = splitMatrix('qr', firstShape(inputs))
    return m >= n
      ? [...batch, m + n, n]
      : raise(
          'ShapeMismatch',
          `qr: the factor of a wide matrix ${showShape(firstShape(inputs))} is that of its columns.`,
        )
  },
  evaluate: (_, inputs, shape) => {
    const [batch, m, n] = splitMatrix('qr', input(inputs, 0).shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, a) => qrFactor(m, n, a, out))
  },
  differential: [undefined],
})

export interface QrPart {
  readonly part: 'q' | 'r'
}

const partOf = (part: QrPart['part'], inputs: ReadonlyArray<Tensor>): Tensor => bind(qrP, { part }, inputs)

/** T ↦ the upper triangle S with S − T skew: what is above the diagonal, and what is below it, turned up. */
const foldUp = (n: number, rank: number): LinearMap =>
  plus(scale(upperMask(n, n)), compose(scale(lowerMask(n, n, -1)), flipMatrix(rank)))

/** Q or R; inputs: the matrix and its factor. With C = Ȧ·R⁻¹ and S = foldUp(Qᵀ·C): Q̇ = C − Q·S, Ṙ = S·R. */
export const qrP: Primitive<QrPart> = matrixRecord<QrPart>({
  name: 'qr',
  formula: 'Q, R \\text{ with } Q R = A',
  shape: ({ part }, inputs) => {
    const [batch, m, n] = splitMatrix('qr', firstShape(inputs))
    return part === 'q' ? [...batch, m, n] : [...batch, n, n]
  },
  evaluate: ({ part }, inputs, shape) => {
    const [batch, m, n] = splitMatrix('qr', input(inputs, 0).shape)
    const [from, to] = part === 'q' ? [0, m * n] : [m * n, (m + n) * n]
    return perMatrix(sizeOf(batch), inputs, shape, (out, _, factor) => out.set(factor.subarray(from, to)))
  },
  differential: [
    ({ part }, inputs) => {
      const [q, r] = [partOf('q', inputs), partOf('r', inputs)]
      const spread = compose(flipMatrix(r.rank), solveMap('upper', [r], true), flipMatrix(r.rank))
      const rate = compose(timesLeft(q, true), foldUp(r.shape.at(-1) ?? 0, r.rank))
      return part === 'r'
        ? compose(spread, rate, timesRight(r))
        : compose(spread, plus(identity, compose(rate, timesLeft(q), negate)))
    },
    undefined,
  ],
})

/**
 * What `qr` finds.
 *
 * @since 0.1.0
 */
export interface Qr {
  /** `[…, m, k]`, k = min(m, n), with orthonormal columns. */
  readonly q: Tensor
  /** `[…, k, n]`, zeros below the diagonal, which is not negative. */
  readonly r: Tensor
}

const tallQr = (a: Tensor): Qr => {
  const inputs = [a, bind(qrFactorP, undefined, [a])]
  return { q: partOf('q', inputs), r: partOf('r', inputs) }
}

/**
 * The reduced QR decomposition. The diagonal of R is positive, which makes the decomposition of a matrix of full rank unique
 * (LAPACK leaves the signs to its algorithm).
 *
 *     A = Q R,  Qᵀ Q = I
 *
 * **Shapes** `[…, m, n]`; with k = min(m, n), Q is `[…, m, k]` and R `[…, k, n]`.
 *
 * **Special values** where the first k columns are linearly dependent there is no derivative: it is NaN.
 *
 * **References** Golub and Van Loan, *Matrix Computations* (4th ed.), §5.2; Walter and Lehmann, *Algorithmic Differentiation
 * of Linear Algebra Functions*, arXiv:1001.1654 (2010).
 *
 * @example
 * import { qr, tensor, toArray } from 'gradus'
 * const { q, r } = qr(tensor([[0, 2], [3, 1]]))
 * toArray(q) // => [[0, 1], [1, 0]]
 * toArray(r) // => [[3, 1], [0, 2]]
 *
 * @since 0.1.0
 */
export const qr = (a: Tensor): Qr => {
  const [batch, m, n] = splitMatrix('qr', a.shape)
  if (m >= n) return tallQr(a)
  // Of a wide matrix the first m columns decide about Q.
  const zero = batch.map(() => 0)
  const { q, r } = tallQr(slice(a, [...zero, 0, 0], [...batch, m, m]))
  const rest = matmul(transpose(q), slice(a, [...zero, 0, m], [...batch, m, n]))
  return { q, r: concat([r, rest], { axis: -1 }) }
}
