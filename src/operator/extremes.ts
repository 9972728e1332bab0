/** The two ends of a spectrum, in intervals whose failure probability is known. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { raise } from '../data/Defect.js'
import { toFloat64Array } from '../data/read.js'
import { type Key, normal, randomKey, splitKey } from '../function/random.js'
import { ravel, treeAxpy, treeScale } from '../function/tree.js'
import { largestOf } from '../kernel/reference/magnitude.js'
import { type Eigen, type EigenFailure, eigen } from './eigen.js'
import type { LinearOperator } from './LinearOperator.js'
import { lanczos, type Subspace } from './lanczos.js'
import { treeLength } from './length.js'
import { atLeastZero, count } from './options.js'
import { unitVector } from './rows.js'

/**
 * Where an eigenvalue lies.
 *
 * @since 0.1.0
 */
export interface Interval {
  readonly lower: number
  readonly upper: number
}

/**
 * The least and the greatest eigenvalue of a symmetric operator.
 *
 * @since 0.1.0
 */
export interface Extremes<P> {
  readonly least: Interval
  readonly greatest: Interval
  /** A vector of length 1 whose Rayleigh quotient is the upper end of `least`, up to rounding. */
  readonly direction: P
  /**
   * The probability, over the random starts, that an outer end is wrong: the lower of `least`, the upper of `greatest`. The inner ends
   * are Rayleigh quotients and hold always; with 0 everything does.
   */
  readonly failure: number
  readonly method: 'decomposition' | 'lanczos'
  readonly products: number
  readonly solves: number
}

/**
 * How much is spent on the ends of a spectrum.
 *
 * @since 0.1.0
 */
export interface ExtremesOptions {
  /** Up to this size the operator is decomposed; default 128. */
  readonly decomposeUpTo?: number
  /** Lanczos vectors from each start; default 50. */
  readonly dimension?: number
  /** Independent random starts; default 3. */
  readonly starts?: number
  /** The probability that may be left for an interval to be wrong; default 1e-6. */
  readonly failure?: number
  /** Where the starts are drawn from; default the key of seed 0. */
  readonly key?: Key
}

/** One Krylov space: its Ritz values, ascending, and the logarithm of the product of all its off-diagonals, the last included. */
interface Probe<P> {
  readonly ritz: ReadonlyArray<number>
  readonly logBetas: number
  readonly vector: P
  readonly products: number
}

/** What eigenvalues are right to. */
const roundingOf = (n: number, values: ReadonlyArray<number>): number => (n + 8) * Number.EPSILON * largestOf(values)

const ritzVector = <P>(subspace: Subspace<P>, spectrum: Eigen): P => {
  const vector = subspace.expand(spectrum.expand(unitVector(subspace.dimension, 0)))
  return treeScale(1 / treeLength(vector), vector)
}

/** What is left of the image of the last Lanczos vector outside of the space: by it the space would have grown. */
const remainder = <P>(operator: LinearOperator<P>, subspace: Subspace<P>): number => {
  const image = operator.apply(subspace.expand(unitVector(subspace.dimension, subspace.dimension - 1)))
  return treeLength(treeAxpy(-1, subspace.expand(subspace.project(image)), image))
}

const probe = <P>(operator: LinearOperator<P>, dimension: number, key: Key): E.Either<EigenFailure, Probe<P>> => {
  const [, unravel] = ravel(operator.like)
  const subspace = lanczos({ start: unravel(normal(key, [operator.size])), dimension })(operator)
  const k = subspace.dimension
  return pipe(
    eigen(subspace.restricted),
    E.chain((spectrum) => {
      const ritz = [...toFloat64Array(spectrum.values)]
      const entries = toFloat64Array(subspace.restricted)
      // Rounding alone puts every next vector at a distance; less than that is not known to be nothing.
      const least = Number.EPSILON * largestOf(ritz)
      const betas = [
        ...Array.from({ length: k - 1 }, (_, i) => Math.abs(entries[(i + 1) * k + i] ?? 0)),
        remainder(operator, subspace),
      ]
      return betas.every(Number.isFinite)
        ? E.right({
            ritz,
            logBetas: betas.reduce((sum, beta) => sum + Math.log(Math.max(beta, least)), 0),
            vector: ritzVector(subspace, spectrum),
            products: k + 1,
          })
        : E.left({ _tag: 'EigenFailure', advice: 'A product is not finite. Look for where it overflows with explain.' })
    }),
  )
}

