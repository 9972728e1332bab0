import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  exp,
  matmul,
  mul,
  pow,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
} from 'gradus'
import {
  adam,
  anyOf,
  boundedIn,
  boxLike,
  exponential,
  freeVariables,
  gradientBelow,
  gradientDescent,
  hyperbolic,
  lbfgs,
  leastSquares,
  levenbergMarquardt,
  logistic,
  minimize,
  newton,
  type Optimizer,
  objective,
  projectedGradientNorm,
  type StateType,
  saddleFreeNewton,
  sine,
  softplusMap,
  stepsAtMost,
  takeUntil,
  trustRegion,
} from 'gradus/optimize'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { expectNear } from '../../support/near.js'
import { defectOf } from '../../support/points.js'
import { rosenbrock } from '../problems.js'

const box = {
  lower: tensor([0, -Infinity, -1, -Infinity, 2]),
  upper: tensor([Infinity, 3, 1, Infinity, 2]),
}

const maps = [
  { oneSided: exponential, twoSided: logistic },
  { oneSided: softplusMap, twoSided: logistic },
  { oneSided: hyperbolic, twoSided: sine },
]

describe.each(maps)('$oneSided.name and $twoSided.name', (options) => {
  const free = freeVariables(box, options)

  it('all of space goes into the box, also from afar', () => {
    const numbers = fc.double({ noNaN: true, min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 5, maxLength: 5 }), (x) => {
        const [lower, none, both, all, fixed] = toFloat64Array(free.toBox(tensor(x)))
        expect(lower).toBeGreaterThanOrEqual(0)
        expect(none).toBeLessThanOrEqual(3)
        expect(Math.abs(both ?? Number.NaN)).toBeLessThanOrEqual(1)
        expect([all, fixed]).toEqual([x[3], 2])
      }),
    )
  })

  it('there and back', () => {
    // Distances to a bound from 10⁻³ to 10⁶: every map leads back with the digits that the free number has.
    const distance = fc.double({ noNaN: true, min: -3, max: 6 }).map((power) => 10 ** power)
    const inner = fc.double({ noNaN: true, min: -0.999, max: 0.999 })
    fc.assert(
      fc.property(fc.tuple(distance, distance, inner, inner), ([a, b, c, d]) => {
        const p = tensor([a, 3 - b, c, d, 2])
        expectNear(free.toBox(free.toFree(p)), toArray(p), 1e-11)
      }),
    )
  })

  it('the objective is that of the composed loss, derivatives of orders 1 and 2 included', () => {
    const loss = (x: Tensor): Tensor => add(sum(sin(mul(tensor([1, 2, 3, 4, 5]), x))), mul(0.1, square(sum(x))))
    const through = free.objective(objective(loss))
    const composed = objective((x: Tensor) => loss(free.toBox(x)))
    const number = fc.double({ noNaN: true, min: -3, max: 3 })
    fc.assert(
      fc.property(fc.array(number, { minLength: 5, maxLength: 5 }), (x) => {
        const at = tensor(x)
        expectNear(through.value(at), composed.value(at), 1e-13)
        expectNear(through.valueAndGrad(at), composed.valueAndGrad(at), 1e-12)
        const [left, right] = [through.hessian(at), composed.hessian(at)]
        expectNear(left.matrix(), toArray(right.matrix()), 1e-11)
        const v = tensor([1, -2, 0.5, 3, 1])
        expectNear(left.apply(v), toArray(right.apply(v)), 1e-11)
        if (left.applyMany !== undefined)
          expectNear(left.applyMany(tensor([[1, -2, 0.5, 3, 1]])), [[...toFloat64Array(left.apply(v))]], 1e-11)
      }),
      { numRuns: 30 },
    )
  })

  it('residuals and the Gauss-Newton matrix are those of composed residuals', () => {
    const residuals = (x: Tensor): Tensor =>
      sub(
        matmul(
          tensor([
            [1, 2, 3, 4, 5],
            [0, 1, 0, -1, 2],
          ]),
          square(x),
        ),
        3,
      )
    const through = free.objective(leastSquares(residuals))
    const composed = leastSquares((x: Tensor) => residuals(free.toBox(x)))
    const at = tensor([0.3, -0.2, 0.7, 1, 9])
    const [left, right] = [through.residuals(at), composed.residuals(at)]
    expectNear(left.values, toArray(right.values))
    expectNear(left.matrix(), toArray(right.matrix()), 1e-11)
    expectNear(left.product(at), toArray(right.product(at)), 1e-11)
    expectNear(left.transposed(tensor([1, 2])), toArray(right.transposed(tensor([1, 2]))), 1e-11)
    expectNear(through.gaussNewton(at).matrix(), toArray(composed.gaussNewton(at).matrix()), 1e-11)
  })
})

