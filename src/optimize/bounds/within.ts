/** Any optimizer in a box: what is held at a bound is taken out of its problem, and where it goes is projected. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Tensor } from '../../data/Tensor.js'
import { alignedLeaves, leavesOf, treeMap, treeZip, withLeaves } from '../../data/Tree.js'
import { treeAxpy } from '../../function/tree.js'
import { treeLength } from '../../operator/length.js'
import { mul, sub } from '../../primitive/arithmetic.js'
import { equal, where } from '../../primitive/choice.js'
import type { Ability, Box, Curved, ObjectiveWith, Smooth } from '../Objective.js'
import {
  advance,
  afterSpending,
  type Iterate,
  type Optimizer,
  type StateOf,
  type StateType,
  type StepFailure,
  sumOfWork,
  type Work,
  workBetween,
} from '../Optimizer.js'
import { optimizer as optimizerField, settled } from '../option.js'
import { described, withRecipe } from '../recipe.js'
import { clampInto, freeOf, heldIn, isBounded } from './Box.js'
import { alongArc, startedInside } from './projected.js'
import { type EntrywiseAt, type SeenThrough, through } from './through.js'
import { watch } from './watch.js'

type Boxed<A extends Ability> = A | Smooth | 'bounds'

/** `first` where the mask is 1, `second` where it is 0. */
const chosen = <P>(mask: P, first: P, second: P): P => {
  const [ones, zeros] = [alignedLeaves('within', mask, first), alignedLeaves('within', mask, second)]
  return withLeaves(
    mask,
    leavesOf('within', mask).map(({ tensor }, i) => where(tensor, ones[i] ?? tensor, zeros[i] ?? tensor)),
  )
}

/** The projection onto the face of a box on which held entries stay where they are, as a map of parameters. */
const ontoFace = <P>({ lower, upper }: Box<P>, at: P, free: P): ((p: P) => EntrywiseAt<P>) => {
  const into = clampInto({ lower: chosen(free, lower, at), upper: chosen(free, upper, at) })
  return (p) => {
    const params = into(p)
    return {
      params,
      slope: () => treeZip(mul)(free, treeZip(equal)(params, p)),
      still: () => treeMap((mask: Tensor) => sub(1, mask))(free),
    }
  }
}

/** What is free but for what is at a bound and would pass it; the same tree where that is nothing. */
const stillFree = <P>(box: Box<P>, at: P, free: P, to: P): P => {
  const left = freeOf(box, at, treeAxpy(-1, to, at))
  const both = treeZip(mul)(free, left)
  return heldIn(both) === heldIn(free) ? free : both
}

/** Failures that a kink of the projected path can be guilty of. */
const isOfSearch = ({ _tag }: StepFailure<unknown, unknown>): boolean =>
  _tag === 'LineSearchFailed' || _tag === 'NoDecrease' || _tag === 'RadiusCollapsed' || _tag === 'NotDescent'

/**
 * Says in the type of an argument what is wrong with it.
 *
 * @since 0.1.0
 */
export type WithGradient<A extends Ability> = 'valueAndGrad' extends A
  ? unknown
  : 'within: a method that asks for values alone does not know which bounds hold it'

/**
 * Any optimizer in a box, by projection: it sees the loss on the face of the box on which bounds hold the point, and points beyond the box as
 * their projection. So its gradient, its curvature and its residuals are those of the free parameters, its searches follow the projected
 * path, and the loss is never asked for outside.
 *
 *     held = { i : θᵢ at a bound and −∂f/∂θᵢ points out of it },   φ(u) = f(P(u), θ_held),   θ ← P(the optimizer's step on φ)
 *     ∇φ and ∇²φ are 0 on what is held, with 1 on the diagonal of curvatures there
 *
 * A step by curvature or residuals that would leave a bound outwards is made again with that bound held. A search that finds no step along the
 * projected path, which has kinks, gives way to one step of the projected gradient. The state is that of the optimizer.
 *
 * **Laws** every iterate is in the box, and so is every point that the loss is asked for; a point where the projected gradient vanishes
 * is a fixed point of methods without a memory; without finite bounds the steps are those of the optimizer.
 *
 * It keeps the convergence of gradient descent with a step below 2/L, which becomes the projected gradient method, and of all that scale
 * entries one by one (Adam among them), since such a projection is one in their metric too; decoupled weight decay does not reach what is
 * held. A projected step with the whole inverse Hessian may go up, however short it is (Bertsekas 1982); with the Hessian of what is
 * free it goes down: Newton, trust regions, secant and least-squares methods lower the loss in every step where they do so without a box.
 * That they end at a stationary point is proven for none of these here, since bounds that come near one after the other may shorten steps:
 * `projectedTrustRegion` and `lbfgsb` choose where to stop at each bound. Line searches that ask for a gradient (`strongWolfe`) may miss their
 * condition at kinks; those that ask for values alone (`backtracking`) do not.
 *
 * **Cost** that of the optimizer, once more for each time that a step is made again; where its search fails, that of the search and of
 * the step that replaces it.
 *
 * **Fails** as the optimizer does; `NonFinite` from a start outside of the box. Methods that ask for values alone do not compile.
 *
 * **References** Bertsekas, *Projected Newton methods for optimization problems with simple constraints* (1982); Goldstein (1964), Levitin and
 * Polyak (1966).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { boundedIn, boxLike, lbfgs, minimize, objective, projectedGradientBelow, takeUntil, within } from 'gradus/optimize'
 * const start = tensor([0.5, 0.5])
 * const inside = boundedIn(boxLike(start, { upper: 1 }))(objective((x: Tensor) => sum(square(sub(x, tensor([0.25, 3]))))))
 * const run = minimize(within(lbfgs()), inside)
 * toArray(pipe(start, run, takeUntil(projectedGradientBelow(1e-10))).last.params) // ≈ [0.25, 1]
 *
 * @since 0.1.0
 */
