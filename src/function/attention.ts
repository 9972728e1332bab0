/** Scaled dot-product attention, alone and with several heads. */

import { raise } from '../data/Defect.js'
import { optionsFrom } from '../data/options.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { mul } from '../primitive/arithmetic.js'
import { where } from '../primitive/choice.js'
import { matmul } from '../primitive/contraction.js'
import { permute, reshape, transpose } from '../primitive/structure.js'
import { type DenseParams, dense } from './layers.js'
import { softmax } from './softmax.js'

/**
 * Which keys a query may see (not 0: yes), and what the scores are multiplied with (1/√d by default).
 *
 * @since 0.1.0
 */
export interface AttentionOptions {
  readonly mask?: Tensor
  readonly scale?: number
}

const attentionNames = { mask: 'not 0 where a query may see a key', scale: 'of the scores' } as const

/**
 * softmax(scale·Q Kᵀ) V over the last two axes. With a mask, scores where it is 0 become −∞.
 *
 * **Shapes**: Q [..., m, d], K [..., n, d], V [..., n, c], mask broadcasting to [..., m, n]; the result is [..., m, c].
 * **Special values**: a query that may see nothing gives zeros, with derivatives 0. What is masked has the weight 0 and the
 * derivative 0, but its values must be finite.
 *
 * **References**: Vaswani et al., *Attention Is All You Need* (2017).
 *
 * @example
 * import { attention, tensor, toArray } from 'gradus'
 * const [query, keys, values] = [tensor([[1, 0]]), tensor([[1, 0], [0, 1]]), tensor([[2], [4]])]
 * toArray(attention(query, keys, values, { mask: tensor([[1, 0]]) })) // => [[2]]
 * toArray(attention(query, keys, values, { mask: tensor([[0, 0]]) })) // => [[0]]
 *
 * @since 0.1.0
 */
export const attention = (query: Tensor, keys: Tensor, values: Tensor, options: AttentionOptions = {}): Tensor => {
  const width = query.shape[query.rank - 1]
  if (query.rank < 2 || keys.rank < 2 || values.rank < 2 || width === undefined)
    return raise(
      'ShapeMismatch',
      `attention: expected query [..., m, d], keys [..., n, d] and values [..., n, c], ` +
        `got ${showShape(query.shape)}, ${showShape(keys.shape)} and ${showShape(values.shape)}.`,
    )
  const { mask, scale = 1 / Math.sqrt(width) } = optionsFrom('attention', options, attentionNames)
  const scores = mul(matmul(query, swapped(keys)), scale)
  if (mask === undefined) return matmul(softmax(scores), values)
  // The second choice is for rows without any score, whose softmax is NaN: that branch is not taken, nor is its derivative.
  return matmul(where(mask, softmax(where(mask, scores, -Infinity)), 0), values)
}

/** The last two axes exchanged. */
const swapped = (x: Tensor): Tensor =>
  x.rank === 2
    ? transpose(x)
    : permute(
        x,
        x.shape.map((_, axis) => (axis < x.rank - 2 ? axis : 2 * x.rank - 3 - axis)),
      )

/**
 * The parameters of `multiHeadAttention`: four dense layers, of which the first three map to heads·width.
 *
 * @since 0.1.0
 */
export interface MultiHeadParams {
  readonly query: DenseParams
  readonly keys: DenseParams
  readonly values: DenseParams
  readonly output: DenseParams
}

/** [..., m, heads·d] as [..., heads, m, d]. */
const parted = (x: Tensor, heads: number): Tensor => {
  const width = x.shape[x.rank - 1] ?? 0
  if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0)
    return raise(
      'InvalidArgument',
      `multiHeadAttention: expected a number of heads that divides the width ${width}, got ${heads}.`,
    )
  const lead = x.shape.slice(0, -1)
  const split = reshape(x, [...lead, heads, width / heads])
  return permute(split, exchanged(split.rank))
}

/** The axes before the last two and before the last one, exchanged. */
const exchanged = (rank: number): ReadonlyArray<number> =>
  Array.from({ length: rank }, (_, axis) => (axis === rank - 3 ? rank - 2 : axis === rank - 2 ? rank - 3 : axis))

/** The inverse of `parted`. */
const joined = (x: Tensor): Tensor => {
  const together = permute(x, exchanged(x.rank))
  const [heads = 1, width = 1] = together.shape.slice(-2)
  return reshape(together, [...together.shape.slice(0, -2), heads * width])
}

/**
 * Attention of `x` to `memory` (for self-attention: x again) by several heads: each sees its share of the columns of
 * the three projections, and what they give is joined and projected once more.
 *
 * **Shapes**: x [..., m, in], memory [..., n, in]; mask broadcasting to [..., heads, m, n]; the result is [..., m, out].
 * **Special values**: as of `attention`.
 * **Fails** with a `Defect` when the number of heads does not divide the width of a projection.
 *
 * @example
 * import { eye, multiHeadAttention, ones } from 'gradus'
 * const same = { weights: eye(4) }
 * const params = { query: same, keys: same, values: same, output: same }
 * multiHeadAttention(params, ones([3, 4]), ones([3, 4]), { heads: 2 }) // => ones([3, 4])
 *
 * @since 0.1.0
 */
export const multiHeadAttention = (
  params: MultiHeadParams,
  x: Tensor,
  memory: Tensor,
  options: AttentionOptions & { readonly heads: number },
): Tensor => {
  const { heads, ...rest } = optionsFrom('multiHeadAttention', options, { ...attentionNames, heads: 'how many' })
  const [query, keys, values] = [
    parted(dense(params.query, x), heads),
    parted(dense(params.keys, memory), heads),
    parted(dense(params.values, memory), heads),
  ]
  return dense(params.output, joined(attention(query, keys, values, rest)))
}
