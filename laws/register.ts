/** Hands laws to a test framework, which is given as an argument: vitest, jest, mocha or node:test. */
import * as fc from 'fast-check'
import { type CheckOptions, parametersOf } from './check.js'
import { family, type RuleSet } from './Law.js'

/**
 * What is needed of a test framework.
 *
 * @since 0.1.0
 */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => void) => unknown
}

/**
 * Makes a test of every law of a rule set and of its ancestors, each once. A test that fails prints the seed, the path, the
 * counterexample and both sides.
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
            it(law.name, () => fc.assert(law.property, parametersOf(options)))
          })
        })
    })
