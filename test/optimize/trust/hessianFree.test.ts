import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  take as entry,
  matmul,
  mean,
  mul,
  reshape,
  scalar,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
} from 'gradus'
import {
  absoluteCurvature,
  anyOf,
  compositeObjective,
  gaussNewtonCurvature,
  gradientBelow,
  gradientSquaresPreconditioning,
  type HessianFreeMemory,
  type HessianFreeOptions,
  hessianCurvature,
  hessianFree,
  hessianFreeWith,
  type Iterate,
  leastSquares,
  minimize,
  objective,
  type Run,
  resume,
  stepsAtMost,
  stopWhen,
  takeUntil,
  valueBelow,
  withGradientSquares,
  workMonoid,
} from 'gradus/optimize'
import { mghProblems, type Problem, problemOfDimension } from 'gradus/problem'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { expectNear } from '../../support/near.js'
import { defectOf } from '../../support/points.js'
import { counted, take, workOf } from '../counted.js'
import { problems } from '../problems.js'

interface Step {
  readonly params: ReadonlyArray<number>
  readonly value: number
  readonly damping: number
  readonly gainRatio: number
  readonly stepLength: number
  readonly iterations: number
  readonly solution: ReadonlyArray<number>
  readonly evaluations: number
  readonly products: number
  /** How far the reference moves when its gradient is rounded another way: the step, and where conjugate gradients end. */
  readonly moved: number
  readonly turned: number
}

interface Golden {
  readonly data: ReadonlyArray<ReadonlyArray<number>>
  readonly autoencoder: ReadonlyArray<number>
  readonly wells: ReadonlyArray<number>
  readonly cases: Readonly<
    Record<string, { readonly options: HessianFreeOptions; readonly steps: ReadonlyArray<Step> }>
  >
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/hessianFree/hessianFree.json', import.meta.url), 'utf8'),
)

const data = tensor(golden.data)

const part = (p: Tensor, from: number, to: number, shape: ReadonlyArray<number>): Tensor =>
  reshape(slice(p, [from], [to]), shape)

/** An autoencoder of 4 inputs and 2 hidden units. */
const model =
  (inputs: Tensor) =>
  (p: Tensor): Tensor => {
    const hidden = tanh(add(matmul(inputs, part(p, 0, 8, [4, 2])), part(p, 8, 10, [2])))
    return add(matmul(hidden, part(p, 10, 18, [2, 4])), part(p, 18, 22, [4]))
  }

const squaredError = (outputs: Tensor, targets: Tensor): Tensor =>
  mean(sum(square(sub(outputs, targets)), { axes: [1] }))

const autoencoder = pipe(
  compositeObjective(model(data), (outputs: Tensor) => squaredError(outputs, data)),
  withGradientSquares((p: Tensor, x: Tensor) => {
    const row = reshape(x, [1, 4])
    return squaredError(model(row)(p), row)
  }, data),
)

const wells = (p: Tensor): Tensor =>
  add(sum(square(sub(square(p), 1))), add(mul(0.3, sum(mul(slice(p, [0], [5]), slice(p, [1], [6])))), mul(0.1, sum(p))))

const rosenbrock = leastSquares((p: Tensor) => {
  const [a, b] = [entry(p, scalar(0)), entry(p, scalar(1))]
  return [mul(10, sub(b, square(a))), sub(1, a)]
})

type Memory = HessianFreeMemory<Tensor>

type From = Pick<Iterate<Tensor, Memory>, 'step' | 'params' | 'state' | 'work'>

const from: Readonly<Record<string, (options: HessianFreeOptions) => (it: From) => Run<Tensor, Memory>>> = {
  autoencoder: (options) => resume(hessianFree(options), autoencoder),
  preconditioned: (options) =>
    resume(hessianFreeWith(gaussNewtonCurvature, gradientSquaresPreconditioning())(options), autoencoder),
  wells: (options) => resume(hessianFreeWith(hessianCurvature)(options), objective(wells)),
  rosenbrock: (options) => resume(hessianFree(options), rosenbrock),
}

