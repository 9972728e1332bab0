/** What kernels along an axis gain over the eager operations: lookups with their gradients, running sums, extrema, split sums. */
import {
  argmax,
  compile,
  cumsum,
  exp,
  gather,
  grad,
  logSoftmax,
  max,
  mean,
  mul,
  neg,
  normal,
  randomKey,
  reshape,
  scatterAdd,
  softmax,
  square,
  sum,
  type Tensor,
  take,
  tensor,
  toFloat64Array,
  zeros,
} from '../../src/index.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { type Figure, type Part, ratio, time } from '../report.js'

/** Integers below n. */
const indicesBelow = (n: number, count: number): Tensor =>
  tensor([...toFloat64Array(normal(randomKey(3), [count]))].map((x) => Math.floor(Math.abs(x) * 1e6) % n))

type Case = readonly [name: string, f: (x: Tensor, indices: Tensor) => Tensor, x: Tensor, indices: Tensor]

/** Rows of a table, and how probable each finds one of its columns. */
const crossEntropy = (table: Tensor, indices: Tensor): Tensor => {
  const rows = take(table, indices)
  const labels = reshape(argmax(rows, { axis: 1 }), [-1, 1])
  return neg(mean(gather(logSoftmax(rows), labels, { axis: 1 })))
}

const table = (shape: ReadonlyArray<number>): Tensor => normal(randomKey(1), shape)

const none = zeros([1])

const cases: ReadonlyArray<Case> = [
  ['lookup + cross entropy, 1000 × 64', crossEntropy, table([5000, 64]), indicesBelow(5000, 1000)],
  [
    '  with its gradient',
    (x, i) => grad((y: Tensor) => crossEntropy(y, i))(x),
    table([5000, 64]),
    indicesBelow(5000, 1000),
  ],
  ['take, 10⁴ of 10⁵ numbers', (x, i) => take(x, i), table([100_000]), indicesBelow(100_000, 10_000)],
  ['take, 1000 rows of 64', (x, i) => take(x, i), table([5000, 64]), indicesBelow(5000, 1000)],
  [
    'scatterAdd, 1000 rows of 64',
    (x, i) => scatterAdd(zeros([5000, 64]), i, x),
    table([1000, 64]),
    indicesBelow(5000, 1000),
  ],
  ['cumsum of 512 × 512, axis 0', (x) => cumsum(x, { axis: 0 }), table([512, 512]), none],
  ['cumsum of 512 × 512, axis 1', (x) => cumsum(x, { axis: 1 }), table([512, 512]), none],
  ['  backwards', (x) => cumsum(x, { axis: 1, reverse: true }), table([512, 512]), none],
  ['max of 512 × 512, axis 0', (x) => max(x, { axes: [0] }), table([512, 512]), none],
  ['softmax of 512 × 512, axis 0', (x) => softmax(x, { axes: [0] }), table([512, 512]), none],
  ['max of 64 × 64 × 64, axis 1', (x) => max(x, { axes: [1] }), table([64, 64, 64]), none],
  ['argmax of 512 × 512, axis 0', (x) => argmax(x, { axis: 0 }), table([512, 512]), none],
  ['argmax of 512 × 512, axis 1', (x) => argmax(x, { axis: 1 }), table([512, 512]), none],
  ['sum of 64 × 64 × 64, axis 1', (x) => sum(x, { axes: [1] }), table([64, 64, 64]), none],
  ['sum of 64 × 64 × 64, axes 0 and 2', (x) => sum(x, { axes: [0, 2] }), table([64, 64, 64]), none],
  ['  of its squares', (x) => sum(square(x), { axes: [0, 2] }), table([64, 64, 64]), none],
  ['  max', (x) => max(mul(2, x), { axes: [0, 2] }), table([64, 64, 64]), none],
  ['exp of a row, summed on its way', (x) => cumsum(exp(x)), table([1000]), none],
]

export const walks = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds, seconds: 0.02, samples: 3 }
  return [
    () => ({
      title: 'along an axis, eager / compiled',
      figures: cases.flatMap(([name, f, x, indices]): ReadonlyArray<Figure> => {
        const fast = compile(f)
        const timings = interleave(
          { eager: { run: () => f(x, indices) }, compiled: { run: () => fast(x, indices) } },
          effort,
        )
        return [
          ratio(name, ratiosOf(timings('eager'), timings('compiled'))),
          time('  compiled', spreadOf(timings('compiled'))),
        ]
      }),
    }),
  ]
}
