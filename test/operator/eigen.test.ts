import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  diagonal,
  eye,
  matmul,
  mul,
  neg,
  sub,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  zeros,
} from 'gradus'
import { type Eigen, eigen, extremes, operatorOf } from 'gradus/curvature'
import { evenly, type Spectrum, symmetricMatrices, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

const decomposed = (matrix: Tensor): Eigen => {
  const found = eigen(matrix)
  if (E.isLeft(found)) throw new Error(found.left.advice)
  return found.right
}

const spectra: fc.Arbitrary<Spectrum> = fc.constantFrom('positive', 'negative', 'indefinite', 'moderate', 'degenerate')

const matrices = fc
  .tuple(spectra, fc.integer({ min: 1, max: 8 }))
  .chain(([spectrum, n]) => symmetricMatrices(spectrum, n))

const always = (body: (matrix: Tensor, eigenvalues: ReadonlyArray<number>) => void): void =>
  fc.assert(fc.property(matrices, ({ matrix, eigenvalues }) => body(matrix, eigenvalues)))

describe('eigen', () => {
  it('finds the spectrum by which a matrix was made, ascending', () => {
    always((matrix, eigenvalues) => {
      expectNear(
        decomposed(matrix).values,
        [...eigenvalues].sort((a, b) => a - b),
        1e-12,
      )
    })
  })

  it('rebuilds the matrix from orthonormal eigenvectors', () => {
    always((matrix) => {
      const { values, vectors } = decomposed(matrix)
      const v = vectors()
      expectNear(matmul(transpose(v), v), eye(values.size), 1e-13)
      expectNear(matmul(mul(v, values), transpose(v)), matrix, 1e-12)
    })
  })

  it('projects and expands as the eigenvectors do', () => {
    fc.assert(
      fc.property(
        matrices.chain(({ matrix }) => fc.tuple(fc.constant(matrix), tensors([matrix.shape[0] ?? 0]))),
        ([matrix, x]) => {
          const { vectors, project, expand } = decomposed(matrix)
          expectNear(project(x), matmul(transpose(vectors()), x), 1e-13)
          expectNear(expand(x), matmul(vectors(), x), 1e-13)
          expectNear(expand(project(x)), x, 1e-13)
        },
      ),
    )
  })

  it('reads the lower triangle alone', () => {
    const { values } = decomposed(
      tensor([
        [2, 99, -7],
        [1, 3, 55],
        [0, -1, 4],
      ]),
    )
    expectNear(
      values,
      decomposed(
        tensor([
          [2, 1, 0],
          [1, 3, -1],
          [0, -1, 4],
        ]),
      ).values,
      0,
    )
  })

  it('of nothing is nothing', () => {
    expect(decomposed(zeros([0, 0])).values.shape).toEqual([0])
  })

  it.each([Number.NaN, Infinity, -Infinity])('is Left, with advice, for a matrix with %d', (entry) => {
    const found = eigen(
      tensor([
        [1, 0],
        [entry, 1],
      ]),
    )
    expect(found).toMatchObject(E.left({ _tag: 'EigenFailure' }))
    expect(E.isLeft(found) && found.left.advice).toMatch(/NaN.*explain/)
  })

  it.each([[[2, 3]], [[4]], [[2, 2, 2]], [[]]])('is a Defect for the shape %j', (shape) => {
    expect(defectOf(() => eigen(zeros(shape)))).toMatch(/^ShapeMismatch: eigen: expected a square matrix, got shape/)
  })
})

describe('|A| from the eigen-decomposition', () => {
  const absolute = (matrix: Tensor): Tensor => {
    const { values, vectors } = decomposed(matrix)
    return matmul(mul(vectors(), tensor([...toFloat64Array(values)].map(Math.abs))), transpose(vectors()))
  }
  const least = (matrix: Tensor): number => toFloat64Array(decomposed(matrix).values)[0] ?? Number.NaN
  const traceOf = (matrix: Tensor): number => toNumber(sum(diagonal(matrix)))

  it('has the square of A and is its only root that is not negative', () => {
    always((matrix) => {
      expectNear(matmul(absolute(matrix), absolute(matrix)), matmul(matrix, matrix), 1e-12)
      expect(least(absolute(matrix))).toBeGreaterThanOrEqual(-1e-13)
    })
  })

  it('is above A and above −A', () => {
    always((matrix) => {
      expect(least(sub(absolute(matrix), matrix))).toBeGreaterThanOrEqual(-1e-12)
      expect(least(sub(absolute(matrix), neg(matrix)))).toBeGreaterThanOrEqual(-1e-12)
    })
  })

  it('scales by |c|', () => {
    fc.assert(
      fc.property(matrices, evenly(-5, 5), ({ matrix }, c) => {
        expectNear(absolute(mul(c, matrix)), mul(Math.abs(c), absolute(matrix)), 1e-11)
      }),
    )
  })

  it('has at least the trace of ±A, and the eigenvectors of A', () => {
    always((matrix) => {
      expect(traceOf(absolute(matrix))).toBeGreaterThanOrEqual(Math.abs(traceOf(matrix)) - 1e-12)
      expectNear(matmul(absolute(matrix), matrix), matmul(matrix, absolute(matrix)), 1e-11)
    })
  })

  it('bounds the quadratic form: |xᵀAx| ≤ xᵀ|A|x', () => {
    fc.assert(
      fc.property(
        matrices.chain(({ matrix }) => fc.tuple(fc.constant(matrix), tensors([matrix.shape[0] ?? 0]))),
        ([matrix, x]) => {
          const form = (a: Tensor): number => toNumber(sum(mul(x, matmul(a, x))))
          expect(Math.abs(form(matrix))).toBeLessThanOrEqual(form(absolute(matrix)) + 1e-10)
        },
      ),
    )
  })
})

describe('of a matrix with a known spectrum', () => {
  /** ‖u‖⁴ H D H for the reflection H along u: whole numbers, which are what they are, with the eigenvalues ‖u‖⁴ dᵢ. */
  const exact = fc.integer({ min: 1, max: 6 }).chain((n) => {
    const entries = (most: number) => fc.array(fc.integer({ min: -most, max: most }), { minLength: n, maxLength: n })
    return fc
      .record({ u: entries(9), d: entries(50) })
      .filter(({ u }) => u.some((x) => x !== 0))
      .map(({ u, d }) => {
        const square = u.reduce((sum, x) => sum + x * x, 0)
        const h = u.map((x, i) => u.map((y, j) => (i === j ? square : 0) - 2 * x * y))
        const matrix = h.map((row) =>
          h.map((other) => row.reduce((sum, x, k) => sum + x * (d[k] ?? 0) * (other[k] ?? 0), 0)),
        )
        return { matrix: tensor(matrix), values: d.map((x) => x * square * square).sort((a, b) => a - b) }
      })
  })

  it('they are right to (n + 8) ε max|values|, as the ends of a spectrum are told', () => {
    fc.assert(
      fc.property(exact, ({ matrix, values }) => {
        const found = decomposed(matrix)
        const errors = [...toFloat64Array(found.values)].map((value, i) => Math.abs(value - (values[i] ?? Number.NaN)))
        const most = Math.max(...values.map(Math.abs))
        expect(Math.max(...errors)).toBeLessThanOrEqual((values.length + 8) * Number.EPSILON * most)
        // Bounds that are to hold always do so at the least matrices too.
        const ends = extremes()(operatorOf(matrix))
        if (E.isLeft(ends)) throw new Error(ends.left.advice)
        const { least, greatest } = ends.right
        expect(least.lower <= (values[0] ?? Number.NaN) && (values[0] ?? Number.NaN) <= least.upper).toBe(true)
        const last = values[values.length - 1] ?? Number.NaN
        expect(greatest.lower <= last && last <= greatest.upper).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('of a matrix that is right to its entries', () => {
  const values = (matrix: Tensor, rightTo: 'norm' | 'entries') => {
    const found = eigen(matrix, { rightTo })
    if (E.isLeft(found)) throw new Error(found.left.advice)
    return { values: [...toFloat64Array(found.right.values)], noise: found.right.noise }
  }

  it('small eigenvalues are right relatively, and none is noise', () => {
    // (1 + 10⁻²⁰ ± …)/2: the determinant 3·10⁻²⁰ over the trace.
    const graded = tensor([
      [1, 1e-10],
      [1e-10, 4e-20],
    ])
    const {
      values: [least = Number.NaN],
      noise,
    } = values(graded, 'entries')
    expect(Math.abs(least / 3e-20 - 1)).toBeLessThan(1e-14)
    expect(noise).toBe(0)
    expect(values(graded, 'norm').noise).toBe(2 * Number.EPSILON)
  })

  it('a singular matrix stays singular to rounding of its norm', () => {
    const {
      values: [least = Number.NaN],
      noise,
    } = values(
      tensor([
        [1, 1],
        [1, 1],
      ]),
      'entries',
    )
    expect(noise / Number.EPSILON).toBeCloseTo(4, 12)
    expect(Math.abs(least)).toBeLessThanOrEqual(noise)
  })

  it('all others have the same decomposition', () => {
    always((matrix) => {
      // The spectra of these matrices are far from rounding, or exactly singular.
      expect(values(matrix, 'entries')).toEqual(values(matrix, 'norm'))
    })
  })
})
