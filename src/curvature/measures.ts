/** What a curvature says about a point in a few numbers: its index, its sharpness, and whether the gradient has lost sight of it. */
import * as E from 'fp-ts/lib/Either.js'
import { toFloat64Array } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { ravel, treeAxpy } from '../function/tree.js'
import { largestOf } from '../kernel/reference/magnitude.js'
import { type Eigen, type EigenFailure, eigen } from '../operator/eigen.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { treeLength } from '../operator/length.js'
import { atLeastZero } from '../operator/options.js'
import { abs, div, neg } from '../primitive/arithmetic.js'
import { greater, where } from '../primitive/choice.js'
import { type Ritz, ritzOf, type SpectrumOptions } from './spectrum.js'

/**
 * How many negative eigenvalues there are.
 *
 * @since 0.1.0
 */
export interface Index {
  readonly atLeast: number
  readonly atMost: number
  /** `atLeast` and `atMost` as shares of all eigenvalues: the α of loss landscapes. */
  readonly share: readonly [number, number]
  readonly products: number
}

/**
 * What counts as negative.
 *
 * @since 0.1.0
 */
export interface IndexOptions extends SpectrumOptions {
  /** Eigenvalues below −tolerance are negative; by default 10⁻¹⁰ of the largest absolute value, for those that are zero but for rounding. */
  readonly tolerance?: number
}

/**
 * The index of a symmetric operator, the number of its eigenvalues below −tolerance: exactly from its matrix, or between bounds
 * from `dimension` products.
 *
 *     #{θ < −τ} ≤ #{λ < −τ} ≤ n − #{θ ≥ −τ}    for the Ritz values θ of any subspace
 *
 * **Cost** that of the matrix and its decomposition, or `dimension` products.
 *
 * **Special values** both bounds are equal without `dimension`. With it they hold by interlacing whatever the Krylov space is, to
 * rounding; the default tolerance is then taken from the Ritz values.
 *
 * **Fails** `Left` when the matrix or the start has entries that are not finite. A `Defect` when the tolerance is negative.
 *
 * **References** Cauchy's interlacing theorem: Parlett, *The Symmetric Eigenvalue Problem* (1998), §10.1; Dauphin et al. (2014), §3
 * for the index of critical points.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, type Tensor } from 'gradus'
 * import { hessianOperator, indexOf } from 'gradus/curvature'
 * const h = hessianOperator((x: Tensor) => sum(mul(tensor([1, 0, -2]), mul(x, x))))(tensor([0, 0, 0]))
 * const index = indexOf()(h)
 * E.isRight(index) && index.right.atLeast // => 1
 *
 * @since 0.1.0
 */
export const indexOf =
  ({ tolerance, dimension }: IndexOptions = {}) =>
  <P>(operator: LinearOperator<P>, start?: P): E.Either<EigenFailure, Index> => {
    if (tolerance !== undefined) atLeastZero('indexOf', 'tolerance', tolerance)
    return E.map(({ values, products }: Ritz<P>): Index => {
      const least = -(tolerance ?? 1e-10 * largestOf(values))
      const atLeast = values.filter((value) => value < least).length
      const atMost = operator.size - (values.length - atLeast)
      const share = (count: number): number => (operator.size === 0 ? 0 : count / operator.size)
      return { atLeast, atMost, share: [share(atLeast), share(atMost)], products }
    })(ritzOf('indexOf', operator, dimension, start))
  }

/**
 * The largest eigenvalue.
 *
 * @since 0.1.0
 */
export interface Sharpness {
  readonly value: number
  /** An eigenvalue lies within this of `value`; 0 when the matrix was decomposed. */
  readonly error: number
  readonly products: number
}

/**
 * The sharpness of a loss at a point: the largest eigenvalue of its Hessian. Gradient descent with a learning rate above
 * 2 / sharpness leaves a minimum.
 *
 * **Cost** that of the matrix and its decomposition, or `dimension` + 1 products.
 *
 * **Special values** with `dimension` never more than the truth, to rounding. −∞ for an operator without entries.
 *
 * **Fails** `Left` when the matrix or the start has entries that are not finite.
 *
 * **References** Cohen et al., *Gradient descent on neural networks typically occurs at the edge of stability*, ICLR 2021.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, type Tensor } from 'gradus'
 * import { hessianOperator, sharpness } from 'gradus/curvature'
 * const h = hessianOperator((x: Tensor) => sum(mul(tensor([1, 3, -2]), mul(x, x))))(tensor([0, 0, 0]))
 * const found = sharpness()(h)
 * E.isRight(found) && found.right.value // => 6
 *
 * @since 0.1.0
 */
export const sharpness =
  ({ dimension }: SpectrumOptions = {}) =>
  <P>(operator: LinearOperator<P>, start?: P): E.Either<EigenFailure, Sharpness> =>
    E.map(({ values, vector, isWhole, products }: Ritz<P>): Sharpness => {
      const value = values[values.length - 1] ?? -Infinity
      if (isWhole || values.length === 0) return { value, error: 0, products }
      const v = vector(values.length - 1)
      return { value, error: treeLength(treeAxpy(-value, v, operator.apply(v))), products: products + 1 }
    })(ritzOf('sharpness', operator, dimension, start))

