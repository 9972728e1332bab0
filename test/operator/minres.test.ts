import fc from 'fast-check'
import {
  matmul,
  mul,
  normal,
  pinv,
  randomKey,
  sub,
  type Tensor,
  tensor,
  toNumber,
  treeDot,
  treeNorm,
  zeros,
} from 'gradus'
import { diagonalOperator, linearOperator, type MinresResult, minres, minresQlp, operatorOf } from 'gradus/curvature'
import { symmetricMatrices, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { matrixOf, operatorCases } from '../support/operatorFixtures.js'
import { counted, defectOf, ofSpectrum, withSpectrum } from '../support/operators.js'

const norm = (x: unknown): number => toNumber(treeNorm(x))

const dot = (x: Tensor, y: Tensor): number => toNumber(treeDot(x, y))

const methods = {
  minres: minres<Tensor>,
  'minresQlp from the first iteration on': (options: Parameters<typeof minres<Tensor>>[0] = {}) =>
    minresQlp({ ...options, transferCondition: 1 }),
  'minresQlp after some iterations': (options: Parameters<typeof minres<Tensor>>[0] = {}) =>
    minresQlp({ ...options, transferCondition: 3 }),
}

const lengths = Array.from({ length: 6 }, (_, i) => i + 1)

describe.each(Object.entries(methods))('%s', (name, method) => {
  // The second basis of MINRES-QLP is another way to the same iterates.
  it.each(operatorCases)('takes the steps of SciPy: $name', (fixture) => {
    const a = operatorOf(matrixOf(fixture))
    const found = lengths.map(
      (maximalIterations) =>
        method({ tolerance: 0, leastSquaresTolerance: 0, maximalIterations })(a)(tensor(fixture.right)).solution,
    )
    // After four steps for four eigenvalues there is nothing left to compare.
    const count = fixture.name === 'multiple' ? 4 : 6
    const scale = Math.max(1, norm(tensor(fixture.minres[count - 1] ?? [])))
    expectNear(
      found.slice(0, count).map((x) => mul(1 / scale, x)),
      fixture.minres.slice(0, count).map((x) => mul(1 / scale, tensor(x))),
      1e-10,
    )
  })

  it.each(operatorCases)('solves what SciPy solves: $name', (fixture) => {
    const a = operatorOf(matrixOf(fixture))
    const found = method({ tolerance: 1e-13, maximalIterations: 2000 })(a)(a.apply(tensor(fixture.right)))
    expect(found._tag).toBe('Solved')
    // A condition of 1e4 and a residual of 1e-13.
    expectNear(found.solution, fixture.solved, 1e-8)
  })

  it('solves indefinite systems, at one product an iteration', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(symmetricMatrices('indefinite', n), tensors([n]))),
        ([{ matrix, eigenvalues }, x]) => {
          const operator = counted(operatorOf(matrix))
          const b = matmul(matrix, x)
          const found = method({ maximalIterations: 500 })(operator)(b)
          expect(found.converged).toBe(true)
          expect([found.products, found.iterations]).toEqual([operator.products(), operator.products()])
          const size = eigenvalues.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
          expect(norm(sub(b, matmul(matrix, found.solution)))).toBeLessThanOrEqual(
            1e-7 * (1 + norm(b) + size * norm(x)),
          )
        },
      ),
    )
  })

  it('tells the first residual along which curvature is not positive, and stops there if asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(symmetricMatrices('indefinite', n), tensors([n]))),
        ([{ matrix, eigenvalues }, b]) => {
          fc.pre(norm(b) > 1e-3)
          const operator = operatorOf(matrix)
          const found = method({ onNegativeCurvature: 'stop' })(operator)(b)
          const seen = found.negativeCurvature
          if (seen === null) {
            expect(found._tag).not.toBe('NegativeCurvature')
            return
          }
          const size = eigenvalues.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
          const slack = 1e-9 * size * norm(b) ** 2
          expect(found._tag).toBe('NegativeCurvature')
          expect(seen.curvature).toBeLessThanOrEqual(0)
          expect(Math.abs(dot(seen.direction, matmul(matrix, seen.direction)) - seen.curvature)).toBeLessThanOrEqual(
            slack,
          )
          // It is the residual of the iterate that is returned.
          expect(norm(sub(seen.direction, sub(b, matmul(matrix, found.solution))))).toBeLessThanOrEqual(
            1e-8 * (norm(b) + size * found.solutionNorm),
          )
          expect(dot(seen.direction, b)).toBeGreaterThan(0)
          expect(seen.iteration).toBe(found.iterations)
        },
      ),
    )
  })

  it('sees none where there is none, and none when it does not look', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(symmetricMatrices('positive', n), tensors([n]))),
        ([{ matrix }, b]) => {
          expect(method()(operatorOf(matrix))(b).negativeCurvature).toBeNull()
        },
      ),
    )
    const indefinite = ofSpectrum([-3, -1, 2, 5], 1)
    const b = tensor([1, 2, 3, 4])
    expect(method({ onNegativeCurvature: 'ignore' })(indefinite)(b).negativeCurvature).toBeNull()
    expect(method()(indefinite)(b)).toMatchObject({
      _tag: 'Solved',
      negativeCurvature: { curvature: expect.any(Number) },
    })
  })

  it('knows residuals, which never rise, and the size of the operator', () => {
    const a = ofSpectrum(
      Array.from({ length: 30 }, (_, i) => i - 12.5),
      2,
    )
    const b = normal(randomKey(3), [30])
    const runs = Array.from({ length: 30 }, (_, i) => method({ maximalIterations: i + 1 })(a)(b))
    for (const { residualNorm, solution } of runs) expectNear(residualNorm, norm(sub(b, a.apply(solution))), 1e-9)
    expect(
      runs.slice(1).every(({ residualNorm }, i) => residualNorm <= (runs[i]?.residualNorm ?? Number.NaN) + 1e-12),
    ).toBe(true)
    const last = runs[29]
    expect(last?.operatorNorm).toBeGreaterThan(0.7 * 16.5)
    expect(last?.operatorNorm).toBeLessThanOrEqual(16.5 + 1e-9)
    expectNear(runs[10]?.normalResidualNorm, norm(a.apply(sub(b, a.apply(runs[9]?.solution ?? b)))), 1e-9)
  })

  it('with a preconditioner is the method of the transformed system', () => {
    const d = [1, 4, 9, 16, 25]
    const root = diagonalOperator(tensor(d.map((x) => 1 / Math.sqrt(x))))
    const a = ofSpectrum([-3, -1, 0.5, 2, 7], 5)
    const b = tensor([1, -1, 2, 3, 1])
    const inverse = diagonalOperator(tensor(d.map((x) => 1 / x)))
    const inner = operatorOf(matmul(root.matrix(), matmul(a.matrix(), root.matrix())))
    for (const maximalIterations of [1, 2, 3, 4]) {
      const found = method({ preconditioner: inverse, maximalIterations })(a)(b)
      const plain = method({ maximalIterations })(inner)(root.apply(b))
      expectNear(found.solution, root.apply(plain.solution), 1e-10)
      expectNear(found.residualNorm, plain.residualNorm, 1e-10)
    }
    const refused = method({ preconditioner: diagonalOperator(tensor([1, 1, 1, 1, -9])) })(a)(tensor([0, 0, 0, 0, 1]))
    expect(refused).toMatchObject({ _tag: 'Preconditioner', converged: false, iterations: 0 })
  })

  it('ends in NonFinite for NaN and ∞, with the last good iterate', () => {
    const bad = linearOperator(zeros([2]), (v) => mul(v, tensor([1, Number.NaN])))
    for (const b of [tensor([1, 1]), tensor([Infinity, 1]), tensor([1, Number.NaN])]) {
      const found = method()(bad)(b)
      expect(found).toMatchObject({ _tag: 'NonFinite', converged: false })
      expectNear(found.solution, [0, 0], 0)
    }
  })

  it('solves nothing at once, and respects limits', () => {
    const a = ofSpectrum([-2, 1e-9, 1, 3], 7)
    expect(method()(a)(zeros([4]))).toMatchObject({ _tag: 'Solved', iterations: 0 })
    expect(method({ maximalIterations: 2 })(a)(tensor([1, 1, 1, 1]))).toMatchObject({
      _tag: 'MaximalIterations',
      iterations: 2,
    })
    expect(method({ maximalNorm: 1e4, leastSquaresTolerance: 1e-14 })(a)(tensor([1, 1, 1, 1]))).toMatchObject({
      _tag: 'MaximalNorm',
    })
    expect(method({ maximalCondition: 1e6, leastSquaresTolerance: 1e-14 })(a)(tensor([1, 1, 1, 1]))).toMatchObject({
      _tag: 'MaximalCondition',
    })
    expect(name.length).toBeGreaterThan(0)
  })
})