/**
 * How far beyond its first Ritz value the end of the spectrum can be, if the start has a component of `threshold` at least along its
 * eigenvector: from (λ − T) Vᵀe = β (vₖ₊₁ᵀe) eₖ follows |v₁ᵀe| ≤ ∏ βᵢ / ∏ |θᵢ − λ|, which falls with the distance of λ.
 */
const reach = (ritz: ReadonlyArray<number>, logBetas: number, threshold: number): number => {
  const [end = 0] = ritz
  const gaps = ritz.map((value) => Math.abs(value - end))
  const scale = largestOf(ritz)
  if (scale === 0) return 0
  const possible = (distance: number): boolean =>
    gaps.reduce((sum, gap) => sum + Math.log(gap + distance), -logBetas) <= -Math.log(threshold)
  const outer = (distance: number): number => (possible(distance) ? outer(2 * distance) : distance)
  const inner = (distance: number): number =>
    distance > Number.EPSILON * scale && !possible(distance / 2) ? inner(distance / 2) : distance
  const narrowed = (low: number, high: number, rounds: number): number => {
    if (rounds === 0) return high
    const middle = (low + high) / 2
    return possible(middle) ? narrowed(middle, high, rounds - 1) : narrowed(low, middle, rounds - 1)
  }
  const high = inner(outer(scale))
  return narrowed(high / 2, high, 20)
}

const decomposed = <P>(operator: LinearOperator<P>): E.Either<EigenFailure, Extremes<P>> =>
  pipe(
    eigen(operator.matrix()),
    E.map((spectrum) => {
      const values = [...toFloat64Array(spectrum.values)]
      const [least = 0] = values
      const greatest = values[values.length - 1] ?? 0
      const rounding = roundingOf(operator.size, values)
      const around = (value: number): Interval => ({ lower: value - rounding, upper: value + rounding })
      return {
        least: around(least),
        greatest: around(greatest),
        direction: ravel(operator.like)[1](spectrum.expand(unitVector(operator.size, 0))),
        failure: 0,
        method: 'decomposition',
        products: operator.size,
        solves: 1,
      }
    }),
  )

const probed = <P>(
  operator: LinearOperator<P>,
  { dimension, starts, failure, key }: Required<ExtremesOptions>,
): E.Either<EigenFailure, Extremes<P>> =>
  pipe(
    splitKey(key, starts),
    RA.traverse(E.Applicative)((each) => probe(operator, Math.min(dimension, operator.size), each)),
    E.map((probes) => {
      const n = operator.size
      // A uniform direction has less than t along a given one with probability t √(2n/π) at most; each end may fail half of the time.
      const threshold = Math.min(1, (failure / 2) ** (1 / starts) / Math.sqrt((2 * n) / Math.PI))
      const lows = probes.map(({ ritz }) => ritz[0] ?? 0)
      const highs = probes.map(({ ritz }) => ritz[ritz.length - 1] ?? 0)
      const rounding = roundingOf(n, [...lows, ...highs])
      const below = probes.map(({ ritz, logBetas }, i) => (lows[i] ?? 0) - reach(ritz, logBetas, threshold))
      const above = probes.map(
        ({ ritz, logBetas }, i) => (highs[i] ?? 0) + reach([...ritz].reverse(), logBetas, threshold),
      )
      const best = lows.indexOf(Math.min(...lows))
      return {
        least: { lower: Math.min(...below) - rounding, upper: Math.min(...lows) + rounding },
        greatest: { lower: Math.max(...highs) - rounding, upper: Math.max(...above) + rounding },
        direction: probes[best]?.vector ?? operator.like,
        failure,
        method: 'lanczos',
        products: probes.reduce((sum, { products }) => sum + products, 0),
        solves: starts,
      }
    }),
  )

