import { mul, square, sum, type Tensor, tensor } from 'gradus'
import {
  adam,
  dampedNewton,
  gradientDescent,
  minimize,
  momentum,
  newton,
  type Optimizer,
  type StateType,
  saddleFreeKrylov,
  saddleFreeNewton,
  type Work,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { counted, take, workOf } from './counted.js'
import { rosenbrock } from './problems.js'

const size = 4
const start = tensor([-1.2, 1, 0.5, -0.3])

/** The work that a run reports after some steps, and what its objective was really asked. */
const after = <F extends StateType>(
  optimizer: Optimizer<F>,
  steps: number,
): { readonly told: Work; readonly seen: Omit<Work, 'solves'> } => {
  const watched = counted(rosenbrock)
  const last = take(steps + 1)(minimize(optimizer, watched.objective)(start))[steps]
  if (last === undefined) throw new Error(`${optimizer.name} made fewer than ${steps} steps`)
  return { told: last.work, seen: workOf(watched, size) }
}

const expectWork = <F extends StateType>(optimizer: Optimizer<F>, steps: number, expected: Work): void => {
  const { told, seen } = after(optimizer, steps)
  expect(told).toEqual(expected)
  expect({ ...seen, solves: told.solves }).toEqual(expected)
}

const trials = [1e4, 1e2, 1]

describe('what a run says that it cost is what it cost', () => {
  it('first-order optimizers: a gradient for the start and one for each step', () => {
    for (const optimizer of [gradientDescent({ learningRate: 1e-4 })])
      expectWork(optimizer, 5, { evaluations: 0, gradients: 6, products: 0, solves: 0 })
    expectWork(momentum({ learningRate: 1e-4 }), 5, { evaluations: 0, gradients: 6, products: 0, solves: 0 })
    expectWork(adam({ learningRate: 1e-4 }), 5, { evaluations: 0, gradients: 6, products: 0, solves: 0 })
  })

  it('exact second-order optimizers: n products more for each step', () => {
    expectWork(newton(), 3, { evaluations: 0, gradients: 4, products: 3 * size, solves: 3 })
    expectWork(saddleFreeNewton({ damping: 10 }), 3, { evaluations: 0, gradients: 4, products: 3 * size, solves: 3 })
  })

  it('dampings to try: a value for each of them', () => {
    expectWork(dampedNewton({ damping: trials }), 3, { evaluations: 9, gradients: 4, products: 3 * size, solves: 3 })
    expectWork(saddleFreeNewton({ damping: trials }), 3, {
      evaluations: 9,
      gradients: 4,
      products: 3 * size,
      solves: 3,
    })
  })

  it('the Krylov step: as many products as Lanczos vectors, and one more for the step before', () => {
    expectWork(saddleFreeKrylov({ dimension: 2, damping: 10 }), 1, {
      evaluations: 0,
      gradients: 2,
      products: 2,
      solves: 1,
    })
    expectWork(saddleFreeKrylov({ dimension: 2, damping: 10 }), 3, {
      evaluations: 0,
      gradients: 4,
      products: 2 + 3 + 3,
      solves: 3,
    })
    // The whole space has no room for more.
    expectWork(saddleFreeKrylov({ dimension: 9, damping: 10 }), 3, {
      evaluations: 0,
      gradients: 4,
      products: 3 * size,
      solves: 3,
    })
  })

  it('inner steps: a fresh gradient for each after the first, and the values that were tried', () => {
    expectWork(saddleFreeKrylov({ dimension: 2, damping: 10, innerSteps: 3 }), 2, {
      evaluations: 0,
      gradients: 1 + 2 * 3,
      products: 2 + 3,
      solves: 2,
    })
    expectWork(saddleFreeKrylov({ dimension: 2, damping: trials, innerSteps: 2 }), 2, {
      evaluations: 2 * 2 * trials.length,
      gradients: 1 + 2 * 2,
      products: 2 + 3,
      solves: 2,
    })
  })

  it('an inner step without a decrease is paid for, and ends the outer step', () => {
    // Along an axis the first inner step is exact; the second finds no decrease, and the three after it are not made.
    const watched = counted((x: Tensor) => sum(mul(tensor([1, 2, 4, 8]), square(x))))
    const optimizer = saddleFreeKrylov({ dimension: 4, damping: [0, 1], innerSteps: 5 })
    const [, next] = take(2)(minimize(optimizer, watched.objective)(tensor([1, 0, 0, 0])))
    expect(next?.value).toBe(0)
    expect(next?.work).toEqual({ evaluations: 4, gradients: 3, products: 1, solves: 1 })
    expect(workOf(watched, size)).toEqual({ evaluations: 4, gradients: 3, products: 1 })
  })
})
