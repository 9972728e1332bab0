/** Eigenvalues and eigenvectors of symmetric matrices, with derivatives that survive repeated eigenvalues where any can. */
import { compose, type LinearMap, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { provider } from '../kernel/provider.js'
import { divideByGaps, eigenFactor } from '../kernel/reference/spectrum.js'
import { add, mul } from './arithmetic.js'
import { matmul } from './contraction.js'
import {
  firstShape,
  input,
  matrixRecord,
  perMatrix,
  plus,
  solveMap,
  splitSquare,
  sumMap,
  symmetrize,
  timesLeft,
  timesRight,
} from './linalgMap.js'
import { transpose } from './structure.js'

/** [n + 1, n]: the rows of V, and then the eigenvalues, ascending. */
export const eigenFactorP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'eigenFactor',
  formula: 'A = V \\operatorname{diag}(w) V^\\top',
  shape: (_, inputs) => {
    const [batch, n] = splitSquare('eigh', firstShape(inputs))
    return [...batch, n + 1, n]
  },
  evaluate: (_, inputs, shape) => {
    const [batch, n] = splitSquare('eigh', input(inputs, 0).shape)
    const { tridiagonalize } = provider()
    return perMatrix(sizeOf(batch), inputs, shape, (out, a) => eigenFactor(n, a, out, tridiagonalize))
  },
  differential: [undefined],
})

export interface Strictness {
  /** Whether what has no derivative at equal eigenvalues is NaN; otherwise 0, which is right for invariant losses. */
  readonly strict: boolean
}

/**
 * X with X·D − D·X = C off the groups of equal eigenvalues, X = 0 within them, D being the diagonal of the first input.
 * The first input is a whole matrix because its derivative is one: within a group it turns, and only a block-diagonal D
 * follows it. That makes invariant subspaces right to every order.
 */
export const commutatorP: Primitive<Strictness> = matrixRecord<Strictness>({
  name: 'commutator',
  formula: 'X D - D X = C',
  shape: (_, inputs) => inputs[1] ?? [],
  evaluate: ({ strict }, inputs, shape) => {
    const [batch, n] = splitSquare('eigh', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, d, c) => divideByGaps(n, d, c, strict, out))
  },
  // Ẋ·D − D·Ẋ = Ċ − X·Ḋ + Ḋ·X
  differential: [
    (params, inputs, x) => compose(plus(timesRight(x), compose(timesLeft(x), negate)), gaps(params, input(inputs, 0))),
    (params, inputs) => gaps(params, input(inputs, 0)),
  ],
})

const gaps = ({ strict }: Strictness, d: Tensor): LinearMap => solveMap(strict ? 'strictCommutator' : 'commutator', [d])

/** V; inputs: the matrix and its factor. V̇ = V·X where X·D − D·X = Vᵀ·Ȧ·V, D = Vᵀ·A·V. */
export const eigenvectorsP: Primitive<Strictness> = matrixRecord<Strictness>({
  name: 'eigenvectors',
  formula: 'A V = V \\operatorname{diag}(w)',
  shape: (_, inputs) => firstShape(inputs),
  evaluate: (_, inputs, shape) => {
    const [batch, n] = splitSquare('eigh', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _a, factor) => out.set(factor.subarray(0, n * n)))
  },
  differential: [
    ({ strict }, inputs, v) => {
      const a = input(inputs, 0)
      const symmetric = mul(0.5, add(a, transpose(a)))
      return compose(
        symmetrize(a.rank),
        timesLeft(v, true),
        timesRight(v),
        gaps({ strict }, matmul(transpose(v), matmul(symmetric, v))),
        timesLeft(v),
      )
    },
    undefined,
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [{ at: 'equal eigenvalues', convention: 'no derivative within their eigenspace' }],
  },
})

/** w; inputs: the matrix and its factor. ẇ = diag(Vᵀ·Ȧ·V), whose own derivative is NaN at equal eigenvalues. */
export const eigenvaluesP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'eigenvalues',
  formula: 'w \\text{ with } A v_i = w_i v_i',
  shape: (_, inputs) => firstShape(inputs).slice(0, -1),
  evaluate: (_, inputs, shape) => {
    const [batch, n] = splitSquare('eigh', input(inputs, 0).shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _a, factor) => out.set(factor.subarray(n * n)))
  },
  differential: [
    (_, inputs) => {
      const v = bind(eigenvectorsP, { strict: true }, inputs)
      return compose(timesRight(v), scale(v), sumMap(v.shape, -2))
    },
    undefined,
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [{ at: 'equal eigenvalues', convention: 'right for invariant losses at order 1, NaN at order 2' }],
  },
})

/**
 * What `eigh` finds.
 *
 * @since 0.1.0
 */
export interface Eigh {
  /** `[…, n]`, ascending. */
  readonly values: Tensor
  /** `[…, n, n]`: column `i` belongs to value `i`. */
  readonly vectors: Tensor
}

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix, of which the symmetric part (A + Aᵀ)/2 is read.
 *
 *     A = V diag(w) Vᵀ,  ẇ = diag(Vᵀ Ȧ V),  V̇ = V X,  X_ij = (Vᵀ Ȧ V)_ij / (w_j − w_i)
 *
 * In each eigenvector the first entry of the largest size is positive (sizes that differ by less than 10⁻⁶ count as equal).
 *
 * **Shapes** `[…, n, n]`; values `[…, n]`, ascending; vectors `[…, n, n]`, as columns.
 *
 * **Special values** eigenvalues that differ by less than n 2⁻⁴⁶ times the largest size count as equal, and X_ij = 0 there.
 * This is right for functions that do not depend on the choice of vectors within an eigenspace: of the vectors (a projector
 * onto an eigenspace, a simple eigenvector beside it) to every order, of the values (Σ f(w)) at order 1. At order 2 such
 * functions of the values also need what separates equal eigenvalues, which no rule for `values` can know: derivatives of
 * order 2 that involve equal eigenvalues are NaN, and those of simple eigenvalues are right. For Σ f(w) at order 2 write the
 * function of the matrix: `trace(matmul(a, a))`, `logdet(a)`, `trace(expm(a))`. A matrix that is not finite gives NaN.
 *
 * **References** Golub and Van Loan, *Matrix Computations* (4th ed.), §8.3; Magnus, *On Differentiating Eigenvalues and
 * Eigenvectors*, Econometric Theory 1 (1985).
 *
 * @example
 * import { eigh, tensor, toArray } from 'gradus'
 * const { values, vectors } = eigh(tensor([[3, 0], [0, 2]]))
 * toArray(values) // => [2, 3]
 * toArray(vectors) // => [[0, 1], [1, 0]]
 *
 * @since 0.1.0
 */
export const eigh = (a: Tensor): Eigh => {
  const inputs = [a, bind(eigenFactorP, undefined, [a])]
  return { values: bind(eigenvaluesP, undefined, inputs), vectors: bind(eigenvectorsP, { strict: false }, inputs) }
}
