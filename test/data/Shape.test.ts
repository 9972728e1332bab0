import fc from 'fast-check'
import { add, broadcastTo, expandDims, ones, squeeze, sum, type Tensor, zeros } from 'gradus'
import { describe, expect, it } from 'vitest'
import {
  axesFrom,
  axisFrom,
  broadcastShapes,
  showShape,
  stridesOf,
  withoutAxes,
  withUnitAxes,
} from '../../src/data/Shape.js'
import { arbitraryShape, defectOf, sizeOf } from '../support/points.js'

describe('broadcasting', () => {
  const table: ReadonlyArray<
    readonly [ReadonlyArray<number>, ReadonlyArray<number>, ReadonlyArray<number> | undefined]
  > = [
    [[], [], []],
    [[], [3], [3]],
    [[3], [1], [3]],
    [[1], [0], [0]],
    [[0], [0], [0]],
    [[2, 3], [3], [2, 3]],
    [[2, 1], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [
      [4, 1, 3],
      [2, 1],
      [4, 2, 3],
    ],
    [
      [0, 3],
      [1, 1],
      [0, 3],
    ],
    [
      [1, 1, 1, 1, 1, 1, 1, 2],
      [3, 1, 1, 1, 1, 1, 1, 1],
      [3, 1, 1, 1, 1, 1, 1, 2],
    ],
    [[2], [3], undefined],
    [[2, 3], [2], undefined],
    [[0], [2], undefined],
    [[2, 2], [3, 2], undefined],
  ]

  it.each(table)('%j with %j is %j', (a, b, expected) => {
    for (const [left, right] of [
      [a, b],
      [b, a],
    ] as const)
      if (expected === undefined) expect(defectOf(() => add(zeros(left), zeros(right)))).toContain('ShapeMismatch: add')
      else expect(add(zeros(left), zeros(right)).shape).toEqual(expected)
  })

  it('names both shapes, the axis and a way out', () => {
    expect(defectOf(() => add(zeros([2, 3]), zeros([2])))).toMatchInlineSnapshot(
      `"ShapeMismatch: add: shapes [2,3] and [2] do not broadcast: axis -1 has lengths 3 and 2. Expected equal lengths or 1; try reshape or expandDims."`,
    )
    expect(defectOf(() => broadcastTo(zeros([2]), [2, 3]))).toMatchInlineSnapshot(
      `"ShapeMismatch: broadcastTo: [2] does not stretch to [2,3]."`,
    )
    expect(defectOf(() => broadcastTo(zeros([2, 3]), [3]))).toMatchInlineSnapshot(
      `"ShapeMismatch: broadcastTo: [2,3] does not stretch to [3]."`,
    )
  })

  it('is commutative, and absorbs a scalar', () => {
    fc.assert(
      fc.property(arbitraryShape(), arbitraryShape(), (a, b) => {
        const joined = (p: ReadonlyArray<number>, q: ReadonlyArray<number>): unknown => {
          const text = defectOf(() => broadcastShapes('test', p, q))
          return text === 'no Defect' ? broadcastShapes('test', p, q) : undefined
        }
        expect(joined(a, b)).toEqual(joined(b, a))
        expect(joined(a, [])).toEqual(a)
        expect(joined(a, a)).toEqual(a)
      }),
    )
  })
})

describe('axes', () => {
  it('count from either end', () => {
    expect([axisFrom('test', 1, 3), axisFrom('test', -1, 3), axisFrom('test', -3, 3)]).toEqual([1, 2, 0])
    expect(axesFrom('test', [-1, 0], 3)).toEqual([0, 2])
    expect(axesFrom('test', undefined, 2)).toEqual([0, 1])
    expect(axesFrom('test', [], 2)).toEqual([])
  })

  it('are refused with the range that exists', () => {
    expect(defectOf(() => sum(zeros([2, 3]), { axes: [2] }))).toMatchInlineSnapshot(
      `"InvalidAxis: sum: axis 2 does not exist in rank 2; expected an integer from -2 to 1."`,
    )
    expect(defectOf(() => sum(zeros([]), { axes: [0] }))).toMatchInlineSnapshot(
      `"InvalidAxis: sum: axis 0 asked of a scalar, which has no axes. Leave the axis out?"`,
    )
    expect(defectOf(() => sum(zeros([2, 3]), { axes: [0, -2] }))).toMatchInlineSnapshot(
      `"InvalidAxis: sum: axes [0,-2] name the same axis twice (rank 2)."`,
    )
    expect(defectOf(() => expandDims(zeros([2]), 3))).toMatchInlineSnapshot(
      `"InvalidAxis: expandDims: axis 3 does not exist in rank 2; expected an integer from -2 to 1."`,
    )
    expect(defectOf(() => squeeze(zeros([1, 3]), [1]))).toMatchInlineSnapshot(
      `"InvalidAxis: squeeze: axis 1 of [1,3] has length 3, expected 1."`,
    )
  })

  it('can be removed, kept with length 1 and walked with strides', () => {
    expect(withoutAxes([2, 3, 4], [0, 2])).toEqual([3])
    expect(withUnitAxes([2, 3, 4], [0, 2])).toEqual([1, 3, 1])
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1])
    expect(showShape([2, 3])).toBe('[2,3]')
  })
})

describe('every shape', () => {
  it('reduces to a count of its entries', () => {
    fc.assert(
      fc.property(arbitraryShape(8), (shape) => {
        const total: Tensor = sum(ones(shape))
        expect(total.shape).toEqual([])
        expect(String(total)).toBe(`tensor[] ${sizeOf(shape)}`)
      }),
    )
  })
})
