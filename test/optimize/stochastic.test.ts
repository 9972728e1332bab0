import fc from 'fast-check'
import {
  matmul,
  mean,
  mul,
  normal,
  randomKey,
  square,
  sub,
  sum,
  type Tensor,
  take as takeRows,
  tensor,
  toFloat64Array,
  toNumber,
  treeAdd,
  treeScale,
  valueAndGrad,
  zeros,
} from 'gradus'
import { hessianOperator } from 'gradus/curvature'
import {
  type Batch,
  batches,
  drop,
  evaluateEvery,
  gradientDescent,
  type Iterate,
  lbfgs,
  type MinibatchOptions,
  minibatches,
  minimize,
  nested,
  type Optimizer,
  objective,
  resume,
  type StateType,
  saddleFreeKrylov,
  stepsAtMost,
  stochastic,
  take,
  takeUntil,
  tap,
  toArray,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'

const indices = ({ batch }: Batch): ReadonlyArray<number> => [...toFloat64Array(batch)]

const plans = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    rows: fc.integer({ min: size, max: 30 }),
    seed: fc.nat({ max: 1000 }),
  }),
)

const data = normal(randomKey(3), [23, 3])
const target = normal(randomKey(4), [23])
const loss = (w: Tensor, rows: Tensor): Tensor =>
  mean(square(square(sub(matmul(takeRows(data, rows), w), takeRows(target, rows)))))
const start = tensor([0.3, -0.2, 0.1])

describe('batches', () => {
  it('that keep the remainder are all examples once in each epoch', () => {
    fc.assert(
      fc.property(plans, fc.nat({ max: 3 }), ({ rows, size, seed }, epoch) => {
        const steps = Math.ceil(rows / size)
        const batchAt = batches(randomKey(seed))({ rows, size, remainder: 'keep' })
        const seen = Array.from({ length: steps }, (_, i) => batchAt(epoch * steps + i))
        expect(seen.flatMap(indices).sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i))
        expect(seen.map((each) => [each.epoch, each.index])).toEqual(seen.map((_, i) => [epoch, i]))
        expect(seen.map(({ weight }) => weight)).toEqual(seen.map(({ batch }) => batch.size / size))
      }),
    )
  })

  it('weigh each example alike: the gradients of an epoch sum to that of all, times rows / size', () => {
    for (const size of [1, 4, 7, 23]) {
      const plan = { rows: 23, size, remainder: 'keep' } as const
      const objectives = stochastic(loss, batches(randomKey(8))(plan))
      const steps = Math.ceil(23 / size)
      const everything = (w: Tensor): Tensor => mean(square(square(sub(matmul(data, w), target))))
      const all = Array.from({ length: steps }, (_, i) => objectives(i))
      const [value, gradient] = valueAndGrad(everything)(start)
      const sums = all.map((each) => each.valueAndGrad(start)[1]).reduce(treeAdd)
      expectNear(sums, treeScale(23 / size, gradient), 1e-12)
      const values = all.reduce((total, each) => total + each.value(start), 0)
      expect(values / ((23 / size) * toNumber(value))).toBeCloseTo(1, 12)
      const products = all.map((each) => each.hessian(start).apply(start)).reduce(treeAdd)
      expectNear(products, treeScale(23 / size, hessianOperator(everything)(start).apply(start)), 1e-11)
      const matrices = all.map((each) => each.hessian(start).matrix()).reduce(treeAdd)
      expectNear(matrices, treeScale(23 / size, hessianOperator(everything)(start).matrix()), 1e-11)
    }
  })

  it('are functions of key and step, in whatever order they are asked for', () => {
    const growing = (epoch: number): number => Math.min(30, 2 ** (epoch + 1))
    const options: ReadonlyArray<MinibatchOptions> = [
      { rows: 30, size: 7 },
      { rows: 30, size: 7, remainder: 'keep' },
      { rows: 30, size: 7, replacement: true },
      { rows: 30, size: growing, remainder: 'keep' },
    ]
    for (const each of options) {
      const [one, other] = [batches(randomKey(5))(each), batches(randomKey(5))(each)]
      const forwards = Array.from({ length: 60 }, (_, step) => indices(one(step)))
      const backwards = Array.from({ length: 60 }, (_, i) => indices(other(59 - i))).reverse()
      expect(backwards).toEqual(forwards)
      expect(indices(batches(randomKey(6))(each)(0))).not.toEqual(forwards[0])
    }
  })

  it('grow from epoch to epoch', () => {
    const batchAt = batches(randomKey(1))({ rows: 10, size: (epoch) => Math.min(10, 2 ** epoch), remainder: 'keep' })
    const seen = Array.from({ length: 22 }, (_, step) => batchAt(step))
    expect(seen.map(({ epoch, index, batch }) => [epoch, index, batch.size])).toEqual([
      ...Array.from({ length: 10 }, (_, i) => [0, i, 1]),
      ...Array.from({ length: 5 }, (_, i) => [1, i, 2]),
      [2, 0, 4],
      [2, 1, 4],
      [2, 2, 2],
      [3, 0, 8],
      [3, 1, 2],
      [4, 0, 10],
      [5, 0, 10],
    ])
    expect(batchAt(20_000).epoch).toBe(20_000 - 20 + 4)
  })

  it('with replacement draw every example as often, and some twice', () => {
    const batchAt = batches(randomKey(2))({ rows: 8, size: 8, replacement: true })
    const counts = Array.from({ length: 8 }, () => 0)
    const drawn = Array.from({ length: 500 }, (_, step) => indices(batchAt(step)))
    for (const i of drawn.flat()) counts[i] = (counts[i] ?? 0) + 1
    expect(drawn.some((each) => new Set(each).size < 8)).toBe(true)
    // 4000 draws of 8: 500 each, with a deviation of 21; six of them are 126.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(126)
  })

  it.each<MinibatchOptions>([
    { rows: 10, size: 0 },
    { rows: 10, size: 11 },
    { rows: 10, size: () => Number.NaN },
    { rows: 0, size: 1, remainder: 'keep' },
  ])('refuse %j', (options) => {
    expect(defectOf(() => batches(randomKey(1))(options))).toMatch(/^InvalidArgument: minibatches: expected a batch/)
  })

  it('that are nested are the first of the others', () => {
    const whole = batches(randomKey(1))({ rows: 20, size: 6, remainder: 'keep' })
    for (const step of [0, 3, 5]) {
      const [outer, inner] = [whole(step), nested(whole, 4)(step)]
      expect(indices(inner)).toEqual(indices(outer).slice(0, 4))
      expect([inner.epoch, inner.index, inner.weight]).toEqual([outer.epoch, outer.index, outer.weight])
    }
    expect(defectOf(() => nested(whole, 0))).toMatch(/^InvalidArgument: nested/)
  })
})

