import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { matmul, mul, type Tensor, tensor, toArray, toFloat64Array, zeros } from 'gradus'
import {
  absoluteModel,
  ball,
  cubic,
  exactModel,
  krylovModel,
  type LinearOperator,
  type ModelStep,
  minimizeModel,
  truncatedStep,
} from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

const operatorOf = (matrix: Tensor): LinearOperator<Tensor> => ({
  like: zeros([matrix.shape[0] ?? 0]),
  size: matrix.shape[0] ?? 0,
  apply: (v) => matmul(matrix, v),
  matrix: () => matrix,
})

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const inBall = (matrix: ReadonlyArray<ReadonlyArray<number>>, gradient: ReadonlyArray<number>, radius: number) =>
  pipe(
    exactModel(operatorOf(tensor(matrix.map((row) => [...row]))), tensor([...gradient])),
    right,
    minimizeModel(ball(radius)),
  )

const four = [
  [10, 2, 3, 4],
  [2, 1, 7, 1],
  [3, 7, 1, 7],
  [4, 1, 7, 2],
]

// The matrices, gradients and results of SciPy's tests of its exact trust-region method (test_trustregion_exact.py); their last
// digit is the eighth.
describe('the cases of SciPy', () => {
  const digits = 1e-7

  it('easy', () => {
    const { step, onBoundary, hard } = inBall(four, [1, 1, 1, 1], 1)
    expectNear(step, [0.00393332, -0.55260862, 0.67065477, -0.49480341], digits)
    expect([onBoundary, hard]).toEqual([true, false])
  })

  it('hard, to rounding: the multiplier is minus the least eigenvalue', () => {
    const { multiplier, onBoundary, length } = inBall(four, [6.4852641521327437, 1, 1, 1], 1)
    expect(multiplier).toBeCloseTo(8.2151519874416614, 8)
    expect([onBoundary, length]).toEqual([true, expect.closeTo(1, 12)])
  })

  it('inside the ball, where the multiplier is 0', () => {
    const { step, onBoundary, multiplier } = inBall(
      [
        [1.812159, 0.82687265, 0.21838879, -0.52487006, 0.25436988],
        [0.82687265, 2.66380283, 0.31508988, -0.40144163, 0.08811588],
        [0.21838879, 0.31508988, 2.38020726, -0.3166346, 0.27363867],
        [-0.52487006, -0.40144163, -0.3166346, 1.61927182, -0.42140166],
        [0.25436988, 0.08811588, 0.27363867, -0.42140166, 1.33243101],
      ],
      [0.75798952, 0.01421945, 0.33847612, 0.83725004, -0.47909534],
      1.1,
    )
    expectNear(step, [-0.68585435, 0.1222621, -0.22090999, -0.67005053, 0.31586769], digits)
    expect([onBoundary, multiplier]).toEqual([false, 0])
  })

  // SciPy has one of the two: the sign of the eigenvector is free.
  it.each([
    ['without a gradient', 0],
    ['with a gradient that is rounding', 1e-15],
  ])('%s, along the most negative curvature', (_, last) => {
    const { step, onBoundary, length } = inBall(
      [
        [0.88547534, 2.90692271, 0.98440885, -0.78911503, -0.28035809],
        [2.90692271, -0.04618819, 0.32867263, -0.83737945, 0.17116396],
        [0.98440885, 0.32867263, -0.87355957, -0.06521957, -1.43030957],
        [-0.78911503, -0.83737945, -0.06521957, -1.645709, -0.33887298],
        [-0.28035809, 0.17116396, -1.43030957, -0.33887298, -1.68586978],
      ],
      [0, 0, 0, 0, last],
      1.1,
    )
    const known = [0.06910534, -0.01432721, -0.65311947, -0.23815972, -0.84954934]
    const sign = (toFloat64Array(step)[0] ?? 0) < 0 ? -1 : 1
    expectNear(mul(sign, step), known, digits)
    expect([onBoundary, length]).toEqual([true, expect.closeTo(1.1, 12)])
  })

  it('with a gradient much larger than the ball', () => {
    expectNear(
      inBall(
        [
          [15, 0],
          [0, 5],
        ],
        [20, -10],
        1,
      ).step,
      [-0.77472957, 0.63229272],
      digits,
    )
  })
})

describe('the hard case', () => {
  const valley = [
    [2, 0, 0],
    [0, 4, 0],
    [0, 0, -2],
  ]

  it('in a ball: the rest of the length goes along the eigenvector', () => {
    const { step, multiplier, hard, predictedReduction } = inBall(valley, [4, 6, 0], 2)
    // (2 + 2) x = −4, (4 + 2) y = −6, and z² = 4 − 1 − 1.
    expectNear(mul(step, step), [1, 1, 2], 1e-14)
    expect([multiplier, hard]).toEqual([2, true])
    expect(predictedReduction).toBeCloseTo(4 + 6 - 1 - 2 + 2, 13)
  })

  it('under cubic regularization: λ = −v and ‖s‖ = −v / σ', () => {
    const model = right(exactModel(operatorOf(tensor(valley)), tensor([4, 6, 0])))
    const { step, multiplier, hard } = minimizeModel(cubic(1))(model)
    expectNear(mul(step, step), [1, 1, 2], 1e-14)
    expect([multiplier, hard]).toEqual([2, true])
  })

  it('at a gradient of 0: along the eigenvector to the boundary', () => {
    const { step, multiplier } = inBall(valley, [0, 0, 0], 3)
    expectNear(mul(step, step), [0, 0, 9], 1e-14)
    expect(multiplier).toBe(2)
  })

  it('almost: a part of 10⁻³⁰⁰ decides the sign', () => {
    for (const sign of [1, -1]) {
      const { step, hard } = inBall(valley, [4, 6, sign * 1e-300], 2)
      expectNear(step, [-1, -1, -sign * Math.SQRT2], 1e-14)
      expect(hard).toBe(false)
    }
  })
})

