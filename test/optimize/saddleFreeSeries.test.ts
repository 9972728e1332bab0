import { mul, square, sub, sum, type Tensor, tensor, toNumber, treeAxpy } from 'gradus'
import {
  along,
  type Direction,
  fixedStep,
  minimize,
  objective,
  type StateType,
  saddleFreeDirection,
  seriesDirection,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { take } from './counted.js'

const step = <F extends StateType>(direction: Direction<F>, f: (x: Tensor) => Tensor, at: Tensor): Tensor => {
  const [, second] = take(2)(minimize(along(direction, fixedStep(1)), objective(f))(at))
  if (second === undefined) throw new Error('no step')
  return treeAxpy(-1, at, second.params)
}

describe('the saddle-free direction as a series', () => {
  it('tends to that of |H|, and of |H| + dI', () => {
    // Condition 4, so that (1 − 1/16)ᵏ is 3e-12 for 410 terms.
    const f = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor([4, -2, 1, -1]), square(x))))
    const at = tensor([1, -2, 0.5, 3])
    for (const damping of [0, 0.5, 3, 4, 20]) {
      const exact = step(saddleFreeDirection({ damping }), f, at)
      expectNear(step(seriesDirection({ terms: 410, damping, accelerate: false }), f, at), exact, 1e-9)
      const errors = [5, 10, 20, 40].map((terms) =>
        toNumber(sum(square(sub(step(seriesDirection({ terms, damping, accelerate: false }), f, at), exact)))),
      )
      errors.slice(1).forEach((error, i) => {
        expect(error).toBeLessThan(errors[i] ?? 0)
      })
      const accelerated = toNumber(sum(square(sub(step(seriesDirection({ terms: 20, damping }), f, at), exact))))
      expect(accelerated).toBeLessThan(errors[2] ?? 0)
    }
  })

  it('ends where terms are lost, begins anew where a power shows a larger curvature, and needs none for one term', () => {
    const productsOf = (curvatures: ReadonlyArray<number>, at: ReadonlyArray<number>, terms: number) => {
      const f = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor(curvatures), square(x))))
      const [, second] = take(2)(minimize(along(seriesDirection({ terms }), fixedStep(1)), objective(f))(tensor(at)))
      return second?.work.products
    }
    // |H| = 3I: √V is 3, and I − H²/V is 0.
    expect(productsOf([3, -3], [1, 2], 20)).toBe(2)
    // V is 16 from the gradient, up to what the small part takes away, and each of 4 powers costs two.
    expect(productsOf([4, 1], [1, 0], 5)).toBe(2)
    expect(productsOf([4, 1], [1, 1e-3], 5)).toBeGreaterThanOrEqual(8)
    // At first the gradient shows 1 alone; its powers grow along the other, 1 − 100² → −10⁴ times each.
    expect(productsOf([1, 100], [1, 1e-14], 5)).toBeGreaterThan(8)
    const scaled = step(seriesDirection({ terms: 1 }), (x) => mul(2, sum(square(x))), tensor([1, 2]))
    expectNear(scaled, [-1, -2], 1e-15)
    // A bound that is known beforehand is used from the start, and makes the step shorter.
    const bounded = step(seriesDirection({ terms: 1, bound: 64 }), (x) => mul(2, sum(square(x))), tensor([1, 2]))
    expectNear(bounded, [-0.5, -1], 1e-15)
  })
})
