import fc from 'fast-check'
import { eye, matmul, mul, stack, sub, type Tensor, tensor, toNumber, transpose, treeNorm, zeros } from 'gradus'
import {
  type Eigenpairs,
  eigenpairs,
  identityOperator,
  linearOperator,
  operatorOf,
  type Wanted,
} from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { matrixOf, operatorCases } from '../support/operatorFixtures.js'
import { counted, defectOf, ofSpectrum, withSpectrum } from '../support/operators.js'

const valuesOf = ({ pairs }: Eigenpairs<Tensor>): ReadonlyArray<number> => pairs.map(({ value }) => value)

const expectPairs = (matrix: Tensor, found: Eigenpairs<Tensor>, tolerance: number): void => {
  expect(found.converged).toBe(true)
  const vectors = stack(found.pairs.map(({ vector }) => vector))
  expectNear(matmul(vectors, transpose(vectors)), eye(found.pairs.length), 1e-10)
  for (const { value, vector, residual } of found.pairs) {
    const measured = toNumber(treeNorm(sub(matmul(matrix, vector), mul(value, vector))))
    expect(Math.abs(measured - residual)).toBeLessThanOrEqual(1e-12)
    expect(residual).toBeLessThanOrEqual(tolerance)
  }
}

/** The values that are wanted, of known ones. */
const chosen = (values: ReadonlyArray<number>, which: Wanted, count: number): ReadonlyArray<number> => {
  const up = [...values].sort((a, b) => a - b)
  const down = [...up].reverse()
  return which === 'smallest'
    ? up.slice(0, count)
    : which === 'largest'
      ? down.slice(0, count)
      : which === 'magnitude'
        ? [...up].sort((a, b) => Math.abs(b) - Math.abs(a)).slice(0, count)
        : Array.from({ length: count }, (_, i) => (i % 2 === 0 ? down : up)[Math.floor(i / 2)] ?? Number.NaN)
}

const ways: ReadonlyArray<Wanted> = ['smallest', 'largest', 'magnitude', 'bothEnds']

