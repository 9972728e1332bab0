/** Hessian-free optimization: conjugate gradients on a damped model, of whose way the loss chooses a point. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../../data/Defect.js'
import { treeAdd, treeScale } from '../../function/tree.js'
import { backtrack } from '../../kernel/reference/backtrack.js'
import { isFiniteTree, treeLength } from '../../operator/length.js'
import type { Preconditioning } from '../fisherDiagonals.js'
import { curvatureNotFinite } from '../newtonDirections.js'
import type { Ability, ObjectiveWith, Smooth } from '../Objective.js'
import {
  advance,
  finite,
  type Iterate,
  type Optimizer,
  type StateType,
  type StepFailure,
  sumOfWork,
} from '../Optimizer.js'
import {
  between,
  count,
  curvature as curvatureField,
  fraction,
  notNegative,
  optional,
  positive,
  preconditioning as preconditioningField,
  settled,
  share,
} from '../option.js'
import { described, recipe, withRecipe } from '../recipe.js'
import { type Curvature, gaussNewtonCurvature } from './curvature.js'
import { dampedSolve, type SolveSettings, type Start, type Waypoint } from './dampedSolve.js'
import { type Attempt, firstGood, gainRatioOf, rounding } from './gainRatio.js'

/**
 * What the last step of `hessianFree` knew.
 *
 * @since 0.1.0
 */
export interface HessianFreeMemory<P> {
  /** λ, for the next step. */
  readonly damping: number
  /** Where the last conjugate gradients ended, which need not be the step that was taken; the next start near it. */
  readonly solution: P | null
  /** ρ of the last point that was chosen, before the line search; `null` before the first step. */
  readonly gainRatio: number | null
  /** The part of it that the line search has left; `null` before the first step. */
  readonly stepLength: number | null
  /** Iterations of the last conjugate gradients. */
  readonly iterations: number
  /** Steps that were tried and not taken before the last one was. */
  readonly rejected: number
}

/**
 * The state of `hessianFree`.
 *
 * @since 0.1.0
 */
export interface HessianFreeState extends StateType {
  readonly state: HessianFreeMemory<this['params']>
}

/**
 * The constants of `hessianFree`.
 *
 * @since 0.1.0
 */
export interface HessianFreeOptions {
  /** The first λ; default 1. */
  readonly damping?: number
  /** By which λ grows and shrinks; default 1.5. */
  readonly factor?: number
  /** Conjugate gradients start at this multiple of their last solution, 0 for none; default 0.95. */
  readonly decay?: number
  /** The largest number of products of one solution; default 250. */
  readonly iterations?: number
  /** ε: a solution ends when its last k = max(10, i/10) iterations brought less than kε of what all i brought; default 5e-4. */
  readonly progress?: number
  /** It ends as well when its residual is below this multiple of ‖g‖; default 1e-10. */
  readonly tolerance?: number
  /** γ > 1: the loss is asked at the iterates ⌈γʲ⌉ and at the last; default 1.3. */
  readonly spacing?: number
  /** The part of the decrease predicted by the slope that the line search asks for; default 0.01. */
  readonly decrease?: number
  /** The factor of its steps; default 0.8. */
  readonly shrink?: number
  /** Step lengths that it tries; default 60. */
  readonly trials?: number
}

interface SearchSettings {
  readonly decrease: number
  readonly shrink: number
  readonly most: number
}

interface Settings {
  readonly damping: number
  readonly factor: number
  readonly decay: number
  readonly solve: SolveSettings
  readonly search: SearchSettings
}

const hessianFreeFields = () => ({
  damping: positive(1),
  factor: between(1, Infinity)(1.5),
  decay: share(0.95),
  iterations: count(250),
  progress: notNegative(5e-4),
  tolerance: fraction(1e-10),
  spacing: between(1, Infinity)(1.3),
  decrease: between(0, 1)(0.01),
  shrink: between(0, 1)(0.8),
  trials: count(60),
})

