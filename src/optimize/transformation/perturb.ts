/** Noise where gradients are small: what leads gradient descent away from saddles. */

import { toNumber } from '../../data/read.js'
import { leavesOf, treeMap } from '../../data/Tree.js'
import { foldIn, type Key, normal, uniform } from '../../function/random.js'
import { treeAdd, treeAxpy, treeScale } from '../../function/tree.js'
import { treeLength } from '../../operator/length.js'
import type { Smooth } from '../Objective.js'
import type { Iterate, Optimizer, StateType } from '../Optimizer.js'
import { between, countOrNone, notNegative, positive, key as randomKey } from '../option.js'
import { byPosition, recipe } from '../recipe.js'
import { descend, type Transformation, type Updated } from '../Transformation.js'
import { noUpdates } from './around.js'

/**
 * The state of `perturb`: the step of the last perturbation, null before the first.
 *
 * @since 0.1.0
 */
export interface PerturbState extends StateType {
  readonly state: { readonly last: number | null }
}

/**
 * When noise is added, and how much.
 *
 * @since 0.1.0
 */
export interface PerturbOptions {
  /** The radius of the ball from which it is drawn. */
  readonly radius: number
  /** Where the norm of the gradient is this or less. */
  readonly gradientBelow: number
  /** Steps without noise after it; default 10. */
  readonly wait?: number
}

const sizeOf = (tree: unknown): number => leavesOf('perturb', tree).reduce((size, { tensor }) => size + tensor.size, 0)

/** A point drawn evenly from the ball around 0: a normal direction, and the n-th root of an even number for the length. */
const inBall = <P>(key: Key, radius: number, like: P): P => {
  const keys = leavesOf('perturb', like)
    .map((_, leaf) => foldIn(key, leaf + 1))
    .values()
  const direction = treeMap((leaf) => normal(keys.next().value ?? key, leaf.shape))(like)
  const length = radius * toNumber(uniform(foldIn(key, 0), [])) ** (1 / sizeOf(like))
  const norm = treeLength(direction)
  return treeScale(norm === 0 ? 0 : length / norm, direction)
}

const isDue = (last: number | null, step: number, wait: number): boolean => last === null || step - last > wait

/**
 * Adds to updates, at most every `wait` + 1 steps, noise from a ball where the gradient is small. It belongs behind the learning rate.
 * The noise is a function of key and step.
 *
 * **References** Jin, Ge, Netrapalli, Kakade and Jordan, *How to escape saddle points efficiently* (2017).
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { chain, descend, perturb, scaleBy } from 'gradus/optimize'
 * const noise = perturb(randomKey(1), { radius: 1e-3, gradientBelow: 1e-4, wait: 50 })
 * descend('perturbed', chain(scaleBy(-0.1), noise)).name // => 'perturbed'
 *
 * @since 0.1.0
 */
export const perturb: (key: Key, options: PerturbOptions) => Transformation<PerturbState> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<PerturbOptions & { readonly key: Key }>()(
    {
      sort: 'transformation',
      name: 'perturb',
      fields: () => ({ key: randomKey(), radius: notNegative(), gradientBelow: notNegative(), wait: countOrNone(10) }),
    },
    ({ key, radius, gradientBelow, wait }): Transformation<PerturbState> => ({
      init: () => ({ last: null }),
      update: (updates, it) => (state) =>
        it.gradientNorm <= gradientBelow && isDue(state.last, it.step, wait)
          ? [treeAdd(updates, inBall(foldIn(key, it.step), radius, updates)), { last: it.step }]
          : [updates, state],
    }),
  ),
  (key: Key, { radius, gradientBelow, wait }: PerturbOptions) => ({ key, radius, gradientBelow, wait }),
)

/**
 * What is known of a loss, and what is asked of perturbed gradient descent.
 *
 * @since 0.1.0
 */
export interface PerturbedOptions {
  readonly key: Key
  /** ℓ: the gradient changes by at most this times the distance. */
  readonly smoothness: number
  /** ρ: the Hessian changes by at most this times the distance. */
  readonly hessianSmoothness: number
  /** ε: the gradient of the result is at most this, its curvature at least −√(ρε). */
  readonly accuracy: number
  /** Δ: how far above its infimum the loss begins. */
  readonly gap: number
  /** δ: the probability to fail; default 0.1. */
  readonly probability?: number
  /** c, a constant that is small enough in the proof; default 1. */
  readonly constant?: number
}

