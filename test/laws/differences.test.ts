import { orderOfRemainder, slopeByDifferences } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

describe('slopeByDifferences', () => {
  it.each<readonly [string, (t: number) => number, number]>([
    ['exp', Math.exp, 1],
    ['sin', (t) => Math.sin(3 * t), 3],
    ['a polynomial', (t) => 7 + 2 * t + t ** 5, 2],
    ['the reciprocal', (t) => 1 / (1 + t), -1],
    ['a constant', () => 5, 0],
  ])('finds that of %s, within the error that it estimates', (_, phi, slope) => {
    const { value, error } = slopeByDifferences(phi)
    expect(error).toBeLessThan(1e-9)
    expect(Math.abs(value - slope)).toBeLessThanOrEqual(10 * error + 1e-14)
  })

  it('tells that it is rough at a kink beside the point', () => {
    expect(slopeByDifferences((t) => Math.abs(t - 0.004)).error).toBeGreaterThan(1e-3)
  })

  it('keeps what it can where a large step leaves the domain', () => {
    expect(slopeByDifferences((t) => Math.log(0.05 + t)).value).toBeCloseTo(20, 4)
  })

  it('has no value, and an infinite error, where nothing is finite', () => {
    expect(slopeByDifferences(() => Number.NaN)).toEqual({ value: Number.NaN, error: Infinity })
  })
})

describe('orderOfRemainder', () => {
  it.each([1, 2, 3, 4])('finds the order %d', (order) => {
    expect(orderOfRemainder((t) => 3 * t ** order + t ** (order + 1), 1)).toBeCloseTo(order, 0)
  })

  it('is not misled by a change of sign under way', () => {
    expect(orderOfRemainder((t) => t ** 2 - 100 * t ** 3, 1)).toBeGreaterThan(1.7)
  })

  it('finds a slope that is wrong by little', () => {
    expect(orderOfRemainder((t) => t ** 2 + 0.01 * t, 1)).toBeLessThan(1.7)
  })

  it('is infinite for rounding', () => {
    expect(orderOfRemainder(() => 1e-16, 1)).toBe(Infinity)
  })
})