const cases = [
  ['autoencoder', 'autoencoder', golden.autoencoder],
  ['autoencoder, few iterations', 'autoencoder', golden.autoencoder],
  ['autoencoder, early stop', 'autoencoder', golden.autoencoder],
  ['autoencoder, preconditioned', 'preconditioned', golden.autoencoder],
  ['wells', 'wells', golden.wells],
  ['rosenbrock', 'rosenbrock', [-1.2, 1]],
] as const

/** Before the first step, as `init` makes it. */
const begun = ({ damping = 1 }: HessianFreeOptions): Memory => hessianFree({ damping }).init(tensor([]))

describe('step by step as the formulas say', () => {
  it.each(cases)('%s', (name, kind, start) => {
    const { options, steps } = golden.cases[name] ?? { options: {}, steps: [] }
    const go = from[kind]?.(options)
    expect(steps.length).toBeGreaterThanOrEqual(8)
    steps.forEach((step, i) => {
      // Each step begins where the reference was, or the rounding of one would be handed on to the next.
      const last = steps[i - 1]
      const state =
        last === undefined ? begun(options) : { ...begun(options), ...last, solution: tensor(last.solution) }
      const at = { step: i, params: tensor(last?.params ?? start), state, work: workMonoid.empty }
      const [, it] = go === undefined ? [] : take(2)(go(at))
      if (it === undefined) throw new Error(`no step ${i}`)
      expect([step.moved < 1e-7, step.turned < 1e-5]).toEqual([true, true])
      // A few times as far as rounding moves the reference, of which six draws do not see the worst.
      expectNear(it.params, step.params, 1e-11 + 30 * step.moved)
      expectNear(it.value, step.value, 1e-11 + 30 * step.moved)
      const { damping, gainRatio, stepLength, iterations, solution, rejected } = it.state
      expect([iterations, rejected]).toEqual([step.iterations, 0])
      expectNear([damping, stepLength], [step.damping, step.stepLength], 1e-12)
      expectNear(gainRatio, step.gainRatio, 1e-6)
      expectNear(solution, step.solution, 1e-11 + 30 * step.turned)
      const { evaluations, products } = step
      // The first gradient is that of the start.
      expect(it.work).toEqual({ evaluations, products, gradients: kind === 'preconditioned' ? 3 : 2, solves: 0 })
    })
  })
})

/** The loss of a problem is Σ r². */
const fitOf = (residuals: (x: Tensor) => Tensor) => leastSquares((x: Tensor) => mul(Math.SQRT2, residuals(x)))

/** One of the known minima, up to 10⁻⁶ of it or 10⁻⁹: singular ones are approached slowly. */
const isMinimum = ({ minima }: Problem, value: number): boolean =>
  minima.some((minimum) => Math.abs(value - minimum.value) <= 1e-9 + 1e-6 * Math.abs(minimum.value))

describe('the least squares of Moré, Garbow and Hillstrom', () => {
  const least = mghProblems.flatMap((family) => {
    const { dimension } = family
    const problem = problemOfDimension(dimension._tag === 'Fixed' ? dimension.n : dimension.standard)(family)
    return O.isSome(problem.residuals) ? [{ problem, fit: fitOf(problem.residuals.value) }] : []
  })
  it.each(least.map((each) => [each.problem.name, each] as const))('%s', (_, { problem, fit }) => {
    const { last } = pipe(
      problem.starts[0],
      minimize(hessianFree(), fit),
      takeUntil(
        anyOf(
          stopWhen('a known minimum', ({ value }) => isMinimum(problem, value)),
          stepsAtMost(300),
        ),
      ),
    )
    // Biggs' EXP6 has a second minimum at 5.65565 · 10⁻³, which most methods find from this start.
    if (problem.name === 'biggs-exp6') expect(last.value).toBeCloseTo(5.65565e-3, 8)
    else expect([isMinimum(problem, last.value), last.value]).toEqual([true, last.value])
  })
})

