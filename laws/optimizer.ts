/**
 * What every optimizer must do: stay at a minimum, be a function of its state, count its work, and end in a failure and never in a
 * state that is not finite. What only some do is claimed as data: optimizerClaims.ts holds those laws.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  atan,
  greater,
  type Loss,
  mul,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
} from '../src/index.js'
import {
  anyOf,
  gradientBelow,
  type Iterate,
  minimize,
  type Objective,
  type Optimizer,
  objective,
  resume,
  type StateOf,
  type StateType,
  type StepFailure,
  showStepFailure,
  stepsAtMost,
  takeUntil,
} from '../src/optimize/index.js'
import { evenly, symmetricMatrices, tensors } from './arbitrary.js'
import { all, close, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { isFiniteTree } from './nonFinite.js'
import { claimedLaws, type OptimizerProperty } from './optimizerClaims.js'
import { firstStep, quadratic } from './step.js'
import { convexCases, convexLoss } from './surfaces.js'
import { essence, iterates } from './walk.js'

/**
 * An optimizer and what is said of it.
 *
 * @since 0.1.0
 */
export interface OptimizerClaim<F extends StateType> {
  readonly name: string
  readonly optimizer: Optimizer<F>
  /** Properties that it has, and properties that it is known not to have. */
  readonly claims?: ReadonlyArray<OptimizerProperty>
  /** Laws of the families that it belongs to, `newtonLaws` or `saddleFreeLaws`. */
  readonly parents?: ReadonlyArray<RuleSet>
  /** Allowed error of a step, relative to its size or to 1; default 1e-9. */
  readonly tolerance?: number
}

const minimumLaw = <F extends StateType>(optimizer: Optimizer<F>): Law =>
  law(
    'at a minimum it stays',
    fc.integer({ min: 1, max: 4 }).chain((n) => symmetricMatrices('positive', n)),
    ({ matrix, eigenvalues }) => {
      const minimum = tensor(eigenvalues.map(() => 0))
      const outcome = firstStep(optimizer, quadratic(matrix), minimum)
      if (E.isLeft(outcome))
        return same(outcome.left._tag === 'NoDecrease' ? 'it stays' : showStepFailure(outcome.left), 'it stays')
      // Nor is the state that it reaches one that would move it later.
      const its = iterates(minimize(optimizer, objective(quadratic(matrix)))(minimum), 3)
      return close(0)(
        its.map(({ params }) => params),
        its.map(() => minimum),
      )
    },
  )

/** How often the parts of an objective were asked for. */
const counted = <P>(
  of: Objective<P>,
): { readonly objective: Objective<P>; readonly count: (what: string) => number } => {
  const counts = new Map<string, number>()
  const bump = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return {
    objective: {
      value: (p) => {
        bump('evaluations')
        return of.value(p)
      },
      valueAndGrad: (p) => {
        bump('gradients')
        return of.valueAndGrad(p)
      },
      hessian: of.hessian,
    },
    count: (what) => counts.get(what) ?? 0,
  }
}

const runLaws = <F extends StateType>(optimizer: Optimizer<F>): ReadonlyArray<Law> => {
  const steps = 4
  const runs = fc.tuple(convexCases, fc.integer({ min: 1, max: steps - 1 }))
  return [
    law('a run walked twice has the same bits', convexCases, (each) => {
      const run = minimize(optimizer, objective(convexLoss(each)))(each.at)
      return same(essence(iterates(run, steps)), essence(iterates(run, steps)))
    }),
    law('a run that is resumed goes on as if it had not been interrupted', runs, ([each, at]) => {
      const loss = objective(convexLoss(each))
      const whole = iterates(minimize(optimizer, loss)(each.at), steps)
      const from = whole[at]
      if (from === undefined) return same('an end', 'an end')
      const { step, params, state, work } = from
      const rest = iterates(resume(optimizer, loss)({ step, params, state, work }), steps - at)
      const parts = (its: typeof whole): unknown => its.map((it) => [it.step, it.params, it.state, it.value])
      return same(parts(rest), parts(whole.slice(at)))
    }),
    law('a state can be entered again, and is as it was', runs, ([each, at]) => {
      const loss = objective(convexLoss(each))
      const from = iterates(minimize(optimizer, loss)(each.at), at)[at]
      if (from === undefined) return same('an end', 'an end')
      const step = optimizer.step(loss)
      const before = essence([from])
      const reached = (): unknown => {
        const next = step({ ...from, objective: loss })
        return E.isRight(next) ? essence([next.right]) : next.left._tag
      }
      const [first, again] = [reached(), reached()]
      return all(same(first, again), same(essence([from]), before))
    }),
    law('work counts the values and gradients that were asked for', convexCases, (each) => {
      const { objective: watched, count } = counted(objective(convexLoss(each)))
      const its = iterates(minimize(optimizer, watched)(each.at), 3)
      const last = its[its.length - 1]
      const claimed = last === undefined ? [] : [last.step, last.work.gradients]
      // A run that ended has asked for the values of a step that was not taken.
      return its.length === 4
        ? same([...claimed, last?.work.evaluations], [3, count('gradients'), count('evaluations')])
        : same(last?.step, its.length - 1)
    }),
  ]
}

interface Cliff {
  readonly at: Tensor
  readonly target: Tensor
  readonly reach: number
  readonly beyond: number
}

