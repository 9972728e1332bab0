/** A loss along a line or over a plane of its parameters, as data. */
import { scalar } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { treeAxpy } from '../function/tree.js'
import type { Compilation } from '../program/compilation.js'
import type { Loss } from '../transform/grad.js'
import { lossFunctions } from './lossFunctions.js'

/**
 * Coordinates along a direction, in multiples of it.
 *
 * @since 0.1.0
 */
export interface Range {
  readonly from: number
  readonly to: number
  /** How many coordinates, both ends included. */
  readonly points: number
}

/**
 * How a slice is taken.
 *
 * @since 0.1.0
 */
export interface SliceOptions {
  /** Default −1 to 1 in 51 points. */
  readonly range?: Range
  readonly compilation?: Compilation
}

/**
 * A loss along a line: `values[i]` at `center + coordinates[i] · direction`.
 *
 * @since 0.1.0
 */
export interface LandscapeSlice {
  readonly coordinates: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
}

/**
 * How a plane is taken.
 *
 * @since 0.1.0
 */
export interface PlaneOptions {
  /** Along the first direction; default −1 to 1 in 25 points. */
  readonly x?: Range
  /** Along the second one; default that of x. */
  readonly y?: Range
  readonly compilation?: Compilation
}

/**
 * A loss over a plane: `values[j][i]` at `center + x[i] · first + y[j] · second`.
 *
 * @since 0.1.0
 */
export interface LandscapePlane {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
  readonly values: ReadonlyArray<ReadonlyArray<number>>
}

const coordinatesOf = (operation: string, { from, to, points }: Range): ReadonlyArray<number> =>
  Number.isInteger(points) && points >= 2 && Number.isFinite(from) && Number.isFinite(to) && from < to
    ? [
        from,
        // The middle of a symmetric range is exactly zero.
        ...Array.from({ length: points - 2 }, (_, i) => (from * (points - 2 - i) + to * (i + 1)) / (points - 1)),
        to,
      ]
    : raise(
        'InvalidArgument',
        `${operation}: expected finite bounds with from < to and 2 points or more, got ${points} points from ${from} to ${to}.`,
      )

/** What moves the parameters: a center and the directions from it. */
interface Frame<P> {
  readonly center: P
  readonly directions: ReadonlyArray<P>
}

/**
 * The loss as a function of coordinates. The way to the point belongs to the program, where there is one, so that coordinates are all
 * that goes into it. Batches of points by vmap are faster for tiny losses only, since for others theirs outgrow the cache (0024).
 */
const alongFrame = <P>(
  loss: Loss<P>,
  compilation: Compilation,
): ((at: ReadonlyArray<number>, frame: Frame<P>) => number) => {
  const moved = (coordinates: ReadonlyArray<Tensor>, { center, directions }: Frame<P>): Tensor =>
    loss(directions.reduce((p, direction, i) => treeAxpy(coordinates[i] ?? scalar(0), direction, p), center))
  const { value } = lossFunctions(moved, compilation)
  return (at, frame) => toNumber(value(at.map(scalar), [frame]))
}

/**
 * A loss along a line through its parameters.
 *
 *     values[i] = loss(center + tᵢ · direction)
 *
 * **Shapes** center and direction have the structure of the parameters.
 *
 * **Cost** one value for each point, through one program where the loss is large enough for it to pay, as with `objective`.
 *
 * **Special values** NaN and ±∞ are kept as they are.
 *
 * **Fails** with a `Defect` when the range is empty or not finite.
 *
 * **References** Goodfellow, Vinyals & Saxe, *Qualitatively characterizing neural network optimization problems*, ICLR 2015.
 *
 * @example
 * import { square, sum, tensor, type Tensor } from 'gradus'
 * import { landscapeSlice } from 'gradus/curvature'
 * const slice = landscapeSlice((p: Tensor) => sum(square(p)), { range: { from: -1, to: 1, points: 3 } })
 * slice(tensor([1, 0]), tensor([1, 0])) // => { coordinates: [-1, 0, 1], values: [0, 1, 4] }
 *
 * @since 0.1.0
 */
export const landscapeSlice = <P>(
  loss: Loss<P>,
  { range = { from: -1, to: 1, points: 51 }, compilation = 'auto' }: SliceOptions = {},
): ((center: P, direction: P) => LandscapeSlice) => {
  const coordinates = coordinatesOf('landscapeSlice', range)
  const valueAt = alongFrame(loss, compilation)
  return (center, direction) => ({
    coordinates,
    values: coordinates.map((t) => valueAt([t], { center, directions: [direction] })),
  })
}

/**
 * A loss over a plane through its parameters: along two directions, or `planeThrough` three points.
 *
 *     values[j][i] = loss(center + xᵢ · first + yⱼ · second)
 *
 * **Shapes** center and directions have the structure of the parameters.
 *
 * **Cost** one value for each of the points, as with `landscapeSlice`.
 *
 * **Special values** NaN and ±∞ are kept as they are.
 *
 * **Fails** with a `Defect` when a range is empty or not finite.
 *
 * **References** Li, Xu, Taylor, Studer & Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018.
 *
 * @example
 * import { square, sub, tensor, type Tensor } from 'gradus'
 * import { landscapePlane } from 'gradus/curvature'
 * const saddle = ({ x, y }: { x: Tensor; y: Tensor }) => sub(square(x), square(y))
 * const range = { from: -1, to: 1, points: 3 }
 * const [zero, one] = [tensor(0), tensor(1)]
 * landscapePlane(saddle, { x: range })({ x: zero, y: zero }, [{ x: one, y: zero }, { x: zero, y: one }]).values
 * // => [[0, -1, 0], [1, 0, 1], [0, -1, 0]]
 *
 * @since 0.1.0
 */
export const landscapePlane = <P>(
  loss: Loss<P>,
  { x = { from: -1, to: 1, points: 25 }, y = x, compilation = 'auto' }: PlaneOptions = {},
): ((center: P, directions: readonly [P, P]) => LandscapePlane) => {
  const [across, up] = [coordinatesOf('landscapePlane', x), coordinatesOf('landscapePlane', y)]
  const valueAt = alongFrame(loss, compilation)
  return (center, directions) => ({
    x: across,
    y: up,
    values: up.map((b) => across.map((a) => valueAt([a, b], { center, directions }))),
  })
}
