/**
 * The operations whose derivatives JAX checks, with its numbers of arguments, ranges of arguments and special values.
 *
 * Source: jax-ml/jax, tests/lax_autodiff_test.py (LAX_GRAD_OPS, LAX_GRAD_SPECIAL_VALUE_TESTS, compatible_shapes), commit
 * 00003c2d2182d26972b950fd741f4cb6ce2a0179, Apache-2.0; ranges from jax/_src/test_util.py of jax 0.10.2, Apache-2.0.
 * Facts only: names, ranges, shapes. A normal draw with deviation s is an interval of ±3 s here.
 *
 * Order: theirs is 2 for all but `div` (1), and `lgamma`, `MaxSomeEqual`, `MinSomeEqual` are commented out there. All are run to
 * order 2 here; at ties the second derivative is that of the branches.
 */

import type { Tensor } from 'gradus'
import * as G from 'gradus'
import {
  apart,
  around,
  at,
  type Case,
  type List,
  overPairs,
  overShapes,
  product,
  type Range,
  type Shape,
  within,
} from './listed.js'

const groups: ReadonlyArray<ReadonlyArray<Shape>> = [
  [[3]],
  [[], [3, 4], [3, 1], [1, 4]],
  [
    [2, 3, 4],
    [2, 1, 4],
  ],
]

const singles = groups.flat()
const pairs = groups.flatMap((group) =>
  group.flatMap((a, i) => group.slice(i).map((b): readonly [Shape, Shape] => [a, b])),
)

const normal = within(-9, 9)
const small = within(-3e-3, 3e-3)
const positive = within(1, 3)
const notSmall = around(10, 19)
const flat = within(0.1, 0.4)

const unary = (range: Range, f: (x: Tensor) => Tensor, more: Partial<Case> = {}): ReadonlyArray<Case> =>
  overShapes(singles, range, f, more)
const binary = (range: Range, f: (a: Tensor, b: Tensor) => Tensor, more: Partial<Case> = {}): ReadonlyArray<Case> =>
  overPairs(pairs, [range, range], f, more)

/** Where a jump or a pole is 0.1 away from the range. */
const nearby: Partial<Case> = { step: 0.05 }

const special = (values: ReadonlyArray<number>, f: (x: Tensor) => Tensor): ReadonlyArray<Case> =>
  values.flatMap((value) => overShapes([[]], at(value), f, { label: `at ${value}` }))

const quarters = [0, Math.PI, Math.PI / 2, Math.PI / 4]

const runs: List['runs'] = {
  neg: unary(normal, G.neg),
  floor: unary(flat, G.floor, nearby),
  ceil: unary(flat, G.ceil, nearby),
  round: unary(flat, G.round, nearby),
  exp: unary(small, G.exp),
  exp2: unary(small, G.exp2),
  expm1: unary(normal, G.expm1),
  log: unary(positive, G.log),
  log1p: unary(positive, G.log1p),
  sinh: unary(normal, G.sinh),
  cosh: unary(normal, G.cosh),
  tanh: unary(normal, G.tanh),
  sin: unary(normal, G.sin),
  cos: unary(normal, G.cos),
  tan: unary(within(-1.3, 1.3), G.tan, nearby),
  // Theirs is ±1.3, where both sides are NaN beyond ±1; here the points at which there is a derivative.
  asin: unary(within(-0.95, 0.95), G.asin, { step: 0.01 }),
  acos: unary(within(-0.95, 0.95), G.acos, { step: 0.01 }),
  // Off the cut and the origin, near which no difference is one of a smooth function.
  atan2: binary(around(0.5, 9), G.atan2),
  erf: unary(small, G.erf),
  erfc: unary(small, G.erfc),
  erf_inv: unary(small, G.erfinv),
  // Their range is around the pole at 0.
  lgamma: unary(around(5e-4, 3e-3), G.lgamma, { step: 1e-4 }),
  // e^(−|x|) has a corner at 0.
  bessel_i0e: unary(around(0.3, 9), G.i0e),
  bessel_i1e: unary(around(0.3, 9), G.i1e),
  abs: unary(positive, G.abs),
  pow: binary(positive, G.pow),
  sqrt: unary(positive, G.sqrt),
  rsqrt: unary(positive, G.rsqrt),
  cbrt: unary(notSmall, G.cbrt),
  logistic: unary(normal, G.sigmoid),
  add: binary(normal, G.add),
  sub: binary(normal, G.sub),
  mul: binary(normal, G.mul),
  div: binary(notSmall, G.div),
  max: binary(apart, G.maximum),
  min: binary(apart, G.minimum),
  MaxSomeEqual: overPairs(
    product(singles, singles).filter(([a, b]) => a === b),
    [at(2), at(2)],
    G.maximum,
    { kink: true },
  ),
  MinSomeEqual: overPairs(
    product(singles, singles).filter(([a, b]) => a === b),
    [at(2), at(2)],
    G.minimum,
    { kink: true },
  ),
  'special sinh': special([0], G.sinh),
  'special cosh': special([0], G.cosh),
  'special tanh': special([0, 1000], G.tanh),
  'special sin': special(quarters, G.sin),
  'special cos': special(quarters, G.cos),
  'special tan': special([0], G.tan),
  'special asin': special([0], G.asin),
  'special acos': special([0], G.acos),
  'special atan': special([0, 1000], G.atan),
  'special erf': special([0, 10], G.erf),
  'special erfc': special([0, 10], G.erfc),
}

const complexOnly = 'complex numbers, which gradus has not'

export const jaxOperations: List = {
  title: 'JAX: operations',
  names: [
    ...[
      'neg',
      'floor',
      'ceil',
      'round',
      'exp',
      'exp2',
      'expm1',
      'log',
      'log1p',
      'sinh',
      'cosh',
      'tanh',
      'sin',
      'cos',
      'tan',
    ],
    ...[
      'asin',
      'acos',
      'atan2',
      'erf',
      'erfc',
      'erf_inv',
      'lgamma',
      'bessel_i0e',
      'bessel_i1e',
      'real',
      'imag',
      'complex',
    ],
    ...[
      'conj',
      'abs',
      'pow',
      'sqrt',
      'sqrt (complex)',
      'rsqrt',
      'rsqrt (complex)',
      'cbrt',
      'logistic',
      'add',
      'sub',
      'mul',
    ],
    ...['div', 'max', 'min', 'MaxSomeEqual', 'MinSomeEqual', 'mul with out_dtype'],
    ...['special sinh', 'special cosh', 'special tanh', 'special sin', 'special cos', 'special tan', 'special asin'],
    ...['special acos', 'special atan', 'special erf', 'special erfc'],
  ],
  runs,
  absent: {
    real: complexOnly,
    imag: complexOnly,
    complex: complexOnly,
    conj: complexOnly,
    'sqrt (complex)': complexOnly,
    'rsqrt (complex)': complexOnly,
    'mul with out_dtype': 'types of numbers: gradus has binary64 only',
  },
}
