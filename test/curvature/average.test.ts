/** Averages over unequal batches are those of all examples, and batches that change are found out. */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { constant } from 'fp-ts/lib/function.js'
import {
  foldIn,
  grad,
  hessianMatrix,
  matmul,
  meanSquaredError,
  mul,
  normal,
  randomKey,
  ravel,
  scalar,
  slice,
  type Tensor,
  tanh,
  tensor,
  toNumber,
  valueAndGrad,
  zeros,
} from 'gradus'
import { averageCurvature, averageValueAndGrad, hessianOperator, showNotDeterministic } from 'gradus/curvature'
import { averageObjective, batchObjective, objective } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'

const rows = 11
const inputs = normal(randomKey(1), [rows, 3])
const wanted = normal(randomKey(2), [rows])
const at = { weights: tensor([0.3, -0.5, 0.8]), scale: scalar(0.7) }
type P = typeof at

interface Batch {
  readonly x: Tensor
  readonly y: Tensor
}

const loss = ({ weights, scale }: P, { x, y }: Batch): Tensor =>
  meanSquaredError(mul(scale, tanh(matmul(x, weights))), y)

const between = (from: number, to: number): Batch => ({
  x: slice(inputs, [from, 0], [to, 3]),
  y: slice(wanted, [from], [to]),
})
const whole = (p: P): Tensor => loss(p, between(0, rows))

/** Cuts of the examples into batches of any sizes. */
const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: rows - 1 }), { maxLength: 5 })
  .map((inner) => [0, ...inner.sort((a, b) => a - b), rows])
  .map((ends) => ends.slice(1).map((end, i) => ({ from: ends[i] ?? 0, to: end })))

const right = <A>(outcome: E.Either<unknown, A>): A =>
  E.getOrElseW((failure) => expect.fail(`a failure: ${JSON.stringify(failure)}`))(outcome)

const alternating = <A>(...answers: ReadonlyArray<A>): (() => A) => {
  const calls = { count: 0 }
  return () => {
    calls.count += 1
    return answers[(calls.count - 1) % answers.length] ?? expect.fail('no answer')
  }
}

describe('averages with the numbers of examples as weights', () => {
  it('are those of all examples at once', () => {
    fc.assert(
      fc.property(cuts, (batches) => {
        const sizes = batches.map(({ from, to }) => to - from)
        const data = batches.map(({ from, to }) => between(from, to))
        const operator = right(
          averageCurvature(
            data.map((batch) => () => hessianOperator((p: P) => loss(p, batch))(at)),
            sizes,
          ),
        )
        expectNear(operator.matrix(), hessianMatrix(whole)(at))
        expectNear(ravel(operator.apply(at))[0], matmul(hessianMatrix(whole)(at), ravel(at)[0]))
        const evaluations = data.map((batch) => valueAndGrad((p: P) => loss(p, batch)))
        const [value, gradient] = right(averageValueAndGrad(evaluations, sizes)(at))(at)
        expectNear(value, whole(at))
        expectNear(gradient, grad(whole)(at))
        const on = batchObjective(loss)
        const average = right(
          averageObjective(
            data.map((batch) => () => on(batch)),
            sizes,
          )(at),
        )
        expectNear(average.value(at), toNumber(whole(at)))
        expectNear(average.valueAndGrad(at)[1], grad(whole)(at))
        expectNear(average.hessian(at).matrix(), hessianMatrix(whole)(at))
      }),
      { numRuns: 25 },
    )
  })

  it('are not those of equal weights', () => {
    const halves = [between(0, 2), between(2, rows)].map((batch) => valueAndGrad((p: P) => loss(p, batch)))
    const [value] = right(averageValueAndGrad(halves, [1, 1])(at))(at)
    expect(Math.abs(toNumber(value) - toNumber(whole(at)))).toBeGreaterThan(1e-3)
  })

  it('read each batch when they are asked, one after the other', () => {
    const calls: Array<number> = []
    const batch = (i: number) => () => {
      calls.push(i)
      return hessianOperator(whole)(at)
    }
    const average = right(averageCurvature([batch(0), batch(1)], [1, 1]))
    calls.splice(0)
    average.apply(at)
    expect(calls).toEqual([0, 1])
  })
})

describe('a batch that changes', () => {
  const [one, other] = [between(0, 5), between(5, rows)].map((batch) => hessianOperator((p: P) => loss(p, batch))(at))
  const steady = constant(one ?? expect.fail('no operator'))

  it('is refused with its number and the difference', () => {
    const outcome = averageCurvature([steady, alternating(steady(), other ?? steady())], [5, 6])
    expect(outcome).toMatchObject({ left: { _tag: 'NotDeterministic', batch: 1 } })
    if (E.isLeft(outcome)) {
      expect(outcome.left.difference).toBeGreaterThan(0)
      expect(showNotDeterministic(outcome.left)).toMatch(/^batch 1 gave another answer the second time/)
    }
  })

  it('is found by its last bit', () => {
    const p = tensor([1, 2])
    const withSlope = (slope: number) => (): readonly [Tensor, Tensor] => [scalar(0), tensor([slope, 1])]
    const outcome = averageValueAndGrad([alternating(withSlope(1)(), withSlope(1 + Number.EPSILON)())], [1])(p)
    expect(outcome).toMatchObject({ left: { batch: 0, difference: Number.EPSILON } })
    expect(E.isRight(averageValueAndGrad([withSlope(1)], [1])(p))).toBe(true)
  })

  it('is found by noise without a key of its own', () => {
    const step = { count: 0 }
    const noisy = (p: P): readonly [Tensor, P] => {
      step.count += 1
      const noise = normal(foldIn(randomKey(7), step.count), [rows], { deviation: 1e-3 })
      return valueAndGrad((q: P) => meanSquaredError(mul(q.scale, tanh(matmul(inputs, q.weights))), noise))(p)
    }
    expect(E.isLeft(averageValueAndGrad([noisy], [1])(at))).toBe(true)
  })

  it('is found in value, gradient and curvature of an objective', () => {
    const truth = objective(whole)
    const value = alternating(1, 2)
    const changing = [
      { ...truth, value: () => value() },
      { ...truth, valueAndGrad: alternating(truth.valueAndGrad(at), [0, at] as const) },
      { ...truth, hessian: alternating(steady(), other ?? steady()) },
    ]
    expect(E.isRight(averageObjective([() => truth], [1])(at))).toBe(true)
    for (const bad of changing)
      expect(averageObjective([() => truth, () => bad], [1, 1])(at)).toMatchObject({ left: { batch: 1 } })
  })

  it('is not one that gives NaN each time', () => {
    const nan = constant([scalar(Number.NaN), tensor([Number.NaN])] as const)
    const outcome = right(averageValueAndGrad([nan], [1])(tensor([1])))
    expectSameBits(outcome(tensor([1]))[1], [Number.NaN])
  })
})

describe('weights', () => {
  const operator = constant(hessianOperator(whole)(at))

  it.each([
    ['none', [], []],
    ['too few', [operator, operator], [1]],
    ['negative ones', [operator, operator], [2, -1]],
    ['nothing but zeros', [operator], [0]],
    ['NaN', [operator], [Number.NaN]],
    ['∞', [operator], [Infinity]],
  ] as const)('are refused: %s', (_, batches, weights) => {
    expect(() => averageCurvature([...batches], [...weights])).toThrow(/averageCurvature: expected/)
  })

  it('may be zero for some', () => {
    const zero = constant(hessianOperator((_: P) => zeros([]))(at))
    expectSameBits(right(averageCurvature<P>([operator, zero], [3, 0])).matrix(), operator().matrix())
  })
})
