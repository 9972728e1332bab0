/**
 * The shapes and indices with which JAX checks derivatives of choices: slices, gathers, scatters, sorts, selections, remainders.
 *
 * Source: jax-ml/jax, tests/lax_autodiff_test.py (the methods test…), commit 00003c2d2182d26972b950fd741f4cb6ce2a0179, Apache-2.0.
 * Facts only: names, shapes, indices, ranges. Windows that start at an index are written as the indices in them. Indices
 * outside (their modes clip and fill) and from the end are defects in gradus and left out, but for starts of dynamic slices.
 * Their scatters without collisions are run with collisions as well, where the last update wins.
 */
import type { Tensor } from 'gradus'
import * as G from 'gradus'
import {
  apart,
  around,
  type Case,
  each,
  type List,
  overPairs,
  product,
  type Shape,
  show,
  together,
  within,
} from './listed.js'
import { betweenJumps } from './settled.js'

const normal = within(-9, 9)
const t = (entries: G.NestedArray): Tensor => G.tensor(entries)

const slices: ReadonlyArray<readonly [Shape, Shape, Shape, Shape | undefined]> = [
  [[3], [1], [2], undefined],
  [[7], [4], [7], undefined],
  [[5], [1], [5], [2]],
  [[8], [1], [6], [2]],
  [[5, 3], [1, 1], [3, 2], undefined],
  [[5, 3], [1, 1], [3, 1], undefined],
  [[7, 5, 3], [4, 0, 1], [7, 1, 3], undefined],
  [
    [5, 3],
    [1, 1],
    [2, 1],
    [1, 1],
  ],
  [
    [5, 3],
    [1, 1],
    [5, 3],
    [2, 1],
  ],
  [
    [3, 3, 5],
    [0, 2, 0],
    [3, 2, 5],
    [1, 2, 1],
  ],
]

const blocks: ReadonlyArray<readonly [Shape, Shape, Shape]> = [
  [[3], [1], [1]],
  [
    [5, 3],
    [1, 1],
    [3, 1],
  ],
  [
    [7, 5, 3],
    [4, 1, 0],
    [2, 0, 1],
  ],
]

/** Starts of windows of two, as all the indices in them. */
const twos = (starts: ReadonlyArray<number>): Tensor => t(starts.map((start) => [start, start + 1]))

const choices: ReadonlyArray<readonly [ReadonlyArray<number>, ReadonlyArray<number>, ReadonlyArray<number>]> = [
  [
    [0, 2],
    [0, 0, 0],
    [0, 2, 1],
  ],
  [
    [3, 1],
    [6, 2, 4],
    [9, 3, 5],
  ],
  [
    [4, 4],
    [8, 7, 3],
    [1, 1, 8],
  ],
]

type Scatter = (x: Tensor, indices: Tensor, updates: Tensor) => Tensor

const columns = (x: Tensor, from: number, to: number): Tensor => G.slice(x, [0, from], [x.shape[0] ?? 0, to])

const scattering = (scatter: Scatter, range = normal): ReadonlyArray<Case> =>
  choices.flatMap(([points, windows, rows]) =>
    [
      ...overPairs([[[5], [2]]], [range, range], (x, u) => scatter(x, t(points), u)),
      ...overPairs([[[10], [3, 2]]], [range, range], (x, u) => scatter(x, twos(windows), u)),
      ...overPairs(
        [
          [
            [10, 5],
            [3, 3],
          ],
        ],
        [range, range],
        (x, u) => G.concat([scatter(columns(x, 0, 3), t(rows), u), columns(x, 3, 5)], { axis: 1 }),
      ),
    ].map((found) => ({ ...found, label: `${found.label} at ${show(points)} ${show(windows)} ${show(rows)}` })),
  )

const checkered = (shape: Shape): Tensor => G.reshape(G.remainder(G.arange(shape.reduce((n, m) => n * m, 1)), 2), shape)

const remainders = (pairs: ReadonlyArray<readonly [Shape, Shape]>): ReadonlyArray<Case> =>
  // A whole quotient of 90 leaves 1/180 of the numerator between jumps.
  overPairs(pairs, [around(0.5, 9), around(0.1, 5)], G.truncatedRemainder, {
    settle: (a = t(0), b = t(1)) => betweenJumps(a, b),
    step: 1e-4,
  })

