/**
 * trust/: optimizers that believe a model of the loss only so far: how far is a number in their state, which grows where the model
 * predicts well and shrinks where it does not. gainRatio.ts is what they share; it knows nothing of where steps come from.
 * May import: optimize and what it may import. May be imported by: optimize.
 */
import * as E from 'fp-ts/lib/Either.js'
import { toFloat64Array } from '../../data/read.js'
import { ravel, treeAdd } from '../../function/tree.js'
import { isFiniteTree } from '../../operator/length.js'
import { afterSpending, type Iterate, type StepFailure, type Work, workMonoid } from '../Optimizer.js'

/** A step that a model proposes, and what the model says of it. */
export interface Attempt<P> {
  readonly step: P
  /** Where it leads, of who must hit a bound that the rounding of a sum would miss. */
  readonly reached?: P
  readonly length: number
  readonly predictedReduction: number
  readonly work: Partial<Work>
  /** The loss there, of who has looked at it already: it is not asked again. */
  readonly value?: number
}

/** A step that was taken, after how many that were not. */
export interface Accepted<P, T extends Attempt<P>> {
  readonly candidate: P
  readonly attempt: T
  /** The size of the region in which it was found. */
  readonly size: number
  /** Actual over predicted reduction. */
  readonly gainRatio: number
  readonly rejected: number
  readonly work: Work
}

export interface Search<P, S, T extends Attempt<P>> {
  readonly it: Iterate<P, S>
  readonly value: (p: P) => number
  readonly size: number
  readonly attemptAt: (size: number) => E.Either<StepFailure<P, S>, T>
  /** The size to try after a step that was not good enough. */
  readonly smaller: (size: number, attempt: T, rejected: number) => number
  /** The least gain ratio of a step that is taken. */
  readonly acceptance: number
}

/** Where both reductions are within so many units of rounding of the loss, their ratio says nothing. */
export const rounding = 10 * Number.EPSILON

/**
 * ρ = (f(θ) − f(θ + s)) / (m(0) − m(s)). Where the loss cannot tell the two points apart the model is believed, for gradients are
 * right to many more digits there than differences of losses (Conn, Gould and Toint 2000, §17.4.2); but not a model that has just
 * predicted a larger step wrongly, or a wrong gradient would be followed in steps of rounding. NaN counts as −∞.
 */
export const gainRatioOf = (from: number, to: number, predictedReduction: number, believe: boolean): number => {
  const [actual, noise] = [from - to, rounding * Math.abs(from)]
  if (believe && predictedReduction <= noise && Math.abs(actual) <= noise) return 1
  const ratio = actual / predictedReduction
  return Number.isNaN(ratio) ? -Infinity : ratio
}

const collapsed =
  'The point may be a minimum to the precision of the loss; otherwise look for a kink, a wrong derivative or a loss that is not finite around it.'

/**
 * Whether a step moves no entry by more than its rounding; an entry of 0 has none, and is measured at ε² of the largest entry or
 * of the first step that was tried.
 */
const isRounding = (params: Float64Array, step: Float64Array, first: number): boolean => {
  const largest = params.reduce((most, x) => Math.max(most, Math.abs(x)), first)
  return step.every((x, i) => {
    const scale = Math.max(Math.abs(params[i] ?? 0), Number.EPSILON * largest)
    return Math.abs(x) <= Number.EPSILON * scale
  })
}

/** Tries steps in ever smaller regions until one does what the model predicts well enough. */
export const firstGood = <P, S, T extends Attempt<P>>(
  search: Search<P, S, T>,
): E.Either<StepFailure<P, S>, Accepted<P, T>> => {
  const { it, value, attemptAt, smaller, acceptance } = search
  const flat = (tree: P): Float64Array => toFloat64Array(ravel(tree)[0])
  const params = flat(it.params)
  const from = (
    size: number,
    rejected: number,
    before: Work,
    first?: number,
  ): E.Either<StepFailure<P, S>, Accepted<P, T>> => {
    const attempted = attemptAt(size)
    if (E.isLeft(attempted)) return E.left(afterSpending(before)(attempted.left))
    const attempt = attempted.right
    const candidate = attempt.reached ?? treeAdd(it.params, attempt.step)
    const work = workMonoid.concat(before, { ...workMonoid.empty, ...attempt.work })
    const accept = (gainRatio: number, spent: Work) =>
      E.right({ candidate, attempt, size, gainRatio, rejected, work: spent })
    // At a critical point of the model there is nothing to compare.
    if (attempt.length === 0) return accept(1, work)
    const reaches = isFiniteTree(candidate)
    const asked = reaches && attempt.value === undefined
    const spent = asked ? workMonoid.concat(work, { ...workMonoid.empty, evaluations: 1 }) : work
    const gainRatio = reaches
      ? gainRatioOf(it.value, attempt.value ?? value(candidate), attempt.predictedReduction, rejected === 0)
      : -Infinity
    if (gainRatio >= acceptance) return accept(gainRatio, spent)
    const next = smaller(size, attempt, rejected)
    const start = first ?? (attempt.length < Infinity ? attempt.length : 0)
    return !(next > 0 && next < Infinity) || isRounding(params, flat(attempt.step), start)
      ? E.left({ _tag: 'RadiusCollapsed', radius: attempt.length, last: it, advice: collapsed, spent })
      : from(next, rejected + 1, spent, start)
  }
  return from(search.size, 0, workMonoid.empty)
}
