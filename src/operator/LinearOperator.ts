/**
 * operator/: matrix-free linear algebra on trees. A LinearOperator is a symmetric linear function of parameters that is
 * known by its products; Krylov methods and eigen-decompositions are written against it and against nothing else.
 * The numbers run in kernel/; trees go in and come out.
 * May import: data, kernel, core, primitive, function, transform, operator. May be imported by: curvature and above.
 */
import type { Tensor } from '../data/Tensor.js'

/**
 * A symmetric linear function of trees with the structure of `like`.
 *
 * @since 0.1.0
 */
export interface LinearOperator<P> {
  readonly like: P
  /** The number of entries of a tree. */
  readonly size: number
  readonly apply: (v: P) => P
  /** All of it, over raveled trees, at the cost of `size` products (computed in batches where that is possible). */
  readonly matrix: () => Tensor
  /** The images of several raveled trees, the rows of `[count, size]`, together; without it they are taken one by one. */
  readonly applyMany?: (rows: Tensor) => Tensor
}
