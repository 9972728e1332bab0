/** Later kin of Adam: RAdam, Adan, NovoGrad and ADOPT. */

import { scalar } from '../../data/construct.js'
import { treeLeaves, treeMap, treeZip } from '../../data/Tree.js'
import { treeAxpy } from '../../function/tree.js'
import { add, div, mul, square, sub } from '../../primitive/arithmetic.js'
import { clamp, maximum, where } from '../../primitive/choice.js'
import { sqrt } from '../../primitive/elementary.js'
import { sum } from '../../primitive/structure.js'
import type { StateType } from '../Optimizer.js'
import { flag, fraction, fromTo, notNegative } from '../option.js'
import { recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import {
  type AdamState,
  adamFields,
  biases,
  type MomentOptions,
  momentFields,
  noMoments,
  rootOf,
  type ScaleByAdamOptions,
  towardsSquares,
  unbiased,
} from './adam.js'
import { filled } from './scale.js'
import { towards } from './trace.js'

/**
 * The constants of rectified Adam.
 *
 * @since 0.1.0
 */
export interface ScaleByRadamOptions extends ScaleByAdamOptions {
  /** The length of the mean of squares from which on they divide; default 5. */
  readonly threshold?: number
}

export const radamFields = () => ({ ...adamFields(), threshold: fromTo(4, Infinity)(5) })

/**
 * Adam that does not divide by the mean of squares before that has a variance to speak of, and then by a rectified one.
 *
 *     ρ∞ = 2 / (1 − β₂) − 1,   ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
 *     from ρ ≥ threshold on times √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))
 *
 * **References** Liu et al., *On the variance of the adaptive learning rate and beyond* (2020), where the threshold is 4.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByRadam } from 'gradus/optimize'
 * descend('radam', chain(scaleByRadam(), scaleBy(-1e-3))).name // => 'radam'
 *
 * @since 0.1.0
 */
export const scaleByRadam: (options?: ScaleByRadamOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByRadamOptions>()(
    { sort: 'transformation', name: 'scaleByRadam', fields: radamFields },
    ({ decay1, decay2, epsilon, epsilonRoot, nesterov, threshold }) => {
      const longest = 2 / (1 - decay2) - 1
      /** 0 where squares do not divide yet. */
      const rectified = (count: number): number => {
        const power = decay2 ** count
        const length = longest - (2 * count * power) / (1 - power)
        return length >= threshold
          ? Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length))
          : 0
      }
      return fromParts<AdamState>({
        init: noMoments(),
        count: 4,
        plan: (before) => {
          const { numbers, state } = biases(decay1, decay2)(before)
          return { numbers: [...numbers, rectified(state.count)], state }
        },
        run:
          ([now = 1, next = 1, bias = 1, factor = 1], updates) =>
          (state) => {
            const first = towards(decay1)(state.first, updates)
            const second = towardsSquares(decay2)(state.second, updates)
            const mean = unbiased(first, updates, [now, next], nesterov ? decay1 : undefined)
            const scaled = treeZip((m, root) => where(factor, div(mul(factor, m), root), m))(
              mean,
              rootOf({ bias, epsilon, epsilonRoot })(second),
            )
            return [scaled, { ...state, first, second }]
          },
      })
    },
  )

/**
 * The state of `scaleByAdan`: means of updates, of their changes, of squares, and the updates before.
 *
 * @since 0.1.0
 */
