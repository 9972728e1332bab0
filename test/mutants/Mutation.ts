/**
 * test/mutants/: defects that are planted in the library, one at a time, to see whether its published laws find them.
 * A mutation is data: a text of a file and what takes its place. mutants.ts lists them all, subjects.ts holds what the laws are
 * asked of, run.ts runs them and prints the table of docs/guide/mutants.md.
 */
import * as E from 'fp-ts/lib/Either.js'

export type Kind =
  | 'wrong factor'
  | 'wrong sign'
  | 'missing term'
  | 'wrong transpose'
  | 'lost level'
  | 'wrong second derivative'
  | 'wrong kink convention'
  | 'non-absorbing zero'
  | 'not linear'
  | 'lost batch axis'
  | 'stale value'
  | 'mutated input'
  | 'non-determinism'
  | 'overflow'
  | 'wrong program'
  | 'wrong damping'
  | 'wrong |λ|'
  | 'no descent'
  | 'Lanczos'
  | 'wrong state'
  | 'order of a chain'
  | 'wrong count'
  | 'NaN called fine'
  | 'wrong symmetric part'
  | 'wrong order'
  | 'wrong structure'
  | 'wrong codec'

export interface Mutation {
  readonly name: string
  readonly kind: Kind
  /** From the root of the project. */
  readonly file: string
  /** Occurs once in the file. */
  readonly text: string
  readonly replacement: string
  /** An import that the replacement needs. */
  readonly needs?: string
}

/** The file with the defect in it, or why it cannot be planted. */
export const mutated = (
  { name, file, text, replacement, needs }: Mutation,
  source: string,
): E.Either<string, string> => {
  const found = source.split(text).length - 1
  return found === 1
    ? E.right(`${needs === undefined ? '' : `${needs}\n`}${source.split(text).join(replacement)}`)
    : E.left(`the mutant "${name}" is stale: its text occurs ${found} times in ${file}, expected once:\n${text}`)
}