describe('quadratics', () => {
  const rows = tensor([
    [1, 0, 2],
    [0, 3, 1],
    [1, 1, 1],
    [2, -1, 0],
  ])
  const line = leastSquares((x: Tensor) => sub(matmul(rows, x), tensor([1, 2, 3, 4])))

  it('need one step where the damping is nothing: three products, no value twice', () => {
    const its = take(2)(minimize(hessianFree({ damping: 1e-14 }), line)(tensor([5, 6, 7])))
    const last = its[1]
    expectNear(last?.gradient, [0, 0, 0], 1e-11)
    expect(last?.state).toMatchObject({ stepLength: 1, iterations: 3, rejected: 0 })
    expect(last?.state.gainRatio).toBeCloseTo(1, 10)
    // The iterates 1, 2 and 3 are all kept.
    expect(last?.work).toEqual({ evaluations: 3, gradients: 2, products: 3, solves: 0 })
  })

  it('are damped as the equation says', () => {
    const [first, second] = take(2)(minimize(hessianFree({ damping: 10 }), line)(tensor([5, 6, 7])))
    const step = sub(second?.params ?? 0, first?.params ?? 0)
    const left = add(matmul(line.gaussNewton(tensor([5, 6, 7])).matrix(), step), mul(10, step))
    expectNear(left, mul(-1, first?.gradient ?? 0), 1e-8)
  })
})

describe('what a step costs', () => {
  it('is what was asked, of the Hessian', () => {
    const watched = counted(wells)
    const optimizer = hessianFreeWith(hessianCurvature)({ damping: 0.1 })
    const last = take(9)(minimize(optimizer, watched.objective)(tensor(golden.wells)))[8]
    expect(last?.work).toEqual({ ...workOf(watched, 6), solves: 0 })
  })

  it('is one value for each iterate and each step length, and nothing for a point that is looked at again', () => {
    const asked: Array<string> = []
    const fit = {
      value: (p: Tensor) => {
        asked.push(String(toFloat64Array(p)))
        return rosenbrock.value(p)
      },
      valueAndGrad: rosenbrock.valueAndGrad,
      gaussNewton: rosenbrock.gaussNewton,
    }
    const last = take(12)(minimize(hessianFree({ damping: 1e-3 }), fit)(tensor([-1.2, 1])))[11]
    expect(last?.work.evaluations).toBe(asked.length)
    expect(new Set(asked).size).toBe(asked.length)
  })
})

describe('negative curvature', () => {
  it('is left behind, from a distance of 10⁻⁹ of a saddle too', () => {
    const saddle = objective((p: Tensor) =>
      sum(add(mul(tensor([1, -1]), square(p)), mul(tensor([0, 0.5]), square(square(p))))),
    )
    const { last } = pipe(
      tensor([1, 1e-9]),
      minimize(hessianFreeWith(hessianCurvature)(), saddle),
      takeUntil(anyOf(valueBelow(-0.5 + 1e-9), stepsAtMost(100))),
    )
    expect(last.value).toBeCloseTo(-0.5, 8)
  })

  it.each(problems.map((problem) => [problem.name, problem] as const))('ends in a minimum: %s', (_, problem) => {
    const { last, reason } = pipe(
      problem.start,
      minimize(hessianFreeWith(hessianCurvature)(), objective(problem.loss)),
      takeUntil(anyOf(gradientBelow(1e-7), stepsAtMost(400))),
    )
    expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
    const known = problem.minimizers.some((minimizer) =>
      [...toFloat64Array(last.params)].every((x, i) => Math.abs(x - (minimizer[i] ?? 0)) <= 100 * problem.nearness),
    )
    expect([known || last.value < 1e-11, last.value]).toEqual([true, last.value])
  })
})

it('rounding of the loss neither ends nor misleads a run', () => {
  // The large constant hides decreases below 10⁻⁷.
  const loss = compositeObjective(
    (p: Tensor) => rosenbrock.residuals(p).values,
    (r: Tensor) => add(1e8, mul(0.5, sum(square(r)))),
  )
  const { last, reason } = pipe(
    tensor([-1.2, 1]),
    minimize(hessianFree(), {
      ...loss,
      valueAndGrad: (p: Tensor) => [loss.value(p), rosenbrock.valueAndGrad(p)[1]] as const,
      gaussNewton: rosenbrock.gaussNewton,
    }),
    takeUntil(anyOf(gradientBelow(1e-8), stepsAtMost(100))),
  )
  expect([E.isRight(reason) && reason.right._tag, last.gradientNorm < 1e-8]).toEqual(['GradientBelow', true])
})

