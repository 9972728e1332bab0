/**
 * The shapes and options with which JAX checks derivatives of operations on whole tensors: contractions, rearrangements, reductions.
 *
 * Source: jax-ml/jax, tests/lax_autodiff_test.py (the methods test…), commit 00003c2d2182d26972b950fd741f4cb6ce2a0179, Apache-2.0.
 * Facts only: names, shapes, options, ranges. Those of one method that gradus refuses by its contract are left out: negative
 * and interior padding (slice and inputDilation do that). Orders: theirs is 3 for tiles, here 2 as everywhere.
 */

import type { Tensor } from 'gradus'
import * as G from 'gradus'
import {
  apart,
  around,
  at,
  type Case,
  each,
  type List,
  overPairs,
  overShapes,
  product,
  type Shape,
  show,
  together,
  within,
} from './listed.js'

const normal = within(-9, 9)
const small = within(-3e-3, 3e-3)
const zero = G.scalar(0)

const bases: ReadonlyArray<Shape> = [[4], [3, 4], [2, 3, 4]]
const axesOf = (shape: Shape): ReadonlyArray<number> => shape.map((_, axis) => axis)
const along = (shape: Shape, axis: number, length: number): Shape => shape.map((n, i) => (i === axis ? length : n))
const basesWithAxes = bases.flatMap((shape) => axesOf(shape).map((axis): readonly [Shape, number] => [shape, axis]))

const reductions: ReadonlyArray<readonly [Shape, Shape]> = [
  [[], []],
  [[3, 4, 5], []],
  [[3, 4, 5], [0]],
  [
    [3, 4, 5],
    [1, 2],
  ],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [3, 4, 5],
    [0, 1, 2],
  ],
  [[3, 1], [1]],
  [[3, 0, 5], [1]],
]

type Reduce = (x: Tensor, options: G.ReductionOptions) => Tensor
const reducing = (f: Reduce, range = normal, more: Partial<Case> = {}, of = reductions): ReadonlyArray<Case> =>
  each(
    of.map(([shape, axes]) => [`over ${show(axes)}`, shape, (x) => f(x, { axes })]),
    range,
    more,
  )

const notEmpty = reductions.filter(([shape]) => !shape.includes(0))
/** Products of sixty factors bend within a step that is large beside the smallest of them. */
const ofProducts: Partial<Case> = { step: 0.02 }

const running: ReadonlyArray<readonly [Shape, number]> = [
  [[10], 0],
  [[3, 4, 5], 0],
  [[3, 4, 5], 1],
  [[3, 4, 5], 2],
]
const accumulating = (f: (x: Tensor, options: G.RunningOptions) => Tensor, range: typeof normal): ReadonlyArray<Case> =>
  each(
    product(running, [false, true]).map(([[shape, axis], reverse]) => [
      `axis ${axis} reverse ${reverse}`,
      shape,
      (x) => f(x, { axis, reverse }),
    ]),
    range,
  )

const contractions: ReadonlyArray<readonly [string, Shape, Shape]> = [
  ['ij,jk->ik', [3, 2], [2, 4]],
  ['ij,kj->ik', [3, 5], [2, 5]],
  ['ji,jk->ik', [5, 3], [5, 2]],
  ['bij,bjk->bik', [3, 3, 2], [3, 2, 4]],
  ['ibj,jkb->bik', [3, 5, 2], [2, 4, 5]],
  ['aibj,jkmb->baikm', [7, 3, 5, 2], [2, 2, 4, 5]],
]

const far = (x: Tensor): readonly [Tensor, Tensor] => [G.sub(x, 10), G.add(x, 10)]
const clamped = (order: (x: Tensor, low: Tensor, high: Tensor) => Tensor): ReadonlyArray<Case> =>
  [[], [2, 3]].map((shape) => ({
    label: show(shape),
    inputs: [normal(shape), normal(shape), normal(shape)],
    settle: (x = zero) => [x, ...far(x)],
    apply: (x = zero, low = zero, high = zero) => order(x, low, high),
  }))

