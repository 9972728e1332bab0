import {
  arange,
  categorical,
  foldIn,
  type Key,
  log,
  normal,
  permutation,
  randomKey,
  splitKey,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  uniform,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { erf } from '../../src/kernel/reference/special.js'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

const seeds = [0, 1, 2, 12345, -7, 2 ** 40 + 3]

const entriesOf = (t: Tensor): ReadonlyArray<number> => [...toFloat64Array(t)]

const meanOf = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0) / xs.length

/** √n · sup |F_n − F|, which exceeds 3 with probability 2 e⁻¹⁸ = 3·10⁻⁸ (Kolmogorov 1933). */
const kolmogorov = (xs: ReadonlyArray<number>, cdf: (x: number) => number): number => {
  const sorted = [...xs].sort((a, b) => a - b)
  const n = sorted.length
  return Math.sqrt(n) * sorted.reduce((worst, x, i) => Math.max(worst, cdf(x) - i / n, (i + 1) / n - cdf(x)), 0)
}

const chiSquare = (counts: ReadonlyArray<number>, expected: ReadonlyArray<number>): number =>
  counts.reduce((total, count, i) => total + (count - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 0), 0)

/** The quantile of χ² that is exceeded with probability 10⁻⁷ (Wilson and Hilferty 1931; 5.2 normal deviations). */
const chiSquareBound = (freedom: number): number =>
  freedom * (1 - 2 / (9 * freedom) + 5.2 * Math.sqrt(2 / (9 * freedom))) ** 3

const tally = (values: ReadonlyArray<number>, kinds: number): ReadonlyArray<number> =>
  Array.from(
    values.reduce((counts, value) => {
      counts[value] = (counts[value] ?? 0) + 1
      return counts
    }, new Float64Array(kinds)),
  )

/** Independent entries give a correlation beyond 5.5 / √n with probability 4·10⁻⁸. */
const correlation = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  const [meanA, meanB] = [meanOf(a), meanOf(b)]
  const moment = (p: ReadonlyArray<number>, mp: number, q: ReadonlyArray<number>, mq: number): number =>
    p.reduce((total, x, i) => total + (x - mp) * ((q[i] ?? 0) - mq), 0)
  return moment(a, meanA, b, meanB) / Math.sqrt(moment(a, meanA, a, meanA) * moment(b, meanB, b, meanB))
}

const n = 40_000

// These streams may change only in a major version: published results name a seed.
describe('pinned streams', () => {
  const key = randomKey(42)

  it('keys', () => {
    expect(splitKey(key, 3).map(({ words }) => words)).toMatchInlineSnapshot(`
      [
        [
          64467757,
          2916123636,
        ],
        [
          1154097635,
          473298049,
        ],
        [
          1519696661,
          2637332776,
        ],
      ]
    `)
    expect([0, 1, -1, 2 ** 40].map((number) => foldIn(key, number).words)).toMatchInlineSnapshot(`
      [
        [
          2465931498,
          255383827,
        ],
        [
          709564837,
          4281175804,
        ],
        [
          2638554813,
          4048592344,
        ],
        [
          1421801804,
          3222230863,
        ],
      ]
    `)
    expect([0, -1, 2 ** 33 + 5].map((seed) => randomKey(seed).words)).toEqual([
      [0, 0],
      [0xffffffff, 0xffffffff],
      [2, 5],
    ])
  })

  it('uniform', () => {
    expect(toArray(uniform(key, [5]))).toMatchInlineSnapshot(`
      [
        0.42672756361231334,
        0.10015824296670306,
        0.19643803754070277,
        0.3914102647530826,
        0.724743578480809,
      ]
    `)
  })

  it('normal', () => {
    // Made of log, cos and sin, whose last digit may differ between engines.
    expectNear(
      normal(key, [5]),
      [0.8528053052941844, 0.6208957637445165, -0.5133049502696623, 0.41703715685582954, -1.570275500609654],
      1e-14,
    )
  })

  it('permutation', () => {
    expect(toArray(permutation(key, 12))).toMatchInlineSnapshot(`
      [
        2,
        1,
        6,
        10,
        11,
        8,
        9,
        4,
        0,
        7,
        5,
        3,
      ]
    `)
  })

  it('categorical', () => {
    expect(toArray(categorical(key, log(tensor([0.1, 0.2, 0.3, 0.4])), [20]))).toMatchInlineSnapshot(`
      [
        3,
        2,
        0,
        3,
        2,
        0,
        3,
        3,
        2,
        1,
        2,
        2,
        2,
        2,
        0,
        3,
        1,
        3,
        3,
        2,
      ]
    `)
  })
})