export interface AdanMemory<P> {
  readonly count: number
  readonly first: P
  readonly change: P
  readonly second: P
  readonly previous: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface AdanState extends StateType {
  readonly state: AdanMemory<this['params']>
}

/**
 * The constants of Adan.
 *
 * @since 0.1.0
 */
export interface ScaleByAdanOptions extends MomentOptions {
  /** Decays of the means of updates (default 0.98), of changes (0.92) and of squares (0.99). */
  readonly decay3?: number
}

export const adanFields = () => ({
  ...momentFields(),
  decay1: fraction(0.98),
  decay2: fraction(0.92),
  decay3: fraction(0.99),
})

/**
 * Adam with Nesterov's acceleration, from the changes of updates.
 *
 *     d = g − g₋₁,   m, v, n: means of g, d and (g + (1 − β₂) d)²,   gives (m̂ + (1 − β₂) v̂) / (√(n̂ + ε′) + ε)
 *
 * **References** Xie et al., *Adan* (2022); the biases are corrected as in Optax.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdan } from 'gradus/optimize'
 * descend('adan', chain(scaleByAdan(), scaleBy(-1e-3))).name // => 'adan'
 *
 * @since 0.1.0
 */
export const scaleByAdan: (options?: ScaleByAdanOptions) => Transformation<AdanState> =
  /* @__PURE__ */ recipe<ScaleByAdanOptions>()(
    { sort: 'transformation', name: 'scaleByAdan', fields: adanFields },
    ({ decay1, decay2, decay3, epsilon, epsilonRoot }) => {
      return fromParts<AdanState>({
        init: (p) => {
          const none = filled(0)(p)
          return { count: 0, first: none, change: none, second: none, previous: none }
        },
        count: 4,
        plan: (state) => {
          const count = state.count + 1
          const numbers = [decay1, decay2, decay3].map((decay) => 1 - decay ** count)
          return { numbers: [...numbers, count === 1 ? 0 : 1], state: { ...state, count } }
        },
        run:
          ([bias1 = 1, bias2 = 1, bias3 = 1, begun = 1], updates) =>
          (state) => {
            const difference = treeZip((u, before) => where(begun, sub(u, before), 0))(updates, state.previous)
            const first = towards(decay1)(state.first, updates)
            const change = towards(decay2)(state.change, difference)
            const second = towardsSquares(decay3)(state.second, treeAxpy(1 - decay2, difference, updates))
            const ahead = treeZip((m, d) => add(div(m, bias1), mul(1 - decay2, div(d, bias2))))(first, change)
            const divisor = rootOf({ bias: bias3, epsilon, epsilonRoot })(second)
            return [treeZip(div)(ahead, divisor), { ...state, first, change, second, previous: updates }]
          },
      })
    },
  )

/**
 * The constants of NovoGrad.
 *
 * @since 0.1.0
 */
export interface ScaleByNovogradOptions extends MomentOptions {
  /** Decays are 0.9 and 0.25 by default; times the parameters, added to the divided updates: default 0. */
  readonly weightDecay?: number
}

/** A tree with a number for each leaf. */
const leafwise = (value: number): (<P>(p: P) => P) => treeMap(() => scalar(value))

export const novogradFields = () => ({ ...momentFields(), decay2: fraction(0.25), weightDecay: notNegative(0) })

/**
 * A running sum of updates, each leaf divided by the root of the mean of its squared norm; the first mean is the first norm.
 *
 *     v ← β₂ v + (1 − β₂) ‖g‖²,   m ← β₁ m + g / (√(v + ε′) + ε) + decay · θ
 *
 * **Shapes** `second` holds a scalar for each leaf.
 *
 * **References** Ginsburg et al., *Stochastic gradient methods with layer-wise adaptive moments* (2019).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByNovograd } from 'gradus/optimize'
 * descend('novograd', chain(scaleByNovograd(), scaleBy(-0.01))).name // => 'novograd'
 *
 * @since 0.1.0
 */
export const scaleByNovograd: (options?: ScaleByNovogradOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByNovogradOptions>()(
    { sort: 'transformation', name: 'scaleByNovograd', fields: novogradFields },
    ({ decay1, decay2, epsilon, epsilonRoot, weightDecay }) => {
      return fromParts<AdamState>({
        init: (p) => ({ count: 0, first: filled(0)(p), second: leafwise(0)(p) }),
        count: 1,
        plan: (state) => ({ numbers: [state.count === 0 ? 0 : 1], state: { ...state, count: state.count + 1 } }),
        run:
          ([begun = 1], updates, params) =>
          (state) => {
            const squares = treeMap((u) => sum(square(u)))(updates)
            const second = treeZip((mean, s) => where(begun, add(mul(decay2, mean), mul(1 - decay2, s)), s))(
              state.second,
              squares,
            )
            const roots = rootOf({ bias: 1, epsilon, epsilonRoot })(second)
            const divided = zipped(updates, roots, div)
            const moved = weightDecay === 0 ? divided : treeAxpy(weightDecay, params, divided)
            const first = treeAxpy(decay1, state.first, moved)
            return [first, { ...state, first, second }]
          },
      })
    },
  )

/** Leaf by leaf with a number for each, which `treeZip` would refuse for its shape. */
const zipped = <P>(tree: P, numbers: P, f: typeof div): P => {
  const rest = treeLeaves(numbers).values()
  return treeMap((leaf) => f(leaf, rest.next().value ?? leaf))(tree)
}

/**
 * The constants of ADOPT.
 *
 * @since 0.1.0
 */
export interface ScaleByAdoptOptions extends Omit<MomentOptions, 'epsilonRoot'> {
  readonly nesterov?: boolean
  /** Whether divided updates are clipped to ±t^¼; default true. */
  readonly clip?: boolean
}

/**
 * Adam with the order of division and averaging exchanged: it converges with any β₂. The first update only begins the squares.
 *
 * **References** Taniguchi et al., *ADOPT* (2024). β₂ is 0.9999 and ε 1e-6 by default.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdopt } from 'gradus/optimize'
 * descend('adopt', chain(scaleByAdopt(), scaleBy(-1e-3))).name // => 'adopt'
 *
 * @since 0.1.0
 */
export const scaleByAdopt: (options?: ScaleByAdoptOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByAdoptOptions>()(
    {
      sort: 'transformation',
      name: 'scaleByAdopt',
      fields: () => ({
        decay1: fraction(0.9),
        decay2: fraction(0.9999),
        epsilon: notNegative(1e-6),
        nesterov: flag(false),
        clip: flag(true),
      }),
    },
    ({ decay1, decay2, epsilon, nesterov, clip }) => {
      return fromParts<AdamState>({
        init: noMoments(),
        count: 2,
        plan: (state) => ({
          numbers: [state.count === 0 ? 0 : 1, state.count ** 0.25],
          state: { ...state, count: state.count + 1 },
        }),
        run:
          ([begun = 1, limit = 1], updates) =>
          (state) => {
            const divided = treeZip((u, v) => {
              const scaled = div(u, maximum(sqrt(v), epsilon))
              return clip ? clamp(scaled, sub(0, limit), limit) : scaled
            })(updates, state.second)
            const blend = (mean: typeof updates): typeof updates =>
              treeZip((m, u) => where(begun, add(mul(decay1, m), mul(1 - decay1, u)), m))(mean, divided)
            const second = treeZip((v, u) => where(begun, add(mul(decay2, v), mul(1 - decay2, square(u))), square(u)))(
              state.second,
              updates,
            )
            const first = blend(state.first)
            return [nesterov ? blend(first) : first, { ...state, first, second }]
          },
      })
    },
  )
