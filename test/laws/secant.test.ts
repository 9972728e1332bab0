/** The laws of secants hold for the library's quasi-Newton methods, and find matrices that have not learned. */
import * as E from 'fp-ts/lib/Either.js'
import { matmul, mul, type Tensor, tensor } from 'gradus'
import { check, type RuleSet, register, secantLaws } from 'gradus/laws'
import { bfgs, inverseHessianProduct, lbfgs, sr1 } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const dense = ([{ inverse }]: readonly [{ readonly inverse: Tensor | null }, unknown], v: Tensor): Tensor | null =>
  inverse === null ? null : matmul(inverse, v)

const some = { instances: 50 }

register({ describe, it }, some)(secantLaws({ name: 'bfgs', optimizer: bfgs(), product: dense }))
register({ describe, it }, some)(secantLaws({ name: 'sr1', optimizer: sr1(), product: dense, positive: false }))
register(
  { describe, it },
  some,
)(
  secantLaws({
    name: 'l-bfgs',
    optimizer: lbfgs({ memory: 3 }),
    product: ([pairs], v) => inverseHessianProduct(pairs, v),
  }),
)

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, shrink: false, instances: 50 })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

/** 1, 2, 3 … down a column. */
const rowsOf = (n: number): Tensor => tensor(Array.from({ length: n }, (_, i) => [i + 1]))

const knows = 'it knows the change of the gradient along its last step'

describe('the laws of secants find', () => {
  const seen = (change: (inverse: Tensor) => Tensor): ReadonlyArray<string> =>
    failedOf(
      secantLaws({
        name: 'x',
        optimizer: bfgs(),
        product: ([{ inverse }], v) => (inverse === null ? null : matmul(change(inverse), v)),
      }),
    )

  it('nothing where nothing is wrong', () => {
    expect(seen((inverse) => inverse)).toEqual([])
  })

  it('a matrix that is a little off, and one that is not symmetric', () => {
    expect(seen((inverse) => mul(1 + 1e-4, inverse))).toEqual([knows])
    // Of rows that weigh differently the product is no longer symmetric.
    expect(seen((inverse) => mul(rowsOf(inverse.shape[0] ?? 0), inverse))).toEqual(
      expect.arrayContaining([knows, 'it is symmetric']),
    )
  })

  it('a matrix that is minus what it should be', () => {
    expect(seen((inverse) => mul(-1, inverse))).toEqual([knows, 'it is positive definite'])
  })
})
