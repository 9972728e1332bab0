/** Updates times a number: of a schedule, of the sizes of updates and parameters, or of the value of the loss. */
import { full } from '../../data/construct.js'
import type { Tensor } from '../../data/Tensor.js'
import { treeMap, treeZip } from '../../data/Tree.js'
import { mean, norm } from '../../function/statistics.js'
import { treeDot, treeNorm, treeScale } from '../../function/tree.js'
import { add, div, mul, sign, square, sub } from '../../primitive/arithmetic.js'
import { equal, lessEqual, logicalOr, maximum, minimum, where } from '../../primitive/choice.js'
import { sqrt } from '../../primitive/elementary.js'
import type { Stateless } from '../Optimizer.js'
import { choice, finite, notNegative, positive, rate } from '../option.js'
import { byPosition, constantly, recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import type { Rate } from './ranges.js'

/** A transformation without memory, of updates and parameters. */
export const stateless = (run: <P>(updates: P, params: P) => P): Transformation<Stateless> =>
  fromParts<Stateless>({
    init: () => null,
    nonFinite: 'passed',
    count: 0,
    plan: (state) => ({ numbers: [], state }),
    run: (_, updates, params) => (state) => [run(updates, params), state],
  })

/**
 * Multiplies updates by a number, or by that of a schedule at the step of the run; minus a learning rate, as a rule.
 *
 * **Fails** with a `Defect` when the number is not finite.
 *
 * @example
 * import { cosineDecay, descend, scaleBy } from 'gradus/optimize'
 * descend('gradient descent', scaleBy(-0.1)).name // => 'gradient descent'
 * descend('annealed', scaleBy(cosineDecay({ from: -0.1, steps: 100 }))).name // => 'annealed'
 *
 * @since 0.1.0
 */
export const scaleBy: (factor: Rate) => Transformation<Stateless> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly factor: Rate }>()(
    { sort: 'transformation', name: 'scaleBy', fields: () => ({ factor: rate(finite)() }) },
    ({ factor }) =>
      typeof factor === 'number'
        ? stateless((updates) => treeScale(factor, updates))
        : fromParts<Stateless>({
            init: () => null,
            nonFinite: 'passed',
            count: 1,
            plan: (state, { step }) => ({ numbers: [factor(step)], state }),
            run:
              ([now = 1], updates) =>
              (state) => [treeScale(now, updates), state],
          }),
  ),
  (factor: Rate) => ({ factor }),
)

/**
 * The signs of updates.
 *
 * **References** Bernstein et al., *signSGD* (2018).
 *
 * @example
 * import { chain, descend, scaleBy, scaleBySign } from 'gradus/optimize'
 * descend('sign descent', chain(scaleBySign, scaleBy(-0.01))).name // => 'sign descent'
 *
 * @since 0.1.0
 */
export const scaleBySign: Transformation<Stateless> = /* @__PURE__ */ constantly(
  { sort: 'transformation', name: 'scaleBySign' },
  stateless(treeMap(sign)),
)

/**
 * The constants of a trust ratio.
 *
 * @since 0.1.0
 */
export interface TrustRatioOptions {
  /** Norms of parameters and updates count as this at least; default 0. */
  readonly minimal?: number
  /** Multiplies the ratio; default 1. */
  readonly trustCoefficient?: number
  /** Added to the norm of updates; default 0. */
  readonly epsilon?: number
}

const atLeast = (least: number, x: Tensor): Tensor => maximum(norm(x), least)

const trustRatioFields = () => ({ minimal: notNegative(0), trustCoefficient: positive(1), epsilon: notNegative(0) })

/**
 * Multiplies the updates of each leaf by ‖parameters‖ / ‖updates‖, so that every layer moves by a share of its size; by 1 where one
 * of the norms is 0.
 *
 * **References** You, Gitman and Ginsburg, *LARS* (2017); You et al., *LAMB* (2019).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByTrustRatio } from 'gradus/optimize'
 * descend('layerwise', chain(scaleByTrustRatio({ trustCoefficient: 0.01 }), scaleBy(-1))).name // => 'layerwise'
 *
 * @since 0.1.0
 */
