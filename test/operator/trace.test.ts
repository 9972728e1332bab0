import fc from 'fast-check'
import { mul, randomKey, type Tensor, tensor, toFloat64Array, zeros } from 'gradus'
import {
  diagonalEstimate,
  diagonalOperator,
  type Estimate,
  frobeniusNorm,
  hutchinson,
  hutchPlusPlus,
  linearOperator,
  operatorOf,
  xTrace,
} from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf, ofSpectrum, withSpectrum } from '../support/operators.js'

const total = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)

const decaying = Array.from({ length: 80 }, (_, i) => 1 / (1 + i) ** 2)
const flat = Array.from({ length: 80 }, (_, i) => 1 + Math.sin(i))

const estimators = { hutchinson, hutchPlusPlus, xTrace }

const seeds = Array.from({ length: 60 }, (_, i) => i)

/** Root mean square of the errors over many keys, in standard errors and absolutely. */
const errorsOf = (
  estimates: ReadonlyArray<Estimate>,
  exact: number,
): readonly [relative: number, absolute: number, mean: number] => {
  const errors = estimates.map(({ value }) => value - exact)
  const rms = (xs: ReadonlyArray<number>): number => Math.sqrt(total(xs.map((x) => x * x)) / xs.length)
  return [
    rms(errors.map((error, i) => error / (estimates[i]?.standardError ?? Number.NaN))),
    rms(errors),
    total(errors) / errors.length,
  ]
}

describe.each(Object.entries(estimators))('%s', (name, estimator) => {
  it.each([
    ['decaying', decaying],
    ['flat', flat],
  ] as const)('is unbiased, with an honest standard error: %s', (_, values) => {
    const operator = operatorOf(withSpectrum(values, 1))
    const estimates = seeds.map((seed) => estimator({ key: randomKey(seed), probes: 24 })(operator))
    const [relative, absolute, mean] = errorsOf(estimates, total(values))
    // Errors of 60 runs: their mean is 0 within 4 of its own deviations. XTrace's samples overlap, and so do its errors.
    expect(Math.abs(mean)).toBeLessThan((4 * absolute) / Math.sqrt(60))
    expect(relative).toBeGreaterThan(0.5)
    expect(relative).toBeLessThan(name === 'xTrace' ? 3 : 2)
  })

  it('is the same for the same key, counts its products, and falls with more probes', () => {
    const operator = ofSpectrum(decaying, 2)
    const [once, again] = [1, 1].map(() => estimator({ key: randomKey(1), probes: 24 })(operator))
    expect(once).toEqual(again)
    expect(operator.products()).toBe(2 * (once?.products ?? Number.NaN))
    expect(once?.products).toBeLessThanOrEqual(24)
    const errors = [6, 60].map(
      (probes) =>
        errorsOf(
          seeds.slice(0, 20).map((seed) => estimator({ key: randomKey(seed), probes })(operator)),
          total(decaying),
        )[1],
    )
    expect(errors[1]).toBeLessThan(0.6 * (errors[0] ?? Number.NaN))
  })

  it('is NaN for NaN', () => {
    const bad = linearOperator(zeros([2]), (v: Tensor) => mul(v, tensor([1, Number.NaN])))
    expect(estimator({ key: randomKey(1) })(bad).value).toBeNaN()
  })
})

