/** Residuals and orthogonality of QR and of singular values, on matrices that are random, tall, graded, clustered and of low rank. */
import { describe, expect, it } from 'vitest'
import { exponential } from '../../../src/kernel/blocked/exponential.js'
import { determinant } from '../../../src/kernel/blocked/minors.js'
import { qrFactor } from '../../../src/kernel/reference/householder.js'
import { svdFactor } from '../../../src/kernel/reference/jacobi.js'

const EPSILON = 2 ** -52

type Entry = (i: number, j: number) => number

const filled = (m: number, n: number, entry: Entry): Float64Array =>
  Float64Array.from({ length: m * n }, (_, at) => entry(Math.floor(at / n), at % n))

const noise: Entry = (i, j) => Math.sin(12.9898 * (i + 1) + 78.233 * (j + 1) * (i + 2))

/** Σ_k a_ik·b_kj. */
const product = (m: number, k: number, n: number, a: Entry, b: Entry): Float64Array =>
  filled(m, n, (i, j) => Array.from({ length: k }, (_, p) => a(i, p) * b(p, j)).reduce((s, x) => s + x, 0))

const entryOf =
  (x: Float64Array, n: number, from = 0): Entry =>
  (i, j) =>
    x[from + i * n + j] ?? Number.NaN

const largest = (x: Float64Array): number => x.reduce((most, y) => Math.max(most, Math.abs(y)), 0)

const apart = (x: Float64Array, y: Float64Array): number => largest(x.map((v, i) => v - (y[i] ?? Number.NaN)))

const identity = (n: number): Float64Array => filled(n, n, (i, j) => (i === j ? 1 : 0))

const kinds: ReadonlyArray<readonly [string, number, number, Entry]> = [
  ['random', 40, 40, noise],
  ['tall', 120, 5, noise],
  ['of one column', 9, 1, noise],
  ['graded by columns', 30, 30, (i, j) => noise(i, j) * 10 ** -j],
  ['graded by rows', 30, 20, (i, j) => noise(i, j) * 10 ** -i],
  ['of rank 3', 30, 20, (i, j) => [1, 2, 3].reduce((sum, k) => sum + noise(i, k) * noise(k + 50, j), 0)],
  ['of equal columns', 20, 12, (i) => i + 1],
  ['with a zero column', 10, 6, (i, j) => (j === 2 ? 0 : noise(i, j))],
  [
    'orthogonal up to a factor',
    16,
    16,
    (i, j) => Math.cos((Math.PI * (i + 0.5) * j) / 16) * (j === 0 ? Math.SQRT1_2 : 1),
  ],
  ['zero', 7, 4, () => 0],
]

describe.each(kinds)('%s (%i×%i)', (_, m, n, entry) => {
  const a = filled(m, n, entry)
  const allowed = 4 * Math.max(m, n) * EPSILON

  it('has a QR decomposition', () => {
    const packed = new Float64Array((m + n) * n)
    qrFactor(m, n, a, packed)
    const [q, r] = [entryOf(packed, n), entryOf(packed, n, m * n)]
    expect(apart(product(m, n, n, q, r), a)).toBeLessThanOrEqual(allowed * largest(a))
    expect(
      apart(
        product(n, m, n, (i, j) => q(j, i), q),
        identity(n),
      ),
    ).toBeLessThan(allowed)
    expect(Math.min(...Array.from({ length: n }, (_, i) => r(i, i)))).toBeGreaterThanOrEqual(0)
  })

  it.each(['tall', 'wide'])('has singular values, %s', (way) => {
    const [rows, columns] = way === 'tall' ? [m, n] : [n, m]
    const x = way === 'tall' ? a : filled(n, m, (i, j) => entry(j, i))
    const packed = new Float64Array((m + n + 1) * n)
    expect(svdFactor(rows, columns, x, packed)).toBe(true)
    const [u, v] = [entryOf(packed, n), entryOf(packed, n, rows * n)]
    const s = packed.subarray((m + n) * n)
    const back = product(
      rows,
      n,
      columns,
      (i, k) => u(i, k) * (s[k] ?? 0),
      (k, j) => v(j, k),
    )
    expect(apart(back, x)).toBeLessThanOrEqual(allowed * (s[0] ?? 0))
    expect(
      apart(
        product(n, rows, n, (i, j) => u(j, i), u),
        identity(n),
      ),
    ).toBeLessThan(allowed)
    expect(
      apart(
        product(n, columns, n, (i, j) => v(j, i), v),
        identity(n),
      ),
    ).toBeLessThan(allowed)
    expect([...s]).toEqual([...s].sort((p, q) => q - p))
  })
})

describe('singular values', () => {
  it('of graded matrices are accurate relative to themselves: their product is the determinant', () => {
    const n = 8
    const scales = (j: number): number => 10 ** (-3 * j)
    const base = filled(n, n, (i, j) => noise(i, j) + (i === j ? 3 : 0))
    const packed = new Float64Array((2 * n + 1) * n)
    svdFactor(
      n,
      n,
      filled(n, n, (i, j) => entryOf(base, n)(i, j) * scales(j)),
      packed,
    )
    const det = new Float64Array(1)
    determinant(n, base, det)
    const logOfProduct = packed.subarray(2 * n * n).reduce((sum, s) => sum + Math.log(s), 0)
    const logOfScales = Array.from({ length: n }, (_, j) => Math.log(scales(j))).reduce((sum, x) => sum + x, 0)
    expect(Math.abs(logOfProduct - logOfScales - Math.log(Math.abs(det[0] ?? 0)))).toBeLessThan(1e-13)
  })

  it.each([
    [2, 2, [-21.330729166666668, -1.6639756944444448, 16.22150607638889, 27.30355902777778]],
    [2, 3, [9.549676697513531, 4.192642236248062, -5.716107286449091, 5.54739336492891, 16.954976303317537, 0]],
    [
      2,
      4,
      [
        10.446197070286695, 18.377941686484345, 28.163025168450257, 17.864616362795616, 17.918055968423833,
        33.59908012947549, -5.114942528735632, 12.044245029065927,
      ],
    ],
  ])('of %i×%i are found where a bound of one rounding would rotate forever', (m, n, entries) => {
    expect(svdFactor(m, n, Float64Array.from(entries), new Float64Array((m + n + 1) * 2))).toBe(true)
  })

  it('of matrices that are not finite are NaN', () => {
    const packed = new Float64Array(5 * 2)
    expect(svdFactor(2, 2, Float64Array.of(1, Number.NaN, 0, 1), packed)).toBe(false)
    expect(packed.every(Number.isNaN)).toBe(true)
  })
})

describe('exponential', () => {
  it.each([1e-9, 0.01, 0.2, 0.9, 2, 5, 40, 300])(
    'turns by the angle %d, at every degree and number of squarings',
    (t) => {
      const out = new Float64Array(4)
      exponential(2, Float64Array.of(0, -t, t, 0), out)
      // Each squaring doubles the error of the angle.
      const allowed = 8 * EPSILON * Math.max(1, t)
      expect(apart(out, Float64Array.of(Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)))).toBeLessThan(allowed)
    },
  )

  it('of a matrix that is not finite is NaN, and overflow is ∞', () => {
    const out = new Float64Array(4)
    exponential(2, Float64Array.of(0, Infinity, 0, 0), out)
    expect(out.every(Number.isNaN)).toBe(true)
    exponential(1, Float64Array.of(1000), out)
    expect(out[0]).toBe(Infinity)
  })
})
