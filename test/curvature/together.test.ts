import { add, matmul, normal, randomKey, ravel, sin, square, stack, sum, type Tensor, tanh, zeros } from 'gradus'
import {
  eigenpairs,
  fisherOperator,
  gaussianLikelihood,
  gaussNewtonOperator,
  hessianOperator,
  type LinearOperator,
} from 'gradus/curvature'
import { objective } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { compiledFunctions } from '../../src/curvature/lossFunctions.js'
import { expectNear } from '../support/near.js'

interface Net {
  readonly w: Tensor
  readonly b: readonly [Tensor]
}

const inputs = normal(randomKey(1), [20, 6])
const p: Net = { w: normal(randomKey(2), [6, 5]), b: [normal(randomKey(3), [5])] }
const model = ({ w, b }: Net): Tensor => tanh(add(matmul(inputs, w), b[0]))
const loss = (net: Net): Tensor => sum(sin(square(model(net))))

const operators: ReadonlyArray<readonly [string, () => LinearOperator<Net>]> = [
  ['hessianOperator', () => hessianOperator(loss)(p)],
  ['gaussNewtonOperator', () => gaussNewtonOperator(model, (y: Tensor) => sum(square(y)))(p)],
  ['fisherOperator', () => fisherOperator(model, gaussianLikelihood())(p)],
  ['an objective', () => objective(loss).hessian(p)],
  ['a compiled loss', () => compiledFunctions(loss).hessian(p, [])],
]

describe.each(operators)('%s', (_, make) => {
  it('takes several directions together as it takes them one by one, in as many batches as it likes', () => {
    const { applyMany, apply, size } = make()
    const [, unravel] = ravel(p)
    for (const count of [1, 3, 700]) {
      const directions = Array.from({ length: count }, (__, i) => normal(randomKey(i), [size]))
      const images = applyMany?.(stack(directions))
      expect(images?.shape).toEqual([count, size])
      expectNear(images, stack(directions.map((v) => ravel(apply(unravel(v)))[0])), 1e-11)
    }
    expect(applyMany?.(zeros([0, size])).shape).toEqual([0, size])
  })

  it('has the same eigenpairs by blocks', () => {
    const [one, several] = [1, 4].map((block) => eigenpairs({ count: 3, which: 'bothEnds', block })(make()))
    expect(several?.converged).toBe(true)
    expectNear(several?.pairs.map(({ value }) => value) ?? [], one?.pairs.map(({ value }) => value) ?? [], 1e-8)
  })
})
