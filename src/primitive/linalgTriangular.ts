/** Triangular solves and the Cholesky factor. */

import { compose, type Equation, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { optionsFrom } from '../data/options.js'
import { broadcastShapes, type Shape, sameShape, showShape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { choleskyFactor } from '../kernel/blocked/cholesky.js'
import { solveTriangle, type Triangle } from '../kernel/blocked/triangle.js'
import { writeOrNaN } from '../kernel/reference/spectrum.js'
import { symmetricPart } from '../kernel/reference/symmetrize.js'
import {
  firstShape,
  flipMatrix,
  halfTriangleMask,
  input,
  lowerMask,
  matrixRecord,
  perMatrix,
  solveMap,
  splitMatrix,
  splitSquare,
  symmetrize,
  timesLeft,
  timesRight,
  upperMask,
} from './linalgMap.js'
import { broadcastTo, expandDims, squeeze } from './structure.js'

/** The shape of the X in A·X = B. */
export const solutionShape = (operation: string, a: Shape, b: Shape): Shape => {
  const [batch, n] = splitSquare(operation, a)
  const [other, rows] = splitMatrix(operation, b)
  return rows === n && sameShape(batch, other)
    ? b
    : raise(
        'ShapeMismatch',
        `${operation}: the matrices ${showShape(a)} and right sides ${showShape(b)} do not fit: expected ${n} rows on the right.`,
      )
}

/** Calls `solve` with A and B of one batch, B a matrix; a vector B is a column, whose axis disappears again. */
export const withColumns = (
  operation: string,
  a: Tensor,
  b: Tensor,
  solve: (a: Tensor, b: Tensor) => Tensor,
): Tensor => {
  splitMatrix(operation, a.shape)
  const isVector = b.rank === 1
  const columns = isVector ? expandDims(b, -1) : b
  splitMatrix(operation, columns.shape)
  const batch = broadcastShapes(operation, a.shape.slice(0, -2), columns.shape.slice(0, -2))
  const over = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)])
  const x = solve(over(a), over(columns))
  return isVector ? squeeze(x, [-1]) : x
}

export const triangleEquation = ({ upper, unit }: Pick<Triangle, 'upper' | 'unit'>): Equation =>
  upper ? (unit ? 'unitUpper' : 'upper') : unit ? 'unitLower' : 'lower'

export const triangularSolveP: Primitive<Triangle> = matrixRecord<Triangle>({
  name: 'triangularSolve',
  formula: 'T^{-1} B',
  shape: (_, inputs) => solutionShape('triangularSolve', firstShape(inputs), inputs[1] ?? []),
  evaluate: (params, inputs, shape) => {
    const [batch, n, columns] = splitMatrix('triangularSolve', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, a, b) => solveTriangle(n, columns, a, params, b, out))
  },
  // Ẋ = −T⁻¹·Ṫ·X, where Ṫ is the triangle of Ȧ.
  differential: [
    (params, inputs, x) => {
      const [a, n] = [input(inputs, 0), input(inputs, 0).shape.at(-1) ?? 0]
      const skipped = params.unit ? 1 : 0
      return compose(
        scale(params.upper ? upperMask(n, n, skipped) : lowerMask(n, n, -skipped)),
        ...(params.transposed ? [flipMatrix(a.rank)] : []),
        timesRight(x),
        negate,
        solveMap(triangleEquation(params), [a], params.transposed),
      )
    },
    (params, inputs) => solveMap(triangleEquation(params), [input(inputs, 0)], params.transposed),
  ],
})

/**
 * Which triangle is read, and how.
 *
 * @since 0.1.0
 */
export interface TriangularOptions {
  /** Read the upper triangle in place of the lower one. */
  readonly upper?: boolean
  /** Solve with the transpose of the triangle. */
  readonly transposed?: boolean
  /** Take the diagonal as ones, without reading it. */
  readonly unitDiagonal?: boolean
}

/**
 * Solves T X = B with one triangle of a matrix, by substitution; the other triangle is not read, and its derivative is 0.
 *
 *     X = T⁻¹ B,  Ẋ = T⁻¹ (Ḃ − Ṫ X)
 *
 * **Shapes** `[…, n, n]` and `[…, n, k]`, or a vector `[n]`; leading axes broadcast.
 *
 * **Special values** a zero on the diagonal makes the solutions of that matrix NaN.
 *
 * **Fails** with a `Defect` when shapes do not fit.
 *
 * @example
 * import { tensor, toArray, triangularSolve } from 'gradus'
 * toArray(triangularSolve(tensor([[2, 0], [1, 1]]), tensor([2, 3]))) // => [1, 2]
 *
 * @since 0.1.0
 */
export const triangularSolve = (a: Tensor, b: Tensor, options: TriangularOptions = {}): Tensor => {
  const {
    upper = false,
    transposed = false,
    unitDiagonal: unit = false,
  } = optionsFrom('triangularSolve', options, {
    upper: 'true: a is upper triangular',
    transposed: 'true: solves with the transpose',
    unitDiagonal: 'true: the diagonal counts as ones',
  })
  return withColumns('triangularSolve', a, b, (x, y) => bind(triangularSolveP, { upper, transposed, unit }, [x, y]))
}

export const choleskyP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'cholesky',
  formula: 'L \\text{ with } L L^\\top = A',
  shape: (_, inputs) => {
    splitSquare('cholesky', firstShape(inputs))
    return firstShape(inputs)
  },
  evaluate: (_, inputs, shape) => {
    const [batch, n] = splitSquare('cholesky', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, a) => {
      const found = choleskyFactor(n, symmetricPart(n, a))
      writeOrNaN(found._tag === 'Factor' ? found.lower : undefined, out)
    })
  },
  // L̇ = L·Φ(L⁻¹·Ȧ·L⁻ᵀ), where Φ takes the lower triangle and half of the diagonal (Murray 2016).
  differential: [
    (_, _inputs, lower) =>
      compose(
        symmetrize(lower.rank),
        solveMap('lower', [lower]),
        flipMatrix(lower.rank),
        solveMap('lower', [lower]),
        scale(halfTriangleMask(lower.shape.at(-1) ?? 0)),
        timesLeft(lower),
      ),
  ],
  domain: {
    intervals: [[-Infinity, Infinity]],
    kinks: [{ at: 'A not positive definite', convention: 'NaN throughout' }],
  },
})

/**
 * The Cholesky factor of a symmetric positive definite matrix: lower triangular, with a positive diagonal.
 *
 *     L Lᵀ = A,  L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)
 *
 * The symmetric part (A + Aᵀ)/2 is read, so that gradients are symmetric.
 *
 * **Shapes** `[…, n, n]`, each matrix by itself.
 *
 * **Special values** a matrix that is not positive definite gives NaN throughout, and its batch is not disturbed. For the
 * pivot where it fails use `tryCholesky`.
 *
 * **Fails** with a `Defect` when matrices are not square.
 *
 * **References** Murray, *Differentiation of the Cholesky decomposition*, arXiv:1602.07527 (2016).
 *
 * @example
 * import { cholesky, tensor, toArray } from 'gradus'
 * toArray(cholesky(tensor([[4, 2], [2, 5]]))) // => [[2, 0], [1, 2]]
 *
 * @since 0.1.0
 */
export const cholesky = (a: Tensor): Tensor => bind(choleskyP, undefined, [a])
