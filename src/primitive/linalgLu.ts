/** Elimination: linear systems, and the LU decomposition with partial pivoting. */
import { compose, identity, type LinearMap, negate, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { luFactor, luLower, luSolve, luUpper } from '../kernel/blocked/lu.js'
import {
  firstColumns,
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
  topRows,
  upperMask,
} from './linalgMap.js'
import { solutionShape, withColumns } from './linalgTriangular.js'
import { squeeze } from './structure.js'
import { slice } from './window.js'

/** The packed factor [m, n + 1] of kernel/blocked/lu.ts; without a derivative, as its users have rules of their own. */
export const luFactorP: Primitive<undefined> = matrixRecord<undefined>({
  name: 'luFactor',
  formula: 'P A = L U',
  shape: (_, inputs) => {
    const [batch, m, n] = splitMatrix('lu', firstShape(inputs))
    return [...batch, m, n + 1]
  },
  evaluate: (_, inputs, shape) => {
    const [batch, m, n] = splitMatrix('lu', input(inputs, 0).shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, a) => luFactor(m, n, a, out))
  },
  differential: [undefined],
})

export const luFactorOf = (a: Tensor): Tensor => bind(luFactorP, undefined, [a])

export interface Transposed {
  readonly transposed: boolean
}

/** Inputs: the matrix, its factor, the right sides. */
export const solveP: Primitive<Transposed> = matrixRecord<Transposed>({
  name: 'solve',
  formula: 'A^{-1} B',
  shape: (_, inputs) => solutionShape('solve', firstShape(inputs), inputs[2] ?? []),
  evaluate: ({ transposed }, inputs, shape) => {
    const [batch, n, columns] = splitMatrix('solve', shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _, factor, b) =>
      luSolve(n, columns, factor, transposed, b, out),
    )
  },
  // Ẋ = A⁻¹·(Ḃ − Ȧ·X): the factor of the value serves every derivative.
  differential: [
    ({ transposed }, inputs, x) =>
      compose(
        ...(transposed ? [flipMatrix(x.rank)] : []),
        timesRight(x),
        negate,
        solveMap('matrix', [input(inputs, 0), input(inputs, 1)], transposed),
      ),
    undefined,
    ({ transposed }, inputs) => solveMap('matrix', [input(inputs, 0), input(inputs, 1)], transposed),
  ],
  domain: { intervals: [[-Infinity, Infinity]], kinks: [{ at: 'A singular', convention: 'NaN throughout' }] },
})

/**
 * Solves A X = B by elimination with partial pivoting.
 *
 *     X = A⁻¹ B,  Ẋ = A⁻¹ (Ḃ − Ȧ X)
 *
 * **Shapes** `[…, n, n]` and `[…, n, k]`, or a vector `[n]`; leading axes broadcast.
 *
 * **Cost** one elimination, ⅔ n³ operations, which the value and all derivatives share.
 *
 * **Special values** a matrix with a zero pivot gives NaN throughout, and its batch is not disturbed. For the pivot use
 * `trySolve`.
 *
 * **Fails** with a `Defect` when shapes do not fit.
 *
 * @example
 * import { solve, tensor, toArray } from 'gradus'
 * toArray(solve(tensor([[2, 1], [1, 1]]), tensor([3, 2]))) // => [1, 1]
 *
 * @since 0.1.0
 */
export const solve = (a: Tensor, b: Tensor): Tensor =>
  withColumns('solve', a, b, (x, y) => bind(solveP, { transposed: false }, [x, luFactorOf(x), y]))

type Part = 'lower' | 'upper'

const permutationOf = (factor: Tensor): Tensor => {
  const from = factor.shape.map((length, axis) => (axis === factor.rank - 1 ? length - 1 : 0))
  return squeeze(slice(factor, from, factor.shape), [-1])
}

/** Ȧ ↦ P·Ȧ. */
const permuteRows = (a: Tensor, factor: Tensor): LinearMap => ({
  _tag: 'Gather',
  indices: permutationOf(factor),
  axis: a.rank - 2,
  batch: a.rank - 2,
  outer: a.shape,
})

const partOf = (part: Part, inputs: ReadonlyArray<Tensor>): Tensor => bind(luP, { part }, inputs)

const leading = (x: Tensor, rows: number, columns: number): Tensor =>
  slice(
    x,
    x.shape.map(() => 0),
    [...x.shape.slice(0, -2), rows, columns],
  )

