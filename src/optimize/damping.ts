/** Damping of second-order steps: a fixed number, or a set of which every step tries all and keeps the best. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../data/Defect.js'

/**
 * A number above or equal to 0, or the numbers to try at each step.
 *
 * @since 0.1.0
 */
export type Damping = number | ReadonlyArray<number>

/**
 * Seven orders of magnitude, as in the experiments of Dauphin et al. (2014), where each update tries all and keeps the best.
 *
 * @since 0.1.0
 */
export const trialDampings: ReadonlyArray<number> = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]

export const dampingsOf = (optimizer: string, damping: Damping): ReadonlyArray<number> => {
  const dampings = typeof damping === 'number' ? [damping] : damping
  const wrong = dampings.find((each) => !(each >= 0 && each < Infinity))
  return wrong === undefined && dampings.length > 0
    ? dampings
    : raise(
        'InvalidArgument',
        `${optimizer}: expected a finite damping of 0 or more, or a list of them, got ${wrong ?? 'an empty list'}.`,
      )
}

/** One tried step. */
export interface Trial<A> {
  readonly damping: number
  readonly candidate: A
  readonly value: number
}

/**
 * Of a single damping the step is taken as it is; of several, all are valued and the best is kept, provided that it lowers
 * the loss (`Left` holds the best value otherwise).
 */
export const bestTrial = <A>(
  dampings: ReadonlyArray<number>,
  candidateAt: (damping: number) => A,
  value: (candidate: A) => number,
  current: number,
): E.Either<number, { readonly trial: Trial<A>; readonly evaluations: number }> => {
  const [only, ...more] = dampings
  if (only !== undefined && more.length === 0)
    return E.right({ trial: { damping: only, candidate: candidateAt(only), value: Number.NaN }, evaluations: 0 })
  const best = dampings.reduce<Trial<A> | undefined>((found, damping) => {
    const candidate = candidateAt(damping)
    const reached = value(candidate)
    // NaN is never smaller, so a trial that left the domain loses.
    return reached < (found?.value ?? Infinity) ? { damping, candidate, value: reached } : found
  }, undefined)
  return best !== undefined && best.value < current
    ? E.right({ trial: best, evaluations: dampings.length })
    : E.left(best?.value ?? Number.NaN)
}