it('goes on as if it had not been interrupted, to the bit', () => {
  const optimizer = hessianFreeWith(gaussNewtonCurvature, gradientSquaresPreconditioning())()
  const whole = take(7)(minimize(optimizer, autoencoder)(tensor(golden.autoencoder)))
  const half = whole[3]
  if (half === undefined) throw new Error('no third step')
  const { step, params, state, work } = half
  const rest = take(4)(resume(optimizer, autoencoder)({ step, params, state, work }))
  expect(rest.map((it) => [it.step, it.params, it.state, it.value])).toEqual(
    whole.slice(3).map((it) => [it.step, it.params, it.state, it.value]),
  )
})

describe('failures', () => {
  const failing = (change: Partial<typeof rosenbrock>, options: HessianFreeOptions = {}) =>
    pipe(tensor([-1.2, 1]), minimize(hessianFree(options), { ...rosenbrock, ...change }), takeUntil(stepsAtMost(20)))

  it('a product that is not finite', () => {
    const { reason } = failing({
      gaussNewton: (p) => ({ ...rosenbrock.gaussNewton(p), apply: (v) => mul(Number.NaN, v) }),
    })
    expect(E.isLeft(reason) && reason.left).toMatchObject({ _tag: 'NonFinite', quantity: 'curvature' })
  })

  it('a gradient that lies', () => {
    const { reason, last } = failing({
      valueAndGrad: (p) => {
        const [value, gradient] = rosenbrock.valueAndGrad(p)
        return [value, mul(-1, gradient)]
      },
    })
    expect(E.isLeft(reason) && reason.left._tag).toBe('RadiusCollapsed')
    expect(last.step).toBe(0)
  })

  it('constants out of range, and a curvature without products, are refused', () => {
    const refused = (options: HessianFreeOptions): string => defectOf(() => hessianFree(options))
    expect(refused({ damping: 0 })).toBe(
      'InvalidArgument: hessianFree: expected damping to be a finite number above 0, got 0.',
    )
    expect(refused({ damping: Number.NaN })).toContain('expected damping to be a finite number above 0, got NaN')
    expect(refused({ factor: 1 })).toContain('expected factor to be a number above 1 and below Infinity, got 1')
    expect(refused({ decay: 1.1 })).toContain('expected decay to be a number from 0 to 1')
    expect(refused({ iterations: 0 })).toContain('expected iterations to be an integer of 1 or more')
    expect(refused({ progress: -1 })).toContain('expected progress to be a finite number of 0 or more')
    expect(refused({ tolerance: 1 })).toContain('expected tolerance to be a number from 0 to below 1')
    expect(refused({ spacing: 1 })).toContain('expected spacing to be a number above 1')
    expect(refused({ decrease: 0 })).toContain('expected decrease to be a number above 0 and below 1')
    expect(refused({ shrink: 1 })).toContain('expected shrink to be a number above 0 and below 1')
    expect(refused({ trials: 0.5 })).toContain('expected trials to be an integer of 1 or more')
    expect(defectOf(() => hessianFreeWith(absoluteCurvature)())).toMatch(
      /expected a curvature with products, got absolute Hessian/,
    )
    expect(defectOf(() => gradientSquaresPreconditioning({ exponent: 2 }))).toContain(
      'expected exponent to be a number from 0 to 1',
    )
  })
})

it('asks in its type for what it needs, and infers the rest', () => {
  const { value, valueAndGrad, gaussNewton, gradientSquares } = autoencoder
  const start = tensor(golden.autoencoder)
  expectTypeOf(
    takeUntil(stepsAtMost(0))(minimize(hessianFree(), { value, valueAndGrad, gaussNewton })(start)).last.state,
  ).toEqualTypeOf<HessianFreeMemory<Tensor>>()
  // @ts-expect-error an objective from a loss has no Gauss-Newton matrix
  minimize(hessianFree(), objective(wells))
  // @ts-expect-error nor has this one a Hessian
  minimize(hessianFreeWith(hessianCurvature)(), { value, valueAndGrad, gaussNewton })
  const preconditioned = hessianFreeWith(gaussNewtonCurvature, gradientSquaresPreconditioning())()
  minimize(preconditioned, { value, valueAndGrad, gaussNewton, gradientSquares })
  // @ts-expect-error the preconditioner asks for squared gradients
  minimize(preconditioned, { value, valueAndGrad, gaussNewton })
})