const fourth = (x: Tensor): Tensor =>
  [1, 2, 3, 4].reduce<(y: Tensor) => Tensor>(
    (f) => (y) => G.jvp(f)(y, G.ones(y.shape))[1],
    (y) => G.div(1, y),
  )(x)

const runs: List['runs'] = {
  testClampGrad: [
    ...clamped((x, low, high) => G.clamp(low, x, high)),
    ...clamped((x, low, high) => G.clamp(x, low, high)),
    ...clamped((x, low, high) => G.clamp(high, low, x)),
  ],
  testConcatenateGrad: basesWithAxes.map(([shape, axis]) => ({
    label: `${show(shape)} along ${axis}`,
    inputs: [3, 1, 4].map((length) => normal(along(shape, axis, length))),
    apply: (...parts) => G.concat(parts, { axis }),
  })),
  testSplitGrad: each(
    product(basesWithAxes, [[3], [2, 4], [1, 0, 4]]).map(([[shape, axis], sizes]) => [
      `${show(sizes)} along ${axis}`,
      along(
        shape,
        axis,
        sizes.reduce((a, b) => a + b),
      ),
      (x) => together(G.split(x, sizes, { axis })),
    ]),
  ),
  testDotGrad: overPairs(product<Shape, Shape>([[2], [3, 2]], [[2], [2, 4]]), [normal, normal], G.matmul),
  testDotGeneralContractAndBatchGrads: contractions.flatMap(([spec, a, b]) =>
    overPairs([[a, b]], [small, small], (x, y) => G.einsum(spec, x, y)),
  ),
  testBroadcastGrad: each(
    product<Shape, Shape>([[], [2, 3]], [[], [2], [1, 2]]).map(([shape, sizes]) => [
      `under ${show(sizes)}`,
      shape,
      (x) => G.broadcastTo(x, [...sizes, ...shape]),
    ]),
  ),
  testBroadcastInDimGrad: each([
    ['[2, 2] 0', [2], (x) => G.broadcastTo(G.expandDims(x, 1), [2, 2])],
    ['[2, 2] 1', [2], (x) => G.broadcastTo(x, [2, 2])],
    ['[2, 3] 0', [2], (x) => G.broadcastTo(G.expandDims(x, 1), [2, 3])],
    ['[2, 3]', [], (x) => G.broadcastTo(x, [2, 3])],
  ]),
  testReshapeGrad: each([
    ['[12]', [3, 4], (x) => G.reshape(x, [12])],
    ['[8]', [2, 1, 4], (x) => G.reshape(x, [8])],
    ['[2, 8]', [2, 2, 4], (x) => G.reshape(x, [2, 8])],
    ['[12] of [0, 1]', [3, 4], (x) => G.reshape(G.permute(x, [0, 1]), [12])],
    ['[12] of [1, 0]', [3, 4], (x) => G.reshape(G.permute(x, [1, 0]), [12])],
    ['[8] of [0, 2, 1]', [2, 1, 4], (x) => G.reshape(G.permute(x, [0, 2, 1]), [8])],
    ['[8] of [2, 0, 1]', [2, 1, 4], (x) => G.reshape(G.permute(x, [2, 0, 1]), [8])],
    ['[2, 8] of [0, 2, 1]', [2, 2, 4], (x) => G.reshape(G.permute(x, [0, 2, 1]), [2, 8])],
    ['[2, 8] of [2, 0, 1]', [2, 2, 4], (x) => G.reshape(G.permute(x, [2, 0, 1]), [2, 8])],
  ]),
  testPadGrad: each(
    [
      ['nothing', [], (x) => G.pad(x, [])],
      [
        '1 2, 0 1',
        [2, 3],
        (x) =>
          G.pad(x, [
            [1, 2],
            [0, 1],
          ]),
      ],
    ],
    small,
  ),
  testReverseGrad: each([
    ['[0]', [3], (x) => G.flip(x, [0])],
    ['[0, 1]', [2, 3], (x) => G.flip(x, [0, 1])],
  ]),
  testPowSecondDerivative: overPairs([[[], []]], [at(4), at(0)], G.pow),
  testPowIntPowerAtZero: overShapes([[]], at(0), (x) => G.pow(x, 0)),
  testPowIntPowerAtZero2: overShapes([[]], at(3.14), (x) => G.sum(G.pow(x, G.arange(2)))),
  testPowShapeMismatch: overShapes([[4]], within(-1, 3), (x) => G.pow(x, 2)),
  testTransposeGrad: each(
    [
      [
        [3, 4],
        [1, 0],
      ],
      [
        [3, 4],
        [0, 1],
      ],
      [
        [3, 4, 5],
        [2, 1, 0],
      ],
      [
        [3, 4, 5],
        [1, 0, 2],
      ],
    ].map(([shape = [], order = []]) => [show(order), shape, (x) => G.permute(x, order)]),
  ),
  testReduceGrad: [
    ...reducing(G.sum),
    ...reducing(G.max, apart, {}, notEmpty),
    ...reducing(G.min, apart, {}, notEmpty),
    ...reducing(G.prod, around(0.5, 3), ofProducts),
  ],
  testReducePairGrad: reductions
    .slice(1)
    .flatMap(([shape, axes]) =>
      overPairs(
        [[shape, shape]],
        [around(0.5, 3), around(0.5, 3)],
        (x, y) => together([G.sum(x, { axes }), G.prod(y, { axes })]),
        ofProducts,
      ),
    ),
  // Products of numbers of their size vanish; the second range is where they do not.
  testCumulativeReduceGrad: [
    ...accumulating(G.cumsum, small),
    ...accumulating(G.cumprod, small),
    ...accumulating(G.cumprod, around(0.5, 1.5)),
  ],
  testTileAutodiff: each([
    ['[2]', [3], (x) => G.tile(x, [2])],
    ['[1, 2]', [2, 3], (x) => G.tile(x, [1, 2])],
    ['[1, 3, 1]', [1, 1, 4], (x) => G.tile(x, [1, 3, 1])],
  ]),
  // The fourth derivative, of which the cases take two more.
  testHigherOrderGradientOfReciprocal: overShapes([[]], at(4), fourth),
}

