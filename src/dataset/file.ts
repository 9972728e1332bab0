import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DatasetFailure, malformed, missingFile, wrongHash } from './DatasetFailure.js'

/** Bytes that own their buffer, as `crypto.subtle` and streams ask for. */
export type Bytes = Uint8Array<ArrayBuffer>

/** A file of known content. */
export interface KnownFile {
  readonly path: string
  readonly sha256: string
  readonly advice: string
}

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The SHA-256 of bytes in hexadecimal, by the Web Cryptography of Node and browsers alike. */
export const sha256 = async (bytes: Bytes): Promise<string> =>
  hexadecimal(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes)))

const reasonOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? `${String(cause.code)}: ` : ''

/** Reads a file and hands out its bytes only when their hash is the known one. */
export const readKnownFile = ({ path, sha256: expected, advice }: KnownFile): TE.TaskEither<DatasetFailure, Bytes> =>
  pipe(
    TE.tryCatch(
      async () => {
        // Asked for so that bundlers for browsers, where files are fetched and then parsed, find no module of Node.
        const { readFile } = process.getBuiltinModule('node:fs/promises')
        return new Uint8Array(await readFile(path))
      },
      (cause) => missingFile(path, `${reasonOf(cause)}${advice}`),
    ),
    TE.chain((bytes) =>
      pipe(
        TE.fromTask<string, DatasetFailure>(() => sha256(bytes)),
        TE.filterOrElse(
          (found) => found === expected,
          (found) => wrongHash(path, expected, found, advice),
        ),
        TE.map(() => bytes),
      ),
    ),
  )

/** Unpacks gzip by the streams of Node and browsers alike. */
export const gunzip =
  (file: string) =>
  (bytes: Bytes): TE.TaskEither<DatasetFailure, Bytes> =>
    TE.tryCatch(
      async () => {
        const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
        return new Uint8Array(await new Response(unpacked).arrayBuffer())
      },
      () => malformed(file, 'gzip data', `${bytes.length} bytes that do not unpack`, 'Restore the original file.'),
    )

/** The folder of an installed package, looked for from the working directory and then from this file. */
export const packageFolder = (name: string, advice: string): TE.TaskEither<DatasetFailure, string> =>
  TE.fromIOEither(() => {
    const resolveFrom = (
      place: (join: (...parts: ReadonlyArray<string>) => string) => string,
    ): E.Either<unknown, string> =>
      E.tryCatch(
        () => {
          const { createRequire } = process.getBuiltinModule('node:module')
          const { dirname, join } = process.getBuiltinModule('node:path')
          return dirname(createRequire(place(join)).resolve(`${name}/package.json`))
        },
        (cause) => cause,
      )
    return pipe(
      resolveFrom((join) => join(process.cwd(), 'package.json')),
      E.alt(() => resolveFrom(() => import.meta.url)),
      E.mapLeft(() => missingFile(`${name}/package.json`, advice)),
    )
  })
