/**
 * How far apart two correct implementations of a program may be. Results cancel, so an error relative to the result says
 * nothing; it is measured against the terms. Every node of a program gets bounds of its value and of its derivatives along three
 * directions: one parameter j, the direction v of the Hessian-vector product, and ε, in which every operation changes its
 * result, and so its derivatives, by its own bound. They form a ring like the derivatives themselves: products follow Leibniz'
 * rule and functions Faà di Bruno's, with bounds in the place of numbers, so nothing cancels. The coefficients of ε, jε and jvε
 * bound, to first order, the errors of value, gradient and product in units of the rounding of one operation.
 */
import type { Expression } from '../../../laws/programs.js'
import { expressionOf, type Task } from './programs.js'

/** Bounds by sets of directions as bits: j = 1, v = 2, ε = 4. They hold for each entry of a vector. */
type Bounds = ReadonlyArray<number>

const subsets = [0, 1, 2, 3, 4, 5, 6, 7]

const make = (bound: (set: number) => number): Bounds => subsets.map(bound)

const at = (a: Bounds, set: number): number => a[set] ?? Number.NaN

const plus = (a: Bounds, b: Bounds): Bounds => make((set) => at(a, set) + at(b, set))

const times = (a: Bounds, b: Bounds): Bounds =>
  make((set) =>
    subsets.reduce((total, part) => ((part & set) === part ? total + at(a, part) * at(b, set - part) : total), 0),
  )

const scaled = (factor: number, a: Bounds): Bounds => a.map((bound) => factor * bound)

/** The operation's own rounding: it acts on the value and on every derivative. */
const rounded = (a: Bounds): Bounds => make((set) => at(a, set) + ((set & 4) === 0 ? 0 : at(a, set - 4)))

/** A function with bounds of its value and of its first three derivatives. */
const composed = (a: Bounds, [f0, f1, f2, f3]: readonly [number, number, number, number]): Bounds => {
  const pairs = (p: number, q: number): number => f2 * at(a, p) * at(a, q) + f1 * at(a, p + q)
  return make((set) => {
    if (set === 0) return f0
    if (set === 1 || set === 2 || set === 4) return f1 * at(a, set)
    if (set === 3) return pairs(1, 2)
    if (set === 5) return pairs(1, 4)
    if (set === 6) return pairs(2, 4)
    const split = at(a, 3) * at(a, 4) + at(a, 5) * at(a, 2) + at(a, 6) * at(a, 1)
    return f3 * at(a, 1) * at(a, 2) * at(a, 4) + f2 * split + f1 * at(a, 7)
  })
}

/**
 * Bounds of functions with the sizes of the terms that they are computed from: 1 − tanh² is bounded by 1 however small it is, and
 * log(1 + x²) by at least 1, since the sum rounds.
 */
const functions: Readonly<Record<string, (x: number) => readonly [number, number, number, number]>> = {
  sin: () => [1, 1, 1, 1],
  cos: () => [1, 1, 1, 1],
  tanh: () => [1, 1, 2, 8],
  sigmoid: () => [1, 1, 1, 2],
  softplus: (x) => [1 + x, 1, 1, 1],
  atan: () => [1.6, 1, 2, 8],
  erf: () => [1, 1.2, 1.2, 4],
  exp: (x) => [Math.exp(x), Math.exp(x), Math.exp(x), Math.exp(x)],
  'log∘(1 + square)': (x) => [1 + Math.log1p(x * x), 1, 3, 12],
  log1p: (x) => [x, 1, 1, 2],
  'sqrt∘(1 + square)': (x) => [1 + x, 1, 2, 6],
  'reciprocal∘(1 + square)': () => [1, 1, 4, 24],
}

const through = (name: string, a: Bounds): Bounds => {
  const bounds = functions[name]
  return bounds === undefined ? a : rounded(composed(a, bounds(at(a, 0))))
}

const squared = (a: Bounds): Bounds => rounded(times(a, a))

/** The largest sum of a row of the fixed matrix. */
const rowSum = (n: number): number =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => Math.abs((((i * n + j) * 7) % 11) - 5)).reduce((a, b) => a + b, 0),
  ).reduce((a, b) => Math.max(a, b), 0) /
  (4 * Math.sqrt(n))

const unary = (name: string, a: Bounds, n: number): Bounds => {
  switch (name) {
    case 'neg':
    case 'flip':
    case 'rotate':
      return a
    case 'softmax':
      // y (ẋ − ⟨y, ẋ⟩): twice the tangent, and so on for higher orders.
      return rounded(composed(a, [1, 2, 6, 26]))
    case 'exp∘tanh':
      return through('exp', through('tanh', a))
    case 'expm1∘sin':
      return through('exp', through('sin', a))
    case 'cosh∘tanh':
      return through('exp', through('tanh', a))
    case 'square∘sin':
      return squared(through('sin', a))
    case 'cube∘tanh': {
      const t = through('tanh', a)
      return rounded(times(squared(t), t))
    }
    case 'log1p∘square∘tanh':
      return through('log1p', squared(through('tanh', a)))
    case 'half∘cumsum':
      return rounded(scaled(n / 2, a))
    case 'everySecond':
      // An entry is x or sin x.
      return make((set) => Math.max(at(a, set), at(through('sin', a), set)))
    case 'matrix':
      return rounded(scaled(rowSum(n), a))
    case 'center':
      return rounded(scaled(2, a))
    case 'logSumExp':
      // The first derivatives are a softmax.
      return rounded(composed(a, [at(a, 0) + Math.log(n), 1, 2, 6]))
    case 'prod∘tanh': {
      const t = through('tanh', a)
      return Array.from({ length: n - 1 }).reduce<Bounds>((product) => rounded(times(product, t)), t)
    }
    case 'gram': {
      const [s, c] = [through('sin', a), through('cos', a)]
      const entry = squared(rounded(times(s, c)))
      return rounded(scaled(0.3 * n * n, entry))
    }
    default:
      return through(name, a)
  }
}

const binary = (name: string, a: Bounds, b: Bounds): Bounds => {
  switch (name) {
    case '·':
      return rounded(times(a, b))
    case '/(1 + square)':
      return rounded(times(a, through('reciprocal∘(1 + square)', b)))
    case 'blend': {
      const s = through('sigmoid', a)
      return rounded(plus(rounded(times(s, a)), rounded(times(scaled(2, s), b))))
    }
    default:
      return rounded(plus(a, b))
  }
}

const boundsOf = (expression: Expression, variable: Bounds, n: number): Bounds => {
  switch (expression._tag) {
    case 'Variable':
      return variable
    case 'Constant':
      return make((set) => (set === 0 ? Math.max(...expression.numbers.map(Math.abs)) : 0))
    case 'Unary':
      return unary(expression.name, boundsOf(expression.of, variable, n), n)
    case 'Binary':
      return binary(expression.name, boundsOf(expression.left, variable, n), boundsOf(expression.right, variable, n))
  }
}

const largest = (entries: ReadonlyArray<number>): number => Math.max(...entries.map(Math.abs))

/** Bounds of the errors of value, gradient and product when every operation errs by 2⁻⁵³ of its terms. */
export const roundingOf = ([program, x, v]: Task): readonly [number, number, number] => {
  const variable = make((set) => (set === 0 ? largest(x) : set === 1 ? 1 : set === 2 ? largest(v) : 0))
  const total = rounded(scaled(x.length, boundsOf(expressionOf(program), variable, x.length)))
  const unit = 2 ** -53
  return [unit * at(total, 4), unit * at(total, 5), unit * at(total, 7)]
}
