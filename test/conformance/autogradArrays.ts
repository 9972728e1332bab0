/**
 * The shapes and options with which autograd checks derivatives of array operations.
 *
 * Source: HIPS/autograd, tests/test_systematic.py, the version with the two forms of einsum (13,470 characters), MIT. Facts only:
 * names, shapes, options; entries are normal there and within ±3 here. Operations that gradus has
 * under another name or as two (cross, the stacks, diff) are written as those.
 */
import type { Tensor } from 'gradus'
import * as G from 'gradus'
import {
  apart,
  type Case,
  each,
  type List,
  overPairs,
  product,
  type Range,
  type Shape,
  show,
  together,
  within,
} from './listed.js'

const normal = within(-3, 3)

type Row = readonly [label: string, shape: Shape, apply: (x: Tensor) => Tensor]
const of = (rows: ReadonlyArray<Row>, range: Range = normal): ReadonlyArray<Case> => each(rows, range)

const pairs = (
  as: ReadonlyArray<Shape>,
  bs: ReadonlyArray<Shape>,
  f: (a: Tensor, b: Tensor) => Tensor,
  range: Range = normal,
): ReadonlyArray<Case> => overPairs(product(as, bs), [range, range], f)

const difference = (x: Tensor, axis: number): Tensor => {
  const length = x.shape[axis] ?? 0
  const part = (from: number, to: number): Tensor =>
    G.slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.map((n, i) => (i === axis ? to : n)),
    )
  return G.sub(part(1, length), part(0, length - 1))
}

/** The matrix whose diagonal is that one of x, in its last two axes. */
const shifted = (x: Tensor, offset: number): Tensor => {
  const from = x.shape.map((_, i) =>
    i === x.rank - 1 ? Math.max(0, offset) : i === x.rank - 2 ? Math.max(0, -offset) : 0,
  )
  return G.slice(x, from, x.shape)
}
const offsets = [-1, 0, 1]

const cross = (a: Tensor, b: Tensor): Tensor =>
  G.sub(
    G.mul(G.roll(a, -1, { axis: -1 }), G.roll(b, -2, { axis: -1 })),
    G.mul(G.roll(a, -2, { axis: -1 }), G.roll(b, -1, { axis: -1 })),
  )

/** Lengths of parts that begin at the given places. */
const cuts = (length: number, places: ReadonlyArray<number>): ReadonlyArray<number> =>
  [...places, length].map((place, i) => place - (i === 0 ? 0 : (places[i - 1] ?? 0)))
/** So many parts, the first ones longer where the length does not divide. */
const parts = (length: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => Math.floor(length / count) + (i < length % count ? 1 : 0))

const splitting = (
  shapes: ReadonlyArray<Shape>,
  how: ReadonlyArray<number | ReadonlyArray<number>>,
  axes: ReadonlyArray<number>,
): ReadonlyArray<Case> =>
  of(
    product(shapes, product(how, axes)).map(([shape, [where, axis]]): Row => {
      const length = shape[axis] ?? 0
      const lengths = typeof where === 'number' ? parts(length, where) : cuts(length, where)
      return [`${show(lengths)} along ${axis}`, shape, (x) => together(G.split(x, lengths, { axis }))]
    }),
  )

const joining = (a: Shape, b: Shape, axes: ReadonlyArray<number>): ReadonlyArray<Case> =>
  axes.flatMap((axis) => pairs([a], [b], (x, y) => G.concat([x, y], { axis })))
const stacking = (axis: number): ReadonlyArray<Case> => pairs([[2]], [[2]], (x, y) => G.stack([x, y], { axis }))

const atLeast = (rank: number): ReadonlyArray<Case> =>
  of(
    ([[], [1], [7], [1, 4], [2, 4], [2, 4, 5], [2, 4, 3, 5]] satisfies ReadonlyArray<Shape>).map((shape): Row => {
      const missing = Math.max(0, rank - shape.length)
      return [`rank ${rank}`, shape, (x) => G.reshape(x, [...Array.from({ length: missing }, () => 1), ...shape])]
    }),
  )

const axes3 = [0, 1, 2]
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [2, 0, 1],
  [2, 1, 0],
  [1, 0, 2],
  [1, 2, 0],
]
const bounds: ReadonlyArray<Shape> = [[1], [1, 4], [3, 4]]

const triangles = (f: typeof G.tril, shape: Shape): ReadonlyArray<Case> =>
  of(offsets.map((offset) => [`${offset}`, shape, (x) => f(x, { offset })]))

