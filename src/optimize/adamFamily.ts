/** Adam and its kin by name. */

import { type Decaying, decayingFields, down, type Learning, learningFields } from './firstOrder.js'
import type { Curved, Smooth } from './Objective.js'
import type { Optimizer, Stateless } from './Optimizer.js'
import { either, flag, fraction, none, notNegative, positive, rate } from './option.js'
import { recipe } from './recipe.js'
import { type Both, type Chained, chain, descend, unchanged } from './Transformation.js'
import {
  type AdamState,
  type AmsgradState,
  adamaxFields,
  adamFields,
  amsgradFields,
  beliefFields,
  momentFields,
  type ScaleByAdamaxOptions,
  type ScaleByAdamOptions,
  type ScaleByAmsgradOptions,
  type ScaleByYogiOptions,
  scaleByAdam,
  scaleByAdamax,
  scaleByAmsgrad,
  scaleByBelief,
  scaleByYogi,
  yogiFields,
} from './transformation/adam.js'
import {
  type AdanState,
  adanFields,
  novogradFields,
  radamFields,
  type ScaleByAdanOptions,
  type ScaleByNovogradOptions,
  type ScaleByRadamOptions,
  scaleByAdan,
  scaleByNovograd,
  scaleByRadam,
} from './transformation/adaptive.js'
import { addWeightDecay } from './transformation/add.js'
import { clipByRms } from './transformation/clip.js'
import {
  type FactoredState,
  factoredFields,
  type ScaleByFactoredRmsOptions,
  scaleByFactoredRms,
} from './transformation/factored.js'
import { scaleBy, scaleByParameterSize } from './transformation/scale.js'
import { everything } from './transformation/select.js'
import { type ScaleBySophiaOptions, type SophiaState, scaleBySophia, sophiaFields } from './transformation/sophia.js'
import { type MeanState, meanOfUpdates } from './transformation/trace.js'

/**
 * The constants of Adam.
 *
 * @since 0.1.0
 */
export interface AdamOptions extends Learning, ScaleByAdamOptions {}

/** An optimizer of one scaling and a learning rate. */
type Scaled<F extends AdamState | AmsgradState> = Optimizer<Both<F, Stateless>, Smooth>

/** The same with weight decay in between. */
type Decayed<F extends AdamState | AdanState> = Optimizer<Chained<readonly [F, Stateless, Stateless]>, Smooth>

/**
 * Adam: steps scaled entry by entry by the recent size of the gradient.
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *     θ ← θ − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * **References** Kingma and Ba, *Adam* (2015), Algorithm 1, with its constants as defaults.
 *
 * @example
 * import { adam } from 'gradus/optimize'
 * adam({ learningRate: 1e-3 }).name // => 'adam'
 *
 * @since 0.1.0
 */
export const adam: (options: AdamOptions) => Scaled<AdamState> = /* @__PURE__ */ recipe<AdamOptions>()(
  { sort: 'optimizer', name: 'adam', fields: () => ({ ...learningFields(), ...adamFields() }) },
  ({ learningRate, ...options }) => descend('adam', chain(scaleByAdam(options), down({ learningRate }))),
)

/**
 * Adam with Nesterov's look ahead, without the paper's schedule of β₁.
 *
 * **References** Dozat, *Incorporating Nesterov momentum into Adam* (2016).
 *
 * @example
 * import { nadam } from 'gradus/optimize'
 * nadam({ learningRate: 1e-3 }).name // => 'nadam'
 *
 * @since 0.1.0
 */
export const nadam: (options: Omit<AdamOptions, 'nesterov'>) => Scaled<AdamState> = /* @__PURE__ */ recipe<
  Omit<AdamOptions, 'nesterov'>
>()(
  { sort: 'optimizer', name: 'nadam', fields: () => ({ ...learningFields(), ...momentFields() }) },
  ({ learningRate, ...options }) =>
    descend('nadam', chain(scaleByAdam({ ...options, nesterov: true }), down({ learningRate }))),
)

/**
 * Adam with weight decay beside the gradient, 1e-4 by default, and multiplied by the learning rate.
 *
 * **References** Loshchilov and Hutter, *Decoupled weight decay regularization* (2019), where the learning rate does not multiply the decay.
 *
 * @example
 * import { adamw } from 'gradus/optimize'
 * adamw({ learningRate: 1e-3 }).name // => 'adamw'
 *
 * @since 0.1.0
 */
