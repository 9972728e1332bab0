/** NIST's regressions: what is certified is what the models and data give. */

import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  eye,
  jacfwd,
  lstsq,
  neg,
  qr,
  square,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  triangularSolve,
} from 'gradus'
import { logRelativeError, lre, type NistRegression, nistRegressions, problemNamed } from 'gradus/problem'
import { describe, expect, it } from 'vitest'

const residualsOf = ({ problem: { residuals }, name }: NistRegression): ((b: Tensor) => Tensor) => {
  if (O.isNone(residuals)) throw new Error(`${name} has no residuals`)
  return residuals.value
}

/** The certified parameters have 11 digits; Gauss and Newton's iteration adds what float64 holds beyond. */
const exact = (regression: NistRegression): Tensor => {
  const residuals = residualsOf(regression)
  return Array.from({ length: 4 }).reduce<Tensor>(
    (b) => add(b, lstsq(jacfwd(residuals)(b), neg(residuals(b)))),
    tensor([...regression.certified.parameters]),
  )
}

/**
 * The observations of Lanczos1 are the model to 13 digits: what is left of them is the rounding of float64 itself, of which a few
 * digits agree.
 */
const hard: Readonly<
  Record<string, { readonly parameters?: number; readonly residual: number; readonly deviations: number }>
> = { Lanczos1: { residual: 2.5, deviations: 3 } }

describe.each(nistRegressions().map((regression) => ({ name: regression.name, regression })))(
  '$name',
  ({ name, regression }) => {
    const { certified, problem, response } = regression
    const residuals = residualsOf(regression)
    const { parameters = 9.5, residual = 9.5, deviations = 9 } = hard[name] ?? {}
    const found = exact(regression)
    const squares = toNumber(sum(square(residuals(found))))
    const [observations = 0] = response.shape

    it('has its certified parameters at the minimum', () => {
      expect(lre(regression, found).least).toBeGreaterThan(parameters)
    })

    it('has the certified residual sum of squares there', () => {
      expect(logRelativeError(certified.residualSumOfSquares, squares)).toBeGreaterThan(residual)
      const freedom = observations - certified.parameters.length
      expect(logRelativeError(certified.residualDeviation, Math.sqrt(squares / freedom))).toBeGreaterThan(residual)
    })

    it('has the certified standard deviations, the roots of the diagonal of σ² (JᵀJ)⁻¹', () => {
      // By J = QR, since JᵀJ has the square of its condition: (JᵀJ)⁻¹ = R⁻¹R⁻ᵀ, so the diagonal is that of rows of R⁻¹, squared.
      const { r } = qr(jacfwd(residuals)(found))
      const inverse = triangularSolve(r, eye(certified.parameters.length), { upper: true })
      const variance = squares / (observations - certified.parameters.length)
      const errors = toFloat64Array(sum(square(inverse), { axes: [1] })).map((v) => Math.sqrt(variance * v))
      for (const [i, value] of certified.deviations.entries())
        expect(logRelativeError(value, errors[i] ?? Number.NaN), `b${i + 1}`).toBeGreaterThan(deviations)
    })

    it('starts twice, higher than the minimum', () => {
      expect(problem.starts.length).toBe(2)
      for (const start of problem.starts) expect(toNumber(problem.loss(start))).toBeGreaterThan(squares)
    })

    it('is a test problem too', () => {
      const family = problemNamed(`nist-${name.toLowerCase()}`)
      expect(E.isRight(family) && family.right.dimension).toEqual({ _tag: 'Fixed', n: certified.parameters.length })
    })
  },
)

describe('the log relative error', () => {
  it('counts digits, from none to the eleven that are certified', () => {
    expect(logRelativeError(100, 101)).toBeCloseTo(2, 12)
    expect(logRelativeError(-100, 100)).toBe(0)
    expect(logRelativeError(0, 1e-5)).toBeCloseTo(5, 12)
    expect(logRelativeError(1, 1 + 1e-15)).toBe(11)
    expect(logRelativeError(1, Number.NaN)).toBe(0)
    expect(logRelativeError(1, Infinity)).toBe(0)
  })

  it('is that of the worst parameter', () => {
    const certified = { parameters: [1, 10, 0.1], deviations: [], residualSumOfSquares: 1, residualDeviation: 1 }
    const { parameters, least } = lre({ certified }, tensor([1, 10.01, 0.1]))
    expect(parameters.map((digits) => Math.round(digits))).toEqual([11, 3, 11])
    expect(least).toBeCloseTo(3, 10)
  })
})
