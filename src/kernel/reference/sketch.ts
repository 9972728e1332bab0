/** Small dense parts of randomised estimators: orthonormal bases of images, and XTrace from them. */
import { combination, divided, dotOf, projectOut } from './krylov.js'
import { normOf } from './magnitude.js'

/** An orthonormal basis of the span of vectors, without those that depend on the ones before. */
export const orthonormalBasis = (vectors: ReadonlyArray<Float64Array>): ReadonlyArray<Float64Array> => {
  const basis: Array<Float64Array> = []
  const scale = vectors.reduce((most, vector) => Math.max(most, normOf(vector)), 0)
  for (const vector of vectors) {
    if (basis.length === vector.length) break
    const rest = projectOut(basis, vector)
    const length = normOf(rest)
    if (!(length > 1e-13 * scale)) continue
    const again = projectOut(basis, divided(rest, length))
    basis.push(divided(again, normOf(again)))
  }
  return basis
}

/**
 * The exchangeable estimates of Epperly, Tropp and Webber (2024), one for each test vector: the trace on the span of the images of all
 * others, and what this vector says of the rest, scaled to the sphere there.
 */
export const exchangeableTraces = (
  n: number,
  tests: ReadonlyArray<Float64Array>,
  images: ReadonlyArray<Float64Array>,
  basis: ReadonlyArray<Float64Array>,
  basisImages: ReadonlyArray<Float64Array>,
): Float64Array => {
  const k = basis.length
  const h = basis.map((q) => basisImages.map((image) => dotOf(q, image)))
  const whole = h.reduce((sum, row, i) => sum + row[i], 0)
  // A span without one image is smaller by one direction only where that image was needed.
  const isFull = k === tests.length
  // Columns of R = Qᵀ Y, upper triangular since the basis grew image by image.
  const r = images.map((y) => basis.map((q) => dotOf(q, y)))
  return Float64Array.from(tests, (test, i) => {
    const missing = isFull ? missingDirection(r, i) : undefined
    const inside = basis.map((q) => dotOf(q, test))
    const part = missing === undefined ? 0 : missing.reduce((sum, s, j) => sum + s * inside[j], 0)
    const taken = Float64Array.from(inside, (x, j) => x - (missing === undefined ? 0 : part * missing[j]))
    const outside = test.map((x) => x)
    const back = combination(n, basis, taken)
    for (let at = 0; at < n; at++) outside[at] -= back[at]
    let lost = 0
    if (missing !== undefined)
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) lost += missing[a] * h[a][b] * missing[b]
    // A (I − P) ω = A ω − (A Q) taken.
    const image = images[i].slice()
    for (let j = 0; j < k; j++) for (let at = 0; at < n; at++) image[at] -= taken[j] * basisImages[j][at]
    const square = dotOf(outside, outside)
    const left = n - k + (missing === undefined ? 0 : 1)
    const rest = left === 0 || square === 0 ? 0 : (left * dotOf(outside, image)) / square
    return whole - lost + rest
  })
}

/** The unit vector in the span that is orthogonal to all images but the i-th: along the i-th column of R⁻ᵀ. */
const missingDirection = (columns: ReadonlyArray<ReadonlyArray<number>>, i: number): Float64Array => {
  const k = columns.length
  const s = new Float64Array(k)
  // Rᵀ s = eᵢ, forwards, since Rᵀ is lower triangular with the columns of R for its rows.
  for (let row = 0; row < k; row++) {
    let sum = row === i ? 1 : 0
    for (let j = 0; j < row; j++) sum -= columns[row][j] * s[j]
    s[row] = sum / columns[row][row]
  }
  return divided(s, normOf(s))
}
