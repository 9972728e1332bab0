import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromFloat64Array, square, sum, toNumber } from '../../../src/index.js'
import { isFiniteVector, lengthOf, normOf, squaresOf } from '../../../src/kernel/reference/magnitude.js'

const entries = (most: number) =>
  fc.float64Array({ maxLength: most, noNaN: true, min: -1e100, max: 1e100, noDefaultInfinity: true })

describe('lengths', () => {
  it('sum squares in the order of sum, to the bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), fc.integer(), (n, seed) => {
        const x = Float64Array.from({ length: n }, (_, i) => Math.sin(seed + i * i))
        expect(squaresOf(x)).toBe(toNumber(sum(square(fromFloat64Array(x, [n])))))
      }),
    )
  })

  it('survive squares that overflow or vanish, in one vector and in several', () => {
    expect(normOf(Float64Array.of(3 * 2 ** 700, 4 * 2 ** 700))).toBe(5 * 2 ** 700)
    expect(lengthOf([Float64Array.of(3 * 2 ** -700), Float64Array.of(), Float64Array.of(2 ** -698)])).toBe(
      5 * 2 ** -700,
    )
    expect(normOf(Float64Array.of(5e-324, 0))).toBe(5e-324)
    expect(lengthOf([])).toBe(0)
    expect(normOf(Float64Array.of(0, -0))).toBe(0)
    expect(normOf(Float64Array.of(1, -Infinity))).toBe(Infinity)
    expect(normOf(Float64Array.of(1, NaN, Infinity))).toBeNaN()
  })

  it('lie within rounding of Math.hypot', () => {
    fc.assert(
      fc.property(entries(40), (x) => {
        const expected = Math.hypot(...x)
        expect(Math.abs(normOf(x) - expected)).toBeLessThanOrEqual(2 ** -49 * expected)
      }),
    )
  })
})

describe('isFiniteVector', () => {
  it('sees NaN and infinities wherever they stand, and nothing else', () => {
    fc.assert(
      fc.property(entries(40), fc.nat(), fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE), (x, at, odd) => {
        expect(isFiniteVector(x)).toBe(true)
        if (x.length === 0) return
        const other = x.slice()
        other[at % x.length] = odd
        expect(isFiniteVector(other)).toBe(Number.isFinite(odd))
      }),
    )
  })
})
