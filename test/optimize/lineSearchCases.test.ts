/** All searches on hard curves of publications and of LineSearches.jl: their conditions hold, and they do not look much oftener than dcsrch. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  backtracking,
  hagerZhang,
  type LineSearch,
  type SearchState,
  type Smooth,
  signed,
  signedWolfe,
  strongWolfe,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { type Curve, lengthOf, search } from './curves.js'
import { captured, flat, moreThuente } from './lineSearchCases.js'

const {
  rows,
}: {
  readonly rows: ReadonlyArray<{
    readonly table: string
    readonly decrease: number
    readonly curvature: number
    readonly start: number
    readonly looks: number
    readonly step: number
  }>
} = JSON.parse(readFileSync(new URL('../golden/linesearch/moreThuente.json', import.meta.url), 'utf8'))

const roundingOf = (curve: Curve): number => 4 * Number.EPSILON * Math.abs(curve.value(0))

const falls = (curve: Curve, s: number, decrease: number): boolean =>
  curve.value(s) <= curve.value(0) + decrease * s * curve.slope(0) + roundingOf(curve)

const isFlat = (curve: Curve, s: number, curvature: number): boolean =>
  Math.abs(curve.slope(s)) <= -curvature * curve.slope(0)

/** One of the pairs of conditions of Hager and Zhang. */
const hagerZhangHolds = (curve: Curve, s: number, decrease: number, curvature: number): boolean => {
  const [value, slope] = [curve.value(0), curve.slope(0)]
  const steep = curve.slope(s) >= curvature * slope
  const approximate = curve.slope(s) <= (2 * decrease - 1) * slope && curve.value(s) <= value + 1e-6 * Math.abs(value)
  return steep && (falls(curve, s, decrease) || approximate)
}

describe('the functions of Moré and Thuente', () => {
  const of = (table: string): Curve => {
    const curve = moreThuente[table]
    if (curve === undefined) throw new Error(`no table ${table}`)
    return curve
  }

  it.each(rows.map((row) => [`table ${row.table}, from ${row.start}`, row] as const))('%s', (_, row) => {
    const { table, decrease, curvature, start } = row
    const curve = of(table)
    const { found, looks } = search(
      strongWolfe({ decrease, curvature: Math.max(curvature, decrease * 1.0000001) }),
      curve,
      start,
    )
    const s = lengthOf(found)
    expect([falls(curve, s, decrease), isFlat(curve, s, Math.max(curvature, decrease * 1.0000001))]).toEqual([
      true,
      true,
    ])
    // Within twice the looks of MINPACK's search and four more, which bracketing by other factors costs.
    expect(looks.length).toBeLessThanOrEqual(2 * row.looks + 4)
    const mirrored = search(
      signedWolfe({ decrease, curvature: Math.max(curvature, decrease * 1.0000001) }),
      curve,
      start,
      -1,
    )
    expect([lengthOf(mirrored.found), mirrored.looks]).toEqual([-s, looks])
  })

  it.each(rows.map((row) => [`table ${row.table}, from ${row.start}`, row] as const))(
    '%s, Hager and Zhang',
    (_, row) => {
      const { table, decrease, curvature, start } = row
      const curve = of(table)
      const settings = { decrease, curvature: Math.max(curvature, decrease * 1.0000001) }
      const { found, looks } = search(hagerZhang(settings), curve, start)
      expect(hagerZhangHolds(curve, lengthOf(found), settings.decrease, settings.curvature)).toBe(true)
      expect(looks.length).toBeLessThanOrEqual(2 * row.looks + 4)
    },
  )

  it('steps of MINPACK satisfy what is asked here', () => {
    for (const { table, decrease, curvature, step } of rows) {
      expect([table, falls(of(table), step, decrease), isFlat(of(table), step, curvature)]).toEqual([table, true, true])
    }
  })

  it('backtracking lowers the value enough from every start', () => {
    for (const { table, decrease, start } of rows)
      for (const shrink of [0.5, 'quadratic', 'cubic'] as const) {
        const s = lengthOf(search(backtracking({ decrease, shrink }), of(table), start).found)
        expect([table, start, falls(of(table), s, decrease)]).toEqual([table, start, true])
      }
  })
})

