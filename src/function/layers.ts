/** Layers as pure functions: parameters come first, as records of tensors, and nothing is kept. */

import { raise } from '../data/Defect.js'
import { axesNames, optionsFrom } from '../data/options.js'
import type { Tensor } from '../data/Tensor.js'
import { add, mul, square, sub } from '../primitive/arithmetic.js'
import { less, where } from '../primitive/choice.js'
import { matmul } from '../primitive/contraction.js'
import { rsqrt } from '../primitive/root.js'
import { type Key, uniform } from './random.js'
import { mean } from './statistics.js'

/**
 * The parameters of `dense`: weights [in, out], and a bias [out] if there is one.
 *
 * @since 0.1.0
 */
export interface DenseParams {
  readonly weights: Tensor
  readonly bias?: Tensor
}

/**
 * x·W + b.
 *
 * **Shapes**: x [..., in], W [in, out], b [out]; the result is [..., out].
 *
 * @example
 * import { dense, tensor, toArray } from 'gradus'
 * toArray(dense({ weights: tensor([[1], [2]]), bias: tensor([10]) }, tensor([[3, 4]]))) // => [[21]]
 *
 * @since 0.1.0
 */
export const dense = ({ weights, bias }: DenseParams, x: Tensor): Tensor => {
  const product = matmul(x, weights)
  return bias === undefined ? product : add(product, bias)
}

/**
 * The axes that are normalized (default: the last), and what is added to the mean square so that it is not 0.
 *
 * @since 0.1.0
 */
export interface NormalizationOptions {
  readonly axes?: ReadonlyArray<number>
  readonly epsilon?: number
}

/**
 * What is multiplied with and added to normalized entries; both broadcast, and either may be missing.
 *
 * @since 0.1.0
 */
export interface NormalizationParams {
  readonly scale?: Tensor
  readonly offset?: Tensor
}

const scaled = (x: Tensor, { scale, offset }: NormalizationParams): Tensor => {
  const stretched = scale === undefined ? x : mul(x, scale)
  return offset === undefined ? stretched : add(stretched, offset)
}

const normalizationNames = { ...axesNames, epsilon: 'added to the mean of squares' } as const

/** x/√(mean of x² + ε). */
const byMeanSquare = (x: Tensor, axes: ReadonlyArray<number>, epsilon: number): Tensor =>
  mul(x, rsqrt(add(mean(square(x), { axes, keepAxes: true }), epsilon)))

/**
 * (x − mean)/√(variance + ε)·scale + offset along axes (default: the last; ε = 1e-5 by default).
 *
 * **Shapes**: that of x; scale and offset broadcast to it.
 * **Special values**: entries that are all equal give the offset, with finite derivatives for ε > 0. Squares overflow
 * beyond 1e154.
 *
 * **References**: Ba, Kiros and Hinton, *Layer Normalization* (2016).
 *
 * @example
 * import { layerNorm, tensor, toArray } from 'gradus'
 * toArray(layerNorm({}, tensor([1, 3]), { epsilon: 0 })) // => [-1, 1]
 *
 * @since 0.1.0
 */
export const layerNorm = (params: NormalizationParams, x: Tensor, options: NormalizationOptions = {}): Tensor => {
  const { axes = [-1], epsilon = 1e-5 } = optionsFrom('layerNorm', options, normalizationNames)
  return scaled(byMeanSquare(sub(x, mean(x, { axes, keepAxes: true })), axes, epsilon), params)
}

/**
 * x/√(mean of x² + ε)·scale + offset along axes (default: the last; ε = 1e-6 by default).
 *
 * **Shapes**: that of x; scale and offset broadcast to it.
 *
 * **References**: Zhang and Sennrich, *Root Mean Square Layer Normalization* (2019).
 *
 * @example
 * import { rmsNorm, tensor, toArray } from 'gradus'
 * toArray(rmsNorm({ scale: tensor([5, 10]) }, tensor([2, 2]), { epsilon: 0 })) // => [5, 10]
 *
 * @since 0.1.0
 */
export const rmsNorm = (params: NormalizationParams, x: Tensor, options: NormalizationOptions = {}): Tensor => {
  const { axes = [-1], epsilon = 1e-6 } = optionsFrom('rmsNorm', options, normalizationNames)
  return scaled(byMeanSquare(x, axes, epsilon), params)
}

/**
 * x with each entry set to 0 with probability `rate`, and the others divided by 1 − rate, so that the mean stays. The mask
 * is a function of the key alone: the same key drops the same entries, in every derivative too, and under `vmap` the same
 * entries of every example.
 *
 * **Fails** with a `Defect` when the rate is not in [0, 1).
 *
 * @example
 * import { dropout, ones, randomKey, sum, toNumber } from 'gradus'
 * dropout(randomKey(1), 0, ones([3])) // => ones([3])
 * toNumber(sum(dropout(randomKey(1), 0.5, ones([1000])))) > 800 // => true
 *
 * @since 0.1.0
 */
export const dropout = (key: Key, rate: number, x: Tensor): Tensor => {
  if (!(rate >= 0 && rate < 1)) return raise('InvalidArgument', `dropout: expected a rate in [0, 1), got ${rate}.`)
  // What is dropped is dropped even where it is infinite, and has a structural zero for its derivative.
  return where(less(uniform(key, x.shape), rate), 0, mul(x, 1 / (1 - rate)))
}
