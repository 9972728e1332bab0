/** Steps that stay in a box: the projected gradient with a spectral length, and projected trust regions on a curvature of choice. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../../data/construct.js'
import { raise } from '../../data/Defect.js'
import { toFloat64Array, toNumber } from '../../data/read.js'
import { ravel, treeAxpy, treeDot, treeNorm } from '../../function/tree.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { ball, exactModel, minimizeModel } from '../../operator/QuadraticModel.js'
import { truncatedStep } from '../../operator/truncated.js'
import { mul } from '../../primitive/arithmetic.js'
import { outer } from '../../primitive/contraction.js'
import type { Ability, Box, ObjectiveWith, Smooth } from '../Objective.js'
import {
  advance,
  finite,
  type Iterate,
  type Optimizer,
  type StateType,
  type StepFailure,
  type Work,
} from '../Optimizer.js'
import { choice, curvature as curvatureField, optional, positive, settled } from '../option.js'
import { described, recipe, withRecipe } from '../recipe.js'
import type { Curvature } from '../trust/curvature.js'
import { type Attempt, firstGood } from '../trust/gainRatio.js'
import { clampInto } from './Box.js'

const dot = <P>(a: P, b: P): number => toNumber(treeDot(a, b))

const lengthOf = (tree: unknown): number => toNumber(treeNorm(tree))

/**
 * The state of `projectedGradient`.
 *
 * @since 0.1.0
 */
export interface SpectralState extends StateType {
  readonly state: {
    /** The length with which the next step begins; `null` before the first one. */
    readonly stepLength: number | null
    readonly rejected: number
  }
}

/**
 * The projected gradient method in a box, with the spectral step length of Barzilai and Borwein and a decrease in every step.
 *
 *     θ ← P(θ − α ∇f),    α ← ⟨s, s⟩ / ⟨s, y⟩,    halved until f falls by 10⁻⁴ ⟨∇f, θ − P(θ − α∇f)⟩
 *
 * A start outside of the box is moved to its nearest point by the first step.
 *
 * **Laws** every iterate but the start is in the box; the loss never increases; it stays where the projected gradient vanishes.
 *
 * **Cost** per step one gradient and one value for each length that is tried.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding lowers the loss; `NonFinite`.
 *
 * **References** Bertsekas, *On the Goldstein-Levitin-Polyak gradient projection method* (1976); Birgin, Martínez and Raydan,
 * *Nonmonotone spectral projected gradient methods on convex sets* (2000), here monotone.
 *
 * @example
 * import { projectedGradient } from 'gradus/optimize'
 * projectedGradient().name // => 'projected gradient'
 *
 * @since 0.1.0
 */
export const projectedGradient: (options?: {
  readonly stepLength?: number
}) => Optimizer<SpectralState, Smooth | 'bounds'> = /* @__PURE__ */ recipe<{ readonly stepLength?: number }>()(
  {
    sort: 'optimizer',
    name: 'projectedGradient',
    fields: () => ({ stepLength: optional(positive()) }),
    asks: ['bounds'],
  },
  ({ stepLength }): Optimizer<SpectralState, Smooth | 'bounds'> => {
    type State = SpectralState['state']
    const step =
      <P>(next: ObjectiveWith<Smooth | 'bounds', P>) =>
      (from: Iterate<P, State, Smooth | 'bounds'>) =>
        pipe(
          finite(from),
          E.chain((it) => {
            const into = clampInto(it.objective.bounds())
            const first = it.state.stepLength ?? stepLength ?? (it.gradientNorm > 0 ? 1 / it.gradientNorm : 1)
            return pipe(
              firstGood<P, State, Attempt<P>>({
                it,
                value: it.objective.value,
                size: first,
                attemptAt: (size) => {
                  const taken = treeAxpy(-1, it.params, into(treeAxpy(-size, it.gradient, it.params)))
                  return E.right({
                    step: taken,
                    length: lengthOf(taken),
                    predictedReduction: -dot(it.gradient, taken),
                    work: {},
                  })
                },
                smaller: (size) => size / 2,
                acceptance: 1e-4,
              }),
              E.chain(({ candidate, size, rejected, work }) => {
                // Rounding of θ + (P − θ) may leave the box by an ulp.
                const params = into(candidate)
                return pipe(
                  advance<P, State>(next, it, { params, state: { stepLength: size, rejected }, work }),
                  E.map((reached) => {
                    const moved = treeAxpy(-1, it.params, params)
                    const turned = dot(moved, treeAxpy(-1, it.gradient, reached.gradient))
                    const spectral = turned > 0 ? dot(moved, moved) / turned : 2 * size
                    const length = spectral > 1e-30 && spectral < 1e30 ? spectral : size
                    return { ...reached, state: { stepLength: length, rejected } }
                  }),
                )
              }),
            )
          }),
        )
    return { name: 'projected gradient', init: () => ({ stepLength: null, rejected: 0 }), step }
  },
)

