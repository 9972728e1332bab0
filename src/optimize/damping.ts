/** Damping of second-order steps: a fixed number, or a set of which every step tries all and keeps the best. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'

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

/** The dampings to try, one or more. */
export const dampingsOf = (damping: Damping): ReadonlyArray<number> =>
  typeof damping === 'number' ? [damping] : damping

/** How the component of the gradient along an eigenvector is divided. */
export type Divisor = (eigenvalue: number, damping: number) => number

const largest = (values: Iterable<number>): number =>
  [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** A gradient in coordinates along the eigenvectors of the curvature, at a point of this size. */
export interface Components {
  readonly parts: Float64Array
  readonly eigenvalues: ReadonlyArray<number>
  /** The length of the parameters. */
  readonly length: number
}

/**
 * −gᵢ / divisor(λᵢ) for each component of the gradient; infinite where that cannot be divided. Undamped, an eigenvalue below
 * the error of the decomposition, n ε max|λ|, counts as 0, and a component along it that rounding explains stays 0: either the
 * parameters were rounded, which moves the gradient by ε max|λ| ‖θ‖, or the eigenvector was, which turns it by ε max|λ| / gap
 * towards the others, where the gap is the least |λ| that is not 0 (Davis and Kahan 1970).
 */
export const rescaled = (
  { parts, eigenvalues, length }: Components,
  damping: number,
  divisor: Divisor,
): Float64Array => {
  const rounding = parts.length * Number.EPSILON
  const most = largest(eigenvalues)
  const noValue = rounding * most
  const gap = eigenvalues.reduce(
    (least, value) => (Math.abs(value) > noValue ? Math.min(least, Math.abs(value)) : least),
    most,
  )
  const turned = gap === 0 ? 0 : (most / gap) * largest(parts)
  const noPart = rounding * (turned + most * length)
  return parts.map((part, i) => {
    const value = eigenvalues[i] ?? 0
    if (damping === 0 && Math.abs(value) <= noValue) return Math.abs(part) <= noPart ? 0 : -part / 0
    return part === 0 ? 0 : -part / divisor(value, damping)
  })
}

/** One tried step. */
export interface Trial<A> {
  readonly damping: number
  readonly candidate: A
  readonly value: number
}

/** What the trials cost, and the best value among them (NaN when none has one). */
export interface NoTrial {
  readonly best: number
  readonly evaluations: number
}

/**
 * Of a single damping the step is taken as it is; of several, all that give a step are valued and the best is kept, provided
 * that it lowers the loss: also when only one of them gives a step.
 */
export const bestTrial = <A>(
  dampings: ReadonlyArray<number>,
  candidateAt: (damping: number) => O.Option<A>,
  valueAt: (candidate: A) => number,
  current: number,
): E.Either<NoTrial, { readonly trial: Trial<A>; readonly evaluations: number }> => {
  const [only, ...more] = dampings
  if (only !== undefined && more.length === 0)
    return pipe(
      candidateAt(only),
      E.fromOption(() => ({ best: Number.NaN, evaluations: 0 })),
      E.map((candidate) => ({ trial: { damping: only, candidate, value: Number.NaN }, evaluations: 0 })),
    )
  const { best, evaluations } = dampings.reduce<{ readonly best: Trial<A> | undefined; readonly evaluations: number }>(
    (found, damping) => {
      const candidate = candidateAt(damping)
      if (O.isNone(candidate)) return found
      const value = valueAt(candidate.value)
      // NaN is never smaller, so a trial that left the domain loses.
      const better = value < (found.best?.value ?? Infinity)
      return {
        best: better ? { damping, candidate: candidate.value, value } : found.best,
        evaluations: found.evaluations + 1,
      }
    },
    { best: undefined, evaluations: 0 },
  )
  return best !== undefined && best.value < current
    ? E.right({ trial: best, evaluations })
    : E.left({ best: best?.value ?? Number.NaN, evaluations })
}
