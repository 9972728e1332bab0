/** Steps of given lengths: only signs of updates count. Lion and Rprop. */
import { treeZip } from '../../data/Tree.js'
import { abs, add, mul, sign } from '../../primitive/arithmetic.js'
import { clamp, equal, greater, less, where } from '../../primitive/choice.js'
import { tanh } from '../../primitive/trigonometric.js'
import type { StateType } from '../Optimizer.js'
import { choice, flag, fraction, positive, share } from '../option.js'
import { recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import { filled } from './scale.js'
import { towards } from './trace.js'

/**
 * The state of `scaleByLion`: the mean of updates.
 *
 * @since 0.1.0
 */
export interface LionState extends StateType {
  readonly state: this['params']
}

/**
 * The constants of Lion.
 *
 * @since 0.1.0
 */
export interface ScaleByLionOptions {
  /** Weight of the mean in what is given; default 0.9. */
  readonly decay1?: number
  /** Decay of the mean; default 0.99. */
  readonly decay2?: number
  /** `'hard'` gives the sign (default), `'smooth'` its tanh, `'refined'` what is below 1 as it is. */
  readonly mode?: 'hard' | 'smooth' | 'refined'
  /** Multiplies before the tanh of `'smooth'`; default 1. */
  readonly smoothness?: number
}

export const lionFields = () => ({
  decay1: fraction(0.9),
  decay2: fraction(0.99),
  mode: choice('hard', 'smooth', 'refined')('hard'),
  smoothness: positive(1),
})

/**
 * The sign of β₁ m + (1 − β₁) g, where m is a mean of updates with decay β₂.
 *
 * **References** Chen et al., *Symbolic discovery of optimization algorithms* (2023).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByLion } from 'gradus/optimize'
 * descend('lion', chain(scaleByLion(), scaleBy(-1e-4))).name // => 'lion'
 *
 * @since 0.1.0
 */
export const scaleByLion: (options?: ScaleByLionOptions) => Transformation<LionState> =
  /* @__PURE__ */ recipe<ScaleByLionOptions>()(
    { sort: 'transformation', name: 'scaleByLion', fields: lionFields },
    ({ decay1, decay2, mode, smoothness }) => {
      return fromParts<LionState>({
        init: filled(0),
        count: 0,
        plan: (state) => ({ numbers: [], state }),
        run: (_, updates) => (mean) => {
          const given = treeZip((m, u) => {
            const x = add(mul(1 - decay1, u), mul(decay1, m))
            if (mode === 'hard') return sign(x)
            return mode === 'smooth' ? tanh(mul(smoothness, x)) : where(less(abs(x), 1), x, sign(x))
          })(mean, updates)
          return [given, towards(decay2)(mean, updates)]
        },
      })
    },
  )

/**
 * The state of `scaleByRprop`: the length of the step of each entry, and the step before.
 *
 * @since 0.1.0
 */
export interface RpropMemory<P> {
  readonly lengths: P
  readonly previous: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface RpropState extends StateType {
  readonly state: RpropMemory<this['params']>
}

/**
 * The constants of Rprop.
 *
 * @since 0.1.0
 */
export interface ScaleByRpropOptions {
  /** The length of the first steps. */
  readonly learningRate: number
  /** Factor where signs differ, default 0.5, and where they agree, default 1.2. */
  readonly shrink?: number
  readonly growth?: number
  /** Bounds of lengths; default 1e-6 and 50. */
  readonly minimalStep?: number
  readonly maximalStep?: number
  /** Whether each step is taken one step later, as Optax 0.2.8 has it (default), or at once, as published. */
  readonly delayed?: boolean
}

export const rpropFields = () => ({
  learningRate: positive(),
  shrink: share(0.5),
  growth: positive(1.2),
  minimalStep: positive(1e-6),
  maximalStep: positive(50),
  delayed: flag(true),
})

/**
 * Steps along signs, longer while the sign of an entry stays and shorter when it changes; then that entry rests for a step.
 *
 * **References** Riedmiller and Braun (1993), in the form iRprop− of Igel and Hüsken (2000).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByRprop } from 'gradus/optimize'
 * descend('rprop', chain(scaleByRprop({ learningRate: 0.01 }), scaleBy(-1))).name // => 'rprop'
 *
 * @since 0.1.0
 */
export const scaleByRprop: (options: ScaleByRpropOptions) => Transformation<RpropState> =
  /* @__PURE__ */ recipe<ScaleByRpropOptions>()(
    { sort: 'transformation', name: 'scaleByRprop', fields: rpropFields },
    ({ learningRate, shrink, growth, minimalStep, maximalStep, delayed }) => {
      return fromParts<RpropState>({
        init: (p) => ({ lengths: filled(learningRate)(p), previous: filled(0)(p) }),
        count: 0,
        plan: (state) => ({ numbers: [], state }),
        run:
          (_, updates) =>
          ({ lengths: before, previous }) => {
            const agreement = treeZip(mul)(updates, previous)
            const lengths = treeZip((s, length) =>
              where(
                equal(s, 0),
                length,
                clamp(mul(length, where(greater(s, 0), growth, shrink)), minimalStep, maximalStep),
              ),
            )(agreement, before)
            const steps = treeZip((u, length) => mul(length, sign(u)))(updates, lengths)
            const moved = treeZip((s, step) => where(less(s, 0), 0, step))(agreement, steps)
            const given = delayed ? treeZip((s, step) => where(less(s, 0), 0, step))(agreement, previous) : moved
            return [given, { lengths, previous: moved }]
          },
      })
    },
  )
