import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Tensor, toFloat64Array } from 'gradus'
import {
  anyOf,
  dampedNewton,
  gradientBelow,
  minimize,
  newton,
  type Optimizer,
  objective,
  type StateType,
  saddleFreeKrylov,
  saddleFreeNewton,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { type Problem, problems } from './problems.js'

const reached = <F extends StateType>(optimizer: Optimizer<F>, { loss, start }: Problem) =>
  pipe(start, minimize(optimizer, objective(loss)), takeUntil(anyOf(gradientBelow(1e-9), stepsAtMost(500))))

const distanceTo = (x: Tensor, minimizer: ReadonlyArray<number>): number =>
  Math.hypot(...toFloat64Array(x).map((entry, i) => entry - (minimizer[i] ?? Number.NaN)))

/** From gradient steps to Newton's. */
const dampings = Array.from({ length: 12 }, (_, i) => 10 ** (4 - i))

/** The gradient vanishes, or as far as values can tell: near a minimum above 0 they stop falling before it does. */
const expectMinimum = <F extends StateType>(optimizer: Optimizer<F>, problem: Problem): void => {
  const { last, reason } = reached(optimizer, problem)
  expect(['GradientBelow', 'NoDecrease']).toContain(E.isRight(reason) ? reason.right._tag : reason.left._tag)
  expect(last.gradientNorm).toBeLessThan(1e-7)
  expect(Math.min(...problem.minimizers.map((each) => distanceTo(last.params, each)))).toBeLessThan(problem.nearness)
  expect(last.value).toBeCloseTo(problem.minimum, 8)
}

describe.each(problems)('$name', (problem) => {
  it('is minimized by saddle-free Newton with dampings to try', () => {
    expectMinimum(saddleFreeNewton({ damping: dampings }), problem)
  })

  it('is minimized by saddle-free Newton in its Krylov space', () => {
    expectMinimum(saddleFreeKrylov({ dimension: 10, damping: dampings }), problem)
  })

  it('is minimized by damped Newton, whose trial set allows the gradient itself', () => {
    expectMinimum(dampedNewton({ damping: dampings }), problem)
  })

  it('leads Newton to a critical point, whatever its kind', () => {
    const { last, reason } = reached(newton(), problem)
    expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
    expect(last.value).toBeCloseTo(problem.newton, 6)
  })
})
