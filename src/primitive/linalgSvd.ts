/** The singular value decomposition, reduced. */
import { compose, identity, type LinearMap, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { scalar } from '../data/construct.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { svdFactor } from '../kernel/reference/jacobi.js'
import { GAP } from '../kernel/reference/spectrum.js'
import { abs, add, mul, reciprocal, sub } from './arithmetic.js'
import { lessEqual, stopGradient, where } from './choice.js'
import {
  diagonalMask,
  firstShape,
  flipMatrix,
  input,
  matrixRecord,
  perMatrix,
  plus,
  splitMatrix,
  sumMap,
  timesLeft,
  timesRight,
} from './linalgMap.js'
import { max } from './reduction.js'
import { expandDims } from './structure.js'

/** [m + n + 1, k], k = min(m, n): U above V above the singular values, descending. */
export const svdFactorP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'svdFactor',
  formula: 'A = U \\operatorname{diag}(s) V^\\top',
  shape: (_, inputs) => {
    const [batch, m, n] = splitMatrix('svd', firstShape(inputs))
    return [...batch, m + n + 1, Math.min(m, n)]
  },
  evaluate: (_, inputs, shape) => {
    const [batch, m, n] = splitMatrix('svd', input(inputs, 0).shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, a) => svdFactor(m, n, a, out))
  },
  differential: [undefined],
})

export const svdFactorOf = (a: Tensor): Tensor => bind(svdFactorP, undefined, [a])

export interface Vectors {
  readonly side: 'left' | 'right'
  /** Whether what has no derivative at equal singular values is NaN; otherwise 0, which is right for invariant losses. */
  readonly strict: boolean
}

/** U or V whose derivatives at equal singular values are NaN: for the coefficients of rules. */
export const strictVectorsOf = (side: Vectors['side'], inputs: ReadonlyArray<Tensor>): Tensor =>
  bind(singularVectorsP, { side, strict: true }, inputs)

export const singularVectorsOf = (side: Vectors['side'], inputs: ReadonlyArray<Tensor>): Tensor =>
  bind(singularVectorsP, { side, strict: false }, inputs)

export const singularValuesOf = (inputs: ReadonlyArray<Tensor>): Tensor => bind(singularValuesP, undefined, inputs)

/** E_ij = 1/(s_j − s_i), 0 on the diagonal, and at equal values 0 or NaN; G_ij = 1/(s_i + s_j), 0 on the diagonal. */
const gapsOf = (s: Tensor, strict: boolean): readonly [Tensor, Tensor] => {
  const k = s.shape.at(-1) ?? 0
  const [row, column] = [expandDims(s, -2), expandDims(s, -1)]
  const gap = sub(row, column)
  const largest = stopGradient(k === 0 ? expandDims(s, -1) : max(column, { axes: [-2], keepAxes: true }))
  const ties = lessEqual(abs(stopGradient(gap)), mul(k * GAP, largest))
  const eye = diagonalMask(k)
  const apart = where(ties, where(eye, 0, strict ? Number.NaN : 0), reciprocal(where(ties, 1, gap)))
  return [apart, where(eye, 0, reciprocal(where(eye, 1, add(row, column))))]
}

const half = scale(scalar(0.5))

/**
 * Ȧ ↦ U̇ of A = U·S·Vᵀ (m×k, k, n×k). With B = Uᵀ·Ȧ·V: Uᵀ·U̇ = ½·(E ⊙ (B + Bᵀ) + G ⊙ (B − Bᵀ)), where E divides by
 * differences and G by sums of singular values: equal ones leave the skew part of B, which the polar factor needs. Off the
 * columns of U, which it has only for m > k, U̇ is (I − U·Uᵀ)·Ȧ·V·S⁻¹.
 */
const leftRule = (shape: Shape, u: Tensor, s: Tensor, v: Tensor, strict: boolean): LinearMap => {
  const [, m] = splitMatrix('svd', shape)
  const [apart, together] = gapsOf(s, strict)
  const back = flipMatrix(shape.length)
  const within = compose(
    timesLeft(u, true),
    plus(compose(plus(identity, back), scale(apart)), compose(plus(identity, compose(back, negate)), scale(together))),
    half,
    timesLeft(u),
  )
  if (m === s.shape.at(-1)) return compose(timesRight(v), within)
  const outside = compose(
    plus(identity, compose(timesLeft(u, true), timesLeft(u), negate)),
    scale(expandDims(reciprocal(s), -2)),
  )
  return compose(timesRight(v), plus(within, outside))
}

