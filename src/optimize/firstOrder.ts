/** First-order optimizers by name, made of transformations: momentum, signs and layers. Those of Adam's family are in adamFamily.ts. */
import type { Key } from '../function/random.js'
import type { Smooth } from './Objective.js'
import type { Optimizer, Stateless } from './Optimizer.js'
import { type Both, type Chained, chain, descend } from './Transformation.js'
import { addNoise, addWeightDecay, type CountState, type NoiseOptions } from './transformation/add.js'
import { type ScaleBySm3Options, type Sm3State, scaleBySm3 } from './transformation/factored.js'
import { checked, minus, type Rate } from './transformation/ranges.js'
import {
  type AdadeltaState,
  type AdagradState,
  type RmsState,
  type ScaleByAdadeltaOptions,
  type ScaleByAdagradOptions,
  type ScaleByRmsOptions,
  scaleByAdadelta,
  scaleByAdagrad,
  scaleByRms,
} from './transformation/rms.js'
import { type PolyakOptions, scaleBy, scaleByPolyak, scaleBySign, scaleByTrustRatio } from './transformation/scale.js'
import { everything, type MaskedState, masked, type Selection } from './transformation/select.js'
import {
  type LionState,
  type RpropState,
  type ScaleByLionOptions,
  type ScaleByRpropOptions,
  scaleByLion,
  scaleByRprop,
} from './transformation/signed.js'
import {
  type MeanState,
  meanOfUpdates,
  type OptimismOptions,
  type OptimismState,
  scaleByOptimism,
  type TraceState,
  trace,
} from './transformation/trace.js'

/**
 * A learning rate, for all steps or by a schedule.
 *
 * @since 0.1.0
 */
export interface Learning {
  readonly learningRate: Rate
}

/**
 * Weight decay beside the gradient.
 *
 * @since 0.1.0
 */
export interface Decaying {
  /** What the parameters are multiplied by; the learning rate multiplies that again. */
  readonly weightDecay?: Rate
  /** Which parameters decay; default all. */
  readonly mask?: Selection
}

/** The learning rate last: updates become steps down. */
export const down = ({ learningRate }: Learning) => scaleBy(minus(learningRate))

/**
 * Gradient descent.
 *
 *     θ ← θ − η ∇f(θ)
 *
 * @example
 * import { gradientDescent } from 'gradus/optimize'
 * gradientDescent({ learningRate: 0.1 }).name // => 'gradient descent'
 *
 * @since 0.1.0
 */
export const gradientDescent = (options: Learning): Optimizer<Stateless, Smooth> =>
  descend('gradient descent', down(checked('gradientDescent', options)))

/**
 * The constants of momentum.
 *
 * @since 0.1.0
 */
export interface MomentumOptions extends Learning {
  /** Default 0.9. */
  readonly decay?: number
  /** Nesterov's acceleration; default false. */
  readonly nesterov?: boolean
}

/**
 * Gradient descent with momentum: Polyak's heavy ball, or Nesterov's acceleration.
 *
 *     u ← decay · u + ∇f(θ),   θ ← θ − η u,   with Nesterov θ ← θ − η (decay · u + ∇f(θ))
 *
 * **References** Polyak (1964); Sutskever et al. (2013).
 *
 * @example
 * import { momentum } from 'gradus/optimize'
 * momentum({ learningRate: 0.1, decay: 0.9, nesterov: true }).name // => 'momentum'
 *
 * @since 0.1.0
 */
export const momentum = (options: MomentumOptions): Optimizer<Both<TraceState, Stateless>, Smooth> => {
  const { decay = 0.9, nesterov = false } = checked('momentum', options)
  return descend('momentum', chain(trace(decay, { nesterov }), down(options)))
}

/**
 * The constants of RMSProp.
 *
 * @since 0.1.0
 */
export interface RmspropOptions extends Learning, ScaleByRmsOptions {
  /** Decay of a running sum of the steps; default 0, none. */
  readonly momentum?: number
  readonly nesterov?: boolean
}

/**
 * RMSProp: gradients divided by the root of a running mean of their squares.
 *
 *     v ← decay · v + (1 − decay) g²,   θ ← θ − η g / √(v + ε)
 *
 * **References** Tieleman and Hinton (2012); centered: Graves (2013).
 *
 * @example
 * import { rmsprop } from 'gradus/optimize'
 * rmsprop({ learningRate: 1e-3, momentum: 0.9 }).name // => 'rmsprop'
 *
 * @since 0.1.0
 */
