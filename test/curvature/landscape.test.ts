/** Slices and planes are the loss at the points that they say, along directions of the norms that they should have. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  log,
  matmul,
  mean,
  mul,
  normal,
  randomKey,
  scalar,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeDot,
  treeMap,
  treeNorm,
  zeros,
} from 'gradus'
import {
  filterNormalized,
  hessianOperator,
  landscapePlane,
  landscapeSlice,
  planeThrough,
  randomDirection,
  topSubspace,
} from 'gradus/curvature'
import { tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'

const inputs = normal(randomKey(1), [6, 3])
const at = { weights: normal(randomKey(2), [3, 4]), bias: normal(randomKey(3), [4]) }
type P = typeof at
const loss = ({ weights, bias }: P): Tensor => mean(square(tanh(add(matmul(inputs, weights), bias))))
const direction = randomDirection(randomKey(4))(at)
const other = randomDirection(randomKey(5))(at)

describe.each(['always', 'never'] as const)('compilation %s', (compilation) => {
  it('a slice is the loss along the line', () => {
    const range = { from: -2, to: 1, points: 7 }
    const { coordinates, values } = landscapeSlice(loss, { range, compilation })(at, direction)
    expect(coordinates).toEqual([-2, -1.5, -1, -0.5, 0, 0.5, 1])
    expectNear(
      values,
      coordinates.map((t) => toNumber(loss(treeAxpy(t, direction, at)))),
    )
  })

  it('a plane is the loss over the plane, row by row upwards', () => {
    const x = { from: -1, to: 1, points: 3 }
    const y = { from: 0, to: 3, points: 4 }
    const plane = landscapePlane(loss, { x, y, compilation })(at, [direction, other])
    expect(plane.x).toEqual([-1, 0, 1])
    expect(plane.y).toEqual([0, 1, 2, 3])
    expectNear(
      plane.values.flat(),
      plane.y.flatMap((b) => plane.x.map((a) => toNumber(loss(treeAxpy(a, direction, treeAxpy(b, other, at)))))),
    )
  })

  it('what is no number stays so', () => {
    const logarithm = landscapeSlice(log, { range: { from: -1, to: 1, points: 3 }, compilation })
    expect(logarithm(scalar(0), scalar(1)).values).toEqual([Number.NaN, -Infinity, 0])
  })
})

it('a loss that reads its numbers is evaluated eagerly', () => {
  const reading = (p: Tensor): Tensor => scalar(toNumber(p) > 0 ? 1 : 0)
  expect(landscapeSlice(reading, { range: { from: -1, to: 1, points: 2 } })(scalar(0), scalar(1)).values).toEqual([
    0, 1,
  ])
})

it('the middle of a symmetric range is zero', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.integer({ min: 1, max: 60 }), (reach, half) => {
      const range = { from: -reach, to: reach, points: 2 * half + 1 }
      const { coordinates } = landscapeSlice((p: Tensor) => p, { range, compilation: 'never' })(scalar(0), scalar(0))
      expect(coordinates[half] === 0).toBe(true)
      expect([coordinates[0], coordinates[2 * half]]).toEqual([-reach, reach])
    }),
  )
})

it.each([
  { from: 1, to: 1, points: 3 },
  { from: 0, to: 1, points: 1 },
  { from: 0, to: Infinity, points: 3 },
  { from: Number.NaN, to: 1, points: 3 },
])('a range is refused: %o', (range) => {
  expect(() => landscapeSlice(loss, { range })).toThrow(/from < to and 2 points or more/)
  expect(() => landscapePlane(loss, { y: range })).toThrow(/from < to and 2 points or more/)
})

it('a slice along an eigenvector is curved by its eigenvalue', () => {
  const curved = (x: Tensor): Tensor => sum(mul(tensor([1, 3, -2]), square(x)))
  const top = topSubspace({ count: 1, which: 'smallest' })(hessianOperator(curved)(zeros([3])))
  const vector = E.isRight(top) ? (top.right.vectors[0] ?? zeros([3])) : expect.fail('no eigenvectors')
  const range = { from: -1, to: 1, points: 3 }
  expectNear(landscapeSlice(curved, { range })(zeros([3]), vector).values, [-2, 0, -2])
})

describe('filterNormalized', () => {
  const column = (x: Tensor, j: number): number => toNumber(treeNorm(slice(x, [0, j], [x.shape[0] ?? 0, j + 1])))

  it('gives each filter of the direction the norm of that of the parameters', () => {
    fc.assert(
      fc.property(fc.record({ weights: tensors([3, 4]), bias: tensors([4]) }), (d) => {
        const normalized = filterNormalized()(at)(d)
        for (const j of [0, 1, 2, 3])
          expectNear(column(normalized.weights, j), column(d.weights, j) === 0 ? 0 : column(at.weights, j))
        // The same direction, filter by filter.
        const cross = (j: number): number => {
          const [a, b] = [normalized.weights, d.weights].map((x) => slice(x, [0, j], [3, j + 1]))
          return toNumber(treeDot(a, b)) - column(normalized.weights, j) * column(d.weights, j)
        }
        for (const j of [0, 1, 2, 3]) expect(Math.abs(cross(j))).toBeLessThan(1e-10 * (1 + column(d.weights, j)))
        expectSameBits(normalized.bias, [0, 0, 0, 0])
      }),
    )
  })

  it('does not depend on the scale of the direction', () => {
    const scaled = treeMap((leaf) => mul(1024, leaf))(direction)
    expectNear(filterNormalized()(at)(scaled), filterNormalized()(at)(direction))
  })

  it('scales biases as one filter where it is asked to, and takes the axis that it is told', () => {
    const { bias } = filterNormalized({ biases: 'scaled' })(at)(direction)
    expectNear(toNumber(treeNorm(bias)), toNumber(treeNorm(at.bias)))
    const rows = filterNormalized({ filterAxis: () => 0 })(at)(direction).weights
    for (const i of [0, 1, 2])
      expectNear(
        toNumber(treeNorm(slice(rows, [i, 0], [i + 1, 4]))),
        toNumber(treeNorm(slice(at.weights, [i, 0], [i + 1, 4]))),
      )
  })

  it('counts the filters of a convolution along its first axis', () => {
    const kernel = normal(randomKey(6), [2, 3, 2, 2])
    const normalized = filterNormalized()(kernel)(normal(randomKey(7), [2, 3, 2, 2]))
    const first = (x: Tensor): number => Math.hypot(...toFloat64Array(x).slice(0, 12))
    expectNear(first(normalized), first(kernel))
  })
})

describe('planeThrough', () => {
  it('goes through its three points with orthonormal directions', () => {
    const points = [at, direction, other] as const
    const { center, directions, points: places } = planeThrough(...points)
    const [x, y] = directions
    expectNear([toNumber(treeDot(x, x)), toNumber(treeDot(y, y)), toNumber(treeDot(x, y))], [1, 1, 0])
    places.forEach(([a, b], i) => {
      expectNear(treeAxpy(a, x, treeAxpy(b, y, center)), points[i])
    })
  })

  it('refuses points on a line', () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 3])]
    const c = sub(mul(2, b), a)
    expect(() => planeThrough(a, b, c)).toThrow(/not on one line/)
    expect(() => planeThrough(a, a, b)).toThrow(/not on one line/)
    expect(() => planeThrough(a, b, b)).toThrow(/not on one line/)
    expect(toArray(planeThrough(a, b, tensor([0, 0])).center)).toEqual([1, 2])
  })
})
