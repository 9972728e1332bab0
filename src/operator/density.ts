/** The whole spectrum of an operator by stochastic Lanczos quadrature: where eigenvalues are, and sums of functions of them. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import { diagonal } from '../function/einsum.js'
import { withBasis } from '../kernel/provider.js'
import { placeAll } from '../kernel/reference/krylov.js'
import { lanczosRun, ritzOf } from '../kernel/reference/lanczosRun.js'
import { log } from '../primitive/elementary.js'
import { tryCholesky } from '../primitive/linalgAttempt.js'
import { sum } from '../primitive/structure.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { count, positive } from './options.js'
import { drawn, type Estimate, estimateOf, exactly, type ProbeOptions } from './probes.js'

/**
 * A quadrature of the density of eigenvalues: its weights sum up to 1.
 *
 * @since 0.1.0
 */
export interface Quadrature {
  readonly nodes: ReadonlyArray<number>
  readonly weights: ReadonlyArray<number>
}

/**
 * The density of eigenvalues at a point, with a band of one standard error over the probes.
 *
 * @since 0.1.0
 */
export interface DensityPoint {
  readonly at: number
  readonly density: number
  readonly standardError: number
}

/**
 * The density of the eigenvalues of an operator, of mass 1.
 *
 * @since 0.1.0
 */
export interface SpectralDensity extends Quadrature {
  /** The quadratures of the single probes, of which the whole is the mean. */
  readonly probes: ReadonlyArray<Quadrature>
  readonly products: number
  /** The density, each node smoothed to a Gaussian of this width. */
  readonly density: (width: number) => (at: number) => DensityPoint
  /** tr(Aᵏ)/n. */
  readonly moment: (k: number) => Estimate
  /** tr(f(A))/n. */
  readonly mean: (f: (eigenvalue: number) => number) => Estimate
  /** The part of the eigenvalues below a number. */
  readonly fractionBelow: (bound: number) => Estimate
}

/**
 * Random vectors, and how many Lanczos vectors each of them begins.
 *
 * @since 0.1.0
 */
export interface DensityOptions extends ProbeOptions {
  /** Default 40. */
  readonly dimension?: number
}

/** The quadratures of single probes, and what they cost. */
const quadraturesOf = <P>(
  operation: string,
  operator: LinearOperator<P>,
  { dimension = 40, ...options }: DensityOptions,
): { readonly probes: ReadonlyArray<Quadrature>; readonly products: number } => {
  const most = count(operation, 'dimension', dimension, 1)
  const { image } = flatOf(operator)
  const found = drawn(operation, operator.size, options).map((z) => {
    const run = withBasis(operator.size, (basis) => {
      basis.room(1)
      placeAll([z], basis.row(0))
      return lanczosRun(basis, image, { most, novelty: 1e-13, against: 'longest' })
    })
    if (!run.finite) return { nodes: [Number.NaN], weights: [1], products: run.count }
    const { values, parts } = ritzOf(run)
    return { nodes: [...values], weights: [...parts].map((part) => part * part), products: run.count }
  })
  return {
    probes: found.map(({ nodes, weights }) => ({ nodes, weights })),
    products: found.reduce((total, { products }) => total + products, 0),
  }
}

const integral = ({ nodes, weights }: Quadrature, f: (node: number) => number): number =>
  nodes.reduce((total, node, i) => total + (weights[i] ?? 0) * f(node), 0)

/**
 * The density of the eigenvalues of an operator, by Gauss quadrature from Lanczos runs at random vectors.
 *
 *     φ(t) = 1/n Σ δ(t − λᵢ) ≈ 1/probes Σ_z Σ_j τ_j² δ(t − θ_j)
 *
 * **Laws** mass 1; for each probe z exact for polynomials up to the degree 2 `dimension` − 1, so that moments are Hutchinson's estimates
 * of tr(Aᵏ)/n.
 *
 * **Cost** `probes` · `dimension` products.
 *
 * **Special values** a product that is not finite gives a node that is NaN.
 *
 * **References** Lin, Saad and Yang, *Approximating spectral densities of large matrices* (2016); Ghorbani, Krishnan and Xiao, *An
 * investigation into neural net optimization via Hessian eigenvalue density* (2019).
 *
 * @example
 * import { randomKey, tensor } from 'gradus'
 * import { diagonalOperator, spectralDensity } from 'gradus/curvature'
 * const found = spectralDensity({ key: randomKey(1) })(diagonalOperator(tensor([1, 1, 1, -3])))
 * found.moment(1).value // ≈ 0
 * found.fractionBelow(0).value // ≈ 0.25
 *
 * @since 0.1.0
 */
