import fc from 'fast-check'
import {
  add,
  matmul,
  mul,
  normal,
  randomKey,
  solve,
  sub,
  type Tensor,
  tensor,
  toNumber,
  treeDot,
  treeNorm,
  zeros,
} from 'gradus'
import { type CgResult, conjugateGradient, diagonalOperator, linearOperator, operatorOf } from 'gradus/curvature'
import { symmetricMatrices, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { matrixOf, operatorCases } from '../support/operatorFixtures.js'
import { counted, defectOf, ofSpectrum } from '../support/operators.js'

const norm = (x: unknown): number => toNumber(treeNorm(x))

const dot = (x: Tensor, y: Tensor): number => toNumber(treeDot(x, y))

const expectTag = <Tag extends CgResult<Tensor>['_tag']>(
  found: CgResult<Tensor>,
  tag: Tag,
): Extract<CgResult<Tensor>, { readonly _tag: Tag }> => {
  expect(found._tag).toBe(tag)
  // The expectation above has compared the tags.
  return found as Extract<CgResult<Tensor>, { readonly _tag: Tag }>
}

const rising = Array.from({ length: 30 }, (_, i) => 1 + i)

describe('conjugate gradients', () => {
  it.each(operatorCases.filter(({ cg }) => cg !== undefined))('take the steps of SciPy: $name', (fixture) => {
    const found = conjugateGradient({ tolerance: 0, maximalIterations: 6, keepIterates: true })(
      operatorOf(matrixOf(fixture)),
    )(tensor(fixture.right))
    // The first iterate kept is the start.
    found.iterates.slice(1).forEach(({ solution }, i) => expectNear(solution, fixture.cg?.[i], 1e-11))
    expect(found.iterates.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('solve what is positive definite, at one product an iteration', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(symmetricMatrices('positive', n), tensors([n]))),
        ([{ matrix }, b]) => {
          const operator = counted(operatorOf(matrix))
          const found = expectTag(
            conjugateGradient({ tolerance: 1e-12, maximalIterations: 200 })(operator)(b),
            'Interior',
          )
          expect(found.converged).toBe(true)
          expect([found.products, found.iterations]).toEqual([operator.products(), operator.products()])
          // Conditions of up to 1e3 times a residual of 1e-12.
          expectNear(found.solution, solve(matrix, b), 1e-7)
          expect(norm(sub(b, matmul(matrix, found.solution)))).toBeLessThanOrEqual(1e-11 * (1 + norm(b)))
        },
      ),
    )
  })

  it('know the values of their model, which fall, and residuals', () => {
    const operator = ofSpectrum(rising, 1)
    const b = normal(randomKey(2), [30])
    const found = conjugateGradient({ maximalIterations: 12, keepIterates: true })(operator)(b)
    const model = (x: Tensor): number => 0.5 * dot(x, operator.apply(x)) - dot(b, x)
    expectNear(
      found.values,
      found.iterates.map(({ solution }) => model(solution)),
      1e-12,
    )
    expectNear(
      found.residualNorms,
      found.iterates.map(({ solution }) => norm(sub(b, operator.apply(solution)))),
      1e-12,
    )
    expect(found.values.slice(1).every((value, i) => value < (found.values[i] ?? Number.NaN))).toBe(true)
  })

  it('start anywhere', () => {
    const operator = ofSpectrum(rising, 1)
    const [b, start] = [normal(randomKey(2), [30]), normal(randomKey(3), [30])]
    const found = conjugateGradient({ start, maximalIterations: 3, keepIterates: (i) => i !== 1 })(operator)(b)
    expect(found.products).toBe(4)
    expect(found.iterates.map(({ iteration }) => iteration)).toEqual([0, 2, 3])
    const moved = conjugateGradient({ maximalIterations: 3 })(operator)(sub(b, operator.apply(start)))
    expectNear(found.solution, add(start, moved.solution), 1e-12)
    const model = (x: Tensor): number => 0.5 * dot(x, operator.apply(x)) - dot(b, x)
    expectNear([found.values[0], found.values[3]], [model(start), model(found.solution)], 1e-11)
    const solved = conjugateGradient()(operator)(b).solution
    expect(conjugateGradient({ start: solved, tolerance: 1e-8 })(operator)(b)).toMatchObject({
      iterations: 0,
      converged: true,
    })
  })

  it('stop when they are told to', () => {
    const operator = ofSpectrum(rising, 1)
    const seen: Array<number> = []
    const found = conjugateGradient({
      stop: ({ iteration, values }) => {
        seen.push(values.length)
        return iteration === 4
      },
    })(operator)(normal(randomKey(2), [30]))
    expect(found).toMatchObject({ _tag: 'Interior', converged: false, iterations: 4 })
    expect(seen).toEqual([2, 3, 4, 5])
  })

  it('solve a semidefinite system that has a solution, and nothing at once', () => {
    const operator = ofSpectrum([0, 0, 1, 2, 3], 4)
    const b = operator.apply(tensor([1, 2, 3, 4, 5]))
    const found = expectTag(conjugateGradient({ tolerance: 1e-12 })(operator)(b), 'Interior')
    expect(found.converged).toBe(true)
    expectNear(operator.apply(found.solution), b, 1e-11)
    expect(conjugateGradient()(operator)(zeros([5]))).toMatchObject({ _tag: 'Interior', converged: true, products: 0 })
  })
})

