/** Operators from what is at hand: a product, a matrix, a diagonal, a number. */
import { eye, zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { treeMap, treeZip } from '../data/Tree.js'
import { ravel } from '../function/tree.js'
import { diag } from '../function/triangle.js'
import { mul } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { reshape } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { basisBlocks } from '../transform/basis.js'
import { imagesOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { treeSize } from './length.js'
import { orderOf, symmetrized } from './symmetric.js'

/**
 * What may be known of an operator beside its product.
 *
 * @since 0.1.0
 */
export interface KnownOperator {
  readonly matrix?: () => Tensor
  readonly applyMany?: (rows: Tensor) => Tensor
}

/** The matrix from the images of all unit vectors. */
const formed = <P>(operator: Omit<LinearOperator<P>, 'matrix'>): Tensor =>
  operator.size === 0
    ? zeros([0, 0])
    : symmetrized(concat(basisBlocks(operator.size, operator.size, imagesOf(operator))))

/**
 * An operator from its product with trees, which must be linear and symmetric: ⟨u, A v⟩ = ⟨A u, v⟩.
 *
 * **Cost** without a `matrix` of its own, forming it takes `size` products.
 *
 * @example
 * import { mul, tensor, toArray } from 'gradus'
 * import { linearOperator } from 'gradus/curvature'
 * const a = linearOperator(tensor([0, 0]), (v) => mul(tensor([2, -1]), v))
 * toArray(a.matrix()) // => [[2, 0], [0, -1]]
 *
 * @since 0.1.0
 */
export const linearOperator = <P>(
  like: P,
  apply: (v: P) => P,
  { matrix, applyMany }: KnownOperator = {},
): LinearOperator<P> => {
  const base = { like, size: treeSize(like), apply, ...(applyMany === undefined ? {} : { applyMany }) }
  return { ...base, matrix: matrix ?? (() => formed(base)) }
}

/**
 * A symmetric matrix as an operator on vectors. Its symmetric part is what counts: ½ (A + Aᵀ).
 *
 * **Shapes** `[n, n]` acts on `[n]`.
 *
 * **Fails** with a `Defect` when the matrix is not square.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { operatorOf } from 'gradus/curvature'
 * toArray(operatorOf(tensor([[2, 1], [1, 3]])).apply(tensor([1, 0]))) // => [2, 1]
 *
 * @since 0.1.0
 */
export const operatorOf = (matrix: Tensor): LinearOperator<Tensor> => {
  const n = orderOf('operatorOf', matrix)
  const symmetric = symmetrized(matrix)
  return {
    like: zeros([n]),
    size: n,
    apply: (v) => matmul(symmetric, v),
    matrix: () => symmetric,
    applyMany: (rows) => matmul(rows, symmetric),
  }
}

/**
 * The identity on trees with the structure of `like`.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { identityOperator } from 'gradus/curvature'
 * toArray(identityOperator(tensor([0, 0])).apply(tensor([3, 4]))) // => [3, 4]
 *
 * @since 0.1.0
 */
export const identityOperator = <P>(like: P): LinearOperator<P> =>
  linearOperator(like, (v) => v, { matrix: () => eye(treeSize(like)), applyMany: (rows) => rows })

/**
 * The operator that maps every tree to zeros: the neutral element of `addOperator`.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { zeroOperator } from 'gradus/curvature'
 * toArray(zeroOperator(tensor([0, 0])).apply(tensor([3, 4]))) // => [0, 0]
 *
 * @since 0.1.0
 */
export const zeroOperator = <P>(like: P): LinearOperator<P> => {
  const nothing = treeMap((leaf) => zeros(leaf.shape))(like)
  const size = treeSize(like)
  return linearOperator(like, () => nothing, {
    matrix: () => zeros([size, size]),
    applyMany: (rows) => zeros(rows.shape),
  })
}

/**
 * Multiplication entry by entry: the operator whose matrix is diagonal.
 *
 *     A v = d ∘ v
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { diagonalOperator } from 'gradus/curvature'
 * toArray(diagonalOperator(tensor([2, -1])).matrix()) // => [[2, 0], [0, -1]]
 *
 * @since 0.1.0
 */
export const diagonalOperator = <P>(diagonal: P): LinearOperator<P> => {
  const flat = ravel(diagonal)[0]
  return linearOperator(diagonal, (v) => treeZip(mul)(diagonal, v), {
    matrix: () => diag(flat),
    applyMany: (rows) => mul(rows, reshape(flat, [1, flat.size])),
  })
}
