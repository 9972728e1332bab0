/** The hand-written limit as a peer among peers. Argument: the threads of a BLAS where one is to be used. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../../src/data/Defect.js'
import { loadBlas, showBlasFailure, useProvider } from '../../src/index.js'
import { arenaBase } from '../../src/kernel/wasm/arena.js'
import { autoencoder } from './hand/autoencoder.js'
import { classifier } from './hand/classifier.js'
import { recurrent } from './hand/recurrent.js'
import { start } from './hand/run.js'
import type { Hand, Span, Step } from './hand/steps.js'
import { type Computation, type Computations, computation, type Numbers, serve } from './serve.js'
import type { Model, Task } from './tasks.js'

const models: Readonly<Partial<Record<Model, (task: Task, numbers: Numbers, base: number) => Hand>>> = {
  classifier,
  autoencoder,
  recurrent,
}

const threads = process.argv[2] === undefined ? 0 : Number(process.argv[2])

const kernels = (): string => {
  if (threads === 0) return 'embedded kernels'
  const found = loadBlas({ threads })
  if (E.isLeft(found)) return raise('InvalidArgument', `no BLAS: ${showBlasFailure(found.left)}`)
  useProvider(found.right)
  return found.right.name
}

/** Results stay in the memory; they are read where they are compared. */
const inMemory =
  (hand: Hand) =>
  (steps: ReadonlyArray<Step>, before: ReadonlyArray<Step>, spans: ReadonlyArray<Span>): Computation => {
    const { view, runs } = start(hand, [steps, before])
    const [run = () => undefined, first = () => undefined] = runs
    first()
    return computation(run, () => spans.map(({ at, length }) => view.slice(at, at + length)))
  }

/** The Hessian, a product with each unit vector: each of them is a column. */
const byProducts = (hand: Hand): Computation => {
  const { view, runs } = start(hand, [hand.point, hand.product])
  const [point = () => undefined, product = () => undefined] = runs
  const units = hand.directions.flatMap(({ at, length }) => Array.from({ length }, (_, i) => at + i))
  const matrix = new Float64Array(units.length ** 2)
  const rowFrom = (to: number): void => {
    hand.leaves.reduce((place, { at, length }) => {
      matrix.set(view.subarray(at, at + length), place)
      return place + length
    }, to)
  }
  return computation(
    () => {
      for (const { at, length } of hand.directions) view.fill(0, at, at + length)
      point()
      units.forEach((at, i) => {
        view[at] = 1
        product()
        view[at] = 0
        rowFrom(i * units.length)
      })
    },
    () => [matrix],
  )
}

const prepare = (task: Task, numbers: Numbers): Partial<Computations> => {
  const write = models[task.model]
  if (write === undefined) return {}
  const hand = write(task, numbers, arenaBase)
  const computed = inMemory(hand)
  return {
    function: () => computed(hand.loss, [], [hand.value]),
    gradient: () => computed(hand.gradient, [], hand.leaves),
    product: () => computed(hand.product, hand.point, hand.leaves),
    'new product': () => computed([...hand.point, ...hand.product], [], hand.leaves),
    hessian: () => byProducts(hand),
  }
}

await serve({ name: 'by hand', version: kernels() }, prepare)
