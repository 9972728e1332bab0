/** Directions that solve for Newton's step by products alone, and end early: truncated Newton, natural gradient, Newton-MR. */
import * as E from 'fp-ts/lib/Either.js'
import { toNumber } from '../data/read.js'
import { treeAdd, treeDot, treeScale } from '../function/tree.js'
import { shiftOperator } from '../operator/algebra.js'
import { conjugateGradient } from '../operator/conjugateGradient.js'
import { treeLength } from '../operator/length.js'
import { minresQlp } from '../operator/minres.js'
import { superlinear } from '../operator/options.js'
import { along } from './along.js'
import type { Direction, Obstacle } from './Direction.js'
import type { Found, Line, LineSearch, SearchState } from './LineSearch.js'
import { lineSearchFailed, notDescent, slopeOn } from './LineSearch.js'
import { curvatureNotFinite, type ValueSearchOptions, valueSearchField } from './newtonDirections.js'
import type { Curved, Smooth } from './Objective.js'
import type { Optimizer, Stateless, StateType } from './Optimizer.js'
import { between, code, countOrAll, limit, notNegative, optional, search } from './option.js'
import { recipe } from './recipe.js'
import type { Both } from './Transformation.js'

/**
 * How exactly truncated Newton solves.
 *
 * @since 0.1.0
 */
export interface TruncatedNewtonOptions {
  /** The residual that is left, relative to the gradient, from the norm of the gradient; default min(½, √‖∇f‖), superlinear. */
  readonly forcing?: (gradientNorm: number) => number
  /** Products for one direction; default 10 times the number of parameters. */
  readonly maximalIterations?: number
}

const truncatedFields = () => ({
  forcing: optional(code<(gradientNorm: number) => number>('a function of the norm of the gradient')()),
  maximalIterations: countOrAll(Infinity),
})

/**
 * Newton's direction by conjugate gradients that end early, far from a minimum earlier than near one. Where they meet a direction of
 * negative curvature they end, and it is added, as long as what was solved so far; if it is the first, it is minus the gradient.
 *
 *     ‖H d + ∇f‖ ≤ η ‖∇f‖      η = min(½, √‖∇f‖)
 *
 * **Laws** always goes down.
 *
 * **Cost** a product for each iteration.
 *
 * **Fails** `NonFinite` where a product is.
 *
 * **References** Dembo and Steihaug, *Truncated-Newton algorithms for large-scale unconstrained optimization* (1983); Nocedal and Wright
 * (2006), algorithm 7.1.
 *
 * @example
 * import { along, strongWolfe, truncatedNewtonDirection } from 'gradus/optimize'
 * along(truncatedNewtonDirection(), strongWolfe()).name // => 'truncated newton with strong wolfe'
 *
 * @since 0.1.0
 */
export const truncatedNewtonDirection: (options?: TruncatedNewtonOptions) => Direction<Stateless, Curved> =
  /* @__PURE__ */ recipe<TruncatedNewtonOptions>()(
    { sort: 'direction', name: 'truncatedNewtonDirection', fields: truncatedFields, asks: ['hessian'] },
    ({ forcing = superlinear, maximalIterations }): Direction<Stateless, Curved> => {
      return {
        name: 'truncated newton',
        heading: 'down',
        init: () => null,
        propose: (it) => (state) => {
          const hessian = it.objective.hessian(it.params)
          const found = conjugateGradient({
            tolerance: forcing(it.gradientNorm),
            maximalIterations: Math.min(maximalIterations, 10 * hessian.size),
          })(hessian)(treeScale(-1, it.gradient))
          const work = { products: found.products }
          switch (found._tag) {
            case 'Breakdown':
              return E.left({ ...curvatureNotFinite, spent: work })
            case 'NegativeCurvature': {
              const solved = treeLength(found.solution)
              // Alone, its length says nothing; beside a solution, that is the scale at hand.
              if (solved === 0) return E.right({ direction: found.direction, state, work })
              const extended = treeScale(solved / treeLength(found.direction), found.direction)
              return E.right({ direction: treeAdd(found.solution, extended), state, work, natural: 1 })
            }
            default:
              return E.right({ direction: found.solution, state, work, natural: 1 })
          }
        },
      }
    },
  )