describe('any optimizer', () => {
  // In −2 ≤ x₁ ≤ 2, x₂ ≥ 0 Rosenbrock's minimum is inside.
  const inside = { lower: tensor([-2, 0]), upper: tensor([2, Infinity]) }

  const findsInside = <F extends StateType>(optimizer: Optimizer<F>): void => {
    const free = freeVariables(inside)
    const run = minimize(optimizer, free.objective(objective(rosenbrock)))
    const { last, reason } = pipe(
      free.toFree(tensor([-1.2, 1])),
      run,
      takeUntil(anyOf(gradientBelow(1e-10), stepsAtMost(200))),
    )
    expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
    expectNear(free.toBox(last.params), [1, 1], 1e-8)
  }

  it('finds a minimum inside of a box', () => {
    findsInside(trustRegion())
    findsInside(saddleFreeNewton())
    findsInside(lbfgs())
  })

  it('first-order, secant and least-squares methods as well, on trees', () => {
    interface Params {
      readonly rate: Tensor
      readonly amplitude: Tensor
    }
    const [x, y] = [tensor([0, 1, 2, 3]), tensor([2, 1, 0.5, 0.25])]
    const start: Params = { amplitude: tensor(1), rate: tensor(0.1) }
    const free = freeVariables<Params>(boxLike(start, { lower: 0, upper: { rate: 3 } }))
    const fit = free.objective(
      leastSquares(({ rate, amplitude }: Params) => sub(mul(amplitude, exp(mul(mul(-1, rate), x))), y)),
    )
    const from = free.toFree(start)
    const [byAdam, bySecants, byResiduals] = [
      pipe(from, minimize(adam({ learningRate: 0.1 }), fit), takeUntil(anyOf(gradientBelow(1e-8), stepsAtMost(3000))))
        .last,
      pipe(from, minimize(lbfgs(), fit), takeUntil(anyOf(gradientBelow(1e-9), stepsAtMost(100)))).last,
      pipe(from, minimize(levenbergMarquardt(), fit), takeUntil(anyOf(gradientBelow(1e-12), stepsAtMost(30)))).last,
    ]
    expectTypeOf(byAdam.params).toEqualTypeOf<Params>()
    for (const { params } of [byAdam, bySecants, byResiduals]) {
      const { rate, amplitude } = free.toBox(params)
      expectNear([rate, amplitude], [Math.log(2), 2], 1e-6)
    }
  })
})

