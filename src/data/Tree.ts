/**
 * Trees of tensors: a tensor, or any nesting of records, tuples and arrays of them. This is the type of parameters, of
 * tangents and of gradients. Records are read by key and arrays by position; the order of leaves is that of the tree
 * asked first, so two records with the same keys in another order still match.
 */
import { raise } from './Defect.js'
import { describe, isRecord, told } from './describe.js'
import { sameShape, showShape } from './Shape.js'
import { isTensor, type Tensor } from './Tensor.js'

/**
 * `P` with every tensor replaced by `Q`: the type of Jacobians and Hessians of trees.
 *
 * @since 0.1.0
 */
export type Outer<P, Q> = P extends Tensor ? Q : { readonly [K in keyof P]: Outer<P[K], Q> }

/** A tensor in a tree, with the way to it (`''` for a tree that is a tensor). */
export interface Leaf {
  readonly path: string
  readonly tensor: Tensor
}

/** Numbers of a problem are no parameters, but often stand beside them. */
const beside = (node: unknown): string =>
  node === null || typeof node === 'string' || typeof node === 'boolean'
    ? ' Keep what is no tensor outside of trees: close over it.'
    : ''

const notATree = (operation: string, path: string, node: unknown): never =>
  raise(
    'NotATree',
    `${operation}: expected a tensor or a nesting of records and arrays of tensors at ${showPath(path)}, ` +
      `got ${told(node)}${beside(node)}`,
  )

export const showPath = (path: string): string => (path === '' ? 'the root' : path)

const collect = (operation: string, node: unknown, path: string, into: Array<Leaf>): void => {
  if (isTensor(node)) into.push({ path, tensor: node })
  else if (Array.isArray(node)) node.forEach((child, i) => collect(operation, child, `${path}[${i}]`, into))
  else if (isRecord(node)) for (const key of Object.keys(node)) collect(operation, node[key], `${path}.${key}`, into)
  else notATree(operation, path, node)
}

/** The leaves with their paths, in the tree's own order. */
export const leavesOf = (operation: string, tree: unknown): ReadonlyArray<Leaf> => {
  const leaves: Array<Leaf> = []
  collect(operation, tree, '', leaves)
  return leaves
}

/**
 * The tensors of a tree, in order.
 *
 * @example
 * import { scalar, treeLeaves, zeros } from 'gradus'
 * treeLeaves({ w: zeros([2, 2]), b: [scalar(1)] }).map((t) => t.shape) // => [[2, 2], []]
 *
 * @since 0.1.0
 */
export const treeLeaves = (tree: unknown): ReadonlyArray<Tensor> =>
  leavesOf('treeLeaves', tree).map(({ tensor }) => tensor)

const walk = (operation: string, node: unknown, path: string, f: (leaf: Tensor, path: string) => unknown): unknown => {
  if (isTensor(node)) return f(node, path)
  if (Array.isArray(node)) return node.map((child, i) => walk(operation, child, `${path}[${i}]`, f))
  if (isRecord(node))
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [key, walk(operation, child, `${path}.${key}`, f)]),
    )
  return notATree(operation, path, node)
}

/** Replaces each leaf by any value. The one place where the shape of a tree is known to the reader and not to the type checker. */
export const replaceLeaves = <P, Q>(operation: string, tree: P, f: (leaf: Tensor, path: string) => Q): Outer<P, Q> =>
  walk(operation, tree, '', f) as Outer<P, Q>

/**
 * Applies `f` to every tensor of a tree.
 *
 * @example
 * import { mul, tensor, toArray, treeMap } from 'gradus'
 * const doubled = treeMap((t) => mul(2, t))({ w: tensor([1, 2]) })
 * toArray(doubled.w) // => [2, 4]
 *
 * @since 0.1.0
 */
export const treeMap =
  (f: (leaf: Tensor, path: string) => Tensor) =>
  <P>(tree: P): P =>
    walk('treeMap', tree, '', f) as P

