/** Directions to look along from a point of a loss: random ones on the scale of the parameters, and those through other points. */
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import { axisFrom } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, treeMap, withLeaves } from '../data/Tree.js'
import { foldIn, type Key, normal } from '../function/random.js'
import { treeAxpy, treeDot, treeScale } from '../function/tree.js'
import { treeLength } from '../operator/length.js'
import { div, mul, square } from '../primitive/arithmetic.js'
import { greater, where } from '../primitive/choice.js'
import { sqrt } from '../primitive/elementary.js'
import { sum } from '../primitive/structure.js'

/**
 * A direction of independent standard normal entries, in the structure of a tree.
 *
 * @example
 * import { randomKey, zeros } from 'gradus'
 * import { randomDirection } from 'gradus/curvature'
 * randomDirection(randomKey(1))({ weights: zeros([2, 3]) }).weights.shape // => [2, 3]
 *
 * @since 0.1.0
 */
export const randomDirection =
  (key: Key) =>
  <P>(like: P): P =>
    withLeaves(
      like,
      leavesOf('randomDirection', like).map(({ tensor }, i) => normal(foldIn(key, i), tensor.shape)),
    )

/**
 * What a filter is.
 *
 * @since 0.1.0
 */
export interface FilterOptions {
  /** Leaves with one axis or none: not moved along (`'still'`, the default), or scaled as one filter each. */
  readonly biases?: 'still' | 'scaled'
  /**
   * The axis that counts the filters of a leaf with two axes or more. By default the last of two, which are the inputs and outputs
   * of `dense`, and the first of more, which are the outputs, inputs and window of a convolution.
   */
  readonly filterAxis?: (path: string, rank: number) => number
}

/**
 * A direction whose filters (the weights into one unit) have the norms of those of the parameters, so that slices of networks with
 * other scales of weights can be compared.
 *
 *     d_f ↦ d_f ‖p_f‖ / ‖d_f‖
 *
 * **Shapes** that of the parameters.
 *
 * **Special values** filters of the direction that are zero stay zero.
 *
 * **References** Li, Xu, Taylor, Studer & Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018, §4.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { filterNormalized } from 'gradus/curvature'
 * const p = { weights: tensor([[3, 0], [4, 1]]), bias: tensor([7, 7]) }
 * const d = filterNormalized()(p)({ weights: tensor([[1, 2], [0, 0]]), bias: tensor([1, 1]) })
 * toArray(d.weights) // => [[5, 1], [0, 0]]
 * toArray(d.bias) // => [0, 0]
 *
 * @since 0.1.0
 */
export const filterNormalized =
  ({ biases = 'still', filterAxis = (_, rank) => (rank === 2 ? 1 : 0) }: FilterOptions = {}) =>
  <P>(p: P) =>
  (direction: P): P => {
    const directions = alignedLeaves('filterNormalized', p, direction)
    const scaled = (leaf: Tensor, d: Tensor, path: string): Tensor => {
      if (leaf.rank < 2 && biases === 'still') return zeros(leaf.shape)
      const axis = leaf.rank < 2 ? undefined : axisFrom('filterNormalized', filterAxis(path, leaf.rank), leaf.rank)
      const axes = leaf.shape.flatMap((_, i) => (i === axis ? [] : [i]))
      const lengths = (x: Tensor): Tensor => sqrt(sum(square(x), { axes, keepAxes: true }))
      const [wanted, given] = [lengths(leaf), lengths(d)]
      const isThere = greater(given, 0)
      return mul(d, where(isThere, div(wanted, where(isThere, given, 1)), 0))
    }
    return withLeaves(
      p,
      leavesOf('filterNormalized', p).map(({ tensor, path }, i) => scaled(tensor, directions[i] ?? tensor, path)),
    )
  }

/**
 * A plane in the space of parameters, with orthonormal directions, and points in it by their coordinates.
 *
 * @since 0.1.0
 */
export interface Plane<P> {
  readonly center: P
  readonly directions: readonly [P, P]
  readonly points: ReadonlyArray<readonly [number, number]>
}

/**
 * The plane through three points: from the first, its first direction leads to the second.
 *
 * **Shapes** all three points have the same structure. The coordinates of `points` are distances.
 *
 * **Fails** with a `Defect` when the points lie on one line.
 *
 * **References** Garipov et al., *Loss surfaces, mode connectivity, and fast ensembling of DNNs*, NeurIPS 2018, appendix A.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { planeThrough } from 'gradus/curvature'
 * planeThrough(tensor([0, 0]), tensor([2, 0]), tensor([1, 3])).points // => [[0, 0], [2, 0], [1, 3]]
 *
 * @since 0.1.0
 */
export const planeThrough = <P>(a: P, b: P, c: P): Plane<P> => {
  const minus = (x: P, y: P): P => treeAxpy(-1, y, x)
  const [toB, toC] = [minus(b, a), minus(c, a)]
  const first = treeLength(toB)
  const x = treeMap((leaf) => div(leaf, first))(toB)
  const along = toNumber(treeDot(x, toC))
  const aside = treeAxpy(-along, x, toC)
  const second = treeLength(aside)
  return first > 0 && second > 1e-12 * treeLength(toC)
    ? {
        center: a,
        directions: [x, treeScale(1 / second, aside)],
        points: [
          [0, 0],
          [first, 0],
          [along, second],
        ],
      }
    : raise('InvalidArgument', 'planeThrough: expected three points that are not on one line. Take others, or a slice.')
}
