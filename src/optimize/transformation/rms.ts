/** Rates from squares without a mean of updates: RMSProp, AdaGrad, AdaDelta. */
import { treeMap, treeZip } from '../../data/Tree.js'
import { treeAdd } from '../../function/tree.js'
import { add, div, mul, square, sub } from '../../primitive/arithmetic.js'
import { greater, where } from '../../primitive/choice.js'
import { sqrt } from '../../primitive/elementary.js'
import type { StateType } from '../Optimizer.js'
import { flag, fraction, notNegative } from '../option.js'
import { recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import { type Moments, noMoments, towardsSquares } from './adam.js'
import { filled } from './scale.js'
import { towards } from './trace.js'

/**
 * The state of `scaleByRms`: means of updates (zeros unless centered) and of their squares.
 *
 * @since 0.1.0
 */
export interface RmsState extends StateType {
  readonly state: Moments<this['params']>
}

/**
 * The constants of RMSProp.
 *
 * @since 0.1.0
 */
export interface ScaleByRmsOptions {
  /** Decay of the means; default 0.9. */
  readonly decay?: number
  /** Default 1e-8. */
  readonly epsilon?: number
  /** Whether ε is added below the root (default) or to the root. */
  readonly epsilonInRoot?: boolean
  /** What the mean of squares begins with; default 0. */
  readonly initial?: number
  /** Whether the variance divides, and not the mean of squares; default false. */
  readonly centered?: boolean
  /** Whether the bias of the means is corrected; default false. */
  readonly corrected?: boolean
}

export const rmsFields = () => ({
  decay: fraction(0.9),
  epsilon: notNegative(1e-8),
  initial: notNegative(0),
  epsilonInRoot: flag(true),
  centered: flag(false),
  corrected: flag(false),
})

/**
 * Divides updates by the root of a running mean of their squares, or of their variance.
 *
 *     v ← decay · v + (1 − decay) g²,   gives g / √(v + ε)
 *
 * **Special values** a centered one can have a negative variance by rounding; the updates are NaN then, and the step fails.
 *
 * **References** Tieleman and Hinton (2012); centered: Graves (2013).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByRms } from 'gradus/optimize'
 * descend('rmsprop', chain(scaleByRms({ centered: true }), scaleBy(-1e-3))).name // => 'rmsprop'
 *
 * @since 0.1.0
 */
export const scaleByRms: (options?: ScaleByRmsOptions) => Transformation<RmsState> =
  /* @__PURE__ */ recipe<ScaleByRmsOptions>()(
    { sort: 'transformation', name: 'scaleByRms', fields: rmsFields },
    ({ decay, epsilon, initial, epsilonInRoot, centered, corrected }) => {
      return fromParts<RmsState>({
        init: noMoments(0, initial),
        count: 1,
        plan: (state) => {
          const count = state.count + 1
          return { numbers: [corrected ? 1 - decay ** count : 1], state: { ...state, count } }
        },
        run:
          ([bias = 1], updates) =>
          (state) => {
            const first = centered ? towards(decay)(state.first, updates) : state.first
            const second = towardsSquares(decay)(state.second, updates)
            const spread = centered
              ? treeZip((m, v) => sub(div(v, bias), square(div(m, bias))))(first, second)
              : treeMap((v) => div(v, bias))(second)
            const scaled = treeZip((u, v) => div(u, epsilonInRoot ? sqrt(add(v, epsilon)) : add(sqrt(v), epsilon)))(
              updates,
              spread,
            )
            return [scaled, { ...state, first, second }]
          },
      })
    },
  )

/**
 * The state of `scaleByAdagrad`: the sum of squares.
 *
 * @since 0.1.0
 */
export interface AdagradState extends StateType {
  readonly state: this['params']
}

/**
 * The constants of AdaGrad.
 *
 * @since 0.1.0
 */
export interface ScaleByAdagradOptions {
  /** What the sum begins with; default 0.1, and 0 in the paper. */
  readonly initial?: number
  /** Added below the root; default 1e-7. */
  readonly epsilon?: number
}

export const adagradFields = () => ({ initial: notNegative(0.1), epsilon: notNegative(1e-7) })

/**
 * Divides updates by the root of the sum of all their squares; gives 0 where that sum is 0.
 *
 * **References** Duchi, Hazan and Singer, *Adaptive subgradient methods* (2011).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdagrad } from 'gradus/optimize'
 * descend('adagrad', chain(scaleByAdagrad(), scaleBy(-0.1))).name // => 'adagrad'
 *
 * @since 0.1.0
 */
export const scaleByAdagrad: (options?: ScaleByAdagradOptions) => Transformation<AdagradState> =
  /* @__PURE__ */ recipe<ScaleByAdagradOptions>()(
    { sort: 'transformation', name: 'scaleByAdagrad', fields: adagradFields },
    ({ initial, epsilon }) => {
      return fromParts<AdagradState>({
        init: filled(initial),
        count: 0,
        plan: (state) => ({ numbers: [], state }),
        run: (_, updates) => (before) => {
          const total = treeAdd(before, treeMap(square)(updates))
          const scaled = treeZip((u, s) => {
            const some = greater(s, 0)
            return where(some, div(u, sqrt(where(some, add(s, epsilon), 1))), 0)
          })(updates, total)
          return [scaled, total]
        },
      })
    },
  )

/**
 * The state of `scaleByAdadelta`: means of the squares of updates as they come and as they go.
 *
 * @since 0.1.0
 */
export interface AdadeltaMemory<P> {
  readonly came: P
  readonly went: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface AdadeltaState extends StateType {
  readonly state: AdadeltaMemory<this['params']>
}

/**
 * The constants of AdaDelta.
 *
 * @since 0.1.0
 */
export interface ScaleByAdadeltaOptions {
  /** Decay of both means; default 0.9. */
  readonly decay?: number
  /** Added below both roots; default 1e-6. */
  readonly epsilon?: number
}

export const adadeltaFields = () => ({ decay: fraction(0.9), epsilon: notNegative(1e-6) })

/**
 * Multiplies updates by √(mean square of steps + ε) / √(mean square of updates + ε), so that steps have the unit of parameters.
 *
 * **References** Zeiler, *ADADELTA* (2012).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdadelta } from 'gradus/optimize'
 * descend('adadelta', chain(scaleByAdadelta(), scaleBy(-1))).name // => 'adadelta'
 *
 * @since 0.1.0
 */
export const scaleByAdadelta: (options?: ScaleByAdadeltaOptions) => Transformation<AdadeltaState> =
  /* @__PURE__ */ recipe<ScaleByAdadeltaOptions>()(
    { sort: 'transformation', name: 'scaleByAdadelta', fields: adadeltaFields },
    ({ decay, epsilon }) => {
      return fromParts<AdadeltaState>({
        init: (p) => ({ came: filled(0)(p), went: filled(0)(p) }),
        count: 0,
        plan: (state) => ({ numbers: [], state }),
        run: (_, updates) => (state) => {
          const came = towardsSquares(decay)(state.came, updates)
          const ratio = treeZip((w, c) => div(sqrt(add(w, epsilon)), sqrt(add(c, epsilon))))(state.went, came)
          const scaled = treeZip(mul)(ratio, updates)
          return [scaled, { came, went: towardsSquares(decay)(state.went, scaled) }]
        },
      })
    },
  )
