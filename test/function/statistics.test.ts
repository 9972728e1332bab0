import fc from 'fast-check'
import {
  add,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  norm,
  ones,
  prod,
  softmax,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
  toArray,
  toNumber,
  variance,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { arbitraryTensor, defectOf } from '../support/points.js'

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, columns]) => arbitraryTensor([rows, columns]))

const always = (check: (x: Tensor) => void): void => fc.assert(fc.property(matrices, check))

describe('softmax', () => {
  it('is a distribution, whatever is added to its argument', () => {
    always((x) => {
      const p = softmax(x)
      expectNear(sum(p, { axes: [1] }), ones([x.shape[0] ?? 0]), 1e-15)
      expectNear(softmax(add(x, 700)), p, 1e-12)
    })
  })

  it('is the exponential of logSoftmax, and logSoftmax is x − logSumExp', () => {
    always((x) => {
      const logs = sub(x, logSumExp(x, { axes: [1], keepAxes: true }))
      expectNear(logSoftmax(x), logs, 1e-14)
      expectNear(toArray(softmax(x, { axes: [0] })), toArray(expOf(logSoftmax(x, { axes: [0] }))), 1e-15)
    })
  })

  it('of a scalar and over no axes', () => {
    expect(toNumber(softmax(tensor(3)))).toBe(1)
    expect(toNumber(logSumExp(tensor(3)))).toBe(3)
    expect(toArray(logSumExp(tensor([3, 4]), { axes: [] }))).toEqual([3, 4])
  })
})

const expOf = (x: Tensor): Tensor => {
  const map = (entries: ReturnType<typeof toArray>): ReturnType<typeof toArray> =>
    typeof entries === 'number' ? Math.exp(entries) : entries.map(map)
  return tensor(map(toArray(x)))
}

describe('statistics', () => {
  it('of a constant', () => {
    always((x) => {
      const flat = mul(0, x)
      expectNear(mean(add(flat, 3)), 3, 1e-15)
      expectNear(variance(add(flat, 3)), 0, 1e-30)
    })
  })

  it('shift and scale as they should', () => {
    always((x) => {
      const y = add(mul(3, x), 2)
      expectNear(mean(y, { axes: [0] }), add(mul(3, mean(x, { axes: [0] })), 2), 1e-13)
      expectNear(variance(y, { axes: [1] }), mul(9, variance(x, { axes: [1] })), 1e-12)
      expectNear(norm(mul(-3, x)), mul(3, norm(x)), 1e-13)
    })
  })

  it('keep axes where asked', () => {
    const x = zeros([2, 3, 4])
    for (const f of [mean, variance, prod, norm, logSumExp]) {
      expect(f(x, { axes: [1] }).shape).toEqual([2, 4])
      expect(f(x, { axes: [-1, 0], keepAxes: true }).shape).toEqual([1, 3, 1])
      expect(f(x).shape).toEqual([])
    }
  })

  it('survive large offsets, where a difference of squares would not', () => {
    expect(toNumber(variance(tensor([1e9, 1e9 + 1, 1e9 + 2]), { correction: 1 }))).toBe(1)
  })

  it('prod agrees with a product along either axis', () => {
    expect(
      toArray(
        prod(
          tensor([
            [1, 2, 3],
            [4, 5, 6],
          ]),
          { axes: [0] },
        ),
      ),
    ).toEqual([4, 10, 18])
    expect(
      toArray(
        prod(
          tensor([
            [1, 2, 3],
            [4, 5, 6],
          ]),
          { axes: [1], keepAxes: true },
        ),
      ),
    ).toEqual([[6], [120]])
  })

  it('stack refuses what it cannot join', () => {
    expect(defectOf(() => stack([]))).toMatchInlineSnapshot(
      `"InvalidArgument: stack: expected at least one tensor, got none."`,
    )
    expect(defectOf(() => stack([zeros([2]), zeros([3])]))).toMatchInlineSnapshot(
      `"ShapeMismatch: stack: shapes [2] and [3] differ. To join along an existing axis, use concat."`,
    )
  })
})
