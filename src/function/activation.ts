/** Activations as composites: none has a rule of its own, and each is exact to every order away from its kinks. */
import { optionsFrom } from '../data/options.js'
import type { Tensor } from '../data/Tensor.js'
import { div, mul, neg, product } from '../primitive/arithmetic.js'
import { clamp, greater, where } from '../primitive/choice.js'
import { type Operand, toTensor, type Unary } from '../primitive/define.js'
import { expm1 } from '../primitive/elementary.js'
import { cubicGate, mishGate } from '../primitive/gate.js'
import { ndtr } from '../primitive/normal.js'
import { sigmoid, softplus } from '../primitive/special.js'

/** x ⊙ g(x), where a gate that is exactly 0 wins over an infinite x. */
const gated = (x: Tensor, gate: Unary): Tensor => product(x, gate(x))

/** x above 0, f(x) elsewhere; what overflows in the branch not taken is masked, and so is its derivative. */
const joined = (x: Tensor, below: Tensor): Tensor => where(greater(x, 0), x, below)

/**
 * log σ(x) = −log(1 + e⁻ˣ), without overflow on either side; its derivative is σ(−x).
 *
 * **Special values**: −∞ at −∞, −0 at ∞; logSigmoid(−1000) = −1000 with derivative 1.
 *
 * @example
 * import { logSigmoid, scalar, toNumber } from 'gradus'
 * toNumber(logSigmoid(scalar(-1000))) // => -1000
 * toNumber(logSigmoid(scalar(0))) // ≈ -0.6931471805599453
 *
 * @since 0.1.0
 */
export const logSigmoid: Unary = (x: Operand) => neg(softplus(neg(x)))

/**
 * Which formula `gelu` uses: `'none'`, the normal distribution itself, or `'tanh'`, the cubic under a tanh that many
 * published networks were trained with.
 *
 * @since 0.1.0
 */
export interface GeluOptions {
  readonly approximation?: 'none' | 'tanh'
}

/**
 * The Gaussian error linear unit x·Φ(x) = ½x·(1 + erf(x/√2)), or with `approximation: 'tanh'`
 * ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). Both keep their digits in the left tail, at orders 1 and 2 too.
 *
 * **Special values**: 0 at −∞, ∞ at ∞. Results below 1e-306 have the absolute error of a subnormal gate times x.
 *
 * **References**: Hendrycks and Gimpel, *Gaussian Error Linear Units* (2016).
 *
 * @example
 * import { gelu, scalar, toNumber } from 'gradus'
 * toNumber(gelu(scalar(1))) // ≈ 0.8413447460685429
 * toNumber(gelu(scalar(1), { approximation: 'tanh' })) // ≈ 0.8411919906082768
 *
 * @since 0.1.0
 */
export const gelu = (x: Operand, options: GeluOptions = {}): Tensor => {
  const { approximation = 'none' } = optionsFrom('gelu', options, { approximation: "'none' or 'tanh'" })
  return gated(toTensor('gelu', x), approximation === 'tanh' ? cubicGate : ndtr)
}

/**
 * The sigmoid linear unit x·σ(x), also called swish.
 *
 * **Special values**: 0 at −∞, ∞ at ∞. Results below 1e-305 have the absolute error of a subnormal gate times x.
 *
 * @example
 * import { scalar, silu, toNumber } from 'gradus'
 * toNumber(silu(scalar(1))) // ≈ 0.7310585786300049
 *
 * @since 0.1.0
 */
export const silu: Unary = (x: Operand) => gated(toTensor('silu', x), sigmoid)

/**
 * x·tanh(log(1 + eˣ)).
 *
 * **Special values**: 0 at −∞, ∞ at ∞. Results below 1e-305 have the absolute error of a subnormal gate times x.
 *
 * **References**: Misra, *Mish: A Self Regularized Non-Monotonic Activation Function* (2019).
 *
 * @example
 * import { mish, scalar, toNumber } from 'gradus'
 * toNumber(mish(scalar(1))) // ≈ 0.8650983882673103
 *
 * @since 0.1.0
 */
