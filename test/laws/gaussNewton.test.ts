/** The laws of Gauss-Newton matrices hold for the library and for Fisher matrices, and find what is none. */
import * as E from 'fp-ts/lib/Either.js'
import {
  crossEntropy,
  gaussNewtonProduct,
  logSumExp,
  matmul,
  mul,
  neg,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
} from 'gradus'
import { categoricalLikelihood, fisherOperator, gaussNewtonOperator, hessianOperator } from 'gradus/curvature'
import { check, gaussNewtonLaws, type RuleSet, register, ruleSet, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

const inputs = tensor([
  [1, 2],
  [-0.5, 1],
  [0.25, -1],
])
const labels = tensor([0, 1, 1])
const points = tensors([4])
const linear = (w: Tensor): Tensor => matmul(inputs, reshape(w, [2, 2]))
const curved = (w: Tensor): Tensor => tanh(linear(w))
const entropy = (logits: Tensor): Tensor => crossEntropy(logits, labels)
/** At w = (1, 1, 1, 1) the outputs are the targets. */
const fitted = (outputs: Tensor): Tensor => sum(square(sub(outputs, curved(tensor([1, 1, 1, 1])))))

describe('hold', () => {
  register({ describe, it })(
    ruleSet('Gauss-Newton matrices of gradus', [
      gaussNewtonLaws({ name: 'linear classifier', model: linear, loss: entropy, points, agrees: 'linear' }),
      gaussNewtonLaws({ name: 'classifier', model: curved, loss: entropy, points }),
      gaussNewtonLaws({
        name: 'fitted',
        model: curved,
        loss: fitted,
        points: points.map(() => tensor([1, 1, 1, 1])),
        agrees: 'zeroResiduals',
      }),
      gaussNewtonLaws({
        name: 'Fisher matrix',
        model: linear,
        loss: entropy,
        points,
        agrees: 'linear',
        gaussNewton: fisherOperator(linear, categoricalLikelihood),
      }),
      gaussNewtonLaws({
        name: 'concave loss',
        model: linear,
        loss: (y) => neg(logSumExp(y)),
        points,
        agrees: 'linear',
        convex: false,
      }),
    ])([]),
  )
})

describe('find', () => {
  const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
    const outcome = check({ seed: 9, instances: 30, shrink: false })(rules)
    return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
  }

  it('a model that is not linear', () => {
    expect(failedOf(gaussNewtonLaws({ name: 'x', model: curved, loss: entropy, points, agrees: 'linear' }))).toEqual([
      'it is the Hessian, since the model is linear',
    ])
  })

  it('residuals that are not zero', () => {
    expect(
      failedOf(gaussNewtonLaws({ name: 'x', model: curved, loss: fitted, points, agrees: 'zeroResiduals' })),
    ).toEqual(['it is the Hessian where the residuals are zero'])
  })

  it('a Hessian in its place, and a loss that is not convex', () => {
    const gaussNewton = hessianOperator((w: Tensor) => fitted(curved(w)))
    expect(failedOf(gaussNewtonLaws({ name: 'x', model: curved, loss: fitted, points, gaussNewton }))).toEqual([
      'it is positive semidefinite',
    ])
    const concave = (y: Tensor): Tensor => neg(sum(square(y)))
    expect(failedOf(gaussNewtonLaws({ name: 'x', model: linear, loss: concave, points }))).toEqual([
      'it is positive semidefinite',
    ])
  })

  it('a product that forgets the loss, or half of it', () => {
    const operator = gaussNewtonOperator(linear, (y: Tensor) => mul(0.5, sum(square(y))))
    expect(
      failedOf(
        gaussNewtonLaws({ name: 'x', model: linear, loss: entropy, points, agrees: 'linear', gaussNewton: operator }),
      ),
    ).toEqual(['it is the Hessian, since the model is linear'])
    const halved = (w: Tensor) => ({
      ...gaussNewtonOperator(linear, entropy)(w),
      apply: (v: Tensor) => mul(0.5, gaussNewtonProduct(linear, entropy)(w)(v)),
    })
    expect(
      failedOf(
        gaussNewtonLaws({ name: 'x', model: linear, loss: entropy, points, agrees: 'linear', gaussNewton: halved }),
      ),
    ).toEqual(['it multiplies vectors as written out'])
  })
})
