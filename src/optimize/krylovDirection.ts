/** The step of saddle-free Newton in a Krylov space as a direction, for line searches and for whoever composes. */
import * as E from 'fp-ts/lib/Either.js'
import { treeAxpy } from '../function/tree.js'
import { isFiniteTree } from '../operator/length.js'
import type { Direction, Obstacle } from './Direction.js'
import type { Curved } from './Objective.js'
import { choice, count, notNegative } from './option.js'
import { recipe } from './recipe.js'
import {
  type KrylovOptions,
  type KrylovState,
  krylovSteps,
  singularAdvice,
  smallest,
  withKrylovModel,
} from './saddleFreeKrylov.js'

/**
 * The size of the subspace, and how the direction is damped.
 *
 * @since 0.1.0
 */
export interface KrylovDirectionOptions extends Pick<KrylovOptions, 'dimension' | 'outside'> {
  /** λ, added to every |Ritz value|; default 0. */
  readonly damping?: number
}

const krylovDirectionFields = () => ({
  dimension: count(20),
  damping: notNegative(0),
  outside: choice('ignore', 'gradient')('ignore'),
})

/**
 * The saddle-free direction in the Krylov space of the gradient, with the previous step taken in: the step of `saddleFreeKrylov` with one
 * inner step.
 *
 *     V from Lanczos started at ∇f(θ);   Ĥ = Vᵀ H V;   d = −V (|Ĥ| + λI)⁻¹ Vᵀ ∇f(θ)
 *
 * **Laws** always goes down; with `dimension` n it is `saddleFreeDirection`; with λ > 0 and the search `fixedStep(1)` it takes the steps of
 * `saddleFreeKrylov({ damping: λ })`.
 *
 * **Cost** `dimension` + 1 products, and at most `dimension` + 10 vectors.
 *
 * **Fails** `Singular` when λ = 0 and a Ritz value is 0 along which the gradient is not; `NonFinite` where a product is.
 *
 * **References** Dauphin et al. (2014), Algorithm 1; Vinyals and Povey, *Krylov subspace descent for deep learning* (2012).
 *
 * @example
 * import { along, krylovDirection, strongWolfe } from 'gradus/optimize'
 * along(krylovDirection({ dimension: 10 }), strongWolfe()).name // => 'krylov saddle-free with strong wolfe'
 *
 * @since 0.1.0
 */
export const krylovDirection: (options?: KrylovDirectionOptions) => Direction<KrylovState, Curved> =
  /* @__PURE__ */ recipe<KrylovDirectionOptions>()(
    { sort: 'direction', name: 'krylovDirection', fields: krylovDirectionFields, asks: ['hessian'] },
    ({ dimension, damping: λ, outside }): Direction<KrylovState, Curved> => ({
      name: 'krylov saddle-free',
      heading: 'down',
      init: () => ({ previous: null, damping: null, ritzValues: [] }),
      propose: (it) => (state) =>
        withKrylovModel(
          it,
          dimension,
          state.previous,
          E.chain((model) => {
            const direction = krylovSteps(model, it, outside)(λ)
            const work = { products: model.subspace.products, solves: 1 }
            if (!isFiniteTree(direction))
              return E.left<Obstacle>({
                _tag: 'Singular',
                eigenvalue: smallest(model.ritz),
                advice: singularAdvice,
                spent: work,
              })
            return E.right({
              direction,
              state: { previous: state.previous, damping: λ, ritzValues: model.ritz },
              work,
              natural: 1,
            })
          }),
        ),
      learn:
        ({ from, to }) =>
        (state) => ({ ...state, previous: treeAxpy(-1, from, to) }),
    }),
  )
