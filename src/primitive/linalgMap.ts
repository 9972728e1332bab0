/**
 * What records of linear algebra share: kernels applied to each matrix of a batch, checks of shapes, and the linear maps
 * of matrices of which their rules are composed.
 *
 * How a decomposition has several results: one record without a derivative computes all of them into one packed *factor*,
 * and each result is a record of its own that takes the matrix and the factor, reads its part off the factor, and has a
 * rule in terms of the matrix. The factor is computed once, and a result that nobody uses costs no derivative.
 */
import type { Contraction, Equation, LinearMap } from '../core/LinearMap.js'
import { compose, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { scalar } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { type Shape, showShape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { allocate } from '../kernel/reference/allocate.js'
import { everywhere } from './structure.js'

const nothing = new Float64Array(0)

type MatrixKernel = (out: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array) => void

/** Calls the kernel for each of `count` matrices with its part of the result and of up to three inputs. */
export const perMatrix = (count: number, inputs: ReadonlyArray<Tensor>, shape: Shape, kernel: MatrixKernel): Tensor => {
  const out = allocate(sizeOf(shape))
  const buffers = inputs.map(bufferOf)
  const part = (buffer: Float64Array | undefined, i: number): Float64Array => {
    const length = buffer === undefined ? 0 : buffer.length / count
    return buffer?.subarray(i * length, (i + 1) * length) ?? nothing
  }
  Array.from({ length: count }, (_, i) =>
    kernel(part(out, i), part(buffers[0], i), part(buffers[1], i), part(buffers[2], i)),
  )
  return adopt(out, shape)
}

/** A matrix shape as [batch, rows, columns]. */
export const splitMatrix = (operation: string, shape: Shape): readonly [Shape, number, number] => {
  const [rows, columns] = shape.slice(-2)
  return rows === undefined || columns === undefined
    ? raise('ShapeMismatch', `${operation}: expected a matrix or a batch of them, got shape ${showShape(shape)}.`)
    : [shape.slice(0, -2), rows, columns]
}

export const splitSquare = (operation: string, shape: Shape): readonly [Shape, number] => {
  const [batch, rows, columns] = splitMatrix(operation, shape)
  return rows === columns
    ? [batch, rows]
    : raise('ShapeMismatch', `${operation}: expected square matrices, got shape ${showShape(shape)}.`)
}

export const firstShape = (inputs: ReadonlyArray<Shape>): Shape => inputs[0] ?? []

export const input = (inputs: ReadonlyArray<Tensor>, index: number): Tensor =>
  inputs[index] ?? raise('InvalidArgument', `an operation was called without its input ${index}.`)

/** The parts of a record that all of linear algebra has alike: a batch axis more changes no parameter. */
export const matrixRecord = <Params>(
  record: Pick<Primitive<Params>, 'name' | 'formula' | 'shape' | 'evaluate' | 'differential'> &
    Partial<Pick<Primitive<Params>, 'domain'>>,
): Primitive<Params> => ({ deepen: (params) => params, mixes: false, domain: everywhere, ...record })

const products = new Map<string, Contraction>()

/** The labels of a product of two matrices under a batch; remembered, because plans are found by identity. */
const productLabels = (rank: number, left: boolean, transposed: boolean): Contraction => {
  const key = `${rank} ${left} ${transposed}`
  const known = products.get(key)
  if (known !== undefined) return known
  const batch = Array.from({ length: rank - 2 }, (_, axis) => axis)
  const [i, j, k] = [rank - 2, rank - 1, rank]
  const made = {
    left: [...batch, ...(left && transposed ? [k, i] : [i, k])],
    right: [...batch, ...(!left && transposed ? [j, k] : [k, j])],
    out: [...batch, i, j],
  }
  products.set(key, made)
  return made
}

/** T ↦ by·T, or byᵀ·T. */
export const timesLeft = (by: Tensor, transposed = false): LinearMap => ({
  _tag: 'Contract',
  side: 'right',
  labels: productLabels(by.rank, true, transposed),
  by,
})

/** T ↦ T·by, or T·byᵀ. */
export const timesRight = (by: Tensor, transposed = false): LinearMap => ({
  _tag: 'Contract',
  side: 'left',
  labels: productLabels(by.rank, false, transposed),
  by,
})

/** T ↦ Tᵀ for tensors of a rank. */
export const flipMatrix = (rank: number): LinearMap => ({
  _tag: 'Permute',
  permutation: [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2],
})

export const plus = (...maps: ReadonlyArray<LinearMap>): LinearMap => ({ _tag: 'Plus', maps })

export const solveMap = (equation: Equation, by: ReadonlyArray<Tensor>, transposed = false): LinearMap => ({
  _tag: 'Solve',
  equation,
  by,
  transposed,
})

const halfOf = scale(scalar(0.5))

/** T ↦ (T + Tᵀ)/2. */
export const symmetrize = (rank: number): LinearMap => compose(plus({ _tag: 'Identity' }, flipMatrix(rank)), halfOf)

/** T ↦ the first `rows` rows of T. */
export const topRows = (shape: Shape, rows: number): LinearMap => ({
  _tag: 'Slice',
  window: {
    starts: shape.map(() => 0),
    strides: shape.map(() => 1),
    inner: shape.map((length, axis) => (axis === shape.length - 2 ? rows : length)),
    outer: shape,
  },
})

/** T ↦ the first `columns` columns of T. */
export const firstColumns = (shape: Shape, columns: number): LinearMap => ({
  _tag: 'Slice',
  window: {
    starts: shape.map(() => 0),
    strides: shape.map(() => 1),
    inner: shape.map((length, axis) => (axis === shape.length - 1 ? columns : length)),
    outer: shape,
  },
})

const masks = new Map<string, Tensor>()

/** A constant m×n matrix of weights by position, made once. */
const weights = (key: string, m: number, n: number, weight: (i: number, j: number) => number): Tensor => {
  const known = masks.get(`${key} ${m} ${n}`)
  if (known !== undefined) return known
  const made = adopt(
    Float64Array.from({ length: m * n }, (_, at) => weight(Math.floor(at / n), at % n)),
    [m, n],
  )
  masks.set(`${key} ${m} ${n}`, made)
  return made
}

/** 1 on and below the diagonal number `k`, which is `k` columns to the right of the main one. */
export const lowerMask = (m: number, n: number, k = 0): Tensor =>
  weights(`lower ${k}`, m, n, (i, j) => (j - i <= k ? 1 : 0))

/** 1 on and above the diagonal number `k`. */
export const upperMask = (m: number, n: number, k = 0): Tensor =>
  weights(`upper ${k}`, m, n, (i, j) => (j - i >= k ? 1 : 0))

export const diagonalMask = (n: number): Tensor => weights('diagonal', n, n, (i, j) => (i === j ? 1 : 0))

/** 1 in row `k` and in column `k`. */
export const crossMask = (n: number, k: number): Tensor =>
  weights(`cross ${k}`, n, n, (i, j) => (i === k || j === k ? 1 : 0))

/** 1 below the diagonal and ½ on it: of a symmetric matrix, the triangle T with T + Tᵀ equal to it. */
export const halfTriangleMask = (n: number): Tensor => weights('half', n, n, (i, j) => (i > j ? 1 : i === j ? 0.5 : 0))

/** T ↦ Σ over rows, columns or both. */
export const sumMap = (outer: Shape, ...fromEnd: ReadonlyArray<number>): LinearMap => ({
  _tag: 'Sum',
  axes: fromEnd.map((axis) => axis + outer.length),
  outer,
})