export const spectralDensity =
  (options: DensityOptions) =>
  <P>(operator: LinearOperator<P>): SpectralDensity => {
    if (operator.size === 0) return raise('InvalidArgument', 'spectralDensity: an operator on nothing has no spectrum.')
    const { probes, products } = quadraturesOf('spectralDensity', operator, options)
    const mean = (f: (eigenvalue: number) => number): Estimate =>
      estimateOf(
        probes.map((quadrature) => integral(quadrature, f)),
        products,
      )
    return {
      nodes: probes.flatMap(({ nodes }) => nodes),
      weights: probes.flatMap(({ weights }) => weights.map((weight) => weight / probes.length)),
      probes,
      products,
      mean,
      moment: (k) => mean((x) => x ** count('moment', 'its order', k)),
      fractionBelow: (bound) => mean((x) => (x < bound ? 1 : 0)),
      density: (width) => {
        const σ = positive('density', 'width', width)
        const height = 1 / (σ * Math.sqrt(2 * Math.PI))
        return (at) => {
          const { value, standardError } = mean((x) => height * Math.exp(-0.5 * ((at - x) / σ) ** 2))
          return { at, density: value, standardError }
        }
      },
    }
  }

/**
 * An eigenvalue, or what stands for one in a quadrature, is not positive, or is rounding: the logarithm of the determinant is no real number.
 *
 * @since 0.1.0
 */
export interface NotPositive {
  readonly _tag: 'NotPositive'
  readonly advice: string
}

const notPositive: NotPositive = {
  _tag: 'NotPositive',
  advice: 'The operator is not positive definite, or holds NaN. Shift it by shiftOperator, or take absoluteOperator.',
}

/**
 * How a log-determinant is computed.
 *
 * @since 0.1.0
 */
export interface LogDeterminantOptions extends DensityOptions {
  /** Up to this many unknowns the matrix is formed and decomposed, which is exact; default 500. */
  readonly exactBelow?: number
}

/**
 * log det A = Σ log λᵢ of a positive definite operator: exact by Cholesky for few unknowns, by stochastic Lanczos quadrature for many.
 *
 * **Laws** the sum of the logarithms of the eigenvalues.
 *
 * **Cost** n products and n³/3 operations, or `probes` · `dimension` products.
 *
 * **Fails** `NotPositive` when the operator is not positive definite, or so nearly singular that rounding hides it, as far as it was seen.
 *
 * **References** Ubaru, Chen and Saad, *Fast estimation of tr(f(A)) via stochastic Lanczos quadrature* (2017).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { randomKey, tensor } from 'gradus'
 * import { diagonalOperator, logDeterminant } from 'gradus/curvature'
 * const found = logDeterminant({ key: randomKey(1) })(diagonalOperator(tensor([1, Math.E])))
 * E.isRight(found) && found.right.value // ≈ 1
 *
 * @since 0.1.0
 */
export const logDeterminant =
  ({ exactBelow = 500, ...options }: LogDeterminantOptions) =>
  <P>(operator: LinearOperator<P>): E.Either<NotPositive, Estimate> => {
    const n = operator.size
    if (n === 0) return E.right(exactly(0, 0))
    if (n <= exactBelow) {
      const factor = tryCholesky(operator.matrix())
      if (E.isLeft(factor)) return E.left(notPositive)
      const value = 2 * toNumber(sum(log(diagonal(factor.right))))
      return Number.isFinite(value) ? E.right(exactly(value, n)) : E.left(notPositive)
    }
    const { probes, products } = quadraturesOf('logDeterminant', operator, options)
    const nodes = probes.flatMap((probe) => probe.nodes)
    // A logarithm of what cannot be told from 0 is a number that rounding made up.
    const noise = n * Number.EPSILON * nodes.reduce((most, node) => Math.max(most, Math.abs(node)), 0)
    return nodes.every((node) => node > noise)
      ? E.right(
          estimateOf(
            probes.map((quadrature) => n * integral(quadrature, Math.log)),
            products,
          ),
        )
      : E.left(notPositive)
  }
