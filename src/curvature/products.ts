/** Matrices of operators from their products alone: in batches where the products are tensor functions, one by one where not. */
import { fromFloat64Array, zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { add, mul } from '../primitive/arithmetic.js'
import { reshape, transpose } from '../primitive/structure.js'
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

/** The same where nothing is known of the product but that it can be asked. */
export const askedOperator = <P>(like: P, apply: (v: P) => P): LinearOperator<P> => {
  const [{ size }, unravel] = ravel(like)
  const row = (i: number): Tensor =>
    reshape(ravel(apply(unravel(fromFloat64Array(new Float64Array(size).fill(1, i, i + 1), [size]))))[0], [1, size])
  return {
    like,
    size,
    apply,
    matrix: () => (size === 0 ? zeros([0, 0]) : symmetrized(concat(Array.from({ length: size }, (_, i) => row(i))))),
  }
}
