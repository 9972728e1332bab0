/** Outcomes tell the whole work of a run: that of the step which failed too. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { add, greater, matmul, mul, square, sub, sum, type Tensor, tensor, where } from 'gradus'
import {
  along,
  anyOf,
  bfgs,
  cubicNewton,
  dampedNewton,
  exactNewtonDirection,
  fixedStep,
  gradientBelow,
  gradientDescent,
  hagerZhang,
  hessianCurvature,
  hessianFreeWith,
  krylovDirection,
  leastSquares,
  levenbergMarquardt,
  minimize,
  newton,
  newtonCG,
  newtonDirection,
  newtonMR,
  type Objective,
  type Optimizer,
  objective,
  type StateType,
  saddleFreeDirection,
  saddleFreeKrylov,
  saddleFreeLowRank,
  saddleFreeNewton,
  saddleFreeSeries,
  showOutcome,
  stepsAtMost,
  strongWolfe,
  takeUntil,
  trustRegion,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { type Counted, counted, workOf } from './counted.js'

interface AnyState extends StateType {
  readonly state: unknown
}

const anyState = <F extends StateType>(optimizer: Optimizer<F>): Optimizer<AnyState> => optimizer

const dampings = [1e-2, 1]

const optimizers: ReadonlyArray<Optimizer<AnyState>> = [
  anyState(gradientDescent({ learningRate: 0.5 })),
  anyState(newton()),
  anyState(dampedNewton({ damping: dampings })),
  anyState(saddleFreeNewton({ damping: dampings })),
  anyState(saddleFreeKrylov({ damping: dampings, innerSteps: 2 })),
  anyState(saddleFreeKrylov({ damping: 0.1 })),
  anyState(saddleFreeLowRank()),
  anyState(saddleFreeSeries()),
  anyState(newtonCG()),
  anyState(newtonMR()),
  anyState(bfgs()),
  anyState(along(newtonDirection(), strongWolfe())),
  anyState(along(exactNewtonDirection(), fixedStep(1))),
  anyState(along(saddleFreeDirection({ damping: 0.1 }), hagerZhang())),
  anyState(along(krylovDirection({ damping: 0.1 }), hagerZhang())),
  anyState(trustRegion()),
  anyState(trustRegion({ solver: 'krylov' })),
  anyState(trustRegion({ solver: 'steihaug' })),
  anyState(cubicNewton()),
  anyState(hessianFreeWith(hessianCurvature)()),
]

const start = tensor([1.5, -0.5, 0.25])

const bowl = (x: Tensor): Tensor => sum(mul(tensor([0.5, 2, 1]), square(sub(x, tensor([6, 7, 8])))))

/** Within reach of the start a bowl, and beyond it nothing that is a number. */
const cliff = (x: Tensor): Tensor => where(greater(sum(square(sub(x, start))), 0.01), Number.NaN, bowl(x))

/** Its gradient says the opposite. */
const lying = (watched: Counted<Tensor>): Objective<Tensor> => ({
  ...watched.objective,
  valueAndGrad: (p) => {
    const [value, gradient] = watched.objective.valueAndGrad(p)
    return [value, mul(-1, gradient)]
  },
})

/** Its products are no numbers. */
const broken = (watched: Counted<Tensor>): Objective<Tensor> => ({
  ...watched.objective,
  hessian: (p) => {
    const operator = watched.objective.hessian(p)
    return {
      like: operator.like,
      size: operator.size,
      apply: (v) => mul(Number.NaN, operator.apply(v)),
      matrix: () => mul(Number.NaN, operator.matrix()),
    }
  },
})

const endOn = (optimizer: Optimizer<AnyState>, of: Objective<Tensor>) =>
  pipe(start, minimize(optimizer, of), takeUntil(anyOf(gradientBelow(1e-12), stepsAtMost(300))))

describe.each(optimizers.map((optimizer) => [optimizer.name, optimizer] as const))('%s', (_, optimizer) => {
  it.each([
    ['that falls off a cliff', cliff, (watched: Counted<Tensor>) => watched.objective],
    ['whose gradient lies', bowl, lying],
    ['whose products are no numbers', bowl, broken],
  ] as const)('a run on a loss %s tells all that was asked', (__, loss, change) => {
    const watched = counted(loss)
    const outcome = endOn(optimizer, change(watched))
    const { solves, ...told } = outcome.work
    expect(told).toEqual(workOf(watched, 3))
    expect(solves).toBeGreaterThanOrEqual(outcome.last.work.solves)
    if (E.isRight(outcome.reason)) expect(outcome.work).toEqual(outcome.last.work)
  })
})

it('most of these runs fail, and the last iterate alone would hide what that cost', () => {
  const hidden = optimizers.filter((optimizer) => {
    const { reason, last, work } = endOn(optimizer, counted(cliff).objective)
    return E.isLeft(reason) && JSON.stringify(last.work) !== JSON.stringify(work)
  })
  expect(hidden.length).toBeGreaterThanOrEqual(optimizers.length - 1)
})

it('so do least squares', () => {
  const rows = tensor([
    [1, 2],
    [3, 4],
    [5, 7],
  ])
  const line = leastSquares((x: Tensor) => add(matmul(rows, x), 1))
  const asked = { evaluations: 0, gradients: 0 }
  const fit = {
    ...line,
    value: (p: Tensor) => {
      asked.evaluations += 1
      return p === first ? line.value(p) : Number.NaN
    },
    valueAndGrad: (p: Tensor) => {
      asked.gradients += 1
      return line.valueAndGrad(p)
    },
  }
  const first = tensor([1, 1])
  const { reason, work } = pipe(first, minimize(levenbergMarquardt(), fit), takeUntil(stepsAtMost(5)))
  expect(E.isLeft(reason) && reason.left._tag).toBe('RadiusCollapsed')
  // The residuals at the point count as one value more.
  expect(work).toEqual({ evaluations: asked.evaluations + 1, gradients: asked.gradients, products: 2, solves: 1 })
})

it('an iterate that is not handed out is paid for as well, and outcomes say so in words', () => {
  // Steps to where the gradient overflows, and goes on: who looks on ends the run.
  const careless: Optimizer<AnyState> = {
    name: 'careless',
    init: () => null,
    step: (next) => (it) => {
      const [value, gradient] = next.valueAndGrad(it.params)
      const work = { ...it.work, gradients: it.work.gradients + 1, products: 7 }
      return E.right({
        ...it,
        step: it.step + 1,
        objective: next,
        value: it.step === 1 ? Number.NaN : value,
        gradient,
        work,
      })
    },
  }
  const outcome = pipe(start, minimize(careless, objective(bowl)), takeUntil(stepsAtMost(5)))
  expect(outcome.last.work).toEqual({ evaluations: 0, gradients: 2, products: 7, solves: 0 })
  expect(outcome.work).toEqual({ evaluations: 0, gradients: 3, products: 7, solves: 0 })
  expect(showOutcome(outcome)).toContain('work 0 evaluations, 3 gradients, 7 products, 0 solves')
})
