import * as E from 'fp-ts/lib/Either.js'
import { scalar, type Tensor, toNumber } from 'gradus'
import { backtracking, fixedStep, hagerZhang, signed, signedWolfe, strongWolfe } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'
import { type Curve, lengthOf, search, yanai } from './curves.js'

/** The scalar functions of SciPy's test_linesearch.py, and curves of Moré and Thuente (1994). */
const curves: ReadonlyArray<Curve> = [
  { name: '−s − s³ + s⁴', value: (s) => -s - s ** 3 + s ** 4, slope: (s) => -1 - 3 * s ** 2 + 4 * s ** 3 },
  { name: 'exp(−4s) + s²', value: (s) => Math.exp(-4 * s) + s * s, slope: (s) => -4 * Math.exp(-4 * s) + 2 * s },
  { name: '−sin 10s', value: (s) => -Math.sin(10 * s), slope: (s) => -10 * Math.cos(10 * s) },
  { name: '−s / (s² + 2)', value: (s) => -s / (s * s + 2), slope: (s) => (s * s - 2) / (s * s + 2) ** 2 },
  {
    name: '(s + 0.004)⁵ − 2 (s + 0.004)⁴',
    value: (s) => (s + 0.004) ** 5 - 2 * (s + 0.004) ** 4,
    slope: (s) => 5 * (s + 0.004) ** 4 - 8 * (s + 0.004) ** 3,
  },
  yanai(0.001, 0.001),
  yanai(0.01, 0.001),
  yanai(0.001, 0.01),
]

const starts = [1e-3, 0.1, 1, 10, 1e3]

describe('on known curves, from short first steps and from long ones', () => {
  for (const curve of curves)
    for (const start of starts) {
      const [value, slope] = [curve.value(0), curve.slope(0)]
      const rounding = 4 * Number.EPSILON * Math.abs(value)
      it(`${curve.name}, from ${start}: backtracking lowers the value enough`, () => {
        for (const shrink of [0.5, 'quadratic', 'cubic'] as const) {
          const s = lengthOf(search(backtracking({ shrink }), curve, start).found)
          expect(curve.value(s)).toBeLessThanOrEqual(value + 1e-4 * s * slope + rounding)
        }
      })
      it(`${curve.name}, from ${start}: both strong Wolfe conditions hold`, () => {
        for (const curvature of [0.9, 0.1]) {
          const { found, looks } = search(strongWolfe({ curvature }), curve, start)
          const s = lengthOf(found)
          expect(curve.value(s)).toBeLessThanOrEqual(value + 1e-4 * s * slope + rounding)
          expect(Math.abs(curve.slope(s))).toBeLessThanOrEqual(-curvature * slope)
          expect(looks.length).toBeLessThanOrEqual(40)
        }
      })
      it(`${curve.name}, from ${start}: Hager and Zhang's conditions hold`, () => {
        const { found, looks } = search(hagerZhang(), curve, start)
        const s = lengthOf(found)
        const wolfe = curve.value(s) <= value + 0.1 * s * slope
        const approximate = curve.slope(s) <= (2 * 0.1 - 1) * slope && curve.value(s) <= value + 1e-6 * Math.abs(value)
        expect(wolfe || approximate).toBe(true)
        expect(curve.slope(s)).toBeGreaterThanOrEqual(0.9 * slope)
        expect(looks.length).toBeLessThanOrEqual(40)
      })
    }
})

