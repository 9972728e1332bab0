/** Matrices of operators from their products alone, in batches, where the products are made of operations on tensors. */
import { zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { add, mul } from '../primitive/arithmetic.js'
import { transpose } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { basisBlocks } from '../transform/basis.js'
import { vmap } from '../transform/vmap.js'

/** Both halves of a computed matrix are right to rounding; their mean is exactly symmetric. */
export const symmetrized = (matrix: Tensor): Tensor => mul(0.5, add(matrix, transpose(matrix)))

/** An operator whose product may be batched, since it is made of operations on tensors. */
export const batchedOperator = <P>(like: P, apply: (v: P) => P, largest: number): LinearOperator<P> => {
  const [{ size }, unravel] = ravel(like)
  const rows = vmap((v: Tensor) => ravel(apply(unravel(v)))[0])
  return {
    like,
    size,
    apply,
    matrix: () => (size === 0 ? zeros([0, 0]) : symmetrized(concat(basisBlocks(size, largest, rows)))),
  }
}
