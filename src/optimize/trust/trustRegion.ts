/** Trust regions: the minimizer of a model in a ball whose radius follows how well the model predicts. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../../data/Defect.js'
import { ball } from '../../operator/QuadraticModel.js'
import type { Ability, Curved, ObjectiveWith, Smooth } from '../Objective.js'
import { advance, finite, type Iterate, type Optimizer, type StateType } from '../Optimizer.js'
import {
  choice,
  count,
  curvature as curvatureField,
  fromTo,
  notNegative,
  optional,
  positive,
  settled,
} from '../option.js'
import { described, recipe, withRecipe } from '../recipe.js'
import { type Curvature, hessianCurvature } from './curvature.js'
import { firstGood } from './gainRatio.js'
import { diagonalized, truncated } from './modelAttempts.js'

/**
 * The state of a trust-region method.
 *
 * @since 0.1.0
 */
export interface TrustState extends StateType {
  readonly state: {
    /** Δ, for the next step. */
    readonly radius: number
    /** ρ of the last step; `null` before the first one. */
    readonly gainRatio: number | null
    /** λ of the last step; `null` before the first one and of solvers that have none. */
    readonly multiplier: number | null
    /** Steps that were tried and not taken before the last one was. */
    readonly rejected: number
  }
}

/**
 * Where steps come from, and how far they are trusted.
 *
 * @since 0.1.0
 */
export interface TrustRegionOptions {
  /**
   * `'exact'` (default) by an eigen-decomposition; `'krylov'` in a Krylov space; `'steihaug'` by truncated conjugate gradients;
   * `'dogleg'` for curvature that is positive definite.
   */
  readonly solver?: 'exact' | 'krylov' | 'steihaug' | 'dogleg'
  /** The first radius; default 1. */
  readonly radius?: number
  /** The largest radius; default 10¹⁰. */
  readonly maximalRadius?: number
  /** A step is taken when its gain ratio is at least this; default 10⁻⁴, below ¼. */
  readonly acceptance?: number
  /** The largest number of products of a step by `'krylov'` (default 50) or `'steihaug'` (default 200). */
  readonly dimension?: number
  /** Where the residual of the model is below this multiple of ‖g‖ those two end; default min(½, √‖g‖). */
  readonly tolerance?: number
}

type State = TrustState['state']

const trustFields = () => ({
  solver: choice('exact', 'krylov', 'steihaug', 'dogleg')('exact'),
  radius: positive(1),
  maximalRadius: positive(1e10),
  acceptance: fromTo(0, 0.25)(1e-4),
  dimension: optional(count()),
  tolerance: optional(notNegative()),
})

/**
 * A trust-region method on a curvature of choice, which says in the type what it asks of an objective.
 *
 * See `trustRegion` for what it computes. With `absoluteCurvature` it is a saddle-free trust region, −(|H| + λI)⁻¹∇f; with
 * `gaussNewtonCurvature` a method for losses of a model that needs no second derivatives of it.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mul, square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { absoluteCurvature, minimize, objective, stepsAtMost, takeUntil, trustRegionWith } from 'gradus/optimize'
 * const saddle = objective((p: Tensor) => sum(mul(tensor([5, -1]), square(p))))
 * const optimizer = trustRegionWith(absoluteCurvature)({ radius: 10 })
 * toArray(pipe(tensor([1, 0.5]), minimize(optimizer, saddle), takeUntil(stepsAtMost(1))).last.params) // => [0, 1]
 *
 * @since 0.1.0
 */
export const trustRegionWith: <A extends Ability>(
  curvature: Curvature<A>,
) => (options?: TrustRegionOptions) => Optimizer<TrustState, Smooth | A> = /* @__PURE__ */ withRecipe<
  TrustRegionOptions & { readonly curvature: Curvature<Ability> }
