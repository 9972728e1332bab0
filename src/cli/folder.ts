/** The folder of a report: tried before a run, and taken away again when nothing came of it. */
import { existsSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ensureWritable, type WriteFailure } from '../report/write.js'

/** Folders that a path would need and that are not there, the outermost first. */
const missingFolders = (path: string): ReadonlyArray<string> =>
  existsSync(path) || dirname(path) === path ? [] : [...missingFolders(dirname(path)), path]

/** Removes folders from the inside out, as long as they are empty. */
const removeEmpty = (folders: ReadonlyArray<string>): Promise<void> =>
  folders.reduceRight((before, folder) => before.then(() => rmdir(folder)), Promise.resolve()).catch(() => undefined)

/** One at a time: a recursive mkdir does not come back where a file system refuses with ENOENT, as /proc does. */
const make = (folder: string): TE.TaskEither<WriteFailure, void> =>
  TE.tryCatch(
    () => mkdir(folder),
    (cause): WriteFailure => ({
      _tag: 'Unwritable',
      path: folder,
      found: cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause),
      advice: 'Name a folder that you may write to with --out.',
    }),
  )

/** Makes the folder and tries to write there; the result takes away again what was made, unless something is inside. */
export const claim = (folder: string): TE.TaskEither<WriteFailure, () => Promise<void>> => {
  const missing = missingFolders(resolve(folder))
  const withdraw = (): Promise<void> => removeEmpty(missing.filter((each) => existsSync(each)))
  return pipe(
    TE.traverseSeqArray(make)(missing),
    TE.chain(() => ensureWritable(folder)),
    TE.map(() => withdraw),
    TE.orElseFirstTaskK(() => withdraw),
  )
}