/** U or V; inputs: the matrix and its factor. */
export const singularVectorsP: Primitive<Vectors> = matrixRecord<Vectors>({
  name: 'singularVectors',
  formula: 'U, V \\text{ with } U \\operatorname{diag}(s) V^\\top = A',
  shape: ({ side }, inputs) => {
    const [batch, m, n] = splitMatrix('svd', firstShape(inputs))
    return [...batch, side === 'left' ? m : n, Math.min(m, n)]
  },
  evaluate: ({ side }, inputs, shape) => {
    const [batch, m, n] = splitMatrix('svd', input(inputs, 0).shape)
    const k = Math.min(m, n)
    const [from, to] = side === 'left' ? [0, m * k] : [m * k, (m + n) * k]
    return perMatrix(sizeOf(batch), inputs, shape, (out, _, factor) => out.set(factor.subarray(from, to)))
  },
  differential: [
    ({ side, strict }, inputs) => {
      const shape = input(inputs, 0).shape
      const [u, s, v] = [strictVectorsOf('left', inputs), singularValuesOf(inputs), strictVectorsOf('right', inputs)]
      // The right vectors are the left ones of Aᵀ.
      const turned = [...shape.slice(0, -2), shape.at(-1) ?? 0, shape.at(-2) ?? 0]
      return side === 'left'
        ? leftRule(shape, u, s, v, strict)
        : compose(flipMatrix(shape.length), leftRule(turned, v, s, u, strict))
    },
    undefined,
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [
      { at: 'equal singular values', convention: 'no derivative within their subspaces at order 1, NaN at order 2' },
    ],
  },
})

/** s; inputs: the matrix and its factor. ṡ = diag(Uᵀ·Ȧ·V). */
export const singularValuesP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'singularValues',
  formula: 's \\text{ with } A v_i = s_i u_i',
  shape: (_, inputs) => {
    const [batch, m, n] = splitMatrix('svd', firstShape(inputs))
    return [...batch, Math.min(m, n)]
  },
  evaluate: (_, inputs, shape) => {
    const [batch, m, n] = splitMatrix('svd', input(inputs, 0).shape)
    const k = Math.min(m, n)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _a, factor) => out.set(factor.subarray((m + n) * k)))
  },
  differential: [
    (_, inputs) => {
      const u = strictVectorsOf('left', inputs)
      return compose(timesRight(strictVectorsOf('right', inputs)), scale(u), sumMap(u.shape, -2))
    },
    undefined,
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [
      { at: 's = 0', convention: 'the derivative from above' },
      { at: 'equal singular values', convention: 'right for invariant losses at order 1, NaN at order 2' },
    ],
  },
})

/**
 * What `svd` finds.
 *
 * @since 0.1.0
 */
export interface Svd {
  /** `[…, m, k]`, k = min(m, n): the left singular vectors, as columns. */
  readonly u: Tensor
  /** `[…, k]`, descending. */
  readonly s: Tensor
  /** `[…, n, k]`: the right singular vectors, as columns (not as rows: A = U diag(s) Vᵀ). */
  readonly v: Tensor
}

/**
 * The reduced singular value decomposition.
 *
 *     A = U diag(s) Vᵀ
 *
 * In each left vector the first entry of the largest size is positive (sizes that differ by less than 10⁻⁶ count as equal).
 * Small singular values are found with their relative accuracy where the columns of A allow it.
 *
 * **Shapes** `[…, m, n]`; with k = min(m, n): U `[…, m, k]`, s `[…, k]`, V `[…, n, k]`.
 *
 * **Special values** singular values that differ by less than k 2⁻⁴⁶ times the largest count as equal; derivatives of order 1
 * are right for functions that do not depend on the choice of vectors for them (Σ f(s), U Vᵀ), and those of order 2 that
 * involve them are NaN. At s = 0 the derivative of s is that of one side, and vectors for it have none. A matrix that is not
 * finite gives NaN.
 *
 * **References** Golub and Van Loan, *Matrix Computations* (4th ed.), §8.6.3.
 *
 * @example
 * import { svd, tensor, toArray } from 'gradus'
 * const { u, s, v } = svd(tensor([[0, 2], [-3, 0]]))
 * toArray(s) // => [3, 2]
 * toArray(u) // => [[0, 1], [1, 0]]
 * toArray(v) // => [[-1, 0], [0, 1]]
 *
 * @since 0.1.0
 */
export const svd = (a: Tensor): Svd => {
  const inputs = [a, svdFactorOf(a)]
  return {
    u: singularVectorsOf('left', inputs),
    s: singularValuesOf(inputs),
    v: singularVectorsOf('right', inputs),
  }
}
