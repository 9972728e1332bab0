import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { add, matmul, mul, normal, randomKey, type Tensor, tensor, transpose, zeros } from 'gradus'
import { diagonalOperator, linearOperator, logDeterminant, operatorOf, spectralDensity } from 'gradus/curvature'
import { symmetricMatrices } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf, ofSpectrum, withSpectrum } from '../support/operators.js'

const total = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)

const grid = (from: number, to: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => from + ((i + 0.5) * (to - from)) / count)

/** A density smoothed by a Gaussian, by the midpoint rule. */
const smoothed = (density: (x: number) => number, from: number, to: number, width: number) => {
  const xs = grid(from, to, 2000)
  return (at: number): number =>
    total(xs.map((x) => (density(x) * Math.exp(-0.5 * ((at - x) / width) ** 2)) / (width * Math.sqrt(2 * Math.PI)))) *
    ((to - from) / 2000)
}

describe('spectral densities', () => {
  it('have mass 1, and moments that are those of the probes', () => {
    const values = Array.from({ length: 40 }, (_, i) => Math.cos(i) * 2)
    const operator = ofSpectrum(values, 1)
    const found = spectralDensity({ key: randomKey(2), probes: 60, dimension: 10 })(operator)
    expect(found.products).toBe(operator.products())
    expectNear(total(found.weights), 1, 1e-13)
    for (const quadrature of found.probes) expectNear(total(quadrature.weights), 1, 1e-13)
    expectNear(found.moment(0).value, 1, 1e-13)
    for (const k of [1, 2, 3, 4, 5]) {
      const { value, standardError } = found.moment(k)
      const exact = total(values.map((x) => x ** k)) / 40
      expect(Math.abs(value - exact)).toBeLessThan(4 * standardError)
    }
    // The integral of the smoothed density, far beyond both ends.
    const density = found.density(0.1)
    expectNear(total(grid(-4, 4, 800).map((at) => density(at).density)) * 0.01, 1, 1e-9)
  })

  it('recover the semicircle', () => {
    const n = 300
    const square = normal(randomKey(3), [n, n])
    const operator = operatorOf(mul(1 / Math.sqrt(2 * n), add(square, transpose(square))))
    const found = spectralDensity({ key: randomKey(4), probes: 12, dimension: 50 })(operator)
    const exact = smoothed((x) => Math.sqrt(Math.max(0, 4 - x * x)) / (2 * Math.PI), -2, 2, 0.15)
    // Fluctuations of 300 eigenvalues and of 12 probes, both some hundredths.
    for (const at of grid(-2.5, 2.5, 20))
      expect(Math.abs(found.density(0.15)(at).density - exact(at))).toBeLessThan(0.03)
  })

  it('recover Marchenko and Pastur, with its atom at 0', () => {
    const [n, rank] = [300, 150]
    const x = normal(randomKey(5), [n, rank])
    const operator = operatorOf(mul(1 / rank, matmul(x, transpose(x))))
    const found = spectralDensity({ key: randomKey(6), probes: 12, dimension: 60 })(operator)
    // Of 300 eigenvalues 150 are 0; the others lie in (1 ∓ √2)².
    const { value, standardError } = found.fractionBelow(0.05)
    expect(Math.abs(value - 0.5)).toBeLessThan(4 * standardError + 1e-12)
    const [low, high] = [(1 - Math.SQRT2) ** 2, (1 + Math.SQRT2) ** 2]
    const exact = smoothed(
      (t) => Math.sqrt(Math.max(0, (high - t) * (t - low))) / (2 * Math.PI * 2 * t),
      low,
      high,
      0.3,
    )
    for (const at of grid(1.5, 6.5, 10)) expect(Math.abs(found.density(0.3)(at).density - exact(at))).toBeLessThan(0.03)
  })

  it('recover atoms with their weights', () => {
    const values = [...Array.from({ length: 30 }, () => 2), ...Array.from({ length: 10 }, () => -1)]
    const found = spectralDensity({ key: randomKey(7), probes: 100 })(operatorOf(withSpectrum(values, 8)))
    for (const { nodes } of found.probes) expectNear(nodes, [-1, 2], 1e-12)
    const { value, standardError } = found.fractionBelow(0)
    expect(Math.abs(value - 0.25)).toBeLessThan(4 * standardError)
    expect(standardError).toBeLessThan(0.02)
  })

  it('have a band that holds the truth about as often as it should', () => {
    const values = Array.from({ length: 60 }, (_, i) => i / 20)
    const operator = operatorOf(withSpectrum(values, 9))
    const exact = (at: number): number =>
      total(values.map((x) => Math.exp(-0.5 * ((at - x) / 0.3) ** 2))) / (60 * 0.3 * Math.sqrt(2 * Math.PI))
    const hits = Array.from({ length: 60 }, (_, seed) => {
      const { density, standardError } = spectralDensity({ key: randomKey(seed), probes: 12, dimension: 30 })(
        operator,
      ).density(0.3)(1)
      return Math.abs(density - exact(1)) <= 2 * standardError ? 1 : 0
    })
    // About 93 % with 11 degrees of freedom; 60 draws.
    expect(total(hits)).toBeGreaterThan(48)
  })

  it('refuse what they cannot be, and show NaN', () => {
    expect(defectOf(() => spectralDensity({ key: randomKey(1) })(diagonalOperator(zeros([0]))))).toMatch(
      /on nothing has no spectrum/,
    )
    const found = spectralDensity({ key: randomKey(1), probes: 2 })(diagonalOperator(tensor([1, 2])))
    expect(defectOf(() => found.density(0))).toMatch(/width above 0, got 0/)
    expect(defectOf(() => found.moment(-1))).toMatch(/order to be an integer of 0 or more/)
    const bad = linearOperator(zeros([2]), (v: Tensor) => mul(v, tensor([1, Number.NaN])))
    expect(spectralDensity({ key: randomKey(1) })(bad).moment(1).value).toBeNaN()
  })
})

