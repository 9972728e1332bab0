/**
 * The shapes with which autograd checks derivatives of products of arrays and of einsum.
 *
 * Source: HIPS/autograd, tests/test_systematic.py, the version with the two forms of einsum (13,470 characters), MIT. Facts only:
 * names, shapes, options; entries are normal there and within ±3 here. Ellipses of einsum are written as letters, and dot, inner and
 * tensordot of more than two axes as einsum.
 */
import type { Tensor } from 'gradus'
import * as G from 'gradus'
import { type Case, type List, overPairs, product, type Shape, within } from './listed.js'

const normal = within(-3, 3)

const pairs = (
  as: ReadonlyArray<Shape>,
  bs: ReadonlyArray<Shape>,
  f: (a: Tensor, b: Tensor) => Tensor,
): ReadonlyArray<Case> => overPairs(product(as, bs), [normal, normal], f)

/** The sum over paired axes: the others of both, in order, remain. */
const tensordot =
  (left: Shape, right: Shape) =>
  (a: Tensor, b: Tensor): Tensor => {
    const first = a.shape.map((_, i) => 'abcdefgh'[i] ?? '')
    const second = b.shape.map((_, i) =>
      right.includes(i) ? (first[left[right.indexOf(i)] ?? 0] ?? '') : ('pqrstuvw'[i] ?? ''),
    )
    const rest = [...first.filter((_, i) => !left.includes(i)), ...second.filter((_, i) => !right.includes(i))]
    return G.einsum(`${first.join('')},${second.join('')}->${rest.join('')}`, a, b)
  }

const dot = (a: Tensor, b: Tensor): Tensor =>
  a.rank === 0 || b.rank === 0 ? G.mul(a, b) : tensordot([a.rank - 1], [Math.max(0, b.rank - 2)])(a, b)
const inner = (a: Tensor, b: Tensor): Tensor =>
  a.rank === 0 || b.rank === 0 ? G.mul(a, b) : tensordot([a.rank - 1], [b.rank - 1])(a, b)
const lastWithFirst = (n: number, a: Tensor, b: Tensor): Tensor =>
  tensordot(
    Array.from({ length: n }, (_, i) => a.rank - n + i),
    Array.from({ length: n }, (_, i) => i),
  )(a, b)

const einsum = (...rows: ReadonlyArray<readonly [string, ...ReadonlyArray<Shape>]>): ReadonlyArray<Case> =>
  rows.map(([spec, ...shapes]) => ({
    label: spec,
    inputs: shapes.map(normal),
    apply: (...xs) => G.einsum(spec, ...xs),
  }))

const transposes = einsum(['ij->ji', [1, 1]], ['ij->ji', [4, 4]], ['ij->ji', [3, 4]])
const products = einsum(['ij,jk->ik', [2, 3], [3, 4]])
const broadcast = einsum(
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['ij,ajk->aik', [2, 3], [2, 3, 4]],
  ['aij,jk->aik', [2, 2, 3], [3, 4]],
  ['aij,ajk->aik', [2, 2, 3], [2, 3, 4]],
)
const covariance = einsum(['ijk,lji->lki', [3, 4, 4], [4, 4, 3]])
const three = einsum(['ijk,lji,lli->lki', [3, 4, 4], [4, 4, 3], [4, 4, 3]])

const runs: List['runs'] = {
  kron: pairs(
    [
      [5, 5],
      [4, 4],
    ],
    [
      [3, 3],
      [2, 2],
    ],
    G.kron,
  ),
  inner: pairs([[], [3], [2, 3]], [[], [3], [4, 3]], inner),
  dot: pairs([[], [3], [2, 3], [2, 2, 3]], [[], [3], [3, 4], [2, 3, 4]], dot),
  matmul: pairs([[3], [2, 3], [2, 2, 3]], [[3], [3, 4], [2, 3, 4]], G.matmul),
  tensordot_1: pairs(
    [
      [1, 3],
      [2, 3, 2],
    ],
    [[3], [3, 1], [3, 4, 2]],
    tensordot([1], [0]),
  ),
  tensordot_2: pairs(
    [[3], [3, 1], [3, 4, 2]],
    [
      [1, 3],
      [2, 3, 2],
    ],
    tensordot([0], [1]),
  ),
  tensordot_3: [
    ...pairs(
      [
        [2, 3],
        [2, 3, 4],
      ],
      [
        [1, 2, 3],
        [2, 2, 3, 4],
      ],
      tensordot([0, 1], [1, 2]),
    ),
    ...pairs(
      [
        [2, 3],
        [2, 3, 4],
      ],
      [
        [1, 2, 3],
        [2, 2, 3, 4],
      ],
      tensordot([1, 0], [2, 1]),
    ),
  ],
  tensordot_4: [1, 2].flatMap((n) =>
    pairs(
      [
        [2, 2],
        [4, 2, 2],
      ],
      [
        [2, 2],
        [2, 2, 4],
      ],
      (a, b) => lastWithFirst(n, a, b),
    ),
  ),
  tensordot_5: pairs([[4]], [[]], G.mul),
  tensordot_6: pairs([[2, 6]], [[6, 3]], tensordot([1], [0])),
  einsum_transpose: transposes,
  einsum_matmult: products,
  einsum_matmult_broadcast: broadcast,
  einsum_covsum: covariance,
  einsum_ellipses: einsum(
    ['jk,lj->lk', [4, 4], [4, 4]],
    ['jk,alj->alk', [4, 4], [3, 4, 4]],
    ['ajk,lj->alk', [3, 4, 4], [4, 4]],
    ['ajk,alj->alk', [3, 4, 4], [3, 4, 4]],
    ['ab,ab->ab', [4, 4], [4, 4]],
    ['bc,abc->abc', [4, 4], [3, 4, 4]],
    ['abc,bc->abc', [3, 4, 4], [4, 4]],
    ['abc,abc->abc', [3, 4, 4], [3, 4, 4]],
  ),
  einsum_ellipses_tail: einsum(['jk,lj->lk', [3, 2], [2, 3]], ['jka,lja->lka', [3, 2, 4], [2, 3, 4]]),
  einsum_ellipses_center: einsum(
    ['jk,lj->lk', [2, 2], [2, 2]],
    ['jk,lja->lka', [2, 2], [2, 2, 2]],
    ['jak,lj->lka', [2, 2, 2], [2, 2]],
    ['jak,lja->lka', [2, 2, 2], [2, 2, 2]],
  ),
  einsum_three_args: three,
  // The same with numbers for letters, which gradus has not: the form is theirs, the sum is the same.
  einsum2_transpose: transposes,
  einsum2_matmult: products,
  einsum2_matmult_broadcast: broadcast,
  einsum2_covsum: covariance,
  einsum2_three_args: three,
}

export const autogradContractions: List = {
  title: 'autograd: products and einsum',
  names: [
    'kron',
    'inner',
    'dot',
    'matmul',
    'tensordot_1',
    'tensordot_2',
    'tensordot_3',
    'tensordot_4',
    'tensordot_5',
    'tensordot_6',
    'einsum_transpose',
    'einsum_matmult',
    'einsum_matmult_broadcast',
    'einsum_covsum',
    'einsum_ellipses',
    'einsum_ellipses_tail',
    'einsum_ellipses_center',
    'einsum_three_args',
    'einsum2_transpose',
    'einsum2_matmult',
    'einsum2_matmult_broadcast',
    'einsum2_covsum',
    'einsum2_three_args',
  ],
  runs,
  absent: {},
}
