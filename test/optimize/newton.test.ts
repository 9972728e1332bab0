import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { add, dot, matmul, mul, neg, square, sum, type Tensor, tensor, toFloat64Array, transpose } from 'gradus'
import { evenly, gradientFlat, planePoint, symmetricMatrices, tensors } from 'gradus/laws'
import {
  dampedNewton,
  minimize,
  newton,
  type Objective,
  type Optimizer,
  objective,
  type StateType,
  saddleFreeNewton,
  stepsAtMost,
  takeUntil,
  trialDampings,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { counted, take } from './counted.js'
import { rosenbrock } from './problems.js'

/** ½ Σ aᵢ xᵢ². */
const parabola =
  (a: ReadonlyArray<number>) =>
  (x: Tensor): Tensor =>
    mul(0.5, sum(mul(tensor([...a]), square(x))))

const second = <F extends StateType, P>(optimizer: Optimizer<F>, loss: (p: P) => Tensor, p: P) => {
  const [, next] = take(2)(minimize(optimizer, objective(loss))(p))
  if (next === undefined) throw new Error(`${optimizer.name} took no step`)
  return next
}

const failureOf = <F extends StateType, P>(optimizer: Optimizer<F>, loss: (p: P) => Tensor, p: P) => {
  const { reason } = takeUntil(stepsAtMost(1))(minimize(optimizer, objective(loss))(p))
  if (E.isRight(reason)) throw new Error(`${optimizer.name} took a step`)
  return reason.left
}

describe('the multipliers of one step, direction by direction', () => {
  const eigenvalues = [4, 0.5, -0.5, -4]
  const ones = tensor([1, 1, 1, 1])

  it('newton: 0 for every kind', () => {
    expectNear(second(newton(), parabola(eigenvalues), ones).params, [0, 0, 0, 0], 1e-15)
  })

  it('damped newton: a / (λ + a), which attracts with a change of sign, or repels, by the size of a', () => {
    for (const a of [0.1, 0.3, 1, 3, 10])
      expectNear(
        second(dampedNewton({ damping: a }), parabola(eigenvalues), ones).params,
        eigenvalues.map((value) => a / (value + a)),
        1e-14,
      )
    const multiplier = (a: number) =>
      toFloat64Array(second(dampedNewton({ damping: a }), parabola([-1]), tensor([1])).params)[0] ?? 0
    // a < |λ|/2: attracted; |λ|/2 < a < |λ|: repelled with the sign flipped; a > |λ|: repelled.
    expect(multiplier(0.4)).toBeLessThan(0)
    expect(multiplier(0.4)).toBeGreaterThan(-1)
    expect(multiplier(0.75)).toBeLessThan(-1)
    expect(multiplier(1.5)).toBeGreaterThan(1)
  })

  it('saddle-free: a / (λ + a) above 0 and 1 + |λ| / (|λ| + a) below', () => {
    for (const a of [0, 0.1, 1, 10])
      expectNear(
        second(saddleFreeNewton({ damping: a }), parabola(eigenvalues), ones).params,
        eigenvalues.map((value) => (value > 0 ? a / (value + a) : 1 - value / (a - value))),
        1e-14,
      )
  })

  it('a step length η: 1 − η above 0 and 1 + η below', () => {
    for (const stepLength of [0.25, 0.5, 1.5])
      expectNear(
        second(saddleFreeNewton({ damping: 0, stepLength }), parabola(eigenvalues), ones).params,
        eigenvalues.map((value) => (value > 0 ? 1 - stepLength : 1 + stepLength)),
        1e-14,
      )
    expectNear(
      second(newton({ stepLength: 0.25 }), parabola(eigenvalues), ones).params,
      [0.75, 0.75, 0.75, 0.75],
      1e-14,
    )
  })
})

describe('newton', () => {
  it('solves a quadratic with a linear part in one step', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((n) => fc.tuple(symmetricMatrices('positive', n), tensors([n]), tensors([n]))),
        ([{ matrix }, linear, at]) => {
          const loss = (x: Tensor): Tensor => add(mul(0.5, dot(x, matmul(matrix, x))), dot(linear, x))
          const { params, gradientNorm } = second(newton(), loss, at)
          expect(gradientNorm).toBeLessThan(1e-12)
          expectNear(matmul(matrix, params), neg(linear), 1e-12)
        },
      ),
    )
  })

  it('keeps the eigenvalues of the point where the step began', () => {
    const { state } = second(newton(), parabola([3, -1, 2]), tensor([1, 1, 1]))
    expect(state).toEqual({ damping: 0, eigenvalues: [-1, 2, 3] })
  })
})

