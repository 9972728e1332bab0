/** Triangular solves by halves, against the definition. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { solveLower, solveLowerTransposed } from '../../../src/kernel/blocked/triangular.js'
import { automatic, type Provider, reference, useProvider } from '../../../src/kernel/provider.js'
import {
  solveLowerReference,
  solveLowerTransposedReference,
  type TriangularSolve,
} from '../../../src/kernel/reference/cholesky.js'
import { at, EPSILON, numbers, productOf, transposed } from './matrices.js'

afterEach(() => {
  useProvider(automatic)
})

/** Lower triangular with a diagonal away from zero, and NaN above it, which must not be read. */
const triangle = (n: number, seed: number): Float64Array =>
  numbers(n * n, seed).map((value, ij) => {
    const [i, j] = [Math.floor(ij / n), ij % n]
    if (j > i) return Number.NaN
    return i === j ? 1.5 + value : value / Math.sqrt(n)
  })

const clean = (l: Float64Array): Float64Array => l.map((value) => (Number.isNaN(value) ? 0 : value))

/** |B − M·X| ≤ γₙ·|M|·|X| (Higham, theorem 8.5), and as much again for forming the product here. */
const sound = (solve: TriangularSolve, flip: boolean, n: number, columns: number, seed: number): void => {
  const l = triangle(n, seed)
  const m = flip ? transposed(n, clean(l)) : clean(l)
  const b = numbers(n * columns, seed + 1)
  const before = b.slice()
  const x = new Float64Array(n * columns)
  solve(n, columns, l, b, x)
  expect(b).toEqual(before)
  const inPlace = b.slice()
  solve(n, columns, l, inPlace, inPlace)
  expect(inPlace).toEqual(x)
  const found = productOf(n, columns, n, m, x)
  const bounds = productOf(n, columns, n, m.map(Math.abs), x.map(Math.abs))
  expect(
    b.findIndex((value, i) => !(Math.abs(at(found, i) - value) <= 2 * (n + 1) * EPSILON * (at(bounds, i) + 1))),
  ).toBe(-1)
}

const solves: ReadonlyArray<readonly [string, TriangularSolve, TriangularSolve, boolean]> = [
  ['solveLower', solveLower, solveLowerReference, false],
  ['solveLowerTransposed', solveLowerTransposed, solveLowerTransposedReference, true],
]

describe.each(solves)('%s', (_, solve, plain, flip) => {
  it.each<readonly [string, Provider]>([
    ['automatic', automatic],
    ['reference', reference],
  ])('is backward stable on the %s kernels', (__, kernels) => {
    useProvider(kernels)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 110 }), fc.integer({ min: 1, max: 40 }), fc.nat(99), (n, columns, seed) =>
        sound(solve, flip, n, columns, seed),
      ),
      { numRuns: 40 },
    )
    sound(solve, flip, 200, 33, 1)
  })

  it('has the bits of the plain loops for few columns and small orders', () => {
    ;[
      [100, 1],
      [100, 5],
      [16, 50],
    ].forEach(([n = 0, columns = 0]) => {
      const [l, b] = [triangle(n, 4), numbers(n * columns, 5)]
      const [found, expected] = [new Float64Array(n * columns), new Float64Array(n * columns)]
      solve(n, columns, l, b, found)
      plain(n, columns, l, b, expected)
      expect(found).toEqual(expected)
    })
  })

  it('of order 0, or of no columns, is empty', () => {
    ;[
      [0, 7],
      [50, 0],
    ].forEach(([n = 0, columns = 0]) => {
      const out = new Float64Array(0)
      solve(n, columns, triangle(n, 1), new Float64Array(0), out)
      expect(out).toEqual(new Float64Array(0))
    })
  })
})