>()(
  {
    sort: 'optimizer',
    name: 'trustRegionWith',
    fields: () => ({ ...trustFields(), curvature: curvatureField<Curvature<Ability>>()() }),
  },
  ({ curvature, ...options }) => trustRegionWith(curvature)(options),
)(
  <A extends Ability>(curvature: Curvature<A>) =>
    (options: TrustRegionOptions = {}): Optimizer<TrustState, Smooth | A> => {
      const said = settled<TrustRegionOptions, ReturnType<typeof trustFields>>('trustRegion', trustFields(), options)
      const { solver, radius, maximalRadius: most, acceptance, tolerance } = said
      const dimension = said.dimension ?? (solver === 'krylov' ? 50 : 200)
      const all = { ...said, dimension }
      if (solver === 'steihaug' && curvature.absolute)
        return raise(
          'InvalidArgument',
          `trustRegion: expected a curvature with products for 'steihaug', got ${curvature.name}. Use 'exact' or 'krylov'?`,
        )
      const first = Math.min(radius, most)
      const settings = { absolute: curvature.absolute, dimension, tolerance }
      const step =
        <P>(next: ObjectiveWith<Smooth | A, P>) =>
        (from: Iterate<P, State, Smooth | A>) =>
          pipe(
            finite(from),
            E.chain((it) => {
              const { objective } = it
              const operator = curvature.at<P>(objective, it.params)
              const attempt =
                solver === 'steihaug' ? truncated(settings, it, operator) : diagonalized(solver, settings, it, operator)
              return pipe(
                firstGood({
                  it,
                  value: objective.value,
                  size: it.state.radius,
                  attemptAt: (size) => attempt(ball(size)),
                  smaller: (size, { length }) => Math.min(size, length) / 4,
                  acceptance,
                }),
                E.chain(({ candidate, attempt: taken, size, gainRatio, rejected, work }) =>
                  advance<P, State>(next, it, {
                    params: candidate,
                    state: {
                      radius:
                        gainRatio < 0.25
                          ? taken.length / 4
                          : gainRatio > 0.75 && taken.onBoundary
                            ? Math.min(2 * size, most)
                            : size,
                      gainRatio,
                      multiplier: Number.isNaN(taken.multiplier) ? null : taken.multiplier,
                      rejected,
                    },
                    work,
                  }),
                ),
              )
            }),
          )
      return described({ name: 'trustRegionWith', curvature, ...all })({
        name: `trust region (${solver}, ${curvature.name})`,
        init: () => ({ radius: first, gainRatio: null, multiplier: null, rejected: 0 }),
        step,
      })
    },
)

/**
 * A trust-region method on the Hessian: each step minimizes the quadratic model in a ball, whatever the signs of its eigenvalues.
 *
 *     s = argmin { gᵀs + ½ sᵀHs : ‖s‖ ≤ Δ },    ρ = (f(θ) − f(θ + s)) / (m(0) − m(s))
 *     ρ < 10⁻⁴: not taken, Δ ← ‖s‖/4 and again;   ρ < ¼: Δ ← ‖s‖/4;   ρ > ¾ on the boundary: Δ ← 2Δ
 *
 * A gradient that vanishes at a saddle does not hold the exact solver: it leaves along the most negative curvature.
 *
 * **Laws** the loss never increases by more than 10ε|f|; equivariant under rotations and not under shears; in a ball that is large
 * enough it solves a convex quadratic in one step; `'exact'` satisfies `regionLaws`.
 *
 * **Cost** per step one gradient, one value for each radius that is tried, and: n products and 4/3 n³ operations (`'exact'`,
 * `'dogleg'`), or products until the model is solved to the tolerance. Smaller radii take neither product nor decomposition.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding is good enough; `Singular` (`'dogleg'`) when the curvature is not positive
 * definite; `NonFinite`.
 *
 * **References** Conn, Gould and Toint, *Trust-Region Methods* (2000); Nocedal and Wright (2006), algorithm 4.1.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { add, square, sub, tensor, toArray, type Tensor } from 'gradus'
 * import { gradientBelow, minimize, objective, takeUntil, trustRegion } from 'gradus/optimize'
 * // At 0 the gradient vanishes, and the curvature is negative.
 * const wells = objective((x: Tensor) => square(sub(square(x), 1)))
 * const [first, second] = minimize(trustRegion(), wells)(tensor(0))
 * second?.value // => 0
 *
 * @since 0.1.0
 */
export const trustRegion: (options?: TrustRegionOptions) => Optimizer<TrustState, Curved> =
  /* @__PURE__ */ recipe<TrustRegionOptions>()(
    { sort: 'optimizer', name: 'trustRegion', fields: trustFields, asks: ['hessian'] },
    trustRegionWith(hessianCurvature),
  )
