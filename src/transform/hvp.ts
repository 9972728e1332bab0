/** Second order: products with the Hessian, recorded once and replayed, and the Hessian by batches of them. */
import { zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, type Outer, replaceLeaves, treeLeaves, treeMap } from '../data/Tree.js'
import { ravel } from '../function/tree.js'
import { reshape } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'
import { basisBlocks } from './basis.js'
import { grad, type Loss } from './grad.js'
import { record } from './tape.js'
import { throughCompilation } from './throughCompilation.js'
import { vmap } from './vmap.js'

/** The Hessian at a point behind one recorded tape. */
export interface SecondOrder<P> {
  readonly product: (v: P) => P
  /**
   * The rows of the Hessian over raveled parameters that belong to unit vectors `[count, size]` of one leaf, with the columns
   * of the leaf numbered `from` and of those after it.
   */
  readonly rows: (leaf: number, units: Tensor, from: number) => Tensor
  /** Entries of the largest value of one product. */
  readonly largest: number
}

/** Forward over reverse: the gradient, recorded. */
export const secondOrder = <P, R extends ReadonlyArray<unknown>>(
  transform: string,
  f: Loss<P, R>,
  p: P,
  rest: R,
): SecondOrder<P> => {
  const { pushforward, pushLeaf, largest } = record(transform, (traced: P) => grad(f)(traced, ...rest), p)
  const shapes = leavesOf(transform, p).map(({ tensor }) => tensor.shape)
  return {
    product: pushforward,
    // Leaf by leaf, so that the tangents of all other leaves are structural zeros and cost nothing.
    rows: (leaf, units, from) =>
      vmap((v: Tensor) => ravel(treeLeaves(pushLeaf(leaf, reshape(v, shapes[leaf] ?? []))).slice(from))[0])(units),
    largest,
  }
}

/** The whole Hessian over raveled parameters, from its rows. */
export const matrixOf = (p: unknown, { rows, largest }: Pick<SecondOrder<unknown>, 'rows' | 'largest'>): Tensor => {
  const bands = leavesOf('hessian', p).flatMap(({ tensor }, leaf) =>
    basisBlocks(tensor.size, largest, (units) => rows(leaf, units, 0)),
  )
  return bands.length === 0 ? zeros([0, 0]) : concat(bands)
}

/** The same as a band of rows for each leaf, from the columns of that leaf on: by symmetry the others need no work. */
export const bandsOf = (
  p: unknown,
  { rows, largest }: Pick<SecondOrder<unknown>, 'rows' | 'largest'>,
): ReadonlyArray<{ readonly size: number; readonly blocks: ReadonlyArray<Tensor> }> =>
  leavesOf('hessian', p).map(({ tensor }, leaf) => ({
    size: tensor.size,
    blocks: basisBlocks(tensor.size, largest, (units) => rows(leaf, units, leaf)),
  }))

/**
 * Multiplies the Hessian of a scalar function at `p` by vectors, without forming it.
 *
 *     hvp(f)(p)(v) = ∇²f(p) v      forward over reverse: the gradient, linearized
 *
 * **Shapes** `v` and the result have the structure of `p`.
 *
 * **Laws** linear in `v`, and symmetric: ⟨u, hvp(f)(p)(v)⟩ = ⟨hvp(f)(p)(u), v⟩.
 *
 * **Cost** `hvp(f)(p)` records the gradient once; each `(v)` replays the tape, for about the cost of a gradient.
 *
 * **References** Pearlmutter, *Fast exact multiplication by the Hessian*, Neural Computation 6 (1994).
 *
 * @example
 * import { hvp, mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * const cubes = (x: Tensor) => sum(mul(x, mul(x, x)))
 * toArray(hvp(cubes)(tensor([1, 2, 3]))(tensor([1, 0, 0]))) // => [6, 0, 0]
 *
 * @since 0.1.0
 */
export const hvp = <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>): ((p: P, ...rest: R) => (v: P) => P) =>
  throughCompilation(
    'hvp',
    f,
    (own) =>
      (p: P, ...rest: R): ((v: P) => P) =>
        secondOrder('hvp', own, p, rest).product,
  )

/**
 * Multiplies the Gauss-Newton matrix of `loss ∘ model` at `p` by vectors: the Hessian without the curvature of the model,
 * positive semidefinite for a convex loss.
 *
 *     gaussNewtonProduct(model, loss)(p)(v) = Jᵀ ∇²loss(y) J v,   y = model(p),  J = model′(p)
 *
 * **Shapes** `v` and the result have the structure of `p`. Further arguments go to the model and to the loss.
 *
 * **Cost** one recorded run; each product is a forward sweep, a product with the Hessian of the loss, and a backward sweep.
 *
 * **References** Schraudolph, *Fast curvature matrix-vector products*, Neural Computation 14 (2002).
 *
 * @example
 * import { gaussNewtonProduct, square, sum, tensor, toArray, type Tensor } from 'gradus'
 * const model = (x: Tensor) => square(x)
 * const loss = (y: Tensor) => sum(square(y))
 * toArray(gaussNewtonProduct(model, loss)(tensor([1, 2]))(tensor([1, 1]))) // => [8, 32]
 *
 * @since 0.1.0
 */
export const gaussNewtonProduct =
  <P, Y, R extends ReadonlyArray<unknown>>(model: (p: P, ...rest: R) => Y, loss: Loss<Y, R>) =>
  (p: P, ...rest: R): ((v: P) => P) => {
    const { primal, pushforward, pullback } = record('gaussNewtonProduct', (traced: P) => model(traced, ...rest), p)
    const curvature = hvp(loss)(primal, ...rest)
    return (v) => pullback(curvature(pushforward(v)))
  }

/** Cuts a matrix over raveled rows and columns into a tree of trees. */
export const blocks = <P, Q>(rows: P, columns: Q, matrix: Tensor): Outer<P, Q> => {
  const starts = offsets(rows)
  const across = offsets(columns)
  return replaceLeaves('hessian', rows, (row, path) => {
    const from = starts.get(path) ?? 0
    const band = slice(matrix, [from, 0], [from + row.size, matrix.shape[1] ?? 0])
    return treeMap((column, columnPath) => {
      const at = across.get(columnPath) ?? 0
      return reshape(slice(band, [0, at], [row.size, at + column.size]), [...row.shape, ...column.shape])
    })(columns)
  })
}

/** Where each leaf begins in the raveled vector. */
const offsets = (tree: unknown): ReadonlyMap<string, number> => {
  const leaves = leavesOf('hessian', tree)
  return new Map(leaves.map(({ path }, i) => [path, leaves.slice(0, i).reduce((n, { tensor }) => n + tensor.size, 0)]))
}