const settingsOf = ({ damping, factor, decay, ...rest }: Required<HessianFreeOptions>): Settings => {
  const { iterations, progress, tolerance, spacing, decrease, shrink, trials: most } = rest
  return {
    damping,
    factor,
    decay,
    solve: { iterations, progress, tolerance, spacing },
    search: { decrease, shrink, most },
  }
}

/** A point with its loss; one that is not finite, or where the loss is no number, is worse than all others. */
interface Looked<P> extends Waypoint<P> {
  readonly value: number
}

/** The last of the points with the least loss; values that differ by rounding count as equal. */
const leastOf = <P>(points: ReadonlyArray<Looked<P>>, from: number): Looked<P> | undefined => {
  const least = points.reduce((so, { value }) => Math.min(so, value), Infinity)
  return points.findLast(({ value }) => value <= least + rounding * Math.abs(from))
}

interface Tried<P> extends Attempt<P> {
  readonly solution: P
  readonly iterations: number
  /** ρ before the line search. */
  readonly gain: number
  readonly stepLength: number
}

/** What one damping gives: a point on the way of conjugate gradients, shortened by a line search. */
const triedAt = <P, S>(
  it: Iterate<P, S, Smooth>,
  solved: { readonly waypoints: ReadonlyArray<Waypoint<P>>; readonly last: P; readonly iterations: number },
  { decrease, shrink, most }: SearchSettings,
): Omit<Tried<P>, 'work'> & { readonly evaluations: number } => {
  const { objective, params, value: from } = it
  const valueAt = (step: P): { readonly value: number; readonly asked: number } => {
    const point = treeAdd(params, step)
    if (!isFiniteTree(point)) return { value: Infinity, asked: 0 }
    const value = objective.value(point)
    return { value: Number.isFinite(value) ? value : Infinity, asked: 1 }
  }
  const seen = solved.waypoints
    .filter(({ slope }) => slope < 0)
    .map((waypoint) => ({ ...waypoint, ...valueAt(waypoint.step) }))
  const evaluations = seen.reduce((total, { asked }) => total + asked, 0)
  const chosen = leastOf(seen, from)
  const { last: solution, iterations } = solved
  const kept = { solution, iterations, length: treeLength(solution) }
  // Nothing to take: a larger damping may give something.
  const none = {
    ...kept,
    step: solution,
    predictedReduction: Number.NaN,
    value: Infinity,
    gain: -Infinity,
    stepLength: 0,
  }
  if (kept.length === 0) return { ...none, predictedReduction: 0, gain: 1, stepLength: 1, evaluations }
  if (chosen === undefined || chosen.value === Infinity) return { ...none, evaluations }
  const { slope, change, value: whole } = chosen
  const { accepted, tried } = backtrack(
    { at: 0, value: from, slope },
    1,
    (at) => {
      const step = at === 1 ? chosen.step : treeScale(at, chosen.step)
      return { at, slope: Number.NaN, step, value: at === 1 ? whole : valueAt(step).value }
    },
    { reference: from, decrease, slack: rounding * Math.abs(from), shrink, most },
  )
  const asked = evaluations + tried - 1
  if (accepted === undefined) return { ...none, evaluations: asked }
  const { at, step, value } = accepted
  return {
    ...kept,
    step,
    value,
    length: treeLength(step),
    // m(αs) = α gᵀs + α² (m(s) − gᵀs).
    predictedReduction: at === 1 ? -change : -at * (slope + at * (change - slope)),
    gain: gainRatioOf(from, whole, -change, true),
    stepLength: at,
    evaluations: asked,
  }
}

const leastDamping = 1e-30

/** Martens (2010), §4.1. */
const adapted = (damping: number, gain: number, factor: number): number =>
  Math.max(leastDamping, gain < 0.25 ? factor * damping : gain > 0.75 ? damping / factor : damping)