/**
 * The least and the greatest eigenvalue of a symmetric operator, each in an interval.
 *
 * A small operator is decomposed, and the intervals are as wide as rounding. For a large one Lanczos starts at independent random
 * directions. Its Ritz values are Rayleigh quotients, so that the inner ends hold always: λ_min ≤ θ₁. An eigenvector e of λ_min along
 * which a start has the component c = v₁ᵀe makes
 *
 *     |c| ≤ ∏ βᵢ / ∏ (θᵢ − λ_min)
 *
 * and c is less than t with probability t √(2n/π) at most; the outer ends are where this inequality ends for a t that all starts fall
 * short of with the probability that is asked for. A start that is an axis, or the gradient, has no such bound: it may be orthogonal to e.
 *
 * **Cost** n products and a decomposition, or `starts` · (`dimension` + 1) products and 4 `dimension`² n operations for each start.
 *
 * **Fails** `Left` when a product is not finite. A `Defect` when an option is out of range.
 *
 * **References** van Dorsselaer, Hochstenbach and van der Vorst, *Computing probabilistic bounds for extreme eigenvalues of symmetric
 * matrices with the Lanczos method* (2000). Kuczyński and Woźniakowski (1992) bound beforehand how many steps are needed; see
 * `lanczosFailure`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { extremes, hessianOperator } from 'gradus/curvature'
 * import { mul, square, sub, tensor, type Tensor, sum } from 'gradus'
 * const saddle = (x: Tensor) => sum(mul(tensor([1, -2, 3]), square(x)))
 * const found = extremes()(hessianOperator(saddle)(tensor([0, 0, 0])))
 * E.isRight(found) && found.right.least.upper // ≈ -4
 * E.isRight(found) && found.right.greatest.lower // ≈ 6
 *
 * @since 0.1.0
 */
export const extremes = ({
  decomposeUpTo = 128,
  dimension = 50,
  starts = 3,
  failure = 1e-6,
  key = randomKey(0),
}: ExtremesOptions = {}): (<P>(operator: LinearOperator<P>) => E.Either<EigenFailure, Extremes<P>>) => {
  atLeastZero('extremes', 'decomposeUpTo', decomposeUpTo)
  count('extremes', 'dimension', dimension, 1)
  count('extremes', 'starts', starts, 1)
  if (!(failure > 0 && failure < 1))
    return raise('InvalidArgument', `extremes: expected a failure probability between 0 and 1, got ${failure}.`)
  return (operator) =>
    operator.size === 0
      ? raise('InvalidArgument', 'extremes: expected parameters of one entry at least, got none.')
      : operator.size <= decomposeUpTo
        ? decomposed(operator)
        : probed(operator, { decomposeUpTo, dimension, starts, failure, key })
}

/**
 * A bound, known beforehand, for the probability that Lanczos from one random start misses an end of the spectrum by more than a part
 * ε of the whole spread:
 *
 *     P(θ₁ − λ_min > ε (λ_max − λ_min)) ≤ 1.648 √n exp(−√ε (2k − 1))
 *
 * Of several independent starts it is the power.
 *
 * **References** Kuczyński and Woźniakowski, *Estimating the largest eigenvalue by the power and Lanczos algorithms with a random start*,
 * SIAM J. Matrix Anal. Appl. 13 (1992), Theorem 4.2.
 *
 * @example
 * import { lanczosFailure } from 'gradus/curvature'
 * lanczosFailure({ size: 10_000, dimension: 100, part: 0.01 }) // ≈ 3.754023763906438e-7
 *
 * @since 0.1.0
 */
export const lanczosFailure = ({
  size,
  dimension,
  part,
}: {
  readonly size: number
  readonly dimension: number
  readonly part: number
}): number => Math.min(1, 1.648 * Math.sqrt(size) * Math.exp(-Math.sqrt(part) * (2 * dimension - 1)))
