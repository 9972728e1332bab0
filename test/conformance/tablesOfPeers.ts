/**
 * Figures that libraries of differentiation hold themselves to, where test/transform/regression.test.ts and confusion.test.ts do
 * not have them already. Facts only, rewritten for gradus:
 * github.com/ekmett/ad tests/Regression.hs and tests/AdditionalTests.hs at 00dd828, licence BSD-3-Clause;
 * github.com/JuliaDiff/ForwardDiff.jl test/HessianTest.jl at 0102db0, licence MIT;
 * github.com/karpathy/micrograd test/test_engine.py at 2e696df, licence MIT, whose oracle is PyTorch.
 * May import: gradus. May be imported by: tables.test.ts.
 */
import {
  add,
  cos,
  div,
  dot,
  exp,
  expm1,
  log,
  log1p,
  logSubExp,
  matmul,
  mul,
  pow,
  prod,
  sin,
  slice,
  softplus,
  sqrt,
  square,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  take,
  tan,
  tanh,
  tensor,
  tril,
  triu,
} from 'gradus'

type Scalar = (x: Tensor) => Tensor
type Matrix = ReadonlyArray<ReadonlyArray<number>>

const [inf, nan] = [Infinity, Number.NaN]

const entry = (x: Tensor, i: number): Tensor => squeeze(slice(x, [i], [i + 1]))

/** A function of two numbers as one of a vector. */
const ofTwo =
  (f: (x: Tensor, y: Tensor) => Tensor): Scalar =>
  (p) =>
    f(entry(p, 0), entry(p, 1))

export interface Derivative {
  readonly title: string
  readonly of: Scalar
  /** x, f(x), f′(x); relative 1e-12 as in the source, where 0 and the infinities are exact. */
  readonly rows: ReadonlyArray<readonly [x: number, value: number, slope: number]>
}

/** log(1 − eˣ) for x < 0. */
const log1mexp = (x: Tensor): Tensor => logSubExp(0, x)

const timesZero = (x: Tensor): Tensor => sqrt(mul(0, x))
const timesOne = (x: Tensor): Tensor => sqrt(mul(1, x))
const rootTimesRootOf =
  (a: number): Scalar =>
  (x) =>
    mul(sqrt(a), sqrt(x))

