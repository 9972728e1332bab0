import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { printResults, type Results } from '../codec/results.js'
import { codeOf, discard as discardFile, put as putFile, rename as renameFile, type Staged } from '../store/replace.js'
import { renderReport } from './page.js'

/**
 * Why a report could not be written, and what to do about it.
 *
 * @since 0.1.0
 */
export interface WriteFailure {
  readonly _tag: 'Unwritable'
  readonly path: string
  readonly found: string
  readonly advice: string
}

/**
 * The files of a report.
 *
 * @since 0.1.0
 */
export interface WrittenReport {
  readonly html: string
  readonly json: string
}

const advices: Readonly<Record<string, string>> = {
  EACCES: 'Name a folder that you may write to with --out.',
  EPERM: 'Name a folder that you may write to with --out.',
  EROFS: 'Name a folder that is not read-only with --out.',
  ENOTDIR: 'A file stands where a folder should be: name another folder with --out.',
  EEXIST: 'A file stands where a folder should be: name another folder with --out.',
  EISDIR: 'A folder stands where the file should be: remove it, or name another folder with --out.',
  ENOSPC: 'The disk is full: make room, or name a folder on another disk with --out.',
}

const unwritable =
  (path: string) =>
  (cause: unknown): WriteFailure => ({
    _tag: 'Unwritable',
    path,
    found: codeOf(cause),
    advice: advices[codeOf(cause)] ?? 'Name another folder with --out.',
  })

/**
 * Says in one line why a report could not be written and what to do.
 *
 * @since 0.1.0
 */
export const showWriteFailure = ({ path, found, advice }: WriteFailure): string =>
  `cannot write ${path} (${found}). ${advice}`

const disk = async (): Promise<typeof import('node:fs/promises')> => process.getBuiltinModule('node:fs/promises')

const staged =
  (folder: string) =>
  (name: string, text: string): Staged => {
    const path = `${folder.replace(/(?<=.)\/+$/, '')}/${name}`
    return { path, temporary: `${path}.${process.pid}.tmp`, text }
  }

const makeFolder = (folder: string): TE.TaskEither<WriteFailure, void> =>
  TE.tryCatch(async () => {
    await (await disk()).mkdir(folder, { recursive: true })
  }, unwritable(folder))

const put = (file: Staged): TE.TaskEither<WriteFailure, void> => TE.tryCatch(() => putFile(file), unwritable(file.path))

const rename = (file: Staged): TE.TaskEither<WriteFailure, void> =>
  TE.tryCatch(() => renameFile(file), unwritable(file.path))

const discard =
  (file: Staged): T.Task<void> =>
  () =>
    discardFile(file)

// All files are whole on the disk before the first takes its name; after a failure no temporary file is left.
const writeTogether = (files: ReadonlyArray<Staged>): TE.TaskEither<WriteFailure, void> =>
  pipe(
    TE.traverseSeqArray(put)(files),
    TE.chain(() => TE.traverseSeqArray(rename)(files)),
    TE.map(() => undefined),
    TE.orElse((failure) =>
      pipe(
        TE.fromTask<ReadonlyArray<void>, WriteFailure>(T.traverseArray(discard)(files)),
        TE.chain(() => TE.left(failure)),
      ),
    ),
  )

/**
 * Makes a folder when it is not there, and tries whether files can be written into it: to ask before a long run.
 *
 * **Fails** `Unwritable`.
 *
 * @since 0.1.0
 */
export const ensureWritable = (folder: string): TE.TaskEither<WriteFailure, void> => {
  const trial = staged(folder)('.trial', '')
  return pipe(
    makeFolder(folder),
    TE.chain(() => put(trial)),
    TE.chainFirstTaskK(() => discard(trial)),
  )
}

/** The same for a page and its figures that are text already. */
export const writePage =
  (folder: string) =>
  (page: string, figures: string): TE.TaskEither<WriteFailure, WrittenReport> => {
    const json = staged(folder)('results.json', figures)
    const html = staged(folder)('index.html', page)
    return pipe(
      makeFolder(folder),
      TE.chain(() => writeTogether([json, html])),
      TE.map(() => ({ html: html.path, json: json.path })),
    )
  }

/**
 * Writes the page `index.html` and the data `results.json` into a folder, which is made when it is not there.
 *
 * **Fails** `Unwritable`; a file is never half-written, and what stood in its place before is kept.
 *
 * @since 0.1.0
 */
export const writeReport =
  (folder: string) =>
  (results: Results): TE.TaskEither<WriteFailure, WrittenReport> =>
    writePage(folder)(renderReport(results), printResults(results))
