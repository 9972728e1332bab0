import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  argmin,
  exp,
  grad,
  hvp,
  jvp,
  matmul,
  mean,
  mul,
  neg,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toNumber,
  treeScale,
  valueAndGrad,
  vmap,
  zeros,
} from 'gradus'
import {
  chain,
  descend,
  minimize,
  objective,
  type StateType,
  scaleBy,
  scaleByAdam,
  scaleByTensor,
  stepsAtMost,
  type Transformation,
  takeUntil,
  trace,
  traceByTensor,
  unroll,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'

type Numbers = ReadonlyArray<number>

interface Unrolled {
  readonly value: number
  readonly rate: number
  readonly weight: number
  readonly start: Numbers
}

interface Golden {
  readonly steps: number
  readonly train: ReadonlyArray<Numbers>
  readonly trainTarget: Numbers
  readonly valid: ReadonlyArray<Numbers>
  readonly validTarget: Numbers
  readonly start: Numbers
  readonly rate: number
  readonly weight: number
  readonly unrolled: Readonly<Record<'descent' | 'momentum' | 'adam', Unrolled>>
  readonly ridge: { readonly value: number; readonly weight: number }
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/hypergradient/hypergradient.json', import.meta.url), 'utf8'),
)

interface Hyper {
  readonly rate: Tensor
  readonly weight: Tensor
}

const [train, trainTarget] = [tensor(golden.train), tensor(golden.trainTarget)]
const [valid, validTarget] = [tensor(golden.valid), tensor(golden.validTarget)]
const hyper: Hyper = { rate: scalar(golden.rate), weight: scalar(golden.weight) }
const start = tensor(golden.start)

const squashed = (x: Tensor, p: Tensor): Tensor => tanh(matmul(x, p))
const penalty = (p: Tensor, weight: Tensor): Tensor => mul(exp(weight), sum(square(p)))

const inner = (p: Tensor, { weight }: Hyper): Tensor =>
  add(mean(square(sub(squashed(train, p), trainTarget))), penalty(p, weight))
const outer = (p: Tensor): Tensor => mean(square(sub(squashed(valid, p), validTarget)))

const makers = {
  descent: ({ rate }: Hyper) => scaleByTensor(neg(rate)),
  momentum: ({ rate }: Hyper) => chain(trace(0.9), scaleByTensor(neg(rate))),
  adam: ({ rate }: Hyper) => chain(scaleByAdam(), scaleByTensor(neg(rate))),
}

const forEveryMaker = (
  body: <F extends StateType>(name: keyof typeof makers, make: (h: Hyper) => Transformation<F>) => void,
): void => {
  body('descent', makers.descent)
  body('momentum', makers.momentum)
  body('adam', makers.adam)
}

describe('unroll', () => {
  it('has the hypergradients of JAX in rate, penalty and start, with and without checkpoints', () => {
    forEveryMaker((name, make) => {
      for (const checkpointEvery of [undefined, 1, 5, 6, 20, 50]) {
        const steps = golden.steps
        const trained = unroll(make, inner, checkpointEvery === undefined ? { steps } : { steps, checkpointEvery })
        const whole = ({ h, p }: { readonly h: Hyper; readonly p: Tensor }): Tensor => outer(trained(h, p))
        const [value, gradient] = valueAndGrad(whole)({ h: hyper, p: start })
        const expected = golden.unrolled[name]
        expectNear(value, expected.value, 1e-13)
        expectNear(gradient.h.rate, expected.rate, 1e-11)
        expectNear(gradient.h.weight, expected.weight, 1e-11)
        expectNear(gradient.p, expected.start, 1e-11)
      }
    })
  })

  it('is the run of the optimizer, to the bit', () => {
    forEveryMaker((name, make) => {
      const run = minimize(
        descend(name, make(hyper)),
        objective((p: Tensor) => inner(p, hyper), { compilation: 'never' }),
      )
      const { last } = pipe(start, run, takeUntil(stepsAtMost(20)))
      expectSameBits(unroll(make, inner, { steps: 20 })(hyper, start), last.params)
      expectSameBits(unroll(make, inner, { steps: 20, checkpointEvery: 3 })(hyper, start), last.params)
    })
  })

  it('goes through the other transforms: forward, twice, and in batches', () => {
    const trained = unroll(makers.momentum, inner, { steps: 6 })
    const checkpointed = unroll(makers.adam, inner, { steps: 6, checkpointEvery: 2 })
    for (const each of [trained, checkpointed]) {
      const whole = (rate: Tensor): Tensor => outer(each({ ...hyper, rate }, start))
      const slope = grad(whole)(hyper.rate)
      expectNear(jvp(whole)(hyper.rate, scalar(1))[1], slope, 1e-12)
      const h = 1e-5
      const near = (d: number): number => toNumber(grad(whole)(scalar(golden.rate + d)))
      // Central differences of a gradient: an error of h² times a fourth derivative, and of rounding over h.
      expectNear(hvp(whole)(hyper.rate)(scalar(1)), (near(h) - near(-h)) / (2 * h), 1e-6)
      const rates = tensor([0.05, 0.15])
      expectNear(vmap(whole)(rates), [toNumber(whole(scalar(0.05))), toNumber(whole(scalar(0.15)))], 1e-13)
    }
  })

  it('differentiates decays that are tensors', () => {
    const decayed = (decay: Tensor): Tensor =>
      unroll(
        (d: Tensor) => chain(traceByTensor(d), scaleBy(-0.1)),
        (p: Tensor) => sum(square(p)),
        { steps: 2 },
      )(decay, scalar(1))
    // θ₁ = 0.8, u₂ = 2 d + 1.6, so that θ₂ = 0.8 − 0.1 (2 d + 1.6).
    expectNear(decayed(scalar(0.5)), 0.54, 1e-15)
    expectNear(grad(decayed)(scalar(0.5)), -0.2, 1e-15)
  })

  it('of no steps is the start', () => {
    expectSameBits(unroll(makers.adam, inner, { steps: 0 })(hyper, start), start)
    expectSameBits(unroll(makers.adam, inner, { steps: 0, checkpointEvery: 4 })(hyper, start), start)
  })

  it('stays linear in memory of checkpoints for hundreds of steps', () => {
    const trained = unroll(makers.descent, inner, { steps: 400, checkpointEvery: 20 })
    const slope = grad((weight: Tensor) => outer(trained({ ...hyper, weight }, start)))(hyper.weight)
    const plain = unroll(makers.descent, inner, { steps: 400 })
    expectNear(slope, grad((weight: Tensor) => outer(plain({ ...hyper, weight }, start)))(hyper.weight), 1e-12)
  })

  it('lets a transformation read numbers, but not under a transform', () => {
    const reading: Transformation<StateType & { readonly state: null }> = {
      init: () => null,
      update: (updates, it) => (state) => [treeScale(-0.1 * Math.min(1, it.value), updates), state],
    }
    const trained = unroll(
      () => reading,
      (p: Tensor) => sum(square(p)),
      { steps: 1 },
    )
    expectNear(trained(null, scalar(0.5)), 0.5 - 0.1 * 0.25, 1e-15)
    expect(defectOf(() => grad((p: Tensor) => trained(null, p))(scalar(0.5)))).toMatch(/toNumber|traced|transform/i)
  })

  it.each([{ steps: -1 }, { steps: Number.NaN }, { steps: 3, checkpointEvery: 0 }, { steps: 3, checkpointEvery: 1.5 }])(
    'refuses %j',
    (options) => {
      expect(defectOf(() => unroll(makers.descent, inner, options))).toMatch(/^InvalidArgument: unroll: expected/)
    },
  )
})

describe('hypergradients of a penalty', () => {
  const ridge = (weight: Tensor, p: Tensor): Tensor =>
    add(mean(square(sub(matmul(train, p), trainTarget))), penalty(p, weight))
  const error = (p: Tensor): Tensor => mean(square(sub(matmul(valid, p), validTarget)))
  const implicit = (weight: Tensor): Tensor => error(argmin(ridge)(weight, zeros([3])))
  const unrolled = (weight: Tensor): Tensor =>
    error(
      unroll(
        () => chain(trace(0.5), scaleBy(-0.2)),
        (p: Tensor, w: Tensor) => ridge(w, p),
        { steps: 300, checkpointEvery: 20 },
      )(weight, zeros([3])),
    )

  it('agree: through many steps, implicitly, by differences, and with JAX', () => {
    const weight = scalar(golden.weight)
    expectNear(implicit(weight), golden.ridge.value, 1e-12)
    expectNear(grad(implicit)(weight), golden.ridge.weight, 1e-12)
    expectNear(unrolled(weight), golden.ridge.value, 1e-12)
    expectNear(grad(unrolled)(weight), golden.ridge.weight, 1e-12)
    const h = 1e-3
    const at = (d: number): number => toNumber(implicit(scalar(golden.weight + d)))
    // Richardson extrapolation of central differences: an error of h⁴.
    const differences = (4 * ((at(h / 2) - at(-h / 2)) / h) - (at(h) - at(-h)) / (2 * h)) / 3
    expectNear(differences, golden.ridge.weight, 1e-11)
  })

  it('agree for any weight', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 0 }), (tenths) => {
        const weight = scalar(tenths / 10)
        expectNear(grad(unrolled)(weight), grad(implicit)(weight), 1e-6)
      }),
      { numRuns: 5 },
    )
  })
})