describe('singular curvature', () => {
  it('is a failure where the gradient is not zero: it names the eigenvalue and keeps the point', () => {
    const loss = (x: Tensor): Tensor => add(parabola([0, 2])(x), sum(x))
    for (const optimizer of [newton(), saddleFreeNewton({ damping: 0 })]) {
      const failure = failureOf(optimizer, loss, tensor([1, 1]))
      expect(failure).toMatchObject({ _tag: 'Singular', eigenvalue: 0 })
      expectSameBits(failure.last.params, tensor([1, 1]))
      expect(failure.advice).toMatch(/positive damping/)
    }
    expect(
      failureOf(dampedNewton({ damping: 2 }), (x: Tensor) => add(parabola([-2, 2])(x), sum(x)), tensor([1, 1])),
    ).toMatchObject({
      _tag: 'Singular',
      eigenvalue: -2,
    })
  })

  it('is one to working precision: a kernel that rounding hides is found, and where the gradient has no part in it, nothing moves', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 5 })
          .chain((n) => fc.tuple(symmetricMatrices('moderate', n), tensors([n], { min: 0.5, max: 3 }))),
        ([{ basis, eigenvalues }, coordinates]) => {
          // A = Q diag(0, λ₂, …) Qᵀ: its least eigenvalue is computed as 1e-17 or so, of either sign.
          const flattened = tensor([0, ...eigenvalues.slice(1)])
          const matrix = matmul(mul(basis, flattened), transpose(basis))
          const at = matmul(basis, coordinates)
          const bowl = (x: Tensor): Tensor => mul(0.5, dot(x, matmul(matrix, x)))
          const kernel = matmul(basis, tensor(eigenvalues.map((_, i) => (i === 0 ? 1 : 0))))
          const tilted = (x: Tensor): Tensor => add(bowl(x), dot(kernel, x))
          expect(failureOf(newton(), tilted, at)._tag).toBe('Singular')
          const reached = second(newton(), bowl, at).params
          const along = toFloat64Array(matmul(transpose(basis), reached))
          const kept = toFloat64Array(coordinates)[0] ?? Number.NaN
          expectNear([...along], [kept, ...Array.from({ length: along.length - 1 }, () => 0)], 1e-12)
        },
      ),
    )
  })

  it('is none where the gradient is exactly 0', () => {
    const { params } = second(dampedNewton({ damping: 1 }), parabola([-1, 2]), tensor([0, 1]))
    expectNear(params, [0, 1 / 3], 1e-15)
    expectNear(second(newton(), parabola([0, 2]), tensor([5, 1])).params, [5, 0], 1e-15)
  })

  it('near a gradient-flat point the undamped step fails or goes far away; it is never called converged', () => {
    const { last, reason } = takeUntil(stepsAtMost(3))(
      minimize(saddleFreeNewton({ damping: 0 }), objective(gradientFlat))(planePoint(Math.SQRT2, 0)),
    )
    expect(E.isLeft(reason) || last.gradientNorm > 1).toBe(true)
  })
})