/**
 * The state of projected trust regions.
 *
 * @since 0.1.0
 */
export interface ProjectedState extends StateType {
  readonly state: {
    /** Δ, for the next step. */
    readonly radius: number
    readonly gainRatio: number | null
    /** How many parameters were held at a bound in the last step. */
    readonly held: number
    readonly rejected: number
  }
}

/**
 * Where steps in a box come from.
 *
 * @since 0.1.0
 */
export interface ProjectedOptions {
  /** `'exact'` (default) by an eigen-decomposition, or `'steihaug'` by truncated conjugate gradients. */
  readonly solver?: 'exact' | 'steihaug'
  /** The first radius; default 1. */
  readonly radius?: number
}

/** An operator on what is free: 0 in the rows and columns of all else, along which the gradient is 0 too, so that nothing moves there. */
const masked = <P>(operator: LinearOperator<P>, free: Float64Array): LinearOperator<P> => {
  const [, unravel] = ravel(operator.like)
  const mask = fromFloat64Array(free, [free.length])
  const over = (v: P): P => unravel(mul(mask, ravel(v)[0]))
  return {
    ...operator,
    apply: (v) => over(operator.apply(over(v))),
    matrix: () => mul(outer(mask, mask), operator.matrix()),
  }
}

type Boxed<A extends Ability> = Smooth | 'bounds' | A

interface Proposal<P> extends Attempt<P> {
  readonly onBoundary: boolean
}

const curvatureAdvice = 'Try another start, and explain(loss)(params) to see where the curvature overflows.'

const projectedFields = () => ({ solver: choice('exact', 'steihaug')('exact'), radius: positive(1) })

/**
 * A trust-region method in a box, on a curvature of choice: parameters at a bound towards which the gradient pushes them are held, the
 * model of the others is minimized in the ball, and the step is projected; where a projected gradient step lowers the model more, that.
 *
 *     free = { i : not (θᵢ at a bound and −∇f points out of it) },    θ ← P(θ + s),    s = argmin { m(s) : ‖s‖ ≤ Δ, s = 0 outside of free }
 *
 * **Laws** every iterate but the start is in the box; the loss never increases by more than 10ε|f|; in a box without bounds it is
 * `trustRegionWith`.
 *
 * **Cost** as `trustRegion`, and three products for each radius that is tried.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding is good enough; `NonFinite`.
 *
 * **References** Bertsekas, *Projected Newton methods for optimization problems with simple constraints* (1982); Lin and Moré,
 * *Newton's method for large bound-constrained optimization problems* (1999).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { boundedIn, hessianCurvature, minimize, objective, projectedGradientBelow, projectedTrustRegion, takeUntil } from 'gradus/optimize'
 * const inside = boundedIn({ lower: tensor([0, 0]), upper: tensor([1, 9]) })(objective((x: Tensor) => sum(square(sub(x, 2)))))
 * const optimizer = projectedTrustRegion(hessianCurvature)({ radius: 10 })
 * toArray(pipe(tensor([0.5, 0.5]), minimize(optimizer, inside), takeUntil(projectedGradientBelow(1e-9))).last.params) // ≈ [1, 2]
 *
 * @since 0.1.0
 */
export const projectedTrustRegion: <A extends Ability>(
  curvature: Curvature<A>,
) => (options?: ProjectedOptions) => Optimizer<ProjectedState, Boxed<A>> = /* @__PURE__ */ withRecipe<
  ProjectedOptions & { readonly curvature: Curvature<Ability> }