describe('where there is nothing to find', () => {
  const falling: Curve = { name: '−s', value: (s) => -s, slope: () => -1 }
  const rising: Curve = { name: 's', value: (s) => s, slope: () => 1 }
  const lying: Curve = { name: 's, said to fall', value: (s) => s, slope: (s) => (s === 0 ? -1 : 1) }

  it('a loss that falls without end ends in a failure with its counts', () => {
    const { found, looks } = search(strongWolfe(), falling, 1)
    expect(E.isLeft(found) && found.left).toMatchObject({ _tag: 'LineSearchFailed', slope: -1, tried: looks.length })
    expect(E.isLeft(search(hagerZhang(), falling, 1).found)).toBe(true)
  })

  it('a gradient that lies ends in a failure', () => {
    for (const each of [strongWolfe({ trials: 30 }), hagerZhang({ trials: 30 }), backtracking({ trials: 30 })]) {
      const { found, looks } = search(each, lying, 1)
      expect(E.isLeft(found) && found.left._tag).toBe('LineSearchFailed')
      expect(looks.length).toBeLessThanOrEqual(30)
    }
  })

  it('what goes up is not descent, and neither is NaN', () => {
    for (const each of [strongWolfe(), hagerZhang(), backtracking()])
      for (const slope of [1, 0, Number.NaN]) {
        const { found, looks } = search(each, { ...rising, slope: () => slope }, 1)
        expect(E.isLeft(found) && found.left._tag).toBe('NotDescent')
        expect(looks).toEqual([])
      }
  })
})

describe('behind a wall', () => {
  // The minimum of (s − 1)² is before the wall at 1.5, and the first step far behind it.
  const walled = (wall: number): Curve => ({
    name: 'wall',
    value: (s) => (s > 1.5 ? wall : (s - 1) ** 2),
    slope: (s) => (s > 1.5 ? Number.NaN : 2 * (s - 1)),
  })
  it('searches turn back from NaN, ∞ and −∞', () => {
    for (const wall of [Number.NaN, Infinity, -Infinity])
      for (const each of [strongWolfe({ curvature: 0.5 }), hagerZhang(), backtracking()]) {
        const s = lengthOf(search(each, walled(wall), 1e6).found)
        expect(s).toBeLessThanOrEqual(1.5)
        expect(walled(wall).value(s)).toBeLessThan(1)
      }
  })
})

describe('a direction that goes up', () => {
  const [curve] = curves
  if (curve === undefined) throw new Error('no curve')
  it('is followed backwards by signed searches', () => {
    for (const each of [signedWolfe(), signed(backtracking()), signed(hagerZhang())]) {
      const { found } = search(each, curve, 1, -1)
      const s = lengthOf(found)
      expect(s).toBeLessThan(0)
      expect(curve.value(-s)).toBeLessThan(curve.value(0))
    }
    expect(lengthOf(search(signedWolfe(), curve, 1).found)).toBeGreaterThan(0)
  })
})

it('nonmonotone backtracking compares with the largest of the last values', () => {
  const up: Curve = { name: 'up', value: (s) => (s === 0 ? 1 : 2), slope: () => -1 }
  const nonmonotone = backtracking({ memory: 3 })
  const line = {
    objective: { value: (x: Tensor) => up.value(toNumber(x)) },
    heading: 'down' as const,
    params: scalar(0),
    gradient: scalar(-1),
    direction: scalar(1),
    value: 1,
    slope: -1,
    natural: 1,
  }
  const after = (values: ReadonlyArray<number>) => nonmonotone.search(line)({ stepLength: 1, slope: -1, values })
  expect(E.isRight(after([3, 2.5]))).toBe(true)
  expect(E.isLeft(after([1.5, 1.2]))).toBe(true)
  const found = after([9, 3, 2.5])
  expect(E.isRight(found) && found.right.state.values).toEqual([3, 2.5, 1])
})

it('constants out of range are refused', () => {
  for (const wrong of [
    () => fixedStep(0),
    () => fixedStep(Number.NaN),
    () => backtracking({ decrease: 1 }),
    () => backtracking({ shrink: 1.5 }),
    () => backtracking({ memory: 0 }),
    () => strongWolfe({ curvature: 1e-5 }),
    () => strongWolfe({ trials: 0.5 }),
    () => hagerZhang({ decrease: 0.5 }),
    () => hagerZhang({ slack: -1 }),
  ])
    expect(defectOf(wrong)).toContain('expected')
})