const types = 'types of numbers: gradus has binary64 only'
const complexOnly = 'complex numbers, which gradus has not'

export const jaxStructures: List = {
  title: 'JAX: shapes of whole tensors',
  names: [
    ...['testOpGradOutDtype', 'testOpGrad', 'testOpGradSpecialValue', 'testConvertElementTypeGrad', 'testClampGrad'],
    ...['testConcatenateGrad', 'testSplitGrad'],
    ...['testDotGrad', 'testDotGeneralContractAndBatchGrads', 'testDotPreferredElementType', 'testBroadcastGrad'],
    ...['testBroadcastInDimGrad', 'testReshapeGrad', 'testPadGrad', 'testReverseGrad', 'testPowSecondDerivative'],
    ...[
      'testPowIntPowerAtZero',
      'testPowIntPowerAtZero2',
      'testPowShapeMismatch',
      'testTransposeGrad',
      'testReduceGrad',
    ],
    ...['testReducePairGrad', 'testCumulativeReduceGrad', 'testTileAutodiff', 'testStopGradient'],
    ...['testHigherOrderGradientOfReciprocal', 'test_linear_transpose_real', 'test_linear_transpose_imag'],
  ],
  runs,
  absent: {
    testOpGradOutDtype: types,
    testOpGrad: 'in the list of operations',
    testOpGradSpecialValue: 'in the list of operations',
    testConvertElementTypeGrad: types,
    testDotPreferredElementType: types,
    testStopGradient: 'differences see through it; fixtures of stopGradient have its derivatives',
    test_linear_transpose_real: complexOnly,
    test_linear_transpose_imag: complexOnly,
  },
}
