import fc from 'fast-check'
import { matmul, mul, square, sum, type Tensor, tensor, toFloat64Array, treeAxpy } from 'gradus'
import { symmetricMatrices, tensors } from 'gradus/laws'
import {
  along,
  type Direction,
  fixedStep,
  lowRankDirection,
  minimize,
  objective,
  type StateType,
  saddleFreeDirection,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { take } from './counted.js'

const step = <F extends StateType>(direction: Direction<F>, f: (x: Tensor) => Tensor, at: Tensor): Tensor => {
  const [, second] = take(2)(minimize(along(direction, fixedStep(1)), objective(f))(at))
  if (second === undefined) throw new Error('no step')
  return treeAxpy(-1, at, second.params)
}

const quadraticCases = fc
  .integer({ min: 1, max: 4 })
  .chain((n) => fc.record({ a: symmetricMatrices('indefinite', n), at: tensors([n]) }))

describe('the saddle-free direction', () => {
  it('of low rank with the whole rank: that of |H| + γI, which loses no digits to a small γ', () => {
    const near = (f: (x: Tensor) => Tensor, at: Tensor, damping: number, tolerance: number): void =>
      expectNear(step(lowRankDirection({ damping }), f, at), step(saddleFreeDirection({ damping }), f, at), tolerance)
    fc.assert(
      fc.property(quadraticCases, ({ a, at }) => {
        near((x) => mul(0.5, sum(mul(x, matmul(a.matrix, x)))), at, 0.1, 1e-7)
      }),
    )
    near((x) => mul(0.5, sum(mul(tensor([1e6, -1e3, 1]), square(x)))), tensor([1, 2, 3]), 1e-9, 1e-9)
  })

  it('of low rank: no digit of a small curvature is lost beside a large one', () => {
    const f = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor([1e6, -1, 1e-2]), square(x))))
    const at = tensor([1e-6, 1, 100])
    // The gradient is [1, −1, 1]; as a difference, (1 − |λ| / (|λ| + γ)) / γ, the first part would be off by ε / γ = 2e-8, a fiftieth of it.
    const moved = toFloat64Array(step(lowRankDirection({ damping: 1e-8 }), f, at))
    const exact = [-1 / (1e6 + 1e-8), 1 / (1 + 1e-8), -1 / (1e-2 + 1e-8)]
    // Small eigenvalues are found up to ε max|λ| = 2e-10, 2e-8 of the least.
    exact.forEach((part, i) => {
      expect(Math.abs((moved[i] ?? 0) / part - 1)).toBeLessThan(1e-6)
    })
  })

  it('of low rank: beside the kept curvatures counts the least of them, or the damping alone', () => {
    const curvatures = [4, -2, 1]
    const f = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor(curvatures), square(x))))
    const at = tensor([1, -2, 3])
    const moved = (rank: number, complement: 'least' | 'damping') =>
      step(lowRankDirection({ rank, damping: 0.5, complement }), f, at)
    const over = (divisors: ReadonlyArray<number>) =>
      curvatures.map((curvature, i) => (-curvature * (toFloat64Array(at)[i] ?? 0)) / (divisors[i] ?? 0))
    expectNear(moved(1, 'least'), over([4.5, 4.5, 4.5]), 1e-12)
    expectNear(moved(2, 'least'), over([4.5, 2.5, 2.5]), 1e-12)
    expectNear(moved(1, 'damping'), over([4.5, 0.5, 0.5]), 1e-12)
    for (const complement of ['least', 'damping'] as const)
      expectNear(moved(3, complement), over([4.5, 2.5, 1.5]), 1e-12)
  })
})
