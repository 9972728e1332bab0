/** What a person reads of a check, and what a program reads. */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Finding } from './verdict.js'

/** What was checked. */
export interface Heading {
  readonly file: string
  readonly seed: number
  readonly runs: number
}

const marks = { holds: '✓', fails: '✗', undecided: '–' } as const

const groupOf = (law: string): string => law.split(' › ').slice(0, -1).join(' › ')

const lastOf = (law: string): string => law.split(' › ').at(-1) ?? law

const quoted = (text: string): string => `"${text}"`

const details = ({ file, runs }: Heading, { law, failure }: Finding): ReadonlyArray<string> =>
  pipe(
    failure,
    O.map(({ counterexample, shrinks, evidence, blame, seed, path }) => [
      `      at        ${counterexample}${shrinks === 0 ? '' : ` (made smaller ${shrinks} times)`}`,
      `      evidence  ${evidence}`,
      ...O.match(
        () => [],
        (text: string) => [`      ${text}`],
      )(blame),
      `      again     gradus check ${file} --laws ${quoted(law)} --seed ${seed} --path ${path} --runs ${runs}`,
    ]),
    O.getOrElse((): ReadonlyArray<string> => []),
  )

const count = (findings: ReadonlyArray<Finding>, outcome: Finding['outcome']): number =>
  findings.filter((finding) => finding.outcome === outcome).length

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

/** The whole report: laws by group, each with what was found, and one sentence at the end. */
export const reportOf = (heading: Heading, findings: ReadonlyArray<Finding>): string => {
  const groups = [...new Set(findings.map(({ law }) => groupOf(law)))]
  const [failing, undecided] = [count(findings, 'fails'), count(findings, 'undecided')]
  return [
    `${heading.file}: ${plural(findings.length, 'law')}, ${plural(heading.runs, 'point')} each, seed ${heading.seed}`,
    ...groups.flatMap((group) => [
      '',
      `  ${group}`,
      ...findings
        .filter(({ law }) => groupOf(law) === group)
        .flatMap((finding) => [`    ${marks[finding.outcome]} ${lastOf(finding.law)}`, ...details(heading, finding)]),
    ]),
    '',
    failing === 0
      ? `All ${plural(findings.length - undecided, 'law')} hold.`
      : `${failing} of ${plural(findings.length, 'law')} ${failing === 1 ? 'fails' : 'fail'}.`,
    ...(undecided === 0
      ? []
      : [
          `${plural(undecided, 'law')} (–) could be judged at no point: differences are too rough there, or values are not finite.`,
        ]),
  ].join('\n')
}

/** The same as JSON. */
export const jsonOf = (heading: Heading, findings: ReadonlyArray<Finding>): string =>
  JSON.stringify(
    {
      schema: 'gradus/check',
      version: 1,
      ...heading,
      holds: count(findings, 'fails') === 0,
      laws: findings.map(({ law, outcome, failure }) => ({
        law,
        outcome,
        ...pipe(
          failure,
          O.match(
            () => ({}),
            ({ sides, blame, blamed, ...rest }) => ({
              ...rest,
              sides: O.toNullable(sides),
              blame: O.toNullable(blame),
              blamed: O.toNullable(blamed),
            }),
          ),
        ),
      })),
    },
    // JSON has no NaN and no infinities.
    (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  )