describe('log-determinants', () => {
  it('are the sum of the logarithms of the eigenvalues', () => {
    fc.assert(
      fc.property(symmetricMatrices('positive', 5), ({ matrix, eigenvalues }) => {
        const found = logDeterminant({ key: randomKey(1) })(operatorOf(matrix))
        expectNear(E.isRight(found) ? found.right.value : Number.NaN, total(eigenvalues.map(Math.log)), 1e-9)
      }),
    )
  })

  it('are within their standard error by quadrature', () => {
    const values = Array.from({ length: 100 }, (_, i) => 0.5 + i / 25)
    const exact = total(values.map(Math.log))
    const scores = Array.from({ length: 40 }, (_, seed) => {
      const found = logDeterminant({ key: randomKey(seed), exactBelow: 0, probes: 20 })(ofSpectrum(values, 2))
      return E.isRight(found) ? (found.right.value - exact) / found.right.standardError : Number.NaN
    })
    const rms = Math.sqrt(total(scores.map((x) => x * x)) / 40)
    expect(rms).toBeGreaterThan(0.6)
    expect(rms).toBeLessThan(1.7)
  })

  it('are refused where the operator is not positive definite', () => {
    for (const exactBelow of [0, 500]) {
      const at = (values: ReadonlyArray<number>) =>
        logDeterminant({ key: randomKey(1), exactBelow })(diagonalOperator(tensor([...values])))
      expect(at([1, -1, 2])).toMatchObject(E.left({ _tag: 'NotPositive' }))
      expect(at([1, Number.NaN, 2])).toMatchObject(E.left({ _tag: 'NotPositive' }))
      expect(at([])).toMatchObject(E.right({ value: 0 }))
    }
  })
})

it('products are counted up to the one that is not finite', () => {
  const operator = ofSpectrum([1, 2, 3, 4, 5, 6, 7, 8, 9], 1)
  const spoiled = {
    ...operator,
    apply: (x: Tensor): Tensor => {
      const image = operator.apply(x)
      return operator.products() === 4 ? mul(Number.NaN, image) : image
    },
  }
  const found = spectralDensity({ key: randomKey(1), probes: 2 })(spoiled)
  expect(found.products).toBe(operator.products())
  expect(found.moment(1).value).toBeNaN()
})

it('a logarithm of rounding is none', () => {
  const singular = [
    diagonalOperator(tensor([1, 0])),
    ofSpectrum([3, 2, 1, 0, 0], 1),
    ofSpectrum(
      Array.from({ length: 40 }, (_, i) => 10 ** -i),
      1,
    ),
  ]
  for (const operator of singular)
    expect(E.isLeft(logDeterminant({ key: randomKey(1), exactBelow: 0 })(operator))).toBe(true)
  // Small beside rounding of nothing larger.
  const small = logDeterminant({ key: randomKey(1), exactBelow: 0 })(diagonalOperator(tensor([1e-200, 2e-200])))
  expect(E.isRight(small) && small.right.value / (2 * Math.log(1e-200) + Math.LN2)).toBeCloseTo(1, 12)
})
