import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argmaxAxis, cumsumAxis, maxAxis, minAxis, prodAxis, sumAxis } from '../../../src/kernel/reference/reduce.js'

const at = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN
const EPSILON = 2 ** -52

interface View {
  readonly outer: number
  readonly n: number
  readonly inner: number
  readonly x: Float64Array
}

const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-0, NaN, Infinity, -Infinity))
const view = (entry: fc.Arbitrary<number>): fc.Arbitrary<View> =>
  fc
    .tuple(fc.nat(3), fc.nat(9), fc.nat(11))
    .chain(([outer, n, inner]) =>
      fc
        .array(entry, { minLength: outer * n * inner, maxLength: outer * n * inner })
        .map((x) => ({ outer, n, inner, x: Float64Array.from(x) })),
    )

/** The axis of each output entry as a plain array. */
const lanes = ({ outer, n, inner, x }: View): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: outer * inner }, (_, oj) => {
    const o = Math.floor(oj / inner)
    return Array.from({ length: n }, (_, i) => at(x, (o * n + i) * inner + (oj % inner)))
  })

type Reduction = (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array) => void

/** Output starts as a marker, which must be gone after the call. */
const run = (reduction: Reduction, { outer, n, inner, x }: View): ReadonlyArray<number> => {
  const out = new Float64Array(outer * inner).fill(-77.5)
  reduction(outer, n, inner, x, out)
  return Array.from(out)
}

const agrees = (reduction: Reduction, definition: (lane: ReadonlyArray<number>) => number): void => {
  fc.assert(
    fc.property(view(value), (v) => {
      run(reduction, v).forEach((found, i) => {
        expect(found).toBe(definition(at2(lanes(v), i)))
      })
    }),
    { numRuns: 300 },
  )
}
const at2 = (rows: ReadonlyArray<ReadonlyArray<number>>, i: number): ReadonlyArray<number> => rows[i] ?? []

const firstLargest = (lane: ReadonlyArray<number>): number => {
  const nan = lane.findIndex(Number.isNaN)
  return nan >= 0 ? nan : Math.max(0, lane.indexOf(Math.max(...lane)))
}
const sign = (x: number): number => (x === 0 ? 0 : x)

describe('reductions agree with their definitions, NaN, infinities and empty axes included', () => {
  it('maxAxis', () => agrees(maxAxis, (lane) => Math.max(...lane)))
  it('minAxis', () => agrees(minAxis, (lane) => Math.min(...lane)))
  it('argmaxAxis: first of equals, first NaN before all', () => agrees(argmaxAxis, firstLargest))
  it('prodAxis', () => agrees(prodAxis, (lane) => lane.reduce((product, x) => product * x, 1)))
  it('sumAxis, where small integers add exactly', () => {
    agrees(
      (outer, n, inner, x, out) => {
        sumAxis(outer, n, inner, x, out)
        out.forEach((sum, i) => {
          out[i] = sign(sum)
        })
      },
      (lane) => sign(lane.reduce((sum, x) => sum + x, 0)),
    )
  })
  it('cumsumAxis, both ways', () => {
    fc.assert(
      fc.property(view(fc.integer({ min: -9, max: 9 })), fc.boolean(), (v, reverse) => {
        const out = new Float64Array(v.x.length)
        cumsumAxis(v.outer, v.n, v.inner, v.x, out, reverse)
        const expected = lanes(v).map((lane) =>
          lane.map((_, i) => (reverse ? lane.slice(i) : lane.slice(0, i + 1)).reduce((sum, x) => sum + x, 0)),
        )
        lanes({ ...v, x: out }).forEach((lane, i) => {
          expect(lane.map(sign)).toEqual(at2(expected, i))
        })
      }),
    )
  })
})

describe('sumAxis', () => {
  it('of an empty axis is 0', () => {
    expect(run(sumAxis, { outer: 2, n: 0, inner: 3, x: new Float64Array(0) })).toEqual([0, 0, 0, 0, 0, 0])
  })
  it('of one entry is that entry, the sign of zero included', () => {
    expect(run(sumAxis, { outer: 1, n: 1, inner: 1, x: Float64Array.of(-0) })).toEqual([-0])
    expect(run(sumAxis, { outer: 1, n: 1, inner: 9, x: new Float64Array(9).fill(-0) })).toEqual(Array(9).fill(-0))
  })
  it.each([1, 2, 7, 8, 9, 40])('has an error like log n for inner length %d, at every length of the axis', (inner) => {
    // Partial sums reach n/10: adding one by one would lose about n·ε/20 of the result, a hundred times this bound.
    ;[1, 5, 8, 127, 128, 129, 130, 255, 256, 257, 300, 1000, 1023, 4097, 30_011].forEach((n) => {
      const x = Float64Array.from({ length: n * inner }, (_, i) => 0.1 + (i % inner))
      run(sumAxis, { outer: 1, n, inner, x }).forEach((sum, j) => {
        // Exact: n copies of one double, in integers of its last place.
        const term = at(x, j)
        const exact = Number(BigInt(n) * BigInt(term * 2 ** 56)) / 2 ** 56
        expect(Math.abs(sum - exact) / exact).toBeLessThanOrEqual((20 + Math.log2(n)) * EPSILON)
      })
    })
  })
  it('adds every entry once', () => {
    ;[129, 255, 257, 1000, 5003].forEach((n) => {
      ;[1, 3, 8, 17].forEach((inner) => {
        const x = Float64Array.from({ length: 2 * n * inner }, (_, i) => i)
        const expected = lanes({ outer: 2, n, inner, x }).map((lane) => lane.reduce((sum, y) => sum + y, 0))
        expect(run(sumAxis, { outer: 2, n, inner, x })).toEqual(expected)
      })
    })
  })
})
