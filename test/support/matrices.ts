/** Arbitrary matrices far from singular, and products of which the rank is known. */
import fc from 'fast-check'
import { add, eye, fromFloat64Array, matmul, mul, type Tensor, tensor, transpose } from 'gradus'
import { arbitraryTensor } from './points.js'

/** The first `columns` columns of diag(1, 2, …), `by` times. */
const staircase = (m: number, n: number, by: number): Tensor =>
  mul(eye(m, n), tensor([Array.from({ length: n }, (_, j) => by * (j + 1))]))

/** Entries of size 3/8 at most beside a diagonal of 2, 4, …: every singular value is between ½ and 2n + 2. */
export const regular = (m: number, n = m): fc.Arbitrary<Tensor> =>
  arbitraryTensor([m, n]).map((x) => add(mul(x, 0.125), staircase(m, n, 2)))

export const order = fc.integer({ min: 1, max: 4 })

export const squares: fc.Arbitrary<Tensor> = order.chain((n) => regular(n))

export const rectangles: fc.Arbitrary<Tensor> = fc.tuple(order, order).chain(([m, n]) => regular(m, n))

export const symmetrics: fc.Arbitrary<Tensor> = squares.map((a) => mul(0.5, add(a, transpose(a))))

/** Positive definite, with eigenvalues above 1. */
export const positives: fc.Arbitrary<Tensor> = order.chain((n) =>
  arbitraryTensor([n, n]).map((x) => add(matmul(x, transpose(x)), eye(n))),
)

/** Two squares of one order, and directions for both. */
export const pairs: fc.Arbitrary<readonly [Tensor, Tensor]> = order.chain((n) => fc.tuple(regular(n), regular(n)))

/** B·C of rank r for B of m×r and C of r×n. */
export const lowRank: fc.Arbitrary<readonly [Tensor, Tensor]> = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }))
  .chain(([r, m, n]) => fc.tuple(regular(m, r), regular(n, r)).map(([b, c]) => [b, transpose(c)] as const))

/** A rotation in the plane of two axes. */
const givens = (n: number, p: number, q: number, angle: number): Tensor => {
  const entries = Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n]
    if (i === j) return i === p || i === q ? Math.cos(angle) : 1
    if (i === p && j === q) return -Math.sin(angle)
    return i === q && j === p ? Math.sin(angle) : 0
  })
  return fromFloat64Array(Float64Array.from(entries), [n, n])
}

/** A fixed orthogonal matrix without zeros. */
export const rotation = (n: number, seed = 0.7): Tensor =>
  Array.from({ length: n }, (_, p) => Array.from({ length: n - p - 1 }, (_, k) => [p, p + k + 1] as const))
    .flat()
    .reduce((product, [p, q], i) => matmul(product, givens(n, p, q, seed + i)), eye(n))

/** Q·diag(w)·Qᵀ. */
export const withSpectrum = (w: ReadonlyArray<number>, seed?: number): Tensor => {
  const q = rotation(w.length, seed)
  return matmul(mul(q, tensor([...w])), transpose(q))
}
