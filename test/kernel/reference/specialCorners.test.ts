/**
 * Special functions where they are hard (test/golden/kernel/specialCorners.py): tails, seams, poles, tiny and huge arguments,
 * parameters of very different size. Errors are in ulp of the correctly rounded value, and bounds are those measured on tables
 * ten times as long, rounded up; none is absolute but near zeros of a function, where it is that of numbers of size 1.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { besselI, besselIe, besselJ, besselMoment } from '../../../src/kernel/reference/bessel.js'
import { beta, lbeta, logOverDigamma, polygammaRise } from '../../../src/kernel/reference/beta.js'
import { digamma, gamma, lgamma, polygamma, zeta } from '../../../src/kernel/reference/gamma.js'
import { normalDistribution as ndtr } from '../../../src/kernel/reference/gates.js'
import { betainc, betaincSlopes } from '../../../src/kernel/reference/incompleteBeta.js'
import { igamma, igammac, igammaSlopes } from '../../../src/kernel/reference/incompleteGamma.js'
import { erfc, erfcx, erfinv, logNdtr, ndtri } from '../../../src/kernel/reference/normal.js'

interface Table {
  readonly values: Readonly<Record<string, ReadonlyArray<ReadonlyArray<number>>>>
  readonly slopes: Readonly<Record<string, ReadonlyArray<ReadonlyArray<number | ReadonlyArray<number>>>>>
}

const table: Table = JSON.parse(
  readFileSync(new URL('../../golden/kernel/specialCorners.json', import.meta.url), 'utf8'),
)

/** The distance of neighboring doubles at `value`. */
const ulp = (value: number): number => 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 52, -1074)

type Kernel = (a: number, b: number, c: number) => number

interface Bound {
  readonly ulps: number
  /** Near zeros: an absolute error besides, of numbers of this size, in ulp of 1. */
  readonly size?: (...args: ReadonlyArray<number>) => number
}

const ofOne = (): number => 1

/** What J swings between. */
const envelope = (_: number, x = 0): number => Math.min(1, Math.sqrt(2 / (Math.PI * Math.abs(x))))

const kernels: Readonly<Record<string, readonly [Kernel, Bound]>> = {
  erfc: [erfc, { ulps: 4 }],
  erfcx: [erfcx, { ulps: 4 }],
  erfinv: [erfinv, { ulps: 4 }],
  ndtr: [ndtr, { ulps: 4 }],
  logNdtr: [logNdtr, { ulps: 4 }],
  ndtri: [ndtri, { ulps: 4 }],
  lgamma: [lgamma, { ulps: 6 }],
  lgammaLeft: [lgamma, { ulps: 6, size: ofOne }],
  gamma: [gamma, { ulps: 6 }],
  digamma: [digamma, { ulps: 4 }],
  digammaLeft: [digamma, { ulps: 4, size: ofOne }],
  polygamma: [polygamma, { ulps: 32 }],
  zeta: [zeta, { ulps: 16 }],
  // Near the curve B = 1 the logarithm is a difference of numbers of size 1.
  lbeta: [lbeta, { ulps: 4, size: ofOne }],
  beta: [beta, { ulps: 256 }],
  polygammaRise: [polygammaRise, { ulps: 8 }],
  logOverDigamma: [logOverDigamma, { ulps: 4, size: () => 0 }],
  igamma: [igamma, { ulps: 64 }],
  igammac: [igammac, { ulps: 128 }],
  betainc: [betainc, { ulps: 256 }],
  besselJ: [besselJ, { ulps: 6, size: envelope }],
  besselIe: [besselIe, { ulps: 4 }],
  besselI: [besselI, { ulps: 6 }],
  besselMoment: [besselMoment, { ulps: 16 }],
}