describe('preconditioned', () => {
  it('one iteration suffices with the inverse itself, few with a good diagonal', () => {
    const d = tensor(Array.from({ length: 40 }, (_, i) => 10 ** (i / 8)))
    const noise = mul(0.05, normal(randomKey(1), [40, 40]))
    const matrix = operatorOf(noise).matrix()
    const a = operatorOf(add(matrix, diagonalOperator(d).matrix()))
    const inverse = diagonalOperator(tensor(Array.from({ length: 40 }, (_, i) => 10 ** (-i / 8))))
    const b = normal(randomKey(2), [40])
    expect(conjugateGradient({ preconditioner: inverse })(diagonalOperator(d))(b).iterations).toBe(1)
    const [plain, better] = [
      conjugateGradient({ maximalIterations: 4000 })(a)(b),
      conjugateGradient({ preconditioner: inverse })(a)(b),
    ]
    expect(better.iterations * 3).toBeLessThan(plain.iterations)
    expectNear(better.solution, solve(a.matrix(), b), 1e-8)
  })

  it('the ball is that of the preconditioner', () => {
    const m = diagonalOperator(tensor([4, 1, 0.25]))
    const inverse = diagonalOperator(tensor([0.25, 1, 4]))
    const found = conjugateGradient({ preconditioner: inverse, trustRadius: 0.1 })(operatorOf(matrixOfThree))(
      tensor([1, 2, 3]),
    )
    const { solution } = expectTag(found, 'Boundary')
    expectNear(Math.sqrt(dot(solution, m.apply(solution))), 0.1, 1e-14)
  })

  it('a preconditioner that is not positive definite is found out', () => {
    const found = conjugateGradient({ preconditioner: diagonalOperator(tensor([1, -1])) })(
      operatorOf(
        tensor([
          [1, 0],
          [0, 1],
        ]),
      ),
    )(tensor([0, 1]))
    expect(found).toMatchObject({ _tag: 'Breakdown', cause: 'preconditioner', iterations: 0 })
    expect('advice' in found && found.advice).toMatch(/not positive definite/)
  })
})

const matrixOfThree = tensor([
  [2, 1, 0],
  [1, 3, 1],
  [0, 1, 4],
])