describe('a first step that is far too long', () => {
  // As on Osborne's first problem: where the step leads, the slope is 10⁴⁷, and secants propose steps of 10⁻⁴⁵.
  const cliff: Curve = {
    name: 'exp 4·10⁴ α − 2·10⁵ α',
    value: (a) => Math.exp(4e4 * a) - 2e5 * a,
    slope: (a) => 4e4 * Math.exp(4e4 * a) - 2e5,
  }
  // As on Brown's badly scaled problem: nine orders of magnitude to the minimum, along a power.
  const far: Curve = { name: '(α − 0.1)⁴', value: (a) => (a - 0.1) ** 4, slope: (a) => 4 * (a - 0.1) ** 3 }

  it.each([
    ['a cliff', cliff, 2.4e-3],
    ['a power', far, 1.8e8],
  ] as const)('%s: a step is found, and not one of rounding', (_, curve, start) => {
    for (const each of [strongWolfe({ curvature: 0.1 }), hagerZhang({ decrease: 0.01, curvature: 0.1 })]) {
      const { found, looks } = search(each, curve, start)
      const s = lengthOf(found)
      expect([curve.value(s) < curve.value(0), curve.slope(s) >= 0.1 * curve.slope(0)]).toEqual([true, true])
      expect(looks.length).toBeLessThanOrEqual(45)
    }
  })
})

describe('the cases of LineSearches.jl', () => {
  it.each(captured.map((each) => [`${each.name}, from ${each.start} (${each.from})`, each] as const))(
    '%s',
    (_, curve) => {
      const { start } = curve
      for (const curvature of [0.9, 0.1]) {
        const { found, looks } = search(strongWolfe({ curvature }), curve, start)
        const s = lengthOf(found)
        expect(['strong', curvature, falls(curve, s, 1e-4), isFlat(curve, s, curvature)]).toEqual([
          'strong',
          curvature,
          true,
          true,
        ])
        expect(looks.length).toBeLessThanOrEqual(20)
        const other = search(hagerZhang({ curvature, decrease: 0.05 }), curve, start)
        expect(['hz', curvature, hagerZhangHolds(curve, lengthOf(other.found), 0.05, curvature)]).toEqual([
          'hz',
          curvature,
          true,
        ])
        expect(other.looks.length).toBeLessThanOrEqual(20)
      }
      for (const shrink of [0.5, 'quadratic', 'cubic'] as const) {
        const s = lengthOf(search(backtracking({ shrink }), curve, start).found)
        expect([shrink, falls(curve, s, 1e-4)]).toEqual([shrink, true])
      }
      const s = lengthOf(search(signedWolfe(), curve, start, -1).found)
      expect([falls(curve, -s, 1e-4), isFlat(curve, -s, 0.9)]).toEqual([true, true])
    },
  )

  it('the point of pull request 174 is at least as low as all that was captured', () => {
    const [, curve] = captured
    if (curve === undefined) throw new Error('no such case')
    const s = lengthOf(search(hagerZhang(), curve, curve.start).found)
    expect(curve.value(s)).toBeLessThanOrEqual(2891.4462095232184)
  })

  it('what falls without end is a failure where it never flattens, and a long step where it does', () => {
    const falling: Curve = {
      name: '−α − 1/(α+1)',
      value: (a) => -a - 1 / (a + 1),
      slope: (a) => -1 + 1 / (a + 1) ** 2 - 1e-3,
    }
    for (const each of [strongWolfe({ curvature: 0.1 }), hagerZhang({ curvature: 0.2 })]) {
      const { found } = search(each, falling, 1)
      expect(E.isLeft(found) && found.left._tag).toBe('LineSearchFailed')
    }
  })

  it('where value and slope are rounding, every search ends soon', () => {
    const searches: ReadonlyArray<readonly [string, LineSearch<SearchState, Smooth>]> = [
      ['strong Wolfe', strongWolfe()],
      ['Hager-Zhang', hagerZhang()],
      ['backtracking', backtracking()],
      ['signed', signed(strongWolfe())],
    ]
    const number = fc.double({ min: -4, max: 4, noNaN: true }).filter((x) => Math.abs(x) > 1e-3)
    fc.assert(
      fc.property(number, number, (p, q) => {
        const curve = flat([p, q])
        fc.pre(curve.slope(0) < 0)
        for (const [name, each] of searches) {
          const { found, looks } = search(each, curve, 1)
          // Not at all where the first is no higher; LineSearches.jl asks for fewer than ten.
          expect([name, looks.length < 10]).toEqual([name, true])
          // A step that is taken does not climb by more than what rounding leaves of terms of this size.
          const size = (p * p + q * q) ** 2
          if (E.isRight(found))
            expect(curve.value(found.right.stepLength) - curve.value(0)).toBeLessThanOrEqual(8 * Number.EPSILON * size)
        }
      }),
      { numRuns: 300 },
    )
  })
})