describe('stochastic with a plan', () => {
  const gradient = minibatches(randomKey(5))({ rows: 23, size: 8 })
  const curvature = minibatches(randomKey(6))({ rows: 23, size: 5 })
  const subspace = minibatches(randomKey(7))({ rows: 23, size: 6 })
  const planned = stochastic(loss, { gradient, curvature, subspace })

  it('answers each question from its own batch', () => {
    for (const step of [0, 2, 9]) {
      const on = (rows: Tensor) => objective((w: Tensor) => loss(w, rows), { compilation: 'never' })
      const here = planned(step)
      expect(here.value(start)).toBe(on(gradient(step)).value(start))
      expectSameBits(here.valueAndGrad(start), on(gradient(step)).valueAndGrad(start))
      expectSameBits(here.hessian(start).apply(start), on(curvature(step)).hessian(start).apply(start))
      expectSameBits(here.hessian(start).matrix(), on(curvature(step)).hessian(start).matrix())
      expect(here.inside?.value(start)).toBe(on(subspace(step)).value(start))
      expectSameBits(here.inside?.valueAndGrad(start), on(subspace(step)).valueAndGrad(start))
    }
  })

  it('draws a batch once for a step at most, one for all products of a Krylov space, and none that nobody asks of', () => {
    const drawn: Array<string> = []
    const noted = (name: string, of: (step: number) => Tensor) => (step: number) => {
      drawn.push(`${name} ${step}`)
      return of(step)
    }
    const noting = stochastic(loss, {
      gradient: noted('gradient', gradient),
      curvature: noted('curvature', curvature),
      subspace: noted('subspace', subspace),
    })
    toArray(take(3)(minimize(gradientDescent({ learningRate: 1e-3 }), noting)(start)))
    expect(drawn).toEqual(['gradient 0', 'gradient 1', 'gradient 2'])
    drawn.length = 0
    toArray(take(3)(minimize(saddleFreeKrylov({ dimension: 3, innerSteps: 2 }), noting)(start)))
    expect([...drawn].sort()).toEqual([...new Set(drawn)].sort())
    expect([...drawn].sort()).toEqual(
      ['curvature 0', 'curvature 1', 'gradient 0', 'gradient 1', 'gradient 2', 'subspace 0', 'subspace 1'].sort(),
    )
  })

  it('lets saddle-free Krylov judge inner steps on the batch of the subspace', () => {
    const step = toArray(take(2)(minimize(saddleFreeKrylov({ dimension: 3, damping: 1 }), planned)(start)))[1]
    const h = hessianOperator((w: Tensor) => loss(w, curvature(0)))(start)
    const g = valueAndGrad((w: Tensor) => loss(w, subspace(0)))(start)[1]
    // In the whole space the step is −(|H| + I)⁻¹ g with the curvature of one batch and the gradient of another.
    const alone = minimize(saddleFreeKrylov({ dimension: 3, damping: 1 }), {
      value: () => 0,
      valueAndGrad: () => [0, g] as const,
      hessian: () => h,
    })(start)
    expectNear(step?.params, toArray(take(2)(alone))[1]?.params, 1e-10)
    expect(step?.work.gradients).toBe(3)
  })

  const midEpoch = <F extends StateType>(optimizer: Optimizer<F>): void => {
    const objectives = (): typeof planned =>
      stochastic(loss, {
        gradient: batches(randomKey(5))({ rows: 23, size: 8, remainder: 'keep' }),
        curvature: nested(batches(randomKey(5))({ rows: 23, size: 8, remainder: 'keep' }), 4),
      })
    const whole = toArray(take(9)(minimize(optimizer, objectives())(start)))
    const cut = whole[4]
    if (cut === undefined) throw new Error('the run ended before')
    const { step, params, state, work } = cut
    // Fresh objectives: nothing of the first run is there but what was saved.
    const rest = toArray(take(5)(resume(optimizer, objectives())({ step, params, state, work })))
    expectSameBits(
      rest.map((it) => [it.params, it.value]),
      whole.slice(4).map((it) => [it.params, it.value]),
    )
  }

  it('resumes in the middle of an epoch to the bit', () => {
    midEpoch(gradientDescent({ learningRate: 1e-3 }))
    midEpoch(saddleFreeKrylov({ dimension: 2, innerSteps: 2, damping: 10 }))
  })

  it('gives L-BFGS the gradients of a pair from one batch', () => {
    // Of a quadratic the change of a gradient is H times the step, with the H of the batch it was taken on.
    const squares = (w: Tensor, rows: Tensor): Tensor =>
      mean(square(sub(matmul(takeRows(data, rows), w), takeRows(target, rows))))
    const its = toArray(take(5)(minimize(lbfgs({ memory: 3 }), stochastic(squares, gradient))(start)))
    expect(its.length).toBe(5)
    its.slice(1).forEach(({ state: [pairs], step }) => {
      const newest = pairs[pairs.length - 1]
      if (newest === undefined) throw new Error('expected a pair')
      const h = hessianOperator((w: Tensor) => squares(w, gradient(step - 1)))(start)
      expectNear(newest.change, h.apply(newest.step), 1e-10)
    })
  })

  it('lets observers evaluate the whole set without a trace in the run', () => {
    const everything = objective((w: Tensor) => mean(square(square(sub(matmul(data, w), target)))))
    const run = minimize(gradientDescent({ learningRate: 1e-3 }), planned)(start)
    const watched = tap({
      whole: evaluateEvery(2, ({ params }: Iterate<Tensor, null>) => everything.value(params)),
    })(run)
    const [plain, seen] = [takeUntil(stepsAtMost(5))(run).last, takeUntil(stepsAtMost(5))(watched).last]
    expectSameBits(seen.params, plain.params)
    expect(seen.work).toEqual(plain.work)
    expect(seen.observed.whole.map(({ step }) => step)).toEqual([0, 2, 4])
    expect(seen.observed.whole[0]?.value).toBe(everything.value(start))
    expect(toArray(take(1)(drop(1)(run))).length).toBe(1)
  })

  it('a loss of numbers with a weight of one half is half of it', () => {
    const half = stochastic(
      (x: Tensor, k: Tensor) => mul(sum(square(x)), k),
      (): Batch => ({
        _tag: 'Batch',
        batch: tensor(2),
        weight: 0.5,
        epoch: 0,
        index: 0,
      }),
    )(0)
    expect(half.value(tensor([1, 2]))).toBe(5)
    expectSameBits(half.valueAndGrad(zeros([2]))[1], zeros([2]))
  })

  it('and so is its curvature, in whatever way it is asked', () => {
    const half = stochastic(
      (x: Tensor, k: Tensor) => mul(sum(square(x)), k),
      (): Batch => ({ _tag: 'Batch', batch: tensor(2), weight: 0.5, epoch: 0, index: 0 }),
    )(0).hessian(zeros([2]))
    const rows = tensor([[1, 2]])
    expectSameBits(half.apply(tensor([1, 2])), tensor([2, 4]))
    expectSameBits(
      half.matrix(),
      tensor([
        [2, 0],
        [0, 2],
      ]),
    )
    expectSameBits(half.applyMany?.(rows) ?? rows, tensor([[2, 4]]))
  })
})
