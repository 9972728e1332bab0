import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  concat,
  cumsum,
  matmul,
  max,
  mul,
  pad,
  slice,
  stopGradient,
  sum,
  type Tensor,
  take,
  tapeOf,
  tensor,
  transpose,
  where,
} from 'gradus'
import { check, type LinearMapClaim, linearMapLaws, linearMapsOf, randomFunctions, ruleSet, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

const failedOf = (claim: LinearMapClaim): ReadonlyArray<string> => {
  const outcome = check({ seed: 2, instances: 20 })(linearMapLaws(claim))
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${claim.name} › `, '')) : []
}

const matrix = tensor([
  [1, -2, 3],
  [0.5, 0, -1],
])

const product: LinearMapClaim = {
  name: 'product',
  from: [3],
  to: [2],
  apply: (t) => matmul(matrix, t),
  transpose: (u) => matmul(transpose(matrix), u),
}

describe('linear maps', () => {
  it('hold for a matrix', () => {
    expect(failedOf(product)).toEqual([])
  })

  it.each<readonly [string, Partial<LinearMapClaim>, ReadonlyArray<string>]>([
    ['that are affine', { apply: (t) => add(product.apply(t), 1) }, ['it is linear', 'zeros go to zeros']],
    ['whose transpose is of another', { transpose: (u) => mul(2, product.transpose(u)) }, ['⟨u, L t⟩ = ⟨Lᵀ u, t⟩']],
    ['whose transpose is affine', { transpose: (u) => add(product.transpose(u), 1) }, ['its transpose is linear']],
    [
      'whose transpose cannot be transposed',
      { transpose: (u) => stopGradient(product.transpose(u)) },
      ['the transpose of the transpose is the map'],
    ],
    ['that make NaN of zeros', { apply: (t) => mul(Number.NaN, product.apply(t)) }, ['zeros go to zeros']],
  ])('fail for maps %s', (_, change, laws) => {
    expect(failedOf({ ...product, ...change })).toEqual(expect.arrayContaining([...laws]))
  })

  it('hold for the differential of every operation of random programs', () => {
    fc.assert(
      fc.property(randomFunctions(), tensors([3]), ({ f }, x) => {
        const maps = tapeOf(f)(x).flatMap(linearMapsOf)
        expect(check({ seed: 1, instances: 3 })(ruleSet('maps', maps.map(linearMapLaws))([]))).toEqual(
          E.right(undefined),
        )
      }),
      { numRuns: 30, seed: 5 },
    )
  })

  it('hold for structural operations', () => {
    const f = (x: Tensor): Tensor => {
      const rows = pad(concat([x, slice(x, [0, 1], [2, 3])], { axis: 1 }), [
        [1, 0],
        [0, 2],
      ])
      const picked = take(rows, tensor([2, 0, 2]), { axis: 0 })
      const summed = add(cumsum(picked, { axis: 1 }), max(picked, { axes: [0] }))
      return sum(where(tensor([1, 0, 1, 1, 0, 1, 1]), summed, mul(summed, 2)))
    }
    const maps = tapeOf(f)(matrix).flatMap(linearMapsOf)
    expect(maps.map(({ name }) => name.replace(/,.*/, ''))).toEqual(
      expect.arrayContaining(['pad', 'concat', 'slice', 'gather', 'cumsum', 'max', 'where', 'sum']),
    )
    expect(check({ seed: 1, instances: 10 })(ruleSet('maps', maps.map(linearMapLaws))([]))).toEqual(E.right(undefined))
  })

  it('are quiet at zero where a coefficient is infinite or not a number', () => {
    const maps = tapeOf((x: Tensor) => mul(x, tensor([Infinity, Number.NaN])))(tensor([1, 2])).flatMap(linearMapsOf)
    const only = 'mul, input 0 › zeros go to zeros'
    expect(check({ only })(ruleSet('maps', maps.map(linearMapLaws))([]))).toEqual(E.right(undefined))
  })
})