/** m ≥ n: C = P·Ȧ·U⁻¹ and S = U̇·U⁻¹ = the upper triangle of L₁⁻¹·C₁; then L̇ = C − L·S and U̇ = S·U. */
const tallRule = (part: Part, inputs: ReadonlyArray<Tensor>): LinearMap => {
  const a = input(inputs, 0)
  const [, m, n] = splitMatrix('lu', a.shape)
  const [lower, upper] = [partOf('lower', inputs), partOf('upper', inputs)]
  const spread = compose(
    permuteRows(a, input(inputs, 1)),
    flipMatrix(a.rank),
    solveMap('upper', [upper], true),
    flipMatrix(a.rank),
  )
  const rate = compose(
    ...(m === n ? [] : [topRows(a.shape, n)]),
    solveMap('unitLower', [leading(lower, n, n)]),
    scale(upperMask(n, n)),
  )
  return part === 'upper'
    ? compose(spread, rate, timesRight(upper))
    : compose(spread, plus(identity, compose(rate, timesLeft(lower), negate)), scale(lowerMask(m, n, -1)))
}

/** m < n: C = L⁻¹·P·Ȧ and S = L⁻¹·L̇ = the strict lower triangle of C₁·U₁⁻¹; then U̇ = C − S·U and L̇ = L·S. */
const wideRule = (part: Part, inputs: ReadonlyArray<Tensor>): LinearMap => {
  const a = input(inputs, 0)
  const [, m, n] = splitMatrix('lu', a.shape)
  const [lower, upper] = [partOf('lower', inputs), partOf('upper', inputs)]
  const spread = compose(permuteRows(a, input(inputs, 1)), solveMap('unitLower', [lower]))
  const rate = compose(
    firstColumns(a.shape, m),
    flipMatrix(a.rank),
    solveMap('upper', [leading(upper, m, m)], true),
    flipMatrix(a.rank),
    scale(lowerMask(m, m, -1)),
  )
  return part === 'lower'
    ? compose(spread, rate, timesLeft(lower))
    : compose(spread, plus(identity, compose(rate, timesRight(upper), negate)), scale(upperMask(m, n)))
}

/** L or U; inputs: the matrix and its factor. */
export const luP: Primitive<{ readonly part: Part }> = matrixRecord<{ readonly part: Part }>({
  name: 'lu',
  formula: 'L, U \\text{ with } L U = P A',
  shape: ({ part }, inputs) => {
    const [batch, m, n] = splitMatrix('lu', firstShape(inputs))
    const k = Math.min(m, n)
    return part === 'lower' ? [...batch, m, k] : [...batch, k, n]
  },
  evaluate: ({ part }, inputs, shape) => {
    const [batch, m, n] = splitMatrix('lu', input(inputs, 0).shape)
    return perMatrix(sizeOf(batch), inputs, shape, (out, _, factor) =>
      part === 'lower' ? luLower(m, n, factor, out) : luUpper(m, n, factor, out),
    )
  },
  differential: [
    ({ part }, inputs) => {
      const [, m, n] = splitMatrix('lu', input(inputs, 0).shape)
      return m >= n ? tallRule(part, inputs) : wideRule(part, inputs)
    },
    undefined,
  ],
})

/**
 * What `lu` finds.
 *
 * @since 0.1.0
 */
export interface Lu {
  /** Row `i` of `lower · upper` is row `permutation[i]` of the matrix: `[…, m]`, without a derivative. */
  readonly permutation: Tensor
  /** `[…, m, k]`, k = min(m, n), with ones on the diagonal. */
  readonly lower: Tensor
  /** `[…, k, n]`. */
  readonly upper: Tensor
}

/**
 * The LU decomposition with partial pivoting: rows in the order of `permutation` are L U.
 *
 *     P A = L U
 *
 * The permutation is constant but where two candidates for a pivot are equal in size.
 *
 * **Shapes** `[…, m, n]`; with k = min(m, n), L is `[…, m, k]` and U `[…, k, n]`.
 *
 * **Special values** singular matrices have a decomposition, but no derivative: it is NaN.
 *
 * @example
 * import { lu, tensor, toArray } from 'gradus'
 * const { permutation, lower, upper } = lu(tensor([[1, 2], [2, 2]]))
 * toArray(permutation) // => [1, 0]
 * toArray(lower) // => [[1, 0], [0.5, 1]]
 * toArray(upper) // => [[2, 2], [0, 1]]
 *
 * @since 0.1.0
 */
export const lu = (a: Tensor): Lu => {
  const factor = luFactorOf(a)
  return {
    permutation: permutationOf(factor),
    lower: partOf('lower', [a, factor]),
    upper: partOf('upper', [a, factor]),
  }
}
