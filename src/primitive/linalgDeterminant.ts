/** Determinants, right at singular matrices too, and their logarithms. */
import { compose, type LinearMap, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { eye } from '../data/construct.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { luLogAbs, luSign } from '../kernel/blocked/lu.js'
import { cofactorsOf, determinant, orientation } from '../kernel/blocked/minors.js'
import { mul } from './arithmetic.js'
import { less, where } from './choice.js'
import { luFactorOf, solveP } from './linalgLu.js'
import {
  crossMask,
  diagonalMask,
  firstShape,
  flipMatrix,
  input,
  matrixRecord,
  perMatrix,
  plus,
  splitSquare,
  sumMap,
  timesLeft,
  timesRight,
} from './linalgMap.js'
import { singularValuesOf, strictVectorsOf, svdFactorOf } from './linalgSvd.js'
import { broadcastTo, expandDims, transpose } from './structure.js'
import { slice } from './window.js'

/** Det U · det V of a packed singular value decomposition, 1 or −1: locally constant. */
export const orientationP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'orientation',
  formula: '\\det U \\det V',
  shape: (_, inputs) => firstShape(inputs).slice(0, -2),
  evaluate: (_, inputs, shape) => {
    const n = input(inputs, 0).shape.at(-1) ?? 0
    return perMatrix(sizeOf(shape), inputs, shape, (out, factor) => orientation(n, factor, out))
  },
  differential: [undefined],
})

/** M_ij = Π_{k ≠ i, j} s_k off the diagonal and 0 on it, by multiplication alone: right where values are 0. */
const productsWithoutTwo = (s: Tensor): Tensor => {
  const n = s.shape.at(-1) ?? 0
  const column = expandDims(s, -1)
  const zero = s.shape.slice(0, -1).map(() => 0)
  const factors = Array.from({ length: n }, (_, k) => {
    const value = slice(column, [...zero, k, 0], [...s.shape.slice(0, -1), k + 1, 1])
    return where(crossMask(n, k), 1, value)
  })
  return factors.reduce((product, factor) => mul(product, factor), where(diagonalMask(n), 0, 1))
}

/**
 * The matrix of cofactors, det A·A⁻ᵀ where A is regular; inputs: the matrix and its singular value decomposition. With
 * B = Uᵀ·Ȧ·V its derivative is ±U·(diag(M·diag B) − M ⊙ Bᵀ)·Vᵀ, M being minors of diag(s) of order n − 2: nothing is
 * divided by, and so it holds at every rank.
 */
export const cofactorP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'cofactor',
  formula: '(-1)^{i+j} \\det A_{\\setminus i, \\setminus j}',
  shape: (_, inputs) => firstShape(inputs),
  evaluate: (_, inputs, shape) => {
    const [batch, n] = splitSquare('det', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _a, factor) => cofactorsOf(n, factor, out))
  },
  differential: [
    (_, inputs): LinearMap => {
      const shape = input(inputs, 0).shape
      // Strict, so that a third derivative at equal singular values is NaN and not a number that lacks a part.
      const u = strictVectorsOf('left', inputs)
      const v = strictVectorsOf('right', inputs)
      const sign = expandDims(expandDims(bind(orientationP, undefined, [input(inputs, 1)]), -1), -1)
      const minors = mul(sign, productsWithoutTwo(singularValuesOf(inputs)))
      const diagonal = scale(diagonalMask(shape.at(-1) ?? 0))
      const onDiagonal = compose(
        diagonal,
        timesLeft(minors),
        sumMap(shape, -1),
        { _tag: 'Spread', axes: [shape.length - 1], outer: shape },
        diagonal,
      )
      return compose(
        timesLeft(u, true),
        timesRight(v),
        plus(onDiagonal, compose(flipMatrix(shape.length), scale(minors), negate)),
        timesLeft(u),
        timesRight(v, true),
      )
    },
    undefined,
  ],
})

const cofactor = (a: Tensor): Tensor => bind(cofactorP, undefined, [a, svdFactorOf(a)])

export const detP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'det',
  formula: '\\det A',
  shape: (_, inputs) => splitSquare('det', firstShape(inputs))[0],
  evaluate: (_, inputs, shape) => {
    const [, n] = splitSquare('det', input(inputs, 0).shape)
    return perMatrix(sizeOf(shape), inputs, shape, (out, a) => determinant(n, a, out))
  },
  differential: [
    (_, inputs) => {
      const a = input(inputs, 0)
      return compose(scale(cofactor(a)), sumMap(a.shape, -2, -1))
    },
  ],
})

