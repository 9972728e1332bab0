/** Cubic regularization: the global minimizer of a quadratic model with a cubic term, whose weight follows how well it predicts. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { cubic } from '../../operator/QuadraticModel.js'
import type { Ability, Curved, ObjectiveWith, Smooth } from '../Objective.js'
import { advance, finite, type Iterate, type Optimizer, type StateType } from '../Optimizer.js'
import { choice, count, curvature as curvatureField, notNegative, optional, positive, settled } from '../option.js'
import { described, recipe, withRecipe } from '../recipe.js'
import { type Curvature, hessianCurvature } from './curvature.js'
import { firstGood } from './gainRatio.js'
import { diagonalized } from './modelAttempts.js'

/**
 * The state of cubic regularization.
 *
 * @since 0.1.0
 */
export interface CubicState extends StateType {
  readonly state: {
    /** σ, for the next step. */
    readonly weight: number
    /** ρ of the last step; `null` before the first one. */
    readonly gainRatio: number | null
    /** λ = σ‖s‖ of the last step. */
    readonly multiplier: number | null
    /** Steps that were tried and not taken before the last one was. */
    readonly rejected: number
  }
}

/**
 * Where cubic steps come from.
 *
 * @since 0.1.0
 */
export interface CubicOptions {
  /** `'exact'` (default) by an eigen-decomposition, or `'krylov'` in a Krylov space of the gradient. */
  readonly solver?: 'exact' | 'krylov'
  /** The first σ; default 1. Half the Lipschitz constant of the Hessian, where that is known. */
  readonly weight?: number
  /** The largest number of products of a step by `'krylov'`; default 50. */
  readonly dimension?: number
  /** Where the residual of the model is below this multiple of ‖g‖ the Krylov space ends; default min(½, √‖g‖). */
  readonly tolerance?: number
}

type State = CubicState['state']

const leastWeight = 1e-16

const cubicFields = () => ({
  solver: choice('exact', 'krylov')('exact'),
  weight: positive(1),
  dimension: count(50),
  tolerance: optional(notNegative()),
})

/**
 * Cubic regularization on a curvature of choice. See `cubicNewton`.
 *
 * @example
 * import { cubicNewtonWith, gaussNewtonCurvature } from 'gradus/optimize'
 * cubicNewtonWith(gaussNewtonCurvature)({ weight: 0.1 }).name // => 'cubic newton (exact, Gauss-Newton)'
 *
 * @since 0.1.0
 */
export const cubicNewtonWith: <A extends Ability>(
  curvature: Curvature<A>,
) => (options?: CubicOptions) => Optimizer<CubicState, Smooth | A> = /* @__PURE__ */ withRecipe<
  CubicOptions & { readonly curvature: Curvature<Ability> }
>()(
  {
    sort: 'optimizer',
    name: 'cubicNewtonWith',
    fields: () => ({ ...cubicFields(), curvature: curvatureField<Curvature<Ability>>()() }),
  },
  ({ curvature, ...options }) => cubicNewtonWith(curvature)(options),
)(<A extends Ability>(curvature: Curvature<A>) => (options: CubicOptions = {}): Optimizer<CubicState, Smooth | A> => {
  const all = settled<CubicOptions, ReturnType<typeof cubicFields>>('cubicNewton', cubicFields(), options)
  const { solver, weight, dimension, tolerance } = all
  const settings = { absolute: curvature.absolute, dimension, tolerance }
  const step =
    <P>(next: ObjectiveWith<Smooth | A, P>) =>
    (from: Iterate<P, State, Smooth | A>) =>
      pipe(
        finite(from),
        E.chain((it) => {
          const { objective } = it
          const attempt = diagonalized(solver, settings, it, curvature.at<P>(objective, it.params))
          return pipe(
            firstGood({
              it,
              value: objective.value,
              size: it.state.weight,
              attemptAt: (size) => attempt(cubic(size)),
              smaller: (size) => 4 * size,
              acceptance: 0.1,
            }),
            E.chain(({ candidate, attempt: { multiplier }, size, gainRatio, rejected, work }) =>
              advance<P, State>(next, it, {
                params: candidate,
                state: {
                  weight: gainRatio > 0.9 ? Math.max(size / 3, leastWeight) : size,
                  gainRatio,
                  multiplier,
                  rejected,
                },
                work,
              }),
            ),
          )
        }),
      )
  return described({ name: 'cubicNewtonWith', curvature, ...all })({
    name: `cubic newton (${solver}, ${curvature.name})`,
    init: () => ({ weight, gainRatio: null, multiplier: null, rejected: 0 }),
    step,
  })
})

/**
 * Newton's method with cubic regularization, adaptive (ARC): each step is the global minimizer of the quadratic model plus a cubic,
 * which for half the Lipschitz constant of the Hessian as σ bounds the loss from above.
 *
 *     s = argmin gᵀs + ½ sᵀHs + (σ/3)‖s‖³,    that is (H + λI) s = −g, λ = σ‖s‖, H + λI ⪰ 0
 *     ρ < 0.1: not taken, σ ← 4σ and again;   ρ > 0.9: σ ← σ/3
 *
 * The exact solver leaves a saddle even where the gradient vanishes.
 *
 * **Laws** the loss never increases by more than 10ε|f|; equivariant under rotations and not under shears; every limit is a point
 * where the gradient vanishes and, with the exact solver, the Hessian has no negative eigenvalue.
 *
 * **Cost** as `trustRegion`: a rejected step costs one value.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding is good enough; `NonFinite`.
 *
 * **References** Nesterov and Polyak, *Cubic regularization of Newton method and its global performance* (2006); Cartis, Gould and
 * Toint, *Adaptive cubic regularisation methods for unconstrained optimization* (2011).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, tensor, type Tensor } from 'gradus'
 * import { cubicNewton, minimize, objective, takeUntil, valueBelow } from 'gradus/optimize'
 * const wells = objective((x: Tensor) => square(sub(square(x), 1)))
 * pipe(tensor(0), minimize(cubicNewton(), wells), takeUntil(valueBelow(1e-15))).last.value // ≈ 0
 *
 * @since 0.1.0
 */
export const cubicNewton: (options?: CubicOptions) => Optimizer<CubicState, Curved> =
  /* @__PURE__ */ recipe<CubicOptions>()(
    { sort: 'optimizer', name: 'cubicNewton', fields: cubicFields, asks: ['hessian'] },
    cubicNewtonWith(hessianCurvature),
  )
