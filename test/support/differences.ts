/** Derivatives by central differences, extrapolated to a step of zero (Richardson 1911; Ridders 1982): the oracle of rules. */
import { fromFloat64Array, ravel, type Tensor, toFloat64Array, treeAxpy } from 'gradus'

/** From the step down to 1/128 of it: steep compositions such as erf(expm1(sin(x² exp x))) still bend within 1/32. */
const steps = 8

/** One row of the extrapolation table from the row before it: each column removes one more even power of the step. */
const extrapolate = (row: ReadonlyArray<number>, first: number): ReadonlyArray<number> =>
  row.reduce<ReadonlyArray<number>>(
    (next, older, column) => {
      const newer = next[column] ?? Number.NaN
      return [...next, newer + (newer - older) / (4 ** (column + 1) - 1)]
    },
    [first],
  )

interface Best {
  readonly value: number
  readonly error: number
}

/** The entry of the table that its neighbors agree with best. */
const limit = (quotients: ReadonlyArray<number>): number => {
  const rows = quotients
    .slice(1)
    .reduce<ReadonlyArray<ReadonlyArray<number>>>(
      (table, quotient) => [...table, extrapolate(table[table.length - 1] ?? [], quotient)],
      [[quotients[0] ?? Number.NaN]],
    )
  return rows.reduce<Best>(
    (best, row, i) =>
      row.reduce<Best>((found, value, column) => {
        if (i === 0 || column === 0) return found
        const error = Math.max(
          Math.abs(value - (row[column - 1] ?? Number.NaN)),
          Math.abs(value - (rows[i - 1]?.[column - 1] ?? Number.NaN)),
        )
        return error < found.error ? { value, error } : found
      }, best),
    { value: Number.NaN, error: Infinity },
  ).value
}

/** d/dt f(p + t v) at t = 0, for every entry of the tree f(p). */
export const alongBy = <P, Y>(f: (p: P) => Y, p: P, v: P, step = 0.1): Y => {
  const at = (t: number): Float64Array => toFloat64Array(ravel(f(treeAxpy(t, v, p)))[0])
  const [, unravel] = ravel(f(p))
  const quotients = Array.from({ length: steps }, (_, i) => {
    const h = step / 2 ** i
    const [ahead, behind] = [at(h), at(-h)]
    return ahead.map((y, j) => (y - (behind[j] ?? Number.NaN)) / (2 * h))
  })
  const entries = (quotients[0] ?? new Float64Array(0)).map((_, j) =>
    limit(quotients.map((quotient) => quotient[j] ?? Number.NaN)),
  )
  return unravel(fromFloat64Array(entries, [entries.length]))
}

/** The gradient of a scalar function, one direction after the other. */
export const gradientBy = <P>(f: (p: P) => Tensor, p: P, step = 0.1): P => {
  const [flat, unravel] = ravel(p)
  const entries = Float64Array.from({ length: flat.size }, (_, i) => {
    const unit = new Float64Array(flat.size).fill(1, i, i + 1)
    const [slope = Number.NaN] = toFloat64Array(
      alongBy((x: Tensor) => f(unravel(x)), flat, fromFloat64Array(unit, [flat.size]), step),
    )
    return slope
  })
  return unravel(fromFloat64Array(entries, [flat.size]))
}
