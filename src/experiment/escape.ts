/**
 * How long optimizers take to leave a saddle, by dimension, by index and by distance: quadratic saddles in any number of variables,
 * whose axes are turned so that no method that goes by coordinates has them for nothing, and the monkey saddle in two.
 */
import * as O from 'fp-ts/lib/Option.js'
import type { ResultIterate, Setting } from '../codec/results.js'
import { tensor } from '../data/construct.js'
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key, normal, randomKey, uniform } from '../function/random.js'
import { treeNorm } from '../function/tree.js'
import { treeLength } from '../operator/length.js'
import type { Run } from '../optimize/iterate.js'
import { type Objective, objective } from '../optimize/Objective.js'
import { gradientEquivalents, type Iterate, showStepFailure } from '../optimize/Optimizer.js'
import { div, mul, sub } from '../primitive/arithmetic.js'
import { dot } from '../primitive/contraction.js'
import { type Escaper, escapeLearningRate, escapers } from './escapers.js'
import { finished, newLog, type RunEvent, type RunLabel, reached } from './event.js'

export interface EscapeSettings {
  readonly _tag: 'Escape'
  readonly seed: number
  readonly seeds: number
  /** Numbers of variables of the quadratic saddles. */
  readonly widths: ReadonlyArray<number>
  /** Which shares of the eigenvalues are negative; one of them is at least. */
  readonly shares: ReadonlyArray<number>
  /** The greatest positive eigenvalue is 1, the most negative minus this; the others reach down to a tenth of these. */
  readonly weakness: number
  /** How far from the quadratic saddles runs begin. */
  readonly distance: number
  /** How far from the monkey saddle. */
  readonly distances: ReadonlyArray<number>
  /** Steps that first-order methods are given, and the others. */
  readonly epochs: number
  readonly steps: number
}

export interface EscapeTask {
  readonly _tag: 'Escape'
  readonly settings: EscapeSettings
  readonly optimizer: string
  readonly surface: 'quadratic' | 'monkey'
  readonly dimension: number
  /** How many eigenvalues are negative. */
  readonly index: number
  readonly distance: number
  readonly seed: number
}

/** From `most` down to a tenth of it, in equal ratios. */
const ratios = (count: number, most: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => most * 10 ** (count === 1 ? 0 : -i / (count - 1)))

const unit = (key: Key, n: number): Tensor => {
  const direction = normal(key, [n])
  return div(direction, treeNorm(direction))
}

/** Two reflections: an orthogonal change of variables that mixes all of them, at the cost of four inner products. */
const turned = (key: Key, n: number): ((x: Tensor) => Tensor) => {
  const [u, v] = [unit(foldIn(key, 1), n), unit(foldIn(key, 2), n)]
  const reflected = (normalVector: Tensor, x: Tensor): Tensor => sub(x, mul(mul(2, dot(normalVector, x)), normalVector))
  return (x) => reflected(v, reflected(u, x))
}

const quadraticSaddle = ({ dimension, index, settings }: EscapeTask, key: Key): Objective<Tensor> => {
  const eigenvalues = tensor([
    ...ratios(dimension - index, 1),
    ...ratios(index, settings.weakness).map((size) => -size),
  ])
  const turn = turned(key, dimension)
  return objective((x: Tensor) => {
    const along = turn(x)
    return mul(0.5, dot(eigenvalues, mul(along, along)))
  })
}

/** x³ − 3xy² = x · (x² − 3y²) */
const monkeySaddle = objective((p: Tensor) => mul(dot(tensor([1, 0]), p), dot(tensor([1, -3]), mul(p, p))))

const startOf = ({ surface, dimension, distance }: EscapeTask, key: Key): Tensor => {
  if (surface === 'quadratic') return mul(distance, unit(foldIn(key, 3), dimension))
  const angle = toNumber(uniform(foldIn(key, 3), [], { high: 2 * Math.PI }))
  return mul(distance, tensor([Math.cos(angle), Math.sin(angle)]))
}

const escaperOf = (title: string): Escaper | undefined => escapers.find((each) => each.title === title)

/** A run has left when it is farther from the saddle than this. */
const horizon = 1

