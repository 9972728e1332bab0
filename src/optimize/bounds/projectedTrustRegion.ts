/** Trust regions in a box, on a curvature of choice. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../../data/Defect.js'
import { toNumber } from '../../data/read.js'
import { treeZip } from '../../data/Tree.js'
import { treeAxpy, treeDot } from '../../function/tree.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { treeLength } from '../../operator/length.js'
import { mul } from '../../primitive/arithmetic.js'
import { curvatureNotFinite } from '../newtonDirections.js'
import type { Ability, ObjectiveWith, Smooth } from '../Objective.js'
import { advance, type Iterate, type Optimizer, type StateType, type StepFailure } from '../Optimizer.js'
import { choice, curvature as curvatureField, positive, settled } from '../option.js'
import { described, withRecipe } from '../recipe.js'
import type { Curvature } from '../trust/curvature.js'
import { firstGood } from '../trust/gainRatio.js'
import { clampInto, freeOf, heldIn } from './Box.js'
import { formedOnce, type Judged, masked, onFaces, type Proposal, solvedIn } from './faces.js'
import { startedInside } from './projected.js'

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

type Boxed<A extends Ability> = Smooth | 'bounds' | A

const projectedFields = () => ({ solver: choice('exact', 'steihaug')('exact'), radius: positive(1) })

const dot = <P>(a: P, b: P): number => toNumber(treeDot(a, b))

/**
 * A trust-region method in a box, on a curvature of choice: parameters at a bound towards which the gradient pushes them are held, and the
 * model of the others is minimized in the ball; what would pass a bound is put there and held too, and the model of the rest minimized
 * again, until nothing does. Of these steps, projected, the one that lowers the model most; where a step along the projected gradient lowers
 * it ten times as much, that.
 *
 *     free = { i : not (θᵢ at a bound and −∇f points out of it) },    θ ← P(θ + s),    s = argmin { m(s) : ‖s‖ ≤ Δ, s = 0 outside of free }
 *
 * **Laws** every iterate is in the box; the loss never increases by more than 10ε|f|; in a box without bounds it is `trustRegionWith`.
 *
 * **Cost** as `trustRegion`, and three products for each radius that is tried; two products and one more solution for each face.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding is good enough; `NonFinite`, also from a start outside of the box.
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
        return raise(
          'InvalidArgument',
          `projectedTrustRegion: expected hessianCurvature or gaussNewtonCurvature, got ${curvature.name}.`,
        )
      type State = ProjectedState['state']
      const step =
        <P>(next: ObjectiveWith<Boxed<A>, P>) =>
        (from: Iterate<P, State, Boxed<A>>) =>
          pipe(
            startedInside(from),
            E.chain((it) => {
              const { objective } = it
              const box = objective.bounds()
              const into = clampInto(box)
              const operator = formedOnce(curvature.at<P>(objective, it.params))
              const free = freeOf(box, it.params, it.gradient)
              const gradient = treeZip(mul)(free, it.gradient)
              const inner = solvedIn(solver, masked(operator, free), gradient, treeLength(it.params))
              const judged = (target: P): Judged<P> => {
                const reached = into(target)
                const taken = treeAxpy(-1, it.params, reached)
                const curved = 0.5 * dot(taken, operator.apply(taken))
                return {
                  step: taken,
                  reached,
                  length: treeLength(taken),
                  predictedReduction: -(dot(it.gradient, taken) + curved),
                  work: {},
                }
              }
              const attemptAt = (size: number): E.Either<StepFailure<P, State>, Proposal<P>> =>
                pipe(
                  onFaces(
                    { box, at: it.params, gradient: it.gradient, operator, judged, solver },
                    { free, point: it.params, gained: 0, room: size, inner, depth: 0 },
                    size,
                  ),
                  E.mapLeft((): StepFailure<P, State> => ({ ...curvatureNotFinite, last: it })),
                  E.map((faces) => {
                    const along = cauchyLength(gradient, operator, size)
                    const cauchy = judged(treeAxpy(-along, gradient, it.params))
                    const better = faces.predictedReduction >= 0.1 * cauchy.predictedReduction ? faces : cauchy
                    return {
                      ...better,
                      onBoundary: faces.onBoundary,
                      work: { ...faces.work, products: (faces.work.products ?? 0) + 2 },
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
                    params: candidate,
                    state: {
                      radius: gainRatio < 0.25 ? size / 4 : gainRatio > 0.75 && attempt.onBoundary ? 2 * size : size,
                      gainRatio,
                      held: heldIn(free),
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

/** The step along −g to the minimizer of the model on that line, or to the boundary of the ball. */
const cauchyLength = <P>(gradient: P, operator: LinearOperator<P>, radius: number): number => {
  const length = treeLength(gradient)
  if (length === 0) return 0
  const curved = dot(gradient, operator.apply(gradient))
  return curved > 0 ? Math.min(radius / length, length ** 2 / curved) : radius / length
}