const runs: List['runs'] = {
  transpose: of([
    ['', [2, 3, 4], G.transpose],
    ...orders.map((order): Row => [show(order), [2, 3, 4], (x) => G.permute(x, order)]),
  ]),
  repeat: of(
    product(
      product<Shape, number>(
        [
          [2, 3, 4],
          [3, 1],
        ],
        [0, 1, 2],
      ),
      [undefined, 0, 1],
    ).map(
      ([[shape, count], axis]): Row => [
        `${count} along ${axis}`,
        shape,
        (x) => (axis === undefined ? G.repeat(G.reshape(x, [x.size]), count) : G.repeat(x, count, { axis })),
      ],
    ),
  ),
  diff: of([
    ...product(
      product<Shape, number>(
        [
          [5, 5],
          [5, 5, 5],
        ],
        [1, 2],
      ),
      [0, 1],
    ).map(
      ([[shape, n], axis]): Row => [
        `${n} along ${axis}`,
        shape,
        (x) => (n === 1 ? difference(x, axis) : difference(difference(x, axis), axis)),
      ],
    ),
    ['1 along 0', [1], (x) => difference(x, 0)],
    ['1 along 0', [1, 1], (x) => difference(x, 0)],
    ['1 along 1', [1, 1], (x) => difference(x, 1)],
    ['1 along 1', [3, 1], (x) => difference(x, 1)],
  ]),
  tile: of([
    ['[1, 4, 1, 2]', [2, 1, 3, 1], (x) => G.tile(x, [1, 4, 1, 2])],
    ['[1, 2]', [1, 2], (x) => G.tile(x, [1, 2])],
    ['[2, 3]', [1, 2], (x) => G.tile(x, [2, 3])],
    ['[3, 2, 1]', [1, 2], (x) => G.tile(G.expandDims(x, 0), [3, 2, 1])],
    ['[2]', [1], (x) => G.tile(x, [2])],
  ]),
  maximum: pairs(bounds, bounds, G.maximum, apart),
  fmax: pairs(bounds, bounds, G.maximum, apart),
  minimum: pairs(bounds, bounds, G.minimum, apart),
  fmin: pairs(bounds, bounds, G.minimum, apart),
  sort: of(
    [[1], [7]].map((shape): Row => ['', shape, (x) => G.sort(x)]),
    apart,
  ),
  msort: of(
    [[1], [7]].map((shape): Row => ['', shape, (x) => G.sort(x, { axis: 0 })]),
    apart,
  ),
  atleast_1d: atLeast(1),
  atleast_2d: atLeast(2),
  atleast_3d: atLeast(3),
  trace: of([
    ...product<Shape, number>(
      [
        [5, 5],
        [4, 5],
        [5, 4],
      ],
      offsets,
    ).map(([shape, k]): Row => [`${k}`, shape, (x) => G.trace(shifted(x, k))]),
    ...offsets.map((k): Row => [`${k}`, [3, 4, 5], (x) => G.trace(shifted(G.permute(x, [2, 0, 1]), k))]),
  ]),
  diag: of(offsets.map((k): Row => [`${k}`, [5, 5], (x) => G.diagonal(shifted(x, k))])),
  diag_flat: of(
    offsets.map(
      (k): Row => [
        `${k}`,
        [5],
        (x) =>
          G.pad(G.diag(x), [
            [Math.max(0, -k), Math.max(0, k)],
            [Math.max(0, k), Math.max(0, -k)],
          ]),
      ],
    ),
  ),
  tril: triangles(G.tril, [5, 5]),
  // Theirs calls tril here by mistake.
  triu: triangles(G.triu, [5, 5]),
  tril_3d: triangles(G.tril, [5, 5, 4]),
  triu_3d: triangles(G.triu, [5, 5, 4]),
  swapaxes: of(product(axes3, axes3).map(([a, b]): Row => [`${a} ${b}`, [3, 4, 5], (x) => G.swapAxes(x, a, b)])),
  rollaxis: of(
    product(axes3, [0, 1, 2, 3]).map(
      ([axis, start]): Row => [
        `${axis} ${start}`,
        [2, 3, 4],
        (x) => G.moveAxis(x, axis, axis < start ? start - 1 : start),
      ],
    ),
  ),
  cross: product(product([-1, 0, 1], [-1, 0, 1]), [-1, 0, 1]).flatMap(([[a, b], c]) =>
    pairs([[3, 3]], [[3, 3]], (x, y) => G.moveAxis(cross(G.moveAxis(x, a, -1), G.moveAxis(y, b, -1)), -1, c)),
  ),
  vsplit_2d: splitting([[4, 8]], [4, [1, 2]], [0]),
  vsplit_3d: splitting([[4, 4, 4]], [2, [1, 2]], [0]),
  hsplit_2d: splitting([[4, 8]], [4, [1, 2]], [1]),
  hsplit_3d: splitting([[4, 4, 4]], [2, [1, 2]], [1]),
  dsplit_3d: splitting([[4, 4, 4]], [2, [1, 2]], [2]),
  split_1d: splitting([[1], [7]], [1], [0]),
  split_2d: splitting([[4, 8]], [4, [1, 2]], [0, 1]),
  split_3d: splitting([[4, 4, 4]], [2, [1, 2]], axes3),
  array_split_1d: splitting([[1], [7]], [1, 3], [0]),
  array_split_2d: splitting([[7, 7]], [4, [3, 5]], [0, 1]),
  array_split_3d: splitting([[7, 7, 7]], [4, [3, 5]], axes3),
  concatenate_1ist: joining([1], [3], [0]),
  concatenate_tuple: joining([1], [3], [0]),
  concatenate_2d: joining([2, 2], [2, 2], [0, 1]),
  concatenate_3d: joining([2, 2, 2], [2, 2, 2], axes3),
  vstack_1d: [...of([['', [2], (x) => G.reshape(x, [2, 1])]]), ...stacking(0)],
  vstack_2d: [...of([['', [2, 3], (x) => G.concat([x])]]), ...joining([2, 4], [1, 4], [0])],
  vstack_3d: [...of([['', [2, 3, 4], (x) => G.reshape(x, [6, 4])]]), ...joining([2, 3, 4], [5, 3, 4], [0])],
  hstack_1d: [...of([['', [2], (x) => G.concat([x])]]), ...joining([2], [2], [0])],
  hstack_2d: [...of([['', [3, 2], (x) => G.reshape(x, [6])]]), ...joining([3, 4], [3, 5], [1])],
  hstack_3d: [
    ...of([['', [2, 3, 4], (x) => G.reshape(G.swapAxes(x, 0, 1), [3, 8])]]),
    ...joining([2, 1, 4], [2, 5, 4], [1]),
  ],
  stack_1d: [
    ...of([0, 1].map((axis): Row => [`${axis}`, [2], (x) => G.stack([x], { axis })])),
    ...stacking(0),
    ...stacking(1),
  ],
  row_stack_1d: [...of([['', [2], (x) => G.reshape(x, [2, 1])]]), ...stacking(0)],
  row_stack_2d: [...of([['', [2, 3], (x) => G.concat([x])]]), ...joining([2, 4], [1, 4], [0])],
  column_stack_1d: [...of([['', [2], (x) => G.reshape(x, [1, 2])]]), ...stacking(1)],
  column_stack_2d: [...of([['', [2, 2], G.transpose]]), ...joining([2, 2], [2, 2], [1])],
  select: [0, 1.1].map((otherwise) => ({
    label: `otherwise ${otherwise}`,
    inputs: [1, 2, 3].map(() => normal([3, 4, 5])),
    // The conditions are three patterns, of which none, one or several hold.
    apply: (...xs) =>
      xs.reduceRight(
        (rest, x, i) => G.where(G.equal(G.remainder(G.arange(5), i + 2), 0), x, rest),
        G.full([3, 4, 5], otherwise),
      ),
  })),
}

