/** Orthogonal rows: Gram-Schmidt on the rows of a basis, and what vectors are along them. */
import { type Basis, COLUMNS } from '../Basis.js'
import { normOf } from './krylov.js'

/** Parts of unit vectors along each other that rounding explains: two units in the last place of 1. */
const nothing = 2 ** -51

/** ‖row i‖. */
export const rowNorm = (basis: Basis, i: number): number => {
  const square = new Float64Array(1)
  basis.dots(i, 1, i, 1, square)
  // The plain sum of squares where that is safe.
  return square[0] > 1e-250 && square[0] < 1e250 ? Math.sqrt(square[0]) : normOf(basis.row(i))
}

/** row i / length. */
export const divideRow = (basis: Basis, i: number, length: number): void => {
  if (length > 1e-300 && length < 1e300) basis.advance(i, i, 0, 1 / length)
  else {
    const row = basis.row(i)
    for (let at = 0; at < row.length; at++) row[at] /= length
  }
}

/** row w − Σ partsᵢ row indicesᵢ, of any number of parts: a part of nothing fills up. */
const take = (basis: Basis, indices: Array<number>, parts: Array<number>, w: number): void => {
  if (indices.length === 0) return
  while (indices.length % 4 !== 0) {
    indices.push(indices[0])
    parts.push(0)
  }
  basis.subtract(indices, parts, w)
}

/**
 * Makes up to four rows from `settled` on, unit vectors that are nearly orthogonal to those before them and to each other, orthogonal
 * to rounding. What they are along other rows is measured, each row being read once for all four; and only what is more than rounding is taken
 * away, which from vectors of a few steps of Lanczos is little. Gives the length that was left of each.
 */
export const settle = (basis: Basis, settled: number, count: number): Float64Array => {
  const columns = count - settled
  const lengths = new Float64Array(columns).fill(1)
  const along = new Float64Array(columns * count)
  for (let pass = 0; pass < COLUMNS; pass++) {
    basis.dots(0, count, settled, columns, along)
    let worst = 0
    for (let c = 0; c < columns; c++) {
      const indices: Array<number> = []
      const parts: Array<number> = []
      let lost = 0
      for (let r = 0; r < settled + c; r++) {
        const part = along[c * count + r]
        if (Math.abs(part) <= nothing) continue
        indices.push(r)
        parts.push(part)
        lost += part * part
        worst = Math.max(worst, Math.abs(part))
      }
      take(basis, indices, parts, settled + c)
      // A large loss leaves no digits in the difference.
      const length = lost < 0.01 ? Math.sqrt(along[c * count + settled + c] - lost) : rowNorm(basis, settled + c)
      if (Math.abs(length - 1) <= 4 * nothing) continue
      lengths[c] *= length
      if (length > 0) divideRow(basis, settled + c, length)
    }
    // Parts of this size make errors of their square in each other.
    if (!(worst > 1e-9)) break
  }
  return lengths
}

/** What a row was along the first rows, and how much of it is left. */
export interface Separated {
  readonly coordinates: Float64Array
  readonly length: number
}

/**
 * Takes from row w, any vector, its parts along the first `rows` rows, again while more than a third of its length was lost, since a pass
 * leaves errors of the size ε‖w‖/‖rest‖, and twice is enough (Giraud, Langou and Rozložník 2005).
 */
export const separate = (basis: Basis, rows: number, w: number): Separated => {
  const coordinates = new Float64Array(rows)
  const parts = new Float64Array(rows)
  let length = rowNorm(basis, w)
  for (let pass = 0; rows > 0 && pass < 3; pass++) {
    basis.dots(0, rows, w, 1, parts)
    take(
      basis,
      Array.from(parts, (_, i) => i),
      [...parts],
      w,
    )
    for (let i = 0; i < rows; i++) coordinates[i] += parts[i]
    const before = length
    length = rowNorm(basis, w)
    if (!(length < 0.7 * before)) break
  }
  return { coordinates, length }
}

/** [⟨row i, row w⟩] for the first rows. */
export const coordinatesIn = (basis: Basis, rows: number, w: number): Float64Array => {
  const found = new Float64Array(rows)
  if (rows > 0) basis.dots(0, rows, w, 1, found)
  return found
}

/** row w ← Σ yᵢ row i. */
export const combineInto = (basis: Basis, y: ArrayLike<number>, w: number): void => {
  basis.row(w).fill(0)
  take(
    basis,
    Array.from(y, (_, i) => i),
    Array.from(y, (part) => -part),
    w,
  )
}
