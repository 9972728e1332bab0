/** The complex step against the modes of differentiation: each checks the other, since they share no rule. */
import fc from 'fast-check'
import {
  abs,
  add,
  atan,
  atan2,
  clamp,
  complexStep,
  conv1d,
  cosh,
  cumprod,
  cumsum,
  div,
  erf,
  exp,
  expm1,
  grad,
  hvp,
  jvp,
  log,
  log1p,
  logSumExp,
  matmul,
  max,
  maximum,
  mul,
  norm,
  pow,
  reciprocal,
  relu,
  reshape,
  rfft,
  scalar,
  sigmoid,
  sin,
  sinh,
  softmax,
  softplus,
  sort,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tan,
  tanh,
  tensor,
  toNumber,
  transpose,
  where,
} from 'gradus'
import { tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { arbitraryProgram, arbitraryVector, runProgram } from '../support/programs.js'

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  abs,
  atan,
  'atan2 on all sides': (x) => atan2(sin(mul(2, x)), sub(x, 0.3)),
  clamp: (x) => clamp(x, -0.5, 0.7),
  cosh,
  convolution: (x) => conv1d(reshape(square(x), [1, 1, 3]), tensor([[[1, -2]]])),
  cumprod: (x) => cumprod(add(1, square(x))),
  cumsum: (x) => cumsum(square(x)),
  fourier: (x) => rfft(mul(x, x)),
  div: (x) => div(x, add(2, square(x))),
  exp,
  expm1,
  log: (x) => log(add(0.1, square(x))),
  log1p: (x) => log1p(square(x)),
  logSumExp: (x) => logSumExp(x),
  max: (x) => max(mul(x, x)),
  maximum: (x) => maximum(x, sin(x)),
  norm: (x) => norm(x),
  'pow by an integer': (x) => pow(x, 3),
  'pow by a negative integer': (x) => pow(add(x, 4), -2),
  'pow by a number': (x) => pow(add(0.2, square(x)), 1.7),
  'pow by itself': (x) => pow(add(0.2, square(x)), x),
  reciprocal: (x) => reciprocal(add(3.5, x)),
  relu,
  sigmoid: (x) => sigmoid(mul(40, x)),
  sinh,
  softmax: (x) => softmax(x),
  sort: (x) => sort(sin(mul(3, x))),
  softplus: (x) => softplus(mul(30, x)),
  sqrt: (x) => sqrt(add(0.1, square(x))),
  take: (x) => take(square(x), tensor([2, 0, 2])),
  tan: (x) => tan(mul(0.4, x)),
  tanh: (x) => tanh(mul(8, x)),
  where: (x) => where(tensor([1, 0, 1]), exp(x), square(x)),
}

describe('complexStep', () => {
  it.each(Object.entries(functions))('agrees with jvp: %s', (_, f) => {
    fc.assert(
      fc.property(tensors([3], { min: -3, max: 3 }), tensors([3]), (p, v) => {
        expectNear(complexStep(f)(p)(v), jvp(f)(p, v)[1], 1e-12)
      }),
    )
  })

  it('agrees with the gradient of random programs, erf apart', () => {
    const hasErf = (program: unknown): boolean => JSON.stringify(program).includes('erf')
    fc.assert(
      fc.property(
        arbitraryProgram.filter((program) => !hasErf(program)),
        arbitraryVector,
        arbitraryVector,
        (program, p, v) => {
          const f = (x: Tensor): Tensor => sum(runProgram(program, x))
          const slope = complexStep(f)(p)(v)
          const size = sum(abs(mul(grad(f)(p), v)))
          expectNear(div(slope, add(1, size)), div(sum(mul(grad(f)(p), v)), add(1, size)), 1e-12)
        },
      ),
    )
  })

  it('of a gradient it is a Hessian-vector product', () => {
    const loss = (x: Tensor): Tensor =>
      sum(
        tanh(
          matmul(
            transpose(
              tensor([
                [1, 2],
                [0.5, -1],
              ]),
            ),
            x,
          ),
        ),
      )
    const [p, v] = [tensor([0.3, -0.2]), tensor([1, 2])]
    expectNear(complexStep(grad(loss))(p)(v), hvp(loss)(p)(v), 1e-14)
  })

  it('tells a rule that is wrong by a part in 10¹², where differences cannot', () => {
    const found = toNumber(complexStep(exp)(scalar(1))(scalar(1)))
    expect(Math.abs(found / Math.E - 1)).toBeLessThan(4e-16)
    expect(Math.abs(found / ((1 + 1e-12) * Math.E) - 1)).toBeGreaterThan(9e-13)
  })

  it('names an operation without an extension', () => {
    expect(defectOf(() => complexStep(erf)(scalar(1))(scalar(1)))).toMatch(/complexStep: erf has no extension/)
  })
})