describe('singular systems', () => {
  const shortest = (found: MinresResult<Tensor>, expected: unknown): void => {
    expect(found.converged).toBe(true)
    expectNear(found.solution, expected, 1e-6)
  }

  it.each(operatorCases)('end at the shortest least-squares solution: $name', (fixture) => {
    const options = { transferCondition: 1, tolerance: 1e-12, maximalIterations: 2000 }
    shortest(minresQlp(options)(operatorOf(matrixOf(fixture)))(tensor(fixture.right)), fixture.shortest)
  })

  it('of any rank, with and without a solution', () => {
    const spectra = fc.array(fc.constantFrom(0, 0, 1, 2, -1.5, 4, -3), { minLength: 2, maxLength: 9 })
    fc.assert(
      fc.property(spectra, fc.integer({ min: 0, max: 999 }), fc.boolean(), (values, seed, isSolvable) => {
        const a = operatorOf(withSpectrum(values, seed))
        const x = normal(randomKey(seed + 1), [values.length])
        const b = isSolvable ? a.apply(x) : x
        const found = minresQlp<Tensor>()(a)(b)
        shortest(found, matmul(pinv(a.matrix(), { cutoff: 1e-10 }), b))
        if (values.every((value) => value === 0)) expectNear(found.solution, zeros([values.length]), 1e-12)
      }),
    )
  })

  it('are least squares for minres too, but not the shortest', () => {
    const a = operatorOf(
      withSpectrum(
        Array.from({ length: 40 }, (_, i) => (i < 30 ? i - 10.5 : 0)),
        3,
      ),
    )
    const b = normal(randomKey(5), [40])
    const [plain, found] = [minres()(a)(b), minresQlp()(a)(b)]
    expect([plain._tag, found._tag]).toEqual(['LeastSquares', 'LeastSquares'])
    expect(norm(a.apply(sub(b, a.apply(plain.solution))))).toBeLessThan(1e-5)
    expect(plain.solutionNorm).toBeGreaterThan(1.01 * found.solutionNorm)
    shortest(found, matmul(pinv(a.matrix(), { cutoff: 1e-10 }), b))
  })

  it('are known more exactly, and after fewer iterations, with vectors that are held orthogonal', () => {
    const values = Array.from({ length: 60 }, (_, i) => (i < 50 ? i - 20.5 : 0))
    const a = operatorOf(withSpectrum(values, 3))
    const b = normal(randomKey(5), [60])
    const found = minresQlp({ orthogonalize: true, leastSquaresTolerance: 1e-12, transferCondition: 1 })(a)(b)
    expect(found._tag).toBe('LeastSquares')
    // 50 eigenvalues that are not 0, and one residual to see that nothing is left.
    expect(found.iterations).toBe(51)
    expectNear(found.solution, matmul(pinv(a.matrix(), { cutoff: 1e-10 }), b), 1e-10)
  })
})