export const within: <F extends StateType, A extends Ability>(
  optimizer: Optimizer<F, A> & WithGradient<A>,
) => Optimizer<F, Boxed<A>> = /* @__PURE__ */ withRecipe<{ readonly optimizer: Optimizer<StateType, Curved> }>()(
  {
    sort: 'optimizer',
    name: 'within',
    fields: () => ({ optimizer: optimizerField<Optimizer<StateType, Curved>>()() }),
    asks: ['bounds'],
  },
  ({ optimizer }) => within(optimizer),
)(<F extends StateType, A extends Ability>(optimizer: Optimizer<F, A> & WithGradient<A>): Optimizer<F, Boxed<A>> => {
  settled('within', { optimizer: optimizerField<typeof optimizer>()() }, { optimizer })
  const { name, init, step, nonFinite } = optimizer
  return described({ name: 'within', optimizer })({
    name: `${name} in a box`,
    nonFinite,
    init,
    step:
      <P>(next: ObjectiveWith<Boxed<A>, P>) =>
      (from: Iterate<P, StateOf<F, P>, Boxed<A>>) => {
        type State = StateOf<F, P>
        return pipe(
          startedInside<P, State, Boxed<A>>(from, nonFinite),
          E.chain((it): E.Either<StepFailure<P, State>, Iterate<P, State>> => {
            const box = it.objective.bounds()
            const { isCurved, watched } = watch<P>()
            /** A failure after so much work, as one of the step from here. */
            const failing = (before: Work) =>
              E.mapLeft(
                (failure: StepFailure<P, State>): StepFailure<P, State> => ({
                  ...afterSpending(workBetween(it.work, before))(failure),
                  last: from,
                }),
              )
            const arrive = (params: P, state: State, work: Work, seen?: SeenThrough<P>) =>
              failing(work)(
                advance<P, State>(
                  next,
                  { ...it, work },
                  {
                    params: seen?.params ?? params,
                    state,
                    work: {},
                    nonFinite,
                    known: seen === undefined ? undefined : { objective: next, ...seen },
                  },
                ),
              )
            const costing = (more: Work) =>
              E.bimap(
                afterSpending(more)<StepFailure<P, State>>,
                (reached: Iterate<P, State>): Iterate<P, State> => ({
                  ...reached,
                  work: sumOfWork(reached.work, more),
                }),
              )
            const onFace = (free: P, before: Work): E.Either<StepFailure<P, State>, Iterate<P, State>> => {
              const onto = ontoFace(box, it.params, free)
              const faced = (objective: ObjectiveWith<Boxed<A>, P>) =>
                through<P, ObjectiveWith<Boxed<A>, P>>(watched(objective), onto)
              const here = faced(it.objective)
              const there = next === it.objective ? here : faced(next)
              const gradient = treeZip(mul)(free, it.gradient)
              const gradientNorm = treeLength(gradient)
              const stepped = failing(before)(
                step<P>(there.objective)({ ...it, objective: here.objective, gradient, gradientNorm, work: before }),
              )
              if (E.isLeft(stepped)) return stepped
              const { params, state, work } = stepped.right
              const left = isCurved() ? stillFree(box, it.params, free, params) : free
              const arrived = arrive(onto(params).params, state, work, there.seen(params))
              return left === free
                ? arrived
                : pipe(
                    onFace(left, work),
                    // The step that was made again in vain is paid for all the same.
                    E.orElse(({ spent }) => costing(workBetween(work, sumOfWork(it.work, spent)))(arrived)),
                  )
            }
            return pipe(
              onFace(freeOf(box, it.params, it.gradient), it.work),
              E.orElse((failure): E.Either<StepFailure<P, State>, Iterate<P, State>> => {
                if (!isOfSearch(failure) || !isBounded(box)) return E.left(failure)
                const arc = alongArc<P, State>(it, it.gradientNorm > 0 ? 1 / it.gradientNorm : 1)
                if (E.isLeft(arc)) return E.left(afterSpending(arc.left.spent)(failure))
                if (arc.right.attempt.length === 0) return E.left(failure)
                return arrive(arc.right.candidate, it.state, sumOfWork(it.work, failure.spent, arc.right.work))
              }),
            )
          }),
        )
      },
  })
})
