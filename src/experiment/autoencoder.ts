/**
 * Fig. 4a of Dauphin et al. (2014) at the size that is asked for: a deep autoencoder is trained by SGD until it stalls; from
 * that point on, saddle-free Newton in a Krylov subspace is compared with first-order methods.
 */
import type { ResultIterate, Setting } from '../codec/results.js'
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, randomKey } from '../function/random.js'
import { minimize, resume } from '../optimize/iterate.js'
import { batchObjective, objective } from '../optimize/Objective.js'
import { take } from '../primitive/indexing.js'
import { finished, newLog, type RunEvent, type RunLabel } from './event.js'
import { batchObjectives, minibatchRun } from './minibatchRun.js'
import {
  autoencoderSize,
  codeSize,
  initialAutoencoder,
  type Layers,
  pixelCrossEntropy,
  squaredError,
} from './network.js'
import { isFirstOrder, type OptimizerName, optimizerTitles, type Tuning } from './optimizers.js'
import { sgd, train } from './trainer.js'
import { type Problem, type Span, wholeSpan } from './training.js'

export interface AutoencoderSettings extends Tuning {
  readonly _tag: 'Autoencoder'
  readonly data: 'digits' | 'mnist'
  readonly rows: number
  /** Units of each layer, images first; the one in the middle holds the code. */
  readonly sizes: ReadonlyArray<number>
  readonly seed: number
  readonly seeds: number
  readonly optimizers: ReadonlyArray<OptimizerName>
  /** At most so many epochs of SGD before the others take over. */
  readonly before: number
  /** SGD has stalled when its loss fell by less than this share in `patience` epochs. */
  readonly stall: number
  readonly patience: number
  /** Steps of second-order methods after that. */
  readonly steps: number
  /** Epochs of first-order methods after that. */
  readonly epochs: number
  readonly products: number
}

export interface AutoencoderTask {
  readonly _tag: 'Autoencoder'
  readonly settings: AutoencoderSettings
  readonly optimizer: OptimizerName
  readonly seed: number
}

/** The training problem of some images. */
export const reconstruction = (images: Tensor): Problem<Layers> => {
  const full = objective((p: Layers) => pixelCrossEntropy(p, images))
  return {
    rows: images.shape[0] ?? 0,
    objective: full,
    objectiveOn: batchObjective((p: Layers, rows: Tensor) => pixelCrossEntropy(p, take(images, rows))),
    judge: (p) => ({ loss: full.value(p), error: toNumber(squaredError(p, images)) }),
  }
}

/** One run for each seed and optimizer. */
export const autoencoderTasks = (settings: AutoencoderSettings): ReadonlyArray<AutoencoderTask> =>
  settings.optimizers.flatMap((optimizer) =>
    Array.from(
      { length: settings.seeds },
      (_, i): AutoencoderTask => ({
        _tag: 'Autoencoder',
        settings,
        optimizer,
        seed: settings.seed + i,
      }),
    ),
  )

export const autoencoderLabel = ({ optimizer, seed, settings }: AutoencoderTask): RunLabel => ({
  optimizer: optimizer === 'sgd' ? optimizerTitles.sgd : `${optimizerTitles[optimizer]} after SGD`,
  width: codeSize(settings.sizes),
  seed,
})

const stalled =
  ({ stall, patience }: AutoencoderSettings) =>
  (iterates: ReadonlyArray<ResultIterate>): boolean => {
    const now = iterates[iterates.length - 1]
    const before = iterates.findLast(({ epoch }) => now !== undefined && epoch <= now.epoch - patience)
    return now !== undefined && before !== undefined && now.loss > (1 - stall) * before.loss
  }

/**
 * Runs one task. Each run repeats the training before the change of optimizer, which is the same to the bit for all of one
 * seed: so runs need nothing from one another, and can go side by side.
 */
export function* runAutoencoder(task: AutoencoderTask, images: Tensor): Generator<RunEvent, void> {
  const { optimizer, seed, settings } = task
  const log = newLog()
  const problem = reconstruction(images)
  const key = randomKey(seed)
  const start = initialAutoencoder(foldIn(key, 1), settings.sizes)
  const whole = wholeSpan(settings.before, foldIn(key, 2), settings.products)
  const share = beforeShare(task)
  const before: Span = { ...whole, to: share, stalled: stalled(settings) }
  const objectives = batchObjectives(problem, before, settings.batchSize)
  const first = minimize(sgd(settings), objectives)(start)
  const plateau = yield* minibatchRun(first, problem, before, settings.batchSize, log)
  const after: Span = {
    ...whole,
    epoch: plateau.epoch,
    epochs: isFirstOrder(optimizer) ? settings.epochs : settings.steps,
    from: share,
    to: 1,
  }
  const { reason, spectrum } =
    optimizer === 'sgd'
      ? yield* minibatchRun(
          resume(sgd(settings), objectives)(plateau.last),
          problem,
          { ...after, firstStep: plateau.last.step },
          settings.batchSize,
          log,
        )
      : yield* train(optimizer, settings, problem, plateau.params, { ...after, work: plateau.work }, log)
  const change = plateau.reason === 'the loss stalled' ? 'SGD stalled' : 'SGD was stopped'
  yield finished(autoencoderLabel(task), log, {
    reason: `${change} after ${plateau.epoch} epochs; ${reason}`,
    ...(spectrum.length === 0 ? {} : { spectrum }),
  })
}

const gradientCost = (settings: AutoencoderSettings): number =>
  3e-9 * settings.rows * (autoencoderSize(settings.sizes) + 200)

const beforeCost = ({ settings }: AutoencoderTask): number => 2 * settings.before * gradientCost(settings)

const afterCost = ({ settings, optimizer }: AutoencoderTask): number =>
  gradientCost(settings) *
  (isFirstOrder(optimizer) ? 2 * settings.epochs : settings.steps * 2 * (settings.dimension + 3 * settings.innerSteps))

const beforeShare = (task: AutoencoderTask): number => beforeCost(task) / (beforeCost(task) + afterCost(task))

/** Roughly how many seconds a task takes on one core; only the ratios matter. */
export const autoencoderCost = (task: AutoencoderTask): number => beforeCost(task) + afterCost(task)

/** The settings by the names that a reader of the report sees. */
export const autoencoderRecord = (settings: AutoencoderSettings): Readonly<Record<string, Setting>> => ({
  images: settings.rows,
  'units of each layer': settings.sizes,
  'kinds of units': 'sigmoid, but for a linear code',
  'first weights': 'N(0, 1) on 15 inputs of each unit, 0 on the others; no bias',
  parameters: autoencoderSize(settings.sizes),
  'first seed': settings.seed,
  seeds: settings.seeds,
  optimizers: settings.optimizers,
  'epochs of SGD before, at most': settings.before,
  'SGD has stalled when its loss falls by less than': `${100 * settings.stall} % in ${settings.patience} epochs`,
  'steps of second-order methods after that': settings.steps,
  'epochs of first-order methods after that': settings.epochs,
  'batch size': settings.batchSize,
  'learning rate of SGD': settings.learningRate,
  'momentum of SGD': settings.momentum,
  'learning rate of Adam': settings.adamLearningRate,
  'Krylov dimension': settings.dimension,
  'steps in each subspace': settings.innerSteps,
  damping: settings.damping,
  'products to measure λ_min': settings.products,
})
