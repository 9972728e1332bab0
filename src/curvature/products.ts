/** Operators from their products alone, in batches, where the products are made of operations on tensors. */
import { zeros } from '../data/construct.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { treeSize } from '../operator/length.js'
import { symmetrized } from '../operator/symmetric.js'
import { concat } from '../primitive/window.js'
import { basisBlocks } from '../transform/basis.js'
import { imagesTogether, symmetricOperator } from './hessian.js'

/** An operator whose product may be batched, since it is made of operations on tensors; `largest` is the largest value of one product. */
export const batchedOperator = <P>(like: P, apply: (v: P) => P, largest: number): LinearOperator<P> => {
  const size = treeSize(like)
  const images = imagesTogether(like, apply)
  return symmetricOperator(
    like,
    apply,
    () => (size === 0 ? zeros([0, 0]) : symmetrized(concat(basisBlocks(size, largest, images)))),
    { images, largest: () => largest },
  )
}
