/** Damping of second-order steps: a fixed number, or a set of which every step tries all and keeps the best. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'

/**
 * A number above or equal to 0, or the numbers to try at each step: the best is kept, and where none of them lowers the loss larger
 * ones are tried, tenfold each, until one does.
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

export const largest = (values: Iterable<number>): number =>
  [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** A gradient in coordinates along the eigenvectors of the curvature, at a point of this size. */
export interface Components {
  readonly parts: Float64Array
  readonly eigenvalues: ReadonlyArray<number>
  /** The length of the parameters. */
  readonly length: number
  /** What of an eigenvalue is below the error of the decomposition. */
  readonly noise: number
}

/**
 * −gᵢ / divisor(λᵢ) for each component of the gradient; infinite where that cannot be divided. Undamped, an eigenvalue below
 * the error of the decomposition counts as 0, and a component along it that rounding explains stays 0: either the
 * parameters were rounded, which moves the gradient by ε max|λ| ‖θ‖, or the eigenvector was, which turns it by ε max|λ| / gap
 * towards the others, where the gap is the least |λ| that is not 0 (Davis and Kahan 1970).
 */
export const rescaled = (
  { parts, eigenvalues, length, noise }: Components,
  damping: number,
  divisor: Divisor,
): Float64Array => {
  const rounding = parts.length * Number.EPSILON
  const most = largest(eigenvalues)
  const gap = eigenvalues.reduce(
    (least, value) => (Math.abs(value) > noise ? Math.min(least, Math.abs(value)) : least),
    most,
  )
  const turned = gap === 0 ? 0 : (most / gap) * largest(parts)
  const noPart = rounding * (turned + most * length)
  return parts.map((part, i) => {
    const value = eigenvalues[i] ?? 0
    if (damping === 0 && Math.abs(value) <= noise) return Math.abs(part) <= noPart ? 0 : -part / 0
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
  readonly tried: ReadonlyArray<number>
  readonly best: number
  readonly evaluations: number
}

/** Where steps begin, as far as it says which dampings are worth a trial. */
interface Beginning {
  readonly value: number
  readonly gradientNorm: number
  /** max|λ|. */
  readonly curvature: number
}

/**
 * Tenfold dampings beyond a set, for a step that none of the set serves: as long as λ is not so large that the step, −∇f/λ by then,
 * is rounding beside one that is safe, or would lower the loss by less than its rounding.
 */
const larger = (
  dampings: ReadonlyArray<number>,
  { value, gradientNorm, curvature }: Beginning,
): ReadonlyArray<number> => {
  const most = largest(dampings)
  const end = Math.min(
    Math.max(most, curvature) / Number.EPSILON,
    gradientNorm ** 2 / (Number.EPSILON * Math.abs(value)),
    Number.MAX_VALUE,
  )
  const decades = most > 0 && end > most ? Math.ceil(Math.log10(end) - Math.log10(most)) : 0
  return Array.from({ length: decades }, (_, i) => most * 10 ** (i + 1))
}

/**
 * Of a single damping the step is taken as it is; of several, all that give a step are valued and the best is kept, provided
 * that it lowers the loss: also when only one of them gives a step. Where none does, larger ones are tried in turn until one does.
 */
export const bestTrial = <A>(
  dampings: ReadonlyArray<number>,
  candidateAt: (damping: number) => O.Option<A>,
  valueAt: (candidate: A) => number,
  from: Beginning,
): E.Either<NoTrial, { readonly trial: Trial<A>; readonly evaluations: number }> => {
  const [only, ...more] = dampings
  if (only !== undefined && more.length === 0)
    return pipe(
      candidateAt(only),
      E.fromOption(() => ({ tried: dampings, best: Number.NaN, evaluations: 0 })),
      E.map((candidate) => ({ trial: { damping: only, candidate, value: Number.NaN }, evaluations: 0 })),
    )
  const lowers = (trial: Trial<A> | undefined): boolean => trial !== undefined && trial.value < from.value
  const valued = (found: Valued<A>, damping: number): Valued<A> => {
    const candidate = candidateAt(damping)
    if (O.isNone(candidate)) return { ...found, tried: [...found.tried, damping] }
    const value = valueAt(candidate.value)
    // NaN is never smaller, so a trial that left the domain loses.
    const better = value < (found.best?.value ?? Infinity)
    return {
      best: better ? { damping, candidate: candidate.value, value } : found.best,
      evaluations: found.evaluations + 1,
      tried: [...found.tried, damping],
    }
  }
  const first = dampings.reduce(valued, { best: undefined, evaluations: 0, tried: [] })
  const { best, evaluations, tried } = lowers(first.best)
    ? first
    : larger(dampings, from).reduce((found, damping) => (lowers(found.best) ? found : valued(found, damping)), first)
  return best !== undefined && lowers(best)
    ? E.right({ trial: best, evaluations })
    : E.left({ tried, best: best?.value ?? Number.NaN, evaluations })
}

interface Valued<A> {
  readonly best: Trial<A> | undefined
  readonly evaluations: number
  readonly tried: ReadonlyArray<number>
}
