/** The laws of Krylov methods hold for the library, and reject an operator that is not what it says. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { matmul, type Tensor, tensor } from 'gradus'
import { type LinearOperator, operatorOf } from 'gradus/curvature'
import { check, krylovLaws, register, symmetricMatrices } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

const operators: fc.Arbitrary<LinearOperator<Tensor>> = fc
  .integer({ min: 1, max: 5 })
  .chain((n) => symmetricMatrices('indefinite', n))
  .map(({ matrix }) => operatorOf(matrix))

register({ describe, it }, { instances: 40 })(krylovLaws({ name: 'Krylov methods of gradus', operators }))

it('an operator that is not symmetric is found out', () => {
  const lopsided = tensor([
    [1, 5],
    [-5, 2],
  ])
  const wrong = operators.map((): LinearOperator<Tensor> => {
    const { applyMany: _, ...rest } = operatorOf(lopsided)
    return { ...rest, apply: (v) => matmul(lopsided, v) }
  })
  const outcome = check({ seed: 1, shrink: false })(krylovLaws({ name: 'x', operators: wrong }))
  expect(E.isLeft(outcome) && outcome.left.length).toBeGreaterThan(1)
})
