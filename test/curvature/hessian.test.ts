import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cos,
  hessianMatrix,
  jacrev,
  logSumExp,
  matmul,
  mul,
  neg,
  ravel,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeDot,
} from 'gradus'
import { eigen, gaussNewtonOperator, hessianOperator, type LinearOperator } from 'gradus/curvature'
import { tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { alongBy, gradientBy } from '../support/differences.js'
import { expectNear, expectSameBits } from '../support/near.js'

interface Network {
  readonly weights: Tensor
  readonly bias: Tensor
}

const inputs = tensor([
  [0.3, -1.2],
  [0.8, 0.5],
  [-0.4, 1.1],
])

const hidden = ({ weights, bias }: Network): Tensor => tanh(add(matmul(inputs, weights), bias))
const loss = (p: Network): Tensor => add(logSumExp(hidden(p)), sum(sin(mul(2, p.bias))))

const networks = fc.record({ weights: tensors([2, 3]), bias: tensors([3]) })

const always = (body: (p: Network, u: Network, v: Network) => void): void =>
  fc.assert(fc.property(networks, networks, networks, body), { numRuns: 60 })

/** The matrix by one product for each unit vector. */
const columnByColumn = <P>({ like, size, apply }: LinearOperator<P>): Tensor => {
  const [, unravel] = ravel(like)
  return tensor(
    Array.from({ length: size }, (_, j) => [
      ...toFloat64Array(ravel(apply(unravel(tensor(Array.from({ length: size }, (__, i) => (i === j ? 1 : 0))))))[0]),
    ]),
  )
}

const least = (matrix: Tensor): number => {
  const found = eigen(matrix)
  return E.isRight(found) ? (toFloat64Array(found.right.values)[0] ?? Number.NaN) : Number.NaN
}

describe('hessianOperator', () => {
  it('has the structure and the size of the parameters', () => {
    const p = { weights: inputs, bias: tensor([1, 2]) }
    const operator = hessianOperator((q: Network) => add(sum(square(q.weights)), sum(cos(q.bias))))(p)
    expect(operator.like).toBe(p)
    expect(operator.size).toBe(8)
  })

  it('has products that differences of differences find', () => {
    always((p, _, v) => {
      // Differences of the gradient, itself by differences in one direction: no derivative of the project is used.
      const alongV = alongBy(
        (q: Network) => tensor([...toFloat64Array(ravel(gradientBy(loss, q, 0.05))[0])]),
        p,
        v,
        0.05,
      )
      expectNear(ravel(hessianOperator(loss)(p).apply(v))[0], alongV, 1e-4)
    })
  }, 20_000)

  it('has a matrix that is exactly symmetric and equal to its products', () => {
    always((p) => {
      const operator = hessianOperator(loss)(p)
      const matrix = operator.matrix()
      expectSameBits(transpose(matrix), matrix)
      expectNear(matrix, columnByColumn(operator), 1e-12)
      expectNear(matrix, hessianMatrix(loss)(p), 1e-12)
    })
  })

  it('is symmetric and linear as an operator', () => {
    always((p, u, v) => {
      const { apply } = hessianOperator(loss)(p)
      expectNear(treeDot(u, apply(v)), treeDot(apply(u), v), 1e-11)
    })
  })

  it('runs the loss once, for all products and for the matrix', () => {
    const calls: Array<Tensor> = []
    const operator = hessianOperator((x: Tensor) => {
      calls.push(x)
      return sum(square(x))
    })(tensor([1, 2]))
    expectNear(operator.apply(tensor([1, 0])), [2, 0], 0)
    expectNear(operator.apply(tensor([0, 1])), [0, 2], 0)
    expectNear(
      operator.matrix(),
      [
        [2, 0],
        [0, 2],
      ],
      0,
    )
    expect(calls.length).toBe(1)
  })
})

describe('gaussNewtonOperator', () => {
  const outer = (y: Tensor): Tensor => logSumExp(mul(2, y))

  it('is Jᵀ H J, with J the Jacobian of the model and H the Hessian of the loss', () => {
    always((p) => {
      const [flat, unravel] = ravel(p)
      const model = (x: Tensor): Tensor => ravel(hidden(unravel(x)))[0]
      const jacobian = jacrev(model)(flat)
      const inner = hessianMatrix(outer)(model(flat))
      const operator = gaussNewtonOperator(hidden, outer)(p)
      const matrix = operator.matrix()
      expectSameBits(transpose(matrix), matrix)
      expectNear(matrix, matmul(transpose(jacobian), matmul(inner, jacobian)), 1e-12)
      expectNear(matrix, columnByColumn(operator), 1e-12)
    })
  })

  it('is positive semidefinite for a convex loss, where the Hessian is not', () => {
    const indefinite: Array<number> = []
    always((p) => {
      expect(least(gaussNewtonOperator(hidden, outer)(p).matrix())).toBeGreaterThanOrEqual(-1e-12)
      if (least(hessianOperator((q: Network) => outer(hidden(q)))(p).matrix()) < -1e-3) indefinite.push(1)
    })
    expect(indefinite.length).toBeGreaterThan(0)
  })

  it('is the Hessian where the model is linear, and for a concave loss negative', () => {
    always((p) => {
      const linear = ({ weights, bias }: Network): Tensor => add(matmul(inputs, weights), bias)
      expectNear(
        gaussNewtonOperator(linear, outer)(p).matrix(),
        hessianOperator((q: Network) => outer(linear(q)))(p).matrix(),
        1e-12,
      )
      expectNear(
        gaussNewtonOperator(hidden, (y: Tensor) => neg(outer(y)))(p).matrix(),
        neg(gaussNewtonOperator(hidden, outer)(p).matrix()),
        1e-13,
      )
    })
  })

  it('leaves out the curvature of the model, which is what is left of the Hessian', () => {
    // f = y², y = x²: f″ = 12x²; the Gauss-Newton part is 8x², and 2y · y″ = 4x² is left out.
    const x = tensor([1.5])
    const gaussNewton = gaussNewtonOperator(
      (p: Tensor) => square(p),
      (y: Tensor) => sum(square(y)),
    )(x)
    const whole = hessianOperator((p: Tensor) => sum(square(square(p))))(x)
    expect(toNumber(sum(gaussNewton.matrix()))).toBeCloseTo(8 * 2.25, 12)
    expect(toNumber(sum(sub(whole.matrix(), gaussNewton.matrix())))).toBeCloseTo(4 * 2.25, 12)
  })
})