describe('traces', () => {
  it('are exact: signs for diagonals, Hutch++ and XTrace for low rank, XTrace for as many vectors as unknowns', () => {
    expectNear(hutchinson({ key: randomKey(3), probes: 1 })(diagonalOperator(tensor([1, -5, 2.5]))).value, -1.5, 1e-15)
    const low = operatorOf(withSpectrum([5, -2, 1, ...Array.from({ length: 30 }, () => 0)], 4))
    expectNear(hutchPlusPlus({ key: randomKey(5), probes: 12 })(low).value, 4, 1e-12)
    expectNear(xTrace({ key: randomKey(5), probes: 10 })(low).value, 4, 1e-11)
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 1, -2, 3, -0.5), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 999 }),
        (values, seed) => {
          const found = xTrace({ key: randomKey(seed), probes: 2 * values.length })(
            operatorOf(withSpectrum(values, seed)),
          )
          expectNear(found.value, total(values), 1e-7)
        },
      ),
    )
  })

  it('by Hutch++ and XTrace are far better than by Hutchinson where eigenvalues decay', () => {
    const operator = operatorOf(withSpectrum(decaying, 6))
    const error = (estimator: typeof hutchinson): number =>
      errorsOf(
        seeds.slice(0, 20).map((seed) => estimator({ key: randomKey(seed), probes: 30 })(operator)),
        total(decaying),
      )[1]
    expect(3 * error(hutchPlusPlus)).toBeLessThan(error(hutchinson))
    expect(3 * error(xTrace)).toBeLessThan(error(hutchinson))
  })

  it('refuse what is too few', () => {
    const one = diagonalOperator(tensor([1]))
    expect(defectOf(() => hutchinson({ key: randomKey(1), probes: 0 })(one))).toMatch(
      /hutchinson: expected probes to be an integer of 1/,
    )
    expect(defectOf(() => hutchPlusPlus({ key: randomKey(1), probes: 2 })(one))).toMatch(
      /hutchPlusPlus: .* integer of 3/,
    )
    expect(defectOf(() => xTrace({ key: randomKey(1), probes: 1 })(one))).toMatch(/xTrace: .* integer of 2/)
    expect(hutchinson({ key: randomKey(1), probes: 1 })(one).standardError).toBe(Infinity)
  })
})

describe('diagonals and norms', () => {
  it('are within their standard errors', () => {
    const matrix = withSpectrum(flat, 7)
    const operator = operatorOf(matrix)
    const entries = toFloat64Array(operator.matrix())
    const exact = flat.map((_, i) => entries[81 * i] ?? Number.NaN)
    for (const distribution of ['rademacher', 'normal'] as const) {
      const found = diagonalEstimate({ key: randomKey(8), probes: 200, distribution })(operator)
      const [values, errors] = [toFloat64Array(found.diagonal), toFloat64Array(found.standardError)]
      const scores = exact.map((value, i) => ((values[i] ?? Number.NaN) - value) / (errors[i] ?? Number.NaN))
      const rms = Math.sqrt(total(scores.map((x) => x * x)) / 80)
      expect(rms).toBeGreaterThan(0.7)
      expect(rms).toBeLessThan(1.4)
      expect(found.products).toBe(200)
    }
    const norm = Math.sqrt(total(flat.map((value) => value * value)))
    const estimates = seeds.map((seed) => frobeniusNorm({ key: randomKey(seed), probes: 20 })(operator))
    const [relative] = errorsOf(estimates, norm)
    expect(relative).toBeGreaterThan(0.5)
    expect(relative).toBeLessThan(2)
    expect(frobeniusNorm({ key: randomKey(1) })(operatorOf(zeros([2, 2])))).toMatchObject({
      value: 0,
      standardError: 0,
    })
  })
})

it('what spans everything is exact, and costs no more than it has to', () => {
  const probes = { key: randomKey(1), probes: 30 }
  for (const values of [[3], [0], [3, -4], [1, 2, 3, 4, 5]]) {
    const operator = ofSpectrum(values, 2)
    const [whole, turns] = [hutchPlusPlus(probes)(operator), xTrace(probes)(operator)]
    expect(operator.products()).toBe(whole.products + turns.products)
    for (const found of [whole, turns]) {
      expectNear(found.value, total(values), 1e-12)
      expect(found.standardError).toBeLessThan(1e-12)
      expect(found.products).toBeLessThanOrEqual(30)
    }
  }
  expect(xTrace({ key: randomKey(1), probes: 2 })(ofSpectrum([1, 2, 3], 2)).standardError).toBe(Infinity)
})
