import fc from 'fast-check'
import {
  arange,
  eye,
  fromFloat64Array,
  full,
  isTensor,
  linspace,
  ones,
  scalar,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { arbitraryShape, arbitraryTensor, defectOf, sizeOf } from '../support/points.js'

describe('constructors', () => {
  it('read nested arrays row by row', () => {
    const t = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(t.shape).toEqual([2, 3])
    expect(t.rank).toBe(2)
    expect(t.size).toBe(6)
    expect([...toFloat64Array(t)]).toEqual([1, 2, 3, 4, 5, 6])
    expect(tensor(7).shape).toEqual([])
    expect(tensor([]).shape).toEqual([0])
    expect(tensor([[], []]).shape).toEqual([2, 0])
    expect(toArray(tensor([[[1]], [[2]]]))).toEqual([[[1]], [[2]]])
  })

  it('keep NaN, infinities and the sign of zero', () => {
    const entries = [Number.NaN, Infinity, -Infinity, -0, 5e-324]
    expect(toArray(tensor(entries))).toEqual(entries)
    expect(Object.is(toNumber(scalar(-0)), -0)).toBe(true)
  })

  it('fill', () => {
    expect(toArray(zeros([2, 2]))).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(toArray(ones([3]))).toEqual([1, 1, 1])
    expect(toArray(full([2, 1], 7))).toEqual([[7], [7]])
    expect(toArray(full([2, 0], 7))).toEqual([[], []])
    expect(toArray(eye(2, 3))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ])
    expect(eye(0).shape).toEqual([0, 0])
  })

  it('count', () => {
    expect(toArray(arange(4))).toEqual([0, 1, 2, 3])
    expect(toArray(arange(5, 1, -2))).toEqual([5, 3])
    expect(toArray(arange(1, 2, 0.25))).toEqual([1, 1.25, 1.5, 1.75])
    expect(toArray(arange(3, 1))).toEqual([])
    expect(toArray(linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(toArray(linspace(2, 9, 1))).toEqual([2])
    expect(toArray(linspace(2, 9, 0))).toEqual([])
    // The end is exact even where the step is not.
    expect(toArray(linspace(0, 0.3, 4))).toEqual([0, 0.3 / 3, (2 * 0.3) / 3, 0.3])
  })

  it('say what they expected, what they got and what to try', () => {
    expect(defectOf(() => tensor([[1, 2], [3]]))).toMatchInlineSnapshot(
      `"InvalidShape: tensor: expected 2 entries at [1], got a row of 1. All rows must have the same length."`,
    )
    expect(defectOf(() => tensor([[1, 2], 3]))).toMatchInlineSnapshot(
      `"InvalidShape: tensor: expected a row of 2 at [1], got the number 3."`,
    )
    expect(defectOf(() => tensor([1, [2]]))).toMatchInlineSnapshot(
      `"InvalidShape: tensor: expected a number at [1], got a row of 1. All rows must have the same length."`,
    )
    expect(defectOf(() => zeros([2, -1]))).toMatchInlineSnapshot(
      `"InvalidShape: zeros: a shape lists non-negative integers, but [2,-1] holds -1."`,
    )
    expect(defectOf(() => zeros([1.5]))).toMatchInlineSnapshot(
      `"InvalidShape: zeros: a shape lists non-negative integers, but [1.5] holds 1.5."`,
    )
    expect(defectOf(() => zeros([1, 1, 1, 1, 1, 1, 1, 1, 1]))).toMatchInlineSnapshot(
      `"InvalidShape: zeros: rank 9 exceeds the largest supported rank 8."`,
    )
    expect(defectOf(() => fromFloat64Array(Float64Array.of(1, 2, 3), [2, 2]))).toMatchInlineSnapshot(
      `"InvalidShape: fromFloat64Array: shape [2,2] holds 4 numbers, got 3."`,
    )
    expect(defectOf(() => arange(0, 1, 0))).toMatchInlineSnapshot(
      `"InvalidArgument: arange: expected finite bounds and a step that is not 0, got 0, 1, 0."`,
    )
    expect(defectOf(() => linspace(0, 1, -1))).toMatchInlineSnapshot(
      `"InvalidArgument: linspace: expected how many numbers, an integer of 0 or more, got the number -1."`,
    )
    expect(defectOf(() => eye(2.5))).toMatchInlineSnapshot(
      `"InvalidArgument: eye: expected how many rows, an integer of 0 or more, got the number 2.5."`,
    )
  })
})

describe('readers', () => {
  it('read one entry of a tensor that has one', () => {
    expect(toNumber(scalar(0.5))).toBe(0.5)
    expect(toNumber(tensor([[3]]))).toBe(3)
    expect(defectOf(() => toNumber(tensor([1, 2])))).toMatchInlineSnapshot(
      `"NotScalar: toNumber: expected one entry, got shape [2]. Use toArray, or reduce first?"`,
    )
    expect(defectOf(() => toNumber(tensor([])))).toMatchInlineSnapshot(
      `"NotScalar: toNumber: expected one entry, got shape [0]. Use toArray, or reduce first?"`,
    )
  })

  it('return what was put in', () => {
    fc.assert(
      fc.property(
        arbitraryShape(8).chain((shape) => fc.tuple(fc.constant(shape), arbitraryTensor(shape))),
        ([shape, t]) => {
          expect(t.shape).toEqual(shape)
          expect(t.size).toBe(sizeOf(shape))
          expect(toFloat64Array(fromFloat64Array(toFloat64Array(t), shape))).toEqual(toFloat64Array(t))
        },
      ),
    )
  })

  it('tell tensors from other values', () => {
    expect([scalar(1), 1, [1], null, undefined, { shape: [], size: 1 }].map(isTensor)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ])
  })

  it('print shape and entries, shortened', () => {
    expect(
      String(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toBe('tensor[2,2] [[1, 2], [3, 4]]')
    expect(String(arange(9))).toBe('tensor[9] [0, 1, 2, 3, 4, 5, … 3 more]')
    expect(String(scalar(2))).toBe('tensor[] 2')
  })
})

describe('ownership', () => {
  it('copies what comes in: the caller keeps no way to change a tensor', () => {
    const data = Float64Array.of(1, 2, 3, 4)
    const shape = [2, 2]
    const nested = [
      [1, 2],
      [3, 4],
    ]
    const [a, b] = [fromFloat64Array(data, shape), tensor(nested)]
    data.fill(9)
    shape.fill(9)
    nested.forEach((row) => {
      row.fill(9)
    })
    const entries = [
      [1, 2],
      [3, 4],
    ]
    expect([toArray(a), toArray(b)]).toEqual([entries, entries])
    expect(a.shape).toEqual([2, 2])
  })

  it('copies what goes out: a reader gets no way to change a tensor', () => {
    const t = tensor([1, 2, 3])
    toFloat64Array(t).fill(9)
    const nested = toArray(t)
    if (Array.isArray(nested)) nested.fill(9)
    expect(toArray(t)).toEqual([1, 2, 3])
  })

  it('shows its buffer nowhere', () => {
    const t = tensor([1, 2, 3])
    const reachable = [
      ...Object.values(t),
      ...Object.getOwnPropertyNames(t).map((key) => Object.getOwnPropertyDescriptor(t, key)?.value),
    ]
    expect(reachable.some((value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer)).toBe(false)
  })
})
