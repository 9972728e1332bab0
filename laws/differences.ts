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

/** One row of the table from the row before it: each column removes one more power of the step, in which only every other may be. */
const extrapolated =
  (base: 2 | 4) =>
  (before: ReadonlyArray<number>, first: number): ReadonlyArray<number> =>
    before.reduce<ReadonlyArray<number>>(
      (row, older, column) => {
        const newer = row[column] ?? Number.NaN
        return [...row, newer + (newer - older) / (base ** (column + 1) - 1)]
      },
      [first],
    )

/**
 * The limit of the quotients (φ(to) − φ(from)) / (to − from), whose error has the powers of h (base 2) or of h² (base 4): the entry
 * that agrees best with its neighbors. No entry is better than the rounding of the values in it, however well it agrees.
 */
const limit = (
  base: 2 | 4,
  phi: (t: number) => number,
  ends: (h: number) => readonly [from: number, to: number],
  step: number,
): Slope => {
  const quotients = Array.from({ length: halvings }, (_, i) => {
    const [from, to] = ends(step / 2 ** i)
    const [a, b] = [phi(from), phi(to)]
    return {
      quotient: (b - a) / (to - from),
      noise: (Number.EPSILON * Math.max(Math.abs(a), Math.abs(b))) / Math.abs(to - from),
    }
  })
  const table = quotients.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (rows, { quotient }) => [...rows, extrapolated(base)(rows[rows.length - 1] ?? [], quotient)],
    [],
  )
  return table
    .flatMap((row, i) =>
      row.slice(1).map((value, column) => ({
        value,
        error: Math.max(
          quotients[i]?.noise ?? Infinity,
          Math.abs(value - (row[column] ?? Number.NaN)),
          Math.abs(value - (table[i - 1]?.[column] ?? Number.NaN)),
        ),
      })),
    )
    .reduce<Slope>((best, entry) => (entry.error < best.error ? entry : best), { value: Number.NaN, error: Infinity })
}

/**
 * φ′(0) by central differences with the steps h, h/2, h/4 …, extrapolated to 0; of the whole table the entry is kept that
 * agrees best with its neighbors. Its error is never below that of rounding.
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
export const slopeByDifferences = (phi: (t: number) => number, step = 0.1): Slope => limit(4, phi, (h) => [-h, h], step)

/** Steps for a function of which nothing is known but the size of its argument, the largest first. */
const ladder: ReadonlyArray<number> = [1e-1, 1e-2, 1e-3, 1e-5]

/** φ′(0) with the step, of several, whose error is the smallest. */
export const steadySlope = (phi: (t: number) => number, scale: number): Slope =>
  ladder
    .map((step) => slopeByDifferences(phi, step * scale))
    .reduce((best, slope) => (slope.error < best.error ? slope : best))

/** The slopes of φ at 0 from the left and from the right. */
export const sideSlopes = (phi: (t: number) => number, scale: number): readonly [left: Slope, right: Slope] => {
  const side = (sign: 1 | -1): Slope =>
    ladder
      .map((step) => limit(2, phi, (h) => [0, sign * h], step * scale))
      .reduce((best, slope) => (slope.error < best.error ? slope : best))
  return [side(-1), side(1)]
}

/** Whether both sides of φ at 0 have one slope, as far as differences can tell. */
export const isSmoothAt = (phi: (t: number) => number, scale: number): boolean => {
  const [left, right] = sideSlopes(phi, scale)
  const size = Math.max(1, Math.abs(left.value), Math.abs(right.value))
  return Math.abs(left.value - right.value) <= Math.max(1e-3 * size, 10 * (left.error + right.error))
}

const taylorSteps = 8

/** With fewer slopes above rounding, a remainder may not have come to the order that it vanishes with. */
const fewestSlopes = 4

/**
 * The order with which a remainder vanishes as t does: the largest of the last three slopes of log |r| against log t, since one
 * may be spoiled by a change of sign. `Infinity` when the remainder is rounding after fewer than five steps: it is too small to have
 * an order.
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
  const rounding = sizes.findIndex((size) => size <= 1e3 * Number.EPSILON * scale)
  const usable = rounding === -1 ? sizes : sizes.slice(0, rounding)
  const slopes = usable.slice(1).map((size, i) => Math.log2((usable[i] ?? Number.NaN) / size))
  return slopes.length < fewestSlopes
    ? Infinity
    : slopes.slice(-3).reduce((most, slope) => Math.max(most, slope), -Infinity)
}
