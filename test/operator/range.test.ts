/** The toolbox at the ends of the range of numbers, where squares overflow or vanish: a multiple by a power of two changes nothing else. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { mul, normal, randomKey, type Tensor, tensor, toFloat64Array } from 'gradus'
import {
  type CgResult,
  conjugateGradient,
  diagonalEstimate,
  diagonalOperator,
  doglegStep,
  exactModel,
  frobeniusNorm,
  hutchinson,
  minres,
  minresQlp,
  operatorOf,
  truncatedStep,
} from 'gradus/curvature'
import { evenly, symmetricMatrices } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { ofSpectrum } from '../support/operators.js'

/** Powers of two whose squares are 0 or ∞ (the first and the last four) and others. */
const exponents = fc.constantFrom(-1000, -700, -560, -540, -300, 300, 540, 560, 700, 1000)

const systems = fc.integer({ min: 1, max: 5 }).chain((n) =>
  fc.record({
    matrix: symmetricMatrices('moderate', n).map(({ matrix }) => matrix),
    // Away from 0, so that a right side is never short beside its multiple.
    right: fc.array(evenly(0.5, 2), { minLength: n, maxLength: n }).map((entries) => tensor(entries)),
    exponent: exponents,
  }),
)

const back = (x: Tensor, scale: number): ReadonlyArray<number> => [...toFloat64Array(x)].map((entry) => entry / scale)

/** The same numbers, but for multiples that round below the smallest normal number. */
const bits = 1e-12

describe('a multiple of the right side', () => {
  const ends: ReadonlyArray<readonly [string, number]> = [
    ['without a ball', Infinity],
    ['in a ball', 0.25],
  ]
  it.each(ends)('has that multiple of the solution by conjugate gradients, %s', (_, radius) => {
    fc.assert(
      fc.property(systems, ({ matrix, right, exponent }) => {
        const solved = (scale: number): CgResult<Tensor> =>
          conjugateGradient({ ...(radius === Infinity ? {} : { trustRadius: radius * scale }), maximalIterations: 3 })(
            operatorOf(matrix),
          )(mul(scale, right))
        const scale = 2 ** exponent
        const [once, scaled] = [solved(1), solved(scale)]
        expect([scaled._tag, scaled.iterations, scaled.products]).toEqual([once._tag, once.iterations, once.products])
        expectNear(back(scaled.solution, scale), once.solution, bits)
        expectNear(
          scaled.residualNorms.map((norm) => norm / scale),
          [...once.residualNorms],
          bits,
        )
        if (once._tag === 'NegativeCurvature' && scaled._tag === 'NegativeCurvature') {
          expectNear(back(scaled.direction, scale), once.direction, bits)
          if (once.boundary !== null && scaled.boundary !== null)
            expectNear(back(scaled.boundary, scale), once.boundary, bits)
        }
      }),
    )
  })

  it('has that multiple of the solution by minimal residuals, and no other curvature', () => {
    fc.assert(
      fc.property(systems, ({ matrix, right, exponent }) => {
        for (const method of [minres, minresQlp]) {
          const scale = 2 ** exponent
          const [once, scaled] = [1, scale].map((by) =>
            method({ maximalIterations: 3 })(operatorOf(matrix))(mul(by, right)),
          )
          if (once === undefined || scaled === undefined) throw new Error('two runs')
          expect([scaled._tag, scaled.iterations]).toEqual([once._tag, once.iterations])
          expectNear(back(scaled.solution, scale), once.solution, bits)
          expect(scaled.negativeCurvature?.iteration).toBe(once.negativeCurvature?.iteration)
        }
      }),
    )
  })

  it('is solved where its square is no number', () => {
    const a = operatorOf(
      tensor([
        [2, 1],
        [1, 3],
      ]),
    )
    for (const scale of [1e-300, 1e-170, 1e160, 1e300]) {
      const found = conjugateGradient()(a)(tensor([scale, 2 * scale]))
      expect(found).toMatchObject({ _tag: 'Interior', converged: true, iterations: 2 })
      expectNear(back(found.solution, scale), [0.2, 0.6], 1e-14)
      expect(minres()(a)(tensor([scale, 2 * scale])).negativeCurvature).toBeNull()
    }
  })
})

it('balls of any radius are met where they are', () => {
  const saddle = diagonalOperator(tensor([1, -1]))
  for (const radius of [1e-200, 1e-150, 1, 1e150, 1e200]) {
    const found = conjugateGradient({ trustRadius: radius })(saddle)(tensor([3e-170, 4e-170]))
    expect(found._tag).toBe('NegativeCurvature')
    if (found._tag === 'NegativeCurvature' && found.boundary !== null)
      expectNear(back(found.boundary, radius), [0.6, 0.8], 1e-14)
    const { step, length, onBoundary } = truncatedStep(saddle, tensor([-3, -4]))(radius)
    expectNear(back(step, radius), [0.6, 0.8], 1e-14)
    expect(length / radius).toBeCloseTo(1, 14)
    expect(onBoundary).toBe(true)
  }
  // Inside, and on the way out.
  const bowl = conjugateGradient({ trustRadius: 1e160 })(diagonalOperator(tensor([1, 2])))(tensor([3e150, 4e150]))
  expect(bowl).toMatchObject({ _tag: 'Interior', converged: true })
  const cut = conjugateGradient({ trustRadius: 1e160 })(diagonalOperator(tensor([1, 2])))(tensor([3e160, 4e160]))
  expect(cut._tag).toBe('Boundary')
  expectNear(back(cut.solution, 1e160), [0.6, 0.8], 1e-14)
})

it('doglegs are as long as the ball is wide', () => {
  const bowl = operatorOf(
    tensor([
      [2, 1],
      [1, 3],
    ]),
  )
  const legAt = (scale: number): Tensor => {
    // Beyond the Cauchy point, at 0.94, and short of the Newton point, at 1.
    const step = pipe(exactModel(bowl, tensor([scale, -scale])), E.chainW(doglegStep(0.97 * scale)))
    if (E.isLeft(step)) throw new Error('a bowl')
    expect(step.right.onBoundary).toBe(true)
    expect(step.right.length / scale).toBeCloseTo(0.97, 12)
    return step.right.step
  }
  for (const scale of [2 ** -1000, 2 ** -560, 2 ** 560, 2 ** 1000])
    expectNear(back(legAt(scale), scale), legAt(1), bits)
})

it('estimates and their errors have the unit of the operator', () => {
  const values = Array.from({ length: 12 }, (_, i) => Math.cos(i))
  const probes = { key: randomKey(3), probes: 8 }
  const plain = ofSpectrum(values, 1)
  for (const scale of [2 ** -1000, 2 ** -700, 2 ** 700, 2 ** 1000]) {
    const scaled = operatorOf(mul(scale, plain.matrix()))
    for (const estimate of [hutchinson(probes), frobeniusNorm(probes)]) {
      const [once, other] = [estimate(plain), estimate(scaled)]
      expectNear([other.value / scale, other.standardError / scale], [once.value, once.standardError], 1e-12)
      expect(once.standardError).toBeGreaterThan(0)
    }
    const [once, other] = [diagonalEstimate(probes)(plain), diagonalEstimate(probes)(scaled)]
    expectNear(back(other.standardError, scale), once.standardError, 1e-12)
  }
  expect(frobeniusNorm(probes)(diagonalOperator(normal(randomKey(1), [0]))).value).toBe(0)
})