/** ad: basic, issue-97, issue-104, issue-108. */
export const derivatives: ReadonlyArray<Derivative> = [
  { title: 'sin', of: sin, rows: [[0, 0, 1]] },
  { title: 'cos', of: cos, rows: [[0, 1, 0]] },
  { title: 'tan', of: tan, rows: [[0, 0, 1]] },
  {
    title: 'exp',
    of: exp,
    rows: [
      [0, 1, 1],
      [1, Math.E, Math.E],
    ],
  },
  {
    title: 'log',
    of: log,
    rows: [
      [0, -inf, inf],
      [1, 0, 1],
    ],
  },
  {
    title: 'a sum of 5000 equal terms',
    of: (x) => Array.from({ length: 4999 }, () => x).reduce((total, term) => add(total, term), x),
    rows: [[0, 0, 5000]],
  },
  {
    title: 'log1p',
    of: log1p,
    rows: [
      [-1, -inf, inf],
      [-1e-15, -1.0000000000000007e-15, 1.000000000000001],
      [-1e-20, -1e-20, 1],
      [0, 0, 1],
      [1e-20, 1e-20, 1],
      [1e-15, 9.999999999999995e-16, 0.9999999999999989],
      [1, Math.LN2, 0.5],
    ],
  },
  {
    title: 'expm1',
    of: expm1,
    rows: [
      [-1, -0.6321205588285577, 0.36787944117144233],
      [-1e-15, -9.999999999999995e-16, 0.999999999999999],
      [-1e-20, -1e-20, 1],
      [0, 0, 1],
      [1e-20, 1e-20, 1],
      [1e-15, 1.0000000000000007e-15, 1.000000000000001],
      [1, 1.718281828459045, Math.E],
    ],
  },
  {
    title: 'log(1 + eˣ)',
    of: softplus,
    rows: [
      [-1000, 0, 0],
      [-100, 3.720075976020836e-44, 3.7200759760208356e-44],
      [-1, 0.31326168751822286, 0.2689414213699951],
      [0, Math.LN2, 0.5],
      [1, 1.3132616875182228, 0.7310585786300049],
      [100, 100, 1],
      [1000, 1000, 1],
    ],
  },
  {
    title: 'log(1 − eˣ)',
    of: log1mexp,
    rows: [
      [-1000, -0, -0],
      [-100, -3.720075976020836e-44, -3.7200759760208356e-44],
      [-1, -0.45867514538708193, -0.5819767068693265],
      [-0.5, -0.9327521295671886, -1.5414940825367982],
      [-0.1, -2.3521684610440907, -9.50833194477505],
      [-1e-15, -34.538776394910684, -9.999999999999994e14],
      [-1e-20, -46.051701859880914, -1e20],
      [-0, -inf, -inf],
    ],
  },
  {
    // ad has the slopes NaN and NaN: 0 · ∞ from the root. In gradus an exact zero wins over an infinite slope.
    title: '√(0 · x), where ad answers NaN',
    of: timesZero,
    rows: [
      [0, 0, 0],
      [1, 0, 0],
    ],
  },
  {
    title: '√(1 · x)',
    of: timesOne,
    rows: [
      [0, 0, inf],
      [1, 1, 0.5],
    ],
  },
  {
    // At 0 ad has NaN, gradus 0 as above.
    title: '√0 · √x, where ad answers NaN at 0',
    of: rootTimesRootOf(0),
    rows: [
      [0, 0, 0],
      [1, 0, 0],
    ],
  },
  {
    title: '√1 · √x',
    of: rootTimesRootOf(1),
    rows: [
      [0, 0, inf],
      [1, 1, 0.5],
    ],
  },
  { title: 'x² + x', of: (x) => add(mul(x, x), x), rows: [[1, 2, 3]] },
  { title: '√ left of 0', of: sqrt, rows: [[-1, nan, nan]] },
  // micrograd: the unary functions of its test, whose derivatives are 1 − tanh² and exp.
  {
    title: 'tanh',
    of: tanh,
    rows: [-1, 0.123, 2].map((x) => [x, Math.tanh(x), 1 / Math.cosh(x) ** 2] as const),
  },
  { title: 'exp, again', of: exp, rows: [-1, 0.123, 2].map((x) => [x, Math.exp(x), Math.exp(x)] as const) },
]

export interface Tower {
  readonly title: string
  readonly of: Scalar
  readonly x: number
  readonly derivatives: ReadonlyArray<number>
}

/** ad: all derivatives, from the value up. */
export const towers: ReadonlyArray<Tower> = [
  { title: 'x³', of: (x) => pow(x, 3), x: 2, derivatives: [8, 12, 12, 6] },
  { title: 'x', of: (x) => x, x: 0, derivatives: [0, 1, 0, 0] },
  { title: 'x·x', of: (x) => mul(x, x), x: 2, derivatives: [4, 4, 2, 0] },
]

export interface Surface {
  readonly title: string
  readonly of: Scalar
  readonly at: ReadonlyArray<number>
  readonly gradient?: ReadonlyArray<number>
  readonly hessian?: Matrix
}

const asym = tensor([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
])
const symmetric: Matrix = [
  [2, 6, 10],
  [6, 10, 14],
  [10, 14, 18],
]
const form = (x: Tensor): Tensor => dot(x, matmul(asym, x))

/** The weights 1 … 9, column by column. */
const weights = tensor([
  [1, 4, 7],
  [2, 5, 8],
  [3, 6, 9],
])
const nine = [0.5, -1, 2, 0.25, 4, -0.5, 1, 2, -2]
const product = nine.reduce((total, x) => total * x, 1)

/** sin zᵢ / (1 + z²ᵢ₊₁), summed around. */
const around = (z: Tensor): Tensor => {
  const next = take(z, tensor([1, 2, 0]))
  return sum(div(sin(z), add(1, square(next))))
}