/**
 * Hessian-free optimization on a curvature of choice, and with a preconditioner if one is given; both say in the type what they ask of an
 * objective. See `hessianFree` for what it computes.
 *
 * With `hessianCurvature` conjugate gradients may meet a direction of negative curvature. Then they end, and a step along it joins the
 * points of which the loss chooses: as long as one of positive curvature of the same size would be.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { hessianCurvature, hessianFreeWith, minimize, objective, takeUntil, valueBelow } from 'gradus/optimize'
 * const saddle = objective((p: Tensor) => sum(mul(tensor([1, -1]), square(p))))
 * const run = pipe(tensor([1, 1e-6]), minimize(hessianFreeWith(hessianCurvature)(), saddle), takeUntil(valueBelow(-100)))
 * run.last.value < -100 // => true
 *
 * @since 0.1.0
 */
export const hessianFreeWith: <A extends Ability, B extends Ability = never>(
  curvature: Curvature<A>,
  preconditioning?: Preconditioning<B>,
) => (options?: HessianFreeOptions) => Optimizer<HessianFreeState, Smooth | A | B> = /* @__PURE__ */ withRecipe<
  HessianFreeOptions & {
    readonly curvature: Curvature<Ability>
    readonly preconditioning?: Preconditioning<Ability>
  }
>()(
  {
    sort: 'optimizer',
    name: 'hessianFreeWith',
    fields: () => ({
      ...hessianFreeFields(),
      curvature: curvatureField<Curvature<Ability>>()(),
      preconditioning: optional(preconditioningField<Preconditioning<Ability>>()()),
    }),
  },
  ({ curvature, preconditioning, ...options }) => hessianFreeWith(curvature, preconditioning)(options),
)(
  <A extends Ability, B extends Ability = never>(curvature: Curvature<A>, preconditioning?: Preconditioning<B>) =>
    (options: HessianFreeOptions = {}): Optimizer<HessianFreeState, Smooth | A | B> => {
      const all = settled<HessianFreeOptions, ReturnType<typeof hessianFreeFields>>(
        'hessianFree',
        hessianFreeFields(),
        options,
      )
      if (curvature.absolute)
        return raise(
          'InvalidArgument',
          `hessianFree: expected a curvature with products, got ${curvature.name}. Use gaussNewtonCurvature?`,
        )
      const settings = settingsOf(all)
      const step =
        <P>(next: ObjectiveWith<Smooth | A | B, P>) =>
        (from: Iterate<P, HessianFreeMemory<P>, Smooth | A | B>) =>
          pipe(
            finite(from),
            E.chain((it): E.Either<StepFailure<P, HessianFreeMemory<P>>, Iterate<P, HessianFreeMemory<P>>> => {
              const { objective, params, gradient, state } = it
              const operator = curvature.at<P>(objective, params)
              const begin =
                state.solution === null || settings.decay === 0 ? null : treeScale(settings.decay, state.solution)
              const start: Start<P> | null = begin === null ? null : { at: begin, image: operator.apply(begin) }
              const made = preconditioning?.inverseAt<P>(objective, params)
              const first = sumOfWork({ products: start === null ? 0 : 1 }, made?.work)
              const attemptAt = (damping: number): E.Either<StepFailure<P, HessianFreeMemory<P>>, Tried<P>> =>
                pipe(
                  dampedSolve(
                    { curvature: operator, gradient, damping, start, preconditioner: made?.inverse(damping) ?? null },
                    settings.solve,
                  ),
                  E.bimap(
                    ({ products }): StepFailure<P, HessianFreeMemory<P>> => ({
                      ...curvatureNotFinite,
                      last: it,
                      spent: sumOfWork({ products }, damping === state.damping ? first : {}),
                    }),
                    (solved) => {
                      const { evaluations, ...tried } = triedAt(it, solved, settings.search)
                      const work = { evaluations, products: solved.products }
                      return { ...tried, work: damping === state.damping ? sumOfWork(first, work) : work }
                    },
                  ),
                )
              return pipe(
                firstGood({
                  it,
                  value: objective.value,
                  size: state.damping,
                  attemptAt,
                  smaller: (damping) => 4 * damping,
                  acceptance: 1e-4,
                }),
                E.chain(({ candidate, attempt, size, rejected, work }) =>
                  advance<P, HessianFreeMemory<P>>(next, it, {
                    params: candidate,
                    state: {
                      damping: adapted(size, attempt.gain, settings.factor),
                      solution: attempt.solution,
                      gainRatio: attempt.gain,
                      stepLength: attempt.stepLength,
                      iterations: attempt.iterations,
                      rejected,
                    },
                    work,
                  }),
                ),
              )
            }),
          )
      const how = preconditioning === undefined ? curvature.name : `${curvature.name}, ${preconditioning.name}`
      return described({
        name: 'hessianFreeWith',
        curvature,
        ...(preconditioning === undefined ? {} : { preconditioning }),
        ...all,
      })({
        name: `hessian-free (${how})`,
        init: () => ({
          damping: settings.damping,
          solution: null,
          gainRatio: null,
          stepLength: null,
          iterations: 0,
          rejected: 0,
        }),
        step,
      })
    },
)

