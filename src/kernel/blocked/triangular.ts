/** Triangular solves with many columns, by halves; one column is a product with a vector, where nothing is gained. */
import type { MatrixKernel } from '../MatrixKernel.js'
import { provider } from '../provider.js'
import {
  solveBlock,
  solveBlockTransposed,
  solveLowerReference,
  solveLowerTransposedReference,
  type TriangularSolve,
} from '../reference/cholesky.js'
import { half, pack, subtract } from './panel.js'

/** Blocks up to this order, and fewer columns, are left to the plain loops; measured in bench/suites/kernels.ts. */
const LEAF = 16
const LEAST_COLUMNS = 6

interface Work {
  readonly columns: number
  readonly lower: Float64Array
  readonly stride: number
  readonly x: Float64Array
  readonly product: MatrixKernel
  readonly packed: Float64Array
  readonly out: Float64Array
}

const workOf = (n: number, columns: number, lower: Float64Array, x: Float64Array): Work => ({
  columns,
  lower,
  stride: n,
  x,
  product: provider().matmul,
  packed: new Float64Array(half(n) ** 2),
  out: new Float64Array(half(n) * columns),
})

/** Rows of X at `to` ← these − B·(rows of X at `from`), or Bᵀ where transposed: B is the rows×columns block of L at `at`. */
const eliminate = (
  { columns, lower, stride, x, product, packed, out }: Work,
  rows: number,
  across: number,
  at: number,
  transposed: boolean,
  from: number,
  to: number,
): void => {
  pack(rows, across, lower, at, stride, packed)
  const [m, k] = transposed ? [across, rows] : [rows, across]
  product(m, columns, k, packed, 0, transposed, x, from, false, out, 0)
  subtract(m, columns, out, x, to, columns, false)
}

const forward = (work: Work, count: number, at: number, row: number): void => {
  const { columns, lower, stride, x } = work
  if (count <= LEAF) {
    solveBlock(count, columns, lower, at, stride, x, row)
    return
  }
  const first = half(count)
  const below = at + first * stride
  const rest = row + first * columns
  forward(work, first, at, row)
  eliminate(work, count - first, first, below, false, row, rest)
  forward(work, count - first, below + first, rest)
}

const backward = (work: Work, count: number, at: number, row: number): void => {
  const { columns, lower, stride, x } = work
  if (count <= LEAF) {
    solveBlockTransposed(count, columns, lower, at, stride, x, row)
    return
  }
  const first = half(count)
  const below = at + first * stride
  const rest = row + first * columns
  backward(work, count - first, below + first, rest)
  eliminate(work, count - first, first, below, true, rest, row)
  backward(work, first, at, row)
}

const plain = (n: number, columns: number): boolean => n <= LEAF || columns < LEAST_COLUMNS

/** out ← L⁻¹·B. */
export const solveLower: TriangularSolve = (n, columns, lower, b, out) => {
  if (plain(n, columns)) {
    solveLowerReference(n, columns, lower, b, out)
    return
  }
  if (out !== b) out.set(b.subarray(0, n * columns))
  forward(workOf(n, columns, lower, out), n, 0, 0)
}

/** out ← L⁻ᵀ·B. */
export const solveLowerTransposed: TriangularSolve = (n, columns, lower, b, out) => {
  if (plain(n, columns)) {
    solveLowerTransposedReference(n, columns, lower, b, out)
    return
  }
  if (out !== b) out.set(b.subarray(0, n * columns))
  backward(workOf(n, columns, lower, out), n, 0, 0)
}
