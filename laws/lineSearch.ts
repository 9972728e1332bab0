/** What every line search and every direction must do, whatever optimizer is made of them. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cos,
  greater,
  type Loss,
  mul,
  square,
  sub,
  sum,
  type Tensor,
  toNumber,
  treeAxpy,
  treeDot,
  treeNorm,
  treeScale,
  where,
} from '../src/index.js'
import {
  along,
  type Direction,
  fixedStep,
  type LineSearch,
  minimize,
  type Objective,
  objective,
  type Smooth,
  type StateType,
} from '../src/optimize/index.js'
import { evenly, tensors } from './arbitrary.js'
import { all, atMost, because, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

/**
 * A step that a search has taken: its length, and value and slope at both ends.
 *
 * @since 0.1.0
 */
export interface SearchedStep {
  readonly stepLength: number
  readonly value: number
  readonly slope: number
  readonly reachedValue: number
  readonly reachedSlope: number
}

/**
 * A line search and what is said of its steps.
 *
 * @since 0.1.0
 */
export interface LineSearchClaim<G extends StateType> {
  readonly name: string
  readonly lineSearch: LineSearch<G, Smooth>
  /** The conditions of its steps, each a number that is not above 0 where it holds. */
  readonly conditions: Readonly<Record<string, (step: SearchedStep) => number>>
  /** Step lengths that it tries at most. */
  readonly trials: number
}

/**
 * The condition of Armijo, f(θ + α d) − f(θ) − c₁ α ⟨∇f, d⟩, less the rounding of the values.
 *
 * @example
 * import { armijo } from 'gradus/laws'
 * const step = { stepLength: 1, value: 1, slope: -1, reachedValue: 0.5, reachedSlope: 0 }
 * armijo(0.1)(step) < 0 // => true
 *
 * @since 0.1.0
 */
export const armijo =
  (decrease: number) =>
  ({ stepLength, value, slope, reachedValue }: SearchedStep): number =>
    reachedValue - value - decrease * stepLength * slope - 4 * Number.EPSILON * Math.abs(value)

/**
 * The strong condition on the slope, |⟨∇f(θ + α d), d⟩| + c₂ ⟨∇f, d⟩, less the rounding of the slope.
 *
 * @example
 * import { flatEnough } from 'gradus/laws'
 * const step = { stepLength: 1, value: 1, slope: -1, reachedValue: 0.5, reachedSlope: 0.5 }
 * flatEnough(0.9)(step) < 0 // => true
 *
 * @since 0.1.0
 */
export const flatEnough =
  (curvature: number) =>
  ({ slope, reachedSlope }: SearchedStep): number =>
    Math.abs(reachedSlope) + curvature * slope - 4 * Number.EPSILON * Math.abs(slope)

interface Landscape {
  readonly at: Tensor
  readonly target: Tensor
  readonly waves: number
  readonly steepness: number
}

/** A bowl with waves on it, of very different steepness. */
const landscapes: fc.Arbitrary<Landscape> = fc.integer({ min: 1, max: 3 }).chain((n) =>
  fc.record({
    at: tensors([n]),
    target: tensors([n]),
    waves: evenly(0, 2),
    steepness: fc.constantFrom(1e-6, 1e-3, 1, 1e3, 1e6),
  }),
)

const landscapeLoss =
  ({ target, waves, steepness }: Landscape): Loss<Tensor> =>
  (x) =>
    mul(steepness, add(mul(0.5, sum(square(sub(x, target)))), mul(waves, sum(cos(mul(3, x))))))

/** Beyond this distance from the start the loss is no number. */
const walled =
  (loss: Loss<Tensor>, at: Tensor, reach: number): Loss<Tensor> =>
  (x) =>
    where(greater(sum(square(sub(x, at))), reach ** 2), Number.NaN, loss(x))

interface Asked {
  readonly objective: Objective<Tensor>
  readonly counts: () => readonly [number, number]
}

const watched = (loss: Loss<Tensor>): Asked => {
  const inner = objective(loss, { compilation: 'never' })
  const seen = new Map<string, number>()
  const bump = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1)
  }
  return {
    objective: {
      ...inner,
      value: (p) => {
        bump('value')
        return inner.value(p)
      },
      valueAndGrad: (p) => {
        bump('gradient')
        return inner.valueAndGrad(p)
      },
    },
    counts: () => [seen.get('value') ?? 0, seen.get('gradient') ?? 0],
  }
}

/** A search from a point along plus or minus the gradient there. */
const searchFrom = <G extends StateType>(
  lineSearch: LineSearch<G, Smooth>,
  of: Objective<Tensor>,
  at: Tensor,
  sign: 1 | -1,
) => {
  const [value, gradient] = of.valueAndGrad(at)
  const direction = treeScale(sign, gradient)
  const slope = toNumber(treeDot(gradient, direction))
  const line = { objective: of, heading: 'down' as const, params: at, gradient, direction, value, slope }
  return { line, found: lineSearch.search(line)(lineSearch.init(at)) }
}

const isCritical = (of: Objective<Tensor>, at: Tensor): boolean => !(toNumber(treeNorm(of.valueAndGrad(at)[1])) > 1e-9)

const numberOf = (work: number | undefined): number => work ?? 0