export const rmsprop = (
  options: RmspropOptions,
): Optimizer<Chained<readonly [RmsState, Stateless, TraceState]>, Smooth> => {
  const { momentum: decay = 0, nesterov = false, learningRate, ...rest } = checked('rmsprop', options)
  return descend('rmsprop', chain(scaleByRms(rest), down({ learningRate }), trace(decay, { nesterov })))
}

/**
 * AdaGrad: gradients divided by the root of the sum of their squares so far.
 *
 * **References** Duchi, Hazan and Singer (2011), where the sum begins with 0: `{ initial: 0 }`.
 *
 * @example
 * import { adagrad } from 'gradus/optimize'
 * adagrad({ learningRate: 0.1 }).name // => 'adagrad'
 *
 * @since 0.1.0
 */
export const adagrad = (
  options: Learning & ScaleByAdagradOptions,
): Optimizer<Both<AdagradState, Stateless>, Smooth> => {
  const { learningRate, ...rest } = checked('adagrad', options)
  return descend('adagrad', chain(scaleByAdagrad(rest), down({ learningRate })))
}

/**
 * AdaDelta: steps whose unit is that of the parameters; the learning rate is 1 by default, as in the paper.
 *
 * **References** Zeiler (2012).
 *
 * @example
 * import { adadelta } from 'gradus/optimize'
 * adadelta().name // => 'adadelta'
 *
 * @since 0.1.0
 */
export const adadelta = (
  options: Partial<Learning> & ScaleByAdadeltaOptions & Decaying = {},
): Optimizer<Chained<readonly [Stateless, AdadeltaState, Stateless]>, Smooth> => {
  const { learningRate = 1, weightDecay = 0, mask = everything, ...rest } = checked('adadelta', options)
  return descend(
    'adadelta',
    chain(addWeightDecay(weightDecay, { mask }), scaleByAdadelta(rest), down({ learningRate })),
  )
}

/**
 * Lion: the sign of a mean of gradients, with weight decay 1e-3 by default.
 *
 * **References** Chen et al. (2023).
 *
 * @example
 * import { lion } from 'gradus/optimize'
 * lion({ learningRate: 1e-4 }).name // => 'lion'
 *
 * @since 0.1.0
 */
export const lion = (
  options: Learning & ScaleByLionOptions & Decaying,
): Optimizer<Chained<readonly [LionState, Stateless, Stateless]>, Smooth> => {
  const { learningRate, weightDecay = 1e-3, mask = everything, ...rest } = checked('lion', options)
  return descend('lion', chain(scaleByLion(rest), addWeightDecay(weightDecay, { mask }), down({ learningRate })))
}

/**
 * Steps along the signs of the gradient.
 *
 * **References** Bernstein et al., *signSGD* (2018).
 *
 * @example
 * import { signSgd } from 'gradus/optimize'
 * signSgd({ learningRate: 0.01 }).name // => 'sign descent'
 *
 * @since 0.1.0
 */
export const signSgd = (options: Learning): Optimizer<Both<Stateless, Stateless>, Smooth> =>
  descend('sign descent', chain(scaleBySign, down(checked('signSgd', options))))

/**
 * Steps along the signs of a running mean of gradients, decay 0.9 by default.
 *
 * **References** Bernstein et al. (2018).
 *
 * @example
 * import { signum } from 'gradus/optimize'
 * signum({ learningRate: 0.01 }).name // => 'signum'
 *
 * @since 0.1.0
 */
export const signum = (
  options: Learning & { readonly decay?: number },
): Optimizer<Chained<readonly [MeanState, Stateless, Stateless]>, Smooth> => {
  const { decay = 0.9 } = checked('signum', options)
  return descend('signum', chain(meanOfUpdates(decay, { corrected: false }), scaleBySign, down(options)))
}

/**
 * Rprop: steps along signs, whose lengths grow while the sign stays; for whole batches.
 *
 * **References** Riedmiller and Braun (1993); Igel and Hüsken (2000).
 *
 * @example
 * import { rprop } from 'gradus/optimize'
 * rprop({ learningRate: 0.01 }).name // => 'rprop'
 *
 * @since 0.1.0
 */
export const rprop = (options: ScaleByRpropOptions): Optimizer<Both<RpropState, Stateless>, Smooth> =>
  descend('rprop', chain(scaleByRprop(checked('rprop', options)), scaleBy(-1)))