/**
 * Newton's method by conjugate gradients with a line search, for many parameters: see `truncatedNewtonDirection`.
 *
 * **Cost** per step a product for each iteration, a gradient, and a value for each step length tried.
 *
 * **Fails** as its line search does; `NonFinite` where a product is.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { gradientBelow, minimize, newtonCG, objective, takeUntil } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => sum(mul(tensor([1, 100]), square(x))))
 * pipe(tensor([1, 1]), minimize(newtonCG(), loss), takeUntil(gradientBelow(1e-8))).last.value < 1e-16 // => true
 *
 * @since 0.1.0
 */
export const newtonCG: (
  options?: TruncatedNewtonOptions & ValueSearchOptions,
) => Optimizer<Both<Stateless, SearchState>> = /* @__PURE__ */ recipe<TruncatedNewtonOptions & ValueSearchOptions>()(
  {
    sort: 'optimizer',
    name: 'newtonCG',
    fields: () => ({ ...truncatedFields(), ...valueSearchField() }),
    asks: ['hessian'],
  },
  ({ lineSearch, ...options }) => along(truncatedNewtonDirection(options), lineSearch, 'newton-cg'),
)

/**
 * How a natural gradient is solved for.
 *
 * @since 0.1.0
 */
export interface NaturalOptions {
  /** λ ≥ 0; default 1e-3. */
  readonly damping?: number
  /** The residual that is left, relative to the gradient; default 1e-6. */
  readonly tolerance?: number
  /** Products for one direction; default 10 times the number of parameters. */
  readonly maximalIterations?: number
}

const naturalFields = () => ({
  damping: notNegative(1e-3),
  tolerance: notNegative(1e-6),
  maximalIterations: countOrAll(Infinity),
})

/**
 * The natural gradient: minus the gradient, measured by the Fisher matrix, or another Gauss-Newton matrix that the objective has.
 *
 *     d = −(F + λI)⁻¹ ∇f(θ)
 *
 * **Laws** always goes down; for λ = 0 and an invertible F it does not depend, to first order, on how the model is parametrized.
 *
 * **Cost** a product with F for each iteration of conjugate gradients.
 *
 * **Fails** `NonFinite` where a product is.
 *
 * **References** Amari, *Natural gradient works efficiently in learning* (1998); Martens, *New insights and perspectives on the natural
 * gradient method* (2020).
 *
 * @example
 * import { along, backtracking, naturalDirection } from 'gradus/optimize'
 * along(naturalDirection({ damping: 0.1 }), backtracking()).name // => 'natural gradient with backtracking'
 *
 * @since 0.1.0
 */
export const naturalDirection: (options?: NaturalOptions) => Direction<Stateless, Smooth | 'gaussNewton'> =
  /* @__PURE__ */ recipe<NaturalOptions>()(
    { sort: 'direction', name: 'naturalDirection', fields: naturalFields, asks: ['gaussNewton'] },
    ({ damping, tolerance, maximalIterations }): Direction<Stateless, Smooth | 'gaussNewton'> => {
      return {
        name: 'natural gradient',
        heading: 'down',
        init: () => null,
        propose: (it) => (state) => {
          const fisher = shiftOperator(damping)(it.objective.gaussNewton(it.params))
          const found = conjugateGradient({
            tolerance,
            maximalIterations: Math.min(maximalIterations, 10 * fisher.size),
          })(fisher)(treeScale(-1, it.gradient))
          const work = { products: found.products }
          if (found._tag === 'Breakdown') return E.left({ ...curvatureNotFinite, spent: work })
          // A matrix that is singular along the gradient has no step of its own there.
          const isSolved = treeLength(found.solution) > 0
          return E.right(
            isSolved
              ? { direction: found.solution, state, work, natural: 1 }
              : { direction: treeScale(-1, it.gradient), state, work },
          )
        },
      }
    },
  )

