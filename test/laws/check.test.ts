import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { atMost, BrokenLaw, check, family, law, register, ruleSet, same, showLawFailure } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

const small = law('are below fifty', fc.tuple(fc.nat(), fc.nat()), ([a, b]) => atMost()(a + b, 49))
const sums = ruleSet('sums', [])([law('commute', fc.tuple(fc.nat(), fc.nat()), ([a, b]) => same(a + b, b + a)), small])

const failuresOf = (outcome: ReturnType<ReturnType<typeof check>>): ReadonlyArray<string> =>
  E.isLeft(outcome) ? outcome.left.map(showLawFailure) : []

describe('check', () => {
  it('is Right where every law holds', () => {
    expect(check()(ruleSet('kept', [])([law('holds', fc.nat(), (n) => same(n, n))]))).toEqual(E.right(undefined))
  })

  it('reports law, seed, path, the smallest counterexample and both sides', () => {
    const outcome = check({ seed: 11 })(sums)
    expect(outcome).toMatchObject(
      E.left([
        {
          law: 'sums › are below fifty',
          seed: 11,
          evidence: E.right({ relation: '≤', left: 50, right: 49, error: 1 }),
        },
      ]),
    )
    expect(
      failuresOf(outcome)[0]
        ?.split('\n')
        .map((line) => line.replace(/\d+ times|'[\d:]+'/, '…')),
    ).toEqual([
      'sums › are below fifty',
      expect.stringMatching(/^ {2}counterexample \[\d+,\d+\] \(shrunk …\)$/),
      '  50 ≤ 49 (error 1, tolerance 0)',
      "  again: check({ only: 'sums › are below fifty', seed: 11, path: … })",
    ])
  })

  it('draws the counterexample again from what it reported', () => {
    const outcome = check({ seed: 11 })(sums)
    const [failure] = E.isLeft(outcome) ? outcome.left : []
    const again = check({ only: failure?.law ?? '', seed: 11, path: failure?.path ?? '' })(sums)
    expect(E.isLeft(again) && again.left).toMatchObject([{ counterexample: failure?.counterexample, shrinks: 0 }])
  })

  it('reports an error that a law ends in, and shrinks it', () => {
    const broken = ruleSet(
      'broken',
      [],
    )([law('divides', fc.nat(), (n) => (n > 6 ? same(BigInt(1) / BigInt(0), 1) : same(n, n)))])
    const outcome = check({ seed: 1 })(broken)
    expect(E.isLeft(outcome) && outcome.left).toMatchObject([{ counterexample: 7, evidence: { _tag: 'Left' } }])
    expect(failuresOf(outcome)[0]).toContain('ended in RangeError: Division by zero')
  })

  it('passes over instances, but not over all of them', () => {
    const only = (most: number) =>
      ruleSet(
        'some',
        [],
      )([
        law('passes over', fc.nat({ max: 9 }), (n) => {
          fc.pre(n < most)
          return same(n, n)
        }),
      ])
    expect(check({ seed: 1 })(only(5))).toEqual(E.right(undefined))
    expect(failuresOf(check({ seed: 1 })(only(0)))[0]).toContain('too many instances passed over')
  })

  it('does not shrink where that is not wanted', () => {
    const outcome = check({ seed: 11, shrink: false })(sums)
    expect(E.isLeft(outcome) && outcome.left[0]?.shrinks).toBe(0)
  })

  it('draws as many instances as asked for', () => {
    const seen: Array<number> = []
    const counting = law('counts', fc.nat(), (n) => same(seen.push(n), seen.length))
    check({ instances: 17 })(ruleSet('counting', [])([counting]))
    expect(seen.length).toBe(17)
  })
})

describe('families', () => {
  const root = ruleSet('root', [])([small])
  const both = ruleSet('both', [ruleSet('left', [root])([]), ruleSet('right', [root])([])])([])

  it('have each ancestor once, before its descendants', () => {
    expect(family(both).map(({ name }) => name)).toEqual(['root', 'left', 'right', 'both'])
  })

  it('are checked once for each law', () => {
    const outcome = check({ seed: 3 })(both)
    expect(E.isLeft(outcome) && outcome.left.map(({ law: name }) => name)).toEqual(['root › are below fifty'])
  })
})

describe('register', () => {
  it('makes a group of each rule set with laws and a test of each law, which throws where the law is broken', () => {
    const tests: Array<readonly [string, string, () => void]> = []
    const group: Array<string> = []
    const runner = {
      describe: (name: string, body: () => void) => {
        group.push(name)
        body()
      },
      it: (name: string, body: () => void) => tests.push([group[group.length - 1] ?? '', name, body]),
    }
    register(runner, { seed: 11 })(ruleSet('all', [sums])([]))
    expect(tests.map(([set, name]) => `${set} › ${name}`)).toEqual(['sums › commute', 'sums › are below fifty'])
    expect(tests[0]?.[2]).not.toThrow()
    expect(tests[1]?.[2]).toThrow(/Property failed[\s\S]*seed: 11[\s\S]*Counterexample/)
    try {
      tests[1]?.[2]()
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.cause : undefined
      expect(cause).toBeInstanceOf(BrokenLaw)
      expect(String(cause)).toBe('BrokenLaw: are below fifty: 50 ≤ 49 (error 1, tolerance 0)')
    }
    expect.assertions(5)
  })
})
