import { scalar, tensor } from 'gradus'
import { all, apart, atMost, close, same, showEvidence } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

describe('close', () => {
  it('measures the largest distance, relative to the largest entry', () => {
    expect(close(1e-3)({ w: tensor([1000, 2]), b: scalar(3) }, { w: tensor([1000.5, 2]), b: scalar(3) })).toEqual({
      holds: true,
      relation: '≈',
      left: { w: [1000, 2], b: 3 },
      right: { w: [1000.5, 2], b: 3 },
      error: 0.5,
      tolerance: 1.0005,
    })
  })

  it('is absolute below 1, unless told otherwise', () => {
    expect(close(1e-6)(1e-9, 2e-9).holds).toBe(true)
    expect(close(1e-6, 0)(1e-9, 2e-9).holds).toBe(false)
  })

  it.each([
    ['NaN on one side', Number.NaN, 1],
    ['opposite infinities', Infinity, -Infinity],
    ['an infinity on one side', Infinity, 1e308],
    ['entries that are missing', [1, 2], [1]],
    ['what is not a number', 'one', 1],
  ])('never accepts %s', (_, left, right) => {
    expect(close(1e300)(left, right)).toMatchObject({ holds: false, error: Infinity })
    expect(apart(1e-3)(left, right).holds).toBe(false)
  })

  it('accepts NaN and infinities that both sides have', () => {
    expect(close(0)([Number.NaN, Infinity, -Infinity], [Number.NaN, Infinity, -Infinity]).holds).toBe(true)
  })
})

describe('the other relations', () => {
  it('orders with a slack, and refuses NaN', () => {
    expect(atMost(0.5)(2.5, 2).holds).toBe(true)
    expect(atMost(0.5)(2.6, 2).holds).toBe(false)
    expect(atMost(Infinity)(Number.NaN, 2).holds).toBe(false)
  })

  it('tells apart what is far, and only that', () => {
    expect(apart(0.1)([1, 5], [1, 6]).holds).toBe(true)
    expect(apart(0.1)([1, 5], [1, 5.1]).holds).toBe(false)
    expect(apart(0.1)([0, 0], [0, 0]).holds).toBe(false)
  })

  it('compares bits, texts and lengths', () => {
    expect(same([Number.NaN, 'a', true, null], [Number.NaN, 'a', true, null]).holds).toBe(true)
    expect(same(0, -0)).toMatchObject({ holds: false, error: 1 })
    expect(same([1], [1, 2])).toMatchObject({ holds: false, error: 2 })
    expect(same(new Float64Array(2), tensor([0, 0])).holds).toBe(true)
  })

  it('joins evidence, the first failure first', () => {
    expect(all(same(1, 1), same(2, 3), same(4, 5)).right).toBe(3)
    expect(all(same(1, 1), same(2, 2)).right).toBe(2)
    expect(all(same(1, 1)).right).toBe(1)
  })

  it('is shown with signs of zeros', () => {
    expect(showEvidence(same({ x: [0] }, { x: [-0] }))).toBe('{ x: [0] } = { x: [-0] } (error 1, tolerance 0)')
  })
})
