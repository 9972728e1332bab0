/** Saddle-free directions of low rank: the largest curvatures exactly, and one number for all others. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import { eigen } from '../operator/eigen.js'
import { withLanczos } from '../operator/lanczos.js'
import { along } from './along.js'
import type { Direction } from './Direction.js'
import type { SearchState } from './LineSearch.js'
import { curvatureNotFinite, type ValueSearchOptions, valueSearchField } from './newtonDirections.js'
import type { Curved } from './Objective.js'
import type { Optimizer, Stateless } from './Optimizer.js'
import { choice, count, countOrNone, positive } from './option.js'
import { recipe } from './recipe.js'
import type { Both } from './Transformation.js'

/**
 * The size of the low-rank part and what stands for the rest.
 *
 * @since 0.1.0
 */
export interface LowRankOptions {
  /** Eigenvalues of largest size that are kept; default 20. */
  readonly rank?: number
  /** Lanczos vectors beyond the rank, which make the kept ones accurate; default 10. */
  readonly oversampling?: number
  /** γ > 0, which is added to every |eigenvalue|; default 1e-8. */
  readonly damping?: number
  /** What stands for the curvatures that are not kept, beside γ: nothing, or the least that is kept; default `'least'`. */
  readonly complement?: 'damping' | 'least'
}

const lowRankFields = () => ({
  rank: count(20),
  oversampling: countOrNone(10),
  damping: positive(1e-8),
  complement: choice('damping', 'least')('least'),
})

/**
 * The saddle-free direction with a Hessian of low rank: the largest |λ| as they are, and one curvature for all directions beside them.
 *
 *     d = −U (|Λ| + γI)⁻¹ Uᵀ g − (g − U Uᵀ g) / (ρ + γ),     ρ the least |λ| that is kept, or 0
 *
 * The pairs are Ritz pairs of the Krylov space of the gradient, which holds all of the gradient. No |λ| beside them is larger than ρ, as far as the Krylov space has found
 * the largest, so that steps of 1 / (ρ + γ) are safe. With ρ = 0 (`complement: 'damping'`, as published) γ has to be a length of step that
 * suits the problem: γ = 10⁻³ where curvatures are near 10 leads out of the range of the model, and the search takes most of it back.
 *
 * **Laws** always goes down; with the whole rank it is `saddleFreeDirection({ damping: γ })`.
 *
 * **Cost** rank + oversampling products, and as many vectors and a few more.
 *
 * **Fails** `NonFinite` where a product is.
 *
 * **References** O'Leary-Roseberry, Alger and Ghattas, *Low rank saddle free Newton* (2020), there with a randomized range instead of a
 * Krylov space.
 *
 * @example
 * import { along, backtracking, lowRankDirection } from 'gradus/optimize'
 * along(lowRankDirection({ rank: 10 }), backtracking()).name // => 'low-rank saddle-free with backtracking'
 *
 * @since 0.1.0
 */
export const lowRankDirection: (options?: LowRankOptions) => Direction<Stateless, Curved> =
  /* @__PURE__ */ recipe<LowRankOptions>()(
    { sort: 'direction', name: 'lowRankDirection', fields: lowRankFields, asks: ['hessian'] },
    ({ rank, oversampling, damping: γ, complement }): Direction<Stateless, Curved> => ({
      name: 'low-rank saddle-free',
      heading: 'down',
      init: () => null,
      propose:
        ({ objective, params, gradient }) =>
        (state) =>
          withLanczos({ start: gradient, dimension: rank + oversampling }, objective.hessian(params), (subspace) =>
            pipe(
              eigen(subspace.restricted),
              E.mapLeft(() => ({ ...curvatureNotFinite, spent: { products: subspace.products, solves: 1 } })),
              E.map(({ values, project, expand }) => {
                const sizes = toFloat64Array(values).map(Math.abs)
                const least = sizes.toSorted().at(-rank) ?? 0
                const beside = complement === 'least' ? least : 0
                const parts = toFloat64Array(project(subspace.project(gradient)))
                // Each part is divided by itself: what is left of a difference with the gradient would be rounding, divided by γ.
                const scaled = parts.map((part, i) => {
                  const size = sizes[i] ?? 0
                  return -part / ((size >= least ? size : beside) + γ)
                })
                const direction = subspace.expand(expand(fromFloat64Array(scaled, [scaled.length])))
                return { direction, state, work: { products: subspace.products, solves: 1 }, natural: 1 }
              }),
            ),
          ),
    }),
  )

/**
 * Saddle-free Newton of low rank with a line search: `along(lowRankDirection(), backtracking())`.
 *
 * **Cost** per step rank + oversampling products, a gradient, and a value for each step length tried.
 *
 * **Fails** as its line search does; `NonFinite` where a product is.
 *
 * @example
 * import { saddleFreeLowRank } from 'gradus/optimize'
 * saddleFreeLowRank({ rank: 5, damping: 0.1 }).name // => 'saddle-free low rank'
 *
 * @since 0.1.0
 */
export const saddleFreeLowRank: (
  options?: LowRankOptions & ValueSearchOptions,
) => Optimizer<Both<Stateless, SearchState>> = /* @__PURE__ */ recipe<LowRankOptions & ValueSearchOptions>()(
  {
    sort: 'optimizer',
    name: 'saddleFreeLowRank',
    fields: () => ({ ...lowRankFields(), ...valueSearchField() }),
    asks: ['hessian'],
  },
  ({ lineSearch, ...options }) => along(lowRankDirection(options), lineSearch, 'saddle-free low rank'),
)
