/**
 * Races: optimizers side by side on one test problem, from the same start, on the same budget, judged by what is known of the
 * problem and not by what they say of themselves.
 */
import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { treeLength } from '../operator/length.js'
import type { Run } from '../optimize/iterate.js'
import { objective } from '../optimize/Objective.js'
import {
  gradientEquivalents,
  type Iterate,
  type StepFailure,
  showStepFailure,
  type Work,
} from '../optimize/Optimizer.js'
import type { KnownMinimum, Problem } from '../problem/Problem.js'
import type { Contender, Entrance } from './contenders.js'

/** What each contender may spend; a run ends with the first of the two. `Infinity` sets no limit. */
export interface Budget {
  readonly steps: number
  readonly gradientEquivalents: number
}

/** How a run ended. */
export type Ending =
  /** The value of a known minimum within its tolerance, and a small gradient. */
  | { readonly _tag: 'Reached'; readonly minimum: KnownMinimum }
  /** Of a loss that is not bounded below: lower than its saddle by 1. */
  | { readonly _tag: 'Escaped' }
  /** No gradient is left, and no minimum is known to be here. */
  | { readonly _tag: 'Stationary' }
  | { readonly _tag: 'Spent'; readonly what: keyof Budget }
  | { readonly _tag: 'Failed'; readonly failure: StepFailure<Tensor, unknown>['_tag']; readonly sentence: string }

/** A point of a run. */
export interface Lap {
  readonly step: number
  readonly work: Work
  readonly value: number
  readonly gradientNorm: number
  readonly params: Tensor
}

/** How a contender did. */
export interface Standing {
  readonly contender: Contender
  readonly laps: ReadonlyArray<Lap>
  readonly last: Lap
  readonly ending: Ending
}

/** All that came of a race. */
export interface Race {
  readonly problem: Problem
  readonly standings: ReadonlyArray<Standing>
}

/** A gradient is small when it is below this share of that at the start, or of 1 where that is less. */
export const smallGradient = 1e-6

/** So small that no step would change anything. */
const vanished = 1e-15

/** How far below its saddle a loss without minimum has to fall. */
const escaped = 1

/**
 * Whether a known minimum is reached: its value within its tolerance (or any lower one, if it is the global one), and
 * ‖∇f(x)‖ ≤ 10⁻⁶ max(1, ‖∇f(x₀)‖), without which a run that only passes the value of a local minimum would count.
 */
export const reachedMinimum = (
  { minima }: Pick<Problem, 'minima'>,
  first: Pick<Lap, 'gradientNorm'>,
  { value, gradientNorm }: Pick<Lap, 'value' | 'gradientNorm'>,
): O.Option<KnownMinimum> =>
  gradientNorm <= smallGradient * Math.max(1, first.gradientNorm)
    ? O.fromNullable(
        minima.find(({ value: known, global, tolerance }) =>
          global ? value - known <= tolerance : Math.abs(value - known) <= tolerance,
        ),
      )
    : O.none

/** A point as the judge sees it: he knows the gradient also where the optimizer did not ask for it. */
const lapOf =
  ({ objective: { valueAndGrad } }: Pick<Entrance, 'objective'>) =>
  ({ step, work, value, gradientNorm, params }: Iterate<Tensor, unknown>): Lap => ({
    step,
    work,
    value,
    gradientNorm: Number.isNaN(gradientNorm) ? treeLength(valueAndGrad(params)[1]) : gradientNorm,
    params,
  })

/** The end of a run at a point, if it is one. */
const endOf = (problem: Problem, budget: Budget, first: Lap, lap: Lap): O.Option<Ending> => {
  const reached = reachedMinimum(problem, first, lap)
  if (O.isSome(reached)) return O.some({ _tag: 'Reached', minimum: reached.value })
  const { value: saddle = Infinity } = problem.saddles[0] ?? {}
  if (problem.kinds.includes('unbounded') && lap.value <= saddle - escaped) return O.some({ _tag: 'Escaped' })
  if (lap.gradientNorm <= vanished * Math.max(1, first.gradientNorm)) return O.some({ _tag: 'Stationary' })
  if (lap.step >= budget.steps) return O.some({ _tag: 'Spent', what: 'steps' })
  if (gradientEquivalents(lap.work) >= budget.gradientEquivalents)
    return O.some({ _tag: 'Spent', what: 'gradientEquivalents' })
  return O.none
}

interface Seen {
  readonly lap: Lap
  readonly ending: O.Option<Ending>
}

/** The points of a run until it ends; the last of them has the ending. */
function* watched(run: Run<Tensor, unknown>, entrance: Entrance, budget: Budget): Generator<Seen, void> {
  const { problem } = entrance
  const lap = lapOf(entrance)
  const iterator = run[Symbol.iterator]()
  const opening = iterator.next()
  const first = lap(opening.done === true ? opening.value.last : opening.value)
  const before = endOf(problem, budget, first, first)
  yield { lap: first, ending: before }
  if (O.isSome(before)) return
  for (;;) {
    const next = iterator.next()
    if (next.done === true) {
      const { _tag: failure, last } = next.value
      yield { lap: lap(last), ending: O.some({ _tag: 'Failed', failure, sentence: showStepFailure(next.value) }) }
      return
    }
    const point = lap(next.value)
    const ending = endOf(problem, budget, first, point)
    yield { lap: point, ending }
    if (O.isSome(ending)) return
  }
}

const standingOf = (entrance: Entrance, contender: Contender, run: Run<Tensor, unknown>, budget: Budget): Standing => {
  const seen = Array.from(watched(run, entrance, budget))
  const end = seen[seen.length - 1] ?? raise('InvalidArgument', `${contender.name}: a run without a first point.`)
  return {
    contender,
    laps: seen.map(({ lap }) => lap),
    last: end.lap,
    ending: O.getOrElse((): Ending => ({ _tag: 'Spent', what: 'steps' }))(end.ending),
  }
}

/** Runs every contender that serves a problem from its standard start. */
export const raceOn = (problem: Problem, contenders: ReadonlyArray<Contender>, budget: Budget): Race => {
  const entrance = { problem, objective: objective(problem.loss), start: problem.starts[0] }
  return {
    problem,
    standings: contenders.flatMap((contender) =>
      O.match(
        (): ReadonlyArray<Standing> => [],
        (run: Run<Tensor, unknown>) => [standingOf(entrance, contender, run, budget)],
      )(contender.run(entrance)),
    ),
  }
}

/** Whether a run did what it was for. */
export const isSolved = ({ ending }: Pick<Standing, 'ending'>): boolean =>
  ending._tag === 'Reached' || ending._tag === 'Escaped'

/** What a solution cost, in steps or in gradients; `Infinity` where there is none. */
export const costOf =
  (what: keyof Budget) =>
  ({ ending, last }: Pick<Standing, 'ending' | 'last'>): number =>
    isSolved({ ending }) ? (what === 'steps' ? last.step : gradientEquivalents(last.work)) : Infinity

/** How a run ended, in a few words. */
export const showEnding = (ending: Ending): string => {
  switch (ending._tag) {
    case 'Reached':
      return ending.minimum.global
        ? 'reached the minimum'
        : `reached the local minimum ${ending.minimum.value.toPrecision(6)}`
    case 'Escaped':
      return 'left the saddle'
    case 'Stationary':
      return 'critical point, no known minimum'
    case 'Spent':
      return ending.what === 'steps' ? 'steps spent' : 'budget spent'
    case 'Failed':
      return ending.sentence
  }
}
