import fc from 'fast-check'
import {
  checkpoint,
  compile,
  cos,
  exp,
  grad,
  hvp,
  jvp,
  mul,
  scalar,
  sin,
  stage,
  sum,
  type Tensor,
  tensor,
  toNumber,
  vjp,
  vmap,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { record } from '../../src/transform/tape.js'
import { expectNear, expectSameBits } from '../support/near.js'
import { arbitraryProgram, arbitraryVector, runProgram } from '../support/programs.js'

describe('checkpoint', () => {
  it('gives the bits of the function, values and derivatives of both orders', () => {
    fc.assert(
      fc.property(arbitraryProgram, arbitraryVector, arbitraryVector, (program, x, v) => {
        const f = (y: Tensor): Tensor => sum(runProgram(program, y))
        const g = checkpoint(f)
        expectSameBits(vjp(g)(x)[0], f(x))
        expectSameBits(grad(g)(x), grad(f)(x))
        expectSameBits(jvp(g)(x, v), jvp(f)(x, v))
        // Second derivatives meet their terms in another order.
        expectNear(hvp(g)(x)(v), hvp(f)(x)(v), 1e-11)
        expectNear(grad((y: Tensor) => jvp(g)(y, v)[1])(x), grad((y: Tensor) => jvp(f)(y, v)[1])(x), 1e-11)
      }),
      { numRuns: 60 },
    )
  })

  it('compiles and batches', () => {
    const f = (a: Tensor): Tensor => sum(checkpoint((x: Tensor) => mul(a, exp(sin(x))))(a))
    const plain = (a: Tensor): Tensor => sum(mul(a, exp(sin(a))))
    const x = tensor([0.3, -1, 2])
    expectNear(compile(grad(f))(x), grad(plain)(x), 1e-14)
    expectNear(compile(hvp(f))(x)(x), hvp(plain)(x)(x), 1e-14)
    expectNear(vmap(grad(f))(x), grad(plain)(x), 1e-14)
    expectNear(grad((w: Tensor) => sum(vmap(f)(w)))(x), grad(plain)(x), 1e-14)
    expect(stage(grad(f))(x).instructions.filter(({ operation }) => operation.name === 'checkpoint').length).toBe(2)
  })

  it('keeps nothing of the inside on a tape', () => {
    const chain = (x: Tensor): Tensor => Array.from({ length: 50 }).reduce<Tensor>((y) => cos(y), x)
    const kept = (f: (x: Tensor) => Tensor): number => {
      const sizes: Array<number> = []
      record('test', f, tensor([1, 2, 3, 4]), ({ output }) => sizes.push(output.size))
      return sizes.reduce((a, b) => a + b, 0)
    }
    expect(kept(chain)).toBe(50 * 4)
    // The result, packed and unpacked.
    expect(kept(checkpoint(chain))).toBeLessThanOrEqual(2 * 4)
  })

  it('is the function itself where nothing is differentiated', () => {
    const runs: Array<number> = []
    const f = checkpoint((x: Tensor) => {
      runs.push(toNumber(x))
      return x
    })
    expect(toNumber(f(scalar(3)))).toBe(3)
    expect(runs).toEqual([3])
  })
})