/**
 * The state of `perturbedGradientDescent`.
 *
 * @since 0.1.0
 */
export interface PerturbedMemory<P> {
  /** The step of the last perturbation, with the point and the value before it. */
  readonly last: number | null
  readonly point: P
  readonly value: number
  /** Whether noise led nowhere: the run stays at `point`, which is second-order stationary. */
  readonly settled: boolean
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface PerturbedState extends StateType {
  readonly state: PerturbedMemory<this['params']>
}

/** χ, η, r and the three thresholds of Algorithm 3. */
const constantsOf = (
  { smoothness: l, hessianSmoothness: rho, accuracy, gap, probability = 0.1, constant: c = 1 }: PerturbedOptions,
  size: number,
) => {
  const chi = 3 * Math.max(Math.log((size * l * gap) / (c * accuracy ** 2 * probability)), 4)
  return {
    rate: c / l,
    radius: (Math.sqrt(c) * accuracy) / (chi ** 2 * l),
    gradientBelow: (Math.sqrt(c) * accuracy) / chi ** 2,
    decrease: (c * Math.sqrt(accuracy ** 3 / rho)) / chi ** 3,
    wait: Math.ceil((chi * l) / (c ** 2 * Math.sqrt(rho * accuracy))),
  }
}

const perturbedFields = () => ({
  key: randomKey(),
  smoothness: positive(),
  hessianSmoothness: positive(),
  accuracy: positive(),
  gap: positive(),
  probability: between(0, 1)(0.1),
  constant: positive(1),
})

/**
 * Gradient descent that adds noise from a small ball where the gradient is small, and settles where that leads nowhere.
 *
 *     χ = 3 max(log(n ℓ Δ / (c ε² δ)), 4),   η = c / ℓ,   r = √c ε / (χ² ℓ)
 *     noise where ‖g‖ ≤ √c ε / χ², at most every χ ℓ / (c² √(ρε)) steps; it must lower the loss by c √(ε³/ρ) / χ³ in that time
 *
 * **Laws** with probability 1 − δ it settles within Õ(ℓ Δ / ε²) gradients, at a point with ‖g‖ ≤ ε and λ_min ≥ −√(ρε); for small c.
 *
 * **Cost** one gradient per step. When it has settled, `state.settled` is true, and it stays.
 *
 * **References** Jin et al. (2017), Algorithm 3.
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { perturbedGradientDescent } from 'gradus/optimize'
 * const known = { smoothness: 10, hessianSmoothness: 1, accuracy: 0.1, gap: 1 }
 * perturbedGradientDescent({ key: randomKey(1), ...known }).name // => 'perturbed gradient descent'
 *
 * @since 0.1.0
 */
export const perturbedGradientDescent: (options: PerturbedOptions) => Optimizer<PerturbedState, Smooth> =
  /* @__PURE__ */ recipe<PerturbedOptions>()(
    { sort: 'optimizer', name: 'perturbedGradientDescent', fields: perturbedFields },
    (options) => {
      return descend<PerturbedState, never>('perturbed gradient descent', {
        init: (p) => ({ last: null, point: p, value: Number.NaN, settled: false }),
        update:
          <P>(gradient: P, it: Iterate<P, unknown>) =>
          (state: PerturbedMemory<P>): Updated<P, PerturbedMemory<P>> => {
            if (state.settled) return [noUpdates(gradient), state]
            const { rate, radius, gradientBelow, decrease, wait } = constantsOf(options, sizeOf(gradient))
            const waited = state.last === null ? -1 : it.step - state.last
            if (waited === wait && it.value - state.value > -decrease)
              return [treeAxpy(-1, it.params, state.point), { ...state, settled: true }]
            const down = treeScale(-rate, gradient)
            return it.gradientNorm <= gradientBelow && isDue(state.last, it.step, wait)
              ? [
                  treeAdd(down, inBall(foldIn(options.key, it.step), radius, gradient)),
                  { last: it.step, point: it.params, value: it.value, settled: false },
                ]
              : [down, state]
          },
      })
    },
  )