describe('dampings to try', () => {
  it('every one is valued and the best is kept', () => {
    fc.assert(
      fc.property(evenly(-2, 2), evenly(-1, 3), (x, y) => {
        const at = tensor([x, y])
        const dampings = [1e-3, 1, 1e3]
        const watched = counted(rosenbrock)
        const [first, next] = take(2)(minimize(saddleFreeNewton({ damping: dampings }), watched.objective)(at))
        const values = dampings.map((damping) => second(saddleFreeNewton({ damping }), rosenbrock, at).value)
        // Else larger ones are tried, if the point is not the minimum.
        fc.pre(Math.min(...values) < (first?.value ?? Number.NaN))
        expect(next?.value).toBe(Math.min(...values))
        expect(next?.state.damping).toBe(dampings[values.indexOf(Math.min(...values))])
        expect(watched.count('value')).toBe(3)
      }),
    )
  })

  it('grow tenfold beyond the set, until one lowers the loss', () => {
    // f'' = −12, so that any λ below 12 climbs.
    const loss = (x: Tensor): Tensor => neg(sum(mul(square(x), square(x))))
    const watched = counted(loss)
    const [, next] = take(2)(minimize(dampedNewton({ damping: [1e-3, 1e-2] }), watched.objective)(tensor([1])))
    expect(next?.state.damping).toBeCloseTo(100, 12)
    expect(next?.value).toBeLessThan(-1)
    // 10⁻³, 10⁻², 0.1, 1, 10, 100.
    expect([watched.count('value'), next?.work.evaluations]).toEqual([6, 6])
    // Also beyond the reach of the default set, where the curvature is 10³ and more.
    const [, valley] = take(2)(minimize(saddleFreeNewton(), objective(rosenbrock))(tensor([-1.17049, 1.36735])))
    expect(valley?.state.damping).toBeGreaterThan(1)
  })

  it('are a failure when the loss is not lowered up to steps that are rounding', () => {
    const honest = objective((x: Tensor) => sum(square(x)))
    const lie: Objective<Tensor> = {
      ...honest,
      valueAndGrad: (x) => {
        const [value, gradient] = honest.valueAndGrad(x)
        return [value, neg(gradient)]
      },
    }
    const { reason } = takeUntil(stepsAtMost(1))(
      minimize(saddleFreeNewton({ damping: [1e-3, 1e-2] }), lie)(tensor([1])),
    )
    const failure = E.isLeft(reason) ? reason.left : undefined
    const tried = failure?._tag === 'NoDecrease' ? failure.tried : []
    expect(tried.slice(0, 3)).toEqual([1e-3, 1e-2, 0.1])
    // A step that is shorter by ε than Newton's is rounding.
    expect(Math.log10(tried[tried.length - 1] ?? 0)).toBeCloseTo(16, 12)
    expect(failure?._tag === 'NoDecrease' && failure.best).toBeGreaterThanOrEqual(1)
    expect(failure?.advice).toMatch(/minimum.*wrong derivative/)
  })

  it('do not grow where the loss cannot show what they would gain', () => {
    // The unit in the last place of 10²⁰ is 16,384; a step of 1/λ gains less for every larger λ.
    const failure = failureOf(dampedNewton({ damping: [1e-3, 1e-2] }), (x: Tensor) => add(1e20, sum(x)), tensor([1]))
    expect(failure).toMatchObject({ _tag: 'NoDecrease', tried: [1e-3, 1e-2], best: 1e20 })
  })

  it('never let the loss increase, also when singular ones leave only one of them', () => {
    // With 0 the step is infinite along the flat axis; with 1 alone the other component climbs.
    const loss = ({ flat, steep }: { readonly flat: Tensor; readonly steep: Tensor }): Tensor =>
      add(mul(1e-3, flat), neg(mul(square(steep), square(steep))))
    const { state, value } = second(dampedNewton({ damping: [0, 1] }), loss, { flat: tensor(0), steep: tensor(1) })
    expect(state.damping).toBe(10)
    expect(value).toBeLessThan(-1)
  })

  it('are by default seven orders of magnitude', () => {
    expect(trialDampings).toEqual([1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
    expect(Math.log10(second(saddleFreeNewton(), rosenbrock, tensor([0.5, 0.5])).state.damping ?? 0) % 1).toBeCloseTo(
      0,
      12,
    )
  })

  it('a single number is used as it is, even if the loss rises', () => {
    const { value } = second(dampedNewton({ damping: 1e-3 }), (x: Tensor) => neg(sum(square(x))), tensor([1]))
    expect(value).toBeGreaterThan(-1)
  })
})

describe('invalid options are defects that name the optimizer', () => {
  it.each([Number.NaN, -1e-3, Infinity])('a damping of %d', (damping) => {
    expect(defectOf(() => dampedNewton({ damping }))).toMatch(/^InvalidArgument: dampedNewton: .*damping.*got/)
    expect(defectOf(() => saddleFreeNewton({ damping: [1, damping] }))).toMatch(
      /^InvalidArgument: saddleFreeNewton: .*damping/,
    )
  })

  it('no damping to try', () => {
    expect(defectOf(() => dampedNewton({ damping: [] }))).toMatch(
      /^InvalidArgument: dampedNewton: .*damping .* a list of them, got \[\]/,
    )
  })

  it.each([0, -1, Number.NaN, Infinity])('a step length of %d', (stepLength) => {
    for (const make of [newton, dampedNewton, saddleFreeNewton])
      expect(defectOf(() => make({ stepLength }))).toMatch(/^InvalidArgument: \w*[nN]ewton: .*stepLength/)
  })
})

interface Model {
  readonly weights: Tensor
  readonly layers: ReadonlyArray<{ readonly bias: Tensor }>
}

describe('trees of parameters', () => {
  it('are one vector to the curvature, whatever their type', () => {
    const loss = ({ weights, layers: [layer] }: Model): Tensor =>
      rosenbrock(add(mul(tensor([1, 0]), weights), mul(tensor([0, 1]), layer?.bias ?? weights)))
    const start: Model = { weights: tensor(-1.2), layers: [{ bias: tensor(1) }] }
    for (const optimizer of [newton(), dampedNewton({ damping: 10 }), saddleFreeNewton({ damping: 1 })]) {
      const trees = take(6)(minimize(optimizer, objective(loss))(start))
      const vectors = take(6)(minimize(optimizer, objective(rosenbrock))(tensor([-1.2, 1])))
      expectNear(
        trees.map(({ params }) => [params.weights, params.layers[0]?.bias]),
        vectors.map(({ params }) => params),
        1e-9,
      )
    }
  })
})
