/** The optimizer laws O1 to O16 over every public optimizer: what is claimed holds, and what is denied is refuted. */
import * as E from 'fp-ts/lib/Either.js'
import { showLawFailure, verify } from 'gradus/laws'
import { describe, it } from 'vitest'
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
