/** Line searches: fixed steps, backtracking, the strong Wolfe conditions, and those that may turn round. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../data/Defect.js'
import { treeAxpy, treeScale } from '../function/tree.js'
import { backtrack } from '../kernel/reference/backtrack.js'
import { hagerZhangSearch } from '../kernel/reference/hagerZhang.js'
import type { SearchEnd } from '../kernel/reference/sample.js'
import { strongWolfeSearch } from '../kernel/reference/wolfe.js'
import type { Heading, Obstacle } from './Direction.js'
import {
  type Found,
  initialStep,
  type LineSearch,
  lineSearchFailed,
  negligibleOf,
  noSearchYet,
  notDescent,
  roundingOf,
  type SearchState,
  type Seen,
  slopeOn,
  valueOn,
} from './LineSearch.js'
import type { Ability } from './Objective.js'
import type { Stateless, StateType } from './Optimizer.js'
import { between, choice, count, either, fraction, positive, search as searchField } from './option.js'
import { byPosition, described, recipe, withRecipe } from './recipe.js'

/**
 * Always the same step length; no question is asked, and none of the objective.
 *
 * **Fails** with a `Defect` when the length is not a finite number above 0.
 *
 * @example
 * import { along, fixedStep, steepestDescent } from 'gradus/optimize'
 * along(steepestDescent(), fixedStep(0.1)).name // => 'steepest descent with fixed step'
 *
 * @since 0.1.0
 */
export const fixedStep: (stepLength?: number) => LineSearch<Stateless, never, Heading> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly stepLength?: number }>()(
    { sort: 'search', name: 'fixedStep', fields: () => ({ stepLength: positive(1) }) },
    ({ stepLength }): LineSearch<Stateless, never, Heading> => ({
      name: 'fixed step',
      takes: ['down', 'either way', 'flatter'],
      init: () => null,
      search:
        ({ params, direction }) =>
        (state) =>
          E.right({ stepLength, params: treeAxpy(stepLength, direction, params), state, work: {} }),
    }),
  ),
  (stepLength?: number) => ({ stepLength }),
)

/**
 * Constants of `backtracking`.
 *
 * @since 0.1.0
 */
export interface BacktrackingOptions {
  /** c₁, the part of the predicted decrease that is asked for; default 1e-4. */
  readonly decrease?: number
  /** A factor below 1 for steps that are too long, or the polynomial that proposes one between 0.1 and 0.5; default `'cubic'`. */
  readonly shrink?: number | 'quadratic' | 'cubic'
  /** With the largest of how many of the last values a step is compared; default 1, with the last one alone. */
  readonly memory?: number
  /** Step lengths tried before it fails; default 60. */
  readonly trials?: number
}

/** What an optimizer makes of the end of a search. */
const ended = <P>(
  slope: number,
  values: ReadonlyArray<number>,
  end: SearchEnd<Seen<P>>,
  asked: 'evaluations' | 'gradients',
): E.Either<Obstacle, Found<P, SearchState['state']>> => {
  const { accepted, tried } = end
  if (accepted === undefined) return E.left(lineSearchFailed(slope, end, { [asked]: tried }))
  const { at, params, value, gradient } = accepted
  return E.right({
    stepLength: at,
    params,
    seen: gradient === undefined ? undefined : { value, gradient },
    state: { stepLength: at, slope, values },
    work: { [asked]: tried },
  })
}

const backtrackingFields = () => ({
  decrease: between(0, 1)(1e-4),
  shrink: either(between(0, 1)(), choice('quadratic', 'cubic')())('cubic'),
  memory: count(1),
  trials: count(60),
})

/**
 * Backtracking: shorter and shorter steps until one lowers the loss enough (Armijo). It asks for values alone.
 *
 *     f(θ + α d) ≤ f(θ) + c₁ α ⟨∇f(θ), d⟩
 *
 * With a `memory` of m it is nonmonotone: f(θ) on the right gives way to the largest of the last m values.
 *
 * **Laws** the condition holds for every step, up to the rounding of the value. Values that are not finite are too high.
 *
 * **Cost** a value for each step length tried.
 *
 * **Fails** `NotDescent` when the slope is not below 0; `LineSearchFailed` after so many `trials`.
 *
 * **References** Armijo (1966); Nocedal and Wright, *Numerical Optimization* (2006), §3.5; Grippo, Lampariello and Lucidi, *A
 * nonmonotone line search technique for Newton's method* (1986).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { along, backtracking, minimize, objective, steepestDescent, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const run = minimize(along(steepestDescent(), backtracking()), objective((x: Tensor) => square(x)))
 * pipe(tensor(0.5), run, takeUntil(stepsAtMost(1))).last.value // => 0
 *
 * @since 0.1.0
 */
