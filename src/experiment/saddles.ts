/** Fig. 2 of Dauphin et al. (2014): three optimizers near the saddles of two surfaces over the plane. */
import * as O from 'fp-ts/lib/Option.js'
import type { ResultIterate, Setting } from '../codec/results.js'
import { tensor } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { gradientDescent } from '../optimize/index.js'
import { minimize, type Run } from '../optimize/iterate.js'
import { newton, saddleFreeNewton } from '../optimize/newton.js'
import { type Objective, objective } from '../optimize/Objective.js'
import { gradientEquivalents, type Iterate, showStepFailure } from '../optimize/Optimizer.js'
import { mul } from '../primitive/arithmetic.js'
import { dot } from '../primitive/contraction.js'
import { finished, newLog, type RunEvent, type RunLabel, reached } from './event.js'
import { spectrum } from './measure.js'

export const surfaces = ['classical', 'monkey'] as const

export type Surface = (typeof surfaces)[number]

export const saddleOptimizers = ['gradient descent', 'Newton', 'saddle-free Newton'] as const

export interface SaddlesSettings {
  readonly _tag: 'Saddles'
  readonly steps: number
  /** Of gradient descent. */
  readonly learningRate: number
  /** Of Newton and saddle-free Newton; less than 1, so that their paths are curves and not one jump. */
  readonly stepLength: number
}

export interface SaddlesTask {
  readonly _tag: 'Saddles'
  readonly settings: SaddlesSettings
  readonly optimizer: (typeof saddleOptimizers)[number]
  readonly surface: Surface
}

interface Landscape {
  readonly objective: Objective<Tensor>
  readonly start: readonly [number, number]
}

/** Near the saddle at the origin, and a little off the line along which Newton's method would stay. */
const landscapes: Readonly<Record<Surface, Landscape>> = {
  // 5x² − y²
  classical: { objective: objective((p: Tensor) => dot(tensor([5, -1]), mul(p, p))), start: [0.9, 0.15] },
  // x³ − 3xy² = x · (x² − 3y²)
  monkey: {
    objective: objective((p: Tensor) => mul(dot(tensor([1, 0]), p), dot(tensor([1, -3]), mul(p, p)))),
    start: [0.8, 0.25],
  },
}

/** Beyond this distance from the saddle a path has left the picture. */
const horizon = 4

const pathOf = (iterates: ReadonlyArray<Iterate<Tensor, unknown>>): ReadonlyArray<readonly [number, number]> =>
  iterates.map(({ params }) => {
    const [x = Number.NaN, y = Number.NaN] = toFloat64Array(params)
    return [x, y]
  })

const runOf = ({ optimizer, settings }: SaddlesTask, { objective: f, start }: Landscape): Run<Tensor, unknown> => {
  const from = tensor(start)
  switch (optimizer) {
    case 'gradient descent':
      return minimize(gradientDescent({ learningRate: settings.learningRate }), f)(from)
    case 'Newton':
      return minimize(newton({ stepLength: settings.stepLength }), f)(from)
    case 'saddle-free Newton':
      return minimize(saddleFreeNewton({ stepLength: settings.stepLength, damping: 0 }), f)(from)
  }
}

/** Iterates up to the last step or to the horizon, and why they end. */
const walked = (
  run: Run<Tensor, unknown>,
  steps: number,
): { readonly iterates: ReadonlyArray<Iterate<Tensor, unknown>>; readonly reason: string } => {
  const iterator = run[Symbol.iterator]()
  const ended = Array.from({ length: steps + 1 }).reduce<{
    readonly iterates: ReadonlyArray<Iterate<Tensor, unknown>>
    readonly reason: O.Option<string>
  }>(
    (seen) => {
      if (O.isSome(seen.reason)) return seen
      const next = iterator.next()
      return next.done === true
        ? { ...seen, reason: O.some(showStepFailure(next.value)) }
        : {
            iterates: [...seen.iterates, next.value],
            reason: Math.hypot(...toFloat64Array(next.value.params)) > horizon ? O.some('left the picture') : O.none,
          }
    },
    { iterates: [], reason: O.none },
  )
  return { iterates: ended.iterates, reason: O.getOrElse(() => 'all steps taken')(ended.reason) }
}

const iterateOf = (
  f: Objective<Tensor>,
  { step, params, value, gradientNorm, work }: Iterate<Tensor, unknown>,
): ResultIterate => ({
  epoch: step,
  loss: value,
  error: Number.NaN,
  lambdaMin: spectrum(f.hessian(params))[0] ?? Number.NaN,
  gradientEquivalents: gradientEquivalents(work),
  gradientNorm,
})

/** Every optimizer on every surface. */
export const saddlesTasks = (settings: SaddlesSettings): ReadonlyArray<SaddlesTask> =>
  surfaces.flatMap((surface) =>
    saddleOptimizers.map((optimizer): SaddlesTask => ({ _tag: 'Saddles', settings, optimizer, surface })),
  )

export const saddlesLabel = ({ optimizer, surface }: SaddlesTask): RunLabel => ({
  optimizer,
  width: 0,
  seed: 1,
  surface,
})

/** Runs one task: an event for each step, and the whole path at the end. */
export function* runSaddles(task: SaddlesTask): Generator<RunEvent, void> {
  const log = newLog()
  const { iterates, reason } = walked(runOf(task, landscapes[task.surface]), task.settings.steps)
  for (const it of iterates)
    yield reached(log, iterateOf(landscapes[task.surface].objective, it), it.step / Math.max(1, task.settings.steps))
  yield finished(saddlesLabel(task), log, { reason, path: pathOf(iterates) })
}

/** The settings by the names that a reader of the report sees. */
export const saddlesRecord = ({
  steps,
  learningRate,
  stepLength,
}: SaddlesSettings): Readonly<Record<string, Setting>> => ({
  'start on 5x² − y²': landscapes.classical.start,
  'start on x³ − 3xy²': landscapes.monkey.start,
  steps,
  'learning rate of gradient descent': learningRate,
  'step length of Newton and saddle-free Newton': stepLength,
})
