/** The optimizers that experiments compare, by name. */
import type { Damping } from '../optimize/damping.js'

/** The names that the command line knows. */
export const optimizerNames = ['sgd', 'adam', 'damped-newton', 'saddle-free-newton', 'saddle-free-krylov'] as const

export type OptimizerName = (typeof optimizerNames)[number]

/** What a name is called in reports. */
export const optimizerTitles: Readonly<Record<OptimizerName, string>> = {
  sgd: 'minibatch SGD',
  adam: 'Adam',
  'damped-newton': 'damped Newton',
  'saddle-free-newton': 'saddle-free Newton',
  'saddle-free-krylov': 'saddle-free Krylov',
}

/** First-order methods take minibatches; the others the whole training set, one step an epoch. */
export const isFirstOrder = (name: OptimizerName): boolean => name === 'sgd' || name === 'adam'

/** The constants of all optimizers; each reads its own. */
export interface Tuning {
  readonly batchSize: number
  /** Of SGD. */
  readonly learningRate: number
  /** Of SGD: how much of the last update is kept. */
  readonly momentum: number
  readonly adamLearningRate: number
  /** Of the second-order methods: a number, or the numbers that each step tries. */
  readonly damping: Damping
  /** Krylov vectors. */
  readonly dimension: number
  /** Steps inside one Krylov subspace. */
  readonly innerSteps: number
}
