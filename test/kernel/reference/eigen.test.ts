import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { symmetricEigen, symmetricEigenvalues } from '../../../src/kernel/reference/eigen.js'

const EPSILON = 2 ** -52
const at = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN
const matrix = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, ij) => entry(Math.floor(ij / n), ij % n))
const symmetric = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  matrix(n, (i, j) => entry(Math.max(i, j), Math.min(i, j)))
const largest = (x: ArrayLike<number>): number =>
  Array.from(x).reduce((found, value) => Math.max(found, Math.abs(value)), 0)
/** ‖A‖∞ ≥ ‖A‖₂, summed from scaled entries so that it does not overflow. */
const norm = (n: number, a: Float64Array): number => {
  const scale = largest(a) || 1
  const rows = Array.from({ length: n }, (_, i) =>
    a.subarray(i * n, i * n + n).reduce((sum, value) => sum + Math.abs(value / scale), 0),
  )
  return Math.max(0, ...rows) * scale
}
const product = (n: number, a: Float64Array, x: Float64Array): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => x.reduce((sum, value, j) => sum + at(a, i * n + j) * value, 0))
const column = (n: number, v: Float64Array, i: number): Float64Array =>
  Float64Array.from({ length: n }, (_, j) => at(v, j * n + i))

/** ‖AV − VΛ‖ / (n·ε·‖A‖), ‖VᵀV − I‖ / (n·ε), and the same for project and expand against V. */
const defects = (n: number, a: Float64Array) => {
  const eigen = symmetricEigen(n, a)
  if (eigen === undefined) return { residual: NaN, orthogonality: NaN, factored: NaN, ascending: false }
  const { values, project, expand, vectors } = eigen
  const v = vectors()
  const size = norm(n, a) || 1
  const columns = Array.from({ length: n }, (_, i) => column(n, v, i))
  const residual = columns.map((x, i) => largest(product(n, a, x).map((y, j) => (y - at(values, i) * at(x, j)) / size)))
  const orthogonality = columns.flatMap((x, i) =>
    columns.map((y, j) => Math.abs(x.reduce((sum, value, p) => sum + value * at(y, p), 0) - (i === j ? 1 : 0))),
  )
  const x = Float64Array.from({ length: n }, (_, i) => Math.cos(3 * i + 1))
  const vt = matrix(n, (i, j) => at(v, j * n + i))
  const differences = [
    ...project(x).map((y, i) => y - at(product(n, vt, x), i)),
    ...expand(x).map((y, i) => y - at(product(n, v, x), i)),
    ...expand(project(x)).map((y, i) => y - at(x, i)),
  ]
  return {
    residual: Math.max(0, ...residual) / (n * EPSILON),
    orthogonality: Math.max(0, ...orthogonality) / (n * EPSILON),
    factored: largest(differences) / (n * EPSILON),
    ascending: values.every((value, i) => i === 0 || at(values, i - 1) <= value),
  }
}

/** The bounds of backward stability with the constant 4 for all of them; typical values are below 1. */
const sound = (n: number, a: Float64Array): void => {
  const found = defects(n, a)
  expect(found.residual).toBeLessThanOrEqual(4)
  expect(found.orthogonality).toBeLessThanOrEqual(4)
  expect(found.factored).toBeLessThanOrEqual(4)
  expect(found.ascending).toBe(true)
}

const symmetricOf = (maximum: number, entry: fc.Arbitrary<number>): fc.Arbitrary<readonly [number, Float64Array]> =>
  fc
    .integer({ min: 1, max: maximum })
    .chain((n) =>
      fc
        .array(entry, { minLength: (n * (n + 1)) / 2, maxLength: (n * (n + 1)) / 2 })
        .map((lower) => [n, symmetric(n, (i, j) => at(lower, (i * (i + 1)) / 2 + j))] as const),
    )

/** A repeatable sample of the standard normal distribution, by Box and Muller on a linear congruential sequence. */
const normal = (seed: number): ((index: number) => number) => {
  const uniform = (index: number): number => (((Math.imul(index + seed, 2654435761) >>> 8) + 0.5) / 2 ** 24) % 1
  return (index) => Math.sqrt(-2 * Math.log(uniform(2 * index))) * Math.cos(2 * Math.PI * uniform(2 * index + 77))
}
const wigner = (n: number, seed: number): Float64Array => {
  const draw = normal(seed)
  return symmetric(n, (i, j) => draw(i * n + j) / Math.sqrt(n))
}

/** H·diag(values)·H with H = I − 2·x·xᵀ/xᵀx: a full matrix of known spectrum. */
const withSpectrum = (values: ReadonlyArray<number>): Float64Array => {
  const n = values.length
  const x = values.map((_, i) => 1 + Math.sin(i + 1))
  const square = x.reduce((sum, value) => sum + value * value, 0)
  const h = (i: number, j: number): number => (i === j ? 1 : 0) - (2 * at(x, i) * at(x, j)) / square
  return symmetric(n, (i, j) => values.reduce((sum, value, p) => sum + h(i, p) * value * h(j, p), 0))
}

