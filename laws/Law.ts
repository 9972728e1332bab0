/**
 * laws/: what must hold, as values. A law is a name and a property whose failures keep both sides as evidence; rule sets
 * collect laws and have parents, so that what is true of every member of a family is said once.
 * close.ts compares, arbitrary.ts draws, check.ts runs laws without a test framework, register.ts hands them to one.
 * May import: the public entries of gradus, fp-ts and fast-check, and no test framework. May be imported by: users and tests.
 */
import * as fc from 'fast-check'
import type { Lazy } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Blame } from './blame.js'
import { type Evidence, showEvidence } from './close.js'

/**
 * A named statement about arbitrary inputs; a failure of its property is a `BrokenLaw`.
 *
 * @since 0.1.0
 */
export interface Law {
  readonly name: string
  readonly property: fc.IRawProperty<unknown, false>
}

/**
 * Laws under a name, together with those of its parents.
 *
 * @since 0.1.0
 */
export interface RuleSet {
  readonly name: string
  readonly parents: ReadonlyArray<RuleSet>
  readonly laws: ReadonlyArray<Law>
}

/**
 * What a failing law reports: an error, so that every test framework prints it, with the evidence as data.
 *
 * @example
 * import { BrokenLaw, close } from 'gradus/laws'
 * new BrokenLaw('one is two', close(0)(1, 2)).message // => 'one is two: 1 ≈ 2 (error 1, tolerance 0)'
 *
 * @since 0.1.0
 */
export class BrokenLaw extends Error {
  override readonly name = 'BrokenLaw'

  constructor(
    readonly law: string,
    readonly evidence: Evidence,
    /** The operation that is guilty of it, where one can be found; looked for when it is asked. */
    readonly blame: Lazy<O.Option<Blame>> = () => O.none,
  ) {
    super(`${law}: ${showEvidence(evidence)}`)
  }
}

/**
 * A law from what it speaks about and the evidence for one instance. The evidence may call `fc.pre` to pass over instances.
 * With `blameOf`, a failure names the operation that is guilty of it (see `blame`).
 *
 * @example
 * import * as fc from 'fast-check'
 * import { atMost, law } from 'gradus/laws'
 * const law1 = law('squares are not negative', fc.double({ noNaN: true }), (x) => atMost()(0, x * x))
 * fc.check(law1.property, { seed: 1 }).failed // => false
 *
 * @since 0.1.0
 */
export const law = <A>(
  name: string,
  arbitrary: fc.Arbitrary<A>,
  evidenceOf: (instance: A) => Evidence,
  blameOf: (instance: A) => O.Option<Blame> = () => O.none,
): Law => {
  const drawn = fc.property<[A]>(arbitrary, () => true)
  const property: fc.IRawProperty<[A], false> = {
    isAsync: () => false,
    generate: (random, runId) => drawn.generate(random, runId),
    shrink: (value) => drawn.shrink(value),
    run: ([instance]) => {
      try {
        const evidence = evidenceOf(instance)
        return evidence.holds ? null : { error: new BrokenLaw(name, evidence, () => blameOf(instance)) }
      } catch (thrown) {
        return fc.PreconditionFailure.isFailure(thrown) ? thrown : { error: thrown }
      }
    },
    runBeforeEach: () => undefined,
    runAfterEach: () => undefined,
  }
  return { name, property }
}

/**
 * A rule set.
 *
 * @example
 * import { ruleSet } from 'gradus/laws'
 * ruleSet('empty', [])([]).name // => 'empty'
 *
 * @since 0.1.0
 */
export const ruleSet =
  (name: string, parents: ReadonlyArray<RuleSet>) =>
  (laws: ReadonlyArray<Law>): RuleSet => ({ name, parents, laws })

/**
 * The rule sets that one stands for: all ancestors first, then itself, each once however often it is inherited.
 *
 * @example
 * import { family, ruleSet } from 'gradus/laws'
 * const root = ruleSet('root', [])([])
 * const [left, right] = [ruleSet('left', [root])([]), ruleSet('right', [root])([])]
 * family(ruleSet('both', [left, right])([])).map(({ name }) => name) // => ['root', 'left', 'right', 'both']
 *
 * @since 0.1.0
 */
export const family = (rules: RuleSet): ReadonlyArray<RuleSet> => [
  ...new Set([...rules.parents.flatMap((parent) => family(parent)), rules]),
]
