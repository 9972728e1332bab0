/** Packed eigen-decompositions, and division by the gaps between eigenvalues. */
import { symmetricEigen } from './eigen.js'
import { symmetricPart, turnColumns } from './symmetrize.js'
import type { Tridiagonalize } from './tridiagonalize.js'

/**
 * The rows of V and then the eigenvalues of the symmetric part of a, ascending, into `out` of (n + 1)×n. False, and NaN
 * throughout, when an entry is not finite or the iteration does not converge.
 */
export const eigenFactor = (
  n: number,
  a: Float64Array,
  out: Float64Array,
  tridiagonalize?: Tridiagonalize,
): boolean => {
  const found = n === 0 ? undefined : symmetricEigen(n, symmetricPart(n, a), tridiagonalize)
  if (found === undefined) {
    out.fill(Number.NaN)
    return n === 0
  }
  out.set(found.vectors(), 0)
  out.set(found.values, n * n)
  turnColumns(n, n, out.subarray(0, n * n))
  return true
}

/**
 * Relative to the largest eigenvalue, for each row: eigenvalues closer than this count as equal, as they come with errors
 * of about n roundings, and a difference of two rounding errors tells nothing about a derivative.
 */
export const GAP = 2 ** -46

/**
 * out_ij ← c_ij/(d_j − d_i), d being the diagonal of n×n `d`. Where the two count as equal: 0, or with `strict` NaN off the
 * diagonal where c is not 0.
 */
export const divideByGaps = (n: number, d: Float64Array, c: Float64Array, strict: boolean, out: Float64Array): void => {
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i * n + i]))
  const least = n * GAP * largest
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const gap = d[j * n + j] - d[i * n + i]
      const at = i * n + j
      if (Math.abs(gap) <= least) out[at] = strict && i !== j && c[at] !== 0 ? Number.NaN : 0
      else out[at] = c[at] === 0 ? 0 : c[at] / gap
    }
  }
}

/** out ← x, or NaN throughout where there is none. */
export const writeOrNaN = (x: Float64Array | undefined, out: Float64Array): void => {
  if (x === undefined) out.fill(Number.NaN)
  else out.set(x)
}
