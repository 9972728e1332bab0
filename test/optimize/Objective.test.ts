import fc from 'fast-check'
import {
  add,
  hvp,
  matmul,
  mean,
  mul,
  normal,
  randomKey,
  square,
  sub,
  type Tensor,
  take as takeRows,
  tensor,
  toFloat64Array,
  toNumber,
  valueAndGrad,
} from 'gradus'
import {
  batchObjective,
  gradientDescent,
  minibatches,
  minimize,
  objective,
  saddleFreeKrylov,
  saddleFreeNewton,
  stochastic,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { take } from './counted.js'
import { rosenbrock } from './problems.js'

const indices = (batch: Tensor): ReadonlyArray<number> => [...toFloat64Array(batch)]

describe('objective', () => {
  it('answers with the value, the gradient and the curvature of the loss', () => {
    const p = tensor([-1.2, 1])
    const { value, valueAndGrad: both, hessian } = objective(rosenbrock)
    const [v, g] = valueAndGrad(rosenbrock)(p)
    expect(value(p)).toBe(toNumber(v))
    expectSameBits(both(p), [v, g])
    expectSameBits(hessian(p).apply(tensor([1, 2])), hvp(rosenbrock)(p)(tensor([1, 2])))
  })
})

describe('minibatches', () => {
  const sizes = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.record({ size: fc.constant(size), rows: fc.integer({ min: size, max: 40 }), seed: fc.nat({ max: 1000 }) }),
    )

  it('visit every example once in an epoch, but for a remainder that is smaller than a batch', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 3 }), ({ size, rows, seed }, epoch) => {
        const perEpoch = Math.floor(rows / size)
        const batchAt = minibatches(randomKey(seed))({ rows, size })
        const batches = Array.from({ length: perEpoch }, (_, i) => indices(batchAt(epoch * perEpoch + i)))
        expect(batches.every((batch) => batch.length === size)).toBe(true)
        const seen = batches.flat()
        expect(new Set(seen).size).toBe(perEpoch * size)
        expect(seen.every((index) => Number.isInteger(index) && index >= 0 && index < rows)).toBe(true)
      }),
    )
  })

  it('depend on the seed and on the step alone', () => {
    const drawn = (seed: number) => {
      const batchAt = minibatches(randomKey(seed))({ rows: 100, size: 10 })
      return [7, 0, 3, 12].map((step) => indices(batchAt(step)))
    }
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
  })

  it('come in another order in every epoch', () => {
    const batchAt = minibatches(randomKey(1))({ rows: 50, size: 50 })
    const orders = [0, 1, 2].map((epoch) => indices(batchAt(epoch)).join())
    expect(new Set(orders).size).toBe(3)
  })

  it('leave out others each epoch, where some are left out', () => {
    const batchAt = minibatches(randomKey(2))({ rows: 11, size: 10 })
    const left = Array.from(
      { length: 60 },
      (_, epoch) => 55 - indices(batchAt(epoch)).reduce((total, i) => total + i, 0),
    )
    expect(new Set(left).size).toBe(11)
  })

  it.each([
    [10, 0],
    [10, 11],
    [10, -1],
    [10, 2.5],
    [10, Number.NaN],
    [0, 1],
    [Number.NaN, 1],
  ])('refuse %d rows in batches of %d', (rows, size) => {
    expect(defectOf(() => minibatches(randomKey(1))({ rows, size }))).toMatch(/^InvalidArgument: minibatches: expected/)
  })
})

describe('stochastic', () => {
  const data = normal(randomKey(3), [20, 3])
  const target = normal(randomKey(4), [20])
  const loss = (w: Tensor, batch: Tensor): Tensor =>
    mean(square(square(sub(matmul(takeRows(data, batch), w), takeRows(target, batch)))))
  const batchAt = minibatches(randomKey(5))({ rows: 20, size: 4 })
  const start = tensor([0.3, -0.2, 0.1])

  it('has one batch in each step, for value, gradient and curvature', () => {
    const objectives = stochastic(loss, batchAt)
    for (const step of [0, 3, 7]) {
      const { value, valueAndGrad: both, hessian } = objectives(step)
      const here = (w: Tensor): Tensor => loss(w, batchAt(step))
      expect(value(start)).toBe(toNumber(here(start)))
      expectSameBits(both(start), valueAndGrad(here)(start))
      expectSameBits(hessian(start).apply(start), hvp(here)(start)(start))
    }
  })

  it('stages the loss once for all batches of a shape, whichever run draws them', () => {
    const runs: Array<Tensor> = []
    const on = batchObjective(
      (w: Tensor, batch: Tensor) => {
        runs.push(batch)
        return loss(w, batch)
      },
      { compilation: 'always' },
    )
    const values = [0, 3, 7].map((step) => on(batchAt(step)).value(start))
    expect(runs.length).toBe(1)
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(toNumber(loss(start, batchAt([0, 3, 7][i] ?? 0))), 12)
    })
    // Another shape is another program.
    on(minibatches(randomKey(5))({ rows: 20, size: 5 })(0)).value(start)
    expect(runs.length).toBe(2)
  })

  it('draws the batch of a step once', () => {
    const drawn: Array<number> = []
    const objectives = stochastic(loss, (step) => {
      drawn.push(step)
      return batchAt(step)
    })
    take(4)(minimize(saddleFreeNewton({ damping: [1, 10] }), objectives)(start))
    expect(drawn).toEqual([0, 1, 2, 3])
  })

  it('takes each step with the batch under which its beginning was looked at', () => {
    const seen = take(5)(minimize(saddleFreeNewton({ damping: 1 }), stochastic(loss, batchAt))(start))
    seen.slice(1).forEach(({ params }, i) => {
      const before = seen[i]
      if (before === undefined) throw new Error('no iterate')
      const alone = objective((w: Tensor) => loss(w, batchAt(before.step)))
      const [, next] = take(2)(minimize(saddleFreeNewton({ damping: 1 }), alone)(before.params))
      expectNear(params, next?.params, 1e-14)
    })
  })

  it('is deterministic by the seed, also where inner steps look at the batch again', () => {
    const run = (seed: number) =>
      take(6)(
        minimize(
          saddleFreeKrylov({ dimension: 2, innerSteps: 2, damping: 1 }),
          stochastic(loss, minibatches(randomKey(seed))({ rows: 20, size: 4 })),
        )(start),
      ).map(({ params }) => params)
    expectSameBits(run(5), run(5))
    expect(toFloat64Array(add(run(5)[5] ?? start, mul(-1, run(6)[5] ?? start))).some((x) => x !== 0)).toBe(true)
  })

  it('of the whole data is the plain objective', () => {
    const everything = stochastic(loss, minibatches(randomKey(6))({ rows: 20, size: 20 }))
    const whole = objective((w: Tensor) => mean(square(square(sub(matmul(data, w), target)))))
    expectNear(
      take(5)(minimize(gradientDescent({ learningRate: 0.01 }), everything)(start)).map(({ params }) => params),
      take(5)(minimize(gradientDescent({ learningRate: 0.01 }), whole)(start)).map(({ params }) => params),
      1e-14,
    )
  })
})