describe('special functions at their corners', () => {
  it('are all in the table', () => {
    expect(Object.keys(table.values).sort()).toEqual(Object.keys(kernels).sort())
  })

  it.each(Object.entries(kernels))('%s', (name, [kernel, { ulps, size }]) => {
    const rows = table.values[name] ?? []
    expect(rows.length).toBeGreaterThan(20)
    const wrong = rows.flatMap((row) => {
      const [value, args] = [row.at(-1) ?? Number.NaN, row.slice(0, -1)]
      const [a = 0, b = 0, c = 0] = args
      const found = kernel(a, b, c)
      const unit = Math.max(ulp(value), size === undefined ? 0 : ulp(1) * size(...args))
      const error = Object.is(found, value) ? 0 : Math.abs(found - value) / unit
      return error <= ulps ? [] : [{ args, value, found, error }]
    })
    expect(wrong).toEqual([])
  })
})

/** Relative errors, of every derivative by itself: none is let off for being small. */
const slopes: Readonly<Record<string, readonly [(...args: ReadonlyArray<number>) => ReadonlyArray<number>, number]>> = {
  igamma: [(a = 0, x = 0) => igammaSlopes(a, x), 1e-13],
  lbeta: [
    (a = 0, b = 0) => [
      -polygammaRise(0, a, b),
      -polygammaRise(0, b, a),
      -polygammaRise(1, a, b),
      -polygamma(1, a + b),
      -polygammaRise(1, b, a),
    ],
    1e-14,
  ],
  betainc: [(a = 0, b = 0, x = 0) => betaincSlopes(a, b, x), 1e-13],
}

describe('derivatives in the parameters, of orders 1 and 2', () => {
  it.each(Object.entries(slopes))('of %s', (name, [kernel, bound]) => {
    const rows = table.slopes[name] ?? []
    expect(rows.length).toBeGreaterThan(25)
    const wrong = rows.flatMap((row) => {
      const args = row.filter((each): each is number => typeof each === 'number')
      const wanted = row.flatMap((each) => (typeof each === 'number' ? [] : each))
      const found = kernel(...args)
      const error = Math.max(...wanted.map((each, i) => Math.abs(((found[i] ?? Number.NaN) - each) / each)))
      return error <= bound ? [] : [{ args, wanted, found, error }]
    })
    expect(wrong).toEqual([])
  })
})

describe('arguments at the ends of the range', () => {
  it('end at once where there is nothing to sum, and have a limit or no value', () => {
    expect([zeta(1e7, 2), zeta(Infinity, 2), zeta(Infinity, 1), zeta(Infinity, 0.5)]).toEqual([0, 0, 1, Infinity])
    expect([zeta(2, Number.NaN), zeta(1, Number.NaN), polygamma(1, Number.NaN), polygamma(1, -Infinity)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
    expect([lbeta(Number.NaN, 0), lbeta(0, Number.NaN), beta(0, 1), beta(1, Infinity), beta(-1, 2)]).toEqual([
      Number.NaN,
      Number.NaN,
      Infinity,
      0,
      Number.NaN,
    ])
    expect([gamma(-1e-300), gamma(5e-324), lgamma(-1e-310)]).toEqual([-1 / 1e-300, Infinity, -Math.log(1e-310)])
  })

  it('are integers where the gamma function is: its values are correctly rounded factorials', () => {
    const factorials = Array.from({ length: 171 }, (_, n) =>
      Number(Array.from({ length: n }, (__, i) => BigInt(i + 1)).reduce((product, i) => product * i, 1n)),
    )
    expect(factorials.map((_, n) => gamma(n + 1))).toEqual(factorials)
  })

  it('are parameters above a million: P + Q is 1, and the median lies a third below the parameter', () => {
    for (const a of [2e6, 1e9, 1e14]) {
      expect(igamma(a, a * 0.9)).toBe(0)
      expect(igammac(a, a * 1.1)).toBe(0)
      expect(igamma(a, a) + igammac(a, a)).toBeCloseTo(1, 15)
      // P(a, a − ⅓) = ½ + O(a^(−3/2)), DLMF 8.12.10 and 8.10.13.
      expect(Math.abs(igamma(a, a - 1 / 3) - 0.5)).toBeLessThan(a < 1e10 ? 1e-11 : 1e-9)
    }
  })
})
