/** Performance profiles: the definition on a small table, and what holds of every table. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Costs, performanceProfile, shareWithin } from '../../src/experiment/profile.js'

describe('on a small table', () => {
  // Least: 10, 5, 2; the fourth problem is solved by nobody.
  const profiles = performanceProfile([
    { solver: 'a', costs: [10, 20, Infinity, Infinity] },
    { solver: 'b', costs: [20, 5, 2, Infinity] },
  ])

  it('is the share of problems within a factor of the best', () => {
    expect(profiles).toEqual([
      {
        solver: 'a',
        steps: [
          { ratio: 1, share: 0.25 },
          { ratio: 4, share: 0.5 },
        ],
      },
      {
        solver: 'b',
        steps: [
          { ratio: 1, share: 0.5 },
          { ratio: 2, share: 0.75 },
        ],
      },
    ])
    expect([0.9, 1, 1.9, 2, Infinity].map((factor) => profiles.map(shareWithin(factor)))).toEqual([
      [0, 0],
      [0.25, 0.5],
      [0.25, 0.5],
      [0.25, 0.75],
      [0.5, 0.75],
    ])
  })

  it('takes a free solution as the best, and everything else as infinitely worse', () => {
    const free = performanceProfile([
      { solver: 'a', costs: [0] },
      { solver: 'b', costs: [0] },
      { solver: 'c', costs: [1] },
    ])
    expect(free.map(shareWithin(1))).toEqual([1, 1, 0])
    expect(free.map(shareWithin(1e300))).toEqual([1, 1, 0])
  })

  it('is empty without problems', () => {
    expect(performanceProfile([{ solver: 'a', costs: [] }])).toEqual([{ solver: 'a', steps: [] }])
    expect(performanceProfile([])).toEqual([])
  })
})

describe('on every table', () => {
  const cost = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constant(Infinity))
  const tables: fc.Arbitrary<ReadonlyArray<Costs>> = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }))
    .chain(([solvers, problems]) =>
      fc.tuple(
        ...Array.from({ length: solvers }, (_, s) =>
          fc.record({
            solver: fc.constant(`s${s}`),
            costs: fc.array(cost, { minLength: problems, maxLength: problems }),
          }),
        ),
      ),
    )

  it('rises to the share that is solved, and someone is best wherever anyone solves', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const profiles = performanceProfile(table)
        const problems = table[0]?.costs.length ?? 0
        const solvable = Array.from({ length: problems }, (_, p) => table.some(({ costs }) => costs[p] !== Infinity))
        for (const [s, { steps }] of profiles.entries()) {
          const solved = table[s]?.costs.filter(Number.isFinite).length ?? 0
          expect(steps[steps.length - 1]?.share ?? 0).toBeCloseTo(solved / problems, 12)
          expect(
            steps.every(
              ({ ratio, share }, i) =>
                i === 0 || (ratio > (steps[i - 1]?.ratio ?? 0) && share > (steps[i - 1]?.share ?? 0)),
            ),
          ).toBe(true)
        }
        const best = profiles.map(shareWithin(1)).reduce((total, share) => total + share, 0)
        expect(best * problems).toBeGreaterThanOrEqual(solvable.filter((each) => each).length - 1e-9)
      }),
    )
  })

  it('is unchanged when the costs of a problem are given in another unit', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(2, 0.5, 1024), (table, unit) => {
        const other = table.map(({ solver, costs }) => ({
          solver,
          costs: costs.map((v, p) => (p === 0 ? v * unit : v)),
        }))
        expect(performanceProfile(other)).toEqual(performanceProfile(table))
      }),
    )
  })
})
