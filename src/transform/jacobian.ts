/** Jacobians of functions between trees, by columns (forward) or by rows (reverse). */
import type { Tensor } from '../data/Tensor.js'
import type { Outer } from '../data/Tree.js'
import { ravel } from '../function/tree.js'
import { transpose } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { basisBlocks } from './basis.js'
import { blocks } from './hvp.js'
import { record } from './tape.js'
import { vmap } from './vmap.js'

type Direction = 'jacfwd' | 'jacrev'

const jacobian = <P, R extends ReadonlyArray<unknown>, Y>(
  direction: Direction,
  f: (p: P, ...rest: R) => Y,
  p: P,
  rest: R,
): Outer<Y, P> => {
  const [flat, unravel] = ravel(p)
  const { primal, pushforward, pullback, largest } = record(direction, (x: Tensor) => f(unravel(x), ...rest), flat)
  const [flatY, unravelY] = ravel(primal)
  const matrix =
    direction === 'jacfwd'
      ? transpose(
          concat(
            basisBlocks(
              flat.size,
              largest,
              vmap((v: Tensor) => ravel(pushforward(v))[0]),
            ),
          ),
        )
      : concat(
          basisBlocks(
            flatY.size,
            largest,
            vmap((w: Tensor) => pullback(unravelY(w))),
          ),
        )
  return blocks(primal, p, matrix)
}

/**
 * The Jacobian by forward mode, one tangent per input entry: best when there are few inputs.
 *
 * **Shapes** for tensors `[...shape of f(p), ...shape of p]`; for trees a tree (of `f(p)`) of trees (of `p`).
 *
 * @example
 * import { jacfwd, square, tensor, toArray, type Tensor } from 'gradus'
 * toArray(jacfwd((x: Tensor) => square(x))(tensor([1, 2]))) // => [[2, 0], [0, 4]]
 *
 * @since 0.1.0
 */
export const jacfwd =
  <P, R extends ReadonlyArray<unknown>, Y>(f: (p: P, ...rest: R) => Y) =>
  (p: P, ...rest: R): Outer<Y, P> =>
    jacobian('jacfwd', f, p, rest)

/**
 * The Jacobian by reverse mode, one cotangent per output entry: best when there are few outputs.
 *
 * **Shapes** as for `jacfwd`.
 *
 * @example
 * import { jacrev, sum, tensor, toArray, type Tensor } from 'gradus'
 * toArray(jacrev((x: Tensor) => sum(x, { axes: [1] }))(tensor([[1, 2]]))) // => [[[1, 1]]]
 *
 * @since 0.1.0
 */
export const jacrev =
  <P, R extends ReadonlyArray<unknown>, Y>(f: (p: P, ...rest: R) => Y) =>
  (p: P, ...rest: R): Outer<Y, P> =>
    jacobian('jacrev', f, p, rest)
