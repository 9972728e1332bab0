import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { adopt } from '../data/Tensor.js'
import type { Dataset } from './Dataset.js'
import { type DatasetFailure, malformed, missingFile } from './DatasetFailure.js'
import { gunzip, readKnownFile } from './file.js'

const fileName = 'digits.csv.gz'
const hash = '46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a'
const advice = 'Install gradus again, or restore src/dataset/digits.csv.gz from the repository.'
const side = 8
const pixels = side * side
const darkest = 16

const wholeUpTo =
  (limit: number) =>
  (text: string | undefined): boolean =>
    text !== undefined && /^\d{1,2}$/.test(text) && Number(text) <= limit

const isPixel = wholeUpTo(darkest)
const isDigit = wholeUpTo(9)

const parseLine =
  (file: string) =>
  (index: number, line: string): E.Either<DatasetFailure, ReadonlyArray<number>> => {
    const fields = line.split(',')
    return fields.length === pixels + 1 && fields.slice(0, pixels).every(isPixel) && isDigit(fields[pixels])
      ? E.right(fields.map(Number))
      : E.left(
          malformed(
            file,
            `64 gray levels from 0 to 16 and a digit in line ${index + 1}`,
            JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line),
            advice,
          ),
        )
  }

/**
 * Reads 8 x 8 digits from the bytes of a CSV text: 64 gray levels 0..16 and the digit in each line.
 *
 * **Shapes** n lines give `images: [n, 64]`, scaled to 0..1.
 *
 * **Fails** `Malformed` for an empty text and for the first line that is anything else.
 *
 * @example
 * import { parseDigits } from 'gradus/dataset'
 * const line = `${'0,'.repeat(63)}16,7`
 * const digits = parseDigits(new TextEncoder().encode(line))
 * digits._tag === 'Right' && digits.right.labels // => [7]
 *
 * @since 0.1.0
 */
export const parseDigits = (bytes: Uint8Array, file = 'digits.csv'): E.Either<DatasetFailure, Dataset> => {
  const text = new TextDecoder().decode(bytes).trimEnd()
  return text === ''
    ? E.left(malformed(file, 'one image in each line', 'an empty file', advice))
    : pipe(
        E.traverseArrayWithIndex(parseLine(file))(text.split('\n')),
        E.map((rows) => ({
          name: 'digits',
          images: adopt(
            Float64Array.from(rows.flatMap((row) => row.slice(0, pixels).map((level) => level / darkest))),
            [rows.length, pixels],
          ),
          labels: rows.map((row) => row[pixels] ?? 0),
          side,
          classes: 10,
        })),
      )
}

const shippedFolder = (): string => {
  const { fileURLToPath } = process.getBuiltinModule('node:url')
  return fileURLToPath(new URL('.', import.meta.url))
}

const join = (directory: string, name: string): string => `${directory.replace(/\/+$/, '')}/${name}`

/**
 * Reads the 1,797 handwritten 8 x 8 digits from `digits.csv.gz` in a folder; without one, the copy that gradus ships.
 *
 * **Fails** `MissingFile`, `WrongHash`, `Malformed`.
 *
 * @example
 * import { readDigits } from 'gradus/dataset'
 * const digits = await readDigits({ directory: 'nowhere' })()
 * digits._tag === 'Left' && digits.left._tag // => 'MissingFile'
 *
 * @since 0.1.0
 */
export const readDigits = (options: { readonly directory?: string } = {}): TE.TaskEither<DatasetFailure, Dataset> =>
  pipe(
    TE.tryCatch(
      async () => options.directory ?? shippedFolder(),
      () => missingFile(fileName, 'Node reads files; in a browser, fetch the bytes and use parseDigits.'),
    ),
    TE.map((directory) => join(directory, fileName)),
    TE.chain((path) =>
      pipe(
        readKnownFile({ path, sha256: hash, advice }),
        TE.chain(gunzip(path)),
        TE.chainEitherK((bytes) => parseDigits(bytes, path)),
      ),
    ),
  )

/**
 * Reads the 1,797 handwritten 8 x 8 digits that gradus ships (see `ATTRIBUTION.md` beside the file).
 *
 * **Shapes** `images: [1797, 64]`.
 *
 * **References** E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository (1998).
 *
 * @example
 * import { loadDigits } from 'gradus/dataset'
 * const digits = await loadDigits()
 * digits._tag === 'Right' && digits.right.images.shape // => [1797, 64]
 *
 * @since 0.1.0
 */
export const loadDigits: TE.TaskEither<DatasetFailure, Dataset> = readDigits()
