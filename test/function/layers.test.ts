/** Layers at their edges: rows that are all masked, constant inputs, dropped entries; and their messages. */
import * as gradus from 'gradus'
import {
  eye,
  grad,
  hvp,
  jvp,
  ones,
  randomKey,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'

describe('attention', () => {
  const keys = tensor([
    [1, 0],
    [0, 1],
    [1, 1],
  ])
  const values = tensor([[1], [2], [4]])
  const mask = tensor([
    [1, 1, 0],
    [0, 0, 0],
  ])
  const loss = (query: Tensor): Tensor => gradus.sum(gradus.square(gradus.attention(query, keys, values, { mask })))

  it('gives zeros where nothing may be seen, with derivatives 0 to order 2', () => {
    const query = tensor([
      [0.5, -1],
      [2, 3],
    ])
    const [seen, blind] = [0, 1].map((row) => gradus.take(gradus.attention(query, keys, values, { mask }), tensor(row)))
    expect(toNumber(gradus.squeeze(blind ?? zeros([1])))).toBe(0)
    expect(toNumber(gradus.squeeze(seen ?? zeros([1])))).toBeGreaterThan(1)
    const gradient = toFloat64Array(grad(loss)(query))
    expect(Array.from(gradient).every(Number.isFinite)).toBe(true)
    expect([gradient[2], gradient[3]].map((y) => Math.abs(y ?? NaN))).toEqual([0, 0])
    const bend = toFloat64Array(hvp(loss)(query)(ones([2, 2])))
    expect(Array.from(bend).every(Number.isFinite)).toBe(true)
    expect([bend[2], bend[3]].map((y) => Math.abs(y ?? NaN))).toEqual([0, 0])
    expect(toNumber(jvp(loss)(query, ones([2, 2]))[1])).not.toBeNaN()
  })
  it('does not see what is masked', () => {
    const query = tensor([[0.5, -1]])
    const first = gradus.attention(query, keys, values, { mask: tensor([[1, 1, 0]]) })
    const second = gradus.attention(query, keys, tensor([[1], [2], [1e6]]), { mask: tensor([[1, 1, 0]]) })
    expect(toArray(first)).toEqual(toArray(second))
  })
  it('with one head and the identity for projections is plain attention', () => {
    const same = { weights: eye(2) }
    const x = tensor([
      [0.5, -1],
      [2, 3],
    ])
    const found = gradus.multiHeadAttention({ query: same, keys: same, values: same, output: same }, x, keys, {
      heads: 1,
    })
    expect(toArray(found)).toEqual(toArray(gradus.attention(x, keys, keys)))
  })
  it('says how many heads there can be', () => {
    const same = { weights: eye(2) }
    const params = { query: same, keys: same, values: same, output: same }
    expect(() => gradus.multiHeadAttention(params, keys, keys, { heads: 3 })).toThrow('divides the width 2')
    expect(() => gradus.attention(zeros([2]), keys, values)).toThrow('query [..., m, d]')
  })
})

describe('normalization', () => {
  it('of constant entries is the offset, with finite derivatives', () => {
    const x = tensor([3, 3, 3])
    expect(toArray(gradus.layerNorm({ offset: tensor([1, 2, 3]) }, x))).toEqual([1, 2, 3])
    const gradient = grad((y: Tensor) => gradus.sum(gradus.mul(gradus.layerNorm({}, y), tensor([1, 2, 4]))))(x)
    expect(Array.from(toFloat64Array(gradient)).every(Number.isFinite)).toBe(true)
  })
  it('makes mean 0 and variance 1 along the axes that it is told', () => {
    const found = gradus.layerNorm(
      {},
      tensor([
        [1, 10],
        [2, 30],
      ]),
      { axes: [0], epsilon: 0 },
    )
    expect(toArray(gradus.mean(found, { axes: [0] }))).toEqual([0, 0])
    expect(toArray(gradus.variance(found, { axes: [0] }))).toEqual([expect.closeTo(1, 14), expect.closeTo(1, 14)])
  })
})

describe('dropout', () => {
  const key = randomKey(3)
  it('drops the given share, keeps the mean, and the same entries for the same key', () => {
    const x = ones([10000])
    const found = toFloat64Array(gradus.dropout(key, 0.25, x))
    const dropped = Array.from(found).filter((y) => y === 0).length
    // Six standard deviations of a binomial distribution: 6·√(10000·0.25·0.75) = 260.
    expect(Math.abs(dropped - 2500)).toBeLessThan(260)
    expect(new Set(found)).toEqual(new Set([0, 1 / 0.75]))
    expect(toFloat64Array(gradus.dropout(key, 0.25, x))).toEqual(found)
  })
  it('has its mask for a derivative, even where what is dropped is infinite', () => {
    const kept = toFloat64Array(gradus.dropout(key, 0.5, ones([8])))
    const slopes = toFloat64Array(grad((x: Tensor) => gradus.sum(gradus.dropout(key, 0.5, gradus.sqrt(x))))(zeros([8])))
    expect(Array.from(slopes)).toEqual(Array.from(kept, (y) => (y === 0 ? 0 : Infinity)))
  })
  it('says what a rate is', () => {
    expect(() => gradus.dropout(key, 1, ones([2]))).toThrow('[0, 1)')
  })
})
