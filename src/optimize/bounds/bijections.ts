/** Smooth maps of the line onto half-lines and onto intervals: what a change of variables is made of. */
import type { Tensor } from '../../data/Tensor.js'
import { add, div, mul, square, sub } from '../../primitive/arithmetic.js'
import { exp, expm1, log, sqrt } from '../../primitive/elementary.js'
import { sigmoid, softplus } from '../../primitive/special.js'
import { atan2, sin } from '../../primitive/trigonometric.js'

/**
 * A map of the line onto distances from a bound, entry by entry, differentiable as often as a method asks.
 *
 * @since 0.1.0
 */
export interface OneSided {
  readonly name: string
  /** From a free number to a distance above 0. */
  readonly forward: (free: Tensor) => Tensor
  /** From a distance above 0 to a free number that leads there. */
  readonly inverse: (distance: Tensor) => Tensor
}

/**
 * A map of the line onto the unit interval, entry by entry, with forward(−x) = 1 − forward(x).
 *
 * @since 0.1.0
 */
export interface TwoSided {
  readonly name: string
  readonly forward: (free: Tensor) => Tensor
  /** From the distances to both bounds, so that neither loses its digits; only their ratio counts. */
  readonly inverse: (below: Tensor, above: Tensor) => Tensor
}

/**
 * eˣ, as Stan does: a bijection onto (0, ∞). Steps multiply the distance from the bound.
 *
 * **References** Stan Development Team, *Stan Reference Manual*, Constraint Transforms.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * import { exponential } from 'gradus/optimize'
 * toNumber(exponential.forward(exponential.inverse(scalar(0.25)))) // ≈ 0.25
 *
 * @since 0.1.0
 */
export const exponential: OneSided = { name: 'exponential', forward: exp, inverse: log }

/**
 * log(1 + eˣ): a bijection onto (0, ∞) that far from the bound leaves steps as they are.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * import { softplusMap } from 'gradus/optimize'
 * toNumber(softplusMap.forward(softplusMap.inverse(scalar(40)))) // ≈ 40
 *
 * @since 0.1.0
 */
export const softplusMap: OneSided = {
  name: 'softplus',
  forward: softplus,
  // log(eᵈ − 1) without overflow.
  inverse: (distance) => add(distance, log(mul(-1, expm1(mul(-1, distance))))),
}

/**
 * √(x² + 1) − 1, as MINUIT does: it reaches the bound, at x = 0, and folds the line there, so every point of the bound is a stationary one.
 *
 * **References** James and Roos, *Minuit: a system for function minimization and analysis of the parameter errors and correlations* (1975),
 * and the manual of MINUIT for one-sided bounds.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * import { hyperbolic } from 'gradus/optimize'
 * toNumber(hyperbolic.forward(scalar(0))) // => 0
 *
 * @since 0.1.0
 */
export const hyperbolic: OneSided = {
  name: 'hyperbolic',
  // x² / (√(x² + 1) + 1), so that small distances keep their digits.
  forward: (free) => div(square(free), add(sqrt(add(square(free), 1)), 1)),
  inverse: (distance) => sqrt(mul(distance, add(distance, 2))),
}

/**
 * 1 / (1 + e⁻ˣ), as Stan does: a bijection onto (0, 1). At twice the argument it is (1 + tanh x) / 2.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * import { logistic } from 'gradus/optimize'
 * toNumber(logistic.forward(scalar(0))) // => 0.5
 *
 * @since 0.1.0
 */
export const logistic: TwoSided = {
  name: 'logistic',
  forward: sigmoid,
  inverse: (below, above) => sub(log(below), log(above)),
}

/**
 * (1 + sin x) / 2, as MINUIT does: it reaches both bounds and turns back there, so every point of a bound is a stationary one.
 *
 * @example
 * import { scalar, toNumber } from 'gradus'
 * import { sine } from 'gradus/optimize'
 * toNumber(sine.forward(scalar(Math.PI / 2))) // => 1
 *
 * @since 0.1.0
 */
export const sine: TwoSided = {
  name: 'sine',
  forward: (free) => mul(0.5, add(1, sin(free))),
  // Near a bound the arc sine of a ratio has half of the digits; half angles keep them.
  inverse: (below, above) => sub(mul(2, atan2(sqrt(below), sqrt(above))), Math.PI / 2),
}
