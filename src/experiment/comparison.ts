/** Fig. 3 of Dauphin et al. (2014) in small: a classifier of digits trained by several optimizers from the same starts. */
import type { Setting } from '../codec/results.js'
import { tensor } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key, randomKey } from '../function/random.js'
import { batchObjective, objective } from '../optimize/Objective.js'
import { oneHot, take } from '../primitive/indexing.js'
import { compile } from '../program/compile.js'
import { finished, newLog, type RunEvent, type RunLabel } from './event.js'
import { type Classifier, classifierSize, crossEntropy, errorRate, initialClassifier, mostProbable } from './network.js'
import { isFirstOrder, type OptimizerName, optimizerTitles, type Tuning } from './optimizers.js'
import { train } from './trainer.js'
import { type Problem, wholeSpan } from './training.js'

/** Labeled images, one in each row. */
export interface Examples {
  readonly images: Tensor
  readonly labels: ReadonlyArray<number>
}

export interface ComparisonSettings extends Tuning {
  readonly _tag: 'Comparison'
  readonly data: 'digits' | 'mnist'
  readonly rows: number
  /** Images are box-averaged to `side` × `side` pixels. */
  readonly side: number
  readonly widths: ReadonlyArray<number>
  readonly seed: number
  readonly seeds: number
  readonly optimizers: ReadonlyArray<OptimizerName>
  /** Steps of second-order methods. */
  readonly steps: number
  /** Epochs of first-order methods. */
  readonly epochs: number
  /** What the learning rate of SGD was chosen from, or nothing where it was given. */
  readonly learningRates: ReadonlyArray<number>
  /** Products for each measurement of the smallest eigenvalue. */
  readonly products: number
}

export interface ComparisonTask {
  readonly _tag: 'Comparison'
  readonly settings: ComparisonSettings
  readonly optimizer: OptimizerName
  readonly width: number
  readonly seed: number
}

const classes = 10

/** The starting point of a width and a seed, the same for every optimizer. */
export const startOf = ({ width, seed, settings }: Omit<ComparisonTask, 'optimizer'>): Classifier =>
  initialClassifier(foldIn(runKey(width, seed), 1), settings.side ** 2, width, classes)

const runKey = (width: number, seed: number): Key => foldIn(randomKey(seed), width)

/** The training problem of some examples. */
export const classification = ({ images, labels }: Examples): Problem<Classifier> => {
  const targets = oneHot(tensor(labels), classes)
  const full = objective((p: Classifier) => crossEntropy(p, images, targets))
  const answers = compile((p: Classifier) => mostProbable(p, images))
  return {
    rows: labels.length,
    objective: full,
    objectiveOn: batchObjective((p: Classifier, rows: Tensor) =>
      crossEntropy(p, take(images, rows), take(targets, rows)),
    ),
    judge: (p) => ({ loss: full.value(p), error: errorRate(labels, answers(p)) }),
  }
}

/** Runs on the same examples share one problem, and with it what was compiled for it. */
const problems = new WeakMap<Examples, Problem<Classifier>>()

const problemOf = (examples: Examples): Problem<Classifier> => {
  const problem = problems.get(examples) ?? classification(examples)
  problems.set(examples, problem)
  return problem
}

/** One run for each width, seed and optimizer. */
export const comparisonTasks = (settings: ComparisonSettings): ReadonlyArray<ComparisonTask> =>
  settings.widths.flatMap((width) =>
    settings.optimizers.flatMap((optimizer) =>
      Array.from(
        { length: settings.seeds },
        (_, i): ComparisonTask => ({
          _tag: 'Comparison',
          settings,
          optimizer,
          width,
          seed: settings.seed + i,
        }),
      ),
    ),
  )

export const comparisonLabel = ({ optimizer, width, seed }: ComparisonTask): RunLabel => ({
  optimizer: optimizerTitles[optimizer],
  width,
  seed,
})

/** Runs one task: an event for each point measured, and the whole run at the end. */
export function* runComparison(task: ComparisonTask, examples: Examples): Generator<RunEvent, void> {
  const { optimizer, width, seed, settings } = task
  const log = newLog()
  const span = wholeSpan(
    isFirstOrder(optimizer) ? settings.epochs : settings.steps,
    foldIn(runKey(width, seed), 2),
    settings.products,
  )
  const { reason, spectrum } = yield* train(optimizer, settings, problemOf(examples), startOf(task), span, log)
  yield finished(comparisonLabel(task), log, { reason, ...(spectrum.length === 0 ? {} : { spectrum }) })
}

/**
 * Roughly how many seconds a task takes on one core; only the ratios matter, which share out the work and tell the time left.
 * Fitted to runs on 500 digits and on 1000 images of MNIST.
 */
export const comparisonCost = ({ optimizer, width, settings }: ComparisonTask): number => {
  const parameters = classifierSize(settings.side ** 2, width, classes)
  // Elementwise work on all units, and the products of the first layer.
  const gradient = settings.rows * (5e-8 * (width + classes) + 4e-10 * settings.side ** 2 * width)
  const hessian = gradient * parameters + 1e-10 * parameters ** 3
  switch (optimizer) {
    case 'sgd':
    case 'adam':
      return settings.epochs * (2 * gradient + (4e-4 * settings.rows) / settings.batchSize) + hessian
    case 'damped-newton':
    case 'saddle-free-newton':
      return (settings.steps + 1) * hessian
    case 'saddle-free-krylov':
      return settings.steps * (settings.dimension + 3) * 2 * gradient + hessian
  }
}

/** The settings by the names that a reader of the report sees. */
export const comparisonRecord = (settings: ComparisonSettings): Readonly<Record<string, Setting>> => ({
  images: settings.rows,
  'pixels a side': settings.side,
  'hidden units': settings.widths,
  'activation of hidden units': 'tanh',
  'first weights': 'normal, variance 1 / inputs; no bias',
  'first seed': settings.seed,
  seeds: settings.seeds,
  optimizers: settings.optimizers,
  'steps of second-order methods': settings.steps,
  'epochs of first-order methods': settings.epochs,
  'batch size': settings.batchSize,
  ...(settings.optimizers.includes('sgd')
    ? {
        'learning rate of SGD': settings.learningRate,
        ...(settings.learningRates.length === 0 ? {} : { 'chosen from the learning rates': settings.learningRates }),
        'momentum of SGD': settings.momentum,
      }
    : {}),
  ...(settings.optimizers.includes('adam') ? { 'learning rate of Adam': settings.adamLearningRate } : {}),
  damping: settings.damping,
  ...(settings.optimizers.includes('saddle-free-krylov')
    ? { 'Krylov dimension': settings.dimension, 'steps in each subspace': settings.innerSteps }
    : {}),
  'products to measure λ_min': settings.products,
})
