import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { matmul, mul, sum, tensor, toFloat64Array, toNumber } from 'gradus'
import { modifiedCholesky } from 'gradus/curvature'
import { symmetricMatrices, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

const cases = (kind: 'positive' | 'indefinite' | 'negative') =>
  fc.integer({ min: 1, max: 6 }).chain((n) => fc.record({ a: symmetricMatrices(kind, n), b: tensors([n]) }))

const factored = (matrix: Parameters<typeof modifiedCholesky>[0]) => {
  const found = modifiedCholesky(matrix)
  if (O.isNone(found)) throw new Error('not finite')
  return found.value
}

describe('modified Cholesky factors', () => {
  it('solve a positive definite system as it is', () => {
    fc.assert(
      fc.property(cases('positive'), ({ a, b }) => {
        const { solve, added } = factored(a.matrix)
        expectNear(matmul(a.matrix, solve(b)), b, 1e-9)
        // Pivots lose a rounding of the largest entry.
        expect(added).toBeLessThan(1e-12)
      }),
    )
  })

  it('are positive definite whatever the matrix is: bᵀ(A + E)⁻¹b > 0', () => {
    for (const kind of ['indefinite', 'negative'] as const)
      fc.assert(
        fc.property(cases(kind), ({ a, b }) => {
          fc.pre(toFloat64Array(b).some((each) => Math.abs(each) > 1e-6))
          const { solve } = factored(a.matrix)
          expect(toNumber(sum(mul(b, solve(b))))).toBeGreaterThan(0)
        }),
      )
  })

  it('what is added is diagonal', () => {
    const a = tensor([
      [1, 2, 0],
      [2, -1, 3],
      [0, 3, 0.5],
    ])
    const { solve } = factored(a)
    // Columns of (A + E)⁻¹, and by them A + E itself, whose entries off the diagonal are those of A.
    const columns = [0, 1, 2].map((i) => [...toFloat64Array(solve(tensor([0, 1, 2].map((j) => (i === j ? 1 : 0)))))])
    const unit = matmul(tensor(columns), a)
    // (A + E)⁻¹ A = I − (A + E)⁻¹ E: each column is a unit vector less a multiple of a column of the inverse.
    const rows = [...toFloat64Array(unit)]
    for (const j of [0, 1, 2]) {
      const rest = [0, 1, 2].map((i) => (i === j ? 1 : 0) - (rows[3 * i + j] ?? 0))
      const ratios = rest.map((each, i) => each / (columns[i]?.[j] ?? 1))
      expectNear(ratios, [ratios[j], ratios[j], ratios[j]], 1e-10)
      expect(ratios[j]).toBeGreaterThanOrEqual(-1e-12)
    }
  })

  it('zeros, NaN and matrices that are not square', () => {
    expectNear(
      factored(
        tensor([
          [0, 0],
          [0, 0],
        ]),
      ).solve(tensor([1, 2])),
      [1, 2],
      0,
    )
    expect(
      O.isNone(
        modifiedCholesky(
          tensor([
            [1, 0],
            [Number.NaN, 1],
          ]),
        ),
      ),
    ).toBe(true)
    expect(defectOf(() => modifiedCholesky(tensor([[1, 2]])))).toContain('expected a square matrix')
  })
})