export const adamw: (options: AdamOptions & Decaying) => Decayed<AdamState> = /* @__PURE__ */ recipe<
  AdamOptions & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'adamw',
    fields: () => ({ ...learningFields(), ...adamFields(), ...decayingFields(1e-4) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend('adamw', chain(scaleByAdam(rest), addWeightDecay(weightDecay, { mask }), down({ learningRate }))),
)

/**
 * Nadam with weight decay, 1e-4 by default.
 *
 * **References** Dozat (2016); Loshchilov and Hutter (2019).
 *
 * @example
 * import { nadamw } from 'gradus/optimize'
 * nadamw({ learningRate: 1e-3 }).name // => 'nadamw'
 *
 * @since 0.1.0
 */
export const nadamw: (options: Omit<AdamOptions, 'nesterov'> & Decaying) => Decayed<AdamState> = /* @__PURE__ */ recipe<
  Omit<AdamOptions, 'nesterov'> & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'nadamw',
    fields: () => ({ ...learningFields(), ...momentFields(), ...decayingFields(1e-4) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend(
      'nadamw',
      chain(scaleByAdam({ ...rest, nesterov: true }), addWeightDecay(weightDecay, { mask }), down({ learningRate })),
    ),
)

/**
 * Adam whose rates never grow.
 *
 * **References** Reddi, Kale and Kumar (2018), without correction of biases: `{ correctFirst: false, correctSecond: false }`.
 *
 * @example
 * import { amsgrad } from 'gradus/optimize'
 * amsgrad({ learningRate: 1e-3 }).name // => 'amsgrad'
 *
 * @since 0.1.0
 */
export const amsgrad: (options: Learning & ScaleByAmsgradOptions) => Scaled<AmsgradState> = /* @__PURE__ */ recipe<
  Learning & ScaleByAmsgradOptions
>()(
  { sort: 'optimizer', name: 'amsgrad', fields: () => ({ ...learningFields(), ...amsgradFields() }) },
  ({ learningRate, ...options }) => descend('amsgrad', chain(scaleByAmsgrad(options), down({ learningRate }))),
)

/**
 * Adam with the largest recent gradient as divisor.
 *
 * **References** Kingma and Ba (2015), Algorithm 2, where ε is 0.
 *
 * @example
 * import { adamax } from 'gradus/optimize'
 * adamax({ learningRate: 2e-3 }).name // => 'adamax'
 *
 * @since 0.1.0
 */
export const adamax: (options: Learning & ScaleByAdamaxOptions) => Scaled<AdamState> = /* @__PURE__ */ recipe<
  Learning & ScaleByAdamaxOptions
>()(
  { sort: 'optimizer', name: 'adamax', fields: () => ({ ...learningFields(), ...adamaxFields() }) },
  ({ learningRate, ...options }) => descend('adamax', chain(scaleByAdamax(options), down({ learningRate }))),
)

/**
 * AdaMax with weight decay, 1e-4 by default.
 *
 * **References** Kingma and Ba (2015); Loshchilov and Hutter (2019).
 *
 * @example
 * import { adamaxw } from 'gradus/optimize'
 * adamaxw({ learningRate: 2e-3 }).name // => 'adamaxw'
 *
 * @since 0.1.0
 */
export const adamaxw: (options: Learning & ScaleByAdamaxOptions & Decaying) => Decayed<AdamState> =
  /* @__PURE__ */ recipe<Learning & ScaleByAdamaxOptions & Decaying>()(
    {
      sort: 'optimizer',
      name: 'adamaxw',
      fields: () => ({ ...learningFields(), ...adamaxFields(), ...decayingFields(1e-4) }),
    },
    ({ learningRate, weightDecay, mask = everything, ...rest }) =>
      descend('adamaxw', chain(scaleByAdamax(rest), addWeightDecay(weightDecay, { mask }), down({ learningRate }))),
  )

/**
 * Adam that divides by how far gradients surprise.
 *
 * **References** Zhuang et al. (2020).
 *
 * @example
 * import { adabelief } from 'gradus/optimize'
 * adabelief({ learningRate: 1e-3 }).name // => 'adabelief'
 *
 * @since 0.1.0
 */
export const adabelief: (options: AdamOptions) => Scaled<AdamState> = /* @__PURE__ */ recipe<AdamOptions>()(
  { sort: 'optimizer', name: 'adabelief', fields: () => ({ ...learningFields(), ...beliefFields() }) },
  ({ learningRate, ...options }) => descend('adabelief', chain(scaleByBelief(options), down({ learningRate }))),
)

/**
 * Adam whose squares grow and fall in steps of their own size.
 *
 * **References** Zaheer et al. (2018); of there the mean of gradients begins with 0: `{ initialFirst: 0 }`.
 *
 * @example
 * import { yogi } from 'gradus/optimize'
 * yogi({ learningRate: 0.01 }).name // => 'yogi'
 *
 * @since 0.1.0
 */
export const yogi: (options: Learning & ScaleByYogiOptions) => Scaled<AdamState> = /* @__PURE__ */ recipe<
  Learning & ScaleByYogiOptions
>()(
  { sort: 'optimizer', name: 'yogi', fields: () => ({ ...learningFields(), ...yogiFields() }) },
  ({ learningRate, ...options }) => descend('yogi', chain(scaleByYogi(options), down({ learningRate }))),
)

/**
 * Adam that waits with its divisor until that can be trusted.
 *
 * **References** Liu et al. (2020), with the threshold 4.
 *
 * @example
 * import { radam } from 'gradus/optimize'
 * radam({ learningRate: 1e-3 }).name // => 'radam'
 *
 * @since 0.1.0
 */
export const radam: (options: Learning & ScaleByRadamOptions) => Scaled<AdamState> = /* @__PURE__ */ recipe<
  Learning & ScaleByRadamOptions
>()(
  { sort: 'optimizer', name: 'radam', fields: () => ({ ...learningFields(), ...radamFields() }) },
  ({ learningRate, ...options }) => descend('radam', chain(scaleByRadam(options), down({ learningRate }))),
)

/**
 * Adam with Nesterov's acceleration from changes of the gradient; no weight decay by default.
 *
 * **References** Xie et al. (2022).
 *
 * @example
 * import { adan } from 'gradus/optimize'
 * adan({ learningRate: 1e-3 }).name // => 'adan'
 *
 * @since 0.1.0
 */
export const adan: (options: Learning & ScaleByAdanOptions & Decaying) => Decayed<AdanState> = /* @__PURE__ */ recipe<
  Learning & ScaleByAdanOptions & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'adan',
    fields: () => ({ ...learningFields(), ...adanFields(), epsilonRoot: notNegative(1e-8), ...decayingFields(0) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend('adan', chain(scaleByAdan(rest), addWeightDecay(weightDecay, { mask }), down({ learningRate }))),
)

/**
 * A running sum of gradients that are divided by the size of their layer's.
 *
 * **References** Ginsburg et al. (2019).
 *
 * @example
 * import { novograd } from 'gradus/optimize'
 * novograd({ learningRate: 0.01 }).name // => 'novograd'
 *
 * @since 0.1.0
 */
export const novograd: (options: Learning & ScaleByNovogradOptions) => Scaled<AdamState> = /* @__PURE__ */ recipe<
  Learning & ScaleByNovogradOptions
>()(
  {
    sort: 'optimizer',
    name: 'novograd',
    fields: () => ({ ...learningFields(), ...novogradFields(), epsilon: notNegative(1e-6) }),
  },
  ({ learningRate, ...options }) => descend('novograd', chain(scaleByNovograd(options), down({ learningRate }))),
)

/**
 * The constants of Adafactor.
 *
 * @since 0.1.0
 */
export interface AdafactorOptions extends Partial<Learning>, ScaleByFactoredRmsOptions, Decaying {
  /** Bound of the root mean square of each leaf's updates; null for none; default 1. */
  readonly clipping?: number | null
  /** Whether steps are a share of the size of the parameters; default true. */
  readonly relativeSteps?: boolean
  /** Decay of a mean of updates; default none. */
  readonly momentum?: number
}

const adafactorFields = () => ({
  learningRate: rate(positive)(1),
  ...factoredFields(),
  ...decayingFields(0),
  clipping: either(positive(), none)(1),
  relativeSteps: flag(true),
  momentum: fraction(0),
})

/**
 * Adafactor: squares by rows and columns, steps as shares of the size of the parameters. Weight decay is not multiplied by the
 * learning rate here.
 *
 * **References** Shazeer and Stern (2018).
 *
 * @example
 * import { adafactor } from 'gradus/optimize'
 * adafactor({ learningRate: 0.01 }).name // => 'adafactor'
 *
 * @since 0.1.0
 */
export const adafactor: (
  options?: AdafactorOptions,
) => Optimizer<
  Chained<readonly [FactoredState, Stateless, Stateless, Stateless, MeanState, Stateless, Stateless]>,
  Smooth
> = /* @__PURE__ */ recipe<AdafactorOptions>()(
  { sort: 'optimizer', name: 'adafactor', fields: adafactorFields },
  ({ learningRate, weightDecay, mask = everything, clipping, relativeSteps, momentum, ...factors }) =>
    descend(
      'adafactor',
      chain(
        scaleByFactoredRms(factors),
        clipping === null ? unchanged : clipByRms(clipping),
        scaleBy(learningRate),
        relativeSteps ? scaleByParameterSize() : unchanged,
        meanOfUpdates(momentum, { corrected: false }),
        addWeightDecay(weightDecay, { mask }),
        scaleBy(-1),
      ),
    ),
)

/**
 * Sophia: a mean of gradients divided by an estimate of the Hessian's diagonal, within bounds; weight decay 1e-4 by default.
 *
 * **Cost** one product every `every` (10) steps.
 *
 * **References** Liu et al. (2023).
 *
 * @example
 * import { sophia } from 'gradus/optimize'
 * sophia({ learningRate: 1e-3 }).name // => 'sophia'
 *
 * @since 0.1.0
 */
export const sophia: (
  options: Learning & ScaleBySophiaOptions & Decaying,
) => Optimizer<Chained<readonly [SophiaState, Stateless, Stateless]>, Curved> = /* @__PURE__ */ recipe<
  Learning & ScaleBySophiaOptions & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'sophia',
    asks: ['hessian'],
    fields: () => ({ ...learningFields(), ...sophiaFields(), ...decayingFields(1e-4) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend('sophia', chain(scaleBySophia(rest), addWeightDecay(weightDecay, { mask }), down({ learningRate }))),
)