/**
 * The determinant. Its derivatives of order 1 and 2 are those of the polynomial that it is, at singular matrices of every rank.
 *
 *     ḋ = ⟨cof A, Ȧ⟩
 *
 * **Shapes** `[…, n, n]` to `[…]`.
 *
 * **Cost** the value one elimination; a derivative one singular value decomposition.
 *
 * **Special values** derivatives of order 3 need different singular values, and are NaN at equal ones.
 *
 * @example
 * import { det, grad, tensor, toArray, toNumber } from 'gradus'
 * toNumber(det(tensor([[1, 2], [3, 4]]))) // ≈ -2
 * const g = toArray(grad(det)(tensor([[1, 2], [2, 4]])))
 * g // ≈ [[4, -2], [-2, 1]]
 *
 * @since 0.1.0
 */
export const det = (a: Tensor): Tensor => bind(detP, undefined, [a])

/**
 * The adjugate, the transposed matrix of cofactors: A adj A = det A · I, at singular matrices too.
 *
 * **Shapes** `[…, n, n]`.
 *
 * @example
 * import { adjugate, tensor, toArray } from 'gradus'
 * toArray(adjugate(tensor([[2, 0], [0, 0]]))) // => [[0, 0], [0, 2]]
 *
 * @since 0.1.0
 */
export const adjugate = (a: Tensor): Tensor => {
  splitSquare('adjugate', a.shape)
  return transpose(cofactor(a))
}

/** log |det A|; inputs: the matrix and its LU factor. */
export const logAbsDetP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'logAbsDet',
  formula: '\\log |\\det A|',
  shape: (_, inputs) => splitSquare('slogdet', firstShape(inputs))[0],
  evaluate: (_, inputs, shape) => {
    const [, n] = splitSquare('slogdet', input(inputs, 0).shape)
    return perMatrix(sizeOf(shape), inputs, shape, (out, _a, factor) => out.set([luLogAbs(n, factor)]))
  },
  differential: [
    (_, inputs) => {
      const { shape } = input(inputs, 0)
      const inverse = bind(solveP, { transposed: true }, [...inputs, broadcastTo(eye(shape.at(-1) ?? 0), shape)])
      return compose(scale(inverse), sumMap(shape, -2, -1))
    },
    undefined,
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [{ at: 'A singular', convention: 'value −∞, derivative NaN' }],
  },
})

/** The sign of det A; input: the LU factor. */
export const detSignP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'detSign',
  formula: '\\operatorname{sign} \\det A',
  shape: (_, inputs) => firstShape(inputs).slice(0, -2),
  evaluate: (_, inputs, shape) => {
    const n = input(inputs, 0).shape.at(-2) ?? 0
    return perMatrix(sizeOf(shape), inputs, shape, (out, factor) => out.set([luSign(n, factor)]))
  },
  differential: [undefined],
})

/**
 * A determinant that neither overflows nor underflows: det A = sign · exp(logAbs).
 *
 * @since 0.1.0
 */
export interface SignedLogDet {
  /** 1, −1, or 0 where the matrix is singular; without a derivative. */
  readonly sign: Tensor
  readonly logAbs: Tensor
}

/**
 * The sign and the logarithm of the size of the determinant.
 *
 *     d log |det A| = ⟨A⁻ᵀ, Ȧ⟩
 *
 * **Shapes** `[…, n, n]` to `[…]`.
 *
 * **Special values** singular: sign 0, logAbs −∞, derivative NaN.
 *
 * @example
 * import { slogdet, tensor, toNumber } from 'gradus'
 * const { sign, logAbs } = slogdet(tensor([[0, 1], [1, 0]]))
 * toNumber(sign) // => -1
 * toNumber(logAbs) // => 0
 *
 * @since 0.1.0
 */
export const slogdet = (a: Tensor): SignedLogDet => {
  splitSquare('slogdet', a.shape)
  const factor = luFactorOf(a)
  return { sign: bind(detSignP, undefined, [factor]), logAbs: bind(logAbsDetP, undefined, [a, factor]) }
}

/**
 * The logarithm of the determinant, NaN where that is negative and −∞ where it is 0.
 *
 * **Shapes** `[…, n, n]` to `[…]`.
 *
 * @example
 * import { grad, logdet, tensor, toArray, toNumber } from 'gradus'
 * toNumber(logdet(tensor([[2, 0], [0, 0.5]]))) // => 0
 * toArray(grad(logdet)(tensor([[2, 0], [0, 0.5]]))) // => [[0.5, 0], [0, 2]]
 *
 * @since 0.1.0
 */
export const logdet = (a: Tensor): Tensor => {
  const { sign, logAbs } = slogdet(a)
  // A factor and not a choice: the derivative must be NaN as well.
  return mul(logAbs, where(less(sign, 0), Number.NaN, 1))
}
