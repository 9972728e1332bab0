import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { adopt } from '../data/Tensor.js'
import { averagePixels } from './boxAverage.js'
import type { Dataset } from './Dataset.js'
import { type DatasetFailure, malformed } from './DatasetFailure.js'

/**
 * One of the two files of a split: its bytes, and the name that a failure gives.
 *
 * @since 0.1.0
 */
export interface IdxFile {
  readonly file: string
  readonly bytes: Uint8Array
}

/**
 * What to take from a pair of IDX files: the first `count` images (all by default), box-averaged to `side` pixels.
 *
 * @since 0.1.0
 */
export interface IdxOptions {
  readonly name: string
  readonly count?: number
  readonly side?: number
}

const restore = 'Restore the original file.'

// IDX: two zero bytes, the type (8 = unsigned bytes), the number of axes, then each length as a big-endian 32-bit number.
const readIdx =
  (axes: number) =>
  ({
    file,
    bytes,
  }: IdxFile): E.Either<DatasetFailure, { readonly lengths: ReadonlyArray<number>; readonly body: Uint8Array }> => {
    const header = 4 + 4 * axes
    const magic = 0x0800 + axes
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (bytes.length < header) {
      return E.left(malformed(file, `an IDX header of ${header} bytes`, `${bytes.length} bytes`, restore))
    }
    if (view.getUint32(0) !== magic) {
      return E.left(malformed(file, `the IDX magic number ${magic}`, `${view.getUint32(0)}`, restore))
    }
    const lengths = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis))
    const expected = lengths.reduce((product, length) => product * length, 1) + header
    return bytes.length === expected
      ? E.right({ lengths, body: bytes.subarray(header) })
      : E.left(malformed(file, `${expected} bytes for ${lengths.join(' × ')}`, `${bytes.length} bytes`, restore))
  }

/**
 * Reads labeled square images from a pair of IDX files of unsigned bytes, as MNIST is published.
 *
 * **Shapes** n images of s x s pixels give `images: [count, side * side]`, scaled to 0..1 by dividing by 255.
 *
 * **Fails** `Malformed` for a wrong magic number or length, images that are not square, labels above 9,
 * files of different length, and a `count` above what is there.
 *
 * **References** Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits.
 *
 * @example
 * import { parseIdx } from 'gradus/dataset'
 * const image = { file: 'images', bytes: Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 255) }
 * const label = { file: 'labels', bytes: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 4) }
 * const one = parseIdx({ name: 'a single pixel' })(image, label)
 * one._tag === 'Right' && one.right.labels // => [4]
 *
 * @since 0.1.0
 */
export const parseIdx =
  (options: IdxOptions) =>
  (images: IdxFile, labels: IdxFile): E.Either<DatasetFailure, Dataset> =>
    pipe(
      E.Do,
      E.bind('pictures', () => readIdx(3)(images)),
      E.bind('answers', () => readIdx(1)(labels)),
      E.chain(({ pictures, answers }) => {
        const [available = 0, rows = 0, columns = 0] = pictures.lengths
        const count = options.count ?? available
        const side = options.side ?? rows
        if (rows !== columns || rows === 0) {
          return E.left(malformed(images.file, 'square images', `${rows} × ${columns} pixels`, restore))
        }
        if (answers.body.length !== available) {
          return E.left(malformed(labels.file, `${available} labels`, `${answers.body.length}`, restore))
        }
        if (!Number.isInteger(count) || count < 1 || count > available) {
          return E.left(
            malformed(
              images.file,
              `a subset of 1 to ${available} images`,
              `${count}`,
              'Ask for another number of images.',
            ),
          )
        }
        if (!Number.isInteger(side) || side < 1) {
          return E.left(
            malformed(images.file, 'a side of at least 1 pixel', `${side}`, 'Ask for another number of pixels.'),
          )
        }
        const wrong = answers.body.findIndex((label) => label > 9)
        return wrong >= 0
          ? E.left(malformed(labels.file, 'labels from 0 to 9', `${answers.body[wrong]} at image ${wrong}`, restore))
          : E.right({
              name: options.name,
              images: adopt(averagePixels(pictures.body, count, rows, side, 255), [count, side * side]),
              labels: Array.from(answers.body.subarray(0, count)),
              side,
              classes: 10,
            })
      }),
    )
