/** Rows of one length that a Krylov method works on, and what it asks of them, in any provider's memory. */

/** Columns that are taken together in products, so that each row is read once for all of them. */
export const COLUMNS = 2

/**
 * A growing list of rows. Rows are named by their numbers, since they live in the memory of a kernel. Every provider takes its sums
 * in the same order: in pieces of 512 entries, those of even and of odd place apart within a piece.
 */
export interface Basis {
  /** The length of a row. */
  readonly size: number
  /** Makes room for so many rows; those that are there keep what they hold. False, with nothing changed, where memory is out. */
  readonly room: (rows: number) => boolean
  /** The entries of a row, to be read or written before anything else is asked. */
  readonly row: (i: number) => Float64Array
  /** into[c · rows + r] = ⟨row from + r, row first + c⟩ for at most `COLUMNS` columns. */
  readonly dots: (from: number, rows: number, first: number, columns: number, into: Float64Array) => void
  /** row w + c ← row w + c − Σ parts[c · n + i] row indicesᵢ for n indices, a multiple of four, and at most `COLUMNS` columns. */
  readonly subtract: (indices: ReadonlyArray<number>, parts: ReadonlyArray<number>, w: number, columns: number) => void
  /** row w ← row w − β row p; then ⟨row w, row v⟩ and ‖row w‖². */
  readonly recur: (w: number, p: number, v: number, beta: number) => readonly [number, number]
  /** row w ← (row w − α row v) · factor; then ‖row w‖². */
  readonly advance: (w: number, v: number, alpha: number, factor: number) => number
  /** Ends its use: what it worked in may serve another. */
  readonly release: () => void
}

/** Makes an empty basis of rows of a length. One that lasts as long as somebody holds it takes no memory that is kept for others. */
export type OpenBasis = (size: number, lasting?: boolean) => Basis
