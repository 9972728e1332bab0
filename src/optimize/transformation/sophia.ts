/** Sophia: updates divided by an estimate of the diagonal of the curvature, which costs a product every few steps. */
import { leavesOf, treeMap, treeZip } from '../../data/Tree.js'
import { foldIn, type Key, randomKey, uniform } from '../../function/random.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { div, mul } from '../../primitive/arithmetic.js'
import { clamp, less, maximum, where } from '../../primitive/choice.js'
import type { Ability } from '../Objective.js'
import type { Iterate, StateType, Work } from '../Optimizer.js'
import { count, fraction, notNegative, positive, key as randomKeyField } from '../option.js'
import { recipe } from '../recipe.js'
import type { Transformation } from '../Transformation.js'
import { biases, type Moments, noMoments } from './adam.js'
import { towards } from './trace.js'

/**
 * The state of Sophia: means of updates and of the estimated diagonal.
 *
 * @since 0.1.0
 */
export interface SophiaState extends StateType {
  readonly state: Moments<this['params']>
}

/**
 * The constants of Sophia.
 *
 * @since 0.1.0
 */
export interface ScaleBySophiaOptions {
  /** Decay of the mean of updates; default 0.965. */
  readonly decay1?: number
  /** Decay of the mean of diagonals; default 0.99. */
  readonly decay2?: number
  /** The least divisor; default 1e-8. */
  readonly epsilon?: number
  /** Multiplies the diagonal; default 0.01. */
  readonly gamma?: number
  /** Bound of what is given; default 1. */
  readonly threshold?: number
  /** Steps from one estimate to the next; default 10. */
  readonly every?: number
  /** Where the signs or targets that estimates draw come from; default `randomKey(0)`. */
  readonly key?: Key
}

/** Independent signs for each entry. */
const signs = <P>(key: Key, like: P): P => {
  const keys = leavesOf('sophia', like)
    .map((_, leaf) => foldIn(key, leaf))
    .values()
  return treeMap((leaf) => where(less(uniform(keys.next().value ?? key, leaf.shape), 0.5), -1, 1))(like)
}

/** An estimate of the diagonal of a curvature, drawn by a key, and what it cost. */
type Estimate<A extends Ability> = <P>(it: Iterate<P, unknown, A>, key: Key) => readonly [P, Partial<Work>]

/** Hutchinson's: u ∘ B u with random signs u. */
const hutchinson =
  <A extends Ability>(curvature: <P>(it: Iterate<P, unknown, A>) => LinearOperator<P>): Estimate<A> =>
  (it, key) => {
    const probe = signs(key, it.params)
    return [treeZip(mul)(probe, curvature(it).apply(probe)), { products: 1 }]
  }

const sophiaOf = <A extends Ability>(
  { decay1, decay2, epsilon, gamma, threshold, every, key }: Required<ScaleBySophiaOptions>,
  estimate: Estimate<A>,
): Transformation<SophiaState, A> => {
  return {
    init: noMoments(),
    update: (updates, it) => (before) => {
      const { numbers, state } = biases(decay1, decay2)(before)
      const [bias = 1] = numbers
      const first = towards(decay1)(state.first, updates)
      const given = treeZip((m, h) => clamp(div(div(m, bias), maximum(mul(gamma, h), epsilon)), -threshold, threshold))(
        first,
        before.second,
      )
      if (before.count % every !== 0) return [given, { ...state, first }]
      const [diagonal, work] = estimate(it, foldIn(key, before.count))
      return [given, { ...state, first, second: towards(decay2)(state.second, diagonal) }, work]
    },
  }
}

export const sophiaFields = () => ({
  decay1: fraction(0.965),
  decay2: fraction(0.99),
  epsilon: notNegative(1e-8),
  gamma: positive(0.01),
  threshold: positive(1),
  every: count(10),
  key: randomKeyField(randomKey(0)),
})