export const surfaces: ReadonlyArray<Surface> = [
  // ad
  {
    title: 'x·y + z',
    of: (p) => add(mul(entry(p, 0), entry(p, 1)), entry(p, 2)),
    at: [1, 2, 3],
    gradient: [2, 1, 1],
    hessian: [
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 0],
    ],
  },
  { title: '√(x·y)', of: ofTwo((x, y) => sqrt(mul(x, y))), at: [2, 8], gradient: [1, 0.25] },
  {
    title: 'x + y',
    of: ofTwo(add),
    at: [1, 2],
    gradient: [1, 1],
    hessian: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    title: 'x·y',
    of: ofTwo(mul),
    at: [1, 2],
    gradient: [2, 1],
    hessian: [
      [0, 1],
      [1, 0],
    ],
  },
  { title: 'x² + y', of: ofTwo((x, y) => add(mul(x, x), y)), at: [1, 2], gradient: [2, 1] },
  // ad has [0, NaN]: its 0² · log 0. In gradus an exact zero wins over the logarithm.
  { title: 'xʸ at x = 0, where ad answers NaN', of: ofTwo((x, y) => pow(x, y)), at: [0, 2], gradient: [0, 0] },
  // ForwardDiff
  { title: 'x·Hx near 0', of: form, at: [1e-5, 1e-5, 1e-5], hessian: symmetric },
  { title: 'x·Hx at 0', of: form, at: [0, 0, 0], gradient: [0, 0, 0], hessian: symmetric },
  {
    title: 'the product of nine',
    of: (x) => prod(x),
    at: nine,
    gradient: nine.map((x) => product / x),
    hessian: nine.map((x, i) => nine.map((y, j) => (i === j ? 0 : product / (x * y)))),
  },
  {
    title: '(x² − 3)(y² − 2)',
    of: ofTwo((x, y) => mul(sub(square(x), 3), sub(square(y), 2))),
    at: [0.5, 2.8],
    hessian: [
      [11.68, 5.6],
      [5.6, -5.5],
    ],
  },
  {
    title: 'a constant',
    of: (x) => mul(0, sum(mul(0, x))),
    at: [1, 2],
    hessian: [
      [0, 0],
      [0, 0],
    ],
  },
]

/** ForwardDiff: Σ w x² over a triangle has a diagonal Hessian of 2 w there and 0 elsewhere. */
export const triangles: ReadonlyArray<readonly [title: string, of: Scalar, diagonal: ReadonlyArray<number>]> = [
  ['lower', (x) => sum(mul(weights, square(tril(x)))), [2, 0, 0, 4, 10, 0, 6, 12, 18]],
  ['upper', (x) => sum(mul(weights, square(triu(x)))), [2, 8, 14, 0, 10, 16, 0, 0, 18]],
]

/** ForwardDiff: the Hessian is its transpose. There to the last bit; in gradus ∂ᵢ∂ⱼ and ∂ⱼ∂ᵢ are rounded each on its own. */
export const symmetries: ReadonlyArray<readonly [title: string, of: Scalar, at: ReadonlyArray<number>]> = [
  ['sin zᵢ / (1 + z²ᵢ₊₁), summed around', around, [0.3, -1.2, 2]],
]

export interface Mapping {
  readonly title: string
  readonly of: Scalar
  readonly at: ReadonlyArray<number>
  readonly jacobian: Matrix
}

/** ad */
export const maps: ReadonlyArray<Mapping> = [
  {
    title: '[y, x, x·y]',
    of: (p) => stack([entry(p, 1), entry(p, 0), mul(entry(p, 0), entry(p, 1))]),
    at: [2, 1],
    jacobian: [
      [0, 1],
      [1, 0],
      [1, 2],
    ],
  },
  {
    title: '[x + y, x·y]',
    of: (p) => stack([add(entry(p, 0), entry(p, 1)), mul(entry(p, 0), entry(p, 1))]),
    at: [1, 2],
    jacobian: [
      [1, 1],
      [2, 1],
    ],
  },
  {
    title: '[x + y, x − y]',
    of: (p) => stack([add(entry(p, 0), entry(p, 1)), sub(entry(p, 0), entry(p, 1))]),
    at: [-7.5, 3.25],
    jacobian: [
      [1, 1],
      [1, -1],
    ],
  },
]
