/** Matrix products of derivatives, where an exact zero wins over ∞ and NaN. */
import type { MatrixKernel } from '../MatrixKernel.js'
import { absorb } from './pointwise.js'

/**
 * Corrects C = op(A)·op(B), computed in IEEE arithmetic: only where an entry is NaN can a zero have met ∞ or NaN, and only
 * those entries are summed again. Costs one reading of C where nothing is wrong.
 */
export const absorbProducts: MatrixKernel = (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
  for (let at = 0; at < m * n; at++) {
    if (c[cOffset + at] === c[cOffset + at]) continue
    const [i, j] = [Math.floor(at / n), at % n]
    let total = 0
    for (let p = 0; p < k; p++)
      total += absorb(
        a[aOffset + (transposeA ? p * m + i : i * k + p)],
        b[bOffset + (transposeB ? j * k + p : p * n + j)],
      )
    c[cOffset + at] = total
  }
}