interface Case {
  readonly name: string
  readonly n: number
  readonly matrix: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
}
const cases: ReadonlyArray<Case> = JSON.parse(
  readFileSync(new URL('../../golden/kernel/eigenvalues.json', import.meta.url), 'utf8'),
)

/** Subnormal results cannot be relatively accurate, so the largest entry stays above 1e-290 or is 0; the others need not. */
const scaled = ([n, a]: readonly [number, Float64Array]): void => {
  if (largest(a) === 0 || largest(a) > 1e-290) sound(n, a)
}

describe('symmetricEigen', () => {
  it('is backward stable on small matrices, repeated entries and zeros among them', () => {
    const entry = fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.constantFrom(0, -0, 1, 1, -1, 2))
    fc.assert(fc.property(symmetricOf(9, entry), scaled))
  })
  it('is backward stable on entries of every magnitude', () => {
    const wild = fc.double({ min: -1e300, max: 1e300, noNaN: true })
    fc.assert(fc.property(symmetricOf(8, wild), scaled), { numRuns: 300 })
    const graded = fc
      .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -320, max: 0 }))
      .map(([mantissa, exponent]) => mantissa * 10 ** exponent)
    fc.assert(fc.property(symmetricOf(8, graded), scaled), { numRuns: 300 })
  })
  it.each([23, 24, 25, 60, 97, 128])('is backward stable on a Wigner matrix of order %d', (n) => {
    sound(n, wigner(n, n))
  })
  it('is backward stable on clusters, low rank, grades and known spectra', () => {
    sound(40, withSpectrum(Array.from({ length: 40 }, (_, i) => (i < 30 ? 1 : 1 + 1e-13 * i))))
    sound(30, withSpectrum(Array.from({ length: 30 }, (_, i) => (i < 4 ? i + 1 : 0))))
    sound(30, withSpectrum(Array.from({ length: 30 }, (_, i) => 10 ** -i)))
    sound(
      26,
      symmetric(26, (i, j) => 10 ** (-(i + j) * 5) * Math.cos(i * j)),
    )
    sound(
      26,
      symmetric(26, (i, j) => 10 ** ((i + j - 50) * 5) * Math.cos(i * j)),
    )
  })
  it('finds the spectrum of the second difference, 2 − 2·cos(kπ/(n + 1))', () => {
    const n = 50
    const a = symmetric(n, (i, j) => (i === j ? 2 : i - j === 1 ? -1 : 0))
    symmetricEigenvalues(n, a)?.forEach((value, i) => {
      expect(Math.abs(value - (2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1))))).toBeLessThanOrEqual(n * EPSILON * 4)
    })
  })
  it.each(cases)('agrees with LAPACK on $name', ({ n, matrix: entries, values }) => {
    const a = Float64Array.from(entries)
    const found = symmetricEigenvalues(n, a)
    expect(found).toHaveLength(n)
    const bound = n * EPSILON * largest(values)
    values.forEach((value, i) => {
      expect(Math.abs(at(found ?? [], i) - value)).toBeLessThanOrEqual(bound)
    })
    sound(n, a)
  })
  it('gives the same values with and without vectors, and leaves its input alone', () => {
    const a = wigner(33, 5)
    const before = a.slice()
    expect(symmetricEigen(33, a)?.values).toEqual(symmetricEigenvalues(33, a))
    expect(a).toEqual(before)
  })
  it('reads only the lower triangle', () => {
    const values = symmetricEigenvalues(2, Float64Array.of(2, NaN, 1, 2))
    expect(at(values ?? [], 0)).toBeCloseTo(1, 15)
    expect(at(values ?? [], 1)).toBeCloseTo(3, 15)
  })
  it('handles the smallest orders', () => {
    expect(symmetricEigen(0, new Float64Array(0))?.vectors()).toEqual(new Float64Array(0))
    const one = symmetricEigen(1, Float64Array.of(-3))
    expect(one?.values).toEqual(Float64Array.of(-3))
    expect(one?.vectors()).toEqual(Float64Array.of(1))
    expect(one?.project(Float64Array.of(7))).toEqual(Float64Array.of(7))
    sound(2, Float64Array.of(0, 1, 1, 0))
  })
  it('keeps a diagonal matrix exactly, sorted', () => {
    const n = 30
    const diagonal = Array.from({ length: n }, (_, i) => Math.sin(7 * i) * 3)
    const a = symmetric(n, (i, j) => (i === j ? at(diagonal, i) : 0))
    expect(symmetricEigen(n, a)?.values).toEqual(Float64Array.from(diagonal).sort())
    sound(n, a)
    expect(symmetricEigen(3, new Float64Array(9))?.values).toEqual(new Float64Array(3))
  })
  it('answers undefined for an entry that is not finite', () => {
    ;[NaN, Infinity, -Infinity].forEach((bad) => {
      expect(symmetricEigen(2, Float64Array.of(1, bad, bad, 1))).toBeUndefined()
      expect(symmetricEigenvalues(1, Float64Array.of(bad))).toBeUndefined()
    })
  })
})
