/** Cholesky factorisation A = L·Lᵀ by halves. */
import type { MatrixKernel } from '../MatrixKernel.js'
import { provider } from '../provider.js'
import {
  type CholeskyFactor,
  factorBlock,
  factorisation,
  lowerTriangle,
  type NotPositiveDefinite,
  solveRows,
} from '../reference/cholesky.js'
import { half, pack, subtract } from './panel.js'

/** Blocks up to these orders are left to the plain loops; measured in bench/suites/kernels.ts. */
const FACTOR_LEAF = 32
const SOLVE_LEAF = 16
/** Up to this order the whole square is multiplied, though half of it is wanted. */
const UPDATE_LEAF = 96

/** The matrix and the room for contiguous operands. */
interface Work {
  readonly x: Float64Array
  readonly stride: number
  readonly product: MatrixKernel
  readonly left: Float64Array
  readonly right: Float64Array
  readonly out: Float64Array
}

/** C ← C − A·Bᵀ for blocks of one matrix: A is m×k, B is n×k. */
const multiplyInto = (work: Work, m: number, n: number, k: number, a: number, b: number, c: number): void => {
  const { x, stride, product, left, right, out } = work
  pack(m, k, x, a, stride, left)
  const same = a === b
  if (!same) pack(n, k, x, b, stride, right)
  product(m, n, k, left, 0, false, same ? left : right, 0, true, out, 0)
  subtract(m, n, out, x, c, stride, same)
}

/** X ← X·L⁻ᵀ for the block of m×count at x[at], with L at x[lower]. */
const solveRight = (work: Work, m: number, count: number, at: number, lower: number): void => {
  if (count <= SOLVE_LEAF) {
    solveRows(m, count, work.x, at, lower, work.stride)
    return
  }
  const first = half(count)
  const below = lower + first * work.stride
  solveRight(work, m, first, at, lower)
  multiplyInto(work, m, count - first, first, at, below, at + first)
  solveRight(work, m, count - first, at + first, below + first)
}

/** The lower triangle of C ← C − A·Aᵀ for A of m×k. */
const update = (work: Work, m: number, k: number, a: number, c: number): void => {
  if (m <= UPDATE_LEAF) {
    multiplyInto(work, m, m, k, a, a, c)
    return
  }
  const first = half(m)
  const below = a + first * work.stride
  update(work, first, k, a, c)
  multiplyInto(work, m - first, first, k, below, a, c + first * work.stride)
  update(work, m - first, k, below, c + first * (work.stride + 1))
}

/** The row where the factorisation of the block stops, or its order. */
const factor = (work: Work, count: number, at: number): number => {
  if (count <= FACTOR_LEAF) return factorBlock(count, work.x, at, work.stride)
  const first = half(count)
  const stopped = factor(work, first, at)
  if (stopped < first) return stopped
  const below = at + first * work.stride
  solveRight(work, count - first, first, below, at)
  update(work, count - first, first, below, below + first)
  return first + factor(work, count - first, below + first)
}

/**
 * Factors a symmetric n×n matrix, of which only the lower triangle is read. The pivot of a failure is the one of the plain
 * loops but for rounding: row i of L depends on the rows up to i alone.
 */
export const choleskyFactor = (n: number, a: Float64Array): CholeskyFactor | NotPositiveDefinite => {
  const x = lowerTriangle(n, a)
  const largest = n <= FACTOR_LEAF ? 0 : half(n) ** 2
  const [left, right, out] = [new Float64Array(largest), new Float64Array(largest), new Float64Array(largest)]
  const work: Work = { x, stride: n, product: provider().matmul, left, right, out }
  return factorisation(n, x, factor(work, n, 0))
}