describe('ill-conditioned systems', () => {
  it('are solved by MINRES-QLP as exactly as it says, where MINRES says more than it knows', () => {
    const a = operatorOf(
      withSpectrum(
        Array.from({ length: 60 }, (_, i) => 10 ** ((-8 * i) / 59)),
        3,
      ),
    )
    const b = normal(randomKey(5), [60])
    const error = ({ solution, residualNorm }: MinresResult<Tensor>): number =>
      Math.abs(norm(sub(b, a.apply(solution))) - residualNorm)
    const [plain, found] = [
      minres({ maximalIterations: 3000 })(a)(b),
      minresQlp({ transferCondition: 10, maximalIterations: 3000 })(a)(b),
    ]
    expect(error(found) * 100).toBeLessThan(error(plain))
  })
})

describe('options out of range', () => {
  it('are refused', () => {
    expect(defectOf(() => minres({ tolerance: -1 }))).toMatch(
      /^InvalidArgument: minres: expected tolerance of 0 or more, got -1/,
    )
    expect(defectOf(() => minresQlp({ maximalNorm: 0 }))).toMatch(
      /^InvalidArgument: minresQlp: expected maximalNorm above 0/,
    )
    expect(defectOf(() => minresQlp({ transferCondition: Number.NaN }))).toMatch(
      /transferCondition of 0 or more, got NaN/,
    )
    expect(defectOf(() => minres({ maximalIterations: -1 }))).toMatch(
      /maximalIterations to be an integer of 0 or more, got -1/,
    )
  })
})

it('what least squares leave is no negative curvature', () => {
  // Positive semidefinite, with a right side out of its range: the residual is in its kernel, exactly or to rounding.
  for (const values of [[0], [0, 0], [1, 0], [2, 1, 0, 0]])
    for (const seed of [1, 2, 3])
      for (const method of Object.values(methods)) {
        const found = method()(ofSpectrum(values, seed))(normal(randomKey(seed), [values.length]))
        expect(found._tag).toBe('LeastSquares')
        expect(found.negativeCurvature).toBeNull()
      }
  const found = minres()(diagonalOperator(tensor([1, -1e-9])))(tensor([1, 1]))
  expect(found.negativeCurvature?.curvature).toBeLessThan(0)
})
