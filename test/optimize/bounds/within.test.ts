import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { abs, add, log, mul, neg, scalar, square, sub, sum, type Tensor, tensor, toArray, toFloat64Array } from 'gradus'
import {
  adam,
  adamw,
  along,
  anyOf,
  type Box,
  backtracking,
  bfgs,
  boundedIn,
  boxLike,
  chain,
  clampInto,
  cubicNewton,
  dampedNewton,
  descend,
  gradientDescent,
  lbfgs,
  lbfgsDirection,
  levenbergMarquardt,
  type MarquardtState,
  type Moments,
  minimize,
  momentum,
  nelderMead,
  newton,
  newtonCG,
  newtonDirection,
  nonlinearCG,
  type Optimizer,
  objective,
  projectedGradientBelow,
  type Stateless,
  type StateType,
  saddleFreeKrylov,
  saddleFreeNewton,
  scaleBy,
  stepsAtMost,
  takeUntil,
  trace,
  trustRegion,
  within,
} from 'gradus/optimize'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { expectNear } from '../../support/near.js'
import { counted, take, workOf } from '../counted.js'
import { rosenbrock } from '../problems.js'

const box = { lower: tensor([-2, -2]), upper: tensor([0.5, 2]) }
const inside = boundedIn(box)(objective(rosenbrock))
const start = tensor([-1.2, 1])

describe('it ends on the bound that cuts off the minimum', () => {
  const run = <F extends StateType>(optimizer: Optimizer<F>, steps: number): void => {
    const { last, reason } = pipe(
      start,
      minimize(within(optimizer), inside),
      takeUntil(anyOf(projectedGradientBelow(1e-6), stepsAtMost(steps))),
    )
    expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
    expectNear(last.params, [0.5, 0.25], 1e-6)
    expect(toFloat64Array(last.params)[0]).toBe(0.5)
  }

  it('first-order methods', () => {
    run(gradientDescent({ learningRate: 1e-3 }), 20_000)
    run(adam({ learningRate: 0.01 }), 3000)
    run(momentum({ learningRate: 1e-3, decay: 0.9 }), 5000)
  })

  it('directions with searches', () => {
    run(bfgs(), 100)
    run(lbfgs(), 100)
    run(nonlinearCG(), 200)
    run(along(lbfgsDirection(), backtracking()), 100)
    run(along(newtonDirection(), backtracking()), 100)
    run(newtonCG(), 100)
  })

  it('models in balls and under cubic terms, and saddle-free steps', () => {
    run(trustRegion(), 100)
    run(cubicNewton(), 100)
    run(saddleFreeNewton(), 500)
    run(saddleFreeKrylov(), 500)
  })
})

describe('gradient descent', () => {
  it('becomes the projected gradient method, to the bit', () => {
    const into = clampInto(box)
    const rate = 0.002
    const its = take(200)(minimize(within(gradientDescent({ learningRate: rate })), inside)(start))
    its.slice(1).forEach(({ params }, i) => {
      const before = its[i]
      if (before === undefined) throw new Error('no step')
      expect(toArray(params)).toEqual(toArray(into(add(before.params, mul(-rate, before.gradient)))))
    })
  })

  it('may leave and meet bounds on the way', () => {
    // From a corner in which one bound is right and the other is not.
    const loss = objective((x: Tensor) => sum(square(sub(x, tensor([3, 0.5])))))
    const corner = boundedIn(boxLike(start, { lower: 0, upper: 1 }))(loss)
    const { last } = pipe(
      tensor([1, 1]),
      minimize(within(gradientDescent({ learningRate: 0.1 })), corner),
      takeUntil(projectedGradientBelow(1e-9)),
    )
    expectNear(last.params, [1, 0.5], 1e-9)
  })
})

