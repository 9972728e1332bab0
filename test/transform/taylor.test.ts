/** Taylor mode against closed forms, against nested jvp, and through other transforms. */
import fc from 'fast-check'
import {
  add,
  cholesky,
  compile,
  cos,
  det,
  exp,
  expm,
  eye,
  grad,
  jvp,
  log,
  mul,
  outer,
  scalar,
  sigmoid,
  sin,
  solve,
  square,
  sum,
  type Tensor,
  tanh,
  taylor,
  tensor,
  toNumber,
  transpose,
  vmap,
  where,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { arbitraryProgram, arbitraryVector, runProgram } from '../support/programs.js'

const factorial = (n: number): number => (n === 0 ? 1 : n * factorial(n - 1))

/** The derivative of order k of f(p + t v) at t = 0, by jvp within jvp. */
const nested =
  (f: (p: Tensor) => Tensor, order: number) =>
  (p: Tensor, v: Tensor): Tensor =>
    order === 0 ? f(p) : jvp((q: Tensor) => nested(f, order - 1)(q, v))(p, v)[1]

describe('taylor', () => {
  it('finds the series of elementary functions', () => {
    const at = (f: (x: Tensor) => Tensor, x: number, order: number) =>
      taylor(f, order)(scalar(x))(scalar(1)).map(toNumber)
    const orders = Array.from({ length: 12 }, (_, k) => k)
    expectNear(
      at(exp, 0, 11),
      orders.map((k) => 1 / factorial(k)),
      1e-15,
    )
    expectNear(
      at(sin, 0, 11),
      orders.map((k) => (k % 2 === 0 ? 0 : (k % 4 === 1 ? 1 : -1) / factorial(k))),
      1e-15,
    )
    expectNear(
      at(log, 1, 11),
      orders.map((k) => (k === 0 ? 0 : (k % 2 === 0 ? -1 : 1) / k)),
      1e-15,
    )
    // By Bernoulli numbers (DLMF 4.33.3): x − x³/3 + 2x⁵/15 − 17x⁷/315 + 62x⁹/2835.
    expectNear(at(tanh, 0, 9), [0, 1, 0, -1 / 3, 0, 2 / 15, 0, -17 / 315, 0, 62 / 2835], 1e-15)
  })

  it('is the nested jvp, divided by k!, for random programs', () => {
    fc.assert(
      fc.property(arbitraryProgram, arbitraryVector, arbitraryVector, (program, p, v) => {
        const f = (x: Tensor): Tensor => runProgram(program, x)
        const coefficients = taylor(f, 4)(p)(v)
        coefficients.forEach((coefficient, k) => {
          const derivative = nested(f, k)(p, v)
          expectNear(mul(factorial(k), coefficient), derivative, 1e-8)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('takes trees, and gives structures back', () => {
    const f = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }) => ({ product: mul(a, b), total: sum(square(b)) })
    const p = { a: tensor([1, 2]), b: tensor([3, 4]) }
    const v = { a: tensor([1, 0]), b: tensor([1, 1]) }
    const found = taylor(f, 3)(p)(v)
    expectNear(
      found.map(({ product }) => product),
      [3, 8, 4, 2, 1, 0, 0, 0],
    )
    expectNear(
      found.map(({ total }) => total),
      [25, 14, 2, 0],
    )
  })

  it('is a chain of few operations where nested jvp doubles: high orders are cheap', () => {
    const deep = (x: Tensor): Tensor => tanh(sin(exp(tanh(x))))
    expect(taylor(deep, 20)(scalar(0.3))(scalar(1)).map(toNumber).every(Number.isFinite)).toBe(true)
  })

  it('differentiates, nests, batches and compiles', () => {
    const third = (x: Tensor): Tensor => {
      const [, , , c = scalar(0)] = taylor((q: Tensor) => sum(mul(q, sigmoid(q))), 3)(x)(tensor([1, 2]))
      return c
    }
    const p = tensor([0.4, -0.7])
    const cubic = (x: Tensor): Tensor => nested((q) => sum(mul(q, sigmoid(q))), 3)(x, tensor([1, 2]))
    expectNear(mul(6, grad(third)(p)), grad(cubic)(p), 1e-12)
    expectNear(compile(third)(p), third(p), 1e-14)
    const inner = taylor((t: Tensor) => taylor((x: Tensor) => mul(square(x), t), 2)(t)(scalar(1))[1] ?? t, 2)
    // The inner coefficient is 2 t · t, so the outer series at 3 along 1 is 18 + 12 t + 2 t².
    expectNear(inner(scalar(3))(scalar(1)), [18, 12, 2])
    expectNear(
      vmap((x: Tensor) => taylor((q: Tensor) => exp(q), 2)(x)(scalar(1))[2] ?? x)(tensor([0, 1])),
      [0.5, Math.E / 2],
      1e-14,
    )
  })

  it('goes through linear algebra: solutions, determinants, exponentials', () => {
    const matrixOf = (x: Tensor): Tensor => add(mul(3, eye(3)), mul(0.3, outer(sin(x), cos(mul(2, x)))))
    const [p, v] = [tensor([0.3, -0.2, 0.5]), tensor([1, 0.5, -1])]
    const functions = [
      (x: Tensor): Tensor => solve(matrixOf(x), x),
      (x: Tensor): Tensor => det(matrixOf(x)),
      (x: Tensor): Tensor => sum(expm(mul(0.2, matrixOf(x)))),
      (x: Tensor): Tensor => sum(cholesky(add(matrixOf(x), transpose(matrixOf(x))))),
    ]
    functions.forEach((f) => {
      taylor(
        f,
        3,
      )(p)(v).forEach((coefficient, k) => {
        expectNear(mul(factorial(k), coefficient), nested(f, k)(p, v), 1e-11)
      })
    })
  })

  it('keeps masked branches clean and constants constant', () => {
    const masked = (x: Tensor): Tensor => where(tensor([1, 0]), log(x), x)
    // log(1 + t) + t; the logarithm of the second entry, of 0, is masked.
    expectNear(taylor((x: Tensor) => sum(masked(x)), 2)(tensor([1, 0]))(tensor([1, 1])), [0, 2, -0.5])
    expectNear(taylor(() => tensor([7]), 2)(scalar(1))(scalar(1)), [[7], [0], [0]])
    expect(defectOf(() => taylor(exp, -1)(scalar(0))(scalar(1)))).toContain('order that is an integer of 0 or more')
    expect(defectOf(() => taylor((x: Tensor) => add(x, 1), 2)(tensor([1]))(tensor([1, 2])))).toContain('taylor')
  })
})
