import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { add, cos, dot, matmul, mul, normal, randomKey, sum, type Tensor, tensor } from 'gradus'
import { linearOperator } from 'gradus/curvature'
import { symmetricMatrices, tensors } from 'gradus/laws'
import {
  along,
  anyOf,
  type Direction,
  fixedStep,
  gradientBelow,
  hagerZhang,
  type KrylovDirectionOptions,
  krylovDirection,
  minimize,
  objective,
  resume,
  type StateType,
  saddleFreeDirection,
  saddleFreeKrylov,
  stepsAtMost,
  strongWolfe,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { counted, take, workOf } from './counted.js'
import { problems, rosenbrock } from './problems.js'

/** A smooth loss of n parameters with curvature of both signs and a coupling between neighbors. */
const waves = (x: Tensor): Tensor => add(sum(cos(mul(2, x))), mul(0.05, rosenbrock(x)))

const start = normal(randomKey(4), [12])

const bare = (options: KrylovDirectionOptions) => along(krylovDirection(options), fixedStep(1))

describe('the direction in a Krylov space', () => {
  it('with steps of length 1 takes the steps of saddleFreeKrylov, to the bit', () => {
    for (const outside of ['ignore', 'gradient'] as const) {
      const options = { dimension: 4, damping: 0.5, outside }
      const own = take(7)(minimize(bare(options), objective(waves))(start))
      const its = take(7)(minimize(saddleFreeKrylov(options), objective(waves))(start))
      expect(own.length).toBe(7)
      its.forEach((it, i) => {
        expectSameBits(own[i]?.params, it.params)
        expect([own[i]?.work, own[i]?.state[0].ritzValues]).toEqual([it.work, it.state.ritzValues])
      })
    }
  })

  it('in the whole space is the saddle-free direction', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((n) => fc.tuple(symmetricMatrices('indefinite', n), tensors([n]), tensors([n]))),
        ([{ matrix }, linear, at]) => {
          const loss = objective((x: Tensor) => add(mul(0.5, dot(x, matmul(matrix, x))), dot(linear, x)))
          const of = <F extends StateType>(direction: Direction<F>) =>
            take(2)(minimize(along(direction, fixedStep(1)), loss)(at))[1]?.params
          expectNear(of(krylovDirection({ damping: 0.1 })), of(saddleFreeDirection({ damping: 0.1 })), 1e-8)
        },
      ),
    )
  })

  it('goes with any search that goes down, and ends in minima', () => {
    for (const search of [strongWolfe(), hagerZhang()])
      for (const problem of problems) {
        const { last, reason } = pipe(
          problem.start,
          minimize(along(krylovDirection({ damping: 1e-3 }), search), objective(problem.loss)),
          takeUntil(anyOf(gradientBelow(1e-6), stepsAtMost(500))),
        )
        expect([problem.name, E.isRight(reason) && reason.right._tag]).toEqual([problem.name, 'GradientBelow'])
        expect(last.value - problem.minimum).toBeLessThan(1e-2 + 10 * Math.abs(problem.minimum))
      }
  })

  it('takes the last step into the space, counts one product for it, and goes on from a state', () => {
    const watched = counted(waves)
    const optimizer = along(krylovDirection({ dimension: 3, damping: 0.5 }), hagerZhang())
    const its = take(5)(minimize(optimizer, watched.objective)(start))
    const last = its[4]
    expect(last?.work).toEqual({ ...workOf(watched, 12), solves: 4 })
    expect(last?.work.products).toBe(3 + 4 + 4 + 4)
    const [, second] = its
    if (second === undefined) throw new Error('no second step')
    const { step, params, state, work } = second
    const rest = take(4)(resume(optimizer, objective(waves))({ step, params, state, work }))
    expectSameBits(rest[3]?.params, last?.params)
  })

  it('fails where it cannot be: a Ritz value of 0 undamped, products that are not finite', () => {
    const flat = objective((x: Tensor) => sum(x))
    const undamped = take(2)(minimize(bare({ dimension: 2 }), flat)(tensor([1, 2])))
    expect(undamped.length).toBe(1)
    const { reason } = takeUntil(stepsAtMost(3))(minimize(bare({ dimension: 2 }), flat)(tensor([1, 2])))
    expect(E.isLeft(reason) && reason.left._tag).toBe('Singular')
    const broken = { ...flat, hessian: (p: Tensor) => linearOperator(p, (v: Tensor) => mul(Number.NaN, v)) }
    const { reason: why } = takeUntil(stepsAtMost(3))(minimize(bare({ dimension: 2 }), broken)(tensor([1, 2])))
    expect(E.isLeft(why) && why.left).toMatchObject({ _tag: 'NonFinite', quantity: 'curvature' })
  })

  it('refuses what is out of range', () => {
    expect(defectOf(() => krylovDirection({ dimension: 0 }))).toContain('krylovDirection: expected dimension')
    expect(defectOf(() => krylovDirection({ damping: -1 }))).toContain('krylovDirection: expected damping to be')
  })
})
