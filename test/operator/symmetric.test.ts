import fc from 'fast-check'
import { fromFloat64Array, normal, randomKey, slice, type Tensor, toFloat64Array } from 'gradus'
import { describe, expect, it } from 'vitest'
import { symmetricFromBands } from '../../src/operator/symmetric.js'

describe('a symmetric matrix from bands', () => {
  it('holds what the bands hold and its transpose, and the mean of both halves on the diagonal', () => {
    // Up to 140 columns, so that more than one tile is copied.
    const sizes = fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 99 }), (lengths, most, seed) => {
        const n = lengths.reduce((total, size) => total + size, 0)
        const whole = normal(randomKey(seed), [n, n])
        const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((total, size) => total + size, 0))
        const bands = lengths.map((size, i) => {
          const start = starts[i] ?? 0
          const blocks = Array.from({ length: Math.ceil(size / most) }, (_, block): Tensor => {
            const first = start + block * most
            return slice(whole, [first, start], [Math.min(first + most, start + size), n])
          })
          return { size, blocks }
        })
        const leafOf = (row: number): number => starts.findLastIndex((start) => start <= row)
        const entries = toFloat64Array(whole)
        const at = (i: number, j: number): number => entries[i * n + j] ?? Number.NaN
        const expected = Float64Array.from({ length: n * n }, (_, place) => {
          const [i, j] = [Math.floor(place / n), place % n]
          const [a, b] = [leafOf(i), leafOf(j)]
          return a === b && i !== j ? 0.5 * (at(i, j) + at(j, i)) : a <= b ? at(i, j) : at(j, i)
        })
        const found = symmetricFromBands(bands)
        expect(found.shape).toEqual([n, n])
        expect(toFloat64Array(found)).toEqual(toFloat64Array(fromFloat64Array(expected, [n, n])))
      }),
      { numRuns: 100 },
    )
  })
})