/** The leaves of `other` in the order of `tree`; a `Defect` with the path where their structures or shapes differ. */
export const alignedLeaves = (operation: string, tree: unknown, other: unknown): ReadonlyArray<Tensor> => {
  const leaves: Array<Tensor> = []
  align(operation, tree, other, '', leaves)
  return leaves
}

const align = (operation: string, tree: unknown, other: unknown, path: string, into: Array<Tensor>): void => {
  if (isTensor(tree)) {
    if (!isTensor(other)) differ(operation, path, `a tensor ${showShape(tree.shape)}`, other)
    else if (!sameShape(tree.shape, other.shape))
      raise(
        'StructureMismatch',
        `${operation}: at ${showPath(path)} expected shape ${showShape(tree.shape)}, got ${showShape(other.shape)}.`,
      )
    else into.push(other)
  } else if (Array.isArray(tree)) {
    if (!Array.isArray(other) || other.length !== tree.length)
      differ(operation, path, `an array of ${tree.length}`, other)
    else tree.forEach((child, i) => align(operation, child, other[i], `${path}[${i}]`, into))
  } else if (isRecord(tree)) {
    const keys = Object.keys(tree)
    if (!isRecord(other) || Object.keys(other).length !== keys.length || keys.some((key) => !(key in other)))
      differ(operation, path, `a record with the keys ${keys.join(', ')}`, other)
    else for (const key of keys) align(operation, tree[key], other[key], `${path}.${key}`, into)
  } else notATree(operation, path, tree)
}

const differ = (operation: string, path: string, expected: string, got: unknown): never =>
  raise(
    'StructureMismatch',
    `${operation}: at ${showPath(path)} expected ${expected}, got ${typeof got === 'object' ? `${describe(got)}.` : told(got)}`,
  )

/** The leaves of `other` where it has the structure and the shapes of `tree`; `undefined` where not, without a word. Quick. */
export const matchingLeaves = (tree: unknown, other: unknown): ReadonlyArray<Tensor> | undefined => {
  const leaves: Array<Tensor> = []
  return matches(tree, other, leaves) ? leaves : undefined
}

const matches = (tree: unknown, other: unknown, into: Array<Tensor>): boolean => {
  if (isTensor(tree)) {
    if (!isTensor(other) || !sameShape(tree.shape, other.shape)) return false
    into.push(other)
    return true
  }
  if (Array.isArray(tree))
    return (
      Array.isArray(other) && other.length === tree.length && tree.every((child, i) => matches(child, other[i], into))
    )
  if (!isRecord(tree) || !isRecord(other)) return false
  const keys = Object.keys(tree)
  return keys.length === Object.keys(other).length && keys.every((key) => matches(tree[key], other[key], into))
}

/** Puts tensors, in the order of `leavesOf(tree)`, into the structure of `tree`. */
export const withLeaves = <P>(tree: P, leaves: ReadonlyArray<Tensor>): P => {
  const rest = leaves.values()
  return treeMap((leaf) => rest.next().value ?? leaf)(tree)
}

/**
 * Combines two trees of the same structure leaf by leaf.
 *
 * **Fails** with a `Defect` that names the path where structures or shapes differ.
 *
 * @example
 * import { add, tensor, toArray, treeZip } from 'gradus'
 * toArray(treeZip(add)({ w: tensor([1, 2]) }, { w: tensor([3, 4]) }).w) // => [4, 6]
 *
 * @since 0.1.0
 */
export const treeZip =
  (f: (a: Tensor, b: Tensor) => Tensor) =>
  <P>(a: P, b: P): P => {
    const left = leavesOf('treeZip', a)
    const right = alignedLeaves('treeZip', a, b)
    return withLeaves(
      a,
      left.map(({ tensor }, i) => f(tensor, right[i] ?? tensor)),
    )
  }
