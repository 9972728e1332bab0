/** A learning rate that falls when the loss does not any more. */
import { treeScale } from '../../function/tree.js'
import type { StateType } from '../Optimizer.js'
import { count, countOrNone, fraction, notNegative, share } from '../option.js'
import { recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'

/**
 * The state of `reduceOnPlateau`.
 *
 * @since 0.1.0
 */
export interface PlateauState extends StateType {
  readonly state: {
    /** What updates are multiplied by. */
    readonly scale: number
    /** The best mean so far, null before there is one. */
    readonly best: number | null
    /** Means without an improvement, and those that still rest after a reduction. */
    readonly waited: number
    readonly resting: number
    /** The mean of the values since the last comparison, and their number. */
    readonly mean: number
    readonly count: number
  }
}

/**
 * When and how a rate is reduced.
 *
 * @since 0.1.0
 */
export interface PlateauOptions {
  /** What the rate is multiplied by; default 0.1. */
  readonly factor?: number
  /** How many means in a row may be no better; default 10. */
  readonly patience?: number
  /** A mean is better when it is below (1 − relative) · best − absolute; defaults 1e-4 and 0. */
  readonly relative?: number
  readonly absolute?: number
  /** Means after a reduction that do not count; default 0. */
  readonly cooldown?: number
  /** How many values make one mean; default 1. */
  readonly window?: number
  /** The least scale; default 0. */
  readonly minimal?: number
}

type State = PlateauState['state']

/**
 * Multiplies updates by a scale that begins with 1 and falls by a factor whenever the loss has not become better for a while.
 *
 * **Cost** the value of each iterate, which is known.
 *
 * @example
 * import { chain, descend, reduceOnPlateau, scaleBy } from 'gradus/optimize'
 * descend('patient', chain(scaleBy(-0.1), reduceOnPlateau({ factor: 0.5, patience: 5 }))).name // => 'patient'
 *
 * @since 0.1.0
 */
export const reduceOnPlateau: (options?: PlateauOptions) => Transformation<PlateauState> =
  /* @__PURE__ */ recipe<PlateauOptions>()(
    {
      sort: 'transformation',
      name: 'reduceOnPlateau',
      fields: () => ({
        factor: share(0.1),
        patience: count(10),
        relative: fraction(1e-4),
        absolute: notNegative(0),
        cooldown: countOrNone(0),
        window: count(1),
        minimal: notNegative(0),
      }),
    },
    ({ factor, patience, relative, absolute, cooldown, window, minimal }) => {
      const compared = (state: State): State => {
        const better = state.mean < (1 - relative) * (state.best ?? Infinity) - absolute
        const best = better ? state.mean : state.best
        const fresh = { ...state, best, mean: 0, count: 0 }
        if (state.resting > 0) return { ...fresh, waited: 0, resting: state.resting - 1 }
        const waited = better ? 0 : state.waited + 1
        return waited === patience
          ? { ...fresh, waited: 0, scale: Math.max(state.scale * factor, minimal), resting: cooldown }
          : { ...fresh, waited, scale: Math.max(state.scale, minimal) }
      }
      return fromParts<PlateauState>({
        init: () => ({ scale: 1, best: null, waited: 0, resting: 0, mean: 0, count: 0 }),
        count: 1,
        plan: (before, { value }) => {
          const count = before.count + 1
          const seen = { ...before, count, mean: (before.count * before.mean + value) / count }
          const state = count === window ? compared(seen) : seen
          return { numbers: [state.scale], state }
        },
        run:
          ([scale = 1], updates) =>
          (state) => [treeScale(scale, updates), state],
      })
    },
  )
