/**
 * Random smooth programs: expression trees over a vector, as data, so that a counterexample prints and shrinks. Values stay
 * moderate, so that differences are accurate; every operation is smooth where it is used.
 */
import fc from 'fast-check'
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
  gather,
  log,
  log1p,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  outer,
  permute,
  pow,
  prod,
  reciprocal,
  reshape,
  scatterAdd,
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
  take,
  tanh,
  tensor,
  transpose,
  where,
} from 'gradus'

/** Entries of every vector in a program. */
export const width = 3

const positive = (x: Tensor): Tensor => add(1, square(x))

const weights = tensor([
  [0.5, -0.3, 0.2],
  [0.1, 0.4, -0.6],
  [-0.2, 0.7, 0.3],
])

/** Rows of a matrix of three rows and two columns, for each entry of another one. */
const picks = tensor([
  [2, 0],
  [0, 1],
  [2, 2],
])

const alike = (s: Tensor, x: Tensor): Tensor => add(s, mul(0, x))

const unaries = {
  sin,
  cos,
  tanh,
  sigmoid,
  softplus,
  atan,
  erf,
  neg,
  exp: (x: Tensor) => exp(tanh(x)),
  expm1: (x: Tensor) => expm1(sin(x)),
  cosh: (x: Tensor) => cosh(tanh(x)),
  square: (x: Tensor) => square(sin(x)),
  cube: (x: Tensor) => pow(tanh(x), 3),
  power: (x: Tensor) => pow(positive(sin(x)), tensor([0.5, -1.5, 2])),
  log: (x: Tensor) => log(positive(x)),
  log1p: (x: Tensor) => log1p(square(tanh(x))),
  sqrt: (x: Tensor) => sqrt(positive(x)),
  reciprocal: (x: Tensor) => reciprocal(positive(x)),
  linear: (x: Tensor) => matmul(weights, x),
  row: (x: Tensor) => matmul(x, weights),
  flip: (x: Tensor) => flip(x),
  cumsum: (x: Tensor) => mul(0.5, cumsum(x)),
  rotate: (x: Tensor) => concat([slice(x, [1], [width]), slice(x, [0], [1])]),
  twice: (x: Tensor) => take(x, tensor([2, 0, 0])),
  picked: (x: Tensor) => sum(gather(outer(sin(x), tensor([1, 2])), picks), { axes: [1] }),
  scattered: (x: Tensor) => scatterAdd(mul(0.5, x), tensor([1, 1, 0]), tanh(x)),
  backwards: (x: Tensor) => {
    const sums = cumsum(outer(tanh(x), tensor([0.5, -0.3])), { axis: 0, reverse: true })
    return sum(sums, { axes: [1] })
  },
  half: (x: Tensor) => where(tensor([1, 0, 1]), x, sin(x)),
  softmax: (x: Tensor) => softmax(x),
  centre: (x: Tensor) => sub(x, mean(x)),
  total: (x: Tensor) => alike(logSumExp(x), x),
  product: (x: Tensor) => alike(prod(tanh(x)), x),
  gram: (x: Tensor) => {
    const a = outer(sin(x), cos(x))
    return mul(0.3, sum(matmul(a, transpose(a)), { axes: [0] }))
  },
  fold: (x: Tensor) =>
    sum(permute(reshape(outer(tanh(x), tensor([1, 2])), [width, 2, 1]), [1, 0, 2]), { axes: [0, 2] }),
} satisfies Readonly<Record<string, (x: Tensor) => Tensor>>

const binaries = {
  add,
  sub,
  mul: (a: Tensor, b: Tensor) => mul(a, b),
  div: (a: Tensor, b: Tensor) => div(a, positive(b)),
  blend: (a: Tensor, b: Tensor) => {
    const s = sigmoid(a)
    return add(mul(s, a), mul(sub(1, s), b))
  },
} satisfies Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>

type Unary = keyof typeof unaries
type Binary = keyof typeof binaries

export type Program = 'x' | ReadonlyArray<number> | readonly [Unary, Program] | readonly [Binary, Program, Program]

const isConstant = (program: Program): program is ReadonlyArray<number> => typeof program[0] === 'number'

const isUnary = (program: Program): program is readonly [Unary, Program] => program.length === 2

/** The vector that a program makes of x. */
export const runProgram = (program: Program, x: Tensor): Tensor => {
  if (program === 'x') return x
  if (isConstant(program)) return tensor([...program])
  if (isUnary(program)) return unaries[program[0]](runProgram(program[1], x))
  const [name, a, b] = program
  return binaries[name](runProgram(a, x), runProgram(b, x))
}

const names = <K extends string>(table: Readonly<Record<K, unknown>>): fc.Arbitrary<K> =>
  fc.constantFrom(...Object.keys(table).filter((key): key is K => key in table))

const coefficient = fc.integer({ min: -8, max: 8 }).map((n) => n / 5)

const vector = fc.tuple(coefficient, coefficient, coefficient)

export const arbitraryProgram: fc.Arbitrary<Program> = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { maxDepth: 5, depthSize: 'max' },
    fc.constant<Program>('x'),
    { weight: 4, arbitrary: fc.tuple(names(unaries), tie('program')) },
    { weight: 3, arbitrary: fc.tuple(names(binaries), tie('program'), tie('program')) },
    vector,
  ),
})).program

/** A point or direction for a program. */
export const arbitraryVector: fc.Arbitrary<Tensor> = vector.map((entries) => tensor([...entries]))
