import { raise } from '../data/Defect.js'
import { adopt, bufferOf } from '../data/Tensor.js'
import type { Dataset } from './Dataset.js'

interface Tap {
  readonly index: number
  readonly weight: number
}

// In units of 1/target of a source pixel, target cell i covers [i·source, (i+1)·source) and source pixel r covers
// [r·target, (r+1)·target): overlaps are whole numbers and add up to `source`, so that no weight is rounded.
const overlaps =
  (source: number, target: number) =>
  (cell: number): ReadonlyArray<Tap> =>
    Array.from({ length: source }, (_, index) => ({
      index,
      weight: Math.min((cell + 1) * source, (index + 1) * target) - Math.max(cell * source, index * target),
    })).filter((tap) => tap.weight > 0)

const cellTaps = (source: number, target: number): ReadonlyArray<ReadonlyArray<Tap>> => {
  const along = overlaps(source, target)
  return Array.from({ length: target * target }, (_, cell) =>
    along(Math.floor(cell / target)).flatMap((row) =>
      along(cell % target).map((column) => ({
        index: row.index * source + column.index,
        weight: row.weight * column.weight,
      })),
    ),
  )
}

/**
 * Averages `count` images of `source` x `source` pixels over boxes to `target` x `target`, dividing by `scale` last:
 * for whole-number pixels each result is the exact mean, rounded once.
 */
export const averagePixels = (
  pixels: ArrayLike<number>,
  count: number,
  source: number,
  target: number,
  scale: number,
): Float64Array => {
  const cells = target * target
  const taps = cellTaps(source, target)
  const total = source * source * scale
  return new Float64Array(count * cells).map((_, k) => {
    const base = Math.floor(k / cells) * source * source
    return (taps[k % cells] ?? []).reduce((sum, tap) => sum + tap.weight * (pixels[base + tap.index] ?? 0), 0) / total
  })
}

/**
 * Reduces every image to `side` x `side` pixels, each the mean over the box it covers; boxes that do not fall on whole
 * pixels (28 to 10) take the share of each pixel by area, so the mean of an image is kept.
 *
 *     yᵢⱼ = (side / s)² Σᵣ Σ꜀ |boxᵢ ∩ pixelᵣ| |boxⱼ ∩ pixel꜀| xᵣ꜀
 *
 * **Shapes** `images: [n, s * s] -> [n, side * side]`.
 *
 * **Fails** throws a `Defect` when `side` is not a whole number of at least 1.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 * import { boxAverage, loadDigits } from 'gradus/dataset'
 * const small = await pipe(loadDigits, TE.map(boxAverage(4)))()
 * small._tag === 'Right' && small.right.images.shape // => [1797, 16]
 *
 * @since 0.1.0
 */
export const boxAverage =
  (side: number) =>
  (dataset: Dataset): Dataset => {
    if (!Number.isInteger(side) || side < 1) {
      return raise('InvalidArgument', `boxAverage: expected a whole number of pixels of at least 1, got ${side}.`)
    }
    const count = dataset.labels.length
    return side === dataset.side
      ? dataset
      : {
          ...dataset,
          side,
          images: adopt(averagePixels(bufferOf(dataset.images), count, dataset.side, side, 1), [count, side * side]),
        }
  }
