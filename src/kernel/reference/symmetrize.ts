/** What decompositions of symmetric matrices read: the symmetric part, so that their derivatives are symmetric too. */

/** (A + Aᵀ)/2; entries that agree keep their bits, and none overflows. */
export const symmetricPart = (n: number, a: Float64Array): Float64Array => {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [p, q] = [a[i * n + j], a[j * n + i]]
      const mean = p === q ? p : p / 2 + q / 2
      out[i * n + j] = mean
      out[j * n + i] = mean
    }
  }
  return out
}

/**
 * Turns columns of an m×n array so that in each the first entry of nearly the largest size is positive; the same columns
 * of `others` (p×n) turn along. Entries of equal size up to rounding must not decide by their rounding.
 */
export const turnColumns = (
  m: number,
  n: number,
  x: Float64Array,
  p = 0,
  others: Float64Array = new Float64Array(0),
): void => {
  for (let j = 0; j < n; j++) {
    let largest = 0
    for (let i = 0; i < m; i++) largest = Math.max(largest, Math.abs(x[i * n + j]))
    const enough = largest * (1 - 2 ** -20)
    let first = 0
    while (first < m - 1 && Math.abs(x[first * n + j]) < enough) first++
    if (m === 0 || !(x[first * n + j] < 0)) continue
    for (let i = 0; i < m; i++) x[i * n + j] = -x[i * n + j]
    for (let i = 0; i < p; i++) others[i * n + j] = -others[i * n + j]
  }
}
