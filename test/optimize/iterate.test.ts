import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  atan,
  erf,
  exp,
  greater,
  log,
  mul,
  reciprocal,
  sqrt,
  square,
  sum,
  type Tensor,
  tensor,
  toNumber,
  where,
} from 'gradus'
import {
  adam,
  anyOf,
  dampedNewton,
  every,
  gradientBelow,
  gradientDescent,
  type Iterate,
  minimize,
  momentum,
  newton,
  type Optimizer,
  objective,
  resume,
  type StateType,
  type Stop,
  saddleFreeKrylov,
  saddleFreeNewton,
  showStepFailure,
  stepsAtMost,
  takeUntil,
  valueBelow,
  workAtMost,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { alternating, counted, take } from './counted.js'
import { himmelblau, rosenbrock } from './problems.js'

const start = tensor([-1.2, 1])

/** Everything about an iterate that is numbers. */
const bits = <P, S>({ step, params, state, value, gradient, gradientNorm, work }: Iterate<P, S>): unknown => [
  step,
  params,
  state === null ? [] : leavesOf(state),
  value,
  gradient,
  gradientNorm,
  Object.values(work),
]

/** States hold trees beside numbers and nulls; only the order of their parts matters here. */
const leavesOf = (state: unknown): ReadonlyArray<unknown> =>
  Array.isArray(state)
    ? state.flatMap(leavesOf)
    : typeof state === 'number'
      ? [state]
      : state === null || typeof state !== 'object'
        ? []
        : 'shape' in state
          ? [state]
          : Object.values(state).flatMap(leavesOf)

/** A law of runs, for every optimizer. */
const forEveryOptimizer = (body: <F extends StateType>(optimizer: Optimizer<F>) => void): void => {
  body(gradientDescent({ learningRate: 1e-3 }))
  body(momentum({ learningRate: 1e-4 }))
  body(adam({ learningRate: 0.05 }))
  body(newton())
  body(dampedNewton({ damping: [100, 1, 0.01] }))
  body(saddleFreeNewton({ damping: [100, 1, 0.01] }))
  body(saddleFreeKrylov({ dimension: 2, innerSteps: 2, damping: [100, 1, 0.01] }))
}

describe('minimize', () => {
  it('evaluates nothing before it is asked', () => {
    const watched = counted(rosenbrock)
    forEveryOptimizer((optimizer) => {
      minimize(optimizer, watched.objective)(start)
      every(2)(minimize(optimizer, watched.objective)(start))[Symbol.iterator]()
    })
    expect(watched.asked).toEqual([])
  })

  it('takes a step only for an iterate that is asked for', () => {
    const watched = counted(rosenbrock)
    const iterator = minimize(gradientDescent({ learningRate: 1e-3 }), watched.objective)(start)[Symbol.iterator]()
    iterator.next()
    expect(watched.asked).toEqual(['gradient'])
    iterator.next()
    expect(watched.asked).toEqual(['gradient', 'gradient'])
  })

  it('begins with the point itself', () => {
    const [first] = take(1)(minimize(newton(), objective(rosenbrock))(start))
    expectSameBits(first?.params, start)
    expect(first?.step).toBe(0)
    expect(first?.value).toBe(toNumber(rosenbrock(start)))
  })

  it('can be walked again, with the same bits', () => {
    forEveryOptimizer((optimizer) => {
      const run = minimize(optimizer, objective(rosenbrock))(start)
      expectSameBits(take(8)(run).map(bits), take(8)(run).map(bits))
    })
  })

  it('can be walked by two at once', () => {
    const run = minimize(adam({ learningRate: 0.05 }), objective(rosenbrock))(start)
    const [a, b] = [run[Symbol.iterator](), run[Symbol.iterator]()]
    const interleaved = [a.next(), a.next(), b.next(), a.next(), b.next(), b.next()].map(({ value }) => value)
    expect(interleaved.map((it) => ('step' in it ? it.step : -1))).toEqual([0, 1, 0, 2, 1, 2])
    expect(interleaved[3]).toEqual(interleaved[5])
  })

  it('evaluates each iterate under the objective of its own step, which takes the step from it', () => {
    const losses = [rosenbrock, himmelblau]
    const run = minimize(gradientDescent({ learningRate: 1e-3 }), alternating(losses))(start)
    for (const { step, params, value } of take(5)(run))
      expect(value).toBe(toNumber((losses[step % 2] ?? rosenbrock)(params)))
  })
})

describe('resume', () => {
  it('after m steps for n is a run of m + n, to the bit', () => {
    forEveryOptimizer((optimizer) => {
      const [m, n] = [5, 4]
      const whole = take(m + n)(minimize(optimizer, objective(rosenbrock))(start))
      const half = whole[m - 1]
      if (half === undefined) throw new Error(`${optimizer.name} made fewer than ${m} iterates`)
      const { step, params, state, work } = half
      const rest = take(n + 1)(resume(optimizer, objective(rosenbrock))({ step, params, state, work }))
      // Looking at the point again costs one gradient more.
      const without = whole
        .slice(m - 1)
        .map((it) => ({ ...it, work: { ...it.work, gradients: it.work.gradients + 1 } }))
      expectSameBits(rest.map(bits), without.map(bits))
    })
  })

  it('goes on with the objective of the step where it stands', () => {
    const optimizer = momentum({ learningRate: 1e-3 })
    const objectives = alternating([rosenbrock, himmelblau, (x: Tensor) => sum(square(x))])
    const whole = take(9)(minimize(optimizer, objectives)(start))
    const half = whole[4]
    if (half === undefined) throw new Error('the run ended early')
    const rest = take(5)(resume(optimizer, objectives)(half))
    expectSameBits(
      rest.map(({ params, value }) => [params, value]),
      whole.slice(4).map(({ params, value }) => [params, value]),
    )
  })
})

describe('every', () => {
  const run = minimize(gradientDescent({ learningRate: 1e-3 }), objective(rosenbrock))(start)

  it('keeps steps that are multiples', () => {
    expect(take(4)(every(3)(run)).map(({ step }) => step)).toEqual([0, 3, 6, 9])
    expectSameBits(take(2)(every(3)(run))[1]?.params, take(4)(run)[3]?.params)
  })

  it('keeps the failure', () => {
    // 1, then 0.5, then beyond 0.
    const failing = minimize(
      gradientDescent({ learningRate: 0.5 }),
      objective((x: Tensor) => sum(log(x))),
    )(tensor([1]))
    const { reason } = takeUntil(stepsAtMost(100))(every(7)(failing))
    expect(E.isLeft(reason)).toBe(true)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d', (n) => {
    expect(defectOf(() => every(n))).toMatch(/^InvalidArgument: every: expected an integer of 1 or more/)
  })
})

const until = <F extends StateType>(optimizer: Optimizer<F>, loss: (x: Tensor) => Tensor, x: Tensor, stop: Stop) =>
  pipe(x, minimize(optimizer, objective(loss)), takeUntil(stop))

describe('takeUntil', () => {
  const descent = gradientDescent({ learningRate: 1e-3 })

  it('ends with the first iterate that a rule stops at, and says why', () => {
    const steps = until(descent, rosenbrock, start, stepsAtMost(3))
    expect(steps.reason).toEqual(E.right({ _tag: 'StepsReached', steps: 3 }))
    expect(steps.last.step).toBe(3)
    const value = until(descent, rosenbrock, start, valueBelow(4.2))
    expect(value.reason).toEqual(E.right({ _tag: 'ValueBelow', target: 4.2, value: value.last.value }))
    const gradient = until(newton(), rosenbrock, start, gradientBelow(1e-6))
    expect(gradient.reason).toEqual(
      E.right({ _tag: 'GradientBelow', tolerance: 1e-6, gradientNorm: gradient.last.gradientNorm }),
    )
    expect(gradient.last.gradientNorm).toBeLessThan(1e-6)
    const work = until(newton(), rosenbrock, start, workAtMost(5))
    expect(work.reason).toEqual(E.right({ _tag: 'WorkSpent', budget: 5, spent: 7 }))
  })

  it('stops at the start without a step, where a rule holds there', () => {
    const watched = counted(rosenbrock)
    const { last } = pipe(start, minimize(descent, watched.objective), takeUntil(stepsAtMost(0)))
    expect(last.step).toBe(0)
    expect(watched.asked).toEqual(['gradient'])
  })

  it('asks for no iterate after the last', () => {
    const watched = counted(rosenbrock)
    pipe(start, minimize(descent, watched.objective), takeUntil(stepsAtMost(4)))
    expect(watched.count('gradient')).toBe(5)
  })
})

/** Every rule that could call a run converged or done. */
const anything = anyOf(gradientBelow(1e300), valueBelow(1e300), stepsAtMost(0), workAtMost(0))

describe('a run that meets NaN or infinity', () => {
  const descent = gradientDescent({ learningRate: 1 })

  it.each<readonly [string, (x: Tensor) => Tensor, number, 'value' | 'gradient']>([
    ['a value NaN', (x) => sum(log(x)), -1, 'value'],
    ['a value −∞', (x) => sum(log(x)), 0, 'value'],
    ['a value +∞', (x) => sum(exp(square(x))), 40, 'value'],
    ['a gradient that is infinite', (x) => sum(sqrt(x)), 0, 'gradient'],
  ])('from its start, %s, fails at once and is never called converged', (_, loss, x, quantity) => {
    const { last, reason } = until(descent, loss, tensor([x]), anything)
    expect(reason).toMatchObject(E.left({ _tag: 'NonFinite', quantity }))
    expectSameBits(last.params, tensor([x]))
  })

  it.each<readonly [string, (x: Tensor) => Tensor, number, 'value' | 'gradient']>([
    // Both steps lead from 1 to 0.
    ['the value', (x) => sum(log(x)), 1, 'value'],
    ['the gradient', (x) => sum(where(greater(x, 0.5), x, sqrt(x))), 1, 'gradient'],
  ])('after a step, in %s, keeps the last good iterate and says what to try', (_, loss, x, quantity) => {
    const { last, reason } = until(descent, loss, tensor([x]), stepsAtMost(100))
    if (E.isRight(reason)) throw new Error('expected a failure')
    expect(reason.left._tag === 'NonFinite' && reason.left.quantity).toBe(quantity)
    expect(reason.left.last).toBe(last)
    expect(Number.isFinite(last.value) && Number.isFinite(last.gradientNorm)).toBe(true)
    expect(reason.left.advice).toMatch(/Try .*explain/)
    expect(showStepFailure(reason.left)).toMatch(new RegExp(`^the ${quantity} is not finite at step 0 .*Try`))
  })

  it('in the parameters alone is a failure as well: a loss that saturates is not converged at infinity', () => {
    const { last, reason } = until(
      momentum({ learningRate: 1e308, decay: 0.99 }),
      (x) => sum(mul(1e3, atan(x))),
      tensor([1]),
      anyOf(gradientBelow(1e-8), stepsAtMost(9)),
    )
    expect(reason).toMatchObject(E.left({ _tag: 'NonFinite', quantity: 'step' }))
    expectSameBits(last.params, tensor([1]))
  })

  it('in the curvature tells so', () => {
    // x + x¹·⁵ has the gradient 1 at 0 and no second derivative.
    const loss = (x: Tensor): Tensor => sum(add(x, mul(x, sqrt(x))))
    const expectTold = <F extends StateType>(optimizer: Optimizer<F>): void => {
      const { reason } = until(optimizer, loss, tensor([0]), stepsAtMost(5))
      expect(reason).toMatchObject(E.left({ _tag: 'NonFinite', quantity: 'curvature' }))
    }
    expectTold(newton())
    expectTold(dampedNewton())
    expectTold(saddleFreeNewton())
    expectTold(saddleFreeKrylov())
  })

  it('in one trial only, another damping is taken', () => {
    // Near its pole the reciprocal is convex; a long step crosses to where the root is NaN.
    const loss = (x: Tensor): Tensor => sum(mul(sqrt(x), erf(reciprocal(x))))
    const optimizer = saddleFreeNewton({ damping: [1e-6, 1e3] })
    const [, next] = take(2)(minimize(optimizer, objective(loss))(tensor([0.3])))
    expect(next?.state.damping).toBe(1e3)
    expect(Number.isFinite(next?.value)).toBe(true)
  })
})

describe('the type of a failure', () => {
  it('is told in words for every case', () => {
    const failures = [
      until(newton(), (x) => sum(x), tensor([1]), stepsAtMost(3)),
      until(dampedNewton({ damping: [1e-3, 1e-2] }), (x) => add(1e20, sum(x)), tensor([1]), stepsAtMost(3)),
    ].flatMap(({ reason }) => (E.isLeft(reason) ? [showStepFailure(reason.left)] : []))
    expect(failures).toEqual([
      expect.stringMatching(
        /^the curvature has the eigenvalue 0, which cannot be inverted, at step 0 .*positive damping/,
      ),
      expect.stringMatching(
        /^none of the dampings 0\.001, 0\.01 lowers the loss \(best .*\) at step 0 .*may be a minimum/,
      ),
    ])
  })
})
