import { describe, expect, it } from 'vitest'
import {
  dot,
  grad,
  greater,
  hvp,
  jvp,
  matmul,
  mul,
  reciprocal,
  sum,
  type Tensor,
  tensor,
  toArray,
  vmap,
  where,
} from '../../src/index.js'

/** A branch that is not taken and that holds a product over ∞. */
const guarded = (x: Tensor): Tensor => where(greater(sum(x), 0), dot(reciprocal(x), x), 0)

describe('an exact zero wins over ∞ and NaN in products that sum', () => {
  const origin = tensor([0, 0])

  it('in reverse and in forward mode', () => {
    expect(toArray(grad(guarded)(origin))).toEqual([0, 0])
    expect(toArray(jvp(guarded)(origin, tensor([1, 1]))[1])).toBe(0)
  })

  it('at second order, one by one and in a batch', () => {
    const product = hvp(guarded)(origin)
    expect(toArray(product(tensor([1, 2]))).valueOf()).toEqual([0, 0])
    expect(
      toArray(
        vmap(product)(
          tensor([
            [1, 0],
            [0, 1],
          ]),
        ),
      ),
    ).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  it('for matrices in every orientation', () => {
    const a = tensor([
      [Infinity, 1],
      [2, Number.NaN],
    ])
    const masked = (x: Tensor): Tensor => mul(0, sum(where(greater(x, 5), matmul(matmul(a, x), a), 0)))
    expect(
      toArray(
        grad(masked)(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      ),
    ).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  it('and values keep IEEE arithmetic', () => {
    expect(toArray(dot(tensor([0]), tensor([Infinity])))).toBeNaN()
  })

  it('while a NaN that meets no zero stays', () => {
    expect(toArray(grad((x: Tensor) => dot(tensor([Number.NaN, 1]), x))(tensor([1, 1])))).toEqual([Number.NaN, 1])
  })
})