/**
 * Hessian-free optimization: Newton's step on the Gauss-Newton matrix by conjugate gradients alone, for models with many parameters.
 *
 *     (B + λI) s = −∇f(θ)     by conjugate gradients from 0.95 times their last solution, until their progress is small
 *     s ← of their iterates ⌈1.3ʲ⌉ and the last the one with the least loss;   θ ← θ + α s,  α = 1, 0.8, 0.64 …
 *     ρ = (f(θ) − f(θ + s)) / (m(0) − m(s)):   ρ < ¼: λ ← 3/2 λ;   ρ > ¾: λ ← 2/3 λ,      m(s) = ∇fᵀs + ½ sᵀBs
 *
 * The start is passed over where it does not lower the damped model. Of values that differ by rounding the later iterate counts as better.
 * A point from which no step length serves is tried again with 4 λ.
 *
 * **Laws** the loss never increases by more than 10ε|f|; equivariant under translations and rotations, and not under changes of scale, since
 * λI has one; on a convex quadratic a small λ and few variables need one step.
 *
 * **Cost** per step a gradient, a product for each iteration and one for the start, and a value for each of about 4 log(iterations) iterates
 * and each step length below 1. Memory: as many vectors as iterates are kept.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding lowers the loss; `NonFinite` where a product is.
 *
 * **References** Martens, *Deep learning via Hessian-free optimization* (2010); Martens and Sutskever, *Training deep and recurrent networks
 * with Hessian-free optimization* (2012), for the decay. There the iterates are walked back only as long as the loss falls.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { exp, mul, sub, tensor, toArray, type Tensor } from 'gradus'
 * import { gradientBelow, hessianFree, leastSquares, minimize, takeUntil } from 'gradus/optimize'
 * const [x, y] = [tensor([0, 1, 2]), tensor([3, 1.5, 0.75])]
 * const fit = leastSquares((p: { a: Tensor; b: Tensor }) => sub(mul(p.a, exp(mul(p.b, x))), y))
 * const run = pipe({ a: tensor(1), b: tensor(0) }, minimize(hessianFree(), fit), takeUntil(gradientBelow(1e-10)))
 * toArray(run.last.params.b) // ≈ -Math.log(2)
 *
 * @since 0.1.0
 */
export const hessianFree: (options?: HessianFreeOptions) => Optimizer<HessianFreeState, Smooth | 'gaussNewton'> =
  /* @__PURE__ */ recipe<HessianFreeOptions>()(
    { sort: 'optimizer', name: 'hessianFree', fields: hessianFreeFields, asks: ['gaussNewton'] },
    hessianFreeWith(gaussNewtonCurvature),
  )