describe('eigenpairs', () => {
  it.each(operatorCases)('are those of SciPy: $name', (fixture) => {
    const matrix = matrixOf(fixture)
    const size = Math.max(...fixture.values.map(Math.abs))
    for (const which of ['smallest', 'largest', 'magnitude'] as const)
      for (const block of [1, 3]) {
        const found = eigenpairs({ count: 4, which, block })(operatorOf(matrix))
        expectPairs(matrix, found, 1e-9 * size)
        // At ± ties of magnitude either is right.
        const signed = fixture.name.includes('indefinite') && which === 'magnitude' ? Math.abs : (x: number) => x
        expectNear(
          [...valuesOf(found)].map(signed).sort((a, b) => a - b),
          fixture[which].map(signed).sort((a, b) => a - b),
          1e-8,
        )
      }
  })

  it('of 200 unknowns need restarts, and few products', () => {
    const values = Array.from({ length: 200 }, (_, i) => Math.sign(i - 60) * Math.abs(i - 60) ** 1.5)
    const operator = ofSpectrum(values, 1)
    for (const which of ways) {
      const before = operator.products()
      const found = eigenpairs({ count: 5, which, maximalProducts: 2000 })(operator)
      expectPairs(operator.matrix(), found, 1e-6)
      expectNear(valuesOf(found), chosen(values, which, 5), 1e-9)
      expect(found.products).toBe(operator.products() - before)
      expect(found.restarts).toBeGreaterThan(0)
      expect(found.products).toBeLessThan(400)
    }
  })

  it('come as often as they are: multiple at the end, in clusters, in ± pairs', () => {
    const spectra = [
      [9, 9, 9, ...Array.from({ length: 57 }, (_, i) => i / 20)],
      [9, 9 + 1e-9, 9 - 1e-9, ...Array.from({ length: 57 }, (_, i) => -i / 20)],
      [9, -9, 9, -9, ...Array.from({ length: 56 }, (_, i) => i / 20)],
    ]
    for (const [i, values] of spectra.entries())
      for (const block of [1, 2, 4]) {
        const found = eigenpairs({
          count: 3,
          which: 'magnitude',
          block,
          maximalProducts: 2000,
          key: { _tag: 'Key', words: [i, block] },
        })(operatorOf(withSpectrum(values, i)))
        expect(found.converged).toBe(true)
        expectNear(valuesOf(found).map(Math.abs), [9, 9, 9], 1e-8)
      }
  })

  it('of the identity and of zero are any orthonormal vectors', () => {
    const found = eigenpairs({ count: 3 })(identityOperator(zeros([10])))
    expectPairs(eye(10), found, 1e-14)
    expectNear(valuesOf(found), [1, 1, 1], 1e-14)
    expectNear(valuesOf(eigenpairs({ count: 2, which: 'smallest' })(operatorOf(zeros([5, 5])))), [0, 0], 0)
  })

  it('of any small matrix are right, of whatever count and block', () => {
    const spectra = fc.array(fc.constantFrom(0, 1, 1, 2, -1, -3, 5, 1e-9, 1e-300), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(
        spectra,
        fc.constantFrom(...ways),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 999 }),
        fc.constantFrom(1e-200, 1, 1e200),
        (values, which, count, block, seed, factor) => {
          const matrix = mul(factor, withSpectrum(values, seed))
          const found = eigenpairs({ count, which, block })(operatorOf(matrix))
          const expected = chosen(values, which, Math.min(count, values.length))
          const signed = which === 'magnitude' ? Math.abs : (x: number) => x
          expectNear(
            valuesOf(found).map((value) => signed(value / factor)),
            expected.map(signed),
            1e-10,
          )
          expect(found.converged).toBe(true)
        },
      ),
    )
  })

  it('start where they are told, and are the same each time', () => {
    const operator = ofSpectrum([5, 4, 3, 2, 1], 3)
    const options = { count: 2, start: tensor([1, 2, 3, 4, 5]) }
    const [once, again] = [eigenpairs(options)(operator), eigenpairs(options)(operator)]
    expect(valuesOf(once)).toEqual(valuesOf(again))
    expectNear(
      once.pairs.map(({ vector }) => vector),
      again.pairs.map(({ vector }) => vector),
      0,
    )
  })

  it('say when they have not converged, or found NaN', () => {
    const operator = ofSpectrum(
      Array.from({ length: 100 }, (_, i) => 1 + i / 100),
      4,
    )
    const found = eigenpairs({ count: 3, maximalProducts: 15 })(operator)
    expect(found.converged).toBe(false)
    expect(found.products).toBeLessThanOrEqual(15)
    expect(found.pairs.map(({ converged }) => converged)).toContain(false)
    const bad = counted(linearOperator(zeros([3]), (v: Tensor) => mul(v, tensor([1, Number.NaN, 1]))))
    expect(eigenpairs({ count: 1 })(bad)).toMatchObject({ pairs: [], converged: false })
    expect(defectOf(() => eigenpairs({ count: 0 }))).toMatch(
      /^InvalidArgument: eigenpairs: expected count to be an integer of 1/,
    )
    expect(defectOf(() => eigenpairs({ count: 3, dimension: 4 }))).toMatch(/dimension to be an integer of 5 or more/)
  })
})

it('a product that is not finite gives no pairs, whenever it comes', () => {
  for (const at of [1, 4, 10]) {
    const operator = ofSpectrum([1, 2, 3, 4, 5, 6, 7, 8, 9], 1)
    const spoiled = linearOperator(operator.like, (x) => {
      const image = operator.apply(x)
      return operator.products() === at ? mul(Number.NaN, image) : image
    })
    // Nine products make the basis, and the tenth measures the pair.
    expect(eigenpairs({ count: 1 })(spoiled)).toMatchObject({ pairs: [], converged: false, products: at })
  }
})