describe('what it costs', () => {
  // f = θ on θ ≥ 0, with the minimum on the bound.
  const bound = { lower: tensor(0), upper: tensor(Infinity) }
  const slide = objective((x: Tensor) => x)

  it('by eˣ a minimum on the bound is at infinity: Newton divides the distance by e in a step, and gradients are slower and slower', () => {
    const free = freeVariables(bound)
    const run = minimize(newton(), free.objective(slide))
    const distances = [10, 20].map((steps) =>
      toNumber(free.toBox(pipe(free.toFree(tensor(1)), run, takeUntil(stepsAtMost(steps))).last.params)),
    )
    expectNear(distances, [Math.exp(-10), Math.exp(-20)], 1e-15)
    const descent = minimize(gradientDescent({ learningRate: 1 }), free.objective(slide))
    const slow = (steps: number): number =>
      toNumber(free.toBox(pipe(free.toFree(tensor(1)), descent, takeUntil(stepsAtMost(steps))).last.params))
    // ẋ = −eˣ has the solution θ = 1/(1 + t): ten times the steps for one more digit.
    expect(slow(1000) * 1000).toBeGreaterThan(0.9)
    expect(slow(100) * 100).toBeGreaterThan(0.9)
  })

  it('the gradient dies out at a wrong bound too, and only the box tells', () => {
    const free = freeVariables({ lower: tensor(0), upper: tensor(1) })
    const climb = objective((x: Tensor) => mul(-1, x))
    const at = free.toFree(tensor(1e-12))
    expect(Math.abs(toNumber(free.objective(climb).valueAndGrad(at)[1]))).toBeLessThan(2e-12)
    expect(projectedGradientNorm(free.box, free.toBox(at), climb.valueAndGrad(free.toBox(at))[1])).toBeGreaterThan(0.99)
  })

  it('by √(x² + 1) − 1 the bound is reached at once, but a wrong bound is stationary', () => {
    const free = freeVariables(bound, { oneSided: hyperbolic })
    // The curvature of √(x² + 1) − 1 vanishes far away, where Newton's step is too long: start where it converges.
    const run = minimize(newton(), free.objective(slide))
    const { last } = pipe(free.toFree(tensor(0.1)), run, takeUntil(stepsAtMost(6)))
    expect(toNumber(free.toBox(last.params))).toBeLessThan(1e-30)
    const climb = free.objective(objective((x: Tensor) => mul(-1, x)))
    const [, gradient] = climb.valueAndGrad(tensor(0))
    expect(Math.abs(toNumber(gradient))).toBe(0)
    expect(toNumber(climb.hessian(tensor(0)).apply(tensor(1)))).toBe(-1)
  })
})

describe('what is refused', () => {
  const free = freeVariables({
    lower: { a: tensor([0, 0]), b: tensor(-1) },
    upper: { a: tensor([1, Infinity]), b: tensor(-1) },
  })

  it('a start on or beyond a bound, with its path and a way out', () => {
    const on = defectOf(() => free.toFree({ a: tensor([0.5, 0]), b: tensor(-1) }))
    expect(on).toContain('between 0 and Infinity for entry 1 of .a, got 0')
    expect(on).toContain('within')
    expect(defectOf(() => free.toFree({ a: tensor([2, 1]), b: tensor(-1) }))).toContain('entry 0 of .a, got 2')
    expect(defectOf(() => free.toFree({ a: tensor([0.5, Number.NaN]), b: tensor(-1) }))).toContain('NaN')
    expect(defectOf(() => free.toFree({ a: tensor([0.5, Infinity]), b: tensor(-1) }))).toContain('got Infinity')
    expect(defectOf(() => free.toFree({ a: tensor([0.5, 1]), b: tensor(0) }))).toContain('.b')
  })

  it('bounds that cross, and bounds that do not fit', () => {
    expect(defectOf(() => freeVariables({ lower: tensor(1), upper: tensor(0) }))).toContain('got 1 and 0')
    const p = { a: tensor([1, 2]), b: [tensor(1)] as const }
    expect(defectOf(() => boxLike(p, { lower: { a: tensor([1, 2, 3]) } }))).toContain('[2] at .a, got [3]')
    expect(defectOf(() => boxLike(p, { lower: 1, upper: 0 }))).toContain('got 1 and 0')
    const wrong: object = { c: 1 }
    expect(defectOf(() => boxLike(p, { lower: wrong }))).toContain('got c')
    expect(toArray(boxLike(p, { lower: { b: [tensor(-3)] } }).lower.b[0])).toBe(-3)
  })

  it('a box around the objective is left behind', () => {
    const known = { lower: tensor(0), upper: tensor(1) }
    const through = freeVariables(known).objective(boundedIn(known)(objective((x: Tensor) => pow(x, 3))))
    expect('bounds' in through).toBe(false)
    expect(through.value(tensor(0))).toBeCloseTo(0.125, 14)
  })

  it('entries may come in another order', () => {
    const ordered = freeVariables({
      lower: { a: tensor(0), b: tensor(-Infinity) },
      upper: { a: tensor(1), b: tensor(5) },
    })
    const { a, b } = ordered.toFree({ b: tensor(4), a: tensor(0.5) })
    expectNear([a, b], [0, 0], 1e-15)
  })
})
