/** Certificates: what kind of point an optimizer has come to, with bounds that say how far they can be relied on. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { toNumber } from '../data/read.js'
import { treeDot, treeScale } from '../function/tree.js'
import { type Extremes, type ExtremesOptions, extremes, type Interval } from '../operator/extremes.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { isFiniteTree, treeLength } from '../operator/length.js'
import type { ObjectiveWith } from './Objective.js'
import { type Work, workMonoid } from './Optimizer.js'
import { derived, positive, settled } from './option.js'

/**
 * A direction of length 1 along which the loss curves downwards, turned so that it does not go up.
 *
 * @since 0.1.0
 */
export interface Escape<P> {
  readonly direction: P
  /** ⟨∇f, direction⟩, not above 0. */
  readonly slope: number
  /** The Rayleigh quotient of the Hessian, below 0. */
  readonly curvature: number
  /** What the quadratic model loses in a step of length 1: −slope − ½ curvature. A step of length t loses −slope t − ½ curvature t². */
  readonly predictedDecrease: number
}

/**
 * What a point is, up to the tolerances that were asked for.
 *
 * @since 0.1.0
 */
export type Verdict =
  /** All curvature is above the tolerance. */
  | 'minimum'
  /** There is curvature below minus the tolerance, and above the tolerance. */
  | 'saddle'
  /** All curvature is below minus the tolerance. */
  | 'maximum'
  /** The least curvature, or the greatest, is within the tolerance of 0: derivatives of higher order decide. */
  | 'degenerate'
  /** The bounds are too wide to tell: more Lanczos vectors make them narrower. */
  | 'undecided'
  /** The gradient is above its tolerance. */
  | 'not critical'
  /** A value, a gradient or a product is NaN or infinite: nothing is certified. */
  | 'not finite'

/**
 * What is known of a point.
 *
 * @since 0.1.0
 */
export interface Certificate<P> {
  readonly params: P
  readonly value: number
  readonly gradientNorm: number
  readonly verdict: Verdict
  /** Where the ends of the spectrum of the Hessian lie; NaN where that is not finite. */
  readonly least: Interval
  readonly greatest: Interval
  /** The probability that an outer end of these intervals is wrong; 0 where the Hessian was decomposed. See `extremes`. */
  readonly failure: number
  readonly method: Extremes<P>['method']
  /** Whether ‖∇f‖ ≤ ε_g and λ_min ≥ −ε_H. */
  readonly secondOrderStationary: 'yes' | 'no' | 'undecided'
  readonly gradientTolerance: number
  readonly curvatureTolerance: number
  /** Where there is a gradient, ‖H∇f‖ / ‖∇f‖: beside the other curvature it is small where the point is gradient-flat. */
  readonly curvatureAlongGradient: number
  /** Present whenever curvature below −ε_H was found, whatever the verdict. */
  readonly escape: O.Option<Escape<P>>
  readonly work: Work
}

/**
 * What counts as zero, and how much is spent on the curvature.
 *
 * @since 0.1.0
 */
export interface CertifyOptions extends ExtremesOptions {
  /** ε_g: a gradient of this norm is zero; default 1e-6. */
  readonly gradientTolerance?: number
  /** ε_H: curvature of this size is zero; default the root of ε_g. */
  readonly curvatureTolerance?: number
}

const toleranceFields = () => ({ gradientTolerance: positive(1e-6), curvatureTolerance: derived(positive()) })

const nowhere: Interval = { lower: Number.NaN, upper: Number.NaN }

/** What the two intervals alone say. */
const shapeOf = (least: Interval, greatest: Interval, tolerance: number): Verdict => {
  if (least.lower > tolerance) return 'minimum'
  if (greatest.upper < -tolerance) return 'maximum'
  if (least.upper < -tolerance && greatest.lower > tolerance) return 'saddle'
  const isFlat = ({ lower, upper }: Interval): boolean => lower >= -tolerance && upper <= tolerance
  return isFlat(least) || isFlat(greatest) ? 'degenerate' : 'undecided'
}

const escapeAlong = <P>(direction: P, curvature: number, gradient: P): Escape<P> => {
  const slope = toNumber(treeDot(gradient, direction))
  const downwards = slope > 0 ? treeScale(-1, direction) : direction
  return {
    direction: downwards,
    slope: -Math.abs(slope),
    curvature,
    predictedDecrease: Math.abs(slope) - curvature / 2,
  }
}

const alongGradient = <P>(hessian: LinearOperator<P>, gradient: P, norm: number): number =>
  norm > 0 ? treeLength(hessian.apply(gradient)) / norm : Number.NaN

