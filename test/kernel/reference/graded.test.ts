import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { symmetricEigenvalues } from '../../../src/kernel/reference/eigen.js'
import { gradedEigen } from '../../../src/kernel/reference/graded.js'

const {
  cases,
}: {
  readonly cases: ReadonlyArray<{
    readonly matrix: ReadonlyArray<ReadonlyArray<number>>
    readonly eigenvalues: ReadonlyArray<number>
    readonly condition: number
  }>
} = JSON.parse(readFileSync(new URL('../../golden/kernel/graded.json', import.meta.url), 'utf8'))

const flat = (matrix: ReadonlyArray<ReadonlyArray<number>>): Float64Array => Float64Array.from(matrix.flat())

const errorsOf = (values: Float64Array, right: ReadonlyArray<number>): ReadonlyArray<number> =>
  right.map((value, i) => Math.abs((values[i] ?? Number.NaN) - value) / value)

describe('eigenvalues of D A D', () => {
  it.each(cases.map((each, i) => [i, each] as const))(
    'case %d: right to a multiple of n ε κ(A), each relative to itself',
    (_, { matrix, eigenvalues, condition }) => {
      const n = matrix.length
      const found = gradedEigen(n, flat(matrix))
      if (found === undefined) throw new Error('not positive definite')
      // The bound of Demmel and Veselić has a factor of n or so; ten of them are left for the sums of the factor.
      const bound = 10 * n * Number.EPSILON * condition
      for (const error of errorsOf(found.values, eigenvalues)) expect(error).toBeLessThan(bound)
    },
  )

  it('a reduction to tridiagonal form is not', () => {
    // Else there would be no reason for rotations. (Where a matrix is graded downwards it may be right by luck.)
    const wrong = cases.filter(({ matrix, eigenvalues }) => {
      const found = symmetricEigenvalues(matrix.length, flat(matrix))
      return found === undefined || Math.max(...errorsOf(found, eigenvalues)) > 1e-3
    })
    expect(wrong.length).toBeGreaterThan(cases.length / 2)
  })

  it('eigenvectors are orthonormal, and right to rounding of the norm', () => {
    for (const { matrix } of cases) {
      const n = matrix.length
      const found = gradedEigen(n, flat(matrix))
      if (found === undefined) throw new Error('not positive definite')
      const v = found.vectors()
      const at = (i: number, r: number): number => v[i * n + r] ?? Number.NaN
      for (let r = 0; r < n; r++) {
        for (let s = 0; s <= r; s++) {
          const inner = matrix.reduce((sum, _, i) => sum + at(i, r) * at(i, s), 0)
          expect(Math.abs(inner - (r === s ? 1 : 0))).toBeLessThan(1e-14 * n)
        }
        const largest = found.values[n - 1] ?? Number.NaN
        for (const [i, row] of matrix.entries()) {
          const residual = row.reduce((sum, x, j) => sum + x * at(j, r), 0) - (found.values[r] ?? Number.NaN) * at(i, r)
          expect(Math.abs(residual)).toBeLessThan(10 * n * Number.EPSILON * largest)
        }
        const unit = Float64Array.from({ length: n }, (_, i) => (i === r ? 1 : 0))
        const column = found.expand(unit)
        for (let i = 0; i < n; i++) expect(column[i]).toBe(at(i, r))
        found.project(column).forEach((x, i) => {
          expect(Math.abs(x - (unit[i] ?? 0))).toBeLessThan(1e-14 * n)
        })
      }
    }
  })
})

describe('what is not positive definite beyond rounding has none', () => {
  it.each([
    ['indefinite', [1, 0, 2, 1]],
    ['negative', [-1, 0, 0, -2]],
    ['singular', [1, 1, 1, 1]],
    ['singular in every scale', [1, 1e-8, 1e-8, 1e-16]],
    ['singular but for rounding', [1, 1, 1, 1 + Number.EPSILON]],
    ['with a row of zeros', [0, 0, 0, 1]],
    ['zero', [0, 0, 0, 0]],
    ['with NaN', [1, 0, Number.NaN, 1]],
    ['with ∞', [1, 0, 0, Infinity]],
  ])('%s', (_, entries) => {
    expect(gradedEigen(2, Float64Array.from(entries))).toBeUndefined()
  })

  it('of any size', () => {
    for (const scale of [1e-300, 1e-10, 1e150, 1e300]) {
      const found = gradedEigen(2, Float64Array.from([2 * scale, 0, scale, 2 * scale]))
      expect([...(found?.values ?? [])].map((value) => Math.round((value / scale) * 1e12) / 1e12)).toEqual([1, 3])
    }
  })
})