const iterateOf = ({ step, value, gradientNorm, work }: Iterate<Tensor, unknown>): ResultIterate => ({
  epoch: step,
  loss: value,
  error: Number.NaN,
  lambdaMin: Number.NaN,
  gradientEquivalents: gradientEquivalents(work),
  gradientNorm,
})

interface Walked {
  readonly last: O.Option<Iterate<Tensor, unknown>>
  readonly reason: string
}

export const leftTheSaddle = 'left the saddle'

const walked = (run: Run<Tensor, unknown>, steps: number): Walked => {
  const iterator = run[Symbol.iterator]()
  const from = (last: Walked['last']): Walked | Iterate<Tensor, unknown> => {
    const next = iterator.next()
    return next.done === true ? { last, reason: showStepFailure(next.value) } : next.value
  }
  return Array.from({ length: steps + 1 }).reduce<Walked>(
    (seen) => {
      if (seen.reason !== '') return seen
      const next = from(seen.last)
      if ('reason' in next) return next
      const isOut = !(treeLength(next.params) <= horizon)
      return { last: O.some(next), reason: isOut ? leftTheSaddle : '' }
    },
    { last: O.none, reason: '' },
  )
}

const unique = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]

/** Every optimizer on every quadratic saddle, and on the monkey saddle from every distance. */
export const escapeTasks = (settings: EscapeSettings): ReadonlyArray<EscapeTask> => {
  const seeds = Array.from({ length: settings.seeds }, (_, i) => settings.seed + i)
  const places = [
    ...settings.widths.flatMap((dimension) =>
      unique(settings.shares.map((share) => Math.min(dimension, Math.max(1, Math.round(share * dimension))))).map(
        (index) => ({ surface: 'quadratic' as const, dimension, index, distance: settings.distance }),
      ),
    ),
    ...settings.distances.map((distance) => ({ surface: 'monkey' as const, dimension: 2, index: 1, distance })),
  ]
  return places.flatMap((place) =>
    seeds.flatMap((seed) =>
      escapers.map(({ title }): EscapeTask => ({ _tag: 'Escape', settings, optimizer: title, seed, ...place })),
    ),
  )
}

export const escapeLabel = ({ optimizer, surface, dimension, index, distance, seed }: EscapeTask): RunLabel => ({
  optimizer,
  width: dimension,
  seed,
  index,
  distance,
  ...(surface === 'monkey' ? { surface } : {}),
})

/** Seconds on one core: a step with the whole spectrum costs n³. */
export const escapeCost = ({ dimension, optimizer }: EscapeTask): number =>
  escaperOf(optimizer)?.isFirstOrder === true ? 0.3 : 0.05 + 20 * (dimension / 1000) ** 3

/** Runs one task: where it began, and where it ended. */
export function* runEscape(task: EscapeTask): Generator<RunEvent, void> {
  const log = newLog()
  const key = foldIn(foldIn(randomKey(task.seed), task.dimension), task.index)
  const escaper = escaperOf(task.optimizer)
  const { epochs, steps } = task.settings
  if (escaper === undefined) return
  const run = escaper.run(task.surface === 'quadratic' ? quadraticSaddle(task, key) : monkeySaddle)(startOf(task, key))
  const { last, reason } = walked(run, escaper.isFirstOrder ? epochs : steps)
  if (O.isSome(last)) yield reached(log, iterateOf(last.value), 1)
  yield finished(escapeLabel(task), log, { reason: reason === '' ? 'all steps taken' : reason })
}

/** The settings by the names that a reader of the report sees. */
export const escapeRecord = (settings: EscapeSettings): Readonly<Record<string, Setting>> => ({
  'dimensions of the quadratic saddles': settings.widths,
  'shares of negative eigenvalues': settings.shares,
  'positive eigenvalues': '1 down to 0.1',
  'most negative eigenvalue': -settings.weakness,
  'distance from the quadratic saddles': settings.distance,
  'distances from the monkey saddle': settings.distances,
  'steps of first-order methods': settings.epochs,
  'steps of the others': settings.steps,
  'learning rate of gradient descent': escapeLearningRate,
  'first seed': settings.seed,
  seeds: settings.seeds,
})
