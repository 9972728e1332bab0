/**
 * Determinants of singular matrices of every rank, at orders 1 to 3, against exact integer minors: where rules that divide
 * by pivots or invert the matrix fail.
 */
import {
  add,
  compile,
  det,
  eye,
  grad,
  hvp,
  jvp,
  reshape,
  stack,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

type Integers = ReadonlyArray<ReadonlyArray<bigint>>

/** Expansion along the first row: exact. */
const exactDet = (a: Integers): bigint => {
  const [first, ...rest] = a
  if (first === undefined) return 1n
  return first.reduce((total, entry, j) => {
    const minor = exactDet(rest.map((row) => row.filter((_, k) => k !== j)))
    return total + (j % 2 === 0 ? entry * minor : -entry * minor)
  }, 0n)
}

/** The matrix with row i replaced by the unit row j: its determinant is the derivative by entry i, j. */
const withUnitRow = (a: Integers, i: number, j: number): Integers =>
  a.map((row, p) => (p === i ? row.map((_, q) => (q === j ? 1n : 0n)) : row))

/** ∂²det/∂a_ij∂a_kl: the determinant is linear in each row. */
const exactSecond = (a: Integers, i: number, j: number, k: number, l: number): number =>
  i === k ? 0 : Number(exactDet(withUnitRow(withUnitRow(a, i, j), k, l)))

const singular: ReadonlyArray<readonly [string, ReadonlyArray<ReadonlyArray<number>>]> = [
  [
    'rank n − 1',
    [
      [1, 2, 0, 1],
      [0, 1, 3, -1],
      [2, 0, 1, 1],
      [3, 3, 4, 1],
    ],
  ],
  [
    'rank n − 2',
    [
      [1, 2, 0, 1],
      [0, 1, 3, -1],
      [1, 3, 3, 0],
      [2, 5, 3, 1],
    ],
  ],
  [
    'rank n − 3',
    [
      [1, 2, 0, 1],
      [2, 4, 0, 2],
      [-1, -2, 0, -1],
      [3, 6, 0, 3],
    ],
  ],
  [
    'rank n − 2 of order 5',
    [
      [1, 0, 2, 1, 0],
      [0, 1, 1, 0, 3],
      [1, 1, 3, 1, 3],
      [2, -1, 1, 0, 1],
      [3, 0, 4, 1, 4],
    ],
  ],
  [
    'rank 1 with equal rows',
    [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ],
  ],
  [
    'rank 0',
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    'rank 0 of order 3',
    [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
  ],
  [
    'full rank with equal singular values',
    [
      [0, 0, 2],
      [2, 0, 0],
      [0, 2, 0],
    ],
  ],
  [
    'the identity',
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ],
]

describe.each(singular)('det of %s', (_, entries) => {
  const exact = entries.map((row) => row.map(BigInt))
  const n = entries.length
  const indices = Array.from({ length: n }, (_, i) => i)
  const a = tensor(entries)
  // Minors of entries up to 6 and order 4 are sums of up to 24 terms below 1000.
  const tolerance = 1e-11

  it('has its exact value, cofactors and second minors', () => {
    expectNear(det(a), Number(exactDet(exact)), tolerance)
    expectNear(
      grad(det)(a),
      tensor(indices.map((i) => indices.map((j) => Number(exactDet(withUnitRow(exact, i, j)))))),
      tolerance,
    )
    const second = indices.map((i) =>
      indices.map((j) => indices.map((k) => indices.map((l) => exactSecond(exact, i, j, k, l)))),
    )
    const product = hvp(det)(a)
    const rows = indices.map((i) =>
      indices.map((j) => {
        const unit = indices.map((p) => indices.map((q) => (p === i && q === j ? 1 : 0)))
        return toArray(product(tensor(unit)))
      }),
    )
    expectNear(rows.flat(), second.flat(), tolerance)
  })

  it('has them forward over forward, compiled and in a batch too', () => {
    const v = tensor(indices.map((i) => indices.map((j) => ((3 * i + j) % 4) - 1)))
    const w = tensor(indices.map((i) => indices.map((j) => ((i + 2 * j) % 5) - 2)))
    const [x, y] = [v, w].map((t) => [...toFloat64Array(t)])
    const exactBend = indices
      .flatMap((i) => indices.flatMap((j) => indices.flatMap((k) => indices.map((l) => [i, j, k, l] as const))))
      .reduce(
        (total, [i, j, k, l]) => total + exactSecond(exact, i, j, k, l) * (x?.[i * n + j] ?? 0) * (y?.[k * n + l] ?? 0),
        0,
      )
    const bend = (p: Tensor): Tensor => jvp((q: Tensor) => jvp(det)(q, v)[1])(p, w)[1]
    expectNear(bend(a), exactBend, 1e-10)
    expectNear(compile(bend)(a), exactBend, 1e-10)
    expectNear(vmap(bend)(stack([a, eye(n)])), [exactBend, toNumber(bend(eye(n)))], 1e-10)
  })
})

/** A direction without symmetry of its own. */
const direction = (n: number, seed: number): Tensor =>
  reshape(tensor(Array.from({ length: n * n }, (_, i) => Math.sin(seed + i * i))), [n, n])

describe('the third derivative of det', () => {
  const [u, v, w] = [1, 2, 3].map((seed) => direction(3, seed))
  const third = (a: Tensor): Tensor => {
    const along = (f: (x: Tensor) => Tensor, t: Tensor | undefined) => (x: Tensor) => jvp(f)(x, t ?? zeros([3, 3]))[1]
    return along(along(along(det, u), v), w)(a)
  }
  // The polarization of a form of degree 3: Σ ± det of the sums of the directions.
  const sumsOf = (...parts: ReadonlyArray<Tensor | undefined>): number =>
    toNumber(det(parts.reduce<Tensor>((total, part) => add(total, part ?? 0), zeros([3, 3]))))
  const polarized = sumsOf(u, v, w) - sumsOf(u, v) - sumsOf(u, w) - sumsOf(v, w) + sumsOf(u) + sumsOf(v) + sumsOf(w)

  it.each([
    [
      'regular',
      [
        [2, 1, 0],
        [0, 3, 1],
        [1, 0, 4],
      ],
    ],
    [
      'of rank n − 1',
      [
        [1, 2, 3],
        [4, 5, 6],
        [5, 7, 9],
      ],
    ],
  ])('is that of the polynomial where singular values differ: %s', (_, entries) => {
    expectNear(third(tensor(entries)), polarized, 1e-10)
  })

  it('is NaN at equal singular values, and never a number', () => {
    expect(toNumber(third(eye(3)))).toBeNaN()
    expect(
      toNumber(
        third(
          tensor([
            [1, 2, 3],
            [2, 4, 6],
            [3, 6, 9],
          ]),
        ),
      ),
    ).toBeNaN()
  })
})
