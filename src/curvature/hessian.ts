/** The Hessian, as a tree, as a matrix and as a linear operator; here, above programs, since large ones compile their replay. */
import { Traced } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, type Outer } from '../data/Tree.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { symmetricFromBands, symmetrized } from '../operator/symmetric.js'
import { concat } from '../primitive/window.js'
import { isCompilationOff, worthReplaying } from '../program/compilation.js'
import { compile } from '../program/compile.js'
import { basisBlocks, imageBlocks } from '../transform/basis.js'
import type { Loss } from '../transform/grad.js'
import { bandsOf, blocks, gaussNewtonProduct, matrixOf, type SecondOrder, secondOrder } from '../transform/hvp.js'
import { vmap } from '../transform/vmap.js'

/**
 * The same rows, with the replay of the tape compiled for each leaf that has enough of them. The tape holds numbers and no
 * longer the function, so nothing is run again and nothing is kept beyond this point. Under a transform all stays eager.
 */
const replaying = <P>(p: P, second: SecondOrder<P>): SecondOrder<P> => {
  const leaves = leavesOf('hessian', p).map(({ tensor }) => tensor)
  if (isCompilationOff() || leaves.some((leaf) => leaf instanceof Traced)) return second
  const bands = leaves.map(({ size }, leaf) => {
    const rowsFrom = (from: number) => (units: Tensor) => second.rows(leaf, units, from)
    if (size * second.largest < worthReplaying) return rowsFrom
    const known = new Map<number, (units: Tensor) => Tensor>()
    return (from: number) => {
      const rows = known.get(from) ?? compile(rowsFrom(from))
      known.set(from, rows)
      return rows
    }
  })
  return { ...second, rows: (leaf, units, from) => bands[leaf]?.(from)(units) ?? second.rows(leaf, units, from) }
}

/**
 * The Hessian of a scalar function as one symmetric matrix over the raveled parameters.
 *
 * **Shapes** `[n, n]` for parameters of n entries, in the order of `ravel`.
 *
 * **Cost** n products, computed in batches so that the work is in large matrix products. Where there are many batches their
 * replay is compiled by itself, which changes rounding only: `f` runs once at any rate, and `useCompilation('never')` prevents it.
 *
 * @example
 * import { hessianMatrix, mul, scalar, toArray, type Tensor } from 'gradus'
 * const f = ({ x, y }: { x: Tensor; y: Tensor }) => mul(x, mul(x, y))
 * toArray(hessianMatrix(f)({ x: scalar(1), y: scalar(2) })) // => [[4, 2], [2, 0]]
 *
 * @since 0.1.0
 */
export const hessianMatrix =
  <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>) =>
  (p: P, ...rest: R): Tensor =>
    matrixOf(p, replaying(p, secondOrder('hessian', f, p, rest)))

/**
 * The Hessian of a scalar function. For a tree of parameters it is a tree of trees: `hessian(f)(p).a.b` holds ∂²f/∂a∂b.
 *
 *     hessian(f)(p) = ∇²f(p)
 *
 * **Shapes** a tensor of shape s gives `[...s, ...s]`; the block of leaves with shapes s and t has shape `[...s, ...t]`.
 *
 * **Cost** as many products as parameters, computed in batches. See `hessianMatrix` for the matrix itself.
 *
 * @example
 * import { hessian, mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * const cubes = (x: Tensor) => sum(mul(x, mul(x, x)))
 * toArray(hessian(cubes)(tensor([1, 2]))) // => [[6, 0], [0, 12]]
 *
 * @since 0.1.0
 */
export const hessian =
  <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>) =>
  (p: P, ...rest: R): Outer<P, P> =>
    blocks(p, p, hessianMatrix(f)(p, ...rest))

/** An operator from its products, and its exactly symmetric matrix where that is cheaper than as many products. */
export const symmetricOperator = <P>(
  like: P,
  apply: (v: P) => P,
  matrix: () => Tensor,
  together?: Together,
): LinearOperator<P> => {
  const { size } = ravel(like)[0]
  return {
    like,
    size,
    apply,
    matrix,
    ...(together === undefined
      ? {}
      : {
          applyMany: (rows) =>
            rows.shape[0] === 0 ? rows : concat(imageBlocks(rows, together.largest(), (some) => together.images(some))),
        }),
  }
}

/** Products with several raveled directions, and the largest value of one of them, which says how many are worth taking. */
export interface Together {
  readonly images: (rows: Tensor) => Tensor
  readonly largest: () => number
}

/** The replay of a tape over a batch of raveled directions. */
export const imagesTogether = <P>(p: P, product: (v: P) => P): ((rows: Tensor) => Tensor) => {
  const [, unravel] = ravel(p)
  return vmap((v: Tensor) => ravel(product(unravel(v)))[0])
}

/**
 * The Hessian of a loss at a point as an operator: products replay one tape.
 *
 * **Cost** a product replays eagerly, since compiling pays after some hundred products of one point only; for products at many
 * points take `compile(hvp(loss))` or an `objective`, which keep their programs. The matrix is that of `hessianMatrix`.
 *
 * @example
 * import { square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { hessianOperator } from 'gradus/curvature'
 * const h = hessianOperator((x: Tensor) => sum(square(x)))(tensor([1, 2]))
 * toArray(h.apply(tensor([1, 0]))) // => [2, 0]
 *
 * @since 0.1.0
 */
export const hessianOperator =
  <P>(loss: Loss<P>) =>
  (p: P): LinearOperator<P> => {
    const second = secondOrder('hessian', loss, p, [])
    return symmetricOperator(p, second.product, () => symmetricFromBands(bandsOf(p, replaying(p, second))), {
      images: imagesTogether(p, second.product),
      largest: () => second.largest,
    })
  }

/**
 * The Gauss-Newton matrix Jᵀ ∇²loss J of `loss ∘ model` at a point as an operator.
 *
 * @example
 * import { square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { gaussNewtonOperator } from 'gradus/curvature'
 * const b = gaussNewtonOperator((x: Tensor) => square(x), (y: Tensor) => sum(square(y)))(tensor([1, 2]))
 * toArray(b.matrix()) // => [[8, 0], [0, 32]]
 *
 * @since 0.1.0
 */
export const gaussNewtonOperator =
  <P, Y>(model: (p: P) => Y, loss: Loss<Y>) =>
  (p: P): LinearOperator<P> => {
    const [{ size }] = ravel(p)
    const product = gaussNewtonProduct(model, loss)(p)
    const images = imagesTogether(p, product)
    return symmetricOperator(p, product, () => symmetrized(concat(basisBlocks(size, size, images))), {
      images,
      largest: () => size,
    })
  }
