import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromFloat64Array } from '../../src/data/construct.js'
import { toFloat64Array } from '../../src/data/read.js'
import { boxAverage } from '../../src/dataset/boxAverage.js'
import type { Dataset } from '../../src/dataset/Dataset.js'

const datasetOf = (pixels: ReadonlyArray<number>, side: number): Dataset => ({
  name: 'made',
  images: fromFloat64Array(Float64Array.from(pixels), [pixels.length / side ** 2, side ** 2]),
  labels: Array.from({ length: pixels.length / side ** 2 }, () => 0),
  side,
  classes: 10,
})

const averaged = (pixels: ReadonlyArray<number>, side: number, target: number): ReadonlyArray<number> =>
  Array.from(toFloat64Array(boxAverage(target)(datasetOf(pixels, side)).images))

const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

// The other way to the same mean: enlarge each pixel to target × target equal copies, so that every box falls on whole
// copies, and average those.
const byEnlarging = (pixels: ReadonlyArray<number>, side: number, target: number): ReadonlyArray<number> =>
  Array.from({ length: target * target }, (_, cell) => {
    const [top, left] = [Math.floor(cell / target) * side, (cell % target) * side]
    const copies = Array.from({ length: side * side }, (__, k) => {
      const [row, column] = [top + Math.floor(k / side), left + (k % side)]
      return pixels[Math.floor(row / target) * side + Math.floor(column / target)] ?? Number.NaN
    })
    return mean(copies)
  })

const image = fc
  .record({ side: fc.integer({ min: 1, max: 9 }), target: fc.integer({ min: 1, max: 9 }) })
  .chain(({ side, target }) =>
    fc.record({
      side: fc.constant(side),
      target: fc.constant(target),
      pixels: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: side * side, maxLength: side * side }),
    }),
  )

describe('boxAverage', () => {
  it('averages whole boxes: 4 to 2', () => {
    const pixels = [1, 3, 10, 20, 5, 7, 30, 40, 0, 0, 1, 1, 0, 4, 1, 1]
    expect(averaged(pixels, 4, 2)).toEqual([4, 25, 1, 1])
  })

  it('shares a pixel by area: 3 to 2', () => {
    // Weights 1, 1/2 along each axis: the corner is (a + b/2 + d/2 + e/4) / (9/4).
    const [a = 0, b = 0, d = 0, e = 0] = [9, 18, 36, 0]
    const pixels = [a, b, 0, d, e, 0, 0, 0, 0]
    expect(averaged(pixels, 3, 2)[0]).toBe((a + b / 2 + d / 2 + e / 4) / 2.25)
  })

  it('agrees with averaging enlarged images, also when sides do not divide', () => {
    fc.assert(
      fc.property(image, ({ pixels, side, target }) => {
        const expected = byEnlarging(pixels, side, target)
        averaged(pixels, side, target).forEach((value, cell) => {
          expect(Math.abs(value - (expected[cell] ?? Number.NaN))).toBeLessThanOrEqual(1e-12)
        })
      }),
    )
  })

  it('keeps the mean of an image', () => {
    fc.assert(
      fc.property(image, ({ pixels, side, target }) => {
        expect(Math.abs(mean(averaged(pixels, side, target)) - mean(pixels))).toBeLessThanOrEqual(1e-12)
      }),
    )
  })

  it('keeps constant images constant, and images apart', () => {
    const two = [...Array<number>(784).fill(0.25), ...Array<number>(784).fill(0.5)]
    const small = averaged(two, 28, 10)
    expect(small.length).toBe(200)
    expect(small.slice(0, 100).every((x) => x === 0.25) && small.slice(100).every((x) => x === 0.5)).toBe(true)
  })

  it('states its new side and leaves its input alone', () => {
    const before = datasetOf([1, 2, 3, 4], 2)
    const after = boxAverage(1)(before)
    expect([after.side, after.images.shape, before.side, before.images.shape]).toEqual([1, [1, 1], 2, [1, 4]])
    expect(Array.from(toFloat64Array(before.images))).toEqual([1, 2, 3, 4])
  })

  it.each([0, -1, 2.5, Number.NaN])('throws a Defect for a side of %d', (side) => {
    expect(() => boxAverage(side)(datasetOf([1], 1))).toThrow('at least 1')
  })
})
