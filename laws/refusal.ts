/** Numbers out of range are a mistake in the program: they are refused when the optimizer is made, and by name. */
import * as fc from 'fast-check'
import { Defect } from '../src/index.js'
import { all, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * A maker of optimizers, of one option.
 *
 * @since 0.1.0
 */
export interface RefusalClaim {
  readonly name: string
  /** For each option a maker that is given a number in its place; its name must stand in the message. */
  readonly options: Readonly<Record<string, (value: number) => unknown>>
  /** Numbers that no option takes; default NaN and −1. */
  readonly wrong?: ReadonlyArray<number>
}

const outcome = (make: () => unknown): string => {
  try {
    make()
    return 'made'
  } catch (thrown) {
    return thrown instanceof Defect ? `${thrown._tag}: ${thrown.message}` : 'another error'
  }
}

/**
 * The law of hyperparameters out of range: a `Defect` with the tag `InvalidArgument` says the name of the option and the number that came.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, refusalLaws } from 'gradus/laws'
 * import { adam } from 'gradus/optimize'
 * const options = { learningRate: (learningRate: number) => adam({ learningRate }) }
 * E.isRight(check({ seed: 1 })(refusalLaws({ name: 'adam', options }))) // => true
 *
 * @since 0.1.0
 */
export const refusalLaws = ({ name, options, wrong = [Number.NaN, -1] }: RefusalClaim): RuleSet =>
  ruleSet(
    name,
    [],
  )([
    law(
      'options out of range are refused by name',
      fc.tuple(fc.constantFrom(...Object.entries(options)), fc.constantFrom(...wrong)),
      ([[option, make], value]) => {
        const told = outcome(() => make(value))
        return all(
          same(told.startsWith('InvalidArgument: ') ? 'refused' : told, 'refused'),
          same(told.includes(option) && told.includes(String(value)) ? 'both named' : told, 'both named'),
        )
      },
    ),
  ])
