/** What is computed: tasks as data that cross to the peers as JSON, and their numbers as Float64 files that all of them read. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  categorical,
  foldIn,
  mul,
  normal,
  oneHot,
  randomKey,
  scalar,
  sigmoid,
  type Tensor,
  toFloat64Array,
  zeros,
} from '../../src/index.js'

export type Model = 'saddle' | 'rosenbrock' | 'classifier' | 'autoencoder' | 'recurrent'

/** 'product' multiplies at a point that was seen before, 'new product' at one that was not. */
export type Quantity = 'function' | 'gradient' | 'product' | 'new product' | 'hessian' | 'step'

export interface Task {
  readonly id: string
  readonly title: string
  readonly model: Model
  readonly quantities: ReadonlyArray<Quantity>
  /** Of the parameters: weights and biases, first layer to last. */
  readonly shapes: ReadonlyArray<ReadonlyArray<number>>
  /** Files of inputs and labels with their shapes, in the order of the arguments of the loss. */
  readonly data: Readonly<Record<string, ReadonlyArray<number>>>
  /** Of a saddle-free Newton step. */
  readonly damping: number
  /** Peers that do not take part, with the reason. */
  readonly without: Readonly<Record<string, string>>
}

const first: ReadonlyArray<Quantity> = ['function', 'gradient', 'product', 'new product']

const noHessian = {
  'jax-js': 'its hessian takes one-dimensional inputs only',
  'tfjs-wasm': 'has no Hessian',
  'tfjs-cpu': 'has no Hessian',
}

const byHand = (reason: string): Task['without'] => ({ hand: reason, 'hand-blas-1': reason })

const layerShapes = (widths: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
  widths.slice(1).flatMap((to, i) => [[widths[i] ?? 0, to], [to]])

const toy = (id: string, title: string, model: Model): Task => ({
  id,
  title,
  model,
  quantities: ['gradient', 'product'],
  shapes: [[], []],
  data: {},
  damping: 0,
  without: byHand('is written for the networks'),
})

const network = (
  id: string,
  widths: ReadonlyArray<number>,
  rows: number,
  quantities: ReadonlyArray<Quantity>,
  without: Task['without'] = {},
): Task => ({
  id,
  title: `network ${widths.join('-')}, ${rows} rows`,
  model: 'classifier',
  quantities,
  shapes: layerShapes(widths),
  data: { 'inputs.f64': [rows, widths[0] ?? 0], 'labels.f64': [rows, widths.at(-1) ?? 0] },
  damping: 0.01,
  without,
})

const deep = [784, 1000, 500, 250, 30, 250, 500, 1000, 784]

const [hidden, symbols, time, texts] = [120, 50, 50, 10]

export const tasks: ReadonlyArray<Task> = [
  toy('T1a', '5x² − y²', 'saddle'),
  toy('T1b', 'Rosenbrock, 2 variables', 'rosenbrock'),
  network('T2a', [100, 50, 10], 500, first),
  network('T2b', [100, 50, 10], 5000, first),
  network('T3', [784, 128, 10], 128, first),
  {
    id: 'T4',
    title: `autoencoder ${deep.join('-')}, 200 rows`,
    model: 'autoencoder',
    quantities: ['gradient', 'product'],
    shapes: layerShapes(deep),
    data: { 'inputs.f64': [200, 784] },
    damping: 0,
    without: { 'jax-js': 'did not finish in earlier measurements', 'tfjs-cpu': 'takes many seconds a call' },
  },
  network('T5', [100, 5, 10], 500, ['hessian'], noHessian),
  {
    id: 'T6',
    title: `char RNN, ${hidden} hidden units, ${time} steps, ${texts} texts, ${symbols} symbols`,
    model: 'recurrent',
    quantities: first,
    shapes: [[symbols, hidden], [hidden, hidden], [hidden], [hidden, symbols], [symbols]],
    data: { 'inputs.f64': [time, texts, symbols], 'labels.f64': [time, texts, symbols] },
    damping: 0,
    without: {},
  },
  network('T7', [16, 25, 10], 500, ['step'], { ...noHessian, ...byHand('takes no steps') }),
]

const save = (folder: string, name: string, x: Tensor): void => writeFileSync(join(folder, name), toFloat64Array(x))

const key = (use: number) => foldIn(randomKey(2014), use)

const toyPoint = [0.7, -0.4]

/** Inputs and labels: Gaussian rows of a classifier, pixels in (0, 1) of an autoencoder, symbols of texts. */
const dataOf = ({ model }: Task, name: string, shape: ReadonlyArray<number>): Tensor => {
  const oneOf = (use: number): Tensor => oneHot(categorical(key(use), zeros([...shape])), shape.at(-1) ?? 0)
  if (name === 'labels.f64') return oneOf(2)
  if (model === 'recurrent') return oneOf(3)
  return model === 'autoencoder' ? sigmoid(normal(key(1), [...shape])) : normal(key(1), [...shape])
}

/** Writes the point, the direction and the data of a task, the same each time. */
export const writeTask = (folder: string, task: Task): void => {
  task.shapes.forEach((shape, i) => {
    const fan = shape.length === 2 ? (shape[0] ?? 1) : 100
    const weights = normal(key(10 + i), [...shape], { deviation: 1 / Math.sqrt(fan) })
    save(folder, `p${i}.f64`, shape.length === 0 ? scalar(toyPoint[i] ?? 0) : weights)
    save(folder, `v${i}.f64`, mul(0.1, normal(key(50 + i), [...shape])))
  })
  for (const [name, shape] of Object.entries(task.data)) save(folder, name, dataOf(task, name, shape))
}