describe('truncated', () => {
  it('end on the boundary, and lower the model by at least the decrease of Cauchy', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((n) => fc.tuple(symmetricMatrices('indefinite', n), tensors([n]), fc.constantFrom(1e-3, 0.1, 1, 30))),
        ([{ matrix, eigenvalues }, b, trustRadius]) => {
          fc.pre(norm(b) > 1e-6)
          const found = conjugateGradient({ trustRadius })(operatorOf(matrix))(b)
          const end = found._tag === 'NegativeCurvature' ? found.boundary : found.solution
          if (end === null) throw new Error('no boundary')
          const length = norm(end)
          if (found._tag === 'Interior') expect(length).toBeLessThanOrEqual(trustRadius * (1 + 1e-12))
          else expectNear(length / trustRadius, 1, 1e-12)
          const decrease = dot(b, end) - 0.5 * dot(end, matmul(matrix, end))
          const size = eigenvalues.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300)
          const cauchy = 0.5 * norm(b) * Math.min(trustRadius, norm(b) / size)
          expect(decrease).toBeGreaterThanOrEqual(cauchy * (1 - 1e-9))
        },
      ),
    )
  })

  it('report the negative curvature they meet as a direction of descent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }).chain((n) => fc.tuple(symmetricMatrices('negative', n), tensors([n]))),
        ([{ matrix }, b]) => {
          fc.pre(norm(b) > 1e-6)
          const found = expectTag(conjugateGradient()(operatorOf(matrix))(b), 'NegativeCurvature')
          expect(found.boundary).toBeNull()
          expect(found.curvature).toBeLessThanOrEqual(0)
          expectNear(dot(found.direction, matmul(matrix, found.direction)), found.curvature, 1e-9)
          expect(dot(found.direction, sub(b, matmul(matrix, found.solution)))).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('curvature that is too small counts as negative where that is asked for', () => {
    const a = diagonalOperator(tensor([1, 1e-6]))
    const b = tensor([1, 1])
    expect(conjugateGradient({ tolerance: 1e-12 })(a)(b)._tag).toBe('Interior')
    expect(conjugateGradient({ minimalCurvature: 1e-3 })(a)(b)._tag).toBe('NegativeCurvature')
  })

  it('the boundary of a first step is where −g points', () => {
    const found = conjugateGradient({ trustRadius: 0.5 })(operatorOf(matrixOfThree))(tensor([3, 0, 4]))
    expectNear(expectTag(found, 'Boundary').solution, [0.3, 0, 0.4], 1e-15)
    expect(found.values.length).toBe(2)
  })
})

describe('breakdown', () => {
  it('is told for NaN and ∞, with the last good iterate', () => {
    const bad = linearOperator(zeros([2]), (v) => mul(v, tensor([1, Number.NaN])))
    const found = conjugateGradient()(bad)(tensor([1, 1]))
    expect(found).toMatchObject({ _tag: 'Breakdown', cause: 'nonFinite', iterations: 0 })
    expectNear(found.solution, [0, 0], 0)
    expect(conjugateGradient()(bad)(tensor([1, Infinity]))).toMatchObject({ _tag: 'Breakdown', cause: 'nonFinite' })
    expect(conjugateGradient()(bad)(tensor([1, Number.NaN]))).toMatchObject({ _tag: 'Breakdown', cause: 'nonFinite' })
  })

  it('options out of range are refused', () => {
    expect(defectOf(() => conjugateGradient({ tolerance: -1 }))).toMatch(
      /^InvalidArgument: conjugateGradient: expected tolerance of 0 or more, got -1/,
    )
    expect(defectOf(() => conjugateGradient({ trustRadius: 0 }))).toMatch(/trustRadius above 0, got 0/)
    expect(defectOf(() => conjugateGradient({ maximalIterations: 1.5 }))).toMatch(/maximalIterations to be an integer/)
    expect(defectOf(() => conjugateGradient({ minimalCurvature: Number.NaN }))).toMatch(/minimalCurvature of 0 or more/)
    expect(defectOf(() => conjugateGradient({ start: zeros([1]), trustRadius: 1 }))).toMatch(/no start can be given/)
  })
})
