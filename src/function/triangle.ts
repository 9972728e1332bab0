/** Matrices by their places: triangles, diagonals and block products. All are linear in each argument. */

import { arange, eye } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { optionsFrom } from '../data/options.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { add, mul } from '../primitive/arithmetic.js'
import { greaterEqual, lessEqual, where } from '../primitive/choice.js'
import { expandDims, reshape, sum } from '../primitive/structure.js'
import { diagonal } from './einsum.js'
import { requireRank } from './statistics.js'

/**
 * The diagonal at which a triangle ends: 0 is the main one, positive ones lie above it.
 *
 * @since 0.1.0
 */
export interface TriangleOptions {
  readonly offset?: number
}

/** Keeps the entries of matrices whose row and column satisfy a relation; the rest is 0, whatever stood there. */
const keeping =
  (operation: string, holds: (column: Tensor, edge: Tensor) => Tensor) =>
  (x: Tensor, options: TriangleOptions = {}): Tensor => {
    const [m = 0, n = 0] = requireRank(operation, x, 2).shape.slice(-2)
    return where(
      holds(
        arange(n),
        expandDims(
          add(arange(m), optionsFrom(operation, options, { offset: 'how far above the diagonal' }).offset ?? 0),
          1,
        ),
      ),
      x,
      0,
    )
  }

/**
 * The lower triangle of matrices: zero above the diagonal `offset` (default 0, the main one).
 *
 * **Shapes** `[…, m, n]`, kept.
 *
 * **Special values** what is cut off is 0 with derivative 0, be it infinite or NaN.
 *
 * @example
 * import { ones, toArray, tril } from 'gradus'
 * toArray(tril(ones([2, 3]))) // => [[1, 0, 0], [1, 1, 0]]
 * toArray(tril(ones([2, 3]), { offset: 1 })) // => [[1, 1, 0], [1, 1, 1]]
 *
 * @since 0.1.0
 */
export const tril: (x: Tensor, options?: TriangleOptions) => Tensor = keeping('tril', lessEqual)

/**
 * The upper triangle of matrices: zero below the diagonal `offset` (default 0, the main one).
 *
 * **Shapes** `[…, m, n]`, kept.
 *
 * **Special values** what is cut off is 0 with derivative 0, be it infinite or NaN.
 *
 * @example
 * import { ones, toArray, triu } from 'gradus'
 * toArray(triu(ones([2, 3]))) // => [[1, 1, 1], [0, 1, 1]]
 * toArray(triu(ones([2, 3]), { offset: 1 })) // => [[0, 1, 1], [0, 0, 1]]
 *
 * @since 0.1.0
 */
export const triu: (x: Tensor, options?: TriangleOptions) => Tensor = keeping('triu', greaterEqual)

/**
 * The square matrix with `x` on its diagonal and zeros elsewhere. To read a diagonal, use `diagonal`.
 *
 * **Shapes** `[…, n] → […, n, n]`.
 *
 * @example
 * import { diag, tensor, toArray } from 'gradus'
 * toArray(diag(tensor([1, 2]))) // => [[1, 0], [0, 2]]
 *
 * @since 0.1.0
 */
export const diag = (x: Tensor): Tensor => {
  const n = requireRank('diag', x, 1).shape[x.rank - 1] ?? 0
  return where(eye(n), expandDims(x, -1), 0)
}

/**
 * The sum of the diagonal of matrices.
 *
 * **Shapes** `[…, m, n] → […]`.
 *
 * @example
 * import { tensor, toNumber, trace } from 'gradus'
 * toNumber(trace(tensor([[1, 2], [3, 4]]))) // => 5
 *
 * @since 0.1.0
 */
export const trace = (x: Tensor): Tensor => sum(diagonal(requireRank('trace', x, 2)), { axes: [-1] })

/**
 * The Kronecker product: each entry of `a` replaced by its product with all of `b`.
 *
 *     kron(a, b)[i p + k, j q + l] = a[i, j] b[k, l],   b of shape [p, q]
 *
 * **Shapes** axis by axis the product of the lengths; the shorter shape gets leading axes of length 1.
 *
 * **Fails** with a `Defect` above rank 4, which would need more axes on the way than a tensor may have.
 *
 * @example
 * import { kron, tensor, toArray } from 'gradus'
 * toArray(kron(tensor([[1, 10]]), tensor([[1], [2]]))) // => [[1, 10], [2, 20]]
 *
 * @since 0.1.0
 */
export const kron = (a: Tensor, b: Tensor): Tensor => {
  const rank = Math.max(a.rank, b.rank)
  if (rank > 4)
    return raise('ShapeMismatch', `kron: expected rank 4 or less, got ${showShape(a.shape)} and ${showShape(b.shape)}.`)
  const full = (x: Tensor): ReadonlyArray<number> => [...Array.from({ length: rank - x.rank }, () => 1), ...x.shape]
  const [left, right] = [full(a), full(b)]
  const paired = mul(
    reshape(
      a,
      left.flatMap((length) => [length, 1]),
    ),
    reshape(
      b,
      right.flatMap((length) => [1, length]),
    ),
  )
  return reshape(
    paired,
    left.map((length, axis) => length * (right[axis] ?? 1)),
  )
}
