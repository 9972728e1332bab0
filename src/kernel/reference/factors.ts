/** Low-rank approximations of positive semidefinite operators from a few of their images. */
import { symmetricEigen } from './eigen.js'
import { combination, dotOf } from './krylov.js'
import { normOf } from './magnitude.js'
import { orthonormalBasis } from './sketch.js'

/** U diag(values) Uᵀ with orthonormal rows of `vectors`, the largest value first. */
export interface LowRank {
  readonly vectors: ReadonlyArray<Float64Array>
  readonly values: Float64Array
}

/**
 * The Nyström approximation A Q (Qᵀ A Q)⁺ Qᵀ A from orthonormal Q and its images (Tropp, Yurtsever, Udell and Cevher 2017, in the
 * form without a shift); undefined when the quotient is not finite or not positive semidefinite.
 */
export const nystrom = (
  n: number,
  basis: ReadonlyArray<Float64Array>,
  images: ReadonlyArray<Float64Array>,
): LowRank | undefined => {
  const k = basis.length
  const quotient = new Float64Array(k * k)
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) quotient[i * k + j] = dotOf(basis[i], images[j])
  const inner = symmetricEigen(k, quotient)
  if (inner === undefined) return undefined
  const vectors = inner.vectors()
  const largest = k === 0 ? 0 : inner.values[k - 1]
  if (k > 0 && inner.values[0] < -1e-10 * Math.abs(largest)) return undefined
  // B = A Q S Λ^(−1/2), so that the approximation is B Bᵀ; what is rounding beside the largest is left out.
  const half: Array<Float64Array> = []
  for (let i = 0; i < k; i++) {
    const value = inner.values[i]
    if (!(value > 1e-14 * largest)) continue
    const weights = Float64Array.from({ length: k }, (_, j) => vectors[j * k + i] / Math.sqrt(value))
    half.push(combination(n, images, weights))
  }
  return ofFactor(n, half)
}

/** B Bᵀ for the columns of B, by the eigenvectors of BᵀB. */
export const ofFactor = (n: number, columns: ReadonlyArray<Float64Array>): LowRank | undefined => {
  const k = columns.length
  const gram = new Float64Array(k * k)
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) gram[i * k + j] = dotOf(columns[i], columns[j])
  const outer = symmetricEigen(k, gram)
  if (outer === undefined) return undefined
  const vectors = outer.vectors()
  const found: Array<Float64Array> = []
  for (let i = k - 1; i >= 0; i--) {
    const value = outer.values[i]
    if (!(value > 1e-14 * outer.values[k - 1])) break
    found.push(
      combination(
        n,
        columns,
        Float64Array.from({ length: k }, (_, j) => vectors[j * k + i] / Math.sqrt(value)),
      ),
    )
  }
  // A Gram matrix knows small directions badly; made orthonormal again they stay what they are to rounding.
  const basis = orthonormalBasis(found)
  const values = Float64Array.from(basis, (u) => {
    let total = 0
    for (const column of columns) total += dotOf(u, column) ** 2
    return total
  })
  return { vectors: basis, values }
}

/**
 * Columns of a partial Cholesky factor with pivots (Harbrecht, Peters and Schneider 2012): each takes the largest entry that is left on
 * the diagonal. Ends when that is rounding beside the first; undefined when a column is not finite, or leaves less than nothing on the
 * diagonal, as no positive semidefinite matrix does.
 */
export const pivotedCholesky = (
  diagonal: Float64Array,
  column: (pivot: number) => Float64Array,
  rank: number,
): ReadonlyArray<Float64Array> | undefined => {
  const n = diagonal.length
  const left = diagonal.slice()
  const factor: Array<Float64Array> = []
  let first = 0
  while (factor.length < Math.min(rank, n)) {
    let pivot = 0
    for (let i = 1; i < n; i++) if (left[i] > left[pivot]) pivot = i
    if (factor.length === 0) first = left[pivot]
    if (!(left[pivot] > 1e-14 * first)) break
    const next = column(pivot).slice()
    for (const known of factor) for (let i = 0; i < n; i++) next[i] -= known[pivot] * known[i]
    if (!(next[pivot] > 0 && normOf(next) < Infinity)) return undefined
    const root = Math.sqrt(next[pivot])
    for (let i = 0; i < n; i++) {
      next[i] /= root
      left[i] -= next[i] * next[i]
      if (!(left[i] > -1e-10 * first)) return undefined
    }
    left[pivot] = 0
    factor.push(next)
  }
  return factor
}
