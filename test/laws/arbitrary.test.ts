import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { diagonal, eye, matmul, mul, sum, type Tensor, tensor, toFloat64Array, toNumber, transpose } from 'gradus'
import { eigen } from 'gradus/curvature'
import {
  anyTensors,
  invertibleMatrices,
  kinkNumbers,
  nearSaddles,
  orthogonalMatrices,
  type Spectrum,
  specialNumbers,
  symmetricMatrices,
  tensors,
} from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'

const sizes = fc.integer({ min: 1, max: 6 })

describe('matrices', () => {
  it('are orthogonal', () => {
    fc.assert(
      fc.property(sizes.chain(orthogonalMatrices), (q) => {
        expectNear(matmul(transpose(q), q), eye(q.shape[0] ?? 0), 1e-13)
      }),
    )
  })

  it.each<Spectrum>(['positive', 'negative', 'indefinite', 'moderate', 'degenerate', 'repeated', 'ill conditioned'])(
    'have the %s spectrum that is told',
    (spectrum) => {
      fc.assert(
        fc.property(
          sizes.chain((n) => symmetricMatrices(spectrum, n)),
          ({ matrix, basis, eigenvalues }) => {
            expectSameBits(transpose(matrix), matrix)
            const found = eigen(matrix)
            expectNear(
              E.isRight(found) ? found.right.values : [],
              [...eigenvalues].sort((a, b) => a - b),
              1e-12,
            )
            expectNear(matmul(matrix, basis), mul(basis, tensor(eigenvalues)), 1e-12)
            const negative = eigenvalues.filter((value) => value < 0).length
            const positive = eigenvalues.filter((value) => value > 0).length
            if (spectrum === 'positive') expect(positive).toBe(eigenvalues.length)
            if (spectrum === 'negative') expect(negative).toBe(eigenvalues.length)
            if (spectrum === 'indefinite')
              expect(Math.min(negative, eigenvalues.length === 1 ? 1 : positive)).toBeGreaterThan(0)
            if (spectrum === 'degenerate') expect(eigenvalues).toContain(0)
            const sizes = eigenvalues.map(Math.abs)
            const condition = Math.max(...sizes) / Math.min(...sizes)
            if (spectrum === 'moderate') expect(condition).toBeLessThanOrEqual(4)
            if (spectrum === 'repeated') expect(new Set(eigenvalues).size).toBeLessThan(Math.max(2, eigenvalues.length))
            if (spectrum === 'ill conditioned' && eigenvalues.length > 1) expect(condition).toBeGreaterThanOrEqual(1e6)
          },
        ),
      )
    },
  )

  it('are invertible with a condition of at most 16', () => {
    fc.assert(
      fc.property(sizes.chain(invertibleMatrices), (b) => {
        const squares = eigen(matmul(transpose(b), b))
        const values = E.isRight(squares) ? [...toFloat64Array(squares.right.values)] : []
        expect(Math.min(...values)).toBeGreaterThan(0.25 - 1e-12)
        expect(Math.max(...values)).toBeLessThan(4 + 1e-12)
      }),
    )
  })

  it('reach far from the axes: a random basis is not nearly diagonal', () => {
    const offDiagonal = fc
      .sample(fc.noBias(orthogonalMatrices(3)), { numRuns: 200, seed: 3 })
      .map((q) => 3 - toNumber(sum(mul(diagonal(q), diagonal(q)))))
    expect(offDiagonal.filter((rest) => rest > 1).length).toBeGreaterThan(100)
  })
})

describe('tensors and points', () => {
  it('stay in their range', () => {
    fc.assert(
      fc.property(tensors([2, 3], { min: -0.5, max: 0.25 }), (x) => {
        expect(x.shape).toEqual([2, 3])
        expect([...toFloat64Array(x)].every((entry) => entry >= -0.5 && entry <= 0.25)).toBe(true)
      }),
    )
  })

  it('hold kinks and special values where they are asked for', () => {
    const drawn = fc.sample(tensors([40], { among: [...kinkNumbers, ...specialNumbers] }), { numRuns: 50, seed: 2 })
    const seen = drawn.flatMap((x) => [...toFloat64Array(x)])
    for (const special of [...kinkNumbers, ...specialNumbers])
      expect(seen.some((entry) => Object.is(entry, special))).toBe(true)
    expect(seen.filter((entry) => Math.abs(entry) <= 3).length).toBeGreaterThan(seen.length / 2)
  })

  it('have any shape, and shrink in shape and in value', () => {
    const shapes = fc
      .sample(anyTensors({ maxRank: 2, maxLength: 2 }), { numRuns: 200, seed: 1 })
      .map(({ shape }) => shape.join())
    expect(new Set(shapes)).toEqual(new Set(['', '1', '2', '1,1', '1,2', '2,1', '2,2']))
    const smallest = (holds: (x: Tensor) => boolean): ReadonlyArray<ReadonlyArray<number>> | undefined => {
      const { counterexample } = fc.check(fc.property(anyTensors(), holds), { seed: 4 })
      return counterexample?.map((x) => [x.shape, [...toFloat64Array(x)]])[0]
    }
    expect(smallest((x) => x.size < 2)).toEqual([[2], [0, 0]])
    // An entry keeps its place, so the shape shrinks as long as it has room for the one that matters.
    const [, entries = []] = smallest((x) => [...toFloat64Array(x)].every((entry) => entry < 1)) ?? []
    expect([...entries].sort((a, b) => b - a)).toEqual(entries.map((_, i) => (i === 0 ? 1 : 0)))
    expect(entries.length).toBeGreaterThan(0)
  })

  it('lie near saddles, with the coordinates that are told', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }).chain((n) => nearSaddles(n)),
        ({ basis, coordinates, start, eigenvalues }) => {
          expectNear(matmul(transpose(basis), start), [...coordinates], 1e-13)
          expect(Math.max(...coordinates.map(Math.abs))).toBeLessThan(1)
          expect(Math.min(...coordinates.map(Math.abs))).toBeGreaterThanOrEqual(1e-6)
          expect(eigenvalues.some((value) => value < 0) && eigenvalues.some((value) => value > 0)).toBe(true)
        },
      ),
    )
  })
})
