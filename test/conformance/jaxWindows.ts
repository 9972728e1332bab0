/**
 * The shapes and options with which JAX checks derivatives of convolutions and of windows that slide.
 *
 * Source: jax-ml/jax, tests/lax_autodiff_test.py (testConv…, testReduceWindowGrad), commit
 * 00003c2d2182d26972b950fd741f4cb6ce2a0179, Apache-2.0. Facts only: names, shapes, options, ranges. What gradus refuses by its
 * contract is left out: negative padding, windows wholly in padding, dilated inputs of pooling, channels last, groups of examples.
 * Orders: theirs is 3 for pooling, here 2 as everywhere.
 */
import type { Padding, Tensor } from 'gradus'
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
  within,
} from './listed.js'

const normal = within(-9, 9)
const small = within(-3e-3, 3e-3)

const axesOf = (shape: Shape): ReadonlyArray<number> => shape.map((_, axis) => axis)

const strides: ReadonlyArray<Shape> = [
  [1, 1],
  [1, 2],
  [2, 1],
]

const cube = <A>(values: ReadonlyArray<A>): ReadonlyArray<readonly [A, A, A]> =>
  product(values, product(values, values)).map(([a, [b, c]]) => [a, b, c])

const convolutions = (
  range: Range,
  pairs: ReadonlyArray<readonly [Shape, Shape]>,
  options: ReadonlyArray<G.ConvolutionOptions>,
): ReadonlyArray<Case> =>
  options.flatMap((option) =>
    overPairs(pairs, [range, range], (x, k) => G.convolve(x, k, option)).map((found) => ({
      ...found,
      label: `${found.label} ${JSON.stringify(option)}`,
    })),
  )

const images = cube([2, 3]).map(([b, i, j]): readonly [Shape, Shape] => [
  [b, i, 3, 4],
  [j, i, 1, 2],
])
const series: ReadonlyArray<readonly [Shape, Shape]> = [
  [
    [4, 2, 1],
    [3, 2, 1],
  ],
]
const edges: ReadonlyArray<Padding> = [
  [
    [0, 0],
    [0, 0],
  ],
  [
    [1, 0],
    [0, 1],
  ],
]

type Pool = (x: Tensor, window: Shape, options: G.PoolingOptions) => Tensor
const minPool: Pool = (x, window, options) => G.neg(G.maxPool(G.neg(x), window, options))

const windows: ReadonlyArray<readonly [Shape, ReadonlyArray<Shape>, ReadonlyArray<Shape>, Shape]> = [
  [
    [4, 6],
    [
      [2, 1],
      [1, 2],
    ],
    [
      [1, 1],
      [2, 1],
      [1, 2],
    ],
    [1, 2],
  ],
  [
    [3, 2, 4, 6],
    [
      [1, 1, 2, 1],
      [2, 1, 2, 1],
    ],
    [
      [1, 2, 2, 1],
      [1, 1, 1, 1],
    ],
    [1, 2, 2, 1],
  ],
]

const pooling = (name: string, f: Pool, range: Range, dilated: boolean): ReadonlyArray<Case> =>
  windows.flatMap(([shape, sizes, steps, dilation]) =>
    product(
      product(sizes, steps),
      product<Padding, Shape>(
        ['valid', 'same'],
        dilated ? [axesOf(shape).map(() => 1), dilation] : [axesOf(shape).map(() => 1)],
      ),
    ).flatMap(([[size, step], [padding, gaps]]) =>
      each(
        [
          [
            `${name} ${show(size)} ${show(step)} ${padding} ${show(gaps)}`,
            shape,
            (x) => f(x, size, { strides: step, padding, dilation: gaps }),
          ],
        ],
        range,
      ),
    ),
  )

const runs: List['runs'] = {
  testConvGrad: [
    ...convolutions(
      small,
      images,
      product<Shape, Padding>(strides, ['valid', 'same']).map(([step, padding]) => ({ strides: step, padding })),
    ),
    ...convolutions(small, series, [{ padding: 'valid' }, { padding: 'same' }]),
  ],
  testConvWithGeneralPaddingGrad: [
    ...convolutions(
      small,
      images,
      product(product(strides, edges), [
        [1, 1],
        [2, 1],
      ]).map(([[step, padding], inputDilation]) => ({ strides: step, padding, inputDilation })),
    ),
    ...convolutions(
      small,
      series,
      product(product<Padding, number>([[[1, 1]], [[0, 0]]], [1, 2]), [1, 2]).map(
        ([[padding, inputDilation], dilation]) => ({ padding, inputDilation, dilation }),
      ),
    ),
  ],
  testConvGeneralDilatedGrad: product(cube([1, 2]), [1, 2]).flatMap(([[b, i, j], groups]) =>
    convolutions(
      normal,
      [
        [
          [b, i * groups, 6, 7],
          [j * groups, i, 1, 2],
        ],
      ],
      product(
        product(strides, edges),
        product(
          [
            [1, 1],
            [2, 1],
          ],
          [
            [1, 1],
            [2, 2],
          ],
        ),
      ).map(([[step, padding], [inputDilation, dilation]]) => ({
        strides: step,
        padding,
        inputDilation,
        dilation,
        groups,
      })),
    ),
  ),
  testReduceWindowGrad: [
    ...pooling('sum', G.sumPool, small, true),
    ...pooling('max', G.maxPool, apart, false),
    ...pooling('min', minPool, apart, false),
  ],
}

export const jaxWindows: List = {
  title: 'JAX: windows',
  names: ['testConvGrad', 'testConvWithGeneralPaddingGrad', 'testConvGeneralDilatedGrad', 'testReduceWindowGrad'],
  runs,
  absent: {},
}