/**
 * How Newton-MR solves for its direction.
 *
 * @since 0.1.0
 */
export interface MinimalResidualOptions {
  /** The residual that is left, relative to the gradient; default 5e-4. */
  readonly tolerance?: number
  /** Products for one direction; default the number of parameters. */
  readonly maximalIterations?: number
  /** Default 1e4. */
  readonly maximalNorm?: number
  /** Default 1e7. */
  readonly maximalCondition?: number
}

const minimalResidualFields = () => ({
  tolerance: notNegative(5e-4),
  maximalIterations: countOrAll(Infinity),
  maximalNorm: limit(1e4),
  maximalCondition: limit(1e7),
})

/**
 * Newton's direction as the shortest that makes the gradient of the model smallest, by MINRES-QLP: the norm of the gradient falls along it,
 * whatever the signs of the curvature.
 *
 *     d = arg min ‖H d + ∇f(θ)‖
 *
 * **Cost** a product for each iteration, and one for the slope.
 *
 * **Fails** `NonFinite` where a product is.
 *
 * @example
 * import { minimalResidualDirection } from 'gradus/optimize'
 * minimalResidualDirection().heading // => 'flatter'
 *
 * @since 0.1.0
 */
export const minimalResidualDirection: (options?: MinimalResidualOptions) => Direction<Stateless, Curved, 'flatter'> =
  /* @__PURE__ */ recipe<MinimalResidualOptions>()(
    { sort: 'direction', name: 'minimalResidualDirection', fields: minimalResidualFields, asks: ['hessian'] },
    ({ tolerance, maximalIterations, maximalNorm, maximalCondition }): Direction<Stateless, Curved, 'flatter'> => {
      return {
        name: 'minimal residual newton',
        heading: 'flatter',
        init: () => null,
        propose: (it) => (state) => {
          const hessian = it.objective.hessian(it.params)
          const found = minresQlp({
            tolerance,
            maximalIterations: Math.min(maximalIterations, hessian.size),
            maximalNorm,
            maximalCondition,
            transferCondition: 1e4,
            onNegativeCurvature: 'ignore',
          })(hessian)(treeScale(-1, it.gradient))
          if (found._tag === 'NonFinite') return E.left({ ...curvatureNotFinite, spent: { products: found.products } })
          const direction = found.solution
          // d½‖∇f‖² = ⟨∇f, H d⟩
          const slope = toNumber(treeDot(it.gradient, hessian.apply(direction)))
          return E.right({ direction, state, work: { products: found.products + 1 }, natural: 1, slope })
        },
      }
    },
  )

/**
 * The state of `flattening`: the last step length.
 *
 * @since 0.1.0
 */
export interface LengthState extends StateType {
  readonly state: number
}

/**
 * Constants of `flattening`.
 *
 * @since 0.1.0
 */
export interface FlatteningOptions {
  /** ρ, the part of the predicted decrease that is asked for; default 1e-4. */
  readonly decrease?: number
  /** β, the factor of steps that are too long; default 0.5. */
  readonly shrink?: number
  /** α₀, tried after 1 at the first step; later the last length divided by β; default 0.1. */
  readonly first?: number
  /** Step lengths tried before it fails; default 60. */
  readonly trials?: number
}

const flatteningFields = () => ({
  decrease: between(0, 1)(1e-4),
  shrink: between(0, 1)(0.5),
  first: between(0, 1)(0.1),
  trials: countOrAll(60),
})

/**
 * Backtracking on the norm of the gradient, for directions along which that falls.
 *
 *     ‖∇f(θ + α d)‖² ≤ ‖∇f(θ)‖² + 2 ρ α ⟨∇f(θ), H d⟩
 *
 * **Cost** a gradient for each step length tried; the last is that of the new point.
 *
 * **Fails** `NotDescent` when the slope is not below 0: the gradient is in the null space of the Hessian. `LineSearchFailed` after so many
 * `trials`.
 *
 * @example
 * import { along, flattening, minimalResidualDirection } from 'gradus/optimize'
 * along(minimalResidualDirection(), flattening()).name // => 'minimal residual newton with flattening'
 *
 * @since 0.1.0
 */
