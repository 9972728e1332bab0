/**
 * First and second derivatives of special functions in their tails, near poles and roots and at tiny arguments, against closed
 * forms of mpmath (test/golden/kernel/specialCorners.py). Every number is held to its own size: a derivative of 1e-200 has as
 * many digits to show as one of 1.
 */
import { readFileSync } from 'node:fs'
import * as gradus from 'gradus'
import { compile, grad, jvp, scalar, type Tensor, tensor, toNumber } from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectSameBits } from '../support/near.js'

type List = ReadonlyArray<number>

interface Table {
  readonly tails: Readonly<Record<string, ReadonlyArray<List>>>
  readonly slopes: { readonly lbeta: ReadonlyArray<readonly [number, number, List, List]> }
}

const table: Table = JSON.parse(readFileSync(new URL('../golden/kernel/specialCorners.json', import.meta.url), 'utf8'))

const { erfc, erfcx, erfinv, ndtr, logNdtr, ndtri, lgamma, gamma, digamma, i0e, i1e } = gradus
const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  ...{ erfc, erfcx, erfinv, ndtr, logNdtr, ndtri, lgamma, gamma, digamma, i0e, i1e },
}

/**
 * The exponential of a square x² that has been rounded is off by x² ulp, which is 1400 in the farthest tail; the reflection of
 * ψ⁽ⁿ⁾ and roots between the points take the rest.
 */
const bound = 5e-13

const apart = (found: number, wanted: number): number =>
  found === wanted ? 0 : Math.abs(found - wanted) / Math.abs(wanted)

describe('the derivatives of', () => {
  it('all functions of the table', () => {
    expect(Object.keys(functions).sort()).toEqual(Object.keys(table.tails).sort())
  })

  it.each(Object.entries(functions))('%s keep their digits to second order', (name, f) => {
    const first = grad(f)
    const second = (x: Tensor): Tensor => jvp(first)(x, scalar(1))[1]
    const wrong = (table.tails[name] ?? []).flatMap(([x = 0, slope = 0, bend = 0]) => {
      const found = [toNumber(first(scalar(x))), toNumber(second(scalar(x))), toNumber(grad(first)(scalar(x)))]
      const wanted = [slope, bend, bend]
      return found.every((each, i) => apart(each, wanted[i] ?? Number.NaN) <= bound)
        ? []
        : [{ x, found, wanted, apart: found.map((each, i) => apart(each, wanted[i] ?? Number.NaN)) }]
    })
    expect(wrong).toEqual([])
  })

  it.each(Object.entries(functions))('%s are the same compiled', (name, f) => {
    const x = tensor((table.tails[name] ?? []).map(([at = 0]) => at))
    const slopes = (t: Tensor): Tensor => grad((s: Tensor) => gradus.sum(f(s)))(t)
    // Emitted exponentials are within 3 ulp of JavaScript's, and all else runs the same loops.
    const [found, wanted] = [gradus.toFloat64Array(compile(slopes)(x)), gradus.toFloat64Array(slopes(x))]
    expect(Math.max(...wanted.map((each, i) => apart(found[i] ?? Number.NaN, each)))).toBeLessThan(1e-14)
    expectSameBits(slopes(x), slopes(x))
  })

  it('lbeta and beta do not cancel where one argument is far larger', () => {
    table.slopes.lbeta.forEach(([a, b, first, second]) => {
      const [p, q] = [scalar(a), scalar(b)]
      const ofA = (s: Tensor, t: Tensor): Tensor => grad((u: Tensor) => gradus.lbeta(u, t))(s)
      const ofB = (s: Tensor, t: Tensor): Tensor => grad((u: Tensor) => gradus.lbeta(s, u))(t)
      const found = [
        ofA(p, q),
        ofB(p, q),
        grad((s: Tensor) => ofA(s, q))(p),
        grad((t: Tensor) => ofA(p, t))(q),
        grad((t: Tensor) => ofB(p, t))(q),
      ].map(toNumber)
      const wanted = [...first, ...second]
      expect(Math.max(...found.map((each, i) => apart(each, wanted[i] ?? Number.NaN))), `a ${a}, b ${b}`).toBeLessThan(
        1e-13,
      )
      const value = toNumber(gradus.beta(p, q))
      const slope = toNumber(grad((s: Tensor) => gradus.beta(s, q))(p))
      if (value > 1e-300) expect(apart(slope, value * (first[0] ?? 0))).toBeLessThan(1e-13)
    })
  })
})
