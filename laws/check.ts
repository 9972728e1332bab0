/** Runs laws where there is no test framework: in a script, in a notebook, in a grader. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Blame, showBlame } from './blame.js'
import { type Evidence, showEvidence } from './close.js'
import { BrokenLaw, family, type Law, type RuleSet } from './Law.js'

/**
 * How laws are run. With the seed and the path of a failure, its counterexample is drawn again at once.
 *
 * @since 0.1.0
 */
export interface CheckOptions {
  /** Default: another seed for every run. */
  readonly seed?: number
  readonly path?: string
  /** The one law to check, as failures name it; default all. */
  readonly only?: string
  /** Whether counterexamples are made as small as possible, which takes time; default true. */
  readonly shrink?: boolean
  /** Instances for each law; default 100. */
  readonly instances?: number
}

/**
 * A law that does not hold, with all that is needed to see it again.
 *
 * @since 0.1.0
 */
export interface LawFailure {
  /** The names of the rule set and of the law. */
  readonly law: string
  readonly seed: number
  readonly path: string
  /** The smallest instance that was found, and how many steps it took to shrink to it. */
  readonly counterexample: unknown
  readonly shrinks: number
  /** Both sides, error and tolerance; or the error, when the law ended in one. */
  readonly evidence: E.Either<unknown, Evidence>
  /** The operation that is guilty of it, found at the counterexample. */
  readonly blame: O.Option<Blame>
}

/** The name under which a law is reported. */
export const titleOf = (rules: RuleSet, { name }: Law): string => `${rules.name} › ${name}`

/** What fast-check is told. */
export const parametersOf = ({ instances = 100, shrink = true, seed, path }: CheckOptions): fc.Parameters<unknown> => ({
  numRuns: instances,
  endOnFailure: !shrink,
  ...(seed === undefined ? {} : { seed }),
  ...(path === undefined ? {} : { path }),
})

/**
 * Checks the laws of a rule set and of its ancestors, each once; `Left` holds the laws that failed.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, law, ruleSet, same } from 'gradus/laws'
 * const rules = ruleSet('numbers', [])([law('are small', fc.nat(), (n) => same(n < 1000, true))])
 * const outcome = check({ seed: 1 })(rules)
 * E.isLeft(outcome) && outcome.left[0]?.law // => 'numbers › are small'
 * E.isLeft(outcome) && outcome.left[0]?.counterexample // => 1000
 *
 * @since 0.1.0
 */
export const check =
  (options: CheckOptions = {}) =>
  (rules: RuleSet): E.Either<ReadonlyArray<LawFailure>, void> => {
    const failures = family(rules).flatMap((set) =>
      set.laws.flatMap((each): ReadonlyArray<LawFailure> => {
        if (options.only !== undefined && options.only !== titleOf(set, each)) return []
        const details = fc.check(each.property, parametersOf(options))
        if (!details.failed) return []
        const { errorInstance: error } = details
        return [
          {
            law: titleOf(set, each),
            seed: details.seed,
            path: details.counterexamplePath ?? '',
            counterexample: Array.isArray(details.counterexample) ? details.counterexample[0] : details.counterexample,
            shrinks: details.numShrinks,
            evidence:
              error instanceof BrokenLaw ? E.right(error.evidence) : E.left(error ?? 'too many instances passed over'),
            blame: error instanceof BrokenLaw ? error.blame() : O.none,
          },
        ]
      }),
    )
    return failures.length === 0 ? E.right(undefined) : E.left(failures)
  }

/**
 * A failure as text: the law, the counterexample, both sides with the tolerance and its reason, the guilty operation, and how
 * to see it again.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { close, showLawFailure } from 'gradus/laws'
 * const found = { counterexample: [1, 2], shrinks: 1, evidence: E.right(close(0.1)(1, 2)), blame: O.none }
 * const failure = { law: 'sums › commute', seed: 7, path: '0:1', ...found }
 * showLawFailure(failure).split('\n')[1] // => '  counterexample [1,2] (shrunk 1 times)'
 *
 * @since 0.1.0
 */
export const showLawFailure = ({ law, seed, path, counterexample, shrinks, evidence, blame }: LawFailure): string =>
  [
    law,
    `  counterexample ${fc.stringify(counterexample)} (shrunk ${shrinks} times)`,
    `  ${E.isRight(evidence) ? showEvidence(evidence.right) : `ended in ${String(evidence.left)}`}`,
    ...(O.isSome(blame) ? [`  ${showBlame(blame.value)}`] : []),
    `  again: check({ only: '${law}', seed: ${seed}, path: '${path}' })`,
  ].join('\n')
