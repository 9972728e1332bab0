/** Every name of the lists that other projects check themselves with is run here, or has a reason why not. */
import fc from 'fast-check'
import { add, mul, scalar, square, stopGradient, sub, type Tensor } from 'gradus'
import { describe, expect, it } from 'vitest'
import { disagreements } from './agreement.js'
import { autogradArrays } from './autogradArrays.js'
import { autogradContractions } from './autogradContractions.js'
import { autogradOperations } from './autogradOperations.js'
import { jaxIndexing } from './jaxIndexing.js'
import { jaxOperations } from './jaxOperations.js'
import { jaxStructures } from './jaxStructures.js'
import { jaxWindows } from './jaxWindows.js'
import { around, type Case, type List } from './listed.js'

const lists: ReadonlyArray<List> = [
  jaxOperations,
  jaxStructures,
  jaxWindows,
  jaxIndexing,
  autogradOperations,
  autogradArrays,
  autogradContractions,
]

/** Points of each case, with all arguments and directions drawn anew; large grids of shapes have enough with one. */
const points = (cases: number): number => (cases > 40 ? 1 : 3)

/** As if a rule were forgotten: a factor that is held, and a slope that is. */
describe('a wrong rule', () => {
  const squares = (apply: (x: Tensor) => Tensor): Case => ({
    label: 'x²',
    inputs: [around(1, 2)([3])],
    apply: (x = scalar(0)) => apply(x),
  })
  const found = (each: Case): ReadonlyArray<string> => disagreements(each, 7).map(({ what }) => what)

  it('of the first order is found', () => {
    expect(found(squares(square))).toEqual([])
    expect(found(squares((x) => mul(x, stopGradient(x))))).toContain('gradient')
  })

  it('of the second order is found', () => {
    // x² with the derivative 2 x, which is then held.
    expect(
      found(squares((x) => add(stopGradient(square(x)), mul(stopGradient(mul(2, x)), sub(x, stopGradient(x)))))),
    ).toEqual(['Hessian-vector product'])
  })
})

describe.each(lists)('$title', ({ names, runs, absent }) => {
  it('every name is run or has a reason', () => {
    expect([...Object.keys(runs), ...Object.keys(absent)].toSorted()).toEqual(names.toSorted())
    expect(Object.entries(runs).filter(([, cases]) => cases.length === 0)).toEqual([])
    expect(Object.entries(absent).filter(([, reason]) => reason === '')).toEqual([])
  })

  it.each(Object.keys(runs))('%s', (name) => {
    for (const each of runs[name] ?? [])
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
          expect(disagreements(each, seed), each.label).toEqual([])
        }),
        { numRuns: points(runs[name]?.length ?? 0) },
      )
  })
})