/**
 * Gradient descent with noise of variance noise / t^annealing in the gradient.
 *
 * **References** Neelakantan et al. (2015).
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { noisySgd } from 'gradus/optimize'
 * noisySgd({ key: randomKey(1), learningRate: 0.1 }).name // => 'noisy descent'
 *
 * @since 0.1.0
 */
export const noisySgd = (
  options: Learning & NoiseOptions & { readonly key: Key },
): Optimizer<Both<CountState, Stateless>, Smooth> => {
  const { key, learningRate, ...rest } = checked('noisySgd', options)
  return descend('noisy descent', chain(addNoise(key, rest), down({ learningRate })))
}

/**
 * Optimistic gradient descent: the last change of the gradient is expected once more.
 *
 * **References** Mokhtari, Ozdaglar and Pattathil (2019).
 *
 * @example
 * import { optimisticGradientDescent } from 'gradus/optimize'
 * optimisticGradientDescent({ learningRate: 0.1 }).name // => 'optimistic descent'
 *
 * @since 0.1.0
 */
export const optimisticGradientDescent = (
  options: Learning & OptimismOptions,
): Optimizer<Both<OptimismState, Stateless>, Smooth> =>
  descend('optimistic descent', chain(scaleByOptimism(checked('optimisticGradientDescent', options)), down(options)))

/**
 * Gradient descent with Polyak's step, (f(θ) − lower) / ‖g‖², times `scaling` (default 1).
 *
 * **References** Polyak (1987); Loizou et al. (2021).
 *
 * @example
 * import { polyakSgd } from 'gradus/optimize'
 * polyakSgd({ lower: 0, maximalLearningRate: 10 }).name // => 'polyak descent'
 *
 * @since 0.1.0
 */
export const polyakSgd = (
  options: PolyakOptions & { readonly scaling?: Rate } = {},
): Optimizer<Both<Stateless, Stateless>, Smooth> => {
  const { scaling = 1, ...rest } = checked('polyakSgd', options)
  return descend('polyak descent', chain(scaleBy(minus(scaling)), scaleByPolyak(rest)))
}

/**
 * The constants of LARS.
 *
 * @since 0.1.0
 */
export interface LarsOptions extends Learning, Decaying {
  /** Default 0.9. */
  readonly momentum?: number
  readonly nesterov?: boolean
  /** Default 1e-3. */
  readonly trustCoefficient?: number
  /** Default 0. */
  readonly epsilon?: number
  /** Leaves that move by a share of their size; default all. */
  readonly adapted?: Selection
}

/**
 * LARS: every layer moves by a share of its size, with momentum.
 *
 * **References** You, Gitman and Ginsburg (2017).
 *
 * @example
 * import { except, lars, named } from 'gradus/optimize'
 * lars({ learningRate: 1, weightDecay: 1e-4, adapted: except(named('bias')) }).name // => 'lars'
 *
 * @since 0.1.0
 */
export const lars = (
  options: LarsOptions,
): Optimizer<Chained<readonly [Stateless, MaskedState<Stateless>, Stateless, TraceState]>, Smooth> => {
  const { learningRate, weightDecay = 0, mask = everything, momentum: decay = 0.9, ...rest } = checked('lars', options)
  const { nesterov = false, trustCoefficient = 1e-3, epsilon = 0, adapted = everything } = rest
  return descend(
    'lars',
    chain(
      addWeightDecay(weightDecay, { mask }),
      masked(adapted)(scaleByTrustRatio({ trustCoefficient, epsilon })),
      down({ learningRate }),
      trace(decay, { nesterov }),
    ),
  )
}

/**
 * SM3: AdaGrad in the memory of one copy of the parameters.
 *
 * **References** Anil et al. (2019).
 *
 * @example
 * import { sm3 } from 'gradus/optimize'
 * sm3({ learningRate: 0.1 }).name // => 'sm3'
 *
 * @since 0.1.0
 */
export const sm3 = (
  options: Learning & Omit<ScaleBySm3Options, 'decay1'> & { readonly momentum?: number },
): Optimizer<Both<Sm3State, Stateless>, Smooth> => {
  const { learningRate, momentum: decay1 = 0.9, ...rest } = checked('sm3', options)
  return descend('sm3', chain(scaleBySm3({ decay1, ...rest }), down({ learningRate })))
}
