import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Axis, linearAxis, logAxis, signedAxis, workAxis } from '../../src/report/axis.js'

const labels = (axis: Axis): ReadonlyArray<string> => axis.ticks.map(axis.tickFormat)

describe('logAxis', () => {
  it('counts in powers of ten, or in 1, 2, 5 over a short range', () => {
    expect(labels(logAxis([0.001, 10]))).toEqual(['0.001', '0.01', '0.1', '1', '10'])
    expect(labels(logAxis([2, 30]))).toEqual(['2', '5', '10', '20'])
  })

  it('labels its lower edge 0 only when something lies there, and places it there', () => {
    const axis = logAxis([0, 0.1, 100])
    expect(labels(axis)).toEqual(['0', '0.1', '1', '10', '100'])
    expect(axis.place(0)).toBe(axis.scale.domain[0])
    expect(axis.place(-3)).toBe(axis.scale.domain[0])
    expect(labels(logAxis([0.1, 100]))).not.toContain('0')
  })

  it('is no deeper than asked, and no higher', () => {
    expect(labels(logAxis([1e-20, 1], { decades: 2 }))).toEqual(['0', '0.01', '0.1', '1'])
    expect(logAxis([1, 1e9], { cap: 100 }).scale.domain[1]).toBeCloseTo(105)
  })
})

it('an axis of one number has its ticks around it, and none a rounding beyond its ends', () => {
  const { scale, ticks } = logAxis([2.497502497502498e113])
  expect(scale.domain[1]).toBeLessThan(5e113)
  expect(ticks).toEqual([2e113])
})

describe('workAxis', () => {
  it('counts in powers of ten from 0 when works differ widely', () => {
    const axis = workAxis([0, 1, 30, 1000, 60_000])
    expect(axis.scale.type).toBe('symlog')
    expect(labels(axis)[0]).toBe('0')
    expect(labels(axis)).toContain('1\u202f000')
  })

  it('is straight when they do not', () => expect(workAxis([0, 10, 20, 30]).scale.type).toBe('linear'))
})

describe('linearAxis', () => {
  it('begins at 0 and counts in round steps', () => {
    expect(labels(linearAxis([3, 30], 6))).toEqual(['0', '5', '10', '15', '20', '25', '30'])
    expect(labels(linearAxis([-0.1, 0.1]))).toEqual(['−0.1', '−0.05', '0', '0.05', '0.1'])
  })
})

describe('signedAxis', () => {
  it('shows both signs over powers of ten', () => {
    expect(labels(signedAxis([-0.5, 20], 5))).toEqual(['−0.1', '0', '0.1', '10'])
  })
})

describe('every axis', () => {
  const anything = fc.array(
    fc.oneof(fc.double(), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, 1e-320, 1e308)),
  )

  it.each<[string, (values: ReadonlyArray<number>) => Axis]>([
    ['linear', (values) => linearAxis(values)],
    ['log', (values) => logAxis(values)],
    ['work', (values) => workAxis(values)],
    ['signed', (values) => signedAxis(values)],
  ])('is finite and ascending, and places everything within it: %s', (_, axisOf) => {
    fc.assert(
      fc.property(anything, (values) => {
        const { scale, ticks, place } = axisOf(values)
        const [low, high] = scale.domain
        expect(Number.isFinite(low) && Number.isFinite(high) && low < high).toBe(true)
        expect(ticks.length).toBeLessThanOrEqual(16)
        expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true)
        for (const value of values.filter((x) => !Number.isNaN(x))) {
          expect(place(value) >= low && place(value) <= high).toBe(true)
        }
      }),
    )
  })
})
