/** Special functions against tables of mpmath (test/golden/kernel/specialFunctions.py), each within the bound that its documentation states. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { besselI, besselIe, besselJ } from '../../../src/kernel/reference/bessel.js'
import { lbeta } from '../../../src/kernel/reference/beta.js'
import { digamma, gamma, lgamma, polygamma, zeta } from '../../../src/kernel/reference/gamma.js'
import { normalDistribution as ndtr } from '../../../src/kernel/reference/gates.js'
import { betainc } from '../../../src/kernel/reference/incompleteBeta.js'
import { igamma, igammac } from '../../../src/kernel/reference/incompleteGamma.js'
import { erfc, erfcx, erfinv, logNdtr, ndtri, scaledIntegral } from '../../../src/kernel/reference/normal.js'

interface Table {
  readonly values: Readonly<Record<string, ReadonlyArray<ReadonlyArray<number>>>>
}

const table: Table = JSON.parse(
  readFileSync(new URL('../../golden/kernel/specialFunctions.json', import.meta.url), 'utf8'),
)

type Kernel = (a: number, b: number, c: number) => number

/** The kernel, and the largest error allowed: in ulp, relative, or relative to numbers of size 1 near zeros. */
const kernels: Readonly<Record<string, readonly [Kernel, { readonly relative: number; readonly absolute?: number }]>> =
  {
    erfc: [erfc, { relative: 5 * 2 ** -52 }],
    erfcx: [erfcx, { relative: 4 * 2 ** -52 }],
    scaledIntegral: [scaledIntegral, { relative: 1e-14 }],
    erfinv: [erfinv, { relative: 4 * 2 ** -52 }],
    ndtr: [ndtr, { relative: 4 * 2 ** -52 }],
    logNdtr: [logNdtr, { relative: 5 * 2 ** -52 }],
    ndtri: [ndtri, { relative: 4 * 2 ** -52 }],
    lgamma: [lgamma, { relative: 6 * 2 ** -52 }],
    gamma: [gamma, { relative: 10 * 2 ** -52 }],
    digamma: [digamma, { relative: 5 * 2 ** -52 }],
    // By reflection below 0, where the cotangent's derivative cancels.
    polygamma: [polygamma, { relative: 1e-14 }],
    zeta: [zeta, { relative: 2e-15 }],
    // Near the curve B = 1 the logarithm is a difference of numbers of size 1.
    lbeta: [lbeta, { relative: 1e-14, absolute: 2e-15 }],
    igamma: [igamma, { relative: 1e-13 }],
    igammac: [igammac, { relative: 1e-13 }],
    betainc: [betainc, { relative: 2e-13 }],
    // Near zeros: an error of the function's largest value.
    besselJ: [besselJ, { relative: 4e-16, absolute: 4e-16 }],
    besselIe: [besselIe, { relative: 2e-15 }],
  }

describe('special functions against mpmath', () => {
  it.each(Object.entries(kernels))('%s', (name, [kernel, { relative, absolute = 0 }]) => {
    const rows = table.values[name] ?? []
    expect(rows.length).toBeGreaterThan(20)
    const wrong = rows.flatMap((row) => {
      const [value, args] = [row.at(-1) ?? Number.NaN, row.slice(0, -1)]
      const [a = 0, b = 0, c = 0] = args
      const found = kernel(a, b, c)
      return Math.abs(found - value) <= relative * Math.abs(value) + absolute ? [] : [{ args, value, found }]
    })
    expect(wrong).toEqual([])
  })

  it('P far left of its mean, where a power and an exponential in it leave the range of numbers', () => {
    // mpmath, 40 digits.
    const rows: ReadonlyArray<readonly [number, number, number]> = [
      [3000, 1490, 1.3800895899068325e-258],
      [2000, 900, 2.283756456286719e-218],
      [1850, 832.5, 3.667579946547856e-202],
      [1030, 250, 4.17430580461958e-297],
      [31387.4, 1, 0],
    ]
    rows.forEach(([a, x, value]) => {
      expect(Math.abs(igamma(a, x) - value)).toBeLessThanOrEqual(1e-14 * value)
      expect(igammac(a, x)).toBe(1)
    })
  })

  it('knows poles, ends and what has no value', () => {
    const [nan, inf] = [Number.NaN, Infinity]
    expect([erfc(inf), erfc(-inf), erfc(nan), erfc(28), erfcx(inf), erfcx(-28), erfcx(nan)]).toEqual([
      0,
      2,
      nan,
      0,
      0,
      inf,
      nan,
    ])
    expect([erfinv(1), erfinv(-1), erfinv(1.1), erfinv(0), ndtri(0), ndtri(1), ndtri(-0.1)]).toEqual([
      inf,
      -inf,
      nan,
      0,
      -inf,
      inf,
      nan,
    ])
    expect([ndtr(-inf), ndtr(inf), ndtr(nan), ndtr(-39), logNdtr(-inf), logNdtr(inf)]).toEqual([0, 1, nan, 0, -inf, -0])
    expect([lgamma(0), lgamma(-2), lgamma(inf), lgamma(nan), lgamma(1), lgamma(2)]).toEqual([inf, inf, inf, nan, 0, 0])
    expect([gamma(0), gamma(-0), gamma(-3), gamma(inf), gamma(172), gamma(nan)]).toEqual([
      inf,
      -inf,
      nan,
      inf,
      inf,
      nan,
    ])
    expect([digamma(0), digamma(-1), digamma(inf), digamma(nan)]).toEqual([-inf, nan, inf, nan])
    expect([polygamma(1, 0), polygamma(1, -2), polygamma(2, -2), polygamma(1, inf)]).toEqual([inf, inf, nan, 0])
    expect([zeta(1, 2), zeta(0.5, 2), zeta(2, 0), zeta(2, inf), zeta(1e6, 1)]).toEqual([inf, nan, inf, 0, 1])
    expect([igamma(1, 0), igamma(0, 1), igamma(1, inf), igamma(-1, 1), igammac(2, 0), igammac(2, inf)]).toEqual([
      0,
      1,
      1,
      nan,
      1,
      0,
    ])
    expect([betainc(2, 3, 0), betainc(2, 3, 1), betainc(0, 1, 0.5), betainc(1, 1, 1.5)]).toEqual([0, 1, nan, nan])
    expect([besselJ(0, 0), besselJ(1, 0), besselJ(0, inf), besselJ(0, nan), besselI(0, 0), besselI(1, 800)]).toEqual([
      1,
      0,
      0,
      nan,
      1,
      inf,
    ])
  })
})
