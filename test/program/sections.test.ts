import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, normal, randomKey, square, stage, sum, type Tensor, toFloat64Array, zeros } from '../../src/index.js'
import { fuse } from '../../src/program/fuse.js'

const fused = (f: (x: Tensor) => Tensor, shape: ReadonlyArray<number>): ReadonlyArray<string> =>
  fuse(stage(f)(zeros(shape))).tasks.map((task) => (task._tag === 'Loop' ? `${task.sections} loops` : task._tag))

describe('a sum over axes in the middle', () => {
  const lengths = fc.integer({ min: 1, max: 7 })

  it('is the eager one up to the order of its terms, whatever computes the terms', () => {
    fc.assert(
      fc.property(
        fc.tuple(lengths, lengths, fc.integer({ min: 1, max: 300 }), lengths),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 0, max: 1000 }),
        (shape, first, seed) => {
          const x = normal(randomKey(seed), shape)
          const f = (y: Tensor): Tensor => sum(square(y), { axes: first === 1 ? [1, 2] : [2] })
          const [found, expected] = [compile(f)(x), f(x)]
          expect(found.shape).toEqual(expected.shape)
          const entries = toFloat64Array(found)
          // All terms are positive: the error is some roundings of the sum itself.
          toFloat64Array(expected).forEach((entry, i) => {
            expect(Math.abs((entries[i] ?? Number.NaN) - entry)).toBeLessThanOrEqual(1e-14 * entry)
          })
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is a loop for each index of the axes before it, where these are few and it is one stretch of axes', () => {
    expect(fused((x) => sum(x, { axes: [1] }), [5, 6, 7])).toEqual(['5 loops'])
    expect(fused((x) => sum(x, { axes: [2, 3] }), [2, 3, 4, 5, 6])).toEqual(['6 loops'])
    expect(fused((x) => sum(x, { axes: [1, 3] }), [2, 3, 4, 5, 6])).toEqual(['Eager'])
    expect(fused((x) => sum(x, { axes: [1] }), [65, 6, 7])).toEqual(['Eager'])
  })
})
