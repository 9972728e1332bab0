/** The optimizer laws O1 to O16 over every public optimizer: what is claimed holds, and what is denied is refuted. */
import * as E from 'fp-ts/lib/Either.js'
import { showLawFailure, verify } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { catalogueOf, optimizeIndex } from '../documentation/catalogue.js'
import { lawNames, type Told, titleOf } from './claims/Row.js'
import { holding, refuting, seed, table } from './claims/table.js'

/** A failed test says all that is needed to see it again. */
const outcome = (told: Told): string => {
  const found = verify(told._tag === 'Denied' ? refuting : holding)(told)
  if (E.isRight(found)) return ''
  return found.left._tag === 'Broken'
    ? found.left.failures.map(showLawFailure).join('\n\n')
    : `denied, and not refuted (seed ${seed}): ${found.left.laws.join('; ')}`
}

describe.each(table.map((row) => [titleOf(row), row] as const))('%s', (_, { standings }) => {
  for (const name of lawNames)
    for (const told of standings[name])
      if (told._tag !== 'NotApplicable')
        it(`${name} ${told._tag === 'Holds' ? '✓' : '✗'} ${told.words}`, () => {
          const wrong = outcome(told)
          if (wrong !== '') throw new Error(wrong)
        })
})

describe('the table', () => {
  it('has a row for every function that makes an optimizer', () => {
    const makers = catalogueOf(optimizeIndex).flatMap(({ name, kind }) => (kind === 'optimizer' ? [name] : []))
    expect(makers.length).toBeGreaterThan(40)
    expect(makers.filter((maker) => !table.some((row) => row.maker === maker))).toEqual([])
    expect(table.map(({ maker }) => maker).filter((maker) => !makers.includes(maker))).toEqual([])
  })

  it('has each row once', () => {
    const titles = table.map(titleOf)
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([])
  })
})
