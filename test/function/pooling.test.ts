/** Pooling against its definition, at ties, at the borders and in compiled programs. */
import fc from 'fast-check'
import {
  avgPool,
  compile,
  grad,
  max,
  maxPool,
  mul,
  neg,
  ones,
  type PoolingOptions,
  slice,
  sum,
  sumPool,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { arbitraryTensor, defectOf } from '../support/points.js'

describe('pooling', () => {
  it('takes each window by itself', () => {
    fc.assert(
      fc.property(
        arbitraryTensor([2, 7, 6]),
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        (x, [p, q], strides) => {
          const [pooled, sums] = [maxPool(x, [p, q], { strides }), sumPool(x, [p, q], { strides })]
          const [, rows = 0, columns = 0] = pooled.shape
          expect([rows, columns]).toEqual([Math.floor((7 - p) / strides[0]) + 1, Math.floor((6 - q) / strides[1]) + 1])
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < columns; j++) {
              const [top, left] = [i * strides[0], j * strides[1]]
              const window = slice(x, [0, top, left], [2, top + p, left + q])
              const at = (t: Tensor): Tensor => sum(slice(t, [0, i, j], [2, i + 1, j + 1]), { axes: [1, 2] })
              expectNear(at(pooled), max(window, { axes: [1, 2] }), 0)
              expectNear(at(sums), sum(window, { axes: [1, 2] }), 1e-13)
            }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('shares the derivative of tied entries equally', () => {
    expect(toArray(grad((x: Tensor) => sum(maxPool(x, [4])))(tensor([2, 1, 2, 2, 5, 5, 0, 0])))).toEqual([
      ...[1 / 3, 0, 1 / 3, 1 / 3],
      ...[0.5, 0.5, 0, 0],
    ])
  })

  it('never takes the padding', () => {
    const options: PoolingOptions = { strides: 1, padding: [[1, 2]] }
    const x = tensor([-3, -1, -2])
    expect(toArray(maxPool(x, [3], options))).toEqual([-1, -1, -1, -2])
    expect(toArray(avgPool(x, [3], options))).toEqual([-2, -2, -1.5, -2])
    expect(toArray(sumPool(x, [3], options))).toEqual([-4, -6, -3, -2])
    expect([...toFloat64Array(grad((t: Tensor) => sum(maxPool(t, [3], options)))(x))]).toEqual([0, 3, 1])
  })

  it('keeps a constant, whatever the padding', () => {
    const seven = mul(7, ones([1, 2, 5, 6]))
    for (const pool of [maxPool, avgPool])
      for (const padding of [
        'valid',
        'same',
        [
          [1, 1],
          [2, 0],
        ],
      ] as const) {
        const pooled = pool(seven, [3, 3], { strides: 2, padding })
        expectNear(pooled, mul(7, ones(pooled.shape)), 1e-15)
      }
  })

  it('compiled gives the bits of eager calls', () => {
    const x = neg(
      tensor([
        [1, 2, 2, 4, 5],
        [3, 3, 1, 0, 2],
        [9, 1, 1, 1, 2],
      ]),
    )
    for (const pool of [maxPool, avgPool, sumPool]) {
      const loss = (t: Tensor): Tensor => {
        const y = pool(t, [2, 2], { strides: 1, padding: 'same' })
        return sum(mul(y, y))
      }
      expectSameBits(compile(grad(loss))(x), grad(loss)(x))
    }
  })

  it('says what does not fit', () => {
    expect(defectOf(() => maxPool(zeros([2]), [3]))).toContain('do not fit into [2]')
    expect(defectOf(() => maxPool(zeros([2]), [2, 2]))).toContain('at most as many axes as the input [2]')
    expect(defectOf(() => avgPool(zeros([4]), [2], { padding: [[2, 0]] }))).toContain('lies wholly in the padding')
  })
})
