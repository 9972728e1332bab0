/** Momentum of a second-order method: the best step in the plane of a direction and of the last step. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { treeAxpy } from '../function/tree.js'
import { isFiniteTree } from '../operator/length.js'
import type { Direction, Obstacle, Passage, Proposal } from './Direction.js'
import type { Ability } from './Objective.js'
import { type Iterate, type StateOf, type StateType, sumOfWork } from './Optimizer.js'
import { direction as directionField, notNegative, settled } from './option.js'
import { described, withRecipe } from './recipe.js'
import { krylovSteps, withKrylovModel } from './saddleFreeKrylov.js'
import type { Both } from './Transformation.js'

/**
 * The last step, none before the first.
 *
 * @since 0.1.0
 */
export interface LastStep<P> {
  readonly previous: P | null
}

/**
 * The state of `planeDirection`.
 *
 * @since 0.1.0
 */
export interface PlaneState extends StateType {
  readonly state: LastStep<this['params']>
}

/**
 * How the plane is damped.
 *
 * @since 0.1.0
 */
export interface PlaneOptions {
  /** λ, added to both |curvatures|; default 0. */
  readonly damping?: number
}

const planeFields = () => ({ damping: notNegative(0) })

/**
 * The saddle-free step in the plane that a direction and the last step span: how far to go along each is read off the curvature there.
 *
 *     d = −V (|Vᵀ H V| + λI)⁻¹ Vᵀ ∇f(θ),     V an orthonormal basis of the span of the direction and of the last step
 *
 * **Laws** goes down; on a convex quadratic the steps of `planeDirection(steepestDescent())` are those of conjugate gradients, so that n of
 * them lead to the minimum, and around a direction −M⁻¹∇f(θ) with a fixed M they are those of conjugate gradients preconditioned by M.
 *
 * **Cost** that of the direction, 2 products, and the last step in memory.
 *
 * **Special values** where λ = 0 and the plane has a curvature of 0 along which the gradient is not, the direction as it is.
 *
 * **Fails** as the direction does; `NonFinite` where a product is.
 *
 * **References** Martens and Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature* (2015), §7, with |H| in
 * place of the Fisher matrix.
 *
 * @example
 * import { along, backtracking, planeDirection, steepestDescent } from 'gradus/optimize'
 * along(planeDirection(steepestDescent()), backtracking()).name
 * // => 'steepest descent in the plane of the last step with backtracking'
 *
 * @since 0.1.0
 */
export const planeDirection: <F extends StateType, A extends Ability>(
  direction: Direction<F, A>,
  options?: PlaneOptions,
) => Direction<Both<F, PlaneState>, A | 'hessian'> = /* @__PURE__ */ withRecipe<
  PlaneOptions & { readonly direction: Direction<StateType, Ability> }
>()(
  {
    sort: 'direction',
    name: 'planeDirection',
    fields: () => ({ direction: directionField<Direction<StateType, Ability>>()(), ...planeFields() }),
    asks: ['hessian'],
  },
  ({ direction, ...options }) => planeDirection(direction, options),
)(
  <F extends StateType, A extends Ability>(
    direction: Direction<F, A>,
    options: PlaneOptions = {},
  ): Direction<Both<F, PlaneState>, A | 'hessian'> => {
    const { damping: λ } = settled('planeDirection', planeFields(), options)
    return described({ name: 'planeDirection', direction, damping: λ })({
      name: `${direction.name} in the plane of the last step`,
      heading: 'down' as const,
      init: (p) => [direction.init(p), { previous: null }],
      propose:
        <P>(it: Iterate<P, unknown, A | 'hessian'>) =>
        ([inner, { previous }]: StateOf<Both<F, PlaneState>, P>): E.Either<
          Obstacle,
          Proposal<P, StateOf<Both<F, PlaneState>, P>>
        > =>
          pipe(
            direction.propose(it)(inner),
            E.chain((proposal) => {
              const whole = { ...proposal, state: [proposal.state, { previous }] as const }
              return proposal.unsearched === true
                ? E.right(whole)
                : withKrylovModel({ ...it, gradient: proposal.direction }, 1, previous, (found) =>
                    pipe(
                      found,
                      E.bimap(
                        (obstacle) => ({ ...obstacle, spent: sumOfWork(proposal.work, obstacle.spent ?? {}) }),
                        (model) => {
                          const work = sumOfWork(proposal.work, { products: model.subspace.products, solves: 1 })
                          const step = krylovSteps(model, it, 'ignore')(λ)
                          return isFiniteTree(step)
                            ? { direction: step, state: whole.state, work, natural: 1 }
                            : { ...whole, work }
                        },
                      ),
                    ),
                  )
            }),
          ),
      learn:
        <P>(passage: Passage<P>) =>
        ([inner]: StateOf<Both<F, PlaneState>, P>): StateOf<Both<F, PlaneState>, P> => [
          direction.learn === undefined ? inner : direction.learn(passage)(inner),
          { previous: treeAxpy(-1, passage.from, passage.to) },
        ],
    })
  },
)