/**
 * The laws of a line search: its conditions hold for every step; it counts what it asks; what it says of the new point is so; it refuses
 * directions that go up; it turns back from values that are no numbers; and it ends.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { armijo, check, lineSearchLaws } from 'gradus/laws'
 * import { backtracking } from 'gradus/optimize'
 * const rules = lineSearchLaws({
 *   name: 'backtracking',
 *   lineSearch: backtracking({ decrease: 0.1 }),
 *   conditions: { armijo: armijo(0.1) },
 *   trials: 60,
 * })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const lineSearchLaws = <G extends StateType>(claim: LineSearchClaim<G>): RuleSet => {
  const { name, lineSearch, conditions, trials } = claim
  const judged = (of: Objective<Tensor>, at: Tensor): Evidence => {
    const { line, found } = searchFrom(lineSearch, of, at, -1)
    if (E.isLeft(found)) return same(found.left._tag, 'a step')
    const { stepLength, params, seen } = found.right
    const [reachedValue, reachedGradient] = of.valueAndGrad(params)
    const step: SearchedStep = {
      stepLength,
      value: line.value,
      slope: line.slope,
      reachedValue,
      reachedSlope: toNumber(treeDot(reachedGradient, line.direction)),
    }
    return all(
      same(stepLength > 0, true),
      same(params, treeAxpy(stepLength, line.direction, at)),
      seen === undefined ? same(true, true) : same([seen.value, seen.gradient], [reachedValue, reachedGradient]),
      ...Object.values(conditions).map((condition) => atMost()(condition(step), 0)),
    )
  }
  return ruleSet(
    name,
    [],
  )([
    law('its conditions hold for every step', landscapes, (each) => {
      const of = objective(landscapeLoss(each), { compilation: 'never' })
      fc.pre(!isCritical(of, each.at))
      return judged(of, each.at)
    }),
    law('it counts what it asks, and ends', fc.tuple(landscapes, evenly(1e-3, 2)), ([each, reach]) => {
      const { objective: of, counts } = watched(walled(landscapeLoss(each), each.at, reach))
      fc.pre(!isCritical(of, each.at))
      const before = counts()
      const { found } = searchFrom(lineSearch, of, each.at, -1)
      const after = counts()
      // One gradient is that by which the line was made.
      const [values, gradients] = [after[0] - before[0], after[1] - before[1] - 1]
      const claimed = E.isRight(found)
        ? [numberOf(found.right.work.evaluations), numberOf(found.right.work.gradients)]
        : found.left._tag === 'LineSearchFailed'
          ? [values > 0 ? found.left.tried : 0, gradients > 0 ? found.left.tried : 0]
          : [0, 0]
      return all(same(claimed, [values, gradients]), atMost()(values + gradients, trials))
    }),
    law('it turns back from values that are no numbers', fc.tuple(landscapes, evenly(1e-3, 2)), ([each, reach]) => {
      const of = objective(walled(landscapeLoss(each), each.at, reach), { compilation: 'never' })
      fc.pre(!isCritical(of, each.at))
      const { found } = searchFrom(lineSearch, of, each.at, -1)
      // Where the loss falls up to the wall, no step may serve; but none leads behind it.
      return same(
        E.isLeft(found) ? found.left._tag === 'LineSearchFailed' : of.value(found.right.params) < Infinity,
        true,
      )
    }),
    law('it refuses a direction that goes up', landscapes, (each) => {
      const of = objective(landscapeLoss(each), { compilation: 'never' })
      fc.pre(!isCritical(of, each.at))
      const { found } = searchFrom(lineSearch, of, each.at, 1)
      return same(E.isLeft(found) ? found.left._tag : 'a step', 'NotDescent')
    }),
  ])
}

/**
 * A direction that claims to go down wherever the gradient is not 0.
 *
 * @since 0.1.0
 */
export interface DirectionClaim<F extends StateType> {
  readonly name: string
  readonly direction: Direction<F>
}

/** The slopes of what a direction proposes on the way of small steps along it, and how large they can be. */
const slopesOf = <F extends StateType>(
  direction: Direction<F>,
  loss: Loss<Tensor>,
  at: Tensor,
): ReadonlyArray<readonly [number, number]> => {
  const of = objective(loss, { compilation: 'never' })
  const iterator = minimize(along(direction, fixedStep(0.1)), of)(at)[Symbol.iterator]()
  return Array.from({ length: 4 }, () => iterator.next()).flatMap((next) => {
    if (next.done === true || !(next.value.gradientNorm > 1e-9)) return []
    const { state, ...it } = next.value
    const proposed = direction.propose({ ...it, state, objective: of })(state[0])
    if (E.isLeft(proposed)) return []
    const slope = toNumber(treeDot(it.gradient, proposed.right.direction))
    return [[slope, it.gradientNorm * toNumber(treeNorm(proposed.right.direction))] as const]
  })
}

/**
 * The laws of a direction with the heading `'down'`: on its way it goes down at every point, also where curvature is negative; and it is a
 * function of the point and its state.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, directionLaws } from 'gradus/laws'
 * import { newtonDirection } from 'gradus/optimize'
 * E.isRight(check({ seed: 1, instances: 20 })(directionLaws({ name: 'newton', direction: newtonDirection() }))) // => true
 *
 * @since 0.1.0
 */
export const directionLaws = <F extends StateType>({ name, direction }: DirectionClaim<F>): RuleSet => {
  const goesDown = (loss: Loss<Tensor>, at: Tensor): Evidence =>
    all(
      same(true, true),
      ...slopesOf(direction, loss, at).map(([slope, most]) =>
        because('an angle of rounding size is none')(atMost()(slope, -1e-15 * most)),
      ),
    )
  const laws: ReadonlyArray<Law> = [
    law('it goes down where the loss is convex and where it is not', landscapes, (each) =>
      goesDown(landscapeLoss(each), each.at),
    ),
    law('it is a function of the point and its state', landscapes, (each) => {
      const slopes = (): unknown => slopesOf(direction, landscapeLoss(each), each.at)
      return same(slopes(), slopes())
    }),
  ]
  return ruleSet(name, [])(laws)
}
