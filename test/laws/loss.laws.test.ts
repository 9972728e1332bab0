import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  exp,
  logSumExp,
  matmul,
  mul,
  sin,
  square,
  stopGradient,
  sum,
  type Tensor,
  tensor as t,
  tanh,
  tensor,
} from 'gradus'
import { check, lossLaws, type RuleSet, register, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

interface Network {
  readonly weights: Tensor
  readonly bias: Tensor
}

const inputs = t([
  [0.3, -1.2],
  [0.8, 0.5],
  [-0.4, 1.1],
])

const network = ({ weights, bias }: Network): Tensor => logSumExp(tanh(add(matmul(inputs, weights), bias)))

const networks: fc.Arbitrary<Network> = fc.record({ weights: tensors([2, 4]), bias: tensors([4]) })

register({ describe, it })(lossLaws({ name: 'a small network', loss: network, params: networks }))

/** A defect of its own for each law, and what the law is called. */
const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, instances: 40 })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(/^.* › (\w+) › /, '$1: ')) : []
}

describe('losses with a defect', () => {
  it('finds a gradient that misses a factor, and derived quantities with it', () => {
    const loss = (x: Tensor): Tensor => sum(mul(square(x), stopGradient(exp(x))))
    const failed = failedOf(lossLaws({ name: 'stopped', loss, params: tensors([3], { min: 1, max: 2 }) }))
    expect(failed).toContain('gradient: it is what differences find')
    expect(failed).toContain('gradient: the remainder of the linear model is of second order')
  })

  it('finds curvature that is missing where the gradient is right', () => {
    // 2x · sg(x) − sg(x)² has the value and the gradient of x², and no Hessian.
    const loss = (x: Tensor): Tensor => sum(add(mul(2, mul(x, stopGradient(x))), mul(-1, square(stopGradient(x)))))
    const failed = failedOf(lossLaws({ name: 'bent', loss, params: tensors([3], { min: 1, max: 2 }) }))
    expect(failed).toContain('curvature: products are what differences of the gradient find')
    expect(failed).toContain('curvature: the remainder of the quadratic model is of third order')
  })

  it('finds a loss that is not a function', () => {
    const counter = [0]
    const loss = (x: Tensor): Tensor => {
      counter[0] = (counter[0] ?? 0) + 1
      return mul(counter[0], sum(sin(x)))
    }
    expect(failedOf(lossLaws({ name: 'counting', loss, params: tensors([2], { min: 1, max: 2 }) }))).toContain(
      'purity: the same point gives the same bits twice',
    )
  })

  it('finds a loss that writes into its parameters', () => {
    const loss = (p: { x: Tensor }): Tensor => {
      const before = p.x
      p.x = tensor([9])
      return sum(square(before))
    }
    expect(failedOf(lossLaws({ name: 'writing', loss, params: tensors([1]).map((x) => ({ x })) }))).toContain(
      'purity: parameters are left as they were',
    )
  })
})
