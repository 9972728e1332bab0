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

/** The guilty operation is looked for once, at the shrunk counterexample, and told with the error. */
const blamed = (error: unknown): unknown => {
  const found = error instanceof BrokenLaw ? error.blame() : O.none
  return error instanceof BrokenLaw && O.isSome(found)
    ? new BrokenLaw(error.law, error.evidence, error.blame, `\n${showBlame(found.value)}`)
    : error
}

/** Fails as fast-check does; the counterexample that was found is drawn again, to be reported with its blame. */
const assertHolds = ({ property }: Law, options: CheckOptions): void => {
  const details = fc.check(property, parametersOf(options))
  if (!details.failed) return
  const { counterexamplePath: path, errorInstance, seed } = details
  const again = path === null ? parametersOf(options) : { seed, path, endOnFailure: true }
  const error = blamed(errorInstance)
  fc.assert(path === null ? property : { ...property, run: () => ({ error }) }, again)
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
