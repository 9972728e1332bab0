import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { ones, tapeOf, toFloat64Array, toNumber, treeLeaves } from 'gradus'
import { check, law, lossLaws, randomFunctions, randomLosses, ruleSet, same, showLawFailure } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

describe('random programs', () => {
  it('keep the length of the vector and stay finite', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((width) => randomFunctions({ width }).map(({ f }) => [width, f(ones([width]))] as const)),
        ([width, y]) => {
          expect(y.shape).toEqual([width])
          expect([...toFloat64Array(y)].every(Number.isFinite)).toBe(true)
        },
      ),
    )
  })

  it('are different, and use many operations', () => {
    const drawn = fc.sample(randomFunctions(), { numRuns: 200, seed: 3 })
    expect(new Set(drawn.map(({ formula }) => formula)).size).toBeGreaterThan(150)
    const used = new Set(drawn.flatMap(({ f }) => tapeOf(f)(ones([3])).map(({ primitive }) => primitive)))
    expect(used.size).toBeGreaterThan(25)
  })

  it('are a function of their data: the same twice', () => {
    fc.assert(
      fc.property(randomLosses(), ({ loss }) => Object.is(toNumber(loss(ones([3]))), toNumber(loss(ones([3]))))),
    )
  })

  it('print as formulas, and shrink to the variable', () => {
    const rules = ruleSet('none', [])([law('fails', randomFunctions(), ({ f }) => same(treeLeaves(f(ones([3]))), []))])
    const outcome = check({ seed: 2 })(rules)
    const [failure] = E.isLeft(outcome) ? outcome.left : []
    expect(failure === undefined ? '' : showLawFailure(failure)).toContain('counterexample x ↦ x (shrunk')
    const sines = ruleSet(
      'sines',
      [],
    )([law('has no sine', randomFunctions(), ({ formula }) => same(formula.includes('sin('), false))])
    const found = check({ seed: 2 })(sines)
    expect(E.isLeft(found) && found.left.map(showLawFailure)[0]).toMatch(/counterexample x ↦ [^\n]{0,40} \(shrunk/)
  })

  it('obey the laws of losses', () => {
    fc.assert(
      fc.property(randomLosses({ depth: 4 }), ({ loss }) => {
        const params = fc.constant(ones([3]))
        expect(check({ seed: 1, instances: 2 })(lossLaws({ name: 'random', loss, params }))).toEqual(E.right(undefined))
      }),
      { numRuns: 20, seed: 8 },
    )
  })
})
