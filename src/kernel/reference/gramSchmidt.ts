/** Orthogonal rows: Gram-Schmidt on the rows of a basis, and what vectors are along them. */
import { type Basis, COLUMNS } from '../Basis.js'
import { normOf } from './magnitude.js'

/** What two units of n entries may have along each other in a basis: the rounding of their product, which grows as √n. */
export const toleratedIn = (n: number): number => Number.EPSILON * Math.sqrt(n)

/** What is not worth to be taken away, since it is a rounding or a small part of what is tolerated. */
export const nothingIn = (n: number): number => Math.max(2 * Number.EPSILON, toleratedIn(n) / 32)

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

/** row w + c − Σ partsᵢ row indicesᵢ, of any number of parts, a list for each column: a part of nothing fills up. */
const take = (basis: Basis, indices: Array<number>, parts: ReadonlyArray<Array<number>>, w: number): void => {
  if (indices.length === 0) return
  while (indices.length % 4 !== 0) {
    indices.push(indices[0])
    for (const column of parts) column.push(0)
  }
  basis.subtract(indices, parts.flat(), w, parts.length)
}

/** What became of rows that were settled. */
export interface Settled {
  /** The largest part that one of the last two had along another row. */
  readonly worst: number
  /** What was left of the last one, a unit vector before. */
  readonly length: number
}

/** One or two rows from `first` on, unit vectors that are nearly orthogonal to all before them, made so to rounding. */
const settlePair = (basis: Basis, first: number, end: number): Settled => {
  const columns = end - first
  const along = new Float64Array(columns * end)
  const nothing = nothingIn(basis.size)
  let [most, left] = [0, 1]
  for (let pass = 0; pass < 4; pass++) {
    basis.dots(0, end, first, columns, along)
    const indices: Array<number> = []
    const parts = Array.from({ length: columns }, (): Array<number> => [])
    const lost = new Float64Array(columns)
    let worst = 0
    for (let r = 0; r < first; r++) {
      let largest = 0
      for (let c = 0; c < columns; c++) largest = Math.max(largest, Math.abs(along[c * end + r]))
      worst = Math.max(worst, largest)
      if (largest <= nothing) continue
      indices.push(r)
      for (let c = 0; c < columns; c++) {
        parts[c].push(along[c * end + r])
        lost[c] += along[c * end + r] ** 2
      }
    }
    take(basis, indices, parts, first)
    for (let c = 0; c < columns; c++) {
      // The second one is also freed of the first.
      const between = c === 0 ? 0 : along[c * end + first]
      worst = Math.max(worst, Math.abs(between))
      if (Math.abs(between) > nothing) {
        take(basis, [first], [[between]], first + c)
        lost[c] += between * between
      }
      // A large loss leaves no digits in the difference.
      const length = lost[c] < 0.01 ? Math.sqrt(along[c * end + first + c] - lost[c]) : rowNorm(basis, first + c)
      if (Math.abs(length - 1) > 4 * Number.EPSILON && length > 0) divideRow(basis, first + c, length)
      if (c === columns - 1) left *= length
    }
    most = Math.max(most, worst)
    // Parts of this size leave errors of their square in each other.
    if (!(worst > 1e-9)) break
  }
  return { worst: most, length: left }
}

/**
 * Makes rows from `settled` on orthogonal to rounding, of which each, from a few steps of Lanczos, is more nearly so than the next. What
 * the last two are along all others is measured, each row being read once for both, and what is more than rounding is taken away; then
 * the two before them, until two were orthogonal as far as is tolerated when they came, and so were those before.
 */
export const settle = (basis: Basis, settled: number, count: number): Settled => {
  const tolerated = toleratedIn(basis.size)
  const last = settlePair(basis, Math.max(settled, count - COLUMNS), count)
  let worst = last.worst
  for (let end = count - COLUMNS; end > settled && !(worst <= tolerated); end -= COLUMNS)
    worst = settlePair(basis, Math.max(settled, end - COLUMNS), end).worst
  return last
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
      [[...parts]],
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
    [Array.from(y, (part) => -part)],
    w,
  )
}