/**
 * Divides the mean of updates by γ times a mean of the Hessian's diagonal, and keeps the quotient within bounds. The diagonal is
 * Hutchinson's estimate u ∘ H u with random signs u.
 *
 *     m ← β₁ m + (1 − β₁) g,   every k steps h ← β₂ h + (1 − β₂) u ∘ H u,   gives clamp(m̂ / max(γ h, ε), ±threshold)
 *
 * **Cost** one product every `every` steps, which is counted. As in Optax the estimate of a step serves from the next one on.
 *
 * **References** Liu et al., *Sophia* (2023); Hutchinson (1989).
 *
 * @example
 * import { chain, descend, scaleBy, scaleBySophia } from 'gradus/optimize'
 * descend('sophia', chain(scaleBySophia({ every: 5 }), scaleBy(-1e-3))).name // => 'sophia'
 *
 * @since 0.1.0
 */
export const scaleBySophia: (options?: ScaleBySophiaOptions) => Transformation<SophiaState, 'hessian'> =
  /* @__PURE__ */ recipe<ScaleBySophiaOptions>()(
    { sort: 'transformation', name: 'scaleBySophia', fields: sophiaFields, asks: ['hessian'] },
    (options) =>
      sophiaOf<'hessian'>(
        options,
        hutchinson(({ objective, params }) => objective.hessian(params)),
      ),
  )

/**
 * The same with the diagonal of the Gauss-Newton matrix, which is never negative: u ∘ B u with random signs u. Its expectation is that of
 * `scaleByBartlettSophia`; single estimates may be negative.
 *
 * @example
 * import { chain, descend, scaleByGaussNewtonSophia, scaleBy } from 'gradus/optimize'
 * descend('sophia', chain(scaleByGaussNewtonSophia(), scaleBy(-1e-3))).name // => 'sophia'
 *
 * @since 0.1.0
 */
export const scaleByGaussNewtonSophia: (options?: ScaleBySophiaOptions) => Transformation<SophiaState, 'gaussNewton'> =
  /* @__PURE__ */ recipe<ScaleBySophiaOptions>()(
    { sort: 'transformation', name: 'scaleByGaussNewtonSophia', fields: sophiaFields, asks: ['gaussNewton'] },
    (options) =>
      sophiaOf<'gaussNewton'>(
        options,
        hutchinson(({ objective, params }) => objective.gaussNewton(params)),
      ),
  )

/**
 * Sophia-G: the same with the estimate of Gauss, Newton and Bartlett, for which the model draws targets from its own predictions.
 *
 *     m ← β₁ m + (1 − β₁) g,   every k steps h ← β₂ h + (1 − β₂) n ĝ ∘ ĝ,   gives clamp(m̂ / max(γ h, ε), ±threshold)
 *
 * Here ĝ is the gradient of the batch of n examples with such targets: see `bartlettDiagonal`. The objective draws them:
 * `withDrawnSquares(model, likelihood)`.
 *
 * **Cost** one gradient every `every` steps, which is counted. The estimate of a step serves from the next one on.
 *
 * **References** Liu et al., *Sophia* (2023), algorithms 2 and 3.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByBartlettSophia } from 'gradus/optimize'
 * descend('sophia-g', chain(scaleByBartlettSophia({ gamma: 0.05 }), scaleBy(-1e-3))).name // => 'sophia-g'
 *
 * @since 0.1.0
 */
export const scaleByBartlettSophia: (options?: ScaleBySophiaOptions) => Transformation<SophiaState, 'drawnSquares'> =
  /* @__PURE__ */ recipe<ScaleBySophiaOptions>()(
    { sort: 'transformation', name: 'scaleByBartlettSophia', fields: sophiaFields, asks: ['drawnSquares'] },
    (options) =>
      sophiaOf<'drawnSquares'>(options, ({ objective, params }, key) => [
        objective.drawnSquares(params, key),
        { gradients: 1 },
      ]),
  )
