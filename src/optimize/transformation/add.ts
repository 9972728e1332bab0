/** What is added to updates, or taken from them: weight decay, noise, means. */
import { leavesOf, treeMap, treeZip } from '../../data/Tree.js'
import { foldIn, type Key, normal } from '../../function/random.js'
import { mean } from '../../function/statistics.js'
import { add, mul, sub } from '../../primitive/arithmetic.js'
import { where } from '../../primitive/choice.js'
import { isFinite as finiteEntries } from '../../primitive/rounding.js'
import type { Stateless, StateType } from '../Optimizer.js'
import { notNegative, optional, key as randomKey, rate, selection } from '../option.js'
import { byPosition, constantly, recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import { type Rate, rateAt } from './ranges.js'
import { stateless } from './scale.js'
import { chosen, everything, type Selection } from './select.js'

/**
 * Which parameters decay.
 *
 * @since 0.1.0
 */
export interface WeightDecayOptions {
  /** Default all. */
  readonly mask?: Selection
}

/**
 * Adds a multiple of the parameters to updates; before the learning rate in a chain, so that it is multiplied by that.
 *
 * **References** Loshchilov and Hutter, *Decoupled weight decay regularization* (2019), where the learning rate does not multiply it.
 *
 * @example
 * import { addWeightDecay, chain, descend, named, scaleBy, scaleByAdam } from 'gradus/optimize'
 * const decay = addWeightDecay(1e-4, { mask: named('weights') })
 * descend('adamw', chain(scaleByAdam(), decay, scaleBy(-1e-3))).name // => 'adamw'
 *
 * @since 0.1.0
 */
export const addWeightDecay: (weightDecay: Rate, options?: WeightDecayOptions) => Transformation<Stateless> =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ recipe<WeightDecayOptions & { readonly weightDecay: Rate }>()(
      {
        sort: 'transformation',
        name: 'addWeightDecay',
        fields: () => ({ weightDecay: rate(notNegative)(), mask: optional(selection<Selection>()()) }),
      },
      ({ weightDecay, mask = everything }) =>
        fromParts<Stateless>({
          init: () => null,
          nonFinite: 'passed',
          count: 1,
          plan: (state, { step }) => ({ numbers: [rateAt(weightDecay, step)], state }),
          run:
            ([decay = 0], updates, params) =>
            (state) => {
              const selected = chosen(mask, updates)
              const index = selected.values()
              return [
                treeZip((u, p) => (index.next().value === true ? add(u, mul(decay, p)) : u))(updates, params),
                state,
              ]
            },
        }),
    ),
    (weightDecay: Rate, { mask }: WeightDecayOptions = {}) => ({ weightDecay, mask }),
  )

/**
 * The state of `addNoise`: how many updates it has seen.
 *
 * @since 0.1.0
 */
export interface CountState extends StateType {
  readonly state: { readonly count: number }
}

/**
 * How strong noise is.
 *
 * @since 0.1.0
 */
export interface NoiseOptions {
  /** The variance of the first step; default 0.01. */
  readonly noise?: number
  /** The power of the step that divides it; default 0.55. */
  readonly annealing?: number
}

export const noiseFields = () => ({ key: randomKey(), noise: notNegative(0.01), annealing: notNegative(0.55) })

/**
 * Adds normally distributed numbers of variance noise / t^annealing. The numbers are functions of key, step and leaf: the same key
 * has the same run.
 *
 * **References** Neelakantan et al., *Adding gradient noise improves learning for very deep networks* (2015).
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { addNoise, chain, descend, scaleBy } from 'gradus/optimize'
 * descend('noisy', chain(addNoise(randomKey(1), { noise: 0.1 }), scaleBy(-0.1))).name // => 'noisy'
 *
 * @since 0.1.0
 */
export const addNoise: (key: Key, options?: NoiseOptions) => Transformation<CountState> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<NoiseOptions & { readonly key: Key }>()(
    { sort: 'transformation', name: 'addNoise', fields: noiseFields },
    ({ key, noise, annealing }): Transformation<CountState> => ({
      init: () => ({ count: 0 }),
      update: (updates) => (state) => {
        const count = state.count + 1
        const deviation = Math.sqrt(noise / count ** annealing)
        const ofLeaf = leavesOf('addNoise', updates)
          .map((_, leaf) => foldIn(foldIn(key, count), leaf))
          .values()
        const noisy = treeMap((u) => add(u, mul(deviation, normal(ofLeaf.next().value ?? key, u.shape))))(updates)
        return [noisy, { count }]
      },
    }),
  ),
  (key: Key, { noise, annealing }: NoiseOptions = {}) => ({ key, noise, annealing }),
)

/**
 * Takes from the updates of each leaf of two axes or more their mean over all axes but the first.
 *
 * **References** Yong et al., *Gradient centralization* (2020).
 *
 * @example
 * import { centralize, chain, descend, scaleBy } from 'gradus/optimize'
 * descend('centralized', chain(centralize, scaleBy(-0.1))).name // => 'centralized'
 *
 * @since 0.1.0
 */
export const centralize: Transformation<Stateless> = /* @__PURE__ */ constantly(
  { sort: 'transformation', name: 'centralize' },
  stateless(
    treeMap((u) =>
      u.rank < 2 ? u : sub(u, mean(u, { axes: u.shape.map((_, axis) => axis).slice(1), keepAxes: true })),
    ),
  ),
)

/**
 * Puts 0 where updates are NaN or infinite. A run goes on from a point whose value or gradient is not finite where this comes first in
 * a chain; behind another transformation it is for what comes out of that. `skipNonFinite` leaves out the whole step, and a number of
 * such steps in a row ends the run.
 *
 * @example
 * import { chain, descend, scaleBy, zeroNonFinite } from 'gradus/optimize'
 * descend('careful', chain(zeroNonFinite, scaleBy(-0.1))).name // => 'careful'
 *
 * @since 0.1.0
 */
export const zeroNonFinite: Transformation<Stateless> = /* @__PURE__ */ constantly(
  { sort: 'transformation', name: 'zeroNonFinite' },
  { ...stateless(treeMap((u) => where(finiteEntries(u), u, 0))), nonFinite: 'taken' as const },
)