export const autogradArrays: List = {
  title: 'autograd: arrays',
  names: [
    ...['transpose', 'repeat', 'diff', 'tile'],
    ...['maximum', 'fmax', 'minimum', 'fmin', 'sort', 'msort', 'partition'],
    ...['atleast_1d', 'atleast_2d', 'atleast_3d'],
    ...['trace'],
    ...[
      'diag',
      'diag_flat',
      'tril',
      'triu',
      'tril_3d',
      'triu_3d',
      'swapaxes',
      'rollaxis',
      'cross',
      'vsplit_2d',
      'vsplit_3d',
    ],
    ...['hsplit_2d', 'hsplit_3d', 'dsplit_3d', 'split_1d', 'split_2d', 'split_3d', 'array_split_1d', 'array_split_2d'],
    ...[
      'array_split_3d',
      'concatenate_1ist',
      'concatenate_tuple',
      'concatenate_2d',
      'concatenate_3d',
      'vstack_1d',
      'vstack_2d',
    ],
    ...[
      'vstack_3d',
      'hstack_1d',
      'hstack_2d',
      'hstack_3d',
      'stack_1d',
      'row_stack_1d',
      'row_stack_2d',
      'column_stack_1d',
    ],
    ...['column_stack_2d', 'select'],
  ],
  runs,
  absent: { partition: 'a sort that stops early: gradus has sort only' },
}