export const flattening: (options?: FlatteningOptions) => LineSearch<LengthState, Smooth, 'flatter'> =
  /* @__PURE__ */ recipe<FlatteningOptions>()(
    { sort: 'search', name: 'flattening', fields: flatteningFields },
    ({ decrease, shrink, first, trials }): LineSearch<LengthState, Smooth, 'flatter'> => {
      return {
        name: 'flattening',
        takes: ['flatter'],
        init: () => first,
        search:
          <P>(line: Line<P, Smooth, 'flatter'>) =>
          (guess: number): E.Either<Obstacle, Found<P, number>> => {
            const { slope, gradient } = line
            if (!(slope < 0)) return E.left(notDescent(slope))
            const sample = slopeOn(line)
            const before = toNumber(treeDot(gradient, gradient))
            const attempt = (at: number, tried: number, least: number): E.Either<Obstacle, Found<P, number>> => {
              const { params, value, gradient: reached } = sample(at)
              const square = toNumber(treeDot(reached, reached))
              if (square <= before + 2 * decrease * at * slope)
                return E.right({
                  stepLength: at,
                  params,
                  seen: { value, gradient: reached },
                  state: tried === 1 ? guess : at / shrink,
                  work: { gradients: tried },
                })
              const best = square / 2 < least ? square / 2 : least
              if (tried === trials) return E.left(lineSearchFailed(slope, { tried, best }, { gradients: tried }))
              return attempt(tried === 1 ? Math.min(shrink, guess) : shrink * at, tried + 1, best)
            }
            return attempt(1, 1, Infinity)
          },
      }
    },
  )

/**
 * The constants of Newton-MR.
 *
 * @since 0.1.0
 */
export interface NewtonMROptions extends MinimalResidualOptions {
  /** Default `flattening()`. */
  readonly lineSearch?: LineSearch<LengthState, Smooth, 'flatter'>
}

/**
 * Newton-MR: makes the gradient small, not the loss, and so finds critical points of any index, the nearest as a rule:
 * `along(minimalResidualDirection(), flattening())`.
 *
 * **Cost** per step a product for each iteration of MINRES-QLP and one more, and a gradient for each step length tried.
 *
 * **Fails** `NotDescent` where the gradient is in the null space of the Hessian: such points are flat for the norm of the gradient, and
 * not critical. `LineSearchFailed`, `NonFinite`.
 *
 * **References** Roosta, Liu, Xu and Mahoney, *Newton-MR: inexact Newton method with minimum residual sub-problem solver* (2022); Frye et
 * al., *Critical point-finding methods reveal gradient-flat regions of deep network losses* (2021), with its constants.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { gradientBelow, minimize, newtonMR, objective, takeUntil } from 'gradus/optimize'
 * const saddle = objective((p: Tensor) => sum(mul(tensor([1, -1]), square(p))))
 * const { last } = pipe(tensor([0.5, 1]), minimize(newtonMR(), saddle), takeUntil(gradientBelow(1e-8)))
 * last.value // ≈ 0
 *
 * @since 0.1.0
 */
export const newtonMR: (options?: NewtonMROptions) => Optimizer<Both<Stateless, LengthState>> =
  /* @__PURE__ */ recipe<NewtonMROptions>()(
    {
      sort: 'optimizer',
      name: 'newtonMR',
      fields: () => ({
        ...minimalResidualFields(),
        lineSearch: search<LineSearch<LengthState, Smooth, 'flatter'>>('flatter')(flattening()),
      }),
      asks: ['hessian'],
    },
    ({ lineSearch, ...options }) => along(minimalResidualDirection(options), lineSearch, 'newton-mr'),
  )