export const backtracking: (options?: BacktrackingOptions) => LineSearch<SearchState, 'value'> =
  /* @__PURE__ */ recipe<BacktrackingOptions>()(
    { sort: 'search', name: 'backtracking', fields: backtrackingFields },
    ({ decrease, shrink, memory, trials }): LineSearch<SearchState, 'value'> => {
      return {
        name: memory === 1 ? 'backtracking' : 'nonmonotone backtracking',
        takes: ['down'],
        init: () => noSearchYet,
        search: (line) => (state) => {
          const { value, slope } = line
          if (!(slope < 0)) return E.left(notDescent(slope))
          const values = [...state.values, value].slice(-memory)
          const end = backtrack({ at: 0, value, slope }, initialStep(line, state, [1.5, 10]), valueOn(line), {
            decrease,
            shrink,
            most: trials,
            reference: values.reduce((most, each) => Math.max(most, each), value),
            slack: roundingOf(value),
          })
          return ended(slope, memory === 1 ? [] : values, end, 'evaluations')
        },
      }
    },
  )

/**
 * Constants of `strongWolfe` and `signedWolfe`.
 *
 * @since 0.1.0
 */
export interface WolfeOptions {
  /** c₁, the part of the predicted decrease that is asked for; default 1e-4. */
  readonly decrease?: number
  /** c₂, the part of the slope that may be left; default 0.9. Small values make the search nearly exact. */
  readonly curvature?: number
  /** No step is longer; default 1e10. */
  readonly longest?: number
  /** Step lengths tried before it fails; default 60. */
  readonly trials?: number
}

/** Else the interval in which a step is good could be empty. */
export const strongerThan = (name: string, decrease: number, curvature: number): number =>
  curvature > decrease
    ? curvature
    : raise('InvalidArgument', `${name}: expected curvature to be above decrease, ${decrease}, got ${curvature}.`)

export const strongWolfeFields = () => ({
  decrease: between(0, 1)(1e-4),
  curvature: between(0, 1)(0.9),
  longest: positive(1e10),
  trials: count(60),
})

/**
 * The strong Wolfe conditions: the loss falls enough, and its slope becomes flat enough. It asks for values and gradients; the last is
 * that of the new point.
 *
 *     f(θ + α d) ≤ f(θ) + c₁ α ⟨∇f(θ), d⟩      |⟨∇f(θ + α d), d⟩| ≤ −c₂ ⟨∇f(θ), d⟩
 *
 * **Laws** both conditions hold for every step, the first up to the rounding of the value; where even the slope is rounding, the first step
 * that does not raise the value serves. So ⟨y, s⟩ > 0 for the step s and the change
 * of the gradient y, which secant methods need.
 *
 * **Cost** a gradient for each step length tried.
 *
 * **Special values** values and slopes that are not finite count as a wall, from which the search turns back.
 *
 * **Fails** `NotDescent` when the slope is not below 0; `LineSearchFailed` after so many `trials`, where the loss falls without end, or
 * up to a wall.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), algorithms 3.5 and 3.6.
 *
 * @example
 * import { along, lbfgsDirection, strongWolfe } from 'gradus/optimize'
 * along(lbfgsDirection(), strongWolfe({ curvature: 0.5 })).name // => 'l-bfgs with strong wolfe'
 *
 * @since 0.1.0
 */
export const strongWolfe: (options?: WolfeOptions) => LineSearch<SearchState, 'valueAndGrad'> =
  /* @__PURE__ */ recipe<WolfeOptions>()(
    { sort: 'search', name: 'strongWolfe', fields: strongWolfeFields },
    ({ decrease, curvature, longest, trials }): LineSearch<SearchState, 'valueAndGrad'> => {
      strongerThan('strongWolfe', decrease, curvature)
      return {
        name: 'strong wolfe',
        takes: ['down'],
        init: () => noSearchYet,
        search: (line) => (state) => {
          const { value, slope } = line
          if (!(slope < 0)) return E.left(notDescent(slope))
          const start = Math.min(longest, initialStep(line, state, [0.1, 10]))
          const origin = { at: 0, value, slope }
          const end = strongWolfeSearch(origin, start, slopeOn(line), {
            decrease,
            curvature,
            longest,
            most: trials,
            slack: roundingOf(value),
            negligible: negligibleOf(value),
          })
          return ended(slope, [], end, 'gradients')
        },
      }
    },
  )

/**
 * Constants of `hagerZhang`.
 *
 * @since 0.1.0
 */
export interface HagerZhangOptions {
  /** δ, the part of the predicted decrease that is asked for, below ½; default 0.1. */
  readonly decrease?: number
  /** σ, the part of the slope that may be left; default 0.9. */
  readonly curvature?: number
  /** ε: the approximate conditions hold up to ε |f| above f; default 1e-6. */
  readonly slack?: number
  /** Step lengths tried before it fails; default 60. */
  readonly trials?: number
}

const hagerZhangFields = () => ({
  decrease: between(0, 0.5)(0.1),
  curvature: between(0, 1)(0.9),
  slack: fraction(1e-6),
  trials: count(60),
})

