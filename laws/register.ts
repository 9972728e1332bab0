/** Hands laws to a test framework, which is given as an argument: vitest, jest, mocha or node:test. */
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { showBlame } from './blame.js'
import { type CheckOptions, parametersOf } from './check.js'
import { BrokenLaw, family, type Law, type RuleSet } from './Law.js'

/**
 * What is needed of a test framework.
 *
 * @since 0.1.0
 */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => void) => unknown
}

/** What fast-check prints of a failure, with both sides and the guilty operation, which not every framework reads off a cause. */
const report = (error: unknown, details: fc.RunDetails<unknown>): string => {
  const guilty = error instanceof BrokenLaw ? error.blame() : O.none
  return [
    ...(error instanceof BrokenLaw ? [error.message] : []),
    ...(O.isSome(guilty) ? [showBlame(guilty.value)] : []),
    fc.defaultReportMessage(details) ?? '',
  ].join('\n')
}

/** A test framework takes an error for a failure. */
const assertHolds = ({ property }: Law, options: CheckOptions): void => {
  const details = fc.check(property, parametersOf(options))
  const cause = details.errorInstance
  if (details.failed) throw new Error(report(cause, details), { cause })
}

/**
 * Makes a test of every law of a rule set and of its ancestors, each once. A test that fails prints the seed, the path, the
 * counterexample, both sides and the operation that is guilty.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { law, register, ruleSet, same } from 'gradus/laws'
 * // In a test file: import { describe, it } from 'vitest'
 * const describe = (_: string, body: () => void) => body()
 * const it = (_: string, body: () => void) => body()
 * register({ describe, it })(ruleSet('numbers', [])([law('equal themselves', fc.nat(), (n) => same(n, n))]))
 *
 * @since 0.1.0
 */
export const register =
  ({ describe, it }: Runner, options: CheckOptions = {}) =>
  (rules: RuleSet): void =>
    family(rules).forEach(({ name, laws }) => {
      if (laws.length > 0)
        describe(name, () => {
          laws.forEach((law) => {
            it(law.name, () => assertHolds(law, options))
          })
        })
    })
