import fc from 'fast-check'
import {
  dot,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  matmul,
  stack,
  sum,
  type Tensor,
  tensor,
  toArray,
  transpose,
  vjp,
  vmap,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { alongBy, gradientBy } from '../support/differences.js'
import { expectNear, expectSameBits } from '../support/near.js'
import { arbitraryProgram, arbitraryVector, type Program, runProgram } from '../support/programs.js'

const weights = tensor([0.7, -1.1, 0.4])

/** A scalar function whose cotangents differ from entry to entry. */
const lossOf =
  (program: Program) =>
  (x: Tensor): Tensor =>
    dot(weights, runProgram(program, x))

const always = (property: fc.IProperty<[Program, Tensor, Tensor, Tensor]>, numRuns = 150): void =>
  fc.assert(property, { numRuns })

const programs = (
  body: (program: Program, x: Tensor, u: Tensor, v: Tensor) => void,
): fc.IProperty<[Program, Tensor, Tensor, Tensor]> =>
  fc.property(arbitraryProgram, arbitraryVector, arbitraryVector, arbitraryVector, body)

describe('random programs', () => {
  // Differences lose about 10⁻¹⁶ ‖f‖ / h to rounding, and the smallest step is 0.003.
  it('has the gradient that differences find', () => {
    always(
      programs((program, x) => {
        const f = lossOf(program)
        expectNear(grad(f)(x), gradientBy(f, x), 1e-8)
      }),
    )
  })

  it('has the products that differences of gradients find', () => {
    always(
      programs((program, x, _, v) => {
        const g = grad(lossOf(program))
        expectNear(hvp(lossOf(program))(x)(v), alongBy(g, x, v), 1e-7)
      }),
    )
  })

  it('has a symmetric Hessian that agrees with its products and with both Jacobians of the gradient', () => {
    always(
      programs((program, x, _, v) => {
        const f = lossOf(program)
        const h = hessian(f)(x)
        expectNear(transpose(h), h, 1e-12)
        expectNear(matmul(h, v), hvp(f)(x)(v), 1e-12)
        expectNear(jacfwd(grad(f))(x), h, 1e-12)
        expectNear(jacrev(grad(f))(x), h, 1e-12)
      }),
    )
  })

  it('has a pushforward and a pullback that are adjoint', () => {
    always(
      programs((program, x, u, v) => {
        const f = (at: Tensor): Tensor => runProgram(program, at)
        const [, forward] = jvp(f)(x, v)
        const [, pullback] = vjp(f)(x)
        expectNear(dot(u, forward), dot(pullback(u), v), 1e-12)
      }),
    )
  })

  it('has one tangent, computed at once or replayed', () => {
    always(
      programs((program, x, u, v) => {
        const f = (at: Tensor): Tensor => runProgram(program, at)
        const [y, pushforward] = linearize(f)(x)
        expectSameBits(y, jvp(f)(x, v)[0])
        expectNear(pushforward(v), jvp(f)(x, v)[1], 1e-13)
        expectNear(pushforward(u), jvp(f)(x, u)[1], 1e-13)
        expectSameBits(pushforward(v), pushforward(v))
      }),
    )
  })

  it('has Jacobians that agree, column by column and row by row', () => {
    always(
      programs((program, x, _, v) => {
        const f = (at: Tensor): Tensor => runProgram(program, at)
        expectNear(jacrev(f)(x), jacfwd(f)(x), 1e-13)
        expectNear(matmul(jacfwd(f)(x), v), jvp(f)(x, v)[1], 1e-12)
      }),
    )
  })

  it('gives a batch the results of its examples', () => {
    always(
      programs((program, x, u, v) => {
        const examples = [x, u, v]
        const f = (at: Tensor): Tensor => runProgram(program, at)
        const each = (g: (at: Tensor) => Tensor): Tensor => stack(examples.map(g))
        expectNear(vmap(f)(stack(examples)), each(f), 1e-14)
        expectNear(vmap(grad(lossOf(program)))(stack(examples)), each(grad(lossOf(program))), 1e-13)
        const product = (at: Tensor): Tensor => hvp(lossOf(program))(at)(weights)
        expectNear(vmap(product)(stack(examples)), each(product), 1e-12)
      }),
    )
  })

  it('differentiates a batch as the batch of derivatives', () => {
    always(
      programs((program, x, u, v) => {
        const batch = stack([x, u])
        const f = (at: Tensor): Tensor => sum(vmap(lossOf(program))(at))
        expectNear(grad(f)(batch), vmap(grad(lossOf(program)))(batch), 1e-13)
        const along = stack([v, x])
        expectNear(
          jvp(vmap(lossOf(program)))(batch, along)[1],
          vmap((at: Tensor, direction: Tensor) => jvp(lossOf(program))(at, direction)[1])(batch, along),
          1e-13,
        )
      }),
    )
  })

  it('leaves its inputs as they were', () => {
    always(
      programs((program, x, _, v) => {
        const before = [toArray(x), toArray(v)]
        hvp(lossOf(program))(x)(v)
        expect([toArray(x), toArray(v)]).toEqual(before)
      }),
      30,
    )
  })
})
