/** Orthogonalisation against a growing basis. */

export const dotOf = (a: Float64Array, b: Float64Array): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

/** The Euclidean norm, scaled so that squares neither overflow nor vanish. */
export const normOf = (x: Float64Array): number => {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (largest === 0 || !(largest < Infinity)) return largest
  let total = 0
  for (let i = 0; i < x.length; i++) total += (x[i] / largest) ** 2
  return largest * Math.sqrt(total)
}

/**
 * w minus its components along the orthonormal rows of `basis`, by Gram-Schmidt in two passes: one pass leaves errors of
 * the size ε‖w‖/‖rest‖, and twice is enough (Giraud, Langou and Rozložník 2005).
 */
export const projectOut = (basis: ReadonlyArray<Float64Array>, w: Float64Array): Float64Array => {
  const rest = w.slice()
  for (let pass = 0; pass < 2; pass++)
    for (const row of basis) {
      const component = dotOf(row, rest)
      for (let i = 0; i < rest.length; i++) rest[i] -= component * row[i]
    }
  return rest
}

/** x / length. */
export const divided = (x: Float64Array, length: number): Float64Array => x.map((entry) => entry / length)

/** [⟨rowᵢ, w⟩]: the coordinates of w. */
export const coordinates = (basis: ReadonlyArray<Float64Array>, w: Float64Array): Float64Array =>
  Float64Array.from(basis, (row) => dotOf(row, w))

/** Σ yᵢ rowᵢ. */
export const combination = (n: number, basis: ReadonlyArray<Float64Array>, y: Float64Array): Float64Array => {
  const total = new Float64Array(n)
  basis.forEach((row, j) => {
    const factor = y[j]
    for (let i = 0; i < n; i++) total[i] += factor * row[i]
  })
  return total
}

/** The vectors one after another. */
export const stackedRows = (n: number, rows: ReadonlyArray<Float64Array>): Float64Array => {
  const all = new Float64Array(rows.length * n)
  rows.forEach((row, i) => all.set(row, i * n))
  return all
}