/**
 * Says what kind of point this is: its gradient, the two ends of the spectrum of its Hessian in intervals, and what follows from them.
 *
 *     second-order stationary to (ε_g, ε_H):   ‖∇f‖ ≤ ε_g  and  λ_min ≥ −ε_H
 *
 * That there is negative curvature is certain: a direction shows it, which leads away (see `escapeFrom`). That there is none rests, for
 * parameters beyond `decomposeUpTo`, on random starts, with the probability that the certificate names. The starts are not the axes
 * and not the gradient, to which the direction of negative curvature may be orthogonal; other numbers come from another `key`.
 *
 * **Cost** a gradient, and the products of `extremes`: n up to `decomposeUpTo`, else `starts` · (`dimension` + 1); one more where the
 * gradient is not zero.
 *
 * **Special values** at a monkey saddle the Hessian is 0 and the verdict `'degenerate'`. Where the gradient lies in the kernel of the
 * Hessian (gradient-flat points) the verdict is `'not critical'`, and `curvatureAlongGradient` is 0. NaN gives `'not finite'`.
 *
 * **Fails** with a `Defect` when an option is out of range.
 *
 * **References** Frye et al., *Critical point-finding methods reveal gradient-flat regions of deep network losses* (2021).
 *
 * @example
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { certify, objective } from 'gradus/optimize'
 * const saddle = objective((x: Tensor) => sum(mul(tensor([1, -2]), square(x))))
 * const { verdict, least } = certify(saddle)(tensor([0, 0]))
 * verdict // => 'saddle'
 * least.upper // ≈ -4
 *
 * @since 0.1.0
 */
export const certify = <P>(
  objective: ObjectiveWith<'valueAndGrad' | 'hessian', P>,
  options: CertifyOptions = {},
): ((p: P) => Certificate<P>) => {
  const { decomposeUpTo, dimension, starts, failure: risk, key, ...tolerances } = options
  const { gradientTolerance, curvatureTolerance = Math.sqrt(gradientTolerance) } = settled<
    Pick<CertifyOptions, 'gradientTolerance' | 'curvatureTolerance'>,
    ReturnType<typeof toleranceFields>
  >('certify', toleranceFields(), tolerances)
  const endsOf = extremes(options)
  return (params) => {
    const [value, gradient] = objective.valueAndGrad(params)
    const gradientNorm = treeLength(gradient)
    const known = { params, value, gradientNorm, gradientTolerance, curvatureTolerance }
    const lost: Certificate<P> = {
      ...known,
      verdict: 'not finite',
      least: nowhere,
      greatest: nowhere,
      failure: 1,
      method: 'decomposition',
      secondOrderStationary: 'no',
      curvatureAlongGradient: Number.NaN,
      escape: O.none,
      work: { ...workMonoid.empty, gradients: 1 },
    }
    if (!Number.isFinite(value) || !Number.isFinite(gradientNorm) || !isFiniteTree(params)) return lost
    const hessian = objective.hessian(params)
    const found = endsOf(hessian)
    if (E.isLeft(found)) return lost
    const { least, greatest, direction, failure, method, products, solves } = found.right
    const critical = gradientNorm <= gradientTolerance
    const falls = least.upper < -curvatureTolerance
    return {
      ...known,
      verdict: critical ? shapeOf(least, greatest, curvatureTolerance) : 'not critical',
      least,
      greatest,
      failure,
      method,
      secondOrderStationary: !critical || falls ? 'no' : least.lower >= -curvatureTolerance ? 'yes' : 'undecided',
      curvatureAlongGradient: alongGradient(hessian, gradient, gradientNorm),
      escape: falls ? O.some(escapeAlong(direction, least.upper, gradient)) : O.none,
      work: { evaluations: 0, gradients: 1, products: products + (gradientNorm > 0 ? 1 : 0), solves },
    }
  }
}

const digits = (x: number): string => x.toPrecision(4)

const between = ({ lower, upper }: Interval): string => `from ${digits(lower)} to ${digits(upper)}`

/**
 * A certificate in a few lines.
 *
 * @example
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { certify, objective, showCertificate } from 'gradus/optimize'
 * const bowl = objective((x: Tensor) => sum(square(x)))
 * showCertificate(certify(bowl)(tensor([0, 0]))).split('\n')[0] // => 'minimum: gradient norm 0.000, value 0'
 *
 * @since 0.1.0
 */
export const showCertificate = <P>(certificate: Certificate<P>): string => {
  const { verdict, gradientNorm, value, least, greatest, failure, work } = certificate
  const { secondOrderStationary, gradientTolerance, curvatureTolerance } = certificate
  const stationary = {
    yes: 'second-order stationary',
    no: 'not second-order stationary',
    undecided: 'undecided whether second-order stationary',
  }
  return [
    `${verdict}: gradient norm ${digits(gradientNorm)}, value ${value}`,
    `curvature ${between(least)} at the least, ${between(greatest)} at the greatest`,
    failure === 0
      ? 'bounds up to rounding: the Hessian was decomposed'
      : `bounds from random starts: the outer ends are wrong with probability ${failure} at most`,
    `${stationary[secondOrderStationary]} to (${gradientTolerance}, ${digits(curvatureTolerance)})`,
    ...(O.isSome(certificate.escape)
      ? [
          `escape: curvature ${digits(certificate.escape.value.curvature)}, slope ${digits(certificate.escape.value.slope)} along a unit direction`,
        ]
      : []),
    `work ${work.gradients} gradients, ${work.products} products, ${work.solves} solves`,
  ].join('\n')
}
