/**
 * The statistics and elementwise operations whose derivatives autograd checks, with its ranges and shapes.
 *
 * Source: HIPS/autograd, tests/test_systematic.py and tests/numpy_utils.py (stat_check, unary_ufunc_check, binary_ufunc_check), the
 * version with the two forms of einsum (13,470 characters), MIT. Facts only: names, ranges, shapes. Names that occur twice are
 * listed once. Where a range has a kink, points keep away from it, as no difference is one of a smooth function there.
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
  overShapes,
  product,
  type Range,
  type Shape,
  show,
  within,
} from './listed.js'
import { betweenJumps, inside } from './settled.js'

const wide = within(-2, 2)
const shapes: ReadonlyArray<Shape> = [[], [2], [3, 2], [1, 2]]

const unary = (f: (x: Tensor) => Tensor, range: Range = wide, more: Partial<Case> = {}): ReadonlyArray<Case> =>
  overShapes(shapes, range, f, more)

const binary = (
  f: (a: Tensor, b: Tensor) => Tensor,
  first: Range = wide,
  second: Range = wide,
  more: Partial<Case> = {},
): ReadonlyArray<Case> => overPairs(product(shapes, shapes), [first, second], f, more)

const reduced: ReadonlyArray<readonly [Shape, ReadonlyArray<number> | undefined]> = [
  [[3], undefined],
  [[3], [0]],
  ...product<Shape, ReadonlyArray<number> | undefined>(
    [
      [2, 3],
      [1, 3],
    ],
    [undefined, [0], [1]],
  ),
]

type Statistic = (x: Tensor, options: G.ReductionOptions) => Tensor

const statistic = (f: Statistic, range: Range = within(-3, 3), smallest = 1): ReadonlyArray<Case> => [
  ...(smallest === 1 ? each([['', [], (x) => f(x, {})]], range) : []),
  ...each(
    product(reduced, [true, false])
      .filter(
        ([[shape, axes]]) =>
          (axes ?? shape.map((_, i) => i)).reduce((n, axis) => n * (shape[axis] ?? 1), 1) >= smallest,
      )
      .map(([[shape, axes], keepAxes]) => [
        `over ${axes === undefined ? 'all' : show(axes)}${keepAxes ? ', kept' : ''}`,
        shape,
        (x) => f(x, { keepAxes, ...(axes === undefined ? {} : { axes }) }),
      ]),
    range,
  ),
]

const degree = Math.PI / 180
const binaryLog = (a: Tensor, b: Tensor): Tensor => G.div(G.logAddExp(G.mul(a, Math.LN2), G.mul(b, Math.LN2)), Math.LN2)
const offWhole: Partial<Case> = { settle: (x = G.scalar(0)) => [inside(x)] }

/** Jumps are 0.3 of the divisor away, and the quotient changes by less than 20 times the step. */
const between: Partial<Case> = { settle: (a = G.scalar(0), b = G.scalar(1)) => betweenJumps(a, b), step: 1e-3 }
/** The numerator stays away from 0, where no divisor of the range leaves a quotient between jumps. */
const numerators = around(0.5, 2)
const remainders = (low: number, high: number, first = numerators): ReadonlyArray<Case> =>
  binary(G.remainder, first, within(low, high), between)

const runs: List['runs'] = {
  max: statistic(G.max, apart),
  min: statistic(G.min, apart),
  all: statistic(G.all, around(0.5, 2)),
  any: statistic(G.any, around(0.5, 2)),
  mean: statistic(G.mean),
  sum: statistic(G.sum),
  prod: statistic(G.prod),
  var: statistic(G.variance),
  // Of one entry it is 0 with a corner; of several that are apart it is smooth.
  std: statistic(G.std, apart, 2),
  sin: unary(G.sin),
  abs: unary(G.abs, within(0.1, 4), { step: 0.05 }),
  absolute: unary(G.abs, within(0.1, 4), { step: 0.05 }),
  arccosh: unary(G.acosh, within(1.1, 4), { step: 0.02 }),
  arcsinh: unary(G.asinh, within(-0.9, 0.9)),
  arctanh: unary(G.atanh, within(-0.9, 0.9), { step: 0.02 }),
  ceil: unary(G.ceil, within(-1.5, 1.5), offWhole),
  cos: unary(G.cos),
  cosh: unary(G.cosh),
  deg2rad: unary((x) => G.mul(x, degree)),
  degrees: unary((x) => G.div(G.div(x, degree), 50)),
  exp: unary(G.exp),
  exp2: unary(G.exp2),
  expm1: unary(G.expm1),
  fabs: unary(G.abs, around(0.2, 2)),
  floor: unary(G.floor, within(-1.5, 1.5), offWhole),
  log: unary(G.log, within(0.2, 2), { step: 0.05 }),
  log10: unary(G.log10, within(0.2, 2), { step: 0.05 }),
  log1p: unary(G.log1p, within(0.2, 2)),
  log2: unary(G.log2, within(0.2, 2), { step: 0.05 }),
  rad2deg: unary((x) => G.div(G.div(x, degree), 50)),
  radians: unary((x) => G.mul(x, degree)),
  sign: unary(G.sign, around(0.2, 2)),
  sinh: unary(G.sinh),
  sqrt: unary(G.sqrt, within(1, 3)),
  square: unary(G.square),
  tan: unary(G.tan, within(-1.1, 1.1)),
  tanh: unary(G.tanh),
  add: binary(G.add),
  logaddexp: binary(G.logAddExp),
  logaddexp2: binary(binaryLog),
  remainder: remainders(0.7, 1.9, around(0.3, 0.9)),
  true_divide: binary(G.div, wide, within(0.8, 1.2)),
  mod: remainders(0.8, 2.1),
  true_divide_neg: binary(G.div, wide, within(-2, -0.3), { step: 0.05 }),
  mod_neg: remainders(-2, -0.3),
  op_mul: binary(G.mul),
  op_add: binary(G.add),
  op_sub: binary(G.sub),
  op_mod: remainders(0.3, 2),
  op_mod_neg: remainders(-2, -0.3),
}

const complexOnly = 'complex numbers, which gradus has not'

export const autogradOperations: List = {
  title: 'autograd: operations',
  names: [
    ...[
      'max',
      'all',
      'any',
      'mean',
      'min',
      'sum',
      'prod',
      'var',
      'std',
      'sin',
      'abs',
      'absolute',
      'arccosh',
      'arcsinh',
    ],
    ...[
      'arctanh',
      'ceil',
      'cos',
      'cosh',
      'deg2rad',
      'degrees',
      'exp',
      'exp2',
      'expm1',
      'fabs',
      'floor',
      'log',
      'log10',
    ],
    ...[
      'log1p',
      'log2',
      'rad2deg',
      'radians',
      'sign',
      'sinh',
      'sqrt',
      'square',
      'tan',
      'tanh',
      'real',
      'real_ic',
      'imag',
    ],
    ...[
      'conj',
      'angle',
      'add',
      'logaddexp',
      'logaddexp2',
      'remainder',
      'true_divide',
      'mod',
      'true_divide_neg',
      'mod_neg',
    ],
    ...['op_mul', 'op_add', 'op_sub', 'op_mod', 'op_mod_neg'],
  ],
  runs,
  absent: { real: complexOnly, real_ic: complexOnly, imag: complexOnly, conj: complexOnly, angle: complexOnly },
}