export const scaleByTrustRatio: (options?: TrustRatioOptions) => Transformation<Stateless> =
  /* @__PURE__ */ recipe<TrustRatioOptions>()(
    { sort: 'transformation', name: 'scaleByTrustRatio', fields: trustRatioFields },
    ({ minimal, trustCoefficient, epsilon }) => {
      return stateless(
        treeZip((u, p) => {
          const [size, moved] = [atLeast(minimal, p), atLeast(minimal, u)]
          const ratio = div(mul(trustCoefficient, size), add(moved, epsilon))
          return mul(u, where(logicalOr(equal(size, 0), equal(moved, 0)), 1, ratio))
        }),
      )
    },
  )

/** The root of the mean square of a leaf, this at least. */
export const rootMeanSquare = (x: Tensor, least: number): Tensor => maximum(sqrt(mean(square(x))), least)

/**
 * Multiplies the updates of each leaf by the root of the mean square of its parameters, `minimal` at least (default 1e-3).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByParameterSize } from 'gradus/optimize'
 * descend('relative steps', chain(scaleByParameterSize(), scaleBy(-0.01))).name // => 'relative steps'
 *
 * @since 0.1.0
 */
export const scaleByParameterSize: (options?: { readonly minimal?: number }) => Transformation<Stateless> =
  /* @__PURE__ */ recipe<{
    readonly minimal?: number
  }>()(
    { sort: 'transformation', name: 'scaleByParameterSize', fields: () => ({ minimal: notNegative(1e-3) }) },
    ({ minimal }) => {
      return stateless(treeZip((u, p) => mul(u, rootMeanSquare(p, minimal))))
    },
  )

/**
 * Divides updates by their norm over all leaves, plus ε (default 1e-6).
 *
 * @example
 * import { chain, descend, normalize, scaleBy } from 'gradus/optimize'
 * descend('steps of one length', chain(normalize(), scaleBy(-0.1))).name // => 'steps of one length'
 *
 * @since 0.1.0
 */
export const normalize: (options?: { readonly epsilon?: number }) => Transformation<Stateless> =
  /* @__PURE__ */ recipe<{
    readonly epsilon?: number
  }>()({ sort: 'transformation', name: 'normalize', fields: () => ({ epsilon: notNegative(1e-6) }) }, ({ epsilon }) => {
    return stateless((updates) => {
      const size = add(treeNorm(updates), epsilon)
      return treeMap((u) => div(u, size))(updates)
    })
  })

/**
 * The constants of Polyak's step.
 *
 * @since 0.1.0
 */
export interface PolyakOptions {
  /** The least value of the loss, known or guessed; default 0. */
  readonly lower?: number
  /** Steps are not longer than this times the gradient; default 1. */
  readonly maximalLearningRate?: number
  /** Added to the squared norm; default 0. */
  readonly epsilon?: number
  /** `'positive'` takes no step where the value is below `lower` already; default `'any'`. */
  readonly variant?: 'any' | 'positive'
}

export const polyakFields = () => ({
  lower: finite(0),
  maximalLearningRate: positive(1),
  epsilon: notNegative(0),
  variant: choice('any', 'positive')('any'),
})

/**
 * Multiplies updates by min((f(θ) − lower) / (‖updates‖² + ε), maximum): the step that would be exact for a linear loss.
 *
 * **Special values** where ‖updates‖² + ε is below 2.2e-16, no step is taken.
 *
 * **References** Loizou et al., *Stochastic Polyak step-size for SGD* (2021).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByPolyak } from 'gradus/optimize'
 * descend('polyak', chain(scaleBy(-1), scaleByPolyak({ lower: 0 }))).name // => 'polyak'
 *
 * @since 0.1.0
 */
export const scaleByPolyak: (options?: PolyakOptions) => Transformation<Stateless> =
  /* @__PURE__ */ recipe<PolyakOptions>()(
    { sort: 'transformation', name: 'scaleByPolyak', fields: polyakFields },
    ({ lower, maximalLearningRate, epsilon, variant }) => {
      return fromParts<Stateless>({
        init: () => null,
        count: 1,
        plan: (state, { value }) => ({ numbers: [value], state }),
        run:
          ([value = 0], updates) =>
          (state) => {
            const squared = add(treeDot(updates, updates), epsilon)
            const above = sub(value, lower)
            const gap = variant === 'any' ? above : maximum(above, 0)
            const rate = where(lessEqual(squared, Number.EPSILON), 0, minimum(div(gap, squared), maximalLearningRate))
            return [treeScale(rate, updates), state]
          },
      })
    },
  )

/** A tree of the same shapes, full of one number. */
export const filled = (value: number): (<P>(p: P) => P) => treeMap((leaf) => full(leaf.shape, value))
