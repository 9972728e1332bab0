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

const between = (search: string, name: string, value: number, low: number, high: number): number =>
  value > low && value < high
    ? value
    : raise('InvalidArgument', `${search}: expected ${name} above ${low} and below ${high}, got ${value}.`)

const wholeAbove0 = (search: string, name: string, value: number): number =>
  Number.isSafeInteger(value) && value > 0
    ? value
    : raise('InvalidArgument', `${search}: expected ${name} to be an integer above 0, got ${value}.`)

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
export const fixedStep = (stepLength = 1): LineSearch<Stateless, never, Heading> => {
  const length = between('fixedStep', 'stepLength', stepLength, 0, Infinity)
  return {
    name: 'fixed step',
    init: () => null,
    search:
      ({ params, direction }) =>
      (state) =>
        E.right({ stepLength: length, params: treeAxpy(length, direction, params), state, work: {} }),
  }
}

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
export const backtracking = ({
  decrease = 1e-4,
  shrink = 'cubic',
  memory = 1,
  trials = 60,
}: BacktrackingOptions = {}): LineSearch<SearchState, 'value'> => {
  const settings = {
    decrease: between('backtracking', 'decrease', decrease, 0, 1),
    shrink: typeof shrink === 'number' ? between('backtracking', 'shrink', shrink, 0, 1) : shrink,
    most: wholeAbove0('backtracking', 'trials', trials),
  }
  const kept = wholeAbove0('backtracking', 'memory', memory)
  return {
    name: memory === 1 ? 'backtracking' : 'nonmonotone backtracking',
    init: () => noSearchYet,
    search: (line) => (state) => {
      const { value, slope } = line
      if (!(slope < 0)) return E.left(notDescent(slope))
      const values = [...state.values, value].slice(-kept)
      const end = backtrack({ at: 0, value, slope }, initialStep(line, state, [1.5, 10]), valueOn(line), {
        ...settings,
        reference: values.reduce((most, each) => Math.max(most, each), value),
        slack: roundingOf(value),
      })
      return ended(slope, kept === 1 ? [] : values, end, 'evaluations')
    },
  }
}

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
export const strongWolfe = ({
  decrease = 1e-4,
  curvature = 0.9,
  longest = 1e10,
  trials = 60,
}: WolfeOptions = {}): LineSearch<SearchState, 'valueAndGrad'> => {
  const settings = {
    decrease: between('strongWolfe', 'decrease', decrease, 0, 1),
    curvature: between('strongWolfe', 'curvature', curvature, decrease, 1),
    longest: between('strongWolfe', 'longest', longest, 0, Infinity),
    most: wholeAbove0('strongWolfe', 'trials', trials),
  }
  return {
    name: 'strong wolfe',
    init: () => noSearchYet,
    search: (line) => (state) => {
      const { value, slope } = line
      if (!(slope < 0)) return E.left(notDescent(slope))
      const start = Math.min(longest, initialStep(line, state, [0.1, 10]))
      const origin = { at: 0, value, slope }
      const end = strongWolfeSearch(origin, start, slopeOn(line), {
        ...settings,
        slack: roundingOf(value),
        negligible: negligibleOf(value),
      })
      return ended(slope, [], end, 'gradients')
    },
  }
}

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
export const hagerZhang = ({
  decrease = 0.1,
  curvature = 0.9,
  slack = 1e-6,
  trials = 60,
}: HagerZhangOptions = {}): LineSearch<SearchState, 'valueAndGrad'> => {
  const settings = {
    decrease: between('hagerZhang', 'decrease', decrease, 0, 0.5),
    curvature: between('hagerZhang', 'curvature', curvature, decrease, 1),
    cut: 0.5,
    shrink: 0.66,
    grow: 5,
    most: wholeAbove0('hagerZhang', 'trials', trials),
  }
  if (!(slack >= 0 && slack < 1))
    return raise('InvalidArgument', `hagerZhang: expected slack from 0 to below 1, got ${slack}.`)
  return {
    name: 'hager-zhang',
    init: () => noSearchYet,
    search: (line) => (state) => {
      const { value, slope } = line
      if (!(slope < 0)) return E.left(notDescent(slope))
      const end = hagerZhangSearch({ at: 0, value, slope }, initialStep(line, state, [0.1, 10]), slopeOn(line), {
        ...settings,
        slack: slack * Math.abs(value),
        negligible: negligibleOf(value),
      })
      return ended(slope, [], end, 'gradients')
    },
  }
}

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
export const signed = <G extends StateType, B extends Ability>(
  lineSearch: LineSearch<G, B>,
): LineSearch<G, B, 'down' | 'either way'> => ({
  name: `signed ${lineSearch.name}`,
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
})

/**
 * The strong Wolfe conditions for directions of either sign: `signed(strongWolfe(options))`.
 *
 * @example
 * import { along, signedWolfe, symmetricRankOneDirection } from 'gradus/optimize'
 * along(symmetricRankOneDirection(), signedWolfe()).name // => 'sr1 with signed strong wolfe'
 *
 * @since 0.1.0
 */
export const signedWolfe = (
  options: WolfeOptions = {},
): LineSearch<SearchState, 'valueAndGrad', 'down' | 'either way'> => signed(strongWolfe(options))