export const mish: Unary = (x: Operand) => gated(toTensor('mish', x), mishGate)

const alphaNames = { alpha: 'how far below 0 it goes' } as const

/**
 * The exponential linear unit: x for x > 0, α(eˣ − 1) elsewhere (α = 1 by default).
 *
 * **Kinks**: at 0 the derivatives are those from the left: α and α.
 *
 * **References**: Clevert, Unterthiner and Hochreiter, *Fast and Accurate Deep Network Learning by ELUs* (2015).
 *
 * @example
 * import { elu, tensor, toArray } from 'gradus'
 * toArray(elu(tensor([2, -Infinity]))) // => [2, -1]
 *
 * @since 0.1.0
 */
export const elu = (x: Operand, options: { readonly alpha?: number } = {}): Tensor => {
  const { alpha = 1 } = optionsFrom('elu', options, alphaNames)
  const at = toTensor('elu', x)
  return joined(at, mul(alpha, expm1(at)))
}

/** The fixed point of mean 0 and variance 1 (Klambauer et al. 2017), and the product of the two. */
const selfNormalizing = { scale: 1.0507009873554805, below: 1.7580993408473766 } as const

/**
 * The self-normalizing unit λ·elu(x, α) with λ = 1.0507009873554805 and α = 1.6732632423543772.
 *
 * **Kinks**: at 0 the derivatives are those from the left: λα and λα.
 *
 * **References**: Klambauer, Unterthiner, Mayr and Hochreiter, *Self-Normalizing Neural Networks* (2017).
 *
 * @example
 * import { scalar, selu, toNumber } from 'gradus'
 * toNumber(selu(scalar(1))) // ≈ 1.0507009873554805
 *
 * @since 0.1.0
 */
export const selu: Unary = (x: Operand) => {
  const at = toTensor('selu', x)
  return where(greater(at, 0), mul(selfNormalizing.scale, at), mul(selfNormalizing.below, expm1(at)))
}

/**
 * The continuously differentiable exponential unit: x for x > 0, α(e^(x/α) − 1) elsewhere (α = 1 by default).
 *
 * **Kinks**: at 0 the second derivative is that from the left, 1/α.
 *
 * **References**: Barron, *Continuously Differentiable Exponential Linear Units* (2017).
 *
 * @example
 * import { celu, scalar, toNumber } from 'gradus'
 * toNumber(celu(scalar(-2), { alpha: 2 })) // ≈ -1.2642411176571153
 *
 * @since 0.1.0
 */
export const celu = (x: Operand, options: { readonly alpha?: number } = {}): Tensor => {
  const { alpha = 1 } = optionsFrom('celu', options, alphaNames)
  const at = toTensor('celu', x)
  return joined(at, mul(alpha, expm1(div(at, alpha))))
}

/**
 * x for x > 0, slope·x elsewhere (slope = 0.01 by default).
 *
 * **Kinks**: at 0 the derivative is that from the left, the slope, as `relu` has 0.
 *
 * @example
 * import { leakyRelu, tensor, toArray } from 'gradus'
 * toArray(leakyRelu(tensor([2, -2]), { slope: 0.25 })) // => [2, -0.5]
 *
 * @since 0.1.0
 */
export const leakyRelu = (x: Operand, options: { readonly slope?: number } = {}): Tensor => {
  const { slope = 0.01 } = optionsFrom('leakyRelu', options, { slope: 'the slope below 0' })
  const at = toTensor('leakyRelu', x)
  return joined(at, mul(slope, at))
}

/**
 * x limited to [−1, 1].
 *
 * **Kinks**: derivative ½ at ±1, as of `clamp`.
 *
 * @example
 * import { hardTanh, tensor, toArray } from 'gradus'
 * toArray(hardTanh(tensor([-3, 0.5, 3]))) // => [-1, 0.5, 1]
 *
 * @since 0.1.0
 */
export const hardTanh: Unary = (x: Operand) => clamp(x, -1, 1)