describe('curvature', () => {
  // Bertsekas' warning: the whole inverse Hessian, projected, goes up; that of what is free goes down.
  const skew = objective((x: Tensor) => {
    const [a, b] = [sum(mul(tensor([1, 0]), x)), sum(mul(tensor([0, 1]), x))]
    return add(mul(0.5, add(square(a), square(b))), add(mul(-0.9, mul(a, b)), add(a, mul(-0.1, b))))
  })
  const quadrant = { lower: tensor([0, 0]), upper: tensor([Infinity, Infinity]) }

  it('the Newton step of all parameters, projected, raises the loss; that of the free ones finds the minimum at once', () => {
    const at = tensor([0, 0.05])
    const [, whole] = take(2)(minimize(newton(), skew)(at))
    const step = sub(whole?.params ?? at, at)
    for (const part of [1, 0.1, 0.001])
      expect(skew.value(clampInto(quadrant)(add(at, mul(part, step))))).toBeGreaterThan(skew.value(at))
    const optimizer = within(along(newtonDirection(), backtracking()))
    const [, next] = take(2)(minimize(optimizer, boundedIn(quadrant)(skew))(at))
    expectNear(next?.params ?? at, [0, 0.1], 1e-12)
  })
})

describe('what it costs and keeps', () => {
  it('without finite bounds the steps are those of the optimizer, and so are state and work', () => {
    const everywhere = boundedIn(boxLike(start, {}))(objective(rosenbrock))
    const check = <F extends StateType>(optimizer: Optimizer<F>): void => {
      const [free, bound] = [
        take(10)(minimize(optimizer, objective(rosenbrock))(start)),
        take(10)(minimize(within(optimizer), everywhere)(start)),
      ]
      expect(bound.map(({ params, value, state, work }) => [toArray(params), value, state, work])).toEqual(
        free.map(({ params, value, state, work }) => [toArray(params), value, state, work]),
      )
    }
    check(trustRegion())
    check(cubicNewton())
    check(dampedNewton())
    check(lbfgs())
    check(momentum({ learningRate: 1e-4 }))
  })

  it('counts what it asks, and asks for nothing outside of the box', () => {
    const check = <F extends StateType>(optimizer: Optimizer<F>): void => {
      const watched = counted(rosenbrock)
      const seen: Array<Tensor> = []
      const around = boundedIn(box)({
        ...watched.objective,
        value: (p: Tensor) => {
          seen.push(p)
          return watched.objective.value(p)
        },
        valueAndGrad: (p: Tensor) => {
          seen.push(p)
          return watched.objective.valueAndGrad(p)
        },
      })
      const last = take(12)(minimize(within(optimizer), around)(start)).at(-1)
      const { solves, ...work } = last?.work ?? { solves: 0 }
      expect(solves).toBeGreaterThanOrEqual(0)
      expect(work).toEqual(workOf(watched, 2))
      for (const p of seen) expect(toArray(clampInto(box)(p))).toEqual(toArray(p))
    }
    check(lbfgs())
    check(along(newtonDirection(), backtracking()))
    check(trustRegion())
  })

  it('a search that failed is paid for, with its decompositions', () => {
    const vain: Optimizer<Stateless> = {
      name: 'vain',
      init: () => null,
      step: () => (last) =>
        E.left({
          _tag: 'NoDecrease',
          tried: [1],
          best: last.value,
          advice: '',
          last,
          spent: { evaluations: 2, products: 5, solves: 3 },
        }),
    }
    const its = take(2)(minimize(within(vain), inside)(start))
    expect(its.length).toBe(2)
    const [before, after] = its
    expect(after?.work.solves).toBe(3)
    expect(after?.work.products).toBe(5)
    // Two of the search, and one for each length that is tried along the projected gradient.
    expect(after?.work.evaluations).toBeGreaterThan(2)
    expect((after?.work.gradients ?? 0) - (before?.work.gradients ?? 0)).toBe(1)
  })

  it('a loss that is no number outside of the box is no obstacle', () => {
    const moved = (x: Tensor): Tensor => add(x, 0.1)
    const entropy = objective((x: Tensor) => sum(sub(mul(moved(x), log(moved(x))), mul(tensor([0, 2, -8]), x))))
    const positive = boundedIn(boxLike(tensor([1, 1, 1]), { lower: 0 }))(entropy)
    const { last } = pipe(
      tensor([1, 1, 1]),
      minimize(within(along(newtonDirection(), backtracking())), positive),
      takeUntil(anyOf(projectedGradientBelow(1e-9), stepsAtMost(60))),
    )
    expectNear(last.params, [Math.exp(-1) - 0.1, Math.E - 0.1, 0], 1e-8)
  })

  it('a search that finds nothing on the kinked path gives way to a projected gradient step', () => {
    // Along −∇f the slope jumps from below to far above 0 where the first bound is met: no point of the path is flat.
    const kinked = objective((x: Tensor) => sum(add(mul(tensor([10, 1]), neg(x)), mul(tensor([0, 3]), abs(sub(x, 2))))))
    const around = boundedIn({ lower: tensor([0, 0]), upper: tensor([1, 5]) })(kinked)
    const its = take(6)(minimize(within(lbfgs()), around)(tensor([0.5, 1.8])))
    expect(its.length).toBeGreaterThan(1)
    its.slice(1).forEach(({ value }, i) => {
      expect(value).toBeLessThanOrEqual(its[i]?.value ?? Infinity)
    })
  })
})

