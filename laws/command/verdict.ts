/** The laws of a loss, asked one after the other; what is found of each, as data that goes through a pipe. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Blame, showBlame } from '../blame.js'
import { type CheckOptions, check, type LawFailure, titleOf } from '../check.js'
import { type Evidence, showEvidence } from '../close.js'
import { family, ruleSet } from '../Law.js'
import { lossLaws } from '../loss.js'
import { finitenessLaws } from '../lossAgreement.js'
import type { Subject } from './subject.js'

/** What was found of one law. */
export interface Finding {
  readonly law: string
  /** Whether it holds, fails, or could be judged at none of the points. */
  readonly outcome: 'holds' | 'fails' | 'undecided'
  readonly failure: O.Option<{
    readonly seed: number
    readonly path: string
    readonly counterexample: string
    readonly shrinks: number
    /** In one line, both sides with the tolerance; or how the law ended. */
    readonly evidence: string
    readonly sides: O.Option<Pick<Evidence, 'relation' | 'left' | 'right' | 'error' | 'tolerance' | 'reason'>>
    readonly blame: O.Option<string>
    readonly blamed: O.Option<Pick<Blame, 'fault' | 'primitive' | 'index'> & { readonly site: string | null }>
  }>
}

const findingOf = (law: string, failure: LawFailure): Finding => ({
  law,
  outcome: 'fails',
  failure: O.some({
    seed: failure.seed,
    path: failure.path,
    counterexample: fc.stringify(failure.counterexample),
    shrinks: failure.shrinks,
    evidence: E.isRight(failure.evidence)
      ? showEvidence(failure.evidence.right)
      : `ended in ${String(failure.evidence.left)}`,
    sides: O.fromEither(failure.evidence),
    blame: O.map(showBlame)(failure.blame),
    blamed: pipe(
      failure.blame,
      O.map(({ fault, primitive, index, site }) => ({ fault, primitive, index, site: O.toNullable(site) })),
    ),
  }),
})

/** Every point drawn was passed over, as where differences are too rough to judge. */
const isUndecided = ({ counterexample, evidence }: LawFailure): boolean =>
  E.isLeft(evidence) && (counterexample === null || counterexample === undefined)

/** A law of a subject that can be asked by its title. */
export interface Question {
  readonly title: string
  readonly ask: (options: CheckOptions) => Finding
}

/** All that is asked of a loss: at its example point alone that it is finite, and everything near it. */
export const questionsOf = ({ name, loss, params, example, claims }: Subject): ReadonlyArray<Question> => {
  const atExample = pipe(
    example,
    O.map((point) => [finitenessLaws({ name: `${name} › at params`, loss, params: fc.constant(point) })]),
    O.getOrElse((): ReadonlyArray<ReturnType<typeof finitenessLaws>> => []),
  )
  const rules = ruleSet(name, [...atExample, lossLaws({ name, loss, params, claims })])([])
  return family(rules).flatMap((set) =>
    set.laws.map((law) => {
      const title = titleOf(set, law)
      return {
        title,
        ask: (options: CheckOptions): Finding => {
          const outcome = check(options)(ruleSet(set.name, [])([law]))
          const failure = E.isLeft(outcome) ? outcome.left[0] : undefined
          if (failure === undefined) return { law: title, outcome: 'holds', failure: O.none }
          return isUndecided(failure)
            ? { law: title, outcome: 'undecided', failure: O.none }
            : findingOf(title, failure)
        },
      }
    }),
  )
}
