/** What was found, as rows and as the page docs/guide/mutants.md. */

/** One run of all laws. */
export interface Examined {
  readonly name: string
  readonly kind: string
  /** The laws that did not hold, in the order in which they were asked. */
  readonly broken: ReadonlyArray<string>
  /** All laws that were asked; none when the run did not come to its end. */
  readonly asked: ReadonlyArray<string>
  readonly ended: string
  readonly seconds: number
}

/** Bars would end the cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

const ending = ({ ended }: Examined): string => (ended === 'at its end' ? '' : `; ended ${ended}`)

export const rowOf = (examined: Examined): string => {
  const { name, kind, broken } = examined
  const [first = 'no law', ...others] = broken
  return `| ${cell(name)} | ${cell(kind)} | ${cell(first)} | ${broken.length === 0 ? 0 : others.length + 1}${ending(examined)} |`
}

const killsOf = (law: string, found: ReadonlyArray<Examined>): number =>
  found.filter(({ broken }) => broken.includes(law)).length

/** The laws that find no defect at all. */
export const useless = (asked: ReadonlyArray<string>, found: ReadonlyArray<Examined>): ReadonlyArray<string> =>
  asked.filter((law) => killsOf(law, found) === 0)

export const pageOf = (own: Examined, found: ReadonlyArray<Examined>): string =>
  [
    '# Mutants: what the laws find',
    '',
    'Whether laws are worth anything shows when something is wrong. `npm run mutants` plants defects in the library, one at a',
    'time, and asks all laws of `gradus/laws` of the result: of operations, transforms, losses, optimizers, operators, trees and',
    'codecs. Every defect must be found, every law must find one, and the library itself must keep them all.',
    'A defect is shown to the laws of its own layer and of those just above, where it would be found again and again otherwise.',
    'Counts of mutants that draw lots differ a little from run to run. This page is written by `npm run mutants -- --write`.',
    '',
    `${found.length} mutants, ${own.asked.length} laws. Every mutant is found by ${Math.min(...found.map(({ broken }) => broken.length))} laws or more,`,
    `and every law finds ${Math.min(...own.asked.map((law) => killsOf(law, found)))} mutants or more.`,
    '',
    '## Mutants',
    '',
    '| Mutant | Kind | First law that found it | Laws that found it |',
    '| --- | --- | --- | --: |',
    rowOf({ ...own, name: 'none: the library as it is' }),
    ...found.map(rowOf),
    '',
    '## Laws',
    '',
    '| Law | Mutants that it found |',
    '| --- | --: |',
    ...own.asked.map((law) => `| ${cell(law)} | ${killsOf(law, found)} |`),
    '',
  ].join('\n')
