/**
 * function/: composites WITHOUT rules: everything here is written in operations and differentiates through them.
 * tree.ts is the vector space of trees: ravel, inner products, norms and combinations, leaf by leaf.
 * A file here may not define a record; if it wants one, that belongs in primitive/.
 * May import: data, kernel, core, primitive, function. May be imported by: transform and everything above it.
 */
import { scalar, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, treeMap, treeZip, withLeaves } from '../data/Tree.js'
import { add, mul, square } from '../primitive/arithmetic.js'
import type { Operand } from '../primitive/define.js'
import { sqrt } from '../primitive/elementary.js'
import { reshape, sum } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'

/**
 * All entries of a tree as one vector, and the function that puts such a vector back into the structure.
 *
 * @example
 * import { ravel, scalar, tensor, toArray } from 'gradus'
 * const [flat, unravel] = ravel({ w: tensor([[1, 2]]), b: scalar(3) })
 * toArray(flat) // => [1, 2, 3]
 * toArray(unravel(tensor([4, 5, 6])).w) // => [[4, 5]]
 *
 * @since 0.1.0
 */
export const ravel = <P>(tree: P): readonly [Tensor, (flat: Tensor) => P] => {
  const leaves = leavesOf('ravel', tree).map(({ tensor }) => tensor)
  const sizes = leaves.map(({ size }) => size)
  const total = sizes.reduce((n, size) => n + size, 0)
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((n, size) => n + size, 0))
  const flat = leaves.length === 0 ? zeros([0]) : concat(leaves.map((leaf) => reshape(leaf, [leaf.size])))
  const unravel = (vector: Tensor): P =>
    vector.rank === 1 && vector.size === total
      ? withLeaves(
          tree,
          leaves.map((leaf, i) => {
            const start = starts[i] ?? 0
            return reshape(slice(vector, [start], [start + leaf.size]), leaf.shape)
          }),
        )
      : raise('ShapeMismatch', `unravel: expected a vector of ${total} entries, got shape ${showShape(vector.shape)}.`)
  return [flat, unravel]
}

/**
 * The inner product ⟨a, b⟩ of two trees of the same structure.
 *
 * @example
 * import { tensor, toNumber, treeDot } from 'gradus'
 * toNumber(treeDot([tensor([1, 2])], [tensor([3, 4])])) // => 11
 *
 * @since 0.1.0
 */
export const treeDot = <P>(a: P, b: P): Tensor => {
  const right = alignedLeaves('treeDot', a, b)
  return leavesOf('treeDot', a).reduce<Tensor>(
    (total, { tensor }, i) => add(total, sum(mul(tensor, right[i] ?? tensor))),
    scalar(0),
  )
}

/**
 * The Euclidean norm of a tree.
 *
 * @example
 * import { tensor, toNumber, treeNorm } from 'gradus'
 * toNumber(treeNorm({ a: tensor([3]), b: tensor([4]) })) // => 5
 *
 * @since 0.1.0
 */
export const treeNorm = (tree: unknown): Tensor =>
  sqrt(leavesOf('treeNorm', tree).reduce<Tensor>((total, { tensor }) => add(total, sum(square(tensor))), scalar(0)))

/**
 * s · a + b for trees a and b.
 *
 * @example
 * import { tensor, toArray, treeAxpy } from 'gradus'
 * toArray(treeAxpy(2, { w: tensor([1, 2]) }, { w: tensor([10, 20]) }).w) // => [12, 24]
 *
 * @since 0.1.0
 */
export const treeAxpy = <P>(s: Operand, a: P, b: P): P => treeZip((x, y) => add(mul(s, x), y))(a, b)

/**
 * s · a for a tree a.
 *
 * @example
 * import { tensor, toArray, treeScale } from 'gradus'
 * toArray(treeScale(2, { w: tensor([1, 2]) }).w) // => [2, 4]
 *
 * @since 0.1.0
 */
export const treeScale = <P>(s: Operand, a: P): P => treeMap((x) => mul(s, x))(a)

/**
 * a + b for trees of the same structure.
 *
 * @example
 * import { tensor, toArray, treeAdd } from 'gradus'
 * toArray(treeAdd({ w: tensor([1]) }, { w: tensor([2]) }).w) // => [3]
 *
 * @since 0.1.0
 */
export const treeAdd = <P>(a: P, b: P): P => treeZip(add)(a, b)