/** Within reach of the start a bowl, and beyond it nothing that is a number. */
const cliffs: fc.Arbitrary<Cliff> = fc.integer({ min: 1, max: 3 }).chain((n) =>
  fc.record({
    at: tensors([n]),
    target: tensors([n], { min: 5, max: 9 }),
    reach: evenly(0, 0.5),
    beyond: fc.constantFrom(Number.NaN, Infinity),
  }),
)

const cliffLoss =
  ({ at, target, reach, beyond }: Cliff): Loss<Tensor> =>
  (x) =>
    where(greater(sum(square(sub(x, at))), reach ** 2), beyond, mul(0.5, sum(square(sub(x, target)))))

/**
 * At most so many steps of the optimizer itself: a run would not yield what is not finite, whoever steps there. The first iterate is that
 * of a run.
 */
const bareSteps = <F extends StateType, P>(
  optimizer: Optimizer<F>,
  of: Objective<P>,
  at: P,
  most: number,
): {
  readonly taken: ReadonlyArray<Iterate<P, StateOf<F, P>>>
  readonly end: O.Option<StepFailure<P, StateOf<F, P>>>
} => {
  const [start] = minimize(optimizer, of)(at)
  const step = optimizer.step(of)
  return Array.from({ length: most }).reduce<{
    readonly taken: ReadonlyArray<Iterate<P, StateOf<F, P>>>
    readonly end: O.Option<StepFailure<P, StateOf<F, P>>>
  }>(
    (seen) => {
      const from = seen.taken[seen.taken.length - 1]
      if (from === undefined || O.isSome(seen.end)) return seen
      const next = step({ ...from, objective: of })
      return E.isLeft(next) ? { ...seen, end: O.some(next.left) } : { ...seen, taken: [...seen.taken, next.right] }
    },
    { taken: start === undefined ? [] : [start], end: O.none },
  )
}

/** No iterate may hold what is not finite; the failure keeps the last one that is finite. */
const endsWell = <F extends StateType>(optimizer: Optimizer<F>, loss: Loss<Tensor>, at: Tensor): Evidence => {
  const { taken, end } = bareSteps(optimizer, objective(loss, { compilation: 'never' }), at, 4)
  // Who asks for values alone has no gradient to be finite.
  const isSound = (it: Iterate<Tensor, StateOf<F, Tensor>>): boolean =>
    Number.isFinite(it.value) &&
    isFiniteTree(it.params) &&
    (isFiniteTree(it.gradient) || !('valueAndGrad' in it.objective))
  return all(same(taken.every(isSound), true), same(O.isSome(end) ? isSound(end.value.last) : true, true))
}

const failureLaws = <F extends StateType>(optimizer: Optimizer<F>): ReadonlyArray<Law> => [
  law('where a loss stops being a number the run ends in a failure that keeps the last point', cliffs, (cliff) =>
    endsWell(optimizer, cliffLoss(cliff), cliff.at),
  ),
  // A loss that saturates is finite at infinity too, so that nothing but the point tells that a step went there.
  law('a step beyond the largest number is not taken', tensors([2]), (at) =>
    endsWell(optimizer, (x) => mul(1e150, sum(atan(x))), at),
  ),
  law('from a point that is not finite no step is taken', fc.constantFrom(Number.NaN, Infinity), (wrong) => {
    const of = objective((x: Tensor) => add(x, wrong))
    const { end } = bareSteps(optimizer, of, scalar(1), 1)
    return same(O.isSome(end) ? end.value._tag : 'a step', 'NonFinite')
  }),
  law('no rule takes a point that is not finite for an end', fc.constantFrom(Number.NaN, Infinity), (wrong) => {
    const run = minimize(
      optimizer,
      objective((x: Tensor) => mul(x, wrong)),
    )(scalar(1))
    const iterator = run[Symbol.iterator]()
    const [start, next] = [iterator.next(), iterator.next()]
    if (start.done === true || next.done !== true) return same('a step', 'a failure')
    const { reason } = takeUntil(anyOf(gradientBelow(1), stepsAtMost(0)))(run)
    return all(
      same(E.isRight(reason) ? reason.right._tag : 'a failure', 'a failure'),
      same(gradientBelow(1)(start.value)._tag, 'None'),
    )
  }),
]

/**
 * The laws of an optimizer: it stays at a minimum; its runs are functions of their start, can be resumed and count their work;
 * where the loss stops being finite a run ends in a failure. And those of the properties that it claims or denies.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, optimizerLaws } from 'gradus/laws'
 * import { gradientDescent } from 'gradus/optimize'
 * const optimizer = gradientDescent({ learningRate: 0.05 })
 * const factor = (eigenvalue: number) => 1 - 0.05 * eigenvalue
 * const rules = optimizerLaws({
 *   name: 'descent',
 *   optimizer,
 *   claims: [
 *     { _tag: 'Multiplies', factor },
 *     { _tag: 'Equivariant', under: 'rotations' },
 *     { _tag: 'NotEquivariant', under: 'linear changes' },
 *   ],
 * })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const optimizerLaws = <F extends StateType>(claim: OptimizerClaim<F>): RuleSet => {
  const { name, optimizer, claims = [], parents = [], tolerance = 1e-9 } = claim
  const set = (part: string, laws: ReadonlyArray<Law>): RuleSet => ruleSet(`${name} › ${part}`, [])(laws)
  return ruleSet(name, [
    ...parents,
    set('runs', [minimumLaw(optimizer), ...runLaws(optimizer)]),
    set('failures', failureLaws(optimizer)),
    set(
      'claims',
      claims.map((property) => claimedLaws(optimizer, property, tolerance)),
    ),
  ])([])
}
