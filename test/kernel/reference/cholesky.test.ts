import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  choleskyReference,
  solveLowerReference,
  solveLowerTransposedReference,
  type TriangularSolve,
} from '../../../src/kernel/reference/cholesky.js'

const EPSILON = 2 ** -52
const at = (x: Float64Array, i: number): number => x[i] ?? Number.NaN
const entry = fc.double({ min: -4, max: 4, noNaN: true })

const dot = (n: number, term: (p: number) => number): number =>
  Array.from({ length: n }, (_, p) => term(p)).reduce((sum, value) => sum + value, 0)

/** B·Bᵀ + I/8: positive definite by construction. */
const positive = (n: number, b: ReadonlyArray<number>): Float64Array =>
  Float64Array.from({ length: n * n }, (_, ij) => {
    const i = Math.floor(ij / n)
    const j = ij % n
    return dot(n, (p) => (b[i * n + p] ?? 0) * (b[j * n + p] ?? 0)) + (i === j ? 0.125 : 0)
  })

const sample = fc
  .integer({ min: 1, max: 14 })
  .chain((n) => fc.tuple(fc.constant(n), fc.array(entry, { minLength: n * n, maxLength: n * n })))

const largest = (x: Float64Array): number => x.reduce((found, value) => Math.max(found, Math.abs(value)), 0)

const factorOf = (n: number, a: Float64Array): Float64Array => {
  const result = choleskyReference(n, a)
  return result._tag === 'Factor' ? result.lower : new Float64Array(n * n).fill(Number.NaN)
}

describe('choleskyReference', () => {
  it('L·Lᵀ = A within (n + 1)·eps·‖A‖, L lower with a positive diagonal', () => {
    fc.assert(
      fc.property(sample, ([n, b]) => {
        const a = positive(n, b)
        const lower = factorOf(n, a)
        a.forEach((value, ij) => {
          const i = Math.floor(ij / n)
          const j = ij % n
          const product = dot(n, (p) => at(lower, i * n + p) * at(lower, j * n + p))
          expect(Math.abs(product - value)).toBeLessThanOrEqual((n + 1) * EPSILON * largest(a))
          if (j > i) expect(at(lower, ij)).toBe(0)
          if (j === i) expect(at(lower, ij)).toBeGreaterThan(0)
        })
      }),
    )
  })
  it('reads only the lower triangle', () => {
    expect(choleskyReference(2, Float64Array.of(4, NaN, 2, 5))).toEqual({
      _tag: 'Factor',
      lower: Float64Array.of(2, 0, 1, 2),
    })
  })
  it.each([
    [2, [1, 2, 2, 1], 1, -3],
    [2, [1, 1, 1, 1], 1, 0],
    [1, [-1], 0, -1],
    [3, [1, 0, 0, 0, NaN, 0, 0, 0, 1], 1, NaN],
    [1, [Infinity], 0, Infinity],
  ])('order %d %j fails at pivot %d with the value %d', (n, entries, pivot, value) => {
    expect(choleskyReference(n, Float64Array.from(entries))).toEqual({ _tag: 'NotPositiveDefinite', pivot, value })
  })
  it('of order 0 is empty', () => {
    expect(choleskyReference(0, new Float64Array(0))).toEqual({ _tag: 'Factor', lower: new Float64Array(0) })
  })
})

describe('triangular solves', () => {
  it('L·X = B and Lᵀ·X = B for one column and for several, in place too', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 9 }), ([n, entries], columns) => {
        const lower = factorOf(n, positive(n, entries))
        const b = Float64Array.from({ length: n * columns }, (_, i) => Math.cos(i * i))
        const check = (solve: TriangularSolve, element: (i: number, p: number) => number): void => {
          const out = new Float64Array(n * columns)
          solve(n, columns, lower, b, out)
          const inPlace = b.slice()
          solve(n, columns, lower, inPlace, inPlace)
          expect(inPlace).toEqual(out)
          b.forEach((value, iq) => {
            const i = Math.floor(iq / columns)
            const q = iq % columns
            const product = dot(n, (p) => element(i, p) * at(out, p * columns + q))
            const size = dot(n, (p) => Math.abs(element(i, p) * at(out, p * columns + q)))
            // |b − L·x| ≤ γₙ·|L|·|x| (Higham, theorem 8.5), and as much again for forming the product here.
            expect(Math.abs(product - value)).toBeLessThanOrEqual(2 * (n + 1) * EPSILON * (size + Math.abs(value)))
          })
        }
        check(solveLowerReference, (i, p) => at(lower, i * n + p))
        check(solveLowerTransposedReference, (i, p) => at(lower, p * n + i))
      }),
    )
  })
})
