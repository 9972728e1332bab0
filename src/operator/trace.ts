/** Traces, diagonals and norms of operators from products with random vectors. */
import { evening } from '../kernel/reference/evened.js'
import { dotOf, projectOut } from '../kernel/reference/krylov.js'
import { normOf } from '../kernel/reference/magnitude.js'
import { exchangeableTraces, orthonormalBasis } from '../kernel/reference/sketch.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { count } from './options.js'
import { drawn, type Estimate, estimateOf, exactly, type ProbeOptions } from './probes.js'
import { multiplyRows } from './rows.js'

const longestOf = (images: ReadonlyArray<Float64Array>): number =>
  images.reduce((most, image) => Math.max(most, normOf(image)), 0)

/**
 * The trace by Hutchinson's estimator.
 *
 *     tr A = E zᵀ A z   for random z with E z zᵀ = I
 *
 * **Laws** unbiased; with signs (`'rademacher'`) exact for diagonal operators; variance 2 (‖A‖_F² − Σ Aᵢᵢ²) for signs, 2 ‖A‖_F² for normal
 * entries, divided by the number of probes.
 *
 * **Cost** a product for each probe.
 *
 * **References** Hutchinson, *A stochastic estimator of the trace of the influence matrix* (1989).
 *
 * @example
 * import { randomKey, tensor } from 'gradus'
 * import { diagonalOperator, hutchinson } from 'gradus/curvature'
 * hutchinson({ key: randomKey(1) })(diagonalOperator(tensor([1, 2, 3]))).value // => 6
 *
 * @since 0.1.0
 */
export const hutchinson =
  (options: ProbeOptions) =>
  <P>(operator: LinearOperator<P>): Estimate => {
    const vectors = drawn('hutchinson', operator.size, options)
    const images = multiplyRows(operator)(vectors)
    return estimateOf(
      vectors.map((z, i) => dotOf(z, images[i] ?? z)),
      vectors.length,
    )
  }

/**
 * The trace by Hutch++: exact on the span of a third of the images, Hutchinson's estimator for what is left.
 *
 *     tr A = tr QᵀAQ + tr (I − QQᵀ) A (I − QQᵀ)
 *
 * **Laws** unbiased; exact for operators of a rank up to a third of the probes; the error falls like 1/probes.
 *
 * **Cost** as many products as probes, rounded down to three equal parts; less where a third of them spans everything.
 *
 * **Fails** with a `Defect` for fewer than 3 probes.
 *
 * **References** Meyer, Musco, Musco and Woodruff, *Hutch++: optimal stochastic trace estimation* (2021).
 *
 * @example
 * import { randomKey, tensor } from 'gradus'
 * import { hutchPlusPlus, operatorOf } from 'gradus/curvature'
 * hutchPlusPlus({ key: randomKey(1), probes: 6 })(operatorOf(tensor([[1, 2], [2, 4]]))).value // ≈ 5
 *
 * @since 0.1.0
 */
export const hutchPlusPlus =
  ({ probes = 32, ...options }: ProbeOptions) =>
  <P>(operator: LinearOperator<P>): Estimate => {
    const third = Math.floor(count('hutchPlusPlus', 'probes', probes, 3) / 3)
    const multiply = multiplyRows(operator)
    const vectors = drawn('hutchPlusPlus', operator.size, { ...options, probes: 2 * third })
    const sketched = multiply(vectors.slice(0, third))
    const basis = orthonormalBasis(sketched)
    const basisImages = multiply(basis)
    const inside = basis.reduce((sum, q, i) => sum + dotOf(q, basisImages[i] ?? q), 0)
    if (basis.length === operator.size) return exactly(inside, sketched.length + basis.length)
    const rests = vectors.slice(third).map((z) => projectOut(basis, z))
    const images = multiply(rests)
    return estimateOf(
      rests.map((z, i) => inside + dotOf(z, images[i] ?? z)),
      sketched.length + basis.length + rests.length,
    )
  }

/**
 * The trace by XTrace: each test vector estimates what the images of all others do not span, and all take turns.
 *
 * **Laws** invariant under reordering; exact when there are as many test vectors as unknowns, and for operators of lower rank than
 * test vectors. The standard error is that of the estimates among each other, which overlap.
 *
 * **Cost** as many products as probes: half of them with normal test vectors (signs may depend on each other), half with a basis of
 * their images.
 *
 * **Fails** with a `Defect` for fewer than 2 probes.
 *
 * **References** Epperly, Tropp and Webber, *XTrace: making the most of every sample in stochastic trace estimation* (2024).
 *
 * @example
 * import { randomKey, tensor } from 'gradus'
 * import { operatorOf, xTrace } from 'gradus/curvature'
 * xTrace({ key: randomKey(1), probes: 4 })(operatorOf(tensor([[1, 2], [2, -7]]))).value // ≈ -6
 *
 * @since 0.1.0
 */
