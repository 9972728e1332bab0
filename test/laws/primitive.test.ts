import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { add, mul, type PrimitiveEntry, primitives, sign, stopGradient, sum, type Tensor } from 'gradus'
import { check, primitiveLaws, register, ruleSet } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { scale } from '../../src/core/LinearMap.js'
import type { Primitive } from '../../src/core/Primitive.js'
import { bind } from '../../src/core/Trace.js'
import { elementwise } from '../../src/primitive/define.js'
import { cubeRecord } from './wrongRecords.js'

const entries = Object.values(primitives)

register({ describe, it }, { instances: 40 })(ruleSet('primitives', entries.map(primitiveLaws))([]))

describe('the table', () => {
  it('has laws for every operation that goes entry by entry', () => {
    const silent = entries.filter(({ elementwise }) => O.isNone(elementwise)).map(({ name }) => name)
    expect(silent).not.toContain('tanh')
    expect(entries.filter((entry) => primitiveLaws(entry).laws.length >= 3).length).toBe(entries.length - silent.length)
    expect(entries.length - silent.length).toBeGreaterThan(30)
  })

  it('has kinks that can be read', () => {
    const withKinkLaw = entries
      .filter((entry) => primitiveLaws(entry).laws.some(({ name }) => name.startsWith('at its kinks')))
      .map(({ name }) => name)
    expect(withKinkLaw).toEqual(expect.arrayContaining(['abs', 'relu', 'maximum', 'minimum', 'sqrt', 'log']))
  })
})

const entryOf = (record: Primitive<undefined>, change: Partial<PrimitiveEntry> = {}): PrimitiveEntry => ({
  name: record.name,
  formula: record.formula,
  domain: record.domain,
  isDifferentiable: true,
  elementwise: O.some({
    hasDerivative: record.differential.map((rule) => rule !== undefined),
    call: (inputs) => bind(record, undefined, inputs),
  }),
  ...change,
})

const failedOf = (entry: PrimitiveEntry): ReadonlyArray<string> => {
  const outcome = check({ seed: 1, instances: 20, shrink: false })(primitiveLaws(entry))
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${entry.name} › `, '')) : []
}

const derivative = 'its derivative is what differences find'
const second = 'its second derivative is what differences of the first find'
const batch = 'a batch is the map over its examples'

const right = cubeRecord((x) => scale(mul(3, mul(x, x))))

const withCall = (call: (x: Tensor) => Tensor): PrimitiveEntry =>
  entryOf(right, {
    elementwise: pipe(
      entryOf(right).elementwise,
      O.map((own) => ({ ...own, call: ([x]) => call(x ?? mul(0, 0)) })),
    ),
  })

describe('records with a defect', () => {
  it('none, and no law fails', () => {
    expect(failedOf(entryOf(right))).toEqual([])
  })

  it('a wrong factor', () => {
    expect(failedOf(entryOf(cubeRecord((x) => scale(mul(2, mul(x, x))))))).toEqual([derivative])
  })

  it('a second derivative that is lost', () => {
    expect(failedOf(entryOf(cubeRecord((x) => scale(mul(3, mul(x, stopGradient(x)))))))).toEqual([second])
  })

  it('a batching that changes the operation, or reaches into another entry', () => {
    const scaled: Primitive<{ readonly factor: number }> = {
      name: 'scaled',
      formula: 'c x',
      mixes: false,
      domain: right.domain,
      shape: (_, [x]) => x ?? [],
      evaluate: ({ factor }, [x]) => mul(factor, x ?? 0),
      differential: [({ factor }, [x]) => scale(add(factor, mul(0, x ?? 0)))],
      deepen: () => ({ factor: 3 }),
    }
    const entry = withCall((x) => bind(scaled, { factor: 2 }, [x]))
    expect(failedOf(entry)).toEqual(expect.arrayContaining([batch]))
    expect(failedOf(withCall((x) => add(mul(x, mul(x, x)), mul(1e-3, sum(x)))))).toContain('it goes entry by entry')
  })

  it('modes that disagree, eager and compiled, or forward and reverse', () => {
    const spying = (transform: string, x: Tensor): number => (String(x).endsWith(`in ${transform}`) ? 2 : 1)
    expect(failedOf(withCall((x) => mul(spying('stage', x), mul(x, x))))).toEqual(['compiled it is the same'])
    expect(failedOf(withCall((x) => mul(spying('vjp', x), mul(x, x))))).toContain('forward and reverse agree')
    expect(failedOf(withCall((x) => mul(spying('jvp', x), mul(x, x))))).toEqual(
      expect.arrayContaining(['second derivatives are the same in all four orders of the modes']),
    )
  })

  it('a refusal of numbers outside the domain', () => {
    const strict = elementwise({
      name: 'strict',
      formula: 'x',
      kernel: (x) => {
        if (x.some(Number.isNaN)) throw new Error('a number was expected')
        return x
      },
      partial: () => ({ _tag: 'Identity' }),
    })
    expect(failedOf(entryOf(strict))).toEqual([
      'masked by where it leaves no trace, at the edges of its domain and beyond',
    ])
  })

  it('a kink that is not as stated', () => {
    const absolute = (stated: string): PrimitiveEntry =>
      entryOf(
        elementwise({
          name: 'absolute',
          formula: '|x|',
          kernel: (x) => x.map(Math.abs),
          partial: (x) => scale(sign(x)),
          kinks: [{ at: 'x = 0', convention: stated }],
        }),
      )
    expect(failedOf(absolute('value 0, derivative 0'))).toEqual([])
    expect(failedOf(absolute('derivative 1'))).toEqual(['at its kinks it gives what its record states'])
    expect(failedOf(absolute('value 1, derivative 0'))).toEqual(['at its kinks it gives what its record states'])
  })
})
