/** Parts of operators: at some leaves of the parameters, or with nothing but their diagonal blocks. */
import { fromFloat64Array, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, showPath, treeMap } from '../data/Tree.js'
import { treeAdd } from '../function/tree.js'
import { type Part, restrictOperator } from '../operator/algebra.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { equal, where } from '../primitive/choice.js'
import { reshape, spread } from '../primitive/structure.js'

const nothing = <P>(like: P): P => treeMap(({ shape }) => zeros(shape))(like)

/** Whether a path is that of a node or goes on below it. */
const isUnder = (path: string, node: string): boolean =>
  path.startsWith(node) && (path.length === node.length || /[.[]/.test(path.charAt(node.length)))

const pathsUnder = (like: unknown, nodes: ReadonlyArray<string>): ReadonlyArray<string> => {
  const paths = leavesOf('paths', like).map(({ path }) => path)
  const missing = nodes.find((node) => !paths.some((path) => isUnder(path, node)))
  return missing === undefined
    ? paths.filter((path) => nodes.some((node) => isUnder(path, node)))
    : raise(
        'InvalidArgument',
        `paths: nothing at '${missing}'. Expected one of ${paths.map((path) => showPath(path)).join(', ')}, or the beginning of one.`,
      )
}

/**
 * The leaves of a tree at some paths, as a record of them by their paths. A path reads as in messages, `.layers[0].weights`,
 * and stands for all leaves below it.
 *
 * **Fails** with a `Defect` when there is nothing at a path.
 *
 * @example
 * import { scalar, tensor } from 'gradus'
 * import { leavesAt } from 'gradus/curvature'
 * const p = { layers: [{ weights: tensor([1, 2]), bias: scalar(3) }] }
 * Object.keys(leavesAt(['.layers[0]'])(p).get(p)) // => ['.layers[0].weights', '.layers[0].bias']
 *
 * @since 0.1.0
 */
export const leavesAt =
  (paths: ReadonlyArray<string>) =>
  <P>(like: P): Part<P, Readonly<Record<string, Tensor>>> => {
    const chosen = pathsUnder(like, paths)
    return {
      get: (whole) =>
        Object.fromEntries(
          leavesOf('leavesAt', whole).flatMap(({ path, tensor }) => (chosen.includes(path) ? [[path, tensor]] : [])),
        ),
      set: (part) => treeMap((leaf, path) => (chosen.includes(path) ? (part[path] ?? leaf) : leaf)),
    }
  }

/**
 * The block of an operator on the leaves at some paths: of one layer, for example. See `leavesAt` and `restrictOperator`.
 *
 * @example
 * import { add, square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { hessianOperator, restrictToPaths } from 'gradus/curvature'
 * const loss = (p: { readonly a: Tensor; readonly b: Tensor }) => add(sum(square(p.a)), square(square(p.b)))
 * const h = hessianOperator(loss)({ a: tensor([1, 2]), b: tensor(1) })
 * toArray(restrictToPaths(['.b'])(h).matrix()) // => [[12]]
 *
 * @since 0.1.0
 */
export const restrictToPaths =
  (paths: ReadonlyArray<string>) =>
  <P>(operator: LinearOperator<P>): LinearOperator<Readonly<Record<string, Tensor>>> =>
    restrictOperator(leavesAt(paths)(operator.like))(operator)

/** Each leaf with the number of its group; all leaves in exactly one group. */
const groupsOf = (
  like: unknown,
  groups: ReadonlyArray<ReadonlyArray<string>> | undefined,
): ReadonlyArray<ReadonlyArray<string>> => {
  const paths = leavesOf('blockDiagonal', like).map(({ path }) => path)
  if (groups === undefined) return paths.map((path) => [path])
  const chosen = groups.map((nodes) => pathsUnder(like, nodes))
  const wrong = paths.find((path) => chosen.filter((group) => group.includes(path)).length !== 1)
  return wrong === undefined
    ? chosen
    : raise(
        'InvalidArgument',
        `blockDiagonal: expected every leaf in one group, got ${showPath(wrong)} in ${chosen.filter((group) => group.includes(wrong)).length}.`,
      )
}

/**
 * An operator without what couples different groups of leaves: the curvature that treats layers one by one.
 *
 *     A ↦ Σ_b R_b R_bᵀ A R_b R_bᵀ
 *
 * **Shapes** that of the operator. Groups are lists of paths (see `leavesAt`); by default every leaf is a group.
 *
 * **Cost** a product costs one product of the whole operator for each group; the matrix as much as the whole matrix.
 *
 * **Fails** with a `Defect` when a leaf is in no group or in several.
 *
 * @example
 * import { mul, square, tensor, toArray, type Tensor } from 'gradus'
 * import { blockDiagonal, hessianOperator } from 'gradus/curvature'
 * const h = hessianOperator((p: { readonly a: Tensor; readonly b: Tensor }) => square(mul(p.a, p.b)))({ a: tensor(1), b: tensor(2) })
 * toArray(h.matrix()) // => [[8, 8], [8, 2]]
 * toArray(blockDiagonal()(h).matrix()) // => [[8, 0], [0, 2]]
 *
 * @since 0.1.0
 */
export const blockDiagonal =
  (groups?: ReadonlyArray<ReadonlyArray<string>>) =>
  <P>(operator: LinearOperator<P>): LinearOperator<P> => {
    const { like, size, apply } = operator
    const chosen = groupsOf(like, groups)
    const within = (group: ReadonlyArray<string>, tree: P): P =>
      treeMap((leaf, path) => (group.includes(path) ? leaf : zeros(leaf.shape)))(tree)
    const labels = Float64Array.from(
      leavesOf('blockDiagonal', like).flatMap(({ path, tensor }) =>
        Array.from({ length: tensor.size }, () => chosen.findIndex((group) => group.includes(path))),
      ),
    )
    return {
      like,
      size,
      apply: (v) =>
        chosen.map((group) => within(group, apply(within(group, v)))).reduce((a, b) => treeAdd(a, b), nothing(like)),
      matrix: () => {
        const label = fromFloat64Array(labels, [size])
        const isInside = equal(spread(label, [0], [size, size]), reshape(label, [size, 1]))
        return where(isInside, operator.matrix(), 0)
      },
    }
  }
