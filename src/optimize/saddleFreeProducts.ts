/** Saddle-free directions from products alone: of low rank with its complement, and as a series. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../data/construct.js'
import { toFloat64Array, toNumber } from '../data/read.js'
import { treeAxpy, treeDot, treeScale } from '../function/tree.js'
import { eigen } from '../operator/eigen.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { withLanczos } from '../operator/lanczos.js'
import { isFiniteTree, treeLength } from '../operator/length.js'
import { along } from './along.js'
import type { Direction } from './Direction.js'
import type { SearchState } from './LineSearch.js'
import { curvatureNotFinite, type ValueSearchOptions, valueSearchField } from './newtonDirections.js'
import type { Curved } from './Objective.js'
import type { Optimizer, Stateless, StateType } from './Optimizer.js'
import { count, countOrNone, flag, notNegative, positive } from './option.js'
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
  /** γ, which is added to every |eigenvalue| and stands for those that are not kept; default 1e-3. */
  readonly damping?: number
}

const lowRankFields = () => ({ rank: count(20), oversampling: countOrNone(10), damping: positive(1e-3) })

/**
 * The saddle-free direction with a Hessian of low rank: along the eigenvectors of the largest |λ| those count, along all others the damping
 * alone.
 *
 *     d = −(U |Λ| Uᵀ + γI)⁻¹ g = −U (|Λ| + γI)⁻¹ Uᵀ g − (g − U Uᵀ g) / γ
 *
 * The pairs are Ritz pairs of the Krylov space of the gradient, which holds all of the gradient.
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
    ({ rank, oversampling, damping: γ }): Direction<Stateless, Curved> => ({
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
                const parts = toFloat64Array(project(subspace.project(gradient)))
                // Each part is divided by itself: what is left of a difference with the gradient would be rounding, divided by γ.
                const scaled = parts.map((part, i) => {
                  const size = sizes[i] ?? 0
                  return -part / (size >= least ? size + γ : γ)
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

/**
 * The state of `seriesDirection`: the largest ‖H²v‖ / ‖v‖ seen so far.
 *
 * @since 0.1.0
 */
export interface SeriesState extends StateType {
  readonly state: { readonly bound: number }
}

/**
 * How long the series is.
 *
 * @since 0.1.0
 */
export interface SeriesOptions {
  /** Terms; default 20. */
  readonly terms?: number
  /** d ≥ 0, added to |H|; default 0. */
  readonly damping?: number
  /** V₀, a first bound of the squared eigenvalues; default 0, so that the first step finds one. */
  readonly bound?: number
  /** Whether the limit is extrapolated from the last sums; default true. */
  readonly accelerate?: boolean
}

/**
 * The coefficients cₖ of tᵏ in 1 / (δ + √(1 − t)), by which (|H| + δ√V)⁻¹ √V = Σ cₖ (I − H² / V)ᵏ. All terms are positive, so nothing cancels.
 */
const coefficients = (terms: number, δ: number): ReadonlyArray<number> => {
  // −u_j of √(1 − t) = 1 − Σ u_j tʲ: u₁ = ½, u_{j+1} = u_j (j − ½) / (j + 1).
  const roots = Array.from({ length: terms }).reduce<ReadonlyArray<number>>(
    (u, _, j) => [...u, j === 0 ? 0 : j === 1 ? 0.5 : ((u[j - 1] ?? 0) * (j - 1.5)) / j],
    [],
  )
  return roots.reduce<ReadonlyArray<number>>(
    (c, _, k) => [...c, (k === 0 ? 1 : c.reduce((sum, each, i) => sum + each * (roots[k - i] ?? 0), 0)) / (1 + δ)],
    [],
  )
}

interface Powers<P> {
  /** Σ cₖ (I − H² / V)ᵏ g so far, the last three sums, the newest last. */
  readonly sums: ReadonlyArray<P>
  /** (I − H² / V)ᵏ g. */
  readonly power: P
  readonly products: number
  /** ‖H²v‖ / ‖v‖ of this power, when it is larger than V. */
  readonly exceeded: number | undefined
}

/**
 * The limit of a sequence from three members, by Aitken's process with the inverse x / ‖x‖² of a vector: one step of Wynn's ε.
 */
const extrapolated = <P>([a, b, c]: readonly [P, P, P]): P => {
  const [first, second] = [treeAxpy(-1, a, b), treeAxpy(-1, b, c)]
  const inverse = (x: P): P => treeScale(1 / toNumber(treeDot(x, x)), x)
  const difference = treeAxpy(-1, inverse(first), inverse(second))
  return treeAxpy(1 / toNumber(treeDot(difference, difference)), difference, b)
}

/** How often V may be raised in one step; what rounding asks for after that is not much. */
const raises = 30

const seriesFields = () => ({
  terms: count(20),
  damping: notNegative(0),
  bound: notNegative(0),
  accelerate: flag(true),
})

