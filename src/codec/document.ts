/** Documents: JSON under the name of a format, with its version and a checksum, so that a damaged or foreign one is told apart. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sha256 } from '../kernel/reference/sha256.js'
import { isPlainRecord } from './data.js'
import { type Mismatch, showMismatches, shown } from './mismatch.js'

/**
 * Why a text or a value is not a document of a format.
 *
 * @since 0.1.0
 */
export type DocumentFailure =
  | { readonly _tag: 'NotJson'; readonly found: string }
  /** JSON of something else. */
  | { readonly _tag: 'OtherFormat'; readonly expected: string; readonly found: string }
  /** Written by a later version of the library. */
  | { readonly _tag: 'FutureVersion'; readonly format: string; readonly newest: number; readonly found: number }
  /** The checksum is not that of the content. */
  | { readonly _tag: 'Corrupt'; readonly format: string; readonly expected: string; readonly found: string }
  | { readonly _tag: 'Mismatched'; readonly mismatches: ReadonlyArray<Mismatch> }

/**
 * A kind of document. Each migration makes a body of the next version from one of the version before; the newest version is one
 * more than there are migrations.
 */
export interface Format {
  readonly name: string
  readonly migrations: ReadonlyArray<(body: Body) => Body>
}

export type Body = Readonly<Record<string, unknown>>

const newestOf = ({ migrations }: Format): number => 1 + migrations.length

/** Of the content as JSON without spaces, in the order in which it stands: what a reader recovers whatever the layout was. */
const checksumOf = (content: Body): string => sha256(new TextEncoder().encode(JSON.stringify(content)))

/** A body as a document of the newest version. */
export const sealed =
  (format: Format) =>
  (body: Body): Body => {
    const content = open(format)(body)
    return { ...content, checksum: checksumOf(content) }
  }

const mismatched = (path: string, expected: string, found: unknown): E.Either<DocumentFailure, never> =>
  E.left({ _tag: 'Mismatched', mismatches: [{ path, expected, found: shown(found) }] })

/** A value that JSON cannot hold, or not so deep, was never read from a document. */
const checked = (content: Body): E.Either<DocumentFailure, string> =>
  E.tryCatch(
    () => checksumOf(content),
    (): DocumentFailure => ({ _tag: 'NotJson', found: 'a value that cannot be written as JSON' }),
  )

interface Recognized {
  readonly version: number
  readonly content: Body
}

/** A document of the format, of a version that is known. */
const recognized =
  ({ name, migrations }: Format) =>
  (value: unknown): E.Either<DocumentFailure, Recognized> => {
    const newest = newestOf({ name, migrations })
    if (!isPlainRecord(value) || value.format !== name)
      return E.left({
        _tag: 'OtherFormat',
        expected: name,
        found: isPlainRecord(value) && value.format !== undefined ? shown(value.format) : shown(value),
      })
    const { version } = value
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
      return mismatched('version', `an integer from 1 to ${newest}`, version)
    return version > newest
      ? E.left({ _tag: 'FutureVersion', format: name, newest, found: version })
      : E.right({ version, content: value })
  }

const migrated = ({ migrations }: Format, { version, content }: Recognized): Body => {
  const { format: _, version: __, ...body } = content
  return migrations.slice(version - 1).reduce((older, migrate) => migrate(older), body)
}

/** The body of a document in its newest version. */
export const unsealed =
  (format: Format) =>
  (value: unknown): E.Either<DocumentFailure, Body> =>
    pipe(
      recognized(format)(value),
      E.chain(({ version, content: { checksum, ...content } }) =>
        typeof checksum !== 'string'
          ? mismatched('checksum', 'the SHA-256 of the content', checksum)
          : pipe(
              checked(content),
              E.chain(
                (found): E.Either<DocumentFailure, Body> =>
                  found === checksum
                    ? E.right(migrated(format, { version, content }))
                    : E.left({ _tag: 'Corrupt', format: format.name, expected: checksum, found }),
              ),
            ),
      ),
    )

/** A body as a document that people write and change by hand: without a checksum. */
export const opened =
  (format: Format) =>
  (value: unknown): E.Either<DocumentFailure, Body> =>
    pipe(
      recognized(format)(value),
      E.map((document) => migrated(format, document)),
    )

/** The same the other way. */
export const open =
  (format: Format) =>
  (body: Body): Body => ({ format: format.name, version: newestOf(format), ...body })

/** One line for each field. */
export const printed = (document: Body): string =>
  `{\n${Object.entries(document)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')}\n}\n`

export const parsed = (text: string): E.Either<DocumentFailure, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    (): DocumentFailure => ({ _tag: 'NotJson', found: shown(text) }),
  )

/** Says what is wrong with a document, and what to do. */
export const showDocumentFailure = (failure: DocumentFailure): string => {
  switch (failure._tag) {
    case 'NotJson':
      return `expected JSON text, got ${failure.found}: the text may be cut off`
    case 'OtherFormat':
      return `format: expected '${failure.expected}', got ${failure.found}`
    case 'FutureVersion':
      return (
        `version: expected at most ${failure.newest}, got ${failure.found}: a later gradus wrote this ${failure.format}. ` +
        'Update gradus to read it.'
      )
    case 'Corrupt':
      return (
        `checksum: expected ${failure.expected}, got ${failure.found}: the ${failure.format} was changed after it was written. ` +
        'Restore it from a copy.'
      )
    case 'Mismatched':
      return showMismatches(failure.mismatches)
  }
}
