/** Checkpoints in files. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Checkpoint,
  type CheckpointFailure,
  parseCheckpoint,
  printCheckpoint,
  showCheckpointFailure,
} from '../codec/checkpoint.js'
import type { Ability } from '../optimize/Objective.js'
import type { Optimizer, StateOf, StateType } from '../optimize/Optimizer.js'
import { codeOf, readText, replaceFile } from './replace.js'

/**
 * Why a file could not be written or read, and what to do about it.
 *
 * @since 0.1.0
 */
export interface FileFailure {
  readonly _tag: 'Unwritable' | 'Unreadable'
  readonly path: string
  readonly found: string
  readonly advice: string
}

/**
 * Why a file holds no checkpoint of this optimizer on such parameters.
 *
 * @since 0.1.0
 */
export interface ContentFailure {
  readonly _tag: 'WrongContent'
  readonly path: string
  readonly failure: CheckpointFailure
}

const advices: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder: check the name.',
  EACCES: 'Name a file that you may use.',
  EPERM: 'Name a file that you may use.',
  EROFS: 'Name a folder that is not read-only.',
  ENOTDIR: 'A file stands where a folder should be: name another folder.',
  EISDIR: 'A folder stands where the file should be: name another file.',
  ENOSPC: 'The disk is full: make room, or name a folder on another disk.',
}

const failing =
  (tag: FileFailure['_tag'], path: string) =>
  (cause: unknown): FileFailure => ({
    _tag: tag,
    path,
    found: codeOf(cause),
    advice: advices[codeOf(cause)] ?? 'Name another file.',
  })

/**
 * Writes a checkpoint to a file: into a temporary file in the same folder first, which is on the disk before it takes the name.
 * Whenever the process or the machine stops, the file holds the last checkpoint or the one before, and never less. (A process
 * that is killed while it writes leaves its temporary file, which ends in `.tmp`, behind.)
 *
 * **Fails** `Unwritable`; the file is as it was.
 *
 * @example
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { checkpointOf } from 'gradus/codec'
 * import { adam, minimize, objective, resume, stepsAtMost, takeUntil } from 'gradus/optimize'
 * import { readCheckpoint, writeCheckpoint } from 'gradus/store'
 * const [optimizer, loss] = [adam({ learningRate: 0.25 }), objective((x: Tensor) => square(x))]
 * const run = minimize(optimizer, loss)(tensor(1))
 * const path = join(tmpdir(), `example-${process.pid}.json`)
 * await writeCheckpoint(path)(checkpointOf(optimizer)(takeUntil(stepsAtMost(2))(run).last))()
 * const read = await readCheckpoint(path)(optimizer, tensor(0))()
 * const rest = E.map(resume(optimizer, loss))(read)
 * E.isRight(rest) && takeUntil(stepsAtMost(5))(rest.right).last.value // => takeUntil(stepsAtMost(5))(run).last.value
 *
 * @since 0.1.0
 */
export const writeCheckpoint =
  (path: string) =>
  <P, S>(checkpoint: Checkpoint<P, S>): TE.TaskEither<FileFailure, void> =>
    pipe(
      TE.fromIO<string, FileFailure>(() => printCheckpoint(checkpoint)),
      TE.chain((text) => TE.tryCatch(() => replaceFile(path, text), failing('Unwritable', path))),
    )

/**
 * Reads a checkpoint from a file: what `resume(optimizer, objective)` takes, with its types, for an optimizer and an example of the
 * parameters.
 *
 * **Fails** `Unreadable`; `WrongContent` where the file is damaged, of a later version, of another optimizer or of other parameters.
 *
 * @example
 * import { adam } from 'gradus/optimize'
 * import { tensor } from 'gradus'
 * import { readCheckpoint, showStoreFailure } from 'gradus/store'
 * const read = await readCheckpoint('missing.json')(adam({ learningRate: 0.1 }), tensor(0))()
 * read._tag === 'Left' && showStoreFailure(read.left)
 * // => 'cannot read missing.json (ENOENT). There is no such file or folder: check the name.'
 *
 * @since 0.1.0
 */
export const readCheckpoint =
  (path: string) =>
  <F extends StateType, A extends Ability, P>(
    optimizer: Optimizer<F, A>,
    example: P,
  ): TE.TaskEither<FileFailure | ContentFailure, Checkpoint<P, StateOf<F, P>>> =>
    pipe(
      TE.tryCatch(() => readText(path), failing('Unreadable', path)),
      TE.chainEitherKW((text) =>
        pipe(
          parseCheckpoint(optimizer, example)(text),
          E.mapLeft((failure): ContentFailure => ({ _tag: 'WrongContent', path, failure })),
        ),
      ),
    )

/**
 * Says what is wrong with a file, and what to do.
 *
 * @example
 * import { showStoreFailure } from 'gradus/store'
 * showStoreFailure({ _tag: 'Unwritable', path: 'a', found: 'ENOSPC', advice: 'Make room.' }) // => 'cannot write a (ENOSPC). Make room.'
 *
 * @since 0.1.0
 */
export const showStoreFailure = (failure: FileFailure | ContentFailure): string => {
  switch (failure._tag) {
    case 'WrongContent':
      return `${failure.path}: ${showCheckpointFailure(failure.failure)}`
    case 'Unwritable':
      return `cannot write ${failure.path} (${failure.found}). ${failure.advice}`
    case 'Unreadable':
      return `cannot read ${failure.path} (${failure.found}). ${failure.advice}`
  }
}