/**
 * The saddle-free direction as a series in H², with memory for a few vectors only.
 *
 *     |H|⁻¹ g = V^(−½) Σₖ C(2k, k) / 4ᵏ (I − H² / V)ᵏ g,     V ≥ λ²
 *
 * With damping d it is that of (|H| + dI)⁻¹. V is the largest ‖H²v‖ / ‖v‖ seen, for the gradient and every power on the way; when it
 * grows, the series begins anew. The last three sums are extrapolated, unless that would not go down.
 *
 * **Laws** goes down; for many terms it tends to `saddleFreeDirection`, as slowly as (1 − λ² / V)ᵏ: a condition of 27 leaves a relative error
 * of ½ after 100 terms. `saddleFreeKrylov` is nearer for the same products.
 *
 * **Cost** two products for each term, and again where V grows.
 *
 * **Fails** `NonFinite` where a product is.
 *
 * **References** Oldewage, Clarke and Hernández-Lobato, *Series of Hessian-vector products for tractable saddle-free Newton optimisation of
 * neural networks* (2023).
 *
 * @example
 * import { along, backtracking, seriesDirection } from 'gradus/optimize'
 * along(seriesDirection({ terms: 10 }), backtracking()).name // => 'series saddle-free with backtracking'
 *
 * @since 0.1.0
 */
export const seriesDirection: (options?: SeriesOptions) => Direction<SeriesState, Curved> =
  /* @__PURE__ */ recipe<SeriesOptions>()(
    { sort: 'direction', name: 'seriesDirection', fields: seriesFields, asks: ['hessian'] },
    ({ terms, damping, bound, accelerate }): Direction<SeriesState, Curved> => {
      const summed = <P>(
        hessian: LinearOperator<P>,
        gradient: P,
        V: number,
        before: number,
        left: number,
      ): { readonly powers: Powers<P>; readonly V: number } => {
        const root = Math.sqrt(V)
        const factors = coefficients(terms, V === 0 ? 0 : damping / root)
        const begun: Powers<P> = {
          sums: [treeScale(factors[0] ?? 1, gradient)],
          power: gradient,
          products: before,
          exceeded: undefined,
        }
        const powers = factors.slice(1).reduce<Powers<P>>((so, factor) => {
          if (so.exceeded !== undefined) return so
          const image = hessian.apply(hessian.apply(so.power))
          const size = treeLength(so.power)
          const ratio = size === 0 ? 0 : treeLength(image) / size
          const products = so.products + 2
          // A ratio that is no number is not larger than anything; the sum shows it.
          if (ratio > V && left > 0) return { ...so, products, exceeded: ratio }
          const power = V === 0 ? so.power : treeAxpy(-1 / V, image, so.power)
          const last = so.sums[so.sums.length - 1] ?? gradient
          return { ...so, power, products, sums: [...so.sums, treeAxpy(factor, power, last)].slice(-3) }
        }, begun)
        return powers.exceeded === undefined
          ? { powers, V }
          : summed(hessian, gradient, powers.exceeded, powers.products, left - 1)
      }
      return {
        name: 'series saddle-free',
        heading: 'down',
        init: () => ({ bound }),
        propose:
          ({ objective, params, gradient }) =>
          (state) => {
            const { powers, V } = summed(objective.hessian(params), gradient, state.bound, 0, raises)
            const { sums, products } = powers
            const [a, b, c] = sums
            const plain = c ?? b ?? a ?? gradient
            const better =
              accelerate && a !== undefined && b !== undefined && c !== undefined ? extrapolated([a, b, c]) : plain
            const goesDown = isFiniteTree(better) && toNumber(treeDot(gradient, better)) > 0
            const inverse = goesDown ? better : plain
            const work = { products }
            if (!isFiniteTree(inverse)) return E.left({ ...curvatureNotFinite, spent: work })
            // Where the curvature is 0, no length is natural.
            return E.right(
              V === 0
                ? { direction: treeScale(-1, gradient), state: { bound: V }, work }
                : { direction: treeScale(-1 / Math.sqrt(V), inverse), state: { bound: V }, work, natural: 1 },
            )
          },
      }
    },
  )

/**
 * Saddle-free Newton by a series of products with a line search: `along(seriesDirection(), backtracking())`.
 *
 * **Cost** per step two products for each term, a gradient, and a value for each step length tried.
 *
 * **Fails** as its line search does; `NonFinite` where a product is.
 *
 * @example
 * import { saddleFreeSeries } from 'gradus/optimize'
 * saddleFreeSeries({ terms: 10 }).name // => 'saddle-free series'
 *
 * @since 0.1.0
 */
export const saddleFreeSeries: (
  options?: SeriesOptions & ValueSearchOptions,
) => Optimizer<Both<SeriesState, SearchState>> = /* @__PURE__ */ recipe<SeriesOptions & ValueSearchOptions>()(
  {
    sort: 'optimizer',
    name: 'saddleFreeSeries',
    fields: () => ({ ...seriesFields(), ...valueSearchField() }),
    asks: ['hessian'],
  },
  ({ lineSearch, ...options }) => along(seriesDirection(options), lineSearch, 'saddle-free series'),
)