/**
 * What the verdict of a flatness audit depends on.
 *
 * @since 0.1.0
 */
export interface FlatnessOptions {
  /** A point is critical when ‖g‖² is below this; default 10⁻¹⁰. */
  readonly critical?: number
  /** It is gradient-flat when r is above this (default 0.9) … */
  readonly residual?: number
  /** … and r_H below that; default 5·10⁻⁴. */
  readonly curvedResidual?: number
  /** Eigenvalues below this share of the largest absolute value are zero for the Newton step; default 10⁻⁷. */
  readonly cutoff?: number
}

/**
 * The Newton step p with the least ‖H p + g‖, and ‖H‖_F, where they are known: from a run of MINRES-QLP and an estimate, for example.
 *
 * @since 0.1.0
 */
export interface KnownStep<P> {
  readonly step: P
  readonly frobenius: number
}

/**
 * A flatness audit.
 *
 * @since 0.1.0
 */
export interface Flatness {
  readonly verdict: 'critical' | 'flat' | 'neither'
  /** ‖g‖². */
  readonly gradientSquared: number
  /** r = ‖H p + g‖ / (‖H‖_F ‖p‖ + ‖g‖): 1 when the step takes nothing off the gradient. */
  readonly residual: number
  /** r_H = ‖H (H p + g)‖ / (‖H‖_F ‖H p + g‖): 0 when what is left of the gradient is in the kernel of H. */
  readonly curvedResidual: number
}

/** −H⁺ g: of all steps with the least ‖H p + g‖ the shortest. */
const leastSquaresStep = <P>(
  { like }: LinearOperator<P>,
  { values, project, expand }: Eigen,
  gradient: P,
  cutoff: number,
): P => {
  const isCurved = greater(abs(values), cutoff * largestOf(toFloat64Array(values)))
  const coordinates: Tensor = where(isCurved, neg(div(project(ravel(gradient)[0]), where(isCurved, values, 1))), 0)
  return ravel(like)[1](expand(coordinates))
}

/** a / b, where nothing of nothing is nothing. */
const ratio = (a: number, b: number): number => (a === 0 ? 0 : a / b)

/**
 * Whether a point with a gradient g and a Hessian H is critical, or only looks so to second-order methods because the gradient lies
 * in the kernel of the Hessian (gradient-flat): minimizing ‖∇L‖² stalls there, and an index read off there means nothing.
 *
 *     r = ‖H p + g‖ / (‖H‖_F ‖p‖ + ‖g‖),   r_H = ‖H (H p + g)‖ / (‖H‖_F ‖H p + g‖),   p = −H⁺ g
 *
 * `'critical'` when ‖g‖² < 10⁻¹⁰, else `'flat'` when r > 0.9 and r_H < 5·10⁻⁴, else `'neither'`; the thresholds are options.
 *
 * **Cost** the matrix and its decomposition, and two products; two products alone when the step is known and given.
 *
 * **Special values** r and r_H are 0 where nothing of the gradient is left. A gradient that is not finite is `'neither'`.
 *
 * **Fails** `Left` when the matrix has entries that are not finite.
 *
 * **References** Frye, Simon, Wadia, Ligeralde, DeWeese & Bouchard, *Critical point-finding methods reveal gradient-flat regions of
 * deep network losses*, Neural Computation 33 (2021).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { add, scalar, square, type Tensor } from 'gradus'
 * import { flatness, hessianOperator } from 'gradus/curvature'
 * const loss = ({ x, y }: { readonly x: Tensor; readonly y: Tensor }) => add(square(x), y)
 * const h = hessianOperator(loss)({ x: scalar(0), y: scalar(0) })
 * const audit = flatness()(h, { x: scalar(0), y: scalar(1) })
 * E.isRight(audit) && audit.right.verdict // => 'flat'
 *
 * @since 0.1.0
 */
export const flatness =
  ({ critical = 1e-10, residual = 0.9, curvedResidual = 5e-4, cutoff = 1e-7 }: FlatnessOptions = {}) =>
  <P>(operator: LinearOperator<P>, gradient: P, known?: KnownStep<P>): E.Either<EigenFailure, Flatness> => {
    const decomposed = (): E.Either<EigenFailure, KnownStep<P>> =>
      E.map((found: Eigen) => ({
        step: leastSquaresStep(operator, found, gradient, cutoff),
        frobenius: treeLength(found.values),
      }))(eigen(operator.matrix()))
    return E.map(({ step, frobenius }: KnownStep<P>): Flatness => {
      const rest = treeAxpy(1, operator.apply(step), gradient)
      const [r, rH] = [
        ratio(treeLength(rest), frobenius * treeLength(step) + treeLength(gradient)),
        ratio(treeLength(operator.apply(rest)), frobenius * treeLength(rest)),
      ]
      const gradientSquared = treeLength(gradient) ** 2
      return {
        verdict: gradientSquared < critical ? 'critical' : r > residual && rH < curvedResidual ? 'flat' : 'neither',
        gradientSquared,
        residual: r,
        curvedResidual: rH,
      }
    })(known === undefined ? decomposed() : E.right(known))
  }
