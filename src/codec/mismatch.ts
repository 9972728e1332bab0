/** What is told of data that does not fit: where, what was expected, and what was found. */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import { pipe } from 'fp-ts/lib/function.js'
import { uniq } from 'fp-ts/lib/ReadonlyArray.js'
import type * as t from 'io-ts'

/**
 * One place where data is not what the schema asks for.
 *
 * @since 0.1.0
 */
export interface Mismatch {
  readonly path: string
  readonly expected: string
  readonly found: string
  /** What to do about it, where that is known. */
  readonly advice?: string
}

/** An error of io-ts that knows what to do. */
export interface Advised {
  readonly advice?: string
}

/** A value for a message. One so deep that JSON cannot say it, or with a cycle, is told as such. */
export const shown = (value: unknown): string => {
  const json = pipe(
    E.tryCatch(
      () => (value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value))),
      () => 'a value that JSON cannot say',
    ),
    E.toUnion,
  )
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}

/** A path with one more step. */
export const within = (path: string, key: string): string =>
  /^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`

// An intersection or a union adds a step for its member, which looks at the same value again: no part of the path.
const steps = (context: t.Context): ReadonlyArray<t.ContextEntry> =>
  context.filter((entry, i) => i > 0 && entry.actual !== context[i - 1]?.actual)

const mismatchOf = ({ context, value, message, advice }: t.ValidationError & Advised): Mismatch => ({
  path: steps(context).reduce((path, { key }) => within(path, key), ''),
  expected: message ?? context[context.length - 1]?.type.name ?? 'something else',
  found: shown(value),
  ...(advice === undefined ? {} : { advice }),
})

const samePlace: Eq<Mismatch> = { equals: (a, b) => a.path === b.path }

/** The places of io-ts' errors, each once. */
export const mismatchesOf = (errors: t.Errors): ReadonlyArray<Mismatch> => uniq(samePlace)(errors.map(mismatchOf))

const mismatchesShown = 5

/**
 * One line for each place, at most five.
 *
 * @example
 * import { showMismatches } from 'gradus/codec'
 * showMismatches([{ path: 'options.decay', expected: 'a number', found: 'null' }]) // => 'options.decay: expected a number, got null'
 *
 * @since 0.1.0
 */
export const showMismatches = (mismatches: ReadonlyArray<Mismatch>): string => {
  const more = mismatches.length - mismatchesShown
  return [
    ...mismatches
      .slice(0, mismatchesShown)
      .map(
        ({ path, expected, found, advice }) =>
          `${path || 'the whole'}: expected ${expected}, got ${found}${advice === undefined ? '' : `. ${advice}`}`,
      ),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n')
}
