/** What a saddle-free step in a Krylov space holds and makes, by count: vectors as long as the parameters, and rows of the basis. */
import * as E from 'fp-ts/lib/Either.js'
import { mul, normal, ones, randomKey, sin, sum, type Tensor, useProvider } from 'gradus'
import { diagonalOperator } from 'gradus/curvature'
import { type Objective, saddleFreeKrylov } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { watchingAllocations } from '../../bench/allocations.js'
import { toNumber } from '../../src/data/read.js'
import { provider } from '../../src/kernel/provider.js'
import { basisWasm } from '../../src/kernel/wasm/basis.js'
import { evaluated, workMonoid } from '../../src/optimize/Optimizer.js'

const n = 2000

const d = sin(mul(normal(randomKey(1), [n]), 3))

/** ½ xᵀDx, which makes one vector in each product and in each gradient. */
const objective: Objective<Tensor> = {
  value: (x) => toNumber(sum(mul(mul(0.5, x), mul(d, x)))),
  valueAndGrad: (x) => [toNumber(sum(mul(mul(0.5, x), mul(d, x)))), mul(d, x)],
  hessian: () => diagonalOperator(d),
}

/** A second step, which has a previous one to take in: its rows, and the vectors that it makes beside them. */
const counted = (dimension: number): { readonly rows: number; readonly vectors: number; readonly products: number } => {
  const before = provider()
  const rows: Array<number> = []
  useProvider({
    ...before,
    basis: (size) => {
      const basis = basisWasm(size)
      if (basis === undefined) throw new Error('this engine has no SIMD')
      return {
        ...basis,
        room: (count) => {
          rows.push(count)
          return basis.room(count)
        },
      }
    },
  })
  const optimizer = saddleFreeKrylov({ dimension, damping: 0.1 })
  const start = ones([n])
  // The memory of the basis is made while buffers are watched, so that its views are told from buffers.
  const { buffers } = watchingAllocations((count) => {
    const begun = { step: 0, params: start, state: optimizer.init(start), work: workMonoid.empty }
    const first = { ...evaluated(objective, begun), objective }
    const second = optimizer.step<Tensor>(objective)(first)
    if (E.isLeft(second)) throw new Error('expected a step')
    return count(() => optimizer.step<Tensor>(objective)({ ...second.right, objective }))
  })
  useProvider(before)
  return {
    rows: Math.max(...rows),
    vectors: buffers.filter((bytes) => bytes === 8 * n).length,
    products: dimension + 1,
  }
}

describe('a saddle-free step in a Krylov space', () => {
  const [few, many] = [counted(10), counted(30)]

  it('holds one row for each Lanczos vector, one for the previous step, and one to work in', () => {
    expect([few.rows, many.rows]).toEqual([12, 32])
  })

  it('makes the argument and the result of each product, and beside them as many vectors whatever the space is', () => {
    const beside = ({ vectors, products }: typeof few): number => vectors - 2 * products
    expect(beside(many)).toBe(beside(few))
    // Four of them in the objective, and three squares in norms. What lives at once are parameters, gradient and previous step of
    // before and of after, a step and its candidate: eight, and with the rows k + 10.
    expect(beside(few)).toBeLessThanOrEqual(14)
  })
})
