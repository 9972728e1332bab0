/**
 * Random functions of a few tensors, as data that prints and shrinks: each step applies an operation to values made before, so that
 * values are shared; shapes from scalars to three axes meet in broadcasts, products, reductions, moves and lookups.
 */
import fc from 'fast-check'
import {
  abs,
  add,
  atan,
  broadcastTo,
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
  greater,
  log,
  log1p,
  logicalNot,
  matmul,
  max,
  maximum,
  min,
  minimum,
  mul,
  neg,
  outer,
  permute,
  pow,
  reciprocal,
  relu,
  reshape,
  type Shape,
  sigmoid,
  sign,
  sin,
  sinh,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tan,
  tanh,
  tensor,
  where,
} from '../../src/index.js'

const elementwise: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  ...{ abs, atan, cos, cosh, erf, exp, expm1, log, log1p, logicalNot, neg, reciprocal, relu },
  ...{ sigmoid, sign, sin, sinh, softplus, sqrt, square, tan, tanh },
}

const paired: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  ...{ add, sub, mul, div, maximum, minimum, greater },
  pow: (a, b) => pow(abs(a), b),
  where: (a, b) => where(greater(a, b), a, b),
}

/** The axes that are bits of a number. */
const axesOf = (x: Tensor, bits: number): Shape => x.shape.map((_, axis) => axis).filter((axis) => (bits >> axis) & 1)

const axisOf = (x: Tensor, number: number): number => number % Math.max(1, x.rank)

/** One value, and a number that picks axes, positions and orders. */
const single: Readonly<Record<string, (x: Tensor, pick: number) => Tensor>> = {
  sum: (x, pick) => sum(x, { axes: axesOf(x, pick) }),
  sumKept: (x, pick) => sum(x, { axes: axesOf(x, pick), keepAxes: true }),
  total: (x) => sum(x),
  max: (x, pick) => max(x, { axes: axesOf(x, pick) }),
  min: (x, pick) => min(x, { axes: axesOf(x, pick), keepAxes: true }),
  softmax: (x, pick) => (x.rank === 0 ? x : softmax(x, { axes: [axisOf(x, pick)] })),
  flat: (x) => reshape(x, [-1]),
  column: (x) => reshape(x, [-1, 1]),
  turned: (x, pick) => {
    const axes = x.shape.map((_, axis) => axis)
    return permute(x, pick % 2 === 0 ? axes.toReversed() : [...axes.slice(1), ...axes.slice(0, 1)])
  },
  repeated: (x, pick) => (x.size > 40 ? x : broadcastTo(x, [1 + (pick % 3), ...x.shape])),
  flip: (x, pick) => (x.rank === 0 ? x : flip(x, [axisOf(x, pick)])),
  cumsum: (x, pick) => (x.rank === 0 ? x : cumsum(x, { axis: axisOf(x, pick), reverse: pick > 3 })),
  half: (x, pick) => {
    const axis = axisOf(x, pick)
    const from = x.shape.map((n, i) => (i === axis ? n >> 1 : 0))
    return x.rank === 0 ? x : slice(x, from, [...x.shape])
  },
  rows: (x, pick) => {
    const n = x.shape[0] ?? 0
    return n === 0 ? x : take(x, tensor([pick % n, 0, (3 * pick) % n]))
  },
}

const isVectors = (a: Tensor, b: Tensor): boolean => a.rank === 1 && b.rank === 1

const doubled = (a: Tensor, b: Tensor): Tensor => {
  const isJoined = a.rank > 0 && a.rank === b.rank && a.shape.every((n, axis) => axis === 0 || n === b.shape[axis])
  return isJoined && a.size + b.size < 600 ? concat([a, b]) : add(a, 0.25)
}

/** Whether the matrix product takes these two. */
const areMatrices = (a: Tensor, b: Tensor): boolean =>
  a.rank >= 1 && b.rank >= 1 && a.rank <= 2 && b.rank <= 2 && a.shape.at(-1) === b.shape[0]