describe.each(seeds)('seed %d', (seed) => {
  const key = randomKey(seed)

  it('uniform numbers are uniform', () => {
    const xs = entriesOf(uniform(key, [n]))
    expect(Math.abs(meanOf(xs) - 0.5) * Math.sqrt(12 * n)).toBeLessThan(5.5)
    // The variance of the square of a centred uniform number is 1/180.
    expect(Math.abs(meanOf(xs.map((x) => (x - 0.5) ** 2)) - 1 / 12) * Math.sqrt(180 * n)).toBeLessThan(5.5)
    expect(kolmogorov(xs, (x) => x)).toBeLessThan(3)
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...xs)).toBeLessThan(1)
    const next = entriesOf(uniform(key, [n + 1])).slice(1)
    expect(Math.abs(correlation(xs, next))).toBeLessThan(5.5 / Math.sqrt(n))
  })

  it('every bit of a uniform number is fair', () => {
    const xs = entriesOf(uniform(key, [n]))
    for (const bit of [1, 2, 25, 26, 27, 28, 29, 51, 52, 53]) {
      const ones = xs.filter((x) => Math.floor(x * 2 ** bit) % 2 === 1).length
      expect(Math.abs(ones - n / 2) / Math.sqrt(n / 4), `bit ${bit}`).toBeLessThan(5.5)
    }
  })

  it('normal numbers are normal', () => {
    const xs = entriesOf(normal(key, [n]))
    expect(Math.abs(meanOf(xs)) * Math.sqrt(n)).toBeLessThan(5.5)
    expect(Math.abs(meanOf(xs.map((x) => x * x)) - 1) * Math.sqrt(n / 2)).toBeLessThan(5.5)
    // The variance of x³ is 15, that of x⁴ is 96.
    expect(Math.abs(meanOf(xs.map((x) => x ** 3))) * Math.sqrt(n / 15)).toBeLessThan(5.5)
    expect(Math.abs(meanOf(xs.map((x) => x ** 4)) - 3) * Math.sqrt(n / 96)).toBeLessThan(6)
    expect(kolmogorov(xs, (x) => (1 + erf(x / Math.SQRT2)) / 2)).toBeLessThan(3)
    const [even, odd] = [0, 1].map((parity) => xs.filter((_, i) => i % 2 === parity))
    expect(Math.abs(correlation(even ?? [], odd ?? []))).toBeLessThan(5.5 / Math.sqrt(n / 2))
  })

  it('permutations are equally likely', () => {
    const draws = 12_000
    const orders = Array.from({ length: draws }, (_, i) =>
      // The order of five as a number in base 5, then ranked by those that occur.
      entriesOf(permutation(foldIn(key, i), 5)).reduce((code, digit) => 5 * code + digit, 0),
    )
    const kinds = [...new Set(orders)]
    expect(kinds).toHaveLength(120)
    const counts = tally(
      orders.map((code) => kinds.indexOf(code)),
      120,
    )
    expect(
      chiSquare(
        counts,
        kinds.map(() => draws / 120),
      ),
    ).toBeLessThan(chiSquareBound(119))
  })

  it('categories are drawn by their probabilities', () => {
    const probabilities = [0.1, 0, 0.2, 0.3, 0.4]
    // Logits are free up to a constant.
    const logits = tensor(probabilities.map((p) => 3 + Math.log(p)))
    const counts = tally(entriesOf(categorical(key, logits, [n])), 5)
    expect(counts[1]).toBe(0)
    const possible = [0, 2, 3, 4]
    expect(
      chiSquare(
        possible.map((k) => counts[k] ?? 0),
        possible.map((k) => n * (probabilities[k] ?? 0)),
      ),
    ).toBeLessThan(chiSquareBound(3))
  })

  it('split streams do not overlap and are not correlated', () => {
    const children = [key, ...splitKey(key, 4), foldIn(key, 0), foldIn(key, 1), ...splitKey(foldIn(key, 0), 2)]
    const streams = children.map((child) => entriesOf(uniform(child, [n / 4])))
    // Equal 53-bit numbers among 90,000 have probability 5·10⁻⁷.
    expect(new Set(streams.flat()).size).toBe((children.length * n) / 4)
    streams.forEach((a, i) => {
      streams.slice(i + 1).forEach((b) => {
        expect(Math.abs(correlation(a, b))).toBeLessThan(6 / Math.sqrt(n / 4))
      })
    })
  })
})