describe('types', () => {
  it('states keep their types, and what an optimizer asks is asked with a box', () => {
    const states = takeUntil(stepsAtMost(0))(minimize(within(adam({ learningRate: 0.1 })), inside)(start)).last.state
    expectTypeOf(states).toEqualTypeOf<readonly [Moments<Tensor>, null]>()
    const chained = descend('mine', chain(trace(0.5), scaleBy(-0.1)))
    expectTypeOf(takeUntil(stepsAtMost(0))(minimize(within(chained), inside)(start)).last.state).toEqualTypeOf<
      readonly [Tensor, null]
    >()
    expectTypeOf(within(levenbergMarquardt())).toEqualTypeOf<
      Optimizer<MarquardtState, 'value' | 'valueAndGrad' | 'residuals' | 'bounds'>
    >()
    // @ts-expect-error: the objective has no box.
    minimize(within(adamw({ learningRate: 0.1 })), objective(rosenbrock))
    // @ts-expect-error: the objective has no residuals.
    minimize(within(levenbergMarquardt()), inside)
    // @ts-expect-error: values alone do not tell which bounds hold a point.
    within(nelderMead())
  })

  it('names what it is', () => {
    expect(within(lbfgs()).name).toBe('l-bfgs in a box')
  })
})

const walkOf =
  <F extends StateType>(optimizer: Optimizer<F>) =>
  (around: Box<Tensor>, at: Tensor): ReadonlyArray<Tensor> =>
    take(6)(minimize(within(optimizer), boundedIn(around)(objective(rosenbrock)))(at)).map(({ params }) => params)

const walks = [
  walkOf(gradientDescent({ learningRate: 0.01 })),
  walkOf(adam({ learningRate: 0.5 })),
  walkOf(lbfgs()),
  walkOf(trustRegion()),
  walkOf(along(newtonDirection(), backtracking())),
  walkOf(saddleFreeNewton()),
]

it('every iterate is in the box, whatever it is', () => {
  const number = fc.double({ noNaN: true, min: -3, max: 3 })
  const cases = fc.record({
    low: fc.tuple(number, number),
    wide: fc.tuple(fc.double({ noNaN: true, min: 0, max: 2 }), fc.constantFrom(0, 1, Infinity)),
    at: fc.tuple(number, number),
  })
  fc.assert(
    fc.property(cases, fc.constantFrom(...walks), ({ low, wide, at }, walk) => {
      const around = { lower: tensor(low), upper: tensor(low.map((x, i) => x + (wide[i] ?? 0))) }
      const its = walk(around, clampInto(around)(tensor(at)))
      for (const params of its) expect(toArray(clampInto(around)(params))).toEqual(toArray(params))
      expect(its.length).toBeGreaterThan(0)
    }),
    { numRuns: 60 },
  )
})

it('scalars and trees', () => {
  const at = { a: scalar(1), b: [tensor([2, 3])] as const }
  const loss = objective(({ a, b: [c] }: typeof at) => add(square(a), sum(square(c))))
  const around = boundedIn(boxLike(at, { lower: { a: 0.5 }, upper: { b: 2.5 } }))(loss)
  const from = clampInto(around.bounds())(at)
  const { last } = pipe(
    from,
    minimize(within(lbfgs()), around),
    takeUntil(anyOf(projectedGradientBelow(1e-9), stepsAtMost(20))),
  )
  expectNear([last.params.a, last.params.b[0]], [0.5, [0, 0]], 1e-9)
})
