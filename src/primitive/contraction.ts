/** Products that sum over shared indices: one record for matrix products, batched ones and every two-operand einsum. */

import type { Contraction } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { requireTensor } from '../data/describe.js'
import { broadcastShapes, type Shape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { contractTensors, lengthsOf } from './contractionPlan.js'
import { everywhere, only, reshape } from './structure.js'

const deepened = new WeakMap<Contraction, Map<string, Contraction>>()

/** Remembered, because the plan of a contraction is found by its identity. */
const deepenLabels = (labels: Contraction, batched: ReadonlyArray<boolean>): Contraction => {
  const known = deepened.get(labels) ?? new Map<string, Contraction>()
  deepened.set(labels, known)
  const key = batched.join()
  const found = known.get(key)
  if (found !== undefined) return found
  const { left, right, out } = labels
  const fresh = 1 + Math.max(-1, ...left, ...right, ...out)
  const made = {
    left: batched[0] === true ? [fresh, ...left] : left,
    right: batched[1] === true ? [fresh, ...right] : right,
    out: [fresh, ...out],
  }
  known.set(key, made)
  return made
}

/** y[out] = Σ a[left] · b[right] over the labels that `out` lacks. */
const contraction = (name: string, formula: string, absorbing: boolean): Primitive<Contraction> => ({
  name,
  formula,
  shape: (labels, [left, right]) => {
    const lengths = lengthsOf(labels, left ?? [], right ?? [])
    return labels.out.map((label) => lengths.get(label) ?? 0)
  },
  evaluate: (labels, inputs, shape) =>
    contractTensors(labels, only(inputs), inputs[1] ?? only(inputs), shape, absorbing),
  differential: [
    (labels, inputs) => ({ _tag: 'Contract', side: 'left', labels, by: inputs[1] ?? only(inputs) }),
    (labels, inputs) => ({ _tag: 'Contract', side: 'right', labels, by: only(inputs) }),
  ],
  deepen: (labels, _, batched) => deepenLabels(labels, batched),
  mixes: true,
  domain: everywhere,
})

export const contractP: Primitive<Contraction> = contraction('contract', 'y_{ij} = \\sum_k a_{ik}\\, b_{kj}', false)

/** The contraction of derivatives: as `product` is to `mul`, an exact zero wins over ∞ and NaN. */
export const productSumP: Primitive<Contraction> = contraction(
  'productSum',
  'y_{ij} = \\sum_k a_{ik} \\odot b_{kj}',
  true,
)

export const contract = (labels: Contraction, a: Tensor, b: Tensor): Tensor => bind(contractP, labels, [a, b])

const matrixMatrix: Contraction = { left: [0, 1], right: [1, 2], out: [0, 2] }
const vectorVector: Contraction = { left: [0], right: [0], out: [] }
const vectorOuter: Contraction = { left: [0], right: [1], out: [0, 1] }

/** Without broadcasting the labels depend on ranks alone, and are made once. */
const plain = new Map<string, Contraction>()

const remembered = (key: string, labels: Contraction): Contraction => {
  const known = plain.get(key)
  if (known !== undefined) return known
  plain.set(key, labels)
  return labels
}

/**
 * The matrix product over the last two axes, with leading axes as a batch that broadcasts; a vector on the left is a row
 * and on the right a column, and its axis disappears.
 *
 * **Shapes** `[…, m, k] · […, k, n] → […, m, n]`, `[k] · [k, n] → [n]`, `[m, k] · [k] → [m]`, `[k] · [k] → []`.
 *
 * **Fails** with a `Defect` when the inner lengths differ.
 *
 * @example
 * import { matmul, tensor, toArray } from 'gradus'
 * toArray(matmul(tensor([[1, 2], [3, 4]]), tensor([[1], [1]]))) // => [[3], [7]]
 *
 * @since 0.1.0
 */
export const matmul = (a: Tensor, b: Tensor): Tensor => {
  requireTensor('matmul', a)
  requireTensor('matmul', b)
  if (a.rank === 0 || b.rank === 0)
    return raise(
      'ShapeMismatch',
      `matmul: expected rank 1 or more, got ${showShape(a.shape)} · ${showShape(b.shape)}. Use mul.`,
    )
  const inner = b.rank === 1 ? 0 : b.rank - 2
  if (a.shape[a.rank - 1] !== b.shape[inner])
    return raise(
      'ShapeMismatch',
      `matmul: inner dimensions differ: ${showShape(a.shape)} · ${showShape(b.shape)} ` +
        `(${a.shape[a.rank - 1]} ≠ ${b.shape[inner]}). Transpose the ${a.rank === 1 ? 'second' : a.shape[a.rank - 2] === b.shape[inner] ? 'first' : 'second'} argument?`,
    )
  if (a.rank === 2 && b.rank === 2) return contract(matrixMatrix, a, b)
  return batchedMatmul(a, b)
}

/** A batch axis that one operand lacks, or has with length 1, is simply not among its labels. */
const batchedMatmul = (a: Tensor, b: Tensor): Tensor => {
  const batchA = a.shape.slice(0, Math.max(a.rank - 2, 0))
  const batchB = b.shape.slice(0, Math.max(b.rank - 2, 0))
  const batch = broadcastShapes('matmul', batchA, batchB)
  const present = (own: Shape): ReadonlyArray<number> =>
    batch.flatMap((length, axis) => {
      const at = axis - batch.length + own.length
      return at >= 0 && (own[at] !== 1 || length === 1) ? [axis] : []
    })
  const trimmed = (x: Tensor, own: Shape): Tensor =>
    reshape(x, [
      ...own.filter((length, at) => length !== 1 || batch[at + batch.length - own.length] === 1),
      ...x.shape.slice(own.length),
    ])
  const [m, k, n] = [batch.length, batch.length + 1, batch.length + 2]
  const rows = a.rank === 1 ? [] : [m]
  const columns = b.rank === 1 ? [] : [n]
  const left = [...present(batchA), ...rows, k]
  const right = [...present(batchB), k, ...columns]
  const out = [...batch.map((_, axis) => axis), ...rows, ...columns]
  return contract(remembered(`${left}|${right}|${out}`, { left, right, out }), trimmed(a, batchA), trimmed(b, batchB))
}

const vectors = (operation: string, a: Tensor, b: Tensor): void => {
  requireTensor(operation, a)
  requireTensor(operation, b)
  if (a.rank !== 1 || b.rank !== 1)
    raise(
      'ShapeMismatch',
      `${operation}: expected two vectors, got ${showShape(a.shape)} and ${showShape(b.shape)}. Use matmul or einsum?`,
    )
}

/**
 * The inner product Σ aᵢ bᵢ of two vectors.
 *
 * @example
 * import { dot, tensor, toNumber } from 'gradus'
 * toNumber(dot(tensor([1, 2]), tensor([3, 4]))) // => 11
 *
 * @since 0.1.0
 */
export const dot = (a: Tensor, b: Tensor): Tensor => {
  vectors('dot', a, b)
  if (a.size !== b.size)
    raise(
      'ShapeMismatch',
      `dot: expected vectors of one length, got ${showShape(a.shape)} and ${showShape(b.shape)}. Use outer for all products?`,
    )
  return contract(vectorVector, a, b)
}

/**
 * The outer product aᵢ bⱼ of two vectors.
 *
 * @example
 * import { outer, tensor, toArray } from 'gradus'
 * toArray(outer(tensor([1, 2]), tensor([3, 4]))) // => [[3, 4], [6, 8]]
 *
 * @since 0.1.0
 */
export const outer = (a: Tensor, b: Tensor): Tensor => {
  vectors('outer', a, b)
  return contract(vectorOuter, a, b)
}
