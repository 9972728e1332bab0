/** Steps along the projected gradient, with a spectral length; and what every method in a box begins with. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { toNumber } from '../../data/read.js'
import { treeAxpy, treeDot } from '../../function/tree.js'
import { treeLength } from '../../operator/length.js'
import type { Ability, ObjectiveWith, Smooth } from '../Objective.js'
import { advance, type Iterate, type Optimizer, type StateType, type StepFailure, startable } from '../Optimizer.js'
import { optional, positive } from '../option.js'
import { recipe } from '../recipe.js'
import { type Accepted, type Attempt, firstGood } from '../trust/gainRatio.js'
import { clampInto, isInside, startOutside } from './Box.js'

const dot = <P>(a: P, b: P): number => toNumber(treeDot(a, b))

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

/** The first of θ(α) = P(θ − α∇f), α halved from its first value, at which the loss falls by 10⁻⁴ ⟨∇f, θ − θ(α)⟩. */
export const alongArc = <P, S>(
  it: Iterate<P, S, Smooth | 'bounds'>,
  first: number,
): E.Either<StepFailure<P, S>, Accepted<P, Attempt<P>>> => {
  const into = clampInto(it.objective.bounds())
  return firstGood<P, S, Attempt<P>>({
    it,
    value: it.objective.value,
    size: first,
    attemptAt: (size) => {
      const reached = into(treeAxpy(-size, it.gradient, it.params))
      const step = treeAxpy(-1, it.params, reached)
      return E.right({ step, reached, length: treeLength(step), predictedReduction: -dot(it.gradient, step), work: {} })
    },
    smaller: (size) => size / 2,
    acceptance: 1e-4,
  })
}

/** An iterate in its box, or the reason why no step is taken from it. */
export const startedInside = <P, S, A extends Ability>(
  from: Iterate<P, S, A | 'bounds'>,
  nonFinite?: 'taken',
): E.Either<StepFailure<P, S>, Iterate<P, S, A | 'bounds'>> =>
  isInside(from.objective.bounds(), from.params)
    ? startable(nonFinite)(from)
    : E.left({ _tag: 'NonFinite', quantity: 'value', last: from, advice: startOutside })

/**
 * The projected gradient method in a box, with the spectral step length of Barzilai and Borwein and a decrease in every step.
 *
 *     θ ← P(θ − α ∇f),    α ← ⟨s, s⟩ / ⟨s, y⟩,    halved until f falls by 10⁻⁴ ⟨∇f, θ − P(θ − α∇f)⟩
 *
 * **Laws** every iterate is in the box, and so is every point that the loss is asked for; the loss never increases; it stays where the
 * projected gradient vanishes.
 *
 * **Cost** per step one gradient and one value for each length that is tried.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding lowers the loss; `NonFinite`, also from a start outside of the box.
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
          startedInside(from),
          E.chain((it) => {
            const first = it.state.stepLength ?? stepLength ?? (it.gradientNorm > 0 ? 1 / it.gradientNorm : 1)
            return pipe(
              alongArc<P, State>(it, first),
              E.chain(({ candidate: params, size, rejected, work }) => {
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
