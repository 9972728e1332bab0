/*
 * The symmetric eigenproblem A = V·Λ·Vᵀ with V in factored form: reflectors and rotations (tridiagonalize.ts,
 * implicitQL.ts). Eigenvalues and the factors take about 4/3·n³ operations, mostly in one SIMD kernel, and a product
 * with V or Vᵀ takes O(n²) from the factors (orthogonal.ts). The n×n matrix V, which costs several times as much as
 * all the rest, is formed for whoever asks. Backward stable: the computed Λ and V are exact for a matrix within a
 * modest multiple of n·ε·‖A‖ of A (Golub & Van Loan, Matrix Computations, 4th ed., §8.3).
 */
import { implicitQL, type Rotations, recorder } from './implicitQL.js'
import { expandVector, formVectors, projectVector } from './orthogonal.js'
import { type Tridiagonal, type Tridiagonalize, tridiagonalize } from './tridiagonalize.js'

export interface SymmetricEigen {
  readonly n: number
  /** Ascending. */
  readonly values: Float64Array
  /** Vᵀ·x in O(n²); entry i belongs to values[i]. */
  readonly project: (x: Float64Array) => Float64Array
  /** V·y in O(n²), the inverse of project. */
  readonly expand: (y: Float64Array) => Float64Array
  /** n×n row-major; column i is the eigenvector of values[i]. Costs O(n³). */
  readonly vectors: () => Float64Array
}

interface Decomposition {
  readonly reduced: Tridiagonal
  /** In the order of the algorithm. */
  readonly values: Float64Array
  readonly rotations: Rotations | undefined
}

/** The largest |aᵢⱼ| of the lower triangle, or NaN when an entry of it is not finite. */
const largestEntry = (n: number, a: Float64Array): number => {
  let largest = 0
  for (let i = 0; i < n; i++) {
    for (let at = i * n; at <= i * n + i; at++) largest = Math.max(largest, Math.abs(a[at]))
  }
  return largest < Infinity ? largest : Number.NaN
}

const decompose = (
  n: number,
  a: Float64Array,
  keepRotations: boolean,
  reduce: Tridiagonalize,
): Decomposition | undefined => {
  const largest = largestEntry(n, a)
  if (largest !== largest) return undefined
  // A power of two, so that scaling is exact; it brings the largest entry to [1, 2) unless that is subnormal.
  const exponent = largest === 0 ? 0 : Math.min(1022, Math.max(-1022, -Math.floor(Math.log2(largest))))
  const reduced = reduce(n, a, 2 ** exponent)
  const values = reduced.diagonal.slice()
  const couplings = new Float64Array(n)
  couplings.set(reduced.subdiagonal.subarray(1))
  const record = keepRotations ? recorder(n) : undefined
  if (!implicitQL(n, values, couplings, record)) return undefined
  const back = 2 ** -exponent
  for (let i = 0; i < n; i++) values[i] *= back
  return { reduced, values, rotations: record?.done() }
}

/** The eigenvalues alone, ascending; undefined when an entry is not finite or the iteration does not converge. Only the lower triangle is read. */
export const symmetricEigenvalues = (
  n: number,
  a: Float64Array,
  reduce: Tridiagonalize = tridiagonalize,
): Float64Array | undefined => decompose(n, a, false, reduce)?.values.sort()

/** Eigenvalues and factored eigenvectors; undefined when an entry is not finite or the iteration does not converge. Only the lower triangle is read. */
export const symmetricEigen = (
  n: number,
  a: Float64Array,
  reduce: Tridiagonalize = tridiagonalize,
): SymmetricEigen | undefined => {
  const decomposition = decompose(n, a, true, reduce)
  if (decomposition?.rotations === undefined) return undefined
  const { reduced, values, rotations } = decomposition
  /** order[i] is where the algorithm has the i-th smallest value. */
  const order = Int32Array.from(values.keys()).sort((i, j) => values[i] - values[j] || i - j)
  return {
    n,
    values: Float64Array.from(order, (i) => values[i]),
    project: (x) => {
      const y = Float64Array.from(x)
      projectVector(n, reduced, rotations, y)
      const out = new Float64Array(n)
      for (let i = 0; i < n; i++) out[i] = y[order[i]]
      return out
    },
    expand: (y) => {
      const out = new Float64Array(n)
      for (let i = 0; i < n; i++) out[order[i]] = y[i]
      expandVector(n, reduced, rotations, out)
      return out
    },
    vectors: () => {
      const out = new Float64Array(n * n)
      formVectors(n, reduced, rotations, order, out)
      return out
    },
  }
}