export const xTrace =
  ({ key, probes = 32 }: Omit<ProbeOptions, 'distribution'>) =>
  <P>(operator: LinearOperator<P>): Estimate => {
    const half = Math.min(operator.size, Math.floor(count('xTrace', 'probes', probes, 2) / 2))
    if (half === 0) return exactly(0, 0)
    const multiply = multiplyRows(operator)
    const tests = drawn('xTrace', operator.size, { key, distribution: 'normal', probes: half })
    const images = multiply(tests)
    const basis = orthonormalBasis(images)
    const samples = exchangeableTraces(operator.size, tests, images, basis, multiply(basis))
    const products = half + basis.length
    // One test vector says nothing of its error, unless its image is all that there is.
    return half === 1 && (operator.size === 1 || basis.length === 0)
      ? exactly(samples[0] ?? 0, products)
      : estimateOf([...samples], products)
  }

/**
 * The diagonal, entry by entry.
 *
 *     diag A ≈ Σ z ∘ A z / Σ z ∘ z
 *
 * **Laws** unbiased for signs, and exact for diagonal operators.
 *
 * **Cost** a product for each probe.
 *
 * **References** Bekas, Kokiopoulou and Saad, *An estimator for the diagonal of a matrix* (2007).
 *
 * @example
 * import { randomKey, tensor, toArray } from 'gradus'
 * import { diagonalEstimate, diagonalOperator } from 'gradus/curvature'
 * toArray(diagonalEstimate({ key: randomKey(1) })(diagonalOperator(tensor([1, 2, 3]))).diagonal) // => [1, 2, 3]
 *
 * @since 0.1.0
 */
export const diagonalEstimate =
  (options: ProbeOptions) =>
  <P>(operator: LinearOperator<P>): DiagonalEstimate<P> => {
    const { unravel } = flatOf(operator)
    const vectors = drawn('diagonalEstimate', operator.size, options)
    const images = multiplyRows(operator)(vectors)
    const entries = (of: (z: number, image: number) => number): Float64Array =>
      Float64Array.from({ length: operator.size }, (_, at) =>
        vectors.reduce((sum, z, i) => sum + of(z[at] ?? 0, images[i]?.[at] ?? 0), 0),
      )
    const weights = entries((z) => z * z)
    const diagonal = entries((z, image) => z * image).map((sum, at) => sum / (weights[at] ?? 1))
    const n = vectors.length
    const scale = evening(longestOf(images))
    const squares = Float64Array.from({ length: operator.size }, (_, at) =>
      vectors.reduce((sum, z, i) => {
        const x = z[at] ?? 0
        return sum + (scale * (x * (images[i]?.[at] ?? 0) - x * x * (diagonal[at] ?? 0))) ** 2
      }, 0),
    )
    const standardError = squares.map((sum, at) =>
      n < 2 ? Infinity : Math.sqrt((sum * n) / (n - 1)) / scale / (weights[at] ?? 1),
    )
    return { diagonal: unravel(diagonal), standardError: unravel(standardError), products: n }
  }

/**
 * A diagonal with the standard deviation of each of its entries.
 *
 * @since 0.1.0
 */
export interface DiagonalEstimate<P> {
  readonly diagonal: P
  readonly standardError: P
  readonly products: number
}

/**
 * The Frobenius norm, √(Σ Aᵢⱼ²), the root of the sum of squared eigenvalues.
 *
 *     ‖A‖_F² = E ‖A z‖²
 *
 * **Laws** its square is unbiased. `samples` are those of the square, and overflow before the norm does; the standard error is that of the norm, to first order.
 *
 * **Cost** a product for each probe.
 *
 * @example
 * import { randomKey, tensor } from 'gradus'
 * import { diagonalOperator, frobeniusNorm } from 'gradus/curvature'
 * frobeniusNorm({ key: randomKey(1) })(diagonalOperator(tensor([3, 4]))).value // => 5
 *
 * @since 0.1.0
 */
export const frobeniusNorm =
  (options: ProbeOptions) =>
  <P>(operator: LinearOperator<P>): Estimate => {
    const vectors = drawn('frobeniusNorm', operator.size, options)
    const images = multiplyRows(operator)(vectors)
    const scale = evening(longestOf(images))
    const square = estimateOf(
      images.map((image) => (scale * normOf(image)) ** 2),
      vectors.length,
    )
    const root = Math.sqrt(square.value)
    return {
      value: root / scale,
      standardError: root === 0 ? 0 : square.standardError / (2 * root) / scale,
      samples: square.samples.map((sample) => sample / scale / scale),
      products: square.products,
    }
  }