>()(
  {
    sort: 'optimizer',
    name: 'projectedTrustRegion',
    fields: () => ({ ...projectedFields(), curvature: curvatureField<Curvature<Ability>>()() }),
    asks: ['bounds'],
  },
  ({ curvature, ...options }) => projectedTrustRegion(curvature)(options),
)(
  <A extends Ability>(curvature: Curvature<A>) =>
    (options: ProjectedOptions = {}): Optimizer<ProjectedState, Boxed<A>> => {
      const all = settled<ProjectedOptions, ReturnType<typeof projectedFields>>(
        'projectedTrustRegion',
        projectedFields(),
        options,
      )
      const { solver, radius } = all
      if (curvature.absolute)
        return raise('InvalidArgument', 'projectedTrustRegion: expected hessianCurvature or gaussNewtonCurvature.')
      type State = ProjectedState['state']
      const step =
        <P>(next: ObjectiveWith<Boxed<A>, P>) =>
        (from: Iterate<P, State, Boxed<A>>) =>
          pipe(
            finite(from),
            E.chain((it) => {
              const { objective } = it
              const box = objective.bounds()
              const into = clampInto(box)
              const operator = curvature.at<P>(objective, it.params)
              const [, unravel] = ravel(it.params)
              const free = freeOf(box, it.params, it.gradient)
              const gradient = unravel(mul(fromFloat64Array(free, [free.length]), ravel(it.gradient)[0]))
              const inner = solvedIn(solver, masked(operator, free), gradient, lengthOf(it.params))
              const judged = (target: P): Omit<Proposal<P>, 'onBoundary'> => {
                const taken = treeAxpy(-1, it.params, into(target))
                const curved = 0.5 * dot(taken, operator.apply(taken))
                return {
                  step: taken,
                  length: lengthOf(taken),
                  predictedReduction: -(dot(it.gradient, taken) + curved),
                  work: {},
                }
              }
              const attemptAt = (size: number): E.Either<StepFailure<P, State>, Proposal<P>> =>
                pipe(
                  inner(size),
                  E.mapLeft(
                    ({ products, solves }): StepFailure<P, State> => ({
                      _tag: 'NonFinite',
                      quantity: 'curvature',
                      last: it,
                      advice: curvatureAdvice,
                      spent: { products, solves },
                    }),
                  ),
                  E.map(({ step: wished, onBoundary, work }) => {
                    const newton = judged(treeAxpy(1, wished, it.params))
                    const along = cauchyLength(gradient, operator, size)
                    const cauchy = judged(treeAxpy(-along, gradient, it.params))
                    const better = newton.predictedReduction >= 0.1 * cauchy.predictedReduction ? newton : cauchy
                    return {
                      ...better,
                      onBoundary,
                      work: { ...work, products: (work.products ?? 0) + 3 },
                    }
                  }),
                )
              return pipe(
                firstGood<P, State, Proposal<P>>({
                  it,
                  value: objective.value,
                  size: it.state.radius,
                  attemptAt,
                  smaller: (size, { length }) => (length > 0 ? Math.min(size, length) : size) / 4,
                  acceptance: 1e-4,
                }),
                E.chain(({ candidate, attempt, size, gainRatio, rejected, work }) =>
                  advance<P, State>(next, it, {
                    params: into(candidate),
                    state: {
                      radius: gainRatio < 0.25 ? size / 4 : gainRatio > 0.75 && attempt.onBoundary ? 2 * size : size,
                      gainRatio,
                      held: free.reduce((count, each) => count + 1 - each, 0),
                      rejected,
                    },
                    work,
                  }),
                ),
              )
            }),
          )
      return described({ name: 'projectedTrustRegion', curvature, ...all })({
        name: `projected trust region (${solver}, ${curvature.name})`,
        init: () => ({ radius, gainRatio: null, held: 0, rejected: 0 }),
        step,
      })
    },
)

/** 1 for what may move, 0 for what is at a bound out of which −∇f points. */
const freeOf = <P>(box: Box<P>, p: P, gradient: P): Float64Array => {
  const [low, high, at, slope] = [box.lower, box.upper, p, gradient].map((tree) => toFloat64Array(ravel(tree)[0]))
  return Float64Array.from(at ?? [], (x, i) => {
    const g = slope?.[i] ?? 0
    return (x <= (low?.[i] ?? -Infinity) && g > 0) || (x >= (high?.[i] ?? Infinity) && g < 0) ? 0 : 1
  })
}

/** The step along −g to the minimizer of the model on that line, or to the boundary of the ball. */
const cauchyLength = <P>(gradient: P, operator: LinearOperator<P>, radius: number): number => {
  const length = lengthOf(gradient)
  if (length === 0) return 0
  const curved = dot(gradient, operator.apply(gradient))
  return curved > 0 ? Math.min(radius / length, length ** 2 / curved) : radius / length
}

/** The solver in the space of what is free, paid for by the first radius. */
const solvedIn = <P>(
  solver: 'exact' | 'steihaug',
  operator: LinearOperator<P>,
  gradient: P,
  length: number,
): ((
  radius: number,
) => E.Either<
  Pick<Work, 'products' | 'solves'>,
  { readonly step: P; readonly onBoundary: boolean; readonly work: Attempt<P>['work'] }
>) => {
  if (solver === 'steihaug') {
    const stepIn = truncatedStep(operator, gradient)
    return (radius) => {
      const { step, onBoundary, products } = stepIn(radius)
      return Number.isFinite(lengthOf(step))
        ? E.right({ step, onBoundary, work: { products } })
        : E.left({ products, solves: 0 })
    }
  }
  const made = new Map<'model', ReturnType<typeof exactModel<P>>>()
  return (radius) => {
    const known = made.get('model')
    const model = known ?? exactModel(operator, gradient, { length })
    made.set('model', model)
    return pipe(
      model,
      E.map((found) => {
        const { step, onBoundary } = minimizeModel(ball(radius))(found)
        return { step, onBoundary, work: known === undefined ? { products: found.products, solves: 1 } : {} }
      }),
    )
  }
}
