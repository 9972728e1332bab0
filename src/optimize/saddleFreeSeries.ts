/** Saddle-free directions as a series of Hessian-vector products, in the memory of a few vectors. */
import * as E from 'fp-ts/lib/Either.js'
import { toNumber } from '../data/read.js'
import { treeAxpy, treeDot, treeScale } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { isFiniteTree, treeLength } from '../operator/length.js'
import { along } from './along.js'
import type { Direction } from './Direction.js'
import type { SearchState } from './LineSearch.js'
import { curvatureNotFinite, type ValueSearchOptions, valueSearchField } from './newtonDirections.js'
import type { Curved } from './Objective.js'
import type { Optimizer, Stateless } from './Optimizer.js'
import { count, flag, notNegative } from './option.js'
import { type PlaneState, planeDirection } from './planeDirection.js'
import { recipe } from './recipe.js'
import type { Both } from './Transformation.js'

/**
 * How long the series is.
 *
 * @since 0.1.0
 */
export interface SeriesOptions {
  /** Terms; default 5, published are 20. */
  readonly terms?: number
  /** d ≥ 0, added to |H|; default 0. */
  readonly damping?: number
  /** A bound V₀ of the squared eigenvalues that is known beforehand; default 0, so that every step finds its own. */
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

interface Sums<P> {
  /** Σ cₖ (I − H² / V)ᵏ g so far, the last three sums, the newest last. */
  readonly sums: ReadonlyArray<P>
  /** (I − H² / V)ᵏ g, and H² times that where it is known already. */
  readonly power: P
  readonly image?: P
  readonly products: number
  /** ‖H²v‖ / ‖v‖ of this power, when it is larger than V. */
  readonly exceeded?: number
  /** Whether the last term was lost in rounding. */
  readonly isWhole?: true
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
  terms: count(5),
  damping: notNegative(0),
  bound: notNegative(0),
  accelerate: flag(true),
})

/** ‖H²v‖ / ‖v‖, 0 for v = 0. */
const ratioOf = <P>(image: P, v: P): number => {
  const size = treeLength(v)
  return size === 0 ? 0 : treeLength(image) / size
}