describe('where curvature vanishes', () => {
  const flat = [
    [2, 0],
    [0, 0],
  ]

  it('a direction without curvature and gradient is left alone', () => {
    expect(toArray(inBall(flat, [2, 0], 5).step)).toEqual([-1, 0])
    expect(inBall(flat, [2, 0], 5).onBoundary).toBe(false)
  })

  it('one with a gradient is followed to the boundary', () => {
    const { step, onBoundary } = inBall(flat, [0, 1], 5)
    expectNear(step, [0, -5], 1e-14)
    expect(onBoundary).toBe(true)
  })
})

const moves = ({ step }: ModelStep<Tensor>): ReadonlyArray<number> => [...toFloat64Array(step)]

describe('the Krylov space', () => {
  const gradient = tensor([1, -2, 3, 1])

  it('with room for all of it gives the exact step', () => {
    for (const region of [ball(0.3), ball(2), cubic(0.5), cubic(30)]) {
      const exact = minimizeModel(region)(right(exactModel(operatorOf(tensor(four)), gradient)))
      const model = right(krylovModel(operatorOf(tensor(four)), gradient, { dimension: 9, tolerance: 0, region }))
      expectNear(minimizeModel(region)(model).step, moves(exact), 1e-12)
      expect(model.products).toBe(4)
    }
  })

  it('ends where the step is right to the tolerance', () => {
    const region = ball(1e-3)
    const model = right(krylovModel(operatorOf(tensor(four)), gradient, { dimension: 4, tolerance: 0.1, region }))
    expect(model.products).toBe(1)
  })

  it('is empty at a gradient of 0', () => {
    const region = ball(1)
    const model = right(krylovModel(operatorOf(tensor(four)), zeros([4]), { dimension: 4, region }))
    expect(moves(minimizeModel(region)(model))).toEqual([0, 0, 0, 0])
  })
})

describe('truncated conjugate gradients', () => {
  it('take no product anew for a smaller radius', () => {
    const stepIn = truncatedStep(operatorOf(tensor(four)), tensor([1, -2, 3, 1]), { tolerance: 0 })
    const [wide, narrow] = [stepIn(1), stepIn(0.01)]
    expect(wide.products).toBeGreaterThan(0)
    expect(narrow.products).toBe(0)
    expect(narrow.length).toBeCloseTo(0.01, 15)
  })
})

it('the absolute model pushes where the other one pulls', () => {
  const saddle = right(
    exactModel(
      operatorOf(
        tensor([
          [2, 0],
          [0, -2],
        ]),
      ),
      tensor([2, 2]),
    ),
  )
  expect(moves(minimizeModel(ball(9))(absoluteModel(saddle)))).toEqual([-1, -1])
})

it('a radius or a weight that is none is refused', () => {
  const model = right(exactModel(operatorOf(tensor(four)), tensor([1, 1, 1, 1])))
  for (const wrong of [0, -1, Number.NaN, Infinity]) {
    expect(defectOf(() => minimizeModel(ball(wrong))(model))).toContain('minimizeModel: expected a finite radius')
    expect(defectOf(() => minimizeModel(cubic(wrong))(model))).toContain('minimizeModel: expected a finite weight')
  }
})

it('and so are settings of the way to it', () => {
  const [curvature, gradient] = [operatorOf(tensor(four)), tensor([1, 1, 1, 1])]
  const region = ball(1)
  expect(defectOf(() => krylovModel(curvature, gradient, { dimension: 0, region }))).toMatch(/krylovModel: .*dimension/)
  for (const tolerance of [-1, Number.NaN]) {
    expect(defectOf(() => krylovModel(curvature, gradient, { dimension: 2, tolerance, region }))).toMatch(
      /krylovModel: expected tolerance of 0 or more/,
    )
    expect(defectOf(() => truncatedStep(curvature, gradient, { tolerance }))).toMatch(/truncatedStep: .*tolerance/)
  }
  expect(defectOf(() => truncatedStep(curvature, gradient, { iterations: 1.5 }))).toMatch(/truncatedStep: .*iterations/)
  expect(defectOf(() => truncatedStep(curvature, gradient)(0))).toMatch(/truncatedStep: expected a finite radius/)
})

it('a curvature that is not finite is told', () => {
  const model = krylovModel(
    operatorOf(
      tensor([
        [Number.NaN, 0],
        [0, 1],
      ]),
    ),
    tensor([1, 1]),
    {
      dimension: 2,
      region: ball(1),
    },
  )
  expect(E.isLeft(model)).toBe(true)
})
