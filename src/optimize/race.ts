/** Races: several runs side by side, in equal steps or in equal work. */
import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../data/Defect.js'
import { gradientEquivalents, type Iterate } from './Optimizer.js'
import { type Exhausted, exhausted, type Stream } from './stream.js'

/**
 * One run in a race: its iterate at the mark, and its end once it has one; then it stays where it is.
 *
 * @since 0.1.0
 */
export interface Lane<A, End> {
  readonly it: A
  readonly end: O.Option<End>
}

type AnyRun = Stream<Iterate<unknown, unknown>, unknown>

/**
 * All runs of a race at one mark.
 *
 * @since 0.1.0
 */
export interface RaceRow<R extends Readonly<Record<string, AnyRun>>> {
  /** Steps or gradient equivalents, as the race goes by. */
  readonly at: number
  readonly lanes: { readonly [K in keyof R]: R[K] extends Stream<infer A, infer End> ? Lane<A, End> : never }
}

/**
 * What runs have in common at a mark, and how far marks are apart.
 *
 * @since 0.1.0
 */
export interface RaceOptions {
  readonly by: 'steps' | 'work'
  /** Default 1. */
  readonly every?: number
}

/** A run between two marks: what it shows, and what it has already computed beyond. */
interface Runner {
  readonly name: string
  readonly iterator: Iterator<Iterate<unknown, unknown>, unknown>
  readonly it: Iterate<unknown, unknown>
  readonly next: O.Option<Iterate<unknown, unknown>>
  readonly end: O.Option<unknown>
}

const measures = {
  steps: ({ step }: Iterate<unknown, unknown>): number => step,
  work: ({ work }: Iterate<unknown, unknown>): number => gradientEquivalents(work),
}

const started = (name: string, run: AnyRun): Runner => {
  const iterator = run[Symbol.iterator]()
  const first = iterator.next()
  return first.done === true
    ? raise('InvalidArgument', `race: expected a run with one iterate at least, got none from ${name}.`)
    : { name, iterator, it: first.value, next: O.none, end: O.none }
}

/** The last iterate of a run that is not beyond the mark. One step further is computed only where it could be on this side of it. */
const advanced = (runner: Runner, mark: number, measure: (it: Iterate<unknown, unknown>) => number): Runner => {
  for (let here = runner; ; ) {
    if (O.isSome(here.end) || measure(here.it) >= mark) return here
    const step = O.isSome(here.next) ? { done: false as const, value: here.next.value } : here.iterator.next()
    if (step.done === true) return { ...here, end: O.some(step.value) }
    if (measure(step.value) > mark) return { ...here, next: O.some(step.value) }
    here = { ...here, it: step.value, next: O.none }
  }
}

function* racing<R extends Readonly<Record<string, AnyRun>>>(
  runs: R,
  { by, every = 1 }: RaceOptions,
): Generator<RaceRow<R>, Exhausted> {
  let runners = Object.entries(runs).map(([name, run]) => started(name, run))
  for (let mark = 0; ; mark++) {
    const at = mark * every
    runners = runners.map((runner) => advanced(runner, at, measures[by]))
    const lanes = Object.fromEntries(runners.map(({ name, it, end }) => [name, { it, end }]))
    yield { at, lanes: lanes as RaceRow<R>['lanes'] }
    if (runners.every(({ end }) => O.isSome(end))) return exhausted
  }
}

/**
 * Several runs side by side. At each mark every run shows the last of its iterates that is not beyond: after equally many steps, or
 * after equal work in gradient equivalents. A run that ends stays at its last iterate, with its end; the race ends with the last of
 * them. The start of a run is always shown, whatever it cost.
 *
 * @example
 * import { square, tensor, type Tensor } from 'gradus'
 * import { adam, gradientDescent, minimize, newton, objective, race, stepsAtMost, take, toArray, until } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => square(x))
 * const runs = {
 *   descent: minimize(gradientDescent({ learningRate: 0.25 }), loss)(tensor(1)),
 *   newton: until(stepsAtMost(1))(minimize(newton(), loss)(tensor(1))),
 * }
 * const rows = toArray(take(3)(race(runs, { by: 'steps' })))
 * rows.map(({ lanes }) => [lanes.descent.it.value, lanes.newton.it.value]) // => [[1, 1], [0.25, 0], [0.0625, 0]]
 *
 * @since 0.1.0
 */
export const race = <R extends Readonly<Record<string, AnyRun>>>(
  runs: R,
  options: RaceOptions,
): Stream<RaceRow<R>, Exhausted> =>
  options.every === undefined || (options.every > 0 && options.every < Infinity)
    ? { [Symbol.iterator]: () => racing(runs, options) }
    : raise('InvalidArgument', `race: expected marks a finite number above 0 apart, got ${options.every}.`)