/**
 * The saddle-free direction as a series in H², with memory for a few vectors only.
 *
 *     |H|⁻¹ g = V^(−½) Σₖ C(2k, k) / 4ᵏ (I − H² / V)ᵏ g,     V ≥ λ²
 *
 * With damping d it is that of (|H| + dI)⁻¹. V is the largest ‖H²v‖ / ‖v‖ for the gradient and every power on the way; when a power
 * raises it, the series begins anew. The last three sums are extrapolated, unless that would not go down. It ends before its last term
 * where terms are lost in rounding.
 *
 * The published V is the largest of all steps so far, which a steep start spoils for the rest of a run; here every step finds its own.
 *
 * **Laws** goes down; for many terms it tends to `saddleFreeDirection`, as slowly as (1 − λ² / V)ᵏ: a condition of 27 leaves a relative error
 * of ½ after 100 terms. At λ = 0 the sum of K terms is 2 √(K / π), so that every |λ| below √V √(π / 4K) counts as that much, a fifth of
 * the largest for 20 terms: K terms make a condition 2 √(K / π) times better at the price of 2K products. Conjugate directions gain more
 * from as many, and `saddleFreeKrylov` is nearer for the same products.
 *
 * **Cost** two products for each term after the first, two at least, and again where V grows.
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
export const seriesDirection: (options?: SeriesOptions) => Direction<Stateless, Curved> =
  /* @__PURE__ */ recipe<SeriesOptions>()(
    { sort: 'direction', name: 'seriesDirection', fields: seriesFields, asks: ['hessian'] },
    ({ terms, damping, bound, accelerate }): Direction<Stateless, Curved> => {
      const summed = <P>(
        hessian: LinearOperator<P>,
        start: { readonly gradient: P; readonly image: P },
        V: number,
        before: number,
        left: number,
      ): { readonly found: Sums<P>; readonly V: number } => {
        const factors = coefficients(terms, V === 0 ? 0 : damping / Math.sqrt(V))
        const begun: Sums<P> = {
          sums: [treeScale(factors[0] ?? 1, start.gradient)],
          power: start.gradient,
          image: start.image,
          products: before,
        }
        const found = factors.slice(1).reduce<Sums<P>>((so, factor) => {
          if (so.exceeded !== undefined || so.isWhole) return so
          const image = so.image ?? hessian.apply(hessian.apply(so.power))
          const products = so.products + (so.image === undefined ? 2 : 0)
          const ratio = ratioOf(image, so.power)
          // A ratio that is no number is not larger than anything; the sum shows it.
          if (ratio > V && left > 0) return { ...so, products, exceeded: ratio }
          const power = V === 0 ? so.power : treeAxpy(-1 / V, image, so.power)
          const last = so.sums[so.sums.length - 1] ?? start.gradient
          const sums = [...so.sums, treeAxpy(factor, power, last)].slice(-3)
          return factor * treeLength(power) <= Number.EPSILON * treeLength(last)
            ? { sums, power, products, isWhole: true }
            : { sums, power, products }
        }, begun)
        return found.exceeded === undefined
          ? { found, V }
          : summed(hessian, start, found.exceeded, found.products, left - 1)
      }
      return {
        name: 'series saddle-free',
        heading: 'down',
        init: () => null,
        propose:
          ({ objective, params, gradient }) =>
          (state) => {
            const hessian = objective.hessian(params)
            const image = hessian.apply(hessian.apply(gradient))
            const first = Math.max(bound, ratioOf(image, gradient))
            const { found, V } = summed(hessian, { gradient, image }, first, 2, raises)
            const [a, b, c] = found.sums
            const plain = c ?? b ?? a ?? gradient
            const better =
              accelerate && a !== undefined && b !== undefined && c !== undefined ? extrapolated([a, b, c]) : plain
            const goesDown = isFiniteTree(better) && toNumber(treeDot(gradient, better)) > 0
            const inverse = goesDown ? better : plain
            const work = { products: found.products }
            if (!isFiniteTree(inverse) || Number.isNaN(V)) return E.left({ ...curvatureNotFinite, spent: work })
            // Where the curvature is 0, no length is natural.
            return E.right(
              V === 0
                ? { direction: treeScale(-1, gradient), state, work }
                : { direction: treeScale(-1 / Math.sqrt(V), inverse), state, work, natural: 1 },
            )
          },
      }
    },
  )

/**
 * Saddle-free Newton by a series of products with momentum and a line search:
 * `along(planeDirection(seriesDirection()), backtracking())`.
 *
 * Published are a learning rate and a momentum that minimize a model in which the series is taken for |H|⁻¹, so that they always come out
 * as 1 and 0; here two products more tell the curvature in that plane.
 *
 * Terms are dear: K of them divide the number of steps by K^¼ at best, as conjugate gradients with a condition 2 √(K / π) times better. Of 35
 * test problems (docs/guide/problems.md) it solves 25 for 2,000 gradient equivalents, 23 with 20 terms, 28 with the gradient alone in place
 * of the series; in 300 steps, whatever their products, 20 terms solve 29 in the plane and 13 without it, and |H|⁻¹ itself 34.
 *
 * **Cost** per step two products for each term, two for the plane, a gradient, and a value for each step length tried.
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
) => Optimizer<Both<Both<Stateless, PlaneState>, SearchState>> = /* @__PURE__ */ recipe<
  SeriesOptions & ValueSearchOptions
>()(
  {
    sort: 'optimizer',
    name: 'saddleFreeSeries',
    fields: () => ({ ...seriesFields(), ...valueSearchField() }),
    asks: ['hessian'],
  },
  ({ lineSearch, ...options }) =>
    along(planeDirection(seriesDirection(options), { damping: options.damping }), lineSearch, 'saddle-free series'),
)
