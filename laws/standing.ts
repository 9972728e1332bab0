/** Where a law stands with somebody: it holds, it is denied with a refutation, or it does not apply. */
import * as E from 'fp-ts/lib/Either.js'
import { type CheckOptions, check, type LawFailure } from './check.js'
import { family, type Law, type RuleSet, ruleSet } from './Law.js'

/**
 * What is said of laws. Who denies one owes a counterexample.
 *
 * @since 0.1.0
 */
export type Standing =
  | { readonly _tag: 'Holds'; readonly rules: RuleSet }
  | { readonly _tag: 'Denied'; readonly rules: RuleSet; readonly reason: string }
  | { readonly _tag: 'NotApplicable'; readonly reason: string }

/**
 * What came of a standing that was put to the test.
 *
 * @since 0.1.0
 */
export type Verified =
  | { readonly _tag: 'Kept' }
  /** A denial with a counterexample for each of its laws. */
  | { readonly _tag: 'Refuted'; readonly counterexamples: ReadonlyArray<LawFailure> }
  | { readonly _tag: 'Passed' }

/**
 * Why a standing is not what was found.
 *
 * @since 0.1.0
 */
export type Misjudged =
  | { readonly _tag: 'Broken'; readonly failures: ReadonlyArray<LawFailure> }
  /** Laws that were denied and hold for all instances that were drawn. */
  | { readonly _tag: 'NotRefuted'; readonly laws: ReadonlyArray<string> }

/**
 * Some of the laws of a rule set and of its ancestors, by name.
 *
 * @example
 * import { lawsNamed, optimizerLaws } from 'gradus/laws'
 * import { newton } from 'gradus/optimize'
 * const rules = lawsNamed('at a minimum it stays')(optimizerLaws({ name: 'newton', optimizer: newton() }))
 * rules.laws.length // => 1
 *
 * @since 0.1.0
 */
export const lawsNamed =
  (...names: ReadonlyArray<string>) =>
  (rules: RuleSet): RuleSet =>
    ruleSet(
      rules.name,
      [],
    )(family(rules).flatMap(({ laws }) => laws.filter(({ name }) => names.some((each) => name.startsWith(each)))))

const only = ({ name }: RuleSet, law: Law): RuleSet => ruleSet(name, [])([law])

/**
 * Puts a standing to the test: laws that hold are checked, and for each law that is denied a counterexample is looked for.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { lawsNamed, optimizerLaws, verify } from 'gradus/laws'
 * import { newton } from 'gradus/optimize'
 * const claim = { name: 'newton', optimizer: newton(), claims: [{ _tag: 'Descends', spectrum: 'indefinite' }] as const }
 * const rules = lawsNamed('its first step goes down')(optimizerLaws(claim))
 * const denial = { _tag: 'Denied', rules, reason: 'it goes to saddles' } as const
 * E.isRight(verify({ seed: 1 })(denial)) // => true
 *
 * @since 0.1.0
 */
export const verify =
  (options: CheckOptions = {}) =>
  (standing: Standing): E.Either<Misjudged, Verified> => {
    if (standing._tag === 'NotApplicable') return E.right({ _tag: 'Passed' })
    const { rules } = standing
    if (standing._tag === 'Holds') {
      const outcome = check(options)(rules)
      return E.isLeft(outcome) ? E.left({ _tag: 'Broken', failures: outcome.left }) : E.right({ _tag: 'Kept' })
    }
    const found = family(rules).flatMap((set) =>
      set.laws.map((law) => ({ name: law.name, outcome: check(options)(only(set, law)) })),
    )
    const kept = found.flatMap(({ name, outcome }) => (E.isLeft(outcome) ? [] : [name]))
    return kept.length > 0
      ? E.left({ _tag: 'NotRefuted', laws: kept })
      : E.right({
          _tag: 'Refuted',
          counterexamples: found.flatMap(({ outcome }) => (E.isLeft(outcome) ? outcome.left : [])),
        })
  }
