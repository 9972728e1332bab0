/** Derivatives without derivatives: central differences with Richardson extrapolation, the oracle of the laws of losses. */

/**
 * A derivative found by differences, and how far its best two approximations are apart.
 *
 * @since 0.1.0
 */
export interface Slope {
  readonly value: number
  readonly error: number
}

const halvings = 6

/** One row of the table from the row before it: each column removes one more even power of the step. */
const extrapolated = (before: ReadonlyArray<number>, first: number): ReadonlyArray<number> =>
  before.reduce<ReadonlyArray<number>>(
    (row, older, column) => {
      const newer = row[column] ?? Number.NaN
      return [...row, newer + (newer - older) / (4 ** (column + 1) - 1)]
    },
    [first],
  )

/**
 * φ′(0) by central differences with the steps h, h/2, h/4 …, extrapolated to 0; of the whole table the entry is kept that
 * agrees best with its neighbors.
 *
 * **References** Ridders, *Accurate computation of F′(x)*, Advances in Engineering Software 4 (1982).
 *
 * @example
 * import { slopeByDifferences } from 'gradus/laws'
 * slopeByDifferences(Math.exp).value // ≈ 1 (1e-11)
 * slopeByDifferences(Math.abs).value // => 0
 *
 * @since 0.1.0
 */
export const slopeByDifferences = (phi: (t: number) => number, step = 0.1): Slope => {
  const table = Array.from({ length: halvings }, (_, i) => {
    const h = step / 2 ** i
    return (phi(h) - phi(-h)) / (2 * h)
  }).reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (rows, quotient) => [...rows, extrapolated(rows[rows.length - 1] ?? [], quotient)],
    [],
  )
  return table
    .flatMap((row, i) =>
      row.slice(1).map((value, column) => ({
        value,
        error: Math.max(
          Math.abs(value - (row[column] ?? Number.NaN)),
          Math.abs(value - (table[i - 1]?.[column] ?? Number.NaN)),
        ),
      })),
    )
    .reduce<Slope>((best, entry) => (entry.error < best.error ? entry : best), { value: Number.NaN, error: Infinity })
}

const taylorSteps = 8

/**
 * The order with which a remainder vanishes as t does: the largest of the last three slopes of log |r| against log t, since one
 * may be spoiled by a change of sign. `Infinity` when the remainder is rounding from the start.
 *
 * @example
 * import { orderOfRemainder } from 'gradus/laws'
 * orderOfRemainder((t) => Math.exp(t) - 1 - t, 1) // ≈ 2 (0.1)
 * orderOfRemainder((t) => Math.exp(t) - 1, 1) // ≈ 1 (0.1)
 *
 * @since 0.1.0
 */
export const orderOfRemainder = (remainder: (t: number) => number, scale: number, step = 0.1): number => {
  const sizes = Array.from({ length: taylorSteps }, (_, i) => Math.abs(remainder(step / 2 ** i)))
  const rounding = sizes.findIndex((size) => size < 1e3 * Number.EPSILON * scale)
  const usable = rounding === -1 ? sizes : sizes.slice(0, rounding)
  const slopes = usable.slice(1).map((size, i) => Math.log2((usable[i] ?? Number.NaN) / size))
  return slopes.length === 0 ? Infinity : slopes.slice(-3).reduce((most, slope) => Math.max(most, slope), -Infinity)
}
