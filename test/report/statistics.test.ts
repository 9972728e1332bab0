import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ResultRun } from '../../src/codec/results.js'
import { commonest, median, spreads } from '../../src/report/statistics.js'

const run = (points: ReadonlyArray<readonly [number, number]>): ResultRun => ({
  optimizer: 'any',
  width: 1,
  seed: 1,
  iterates: points.map(([epoch, loss]) => ({ epoch, loss, error: 0, lambdaMin: 0, gradientEquivalents: 2 * epoch })),
  reason: 'done',
})

const of = (runs: ReadonlyArray<ResultRun>) =>
  spreads(
    runs,
    (iterate) => iterate.epoch,
    (iterate) => iterate.loss,
  )

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[10, 9, 100], 10],
    [[Number.NaN, 5], 5],
    [[1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
    [[], Number.NaN],
  ])('of %j is %d', (values, middle) => expect(median(values)).toBe(middle))

  it('has as many values below as above, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const middle = median(values)
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2)
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2)
        expect(median(values.toReversed())).toBe(middle)
      }),
    )
  })
})

describe('spreads', () => {
  it('gives median, least and greatest where the runs meet', () => {
    const runs = [
      run([
        [0, 8],
        [1, 4],
      ]),
      run([
        [0, 8],
        [1, 1],
      ]),
      run([
        [0, 8],
        [1, 2],
      ]),
    ]
    expect(of(runs)).toEqual([
      { x: 0, median: 8, low: 8, high: 8 },
      { x: 1, median: 2, low: 1, high: 4 },
    ])
  })

  it('interpolates geometrically between positive values, in a straight line otherwise', () => {
    expect(
      of([
        run([
          [0, 1],
          [2, 100],
        ]),
        run([[1, 7]]),
      ])[1],
    ).toMatchObject({ x: 1, low: 7, high: expect.closeTo(10, 12) })
    expect(
      of([
        run([
          [0, 0],
          [2, 100],
        ]),
        run([[1, 7]]),
      ])[1],
    ).toMatchObject({ x: 1, low: 7, high: 50 })
  })

  it('lets a run that ended early keep its last value, and counts none before its first', () => {
    const long = [
      [0, 8],
      [1, 4],
      [2, 2],
      [3, 1],
    ] as const
    expect(
      of([
        run(long),
        run([
          [1, 16],
          [2, 16],
        ]),
      ]),
    ).toEqual([
      { x: 0, median: 8, low: 8, high: 8 },
      { x: 1, median: 10, low: 4, high: 16 },
      { x: 2, median: 9, low: 2, high: 16 },
      { x: 3, median: 8.5, low: 1, high: 16 },
    ])
  })

  it('passes over NaN, and keeps ∞', () => {
    expect(
      of([
        run([
          [0, 1],
          [1, Number.NaN],
          [2, Number.POSITIVE_INFINITY],
        ]),
      ]),
    ).toEqual([
      { x: 0, median: 1, low: 1, high: 1 },
      { x: 2, median: Number.POSITIVE_INFINITY, low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    ])
  })

  it('thins long runs, keeping both ends', () => {
    const many = of([run(Array.from({ length: 5001 }, (_, i) => [i, i] as const))])
    expect(many.length).toBeLessThanOrEqual(201)
    expect([many[0]?.x, many[many.length - 1]?.x]).toEqual([0, 5000])
  })
})

describe('commonest', () => {
  it('counts only when words differ', () => {
    expect(commonest(['a', 'a'])).toBe('a')
    expect(commonest(['b', 'a', 'a'])).toBe('a (2 of 3)')
    expect(commonest([])).toBe('')
  })
})
