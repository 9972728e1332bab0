/** First-order optimizers by name, made of transformations: momentum, signs and layers. Those of Adam's family are in adamFamily.ts. */
import type { Key } from '../function/random.js'
import type { Smooth } from './Objective.js'
import type { Optimizer, Stateless } from './Optimizer.js'
import { flag, fraction, notNegative, optional, positive, rate, selection } from './option.js'
import { recipe } from './recipe.js'
import { type Both, type Chained, chain, descend } from './Transformation.js'
import { addNoise, addWeightDecay, type CountState, type NoiseOptions, noiseFields } from './transformation/add.js'
import { type ScaleBySm3Options, type Sm3State, scaleBySm3, sm3Fields } from './transformation/factored.js'
import { minus, type Rate } from './transformation/ranges.js'
import {
  type AdadeltaState,
  type AdagradState,
  adadeltaFields,
  adagradFields,
  type RmsState,
  rmsFields,
  type ScaleByAdadeltaOptions,
  type ScaleByAdagradOptions,
  type ScaleByRmsOptions,
  scaleByAdadelta,
  scaleByAdagrad,
  scaleByRms,
} from './transformation/rms.js'
import { type PolyakOptions, polyakFields, scaleBy, scaleByPolyak, scaleBySign } from './transformation/scale.js'
import { everything, type Selection } from './transformation/select.js'
import {
  type LionState,
  lionFields,
  type RpropState,
  rpropFields,
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
  optimismFields,
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

export const learningFields = () => ({ learningRate: rate(positive)() })

/** Weight decay, and what it is by default. */
export const decayingFields = (weightDecay: number) => ({
  weightDecay: rate(notNegative)(weightDecay),
  mask: optional(selection<Selection>()()),
})

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
export const gradientDescent: (options: Learning) => Optimizer<Stateless, Smooth> = /* @__PURE__ */ recipe<Learning>()(
  { sort: 'optimizer', name: 'gradientDescent', fields: learningFields },
  (options) => descend('gradient descent', down(options)),
)

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
export const momentum: (options: MomentumOptions) => Optimizer<Both<TraceState, Stateless>, Smooth> =
  /* @__PURE__ */ recipe<MomentumOptions>()(
    {
      sort: 'optimizer',
      name: 'momentum',
      fields: () => ({ ...learningFields(), decay: fraction(0.9), nesterov: flag(false) }),
    },
    ({ decay, nesterov, learningRate }) =>
      descend('momentum', chain(trace(decay, { nesterov }), down({ learningRate }))),
  )

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
export const rmsprop: (
  options: RmspropOptions,
) => Optimizer<Chained<readonly [RmsState, Stateless, TraceState]>, Smooth> = /* @__PURE__ */ recipe<RmspropOptions>()(
  {
    sort: 'optimizer',
    name: 'rmsprop',
    fields: () => ({ ...learningFields(), ...rmsFields(), momentum: fraction(0), nesterov: flag(false) }),
  },
  ({ momentum: decay, nesterov, learningRate, ...rest }) =>
    descend('rmsprop', chain(scaleByRms(rest), down({ learningRate }), trace(decay, { nesterov }))),
)

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
export const adagrad: (options: Learning & ScaleByAdagradOptions) => Optimizer<Both<AdagradState, Stateless>, Smooth> =
  /* @__PURE__ */ recipe<Learning & ScaleByAdagradOptions>()(
    { sort: 'optimizer', name: 'adagrad', fields: () => ({ ...learningFields(), ...adagradFields() }) },
    ({ learningRate, ...rest }) => descend('adagrad', chain(scaleByAdagrad(rest), down({ learningRate }))),
  )

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
export const adadelta: (
  options?: Partial<Learning> & ScaleByAdadeltaOptions & Decaying,
) => Optimizer<Chained<readonly [Stateless, AdadeltaState, Stateless]>, Smooth> = /* @__PURE__ */ recipe<
  Partial<Learning> & ScaleByAdadeltaOptions & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'adadelta',
    fields: () => ({ learningRate: rate(positive)(1), ...adadeltaFields(), ...decayingFields(0) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend('adadelta', chain(addWeightDecay(weightDecay, { mask }), scaleByAdadelta(rest), down({ learningRate }))),
)

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
export const lion: (
  options: Learning & ScaleByLionOptions & Decaying,
) => Optimizer<Chained<readonly [LionState, Stateless, Stateless]>, Smooth> = /* @__PURE__ */ recipe<
  Learning & ScaleByLionOptions & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'lion',
    fields: () => ({ ...learningFields(), ...lionFields(), ...decayingFields(1e-3) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend('lion', chain(scaleByLion(rest), addWeightDecay(weightDecay, { mask }), down({ learningRate }))),
)

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
export const signSgd: (options: Learning) => Optimizer<Both<Stateless, Stateless>, Smooth> =
  /* @__PURE__ */ recipe<Learning>()({ sort: 'optimizer', name: 'signSgd', fields: learningFields }, (options) =>
    descend('sign descent', chain(scaleBySign, down(options))),
  )

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
export const signum: (
  options: Learning & { readonly decay?: number },
) => Optimizer<Chained<readonly [MeanState, Stateless, Stateless]>, Smooth> = /* @__PURE__ */ recipe<
  Learning & { readonly decay?: number }
>()(
  { sort: 'optimizer', name: 'signum', fields: () => ({ ...learningFields(), decay: fraction(0.9) }) },
  ({ decay, learningRate }) =>
    descend('signum', chain(meanOfUpdates(decay, { corrected: false }), scaleBySign, down({ learningRate }))),
)

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
export const rprop: (options: ScaleByRpropOptions) => Optimizer<Both<RpropState, Stateless>, Smooth> =
  /* @__PURE__ */ recipe<ScaleByRpropOptions>()({ sort: 'optimizer', name: 'rprop', fields: rpropFields }, (options) =>
    descend('rprop', chain(scaleByRprop(options), scaleBy(-1))),
  )

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
export const noisySgd: (
  options: Learning & NoiseOptions & { readonly key: Key },
) => Optimizer<Both<CountState, Stateless>, Smooth> = /* @__PURE__ */ recipe<
  Learning & NoiseOptions & { readonly key: Key }
>()(
  { sort: 'optimizer', name: 'noisySgd', fields: () => ({ ...learningFields(), ...noiseFields() }) },
  ({ key, learningRate, ...rest }) => descend('noisy descent', chain(addNoise(key, rest), down({ learningRate }))),
)

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
export const optimisticGradientDescent: (
  options: Learning & OptimismOptions,
) => Optimizer<Both<OptimismState, Stateless>, Smooth> = /* @__PURE__ */ recipe<Learning & OptimismOptions>()(
  {
    sort: 'optimizer',
    name: 'optimisticGradientDescent',
    fields: () => ({ ...learningFields(), ...optimismFields() }),
  },
  ({ learningRate, ...rest }) => descend('optimistic descent', chain(scaleByOptimism(rest), down({ learningRate }))),
)

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
export const polyakSgd: (
  options?: PolyakOptions & { readonly scaling?: Rate },
) => Optimizer<Both<Stateless, Stateless>, Smooth> = /* @__PURE__ */ recipe<
  PolyakOptions & { readonly scaling?: Rate }
>()(
  { sort: 'optimizer', name: 'polyakSgd', fields: () => ({ ...polyakFields(), scaling: rate(positive)(1) }) },
  ({ scaling, ...rest }) => descend('polyak descent', chain(scaleBy(minus(scaling)), scaleByPolyak(rest))),
)

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
export const sm3: (
  options: Learning & Omit<ScaleBySm3Options, 'decay1'> & { readonly momentum?: number },
) => Optimizer<Both<Sm3State, Stateless>, Smooth> = /* @__PURE__ */ recipe<
  Learning & Omit<ScaleBySm3Options, 'decay1'> & { readonly momentum?: number }
>()(
  {
    sort: 'optimizer',
    name: 'sm3',
    fields: () => ({
      ...learningFields(),
      decay2: sm3Fields().decay2,
      epsilon: sm3Fields().epsilon,
      momentum: fraction(0.9),
    }),
  },
  ({ learningRate, momentum: decay1, ...rest }) =>
    descend('sm3', chain(scaleBySm3({ decay1, ...rest }), down({ learningRate }))),
)
