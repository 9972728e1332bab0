import { raise } from '../data/Defect.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'

/**
 * Labeled square gray images of the ten digits.
 *
 * **Shapes** `images: [n, side * side]`, each row one image row by row, scaled to 0..1; `labels` has n entries of 0..9.
 *
 * @since 0.1.0
 */
export interface Dataset {
  readonly name: string
  readonly images: Tensor
  readonly labels: ReadonlyArray<number>
  readonly side: number
  readonly classes: 10
}

/**
 * Keeps the first `count` images of a data set.
 *
 * **Fails** throws a `Defect` when `count` is not a whole number from 1 to the number of images.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 * import { loadDigits, takeExamples } from 'gradus/dataset'
 * const few = await pipe(loadDigits, TE.map(takeExamples(3)))()
 * few._tag === 'Right' && few.right.labels // => [0, 1, 2]
 *
 * @since 0.1.0
 */
export const takeExamples =
  (count: number) =>
  (dataset: Dataset): Dataset => {
    const available = dataset.labels.length
    if (!Number.isInteger(count) || count < 1 || count > available) {
      return raise(
        'InvalidArgument',
        `takeExamples: expected a whole number from 1 to ${available}, got ${count}. Ask for fewer images?`,
      )
    }
    const pixels = dataset.side * dataset.side
    return {
      ...dataset,
      images: adopt(bufferOf(dataset.images).slice(0, count * pixels), [count, pixels]),
      labels: dataset.labels.slice(0, count),
    }
  }