describe('purity', () => {
  const key: Key = randomKey(5)

  it('gives equal numbers for equal keys, in any order of calls', () => {
    const draw = (): unknown => [
      toArray(uniform(key, [4])),
      toArray(normal(key, [2, 3])),
      toArray(permutation(key, 9)),
      toArray(categorical(key, zeros([3, 4]))),
      splitKey(key, 3),
      foldIn(key, 8),
    ]
    const first = draw()
    normal(randomKey(6), [100])
    expect(draw()).toEqual(first)
    expect(key).toEqual(randomKey(5))
  })

  it('gives the beginning of a longer draw', () => {
    expect(toArray(normal(key, [5]))).toEqual(entriesOf(normal(key, [8])).slice(0, 5))
    expect(toArray(uniform(key, [5]))).toEqual(entriesOf(uniform(key, [2, 4])).slice(0, 5))
    expect(splitKey(key, 2)).toEqual(splitKey(key, 5).slice(0, 2))
  })

  it('has a different key for every seed and every number', () => {
    const keys = [
      ...seeds.map(randomKey),
      ...Array.from({ length: 2000 }, (_, i) => foldIn(key, i - 1000)),
      ...splitKey(key, 500),
    ]
    expect(new Set(keys.map(({ words }) => words.join())).size).toBe(keys.length)
    expect(foldIn(key, 2 ** 32).words).not.toEqual(foldIn(key, 0).words)
  })
})

describe('parameters', () => {
  const key = randomKey(9)

  it('shift and stretch', () => {
    const [u, z] = [entriesOf(uniform(key, [50])), entriesOf(normal(key, [50]))]
    expect(entriesOf(uniform(key, [50], { low: -2, high: 4 }))).toEqual(u.map((x) => -2 + 6 * x))
    expect(entriesOf(normal(key, [50], { mean: 3, deviation: 0.5 }))).toEqual(z.map((x) => 3 + 0.5 * x))
    expect(entriesOf(normal(key, [2], { deviation: 0 }))).toEqual([0, 0])
  })

  it('never reach the upper bound, even where rounding would', () => {
    const high = 1 + 2 ** -52
    const xs = entriesOf(uniform(key, [1000], { low: 1, high }))
    expect(new Set(xs)).toEqual(new Set([1]))
  })

  it('may make nothing', () => {
    expect(uniform(key, [0, 3]).shape).toEqual([0, 3])
    expect(normal(key, [0]).shape).toEqual([0])
    expect(permutation(key, 0).shape).toEqual([0])
    expect(toArray(permutation(key, 1))).toEqual([0])
    expect(splitKey(key, 0)).toEqual([])
  })

  it('broadcast logits over the shape', () => {
    const sure = tensor([
      [0, -Infinity],
      [-Infinity, 0],
    ])
    expect(toArray(categorical(key, sure))).toEqual([0, 1])
    expect(toArray(categorical(key, sure, [3, 2]))).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    // Logits may be traced: a key serves every example of a batch alike.
    expect(toArray(vmap((row: Tensor) => categorical(key, row))(sure))).toEqual([0, 1])
    expect(categorical(key, arange(3)).shape).toEqual([])
  })

  it('are refused with what was expected', () => {
    expect(defectOf(() => randomKey(1.5))).toMatchInlineSnapshot(
      `"InvalidArgument: randomKey: expected an integer seed, got 1.5. Round it, or count instead?"`,
    )
    expect(defectOf(() => randomKey(Number.NaN))).toMatchInlineSnapshot(
      `"InvalidArgument: randomKey: expected an integer seed, got NaN. Round it, or count instead?"`,
    )
    expect(defectOf(() => foldIn(key, 0.5))).toMatchInlineSnapshot(
      `"InvalidArgument: foldIn: expected an integer number, got 0.5. Round it, or count instead?"`,
    )
    expect(defectOf(() => splitKey(key, -1))).toMatchInlineSnapshot(
      `"InvalidArgument: splitKey: expected an integer count of 0 or more, got -1."`,
    )
    expect(defectOf(() => uniform(key, [2], { low: 1, high: 1 }))).toMatchInlineSnapshot(
      `"InvalidArgument: uniform: expected finite bounds with low < high, got [1, 1)."`,
    )
    expect(defectOf(() => uniform(key, [2], { high: Infinity }))).toMatchInlineSnapshot(
      `"InvalidArgument: uniform: expected finite bounds with low < high, got [0, Infinity)."`,
    )
    expect(defectOf(() => uniform(key, [-2]))).toMatchInlineSnapshot(
      `"InvalidShape: uniform: a shape lists non-negative integers, but [-2] holds -2."`,
    )
    expect(defectOf(() => normal(key, [2], { deviation: -1 }))).toMatchInlineSnapshot(
      `"InvalidArgument: normal: expected a finite mean and a deviation of 0 or more, got 0 and -1."`,
    )
    expect(defectOf(() => permutation(key, 2.5))).toMatchInlineSnapshot(
      `"InvalidArgument: permutation: expected an integer count of 0 or more, got 2.5."`,
    )
    expect(defectOf(() => categorical(key, tensor(1)))).toMatchInlineSnapshot(
      `"ShapeMismatch: categorical: expected logits with one entry or more along their last axis, got shape []."`,
    )
    expect(defectOf(() => categorical(key, zeros([3, 2]), [2]))).toMatchInlineSnapshot(
      `"ShapeMismatch: broadcastTo: [3,2] does not stretch to [2,2]."`,
    )
  })
})
