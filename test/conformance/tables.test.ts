/**
 * Operations and their derivatives against published tables of special functions: each entry of each table within the bound
 * that the documentation of the operation states. Source and licence of the numbers: tablesOfBoost.ts.
 */
import { tensor, toFloat64Array } from 'gradus'
import { describe, expect, it } from 'vitest'
import { at, type Claim, claims, rowsOf } from './tablesOfBoost.js'

interface Miss {
  readonly row: ReadonlyArray<number>
  readonly actual: number
  readonly expected: number
  readonly errorOverBound: number
}

/** The rows of a claim that are not as it says: beyond the bound, or within it where a miss is known. */
const missesOf = (claim: Claim): ReadonlyArray<Miss> => {
  const rows = rowsOf(claim.table).filter(claim.rows ?? (() => true))
  // A claim about nothing would hold.
  expect(rows.length).toBeGreaterThan(5)
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, i) => tensor(rows.map((row) => at(row, i))))
  const actuals = toFloat64Array(claim.actual(...columns))
  return rows.flatMap((row, i) => {
    const [actual, expected] = [actuals[i] ?? Number.NaN, claim.expected(row)]
    const [error, bound] = [Math.abs(actual - expected), claim.bound(expected, row)]
    const held = actual === expected || error <= bound
    return held !== (claim.misses?.(row) ?? false) ? [] : [{ row, actual, expected, errorOverBound: error / bound }]
  })
}

describe('tables of Boost.Math', () => {
  it.each(claims.map((claim) => [`${claim.title} (${claim.table})`, claim] as const))('%s', (_, claim) => {
    expect(missesOf(claim)).toEqual([])
  })
})
