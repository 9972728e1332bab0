import { arange, dot, mul, randomKey, type Tensor, tensor } from 'gradus'
import { hessianOperator } from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/experiment/catalogue.js'
import { classification, startOf } from '../../src/experiment/comparison.js'
import { ritzValues, smallestEigenvalue, spectrum } from '../../src/experiment/measure.js'
import { fewDigits } from './examples.js'

describe('measures of curvature', () => {
  const quadratic = (eigenvalues: Tensor) => hessianOperator((x: Tensor) => mul(0.5, dot(eigenvalues, mul(x, x))))

  it('finds the smallest eigenvalue of a diagonal Hessian', () => {
    const eigenvalues = tensor([-2, 0.5, 1, 3, 10])
    expect(smallestEigenvalue(randomKey(1), 5)(quadratic(eigenvalues)(arange(5)))).toBeCloseTo(-2, 12)
    const [least, ...others] = spectrum(quadratic(eigenvalues)(arange(5)))
    expect(least).toBeCloseTo(-2, 12)
    expect(others).toHaveLength(4)
  })

  it('is NaN where the Hessian is not finite', () => {
    const broken = quadratic(tensor([Number.NaN, 1]))(arange(2))
    expect(smallestEigenvalue(randomKey(1), 2)(broken)).toBeNaN()
    expect(spectrum(broken)).toEqual([])
  })

  it('agrees with the exact spectrum of a network, from above, whatever the start', async () => {
    const { settings } = entryOf('digits')
    if (settings._tag !== 'Comparison') throw new Error('digits is a comparison')
    const examples = await fewDigits(100, 4)
    const hessian = classification(examples).objective.hessian(
      startOf({ width: 5, seed: 1, settings, _tag: 'Comparison' }),
    )
    const exact = spectrum(hessian)
    expect(exact).toHaveLength(145)
    const [low = Number.NaN] = exact
    expect(low).toBeLessThan(-1e-3)
    for (const seed of [1, 2, 3, 4, 5]) {
      const found = smallestEigenvalue(randomKey(seed), 60)(hessian)
      expect(found).toBeGreaterThanOrEqual(low - 1e-12)
      expect(found - low).toBeLessThan(1e-3 * Math.abs(low))
    }
    const ritz = ritzValues(randomKey(1), 60)(hessian)
    expect(ritz[ritz.length - 1]).toBeCloseTo(exact[exact.length - 1] ?? Number.NaN, 10)
  })
})
