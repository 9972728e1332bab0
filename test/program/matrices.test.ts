import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  argmax,
  concat,
  cumsum,
  gather,
  grad,
  greater,
  hessianMatrix,
  hvp,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  mean,
  min,
  mul,
  norm,
  normal,
  permute,
  randomKey,
  relu,
  reshape,
  scatterAdd,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  toFloat64Array,
  transpose,
  variance,
  vmap,
  where,
} from '../../src/index.js'
import { throughEngines } from './engines.js'

/** As many positions along an axis as it has, some of them twice. */
const picks = (x: Tensor, axis: number): Tensor => {
  const n = x.shape[axis] ?? 1
  return tensor(Array.from({ length: n }, (_, i) => (i * i + 1) % n))
}

/** No two alike along an axis, so that slices that were picked twice do not tie. */
const weights = (x: Tensor, axis: number): Tensor => {
  const entries = tensor(Array.from({ length: x.shape[axis] ?? 1 }, (_, i) => 1 - 0.11 * i))
  return axis === 0 ? reshape(entries, [-1, 1]) : entries
}

/** [rows, columns, 3], with ties nowhere near 0. */
const deep = (x: Tensor): Tensor =>
  add(mul(reshape(x, [...x.shape, 1]), tensor([1, 0.5, -0.3])), tensor([0.01, -0.02, 0.03]))

/** Random programs on matrices: broadcasts and reductions along all axes, products in all orientations, moves, indices, sharing. */
const unaries: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  tanh: (x) => tanh(x),
  sigmoid: (x) => sigmoid(x),
  relu: (x) => relu(sub(x, 0.123)),
  bias: (x) => add(x, slice(tensor([0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, 0.8, -0.9]), [0], [x.shape[1] ?? 0])),
  rows: (x) => mul(x, sum(tanh(x), { axes: [1], keepAxes: true })),
  columns: (x) => mul(0.2, mul(x, sum(x, { axes: [0], keepAxes: true }))),
  softmax: (x) => softmax(x),
  softmax0: (x) => softmax(x, { axes: [0] }),
  logSoftmax: (x) => mul(0.1, logSoftmax(x)),
  centre: (x) => sub(x, mean(x, { axes: [0], keepAxes: true })),
  scaled: (x) => mul(x, variance(tanh(x))),
  square: (x) => mul(0.3, matmul(x, matmul(transpose(x), tanh(x)))),
  left: (x) => mul(0.3, matmul(matmul(tanh(x), transpose(x)), x)),
  flat: (x) => reshape(tanh(reshape(x, [-1])), x.shape),
  twice: (x) => transpose(tanh(transpose(x))),
  shift: (x) => concat([slice(x, [1, 0], [...x.shape]), slice(x, [0, 0], [1, x.shape[1] ?? 0])]),
  first: (x) => add(x, take(x, tensor([0]))),
  running: (x) => mul(0.3, cumsum(tanh(x), { axis: 0 })),
  backwards: (x) => mul(0.3, cumsum(tanh(x), { axis: 1, reverse: true })),
  lookup: (x) => mul(take(tanh(x), picks(x, 0)), weights(x, 0)),
  columnsAt: (x) => mul(take(tanh(x), picks(x, 1), { axis: 1 }), weights(x, 1)),
  heap: (x) => scatterAdd(x, picks(x, 1), mul(0.3, tanh(x)), { axis: 1 }),
  firstLarge: (x) => add(x, gather(tanh(x), argmax(greater(x, 0.05), { axis: 1, keepAxes: true }), { axis: 1 })),
  firstLarge0: (x) => mul(x, gather(tanh(x), argmax(greater(x, 0.05), { axis: 0, keepAxes: true }))),
  apart: (x) => mul(0.2, mul(x, sum(deep(x), { axes: [0, 2] }))),
  middle: (x) => mul(0.3, sum(permute(deep(x), [0, 2, 1]), { axes: [1] })),
  peaks: (x) => mul(x, max(tanh(x), { axes: [0], keepAxes: true })),
  valley: (x) => mul(0.3, min(permute(deep(x), [0, 2, 1]), { axes: [1] })),
  extremes: (x) => mul(x, max(deep(x), { axes: [0, 2] })),
  batched: (x) => vmap((row: Tensor) => add(cumsum(mul(0.3, row)), take(tanh(row), tensor([0]))))(x),
  lse: (x) => sub(x, logSumExp(x, { axes: [0], keepAxes: true })),
  length: (x) => mul(x, norm(x)),
  guarded: (x) => where(greater(x, 0.05), mul(x, x), 0),
  peak: (x) => mul(x, max(tanh(x), { axes: [1], keepAxes: true })),
}

const binaries: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(a, tanh(b)),
  product: (a, b) => mul(0.3, matmul(tanh(a), matmul(transpose(b), a))),
}

type Expression = 'x' | readonly [string, Expression] | readonly [string, Expression, Expression]

const run = (expression: Expression, x: Tensor): Tensor => {
  if (expression === 'x') return x
  const [name, a, b] = expression
  return b === undefined ? (unaries[name]?.(run(a, x)) ?? x) : (binaries[name]?.(run(a, x), run(b, x)) ?? x)
}

const expressions = fc.letrec<{ matrix: Expression }>((tie) => ({
  matrix: fc.oneof(
    { maxDepth: 4 },
    fc.constant<Expression>('x'),
    { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(unaries)), tie('matrix')) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(binaries)), tie('matrix'), tie('matrix')) },
  ),
})).matrix

type Reading = (expression: Expression) => (x: Tensor, v: Tensor) => Tensor

const total =
  (expression: Expression) =>
  (x: Tensor): Tensor =>
    sum(mul(run(expression, x), tanh(x)))

const readings: Readonly<Record<string, Reading>> = {
  value: (expression) => (x) => run(expression, x),
  gradient: (expression) => (x) => grad(total(expression))(x),
  product: (expression) => (x, v) => hvp(total(expression))(x)(v),
  hessian: (expression) => (x) => hessianMatrix(total(expression))(x),
}

const instances = fc.record({
  expression: expressions,
  reading: fc.constantFrom(...Object.keys(readings)),
  rows: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
})

/** `RUNS=10000 npx vitest run test/program/matrices` looks longer. */
const runs = Number(process.env.RUNS ?? 400)

/** Relative to the largest entry: rounding of another order, amplified by up to four levels twice differentiated. */
const tolerance = 1e-10

describe('compiled programs on matrices', () => {
  it('are the eager ones up to rounding', { timeout: 60 * runs }, () => {
    fc.assert(
      fc.property(instances, ({ expression, reading, rows, columns, seed }) => {
        const [x, v] = [normal(randomKey(seed), [rows, columns]), normal(randomKey(seed + 1), [rows, columns])]
        const f = readings[reading]?.(expression) ?? (() => x)
        const expected = toFloat64Array(f(x, v))
        const scale = expected.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1)
        for (const { engine, result } of throughEngines(f, x, v)) {
          const actual = toFloat64Array(result)
          const worst = expected.reduce(
            (most, entry, i) =>
              Math.max(most, Object.is(entry, actual[i]) ? 0 : Math.abs((actual[i] ?? Number.NaN) - entry)),
            0,
          )
          expect(worst, engine).toBeLessThanOrEqual(tolerance * scale)
        }
      }),
      { numRuns: runs },
    )
  })
})
