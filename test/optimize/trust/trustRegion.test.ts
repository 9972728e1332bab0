import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { add, less, mul, pow, sin, square, sub, sum, type Tensor, tensor, toFloat64Array, where } from 'gradus'
import {
  absoluteCurvature,
  anyOf,
  cubicNewton,
  gradientBelow,
  minimize,
  type Objective,
  type Optimizer,
  objective,
  type StateType,
  stepsAtMost,
  takeUntil,
  trustRegion,
  trustRegionWith,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../../support/points.js'
import { counted, take, workOf } from '../counted.js'
import { problems, rosenbrock } from '../problems.js'

/** Its runs, whatever it keeps in its state. */
interface AnyState extends StateType {
  readonly state: unknown
}

const anyState = <F extends StateType>(optimizer: Optimizer<F>): Optimizer<AnyState> => optimizer

const optimizers = [
  ['exact', anyState(trustRegion())],
  ['krylov', anyState(trustRegion({ solver: 'krylov' }))],
  ['steihaug', anyState(trustRegion({ solver: 'steihaug' }))],
  ['absolute', anyState(trustRegionWith(absoluteCurvature)())],
  ['cubic', anyState(cubicNewton())],
  ['cubic krylov', anyState(cubicNewton({ solver: 'krylov' }))],
] as const

const end = <F extends StateType>(optimizer: Optimizer<F>, loss: (x: Tensor) => Tensor, start: Tensor, steps = 200) =>
  pipe(start, minimize(optimizer, objective(loss)), takeUntil(anyOf(gradientBelow(1e-8), stepsAtMost(steps))))

describe('every problem ends in a minimum', () => {
  for (const [name, optimizer] of optimizers)
    it.each(problems.map((problem) => [problem.name, problem] as const))(`${name}: %s`, (_, problem) => {
      const { last, reason } = end(optimizer, problem.loss, problem.start)
      expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
      // From each of these starts every one of them descends into a minimum, though not all into the same.
      const known = problem.minimizers.some((minimizer) =>
        [...toFloat64Array(last.params)].every((x, i) => Math.abs(x - (minimizer[i] ?? 0)) <= 100 * problem.nearness),
      )
      expect([known || last.value < 1e-12, last.value]).toEqual([true, last.value])
    })
})

describe('saddles', () => {
  // x² − y² + y⁴/2: a saddle at 0 and minima at y = ±1.
  const saddle = (p: Tensor): Tensor => sum(add(mul(tensor([1, -1]), square(p)), mul(tensor([0, 0.5]), pow(p, 4))))

  it('the exact solvers leave one even where the gradient is 0', () => {
    for (const optimizer of [anyState(trustRegion()), anyState(cubicNewton())]) {
      const { last } = pipe(tensor([0, 0]), minimize(optimizer, objective(saddle)), takeUntil(stepsAtMost(30)))
      expect(last.value).toBeCloseTo(-0.5, 12)
    }
  })

  it('all leave one from a distance of 10⁻⁹', () => {
    for (const [, optimizer] of optimizers) {
      const { last } = pipe(tensor([1, 1e-9]), minimize(optimizer, objective(saddle)), takeUntil(stepsAtMost(60)))
      expect(last.value).toBeCloseTo(-0.5, 12)
    }
  })
})

describe('near a minimum', () => {
  it('rounding of the loss neither ends nor misleads a run: the gradient goes to rounding and stays there', () => {
    // The large constant hides decreases below 10⁻⁷.
    const loss = (x: Tensor): Tensor => add(1e9, rosenbrock(x))
    for (const [, optimizer] of optimizers) {
      const { last, reason } = pipe(
        tensor([-1.2, 1]),
        minimize(optimizer, objective(loss)),
        takeUntil(anyOf(gradientBelow(1e-10), stepsAtMost(200))),
      )
      expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
      expect(last.gradientNorm).toBeLessThan(1e-10)
    }
  })
})

describe('the radius', () => {
  const at = (its: number, options = {}) =>
    take(its)(minimize(trustRegion(options), objective(rosenbrock))(tensor([-1.2, 1])))

  it('bounds each step, and changes as the ratio says', () => {
    const run = at(25)
    run.slice(1).forEach((it, i) => {
      const before = run[i]
      if (before === undefined) return
      const length = Math.hypot(...toFloat64Array(sub(it.params, before.params)))
      expect(length).toBeLessThanOrEqual(before.state.radius * (1 + 1e-12))
      const { radius, gainRatio, rejected } = it.state
      expect(gainRatio).toBeGreaterThanOrEqual(1e-4)
      if ((gainRatio ?? 0) < 0.25) expect(radius).toBeCloseTo(length / 4, 12)
      else if (rejected === 0) expect([before.state.radius, 2 * before.state.radius]).toContain(radius)
    })
    expect(run.some(({ state }) => state.rejected > 0)).toBe(true)
  })

  it('never grows beyond the largest one', () => {
    const run = at(25, { radius: 0.1, maximalRadius: 0.1 })
    expect(run.every(({ state }) => state.radius <= 0.1)).toBe(true)
  })

  it('collapses at a point where the derivative is a lie', () => {
    const honest = objective((x: Tensor) => sum(x))
    const lie: Objective<Tensor> = {
      ...honest,
      valueAndGrad: (x) => {
        const [value, gradient] = honest.valueAndGrad(x)
        return [value, mul(-1, gradient)]
      },
    }
    const { reason } = pipe(tensor([3]), minimize(trustRegion(), lie), takeUntil(stepsAtMost(50)))
    expect(E.isLeft(reason) && reason.left._tag).toBe('RadiusCollapsed')
  })
})

describe('work', () => {
  const start = tensor([-1.2, 1, 0.5, -0.3])
  for (const [name, optimizer] of optimizers)
    it(`${name}: what is told is what was asked`, () => {
      const watched = counted(rosenbrock)
      const last = take(13)(minimize(optimizer, watched.objective)(start))[12]
      const { solves = 0, ...told } = last?.work ?? {}
      expect(told).toEqual(workOf(watched, 4))
      expect(solves).toBe(name === 'steihaug' ? 0 : 12)
    })

  it('a rejected step costs a value and nothing else', () => {
    const watched = counted(rosenbrock)
    const run = take(25)(minimize(trustRegion(), watched.objective)(tensor([-1.2, 1])))
    run.slice(1).forEach(({ work, state }, i) => {
      const before = run[i]?.work
      expect(work.evaluations - (before?.evaluations ?? 0)).toBe(1 + state.rejected)
      expect(work.products - (before?.products ?? 0)).toBe(2)
    })
  })
})

it('steps off the domain of a loss are tried again shorter', () => {
  const loss = (x: Tensor): Tensor => where(less(sum(x), 0.5), Number.NaN, sum(add(square(x), sin(x))))
  for (const [, optimizer] of optimizers) {
    const { last } = end(optimizer, loss, tensor([2]), 20)
    expect(Number.isFinite(last.value)).toBe(true)
    expect(last.step).toBeGreaterThan(0)
  }
})

it('the dogleg solves convex problems, and says where one is not', () => {
  const dogleg = trustRegion({ solver: 'dogleg' })
  const bowl = (x: Tensor): Tensor => sum(add(square(x), pow(x, 4)))
  expect(end(dogleg, bowl, tensor([3, -2])).last.value).toBeCloseTo(0, 14)
  const { reason } = end(dogleg, (x) => sum(mul(tensor([1, -1]), square(x))), tensor([1, 1]))
  expect(E.isLeft(reason) && reason.left._tag).toBe('Singular')
})

it('numbers that are none are refused when the optimizer is made', () => {
  for (const wrong of [0, -1, Number.NaN, Infinity]) {
    expect(defectOf(() => trustRegion({ radius: wrong }))).toContain('radius')
    expect(defectOf(() => trustRegion({ maximalRadius: wrong }))).toContain('maximalRadius')
    expect(defectOf(() => cubicNewton({ weight: wrong }))).toContain('weight')
  }
  expect(defectOf(() => trustRegion({ acceptance: 0.3 }))).toContain('acceptance')
  expect(defectOf(() => trustRegion({ dimension: 0 }))).toContain('dimension')
  expect(defectOf(() => cubicNewton({ dimension: 1.5 }))).toContain('dimension')
  expect(defectOf(() => trustRegionWith(absoluteCurvature)({ solver: 'steihaug' }))).toContain('with products')
})
