/**
 * Operations and their derivatives against published numbers: tables of special functions, each entry within the bound that the
 * documentation of the operation states, and the figures of other libraries. Sources and licences: tablesOfBoost.ts, tablesOfPeers.ts.
 */
import {
  grad,
  hessian,
  hessianMatrix,
  jacfwd,
  jacrev,
  jvp,
  scalar,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { at, type Claim, claims, rowsOf } from './tablesOfBoost.js'
import { derivatives, maps, surfaces, symmetries, towers, triangles } from './tablesOfPeers.js'

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

/** Relative, so that 0 and the infinities are exact; the sign of 0 is left open, as in the source. */
const expectRelative = (actual: number, expected: number, tolerance = 1e-12): void => {
  const held = Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance * Math.abs(expected)
  if (!(held || actual === expected)) expect(actual).toBe(expected)
}

const forward =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    jvp(f)(x, scalar(1))[1]

describe('derivatives of ad and micrograd', () => {
  it.each(derivatives.flatMap(({ title, of, rows }) => rows.map((row) => [title, ...row, of] as const)))(
    '%s at %d',
    (_, x, value, slope, f) => {
      expectRelative(toNumber(f(scalar(x))), value)
      expectRelative(toNumber(grad(f)(scalar(x))), slope)
      expectRelative(toNumber(forward(f)(scalar(x))), slope)
    },
  )

  it.each(towers)('every derivative of $title', ({ of, x, derivatives: expected }) => {
    const orders = expected.map((_, n) => n)
    const reverse = orders.map((n) => orders.slice(0, n).reduce((f) => grad(f), of))
    const dual = orders.map((n) => orders.slice(0, n).reduce((f) => forward(f), of))
    expect(reverse.map((f) => toNumber(f(scalar(x))))).toEqual(expected)
    expect(dual.map((f) => toNumber(f(scalar(x))))).toEqual(expected)
  })
})

describe('surfaces of ad and ForwardDiff', () => {
  it.each(surfaces)('$title', ({ of, at: point, gradient, hessian: matrix }) => {
    const x = tensor(point)
    // The figures are sums and products of a few terms.
    if (gradient !== undefined) expectNear(grad(of)(x), gradient, 1e-14)
    if (matrix !== undefined) {
      expectNear(hessian(of)(x), matrix, 1e-14)
      expectNear(jacrev(grad(of))(x), matrix, 1e-14)
    }
    expect(gradient ?? matrix).toBeDefined()
  })

  it.each(triangles)('weighted squares of the %s triangle', (_, of, diagonal) => {
    const x = tensor([
      [0.5, -1, 2],
      [3, 0.25, -4],
      [1, 2, -0.5],
    ])
    expect(toArray(hessianMatrix(of)(x))).toEqual(diagonal.map((d, i) => diagonal.map((_, j) => (i === j ? d : 0))))
  })

  it.each(symmetries)('%s', (_, of, point) => {
    const n = point.length
    const h = toFloat64Array(hessian(of)(tensor(point)))
    const transposed = Array.from(h, (_, k) => h[(k % n) * n + Math.floor(k / n)])
    expectNear(Array.from(h), transposed, 4 * Number.EPSILON)
  })

  it.each(maps)('the Jacobian of $title', ({ of, at: point, jacobian }) => {
    expect(toArray(jacfwd(of)(tensor(point)))).toEqual(jacobian)
    expect(toArray(jacrev(of)(tensor(point)))).toEqual(jacobian)
  })
})
