/** The factorisation by halves: the laws of its definition, and the plain loops it must agree with. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { choleskyFactor } from '../../../src/kernel/blocked/cholesky.js'
import { automatic, type Provider, reference, useProvider } from '../../../src/kernel/provider.js'
import { choleskyReference } from '../../../src/kernel/reference/cholesky.js'
import { at, conditioned, EPSILON, largest, positive, productOf, transposed } from './matrices.js'

afterEach(() => {
  useProvider(automatic)
})

const orders = [1, 32, 33, 47, 64, 65, 97, 128, 131, 200, 259]

const factorOf = (n: number, a: Float64Array): Float64Array => {
  const result = choleskyFactor(n, a)
  return result._tag === 'Factor' ? result.lower : new Float64Array(n * n).fill(Number.NaN)
}

/** L·Lᵀ = A + E with |E| ≤ γₙ₊₁·|L|·|Lᵀ| (Higham, theorem 10.3), and as much again for forming the product here. */
const sound = (n: number, a: Float64Array): void => {
  const lower = factorOf(n, a)
  const found = productOf(n, n, n, lower, transposed(n, lower))
  const sizes = lower.map(Math.abs)
  const bounds = productOf(n, n, n, sizes, transposed(n, sizes))
  const wrong = a.findIndex(
    (value, ij) =>
      Math.floor(ij / n) >= ij % n && !(Math.abs(at(found, ij) - value) <= (2 * n + 1) * EPSILON * at(bounds, ij)),
  )
  expect(wrong).toBe(-1)
  const above = lower.findIndex((value, ij) => ij % n > Math.floor(ij / n) && !Object.is(value, 0))
  expect(above).toBe(-1)
  expect(Array.from({ length: n }, (_, i) => at(lower, i * (n + 1))).every((value) => value > 0)).toBe(true)
}

describe.each<readonly [string, Provider]>([
  ['automatic', automatic],
  ['reference', reference],
])('choleskyFactor on the %s kernels', (_, kernels) => {
  it.each(orders)('is backward stable at order %d', (n) => {
    useProvider(kernels)
    sound(n, positive(n, n))
  })

  it('is backward stable on ill-conditioned and graded matrices', () => {
    useProvider(kernels)
    ;[1e4, 1e8, 1e12].forEach((condition) => sound(90, conditioned(90, condition)))
    const a = positive(100, 3)
    sound(
      100,
      a.map((value, ij) => value * 2 ** (-2 * (Math.floor(ij / 100) + (ij % 100)))),
    )
  })
})

describe('choleskyFactor', () => {
  it('agrees with the plain loops within the condition of the problem', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.nat(1000), (n, seed) => {
        const a = positive(n, seed)
        const plain = choleskyReference(n, a)
        const expected = plain._tag === 'Factor' ? plain.lower : new Float64Array()
        const found = factorOf(n, a)
        // ‖ΔL‖ ≲ κ(A)·ε·‖L‖ up to a modest factor of n; κ ≤ n·max|A|·8 here, for the least eigenvalue is above 1/8.
        const bound = 8 * n * n * EPSILON * largest(a) * largest(expected)
        expect(found.findIndex((value, ij) => !(Math.abs(value - at(expected, ij)) <= bound))).toBe(-1)
      }),
      { numRuns: 40 },
    )
  })

  it('has the bits of the plain loops up to the order of its leaves', () => {
    const a = positive(32, 7)
    expect(choleskyFactor(32, a)).toEqual(choleskyReference(32, a))
  })

  it('reads the lower triangle only, and leaves its input alone', () => {
    const n = 75
    const a = positive(n, 5)
    const half = a.map((value, ij) => (ij % n > Math.floor(ij / n) ? Number.NaN : value))
    const before = half.slice()
    expect(choleskyFactor(n, half)).toEqual(choleskyFactor(n, a))
    expect(half).toEqual(before)
  })

  // Before, at and behind the borders of blocks, in leaves and in what products have reduced.
  it.each([0, 1, 31, 32, 33, 51, 52, 63, 64, 99])('fails at pivot %d with what the plain loops find there', (pivot) => {
    const n = 100
    const a = positive(n, 11)
    ;[-1, Number.NaN, Number.POSITIVE_INFINITY].forEach((value) => {
      const spoiled = a.slice()
      spoiled[pivot * (n + 1)] = value
      const [found, plain] = [choleskyFactor(n, spoiled), choleskyReference(n, spoiled)]
      if (found._tag === 'Factor' || plain._tag === 'Factor') throw new Error('it was factored')
      expect(found.pivot).toBe(pivot)
      expect(plain.pivot).toBe(pivot)
      if (Number.isFinite(value))
        expect(Math.abs(found.value - plain.value)).toBeLessThanOrEqual(n * n * EPSILON * largest(a))
      else expect(found.value).toBe(plain.value)
    })
  })

  it('finds an entry off the diagonal that is not a number in its row', () => {
    const n = 100
    const a = positive(n, 11)
    a[80 * n + 3] = Number.NaN
    const found = choleskyFactor(n, a)
    expect(found).toEqual({ _tag: 'NotPositiveDefinite', pivot: 80, value: Number.NaN })
  })

  it('of order 0 is empty', () => {
    expect(choleskyFactor(0, new Float64Array(0))).toEqual({ _tag: 'Factor', lower: new Float64Array(0) })
  })
})
