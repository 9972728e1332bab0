/** Vectors as arrays: products, norms, projections and combinations. Long bases have rows in a memory of their own: see basis.ts. */
import { normOf } from './magnitude.js'

export const dotOf = (a: Float64Array, b: Float64Array): number => {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

/** Products with up to four rows at once, so that w is read once for all of them; `into` gains them. */
const dotsInto = (basis: ReadonlyArray<Float64Array>, from: number, w: Float64Array, into: Float64Array): void => {
  const n = w.length
  let row = from
  for (; row + 3 < basis.length; row += 4) {
    const [a, b, c, d] = [basis[row], basis[row + 1], basis[row + 2], basis[row + 3]]
    let [sa, sb, sc, sd] = [0, 0, 0, 0]
    for (let i = 0; i < n; i++) {
      const x = w[i]
      sa += a[i] * x
      sb += b[i] * x
      sc += c[i] * x
      sd += d[i] * x
    }
    into[row] = sa
    into[row + 1] = sb
    into[row + 2] = sc
    into[row + 3] = sd
  }
  for (; row < basis.length; row++) into[row] = dotOf(basis[row], w)
}

/** w − Σ partsᵢ rowᵢ, in place, four rows at once. */
const subtract = (basis: ReadonlyArray<Float64Array>, from: number, parts: Float64Array, w: Float64Array): void => {
  const n = w.length
  let row = from
  for (; row + 3 < basis.length; row += 4) {
    const [a, b, c, d] = [basis[row], basis[row + 1], basis[row + 2], basis[row + 3]]
    const [pa, pb, pc, pd] = [parts[row], parts[row + 1], parts[row + 2], parts[row + 3]]
    for (let i = 0; i < n; i++) w[i] -= pa * a[i] + pb * b[i] + (pc * c[i] + pd * d[i])
  }
  for (; row < basis.length; row++) {
    const [a, part] = [basis[row], parts[row]]
    for (let i = 0; i < n; i++) w[i] -= part * a[i]
  }
}

/**
 * w minus its components along orthonormal rows: Gram-Schmidt against all rows at once, again while more than a third of the length was
 * lost, since a pass leaves errors of the size ε‖w‖/‖rest‖, and twice is enough (Giraud, Langou and Rozložník 2005).
 */
export const projectOut = (basis: ReadonlyArray<Float64Array>, w: Float64Array): Float64Array => {
  const rest = w.slice()
  const parts = new Float64Array(basis.length)
  let length = normOf(rest)
  for (let passes = 0; basis.length > 0 && passes < 3; passes++) {
    dotsInto(basis, 0, rest, parts)
    subtract(basis, 0, parts, rest)
    const before = length
    length = normOf(rest)
    if (!(length < 0.7 * before)) break
  }
  return rest
}

/** x / length. */
export const divided = (x: Float64Array, length: number): Float64Array => x.map((entry) => entry / length)

/** [⟨rowᵢ, w⟩]: the coordinates of w. */
export const coordinates = (basis: ReadonlyArray<Float64Array>, w: Float64Array): Float64Array => {
  const found = new Float64Array(basis.length)
  dotsInto(basis, 0, w, found)
  return found
}

/** Σ yᵢ rowᵢ. */
export const combination = (n: number, basis: ReadonlyArray<Float64Array>, y: Float64Array): Float64Array => {
  const total = new Float64Array(n)
  basis.forEach((row, j) => {
    const factor = y[j]
    for (let i = 0; i < n; i++) total[i] += factor * row[i]
  })
  return total
}

/** Vectors one after another, into one that is as long as all of them. */
export const placeAll = (vectors: ReadonlyArray<Float64Array>, into: Float64Array): void => {
  let at = 0
  for (const vector of vectors) {
    into.set(vector, at)
    at += vector.length
  }
}

/** The vectors one after another. */
export const stackedRows = (n: number, rows: ReadonlyArray<Float64Array>): Float64Array => {
  const all = new Float64Array(rows.length * n)
  rows.forEach((row, i) => all.set(row, i * n))
  return all
}
