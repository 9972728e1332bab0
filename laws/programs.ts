/**
 * Random smooth functions and losses: expression trees over a vector, as data, so that a counterexample prints as a formula and
 * shrinks. Values stay moderate, so that differences are accurate, and every operation is smooth where it is used.
 */
import * as fc from 'fast-check'
import {
  add,
  atan,
  concat,
  cos,
  cosh,
  cumsum,
  div,
  erf,
  exp,
  expm1,
  flip,
  fromFloat64Array,
  log,
  log1p,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  outer,
  pow,
  prod,
  reciprocal,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from '../src/index.js'

/**
 * A random function of a vector to a vector of the same length; it prints as the formula that it is.
 *
 * @since 0.1.0
 */
export interface RandomFunction {
  readonly formula: string
  readonly f: (x: Tensor) => Tensor
  readonly [fc.toStringMethod]: () => string
}

/**
 * A random scalar function of a vector; it prints as the formula that it is.
 *
 * @since 0.1.0
 */
export interface RandomLoss {
  readonly formula: string
  readonly loss: (x: Tensor) => Tensor
  readonly [fc.toStringMethod]: () => string
}

/** A program as data. Not published: oracles in other languages read it. */
export type Expression =
  | { readonly _tag: 'Variable' }
  | { readonly _tag: 'Constant'; readonly numbers: ReadonlyArray<number> }
  | { readonly _tag: 'Unary'; readonly name: string; readonly of: Expression }
  | { readonly _tag: 'Binary'; readonly name: string; readonly left: Expression; readonly right: Expression }

const positive = (x: Tensor): Tensor => add(1, square(x))

/** The vector x times a fixed matrix without any symmetry. */
const weighted = (x: Tensor): Tensor => {
  const n = x.size
  const entries = Float64Array.from({ length: n * n }, (_, at) => (((at * 7) % 11) - 5) / (4 * Math.sqrt(n)))
  return matmul(fromFloat64Array(entries, [n, n]), x)
}

/** A scalar in all places of x. */
const alike = (s: Tensor, x: Tensor): Tensor => add(s, mul(0, x))

export const unaries: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  sin,
  cos,
  tanh,
  sigmoid,
  softplus,
  atan,
  erf,
  neg,
  flip: (x) => flip(x),
  softmax: (x) => softmax(x),
  'exp∘tanh': (x) => exp(tanh(x)),
  'expm1∘sin': (x) => expm1(sin(x)),
  'cosh∘tanh': (x) => cosh(tanh(x)),
  'square∘sin': (x) => square(sin(x)),
  'cube∘tanh': (x) => pow(tanh(x), 3),
  'log∘(1 + square)': (x) => log(positive(x)),
  'log1p∘square∘tanh': (x) => log1p(square(tanh(x))),
  'sqrt∘(1 + square)': (x) => sqrt(positive(x)),
  'reciprocal∘(1 + square)': (x) => reciprocal(positive(x)),
  'half∘cumsum': (x) => mul(0.5, cumsum(x)),
  rotate: (x) => concat([slice(x, [1], [x.size]), slice(x, [0], [1])]),
  everySecond: (x) => where(tensor(Array.from({ length: x.size }, (_, i) => i % 2)), x, sin(x)),
  matrix: weighted,
  center: (x) => sub(x, mean(x)),
  logSumExp: (x) => alike(logSumExp(x), x),
  'prod∘tanh': (x) => alike(prod(tanh(x)), x),
  gram: (x) => {
    const a = outer(sin(x), cos(x))
    return mul(0.3, sum(matmul(a, transpose(a)), { axes: [0] }))
  },
}

export const binaries: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  '+': add,
  '−': sub,
  '·': mul,
  '/(1 + square)': (a, b) => div(a, positive(b)),
  blend: (a, b) => {
    const s = sigmoid(a)
    return add(mul(s, a), mul(sub(1, s), b))
  },
}

/** The vector that a program makes of x. */
export const run = (expression: Expression, x: Tensor): Tensor => {
  switch (expression._tag) {
    case 'Variable':
      return x
    case 'Constant':
      return tensor([...expression.numbers])
    case 'Unary':
      return unaries[expression.name]?.(run(expression.of, x)) ?? x
    case 'Binary':
      return binaries[expression.name]?.(run(expression.left, x), run(expression.right, x)) ?? x
  }
}

const written = (expression: Expression): string => {
  switch (expression._tag) {
    case 'Variable':
      return 'x'
    case 'Constant':
      return `[${expression.numbers.join(', ')}]`
    case 'Unary':
      return `${expression.name}(${written(expression.of)})`
    case 'Binary':
      return `(${written(expression.left)} ${expression.name} ${written(expression.right)})`
  }
}

const variable: Expression = { _tag: 'Variable' }

/** The variable stands first: everything shrinks to it, subtrees included. */
export const expressions = (width: number, depth: number): fc.Arbitrary<Expression> =>
  fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: depth, depthSize: 'max', withCrossShrink: true },
      fc.constant(variable),
      {
        weight: 4,
        arbitrary: fc.record({
          _tag: fc.constant('Unary' as const),
          name: fc.constantFrom(...Object.keys(unaries)),
          of: tie('expression'),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          _tag: fc.constant('Binary' as const),
          name: fc.constantFrom(...Object.keys(binaries)),
          left: tie('expression'),
          right: tie('expression'),
        }),
      },
      fc.record({
        _tag: fc.constant('Constant' as const),
        numbers: fc.array(
          fc.integer({ min: -8, max: 8 }).map((n) => n / 5),
          { minLength: width, maxLength: width },
        ),
      }),
    ),
  })).expression

/**
 * How large random functions are.
 *
 * @since 0.1.0
 */
export interface ProgramOptions {
  /** Entries of the vector; default 3. */
  readonly width?: number
  /** Operations above one another; default 5. */
  readonly depth?: number
}

/**
 * Random smooth functions of a vector to a vector of the same length. They shrink to the identity and print as formulas.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { ones } from 'gradus'
 * import { randomFunctions } from 'gradus/laws'
 * fc.sample(randomFunctions({ width: 2 }), 20).every(({ f }) => f(ones([2])).size === 2) // => true
 *
 * @since 0.1.0
 */
export const randomFunctions = ({ width = 3, depth = 5 }: ProgramOptions = {}): fc.Arbitrary<RandomFunction> =>
  expressions(width, depth).map((expression) => {
    const formula = written(expression)
    return { formula, f: (x: Tensor) => run(expression, x), [fc.toStringMethod]: () => `x ↦ ${formula}` }
  })

/**
 * Random smooth losses of a vector: the sum of a random function's entries. They print as formulas and shrink to the sum of x.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { ones } from 'gradus'
 * import { randomLosses } from 'gradus/laws'
 * fc.sample(randomLosses({ width: 2 }), 20).every(({ loss }) => loss(ones([2])).rank === 0) // => true
 *
 * @since 0.1.0
 */
export const randomLosses = (options: ProgramOptions = {}): fc.Arbitrary<RandomLoss> =>
  randomFunctions(options).map(({ formula, f }) => ({
    formula: `sum(${formula})`,
    loss: (x: Tensor) => sum(f(x)),
    [fc.toStringMethod]: () => `x ↦ sum(${formula})`,
  }))
