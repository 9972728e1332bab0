/** Numbers that tell of a tree as a whole, read off its entries without a copy. */
import { bufferOf, periodOf } from '../data/Tensor.js'
import { treeLeaves } from '../data/Tree.js'
import { isFiniteVector, lengthOf } from '../kernel/reference/magnitude.js'

/** The number of entries. */
export const treeSize = (tree: unknown): number => treeLeaves(tree).reduce((n, { size }) => n + size, 0)

/** ‖a‖ as a number, where `treeNorm` is an operation: squares neither overflow nor vanish. */
export const treeLength = (tree: unknown): number => lengthOf(treeLeaves(tree).map(bufferOf))

/** Whether no entry is NaN or infinite. */
export const isFiniteTree = (tree: unknown): boolean => treeLeaves(tree).every((leaf) => isFiniteVector(periodOf(leaf)))