const runs: List['runs'] = {
  testSelectGrad: (
    [
      [[], []],
      [[], [3]],
      [[3], [3]],
      [[], [2, 3]],
      [
        [2, 3],
        [2, 3],
      ],
    ] satisfies ReadonlyArray<readonly [Shape, Shape]>
  ).flatMap(([condition, shape]) =>
    [checkered(condition), G.logicalNot(checkered(condition))].flatMap((chosen) =>
      overPairs([[shape, shape]], [normal, normal], (a, b) => G.where(chosen, a, b)),
    ),
  ),
  testSliceGrad: each(
    slices.map(([shape, starts, ends, steps]) => [
      `${show(starts)} ${show(ends)}`,
      shape,
      (x) => G.slice(x, starts, ends, steps),
    ]),
  ),
  testDynamicSliceGrad: each(
    blocks.map(([shape, starts, sizes]) => [
      `${show(starts)} ${show(sizes)}`,
      shape,
      (x) => G.dynamicSlice(x, t(starts), sizes),
    ]),
  ),
  testDynamicUpdateSliceGrad: blocks.flatMap(([shape, starts, sizes]) =>
    overPairs([[shape, sizes]], [normal, normal], (x, u) => G.dynamicUpdateSlice(x, u, t(starts))),
  ),
  testDynamicSliceValueAndGrad: each([['from −8', [5, 5], (x) => G.sum(G.dynamicSlice(x, t([-8, 0]), [1, 5]))]]),
  testDynamicUpdateSliceValueAndGrad: overPairs(
    [
      [
        [5, 5],
        [1, 1],
      ],
    ],
    [normal, normal],
    (x, u) => G.sum(G.dynamicUpdateSlice(x, u, t([-8, 0]))),
  ),
  testGradOfVmapOfDynamicSlice: each([
    ['at 1', [1], (x) => G.dynamicSlice(x, t([1]), [1])],
    ['at [1], vectorized', [1], (x) => G.vmap((i: Tensor) => G.dynamicSlice(x, G.reshape(i, [1]), [1]))(t([1]))],
  ]),
  testSortGrad: each(
    [[0], [5], [5, 7], [4, 9, 3]].map((shape) => ['', shape, (x) => G.sort(x)]),
    apart,
  ),
  testSortKeyValGrad: [[3], [5, 3], [4, 9, 3]].flatMap((shape) =>
    overPairs([[shape, shape]], [apart, normal], (k, v) => together(G.sortKeyVal(k, v))),
  ),
  testTopKGrad: product(product<Shape, number>([[4], [5, 5], [3, 1, 4]], [1, 3]), [0, -1]).flatMap(
    ([[shape, k], axis]) => each([[`${k} along ${axis}`, shape, (x) => G.topK(x, k, { axis })[0]]], apart),
  ),
  testIndexTakeGrad: each([
    ['0 2 1', [3, 4, 5], (x) => G.take(x, t([0, 2, 1]))],
    ['−1 −2', [3, 4, 5], (x) => G.take(x, t([2, 1]))],
    ['0 2, 1 3', [3, 4, 5], (x) => G.take(G.reshape(x, [12, 5]), t([1, 11]))],
    ['0 2, :, 1 3', [3, 4, 5], (x) => G.take(G.reshape(G.permute(x, [0, 2, 1]), [15, 4]), t([1, 13]))],
  ]),
  testGatherGrad: choices.flatMap(([points, windows, rows]) =>
    each([
      [show(points), [5], (x) => G.take(x, t(points))],
      [show(windows), [10], (x) => G.take(x, twos(windows))],
      [show(rows), [10, 5], (x) => G.take(columns(x, 0, 3), t(rows))],
    ]),
  ),
  testScatterAddGrad: scattering(G.scatterAdd),
  testScatterGrad: scattering(G.scatterSet),
  testScatterGradSymbolicZeroUpdate: each([
    ['diagonal', [5, 5], (x) => G.scatterSet(G.reshape(x, [25]), t([0, 6, 12, 18, 24]), G.arange(5))],
  ]),
  testScatterMax: scattering(G.scatterMax, apart),
  testScatterMin: scattering(G.scatterMin, apart),
  testRemainder: remainders([
    [
      [5, 8],
      [1, 8],
    ],
    [
      [1, 8],
      [5, 8],
    ],
  ]),
}

const noApply = 'scatters that apply a function: gradus has none, and theirs has no derivative'

export const jaxIndexing: List = {
  title: 'JAX: indices and choices',
  names: [
    ...[
      'testSelectGrad',
      'testSliceGrad',
      'testDynamicSliceGrad',
      'testDynamicUpdateSliceGrad',
      'testDynamicSliceValueAndGrad',
    ],
    ...[
      'testDynamicUpdateSliceValueAndGrad',
      'testGradOfVmapOfDynamicSlice',
      'testSortGrad',
      'testSortKeyValGrad',
      'testTopKGrad',
    ],
    ...[
      'testIndexTakeGrad',
      'testGatherGrad',
      'testScatterAddGrad',
      'testScatterGrad',
      'testScatterGradSymbolicZeroUpdate',
    ],
    ...['testScatterMax', 'testScatterMin', 'testRemainder', 'test_scatter_apply_jvp', 'test_scatter_apply_vjp'],
  ],
  runs,
  absent: { test_scatter_apply_jvp: noApply, test_scatter_apply_vjp: noApply },
}
