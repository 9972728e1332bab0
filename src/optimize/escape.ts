/** The way off a saddle: a line search along a direction of negative curvature that a certificate holds. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { treeAxpy } from '../function/tree.js'
import { isFiniteTree } from '../operator/length.js'
import type { Certificate, Escape } from './certify.js'
import type { ObjectiveWith } from './Objective.js'
import { type Work, workMonoid } from './Optimizer.js'
import { between, countOrNone, positive, settled } from './option.js'

/**
 * A point off the saddle, below it.
 *
 * @since 0.1.0
 */
export interface Escaped<P> {
  readonly params: P
  readonly value: number
  /** How far along the direction; negative for the other way, which is tried where the slope is nothing. */
  readonly length: number
  readonly predictedDecrease: number
  readonly actualDecrease: number
  readonly work: Work
}

/**
 * Why a point was not left.
 *
 * @since 0.1.0
 */
export type EscapeFailure =
  /** The certificate holds no direction of negative curvature. */
  | { readonly _tag: 'NothingToEscape'; readonly advice: string }
  /** No length gives a part of the decrease that the curvature predicts, down to where rounding hides it. */
  | { readonly _tag: 'NoDecrease'; readonly tried: number; readonly best: number; readonly advice: string }

/**
 * How far to go.
 *
 * @since 0.1.0
 */
export interface EscapeOptions {
  /** The first length that is tried; default 1. */
  readonly length?: number
  /** The part of the predicted decrease that a step must bring; default 0.25. */
  readonly share?: number
  /** How often the length may be doubled; default 5: where the loss has no lower bound it has to end. */
  readonly doublings?: number
  /** How often the length may be halved; default 40. */
  readonly halvings?: number
}

const escapeFields = () => ({
  length: positive(1),
  share: between(0, 1)(0.25),
  doublings: countOrNone(5),
  halvings: countOrNone(40),
})

interface Tried<P> {
  readonly length: number
  readonly params: P
  readonly value: number
  readonly predicted: number
}

const predictedBy = ({ slope, curvature }: Escape<unknown>, length: number): number =>
  -slope * length - (curvature / 2) * length ** 2

/**
 * Moves from a certified point along its direction of negative curvature: doubles the length while the loss falls further, or
 * halves it until the loss falls by a share of what the quadratic model predicts. Where the gradient says nothing about the side both
 * sides are tried and the lower one taken. A run can go on from there: `minimize(optimizer, loss)(escaped.params)`.
 *
 *     f(θ) − f(θ + t d) ≥ share · (−⟨∇f, d⟩ t − ½ dᵀHd t²)
 *
 * **Cost** a value for each length that is tried.
 *
 * **Fails** `NothingToEscape` where the certificate has no such direction; `NoDecrease` where no length serves, as on a loss that is not
 * twice differentiable there. A `Defect` when an option is out of range.
 *
 * **References** Moré and Sorensen, *On the use of directions of negative curvature in a modified Newton method* (1979).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { add, mul, pow, square, sub, sum, tensor, type Tensor } from 'gradus'
 * import { certify, escapeFrom, objective } from 'gradus/optimize'
 * // x⁴ − x² has a maximum at 0 and minima at ±√½.
 * const wells = objective((x: Tensor) => sum(sub(pow(x, 4), square(x))))
 * const away = escapeFrom(wells)(certify(wells)(tensor([0])))
 * E.isRight(away) && away.right.value < 0 // => true
 *
 * @since 0.1.0
 */
export const escapeFrom = <P>(
  objective: ObjectiveWith<'value', P>,
  options: EscapeOptions = {},
): ((certificate: Certificate<P>) => E.Either<EscapeFailure, Escaped<P>>) => {
  const { length, share, doublings, halvings } = settled<EscapeOptions, ReturnType<typeof escapeFields>>(
    'escapeFrom',
    escapeFields(),
    options,
  )
  return (certificate) => {
    if (O.isNone(certificate.escape))
      return E.left({
        _tag: 'NothingToEscape',
        advice: `The point is ${certificate.verdict}: no curvature below ${-certificate.curvatureTolerance} was found.`,
      })
    const way = certificate.escape.value
    const from = certificate.value
    const at = (t: number): Tried<P> => {
      const params = treeAxpy(t, way.direction, certificate.params)
      // Beyond the largest number nothing is below.
      const value = isFiniteTree(params) ? objective.value(params) : Number.NaN
      return { length: t, params, value, predicted: predictedBy(way, Math.abs(t)) }
    }
    const serves = ({ value, predicted }: Tried<P>): boolean =>
      from - value >= share * predicted && value < from && value > -Infinity
    const oneWay = (sign: number): Search<P> => searched((t) => at(sign * t), serves, length, { doublings, halvings })
    const sides = way.slope === 0 ? [oneWay(1), oneWay(-1)] : [oneWay(1)]
    const tried = sides.reduce((sum, side) => sum + side.tried, 0)
    const [best, ...others] = sides.flatMap(({ found }) => (O.isSome(found) ? [found.value] : []))
    if (best === undefined)
      return E.left({
        _tag: 'NoDecrease',
        tried,
        best: Math.min(...sides.map(({ least }) => least)),
        advice: 'The curvature may be rounding, or the loss not smooth here: ask for a larger curvatureTolerance.',
      })
    const taken = others.reduce((least, other) => (other.value < least.value ? other : least), best)
    return E.right({
      params: taken.params,
      value: taken.value,
      length: taken.length,
      predictedDecrease: taken.predicted,
      actualDecrease: from - taken.value,
      work: { ...workMonoid.empty, evaluations: tried },
    })
  }
}

interface Search<P> {
  readonly found: O.Option<Tried<P>>
  readonly tried: number
  /** The least value that was seen. */
  readonly least: number
}

/** Doubles from a length that serves while the next one serves and is lower; halves from one that does not until one does. */
const searched = <P>(
  at: (t: number) => Tried<P>,
  serves: (tried: Tried<P>) => boolean,
  length: number,
  { doublings, halvings }: Pick<Required<EscapeOptions>, 'doublings' | 'halvings'>,
): Search<P> => {
  const further = (here: Tried<P>, tried: number): Search<P> => {
    const stop: Search<P> = { found: O.some(here), tried, least: here.value }
    if (tried > doublings) return stop
    const next = at(2 * Math.abs(here.length))
    return serves(next) && next.value < here.value ? further(next, tried + 1) : { ...stop, tried: tried + 1 }
  }
  const nearer = (t: number, tried: number, least: number): Search<P> => {
    if (tried > halvings) return { found: O.none, tried, least }
    const here = at(t)
    return serves(here)
      ? { found: O.some(here), tried: tried + 1, least: here.value }
      : nearer(t / 2, tried + 1, here.value < least ? here.value : least)
  }
  const first = at(length)
  return serves(first) ? further(first, 1) : nearer(length / 2, 1, Number.isNaN(first.value) ? Infinity : first.value)
}