const joined: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  matmul: (a, b) => {
    if (areMatrices(a, b)) return matmul(a, b)
    if (a.rank === 2 && b.rank === 2 && a.shape[0] === b.shape[0]) return matmul(permute(a, [1, 0]), b)
    return isVectors(a, b) && a.size * b.size < 600 ? outer(a, b) : mul(a, 0.5)
  },
  gram: (a) => (a.rank === 2 && (a.shape[0] ?? 0) < 30 ? matmul(a, permute(a, [1, 0])) : mul(a, -1)),
  concat: doubled,
}

/** An operation by its number, its operands counted back from the newest value, and a number that picks axes. */
export type Step = readonly [operation: string, first: number, second: number, pick: number]

export interface Graph {
  readonly shapes: ReadonlyArray<Shape>
  readonly steps: ReadonlyArray<Step>
}

/** Whether two shapes broadcast to something that is no larger than it should be. */
const broadcast = (a: Tensor, b: Tensor): boolean => {
  const shape = Array.from({ length: Math.max(a.rank, b.rank) }, (_, i) => [
    a.shape.at(-1 - i) ?? 1,
    b.shape.at(-1 - i) ?? 1,
  ])
  return (
    shape.every(([m = 1, n = 1]) => m === n || m === 1 || n === 1) &&
    shape.reduce((size, [m = 1, n = 1]) => size * Math.max(m, n), 1) < 1000
  )
}

const applied = ([operation, first, second, pick]: Step, values: ReadonlyArray<Tensor>): Tensor => {
  const at = (back: number): Tensor => values[values.length - 1 - (back % values.length)] ?? tensor(0)
  const [a, b] = [at(first), at(second)]
  const one = elementwise[operation]
  if (one !== undefined) return one(a)
  const two = paired[operation]
  if (two !== undefined) return broadcast(a, b) ? two(a, b) : two(a, sum(b))
  return single[operation]?.(a, pick) ?? joined[operation]?.(a, b) ?? a
}

/** The last value of a graph. */
export const runGraph =
  ({ steps }: Graph) =>
  (...inputs: ReadonlyArray<Tensor>): Tensor =>
    steps.reduce<ReadonlyArray<Tensor>>((values, step) => [...values, applied(step, values)], inputs).at(-1) ??
    tensor(0)

/** Names, as often as they should be drawn. */
const operations = [
  elementwise,
  ...[paired, single].flatMap((table) => [table, table]),
  ...[joined, joined, joined, joined, joined],
].flatMap((table) => Object.keys(table))

const side = fc.integer({ min: 1, max: 6 })

/** Enough for tiles, panels and native products. */
const large = fc.integer({ min: 11, max: 24 })

const shapes: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Shape>([]) },
  { weight: 3, arbitrary: fc.tuple(side) },
  { weight: 4, arbitrary: fc.tuple(side, side) },
  { weight: 1, arbitrary: fc.tuple(large, large) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 4 }), side, fc.integer({ min: 1, max: 4 })) },
)

export const graphs: fc.Arbitrary<Graph> = fc.record({
  shapes: fc.array(shapes, { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.tuple(fc.constantFrom(...operations), fc.nat(3), fc.nat(5), fc.nat(7)), {
    minLength: 1,
    maxLength: 9,
  }),
})

/** Numbers on which functions behave differently: zeros of both signs, subnormal, large, not finite. */
const corners = [0, -0, 1, -1, 5e-324, -1e-310, 1e-20, 700, -750, 1e160, Infinity, -Infinity, NaN]

/** Inputs for a graph: between −2 and 2, one in so many of them a corner. */
export const inputsOf = ({ shapes }: Graph, seed: number, oneIn: number): ReadonlyArray<Tensor> =>
  shapes.map((shape, i) => {
    const size = shape.reduce((n, length) => n * length, 1)
    const numbers = Float64Array.from({ length: size }, (_, at) => {
      const drawn = Math.abs(Math.sin((seed % 9973) + 12.9898 * at + 78.233 * i) * 43758.5453) % 1
      const corner = Number.isFinite(oneIn) ? corners[Math.floor(drawn * oneIn * corners.length)] : undefined
      return corner ?? 4 * drawn - 2
    })
    return fromFloat64Array(numbers, shape)
  })