/**
 * The line search of Hager and Zhang: it works on slopes by secants, and near a minimum, where rounding hides the decrease of the loss,
 * it asks for the approximate Wolfe conditions instead.
 *
 *     Wolfe:   f(θ + α d) − f ≤ δ α m   and   m(α) ≥ σ m          with m = ⟨∇f(θ), d⟩, m(α) = ⟨∇f(θ + α d), d⟩
 *     or       (2δ − 1) m ≥ m(α) ≥ σ m   and   f(θ + α d) ≤ f + ε |f|
 *
 * **Laws** one of the two pairs of conditions holds for every step; on a parabola they are the same.
 *
 * **Cost** a gradient for each step length tried.
 *
 * **Special values** values and slopes that are not finite count as a wall, from which the search turns back.
 *
 * **Fails** as `strongWolfe`.
 *
 * **References** Hager and Zhang, *A new conjugate gradient method with guaranteed descent and an efficient line search* (2005);
 * *Algorithm 851: CG_DESCENT* (2006), with its constants.
 *
 * @example
 * import { along, conjugateDirection, hagerZhang } from 'gradus/optimize'
 * along(conjugateDirection(), hagerZhang()).name // => 'conjugate gradient (HZ) with hager-zhang'
 *
 * @since 0.1.0
 */
export const hagerZhang: (options?: HagerZhangOptions) => LineSearch<SearchState, 'valueAndGrad'> =
  /* @__PURE__ */ recipe<HagerZhangOptions>()(
    { sort: 'search', name: 'hagerZhang', fields: hagerZhangFields },
    ({ decrease, curvature, slack, trials }): LineSearch<SearchState, 'valueAndGrad'> => {
      strongerThan('hagerZhang', decrease, curvature)
      return {
        name: 'hager-zhang',
        takes: ['down'],
        init: () => noSearchYet,
        search: (line) => (state) => {
          const { value, slope } = line
          if (!(slope < 0)) return E.left(notDescent(slope))
          const end = hagerZhangSearch({ at: 0, value, slope }, initialStep(line, state, [0.1, 10]), slopeOn(line), {
            decrease,
            curvature,
            cut: 0.5,
            shrink: 0.66,
            grow: 5,
            most: trials,
            slack: slack * Math.abs(value),
            negligible: negligibleOf(value),
          })
          return ended(slope, [], end, 'gradients')
        },
      }
    },
  )

/**
 * Lets a search take directions of either sign: where the loss rises along the direction it looks along the opposite, and the step
 * length is negative.
 *
 * **Cost** that of the search.
 *
 * **Fails** as the search does; `NotDescent` when the slope is 0 or no number.
 *
 * **References** Shea and Schmidt, *Don't be so positive: negative step sizes in second-order methods* (2024).
 *
 * @example
 * import { along, backtracking, exactNewtonDirection, signed } from 'gradus/optimize'
 * along(exactNewtonDirection(), signed(backtracking())).name // => 'exact newton with signed backtracking'
 *
 * @since 0.1.0
 */
export const signed: <G extends StateType, B extends Ability>(
  lineSearch: LineSearch<G, B>,
) => LineSearch<G, B, 'down' | 'either way'> = /* @__PURE__ */ withRecipe<{
  readonly lineSearch: LineSearch<StateType, Ability>
}>()(
  {
    sort: 'search',
    name: 'signed',
    fields: () => ({ lineSearch: searchField<LineSearch<StateType, Ability>>('down')() }),
  },
  ({ lineSearch }) => signed(lineSearch),
)(
  <G extends StateType, B extends Ability>(lineSearch: LineSearch<G, B>): LineSearch<G, B, 'down' | 'either way'> =>
    described({ name: 'signed', lineSearch })({
      name: `signed ${lineSearch.name}`,
      takes: ['down', 'either way'],
      init: lineSearch.init,
      search: (line) => (state) =>
        line.slope > 0
          ? pipe(
              lineSearch.search({
                ...line,
                heading: 'down',
                direction: treeScale(-1, line.direction),
                slope: -line.slope,
              })(state),
              E.map((found) => ({ ...found, stepLength: -found.stepLength })),
            )
          : lineSearch.search({ ...line, heading: 'down' })(state),
    }),
)

/**
 * The strong Wolfe conditions for directions of either sign: `signed(strongWolfe(options))`.
 *
 * @example
 * import { along, signedWolfe, symmetricRankOneDirection } from 'gradus/optimize'
 * along(symmetricRankOneDirection(), signedWolfe()).name // => 'sr1 with signed strong wolfe'
 *
 * @since 0.1.0
 */
export const signedWolfe: (options?: WolfeOptions) => LineSearch<SearchState, 'valueAndGrad', 'down' | 'either way'> =
  /* @__PURE__ */ recipe<WolfeOptions>()(
    { sort: 'search', name: 'signedWolfe', fields: strongWolfeFields },
    (options) => signed(strongWolfe(options)),
  )
