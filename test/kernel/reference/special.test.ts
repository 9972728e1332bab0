import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { erf, sechSquared, sigmoid, softplus } from '../../../src/kernel/reference/special.js'

type Fixture = Readonly<Record<'points' | 'erf' | 'sigmoid' | 'softplus' | 'sechSquared', ReadonlyArray<number>>>

const fixture: Fixture = JSON.parse(readFileSync(new URL('../../golden/kernel/special.json', import.meta.url), 'utf8'))

/** The spacing of doubles at x (of subnormals below 2⁻¹⁰²²). */
const ulp = (x: number): number => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, Math.abs(x))
  const below = bits.getFloat64(0)
  bits.setBigInt64(0, bits.getBigInt64(0) + 1n)
  return bits.getFloat64(0) - below
}

const worst = (f: (x: number) => number, expected: ReadonlyArray<number>): { ulps: number; x: number } =>
  fixture.points.reduce(
    (found, x, i) => {
      const want = expected[i] ?? Number.NaN
      const ulps = Math.abs(f(x) - want) / ulp(want)
      return ulps <= found.ulps ? found : { ulps, x }
    },
    { ulps: 0, x: 0 },
  )

describe('special functions against mpmath (60 digits, correctly rounded)', () => {
  // The expected value is itself rounded, so an error of r ulp against the real number shows as at most r + ½.
  it('erf is within 1 ulp', () => {
    expect(worst(erf, fixture.erf).ulps).toBeLessThanOrEqual(1)
  })
  it('sigmoid is within 2 ulp', () => {
    expect(worst(sigmoid, fixture.sigmoid).ulps).toBeLessThanOrEqual(2)
  })
  it('softplus is within 2 ulp', () => {
    expect(worst(softplus, fixture.softplus).ulps).toBeLessThanOrEqual(2)
  })
  it('sechSquared is within 3 ulp', () => {
    expect(worst(sechSquared, fixture.sechSquared).ulps).toBeLessThanOrEqual(3)
  })
  it('erf is odd to the bit and increases across every seam between its series', () => {
    fixture.points.forEach((x) => {
      expect(erf(-x)).toBe(-erf(x))
    })
    Array.from({ length: 24 }, (_, i) => 0.125 + i / 4)
      .concat([0.5, 6])
      .forEach((seam) => {
        expect(erf(seam - ulp(seam) * 4)).toBeLessThanOrEqual(erf(seam))
      })
  })
})

describe('special values', () => {
  it.each([
    [erf, 0, 0],
    [erf, -0, -0],
    [erf, Infinity, 1],
    [erf, -Infinity, -1],
    [erf, NaN, NaN],
    [sigmoid, 0, 0.5],
    [sigmoid, -0, 0.5],
    [sigmoid, Infinity, 1],
    [sigmoid, -Infinity, 0],
    [sigmoid, NaN, NaN],
    [sigmoid, -800, 0],
    [sigmoid, 1000, 1],
    [softplus, 0, Math.LN2],
    [softplus, Infinity, Infinity],
    [softplus, -Infinity, 0],
    [softplus, NaN, NaN],
    [softplus, 1000, 1000],
    [softplus, -1000, 0],
    [sechSquared, 0, 1],
    [sechSquared, -0, 1],
    [sechSquared, Infinity, 0],
    [sechSquared, -Infinity, 0],
    [sechSquared, NaN, NaN],
    [sechSquared, 1000, 0],
  ] as const)('%o at %d is %d', (f, x, expected) => {
    expect(f(x)).toBe(expected)
  })
  it('sigmoid keeps the subnormal range', () => {
    expect(sigmoid(-744)).toBe(1e-323)
  })
})
