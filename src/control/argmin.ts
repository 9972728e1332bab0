/** Minimizers of losses as functions of their parameters. */

import type * as E from 'fp-ts/lib/Either.js'
import { zeros } from '../data/construct.js'
import { optionsFrom } from '../data/options.js'
import type { Tensor } from '../data/Tensor.js'
import { withLeaves } from '../data/Tree.js'
import { tensorsIn } from './closure.js'
import {
  attempted,
  type Closed,
  closedOver,
  type Equation,
  gradientProgram,
  type IterationFailure,
  implicitly,
  systemOf,
} from './implicit.js'
import { type IterationOptions, iterationNames, limitsOf, toMinimum } from './iterations.js'
import { packed, unpacked } from './packing.js'
import { numberOf } from './solver.js'
import { type LinearSolveOptions, solvedSystem } from './system.js'

/**
 * How a minimizer is found, and how systems with the Hessian are solved on the way and in derivatives.
 *
 * @since 0.1.0
 */
export interface ArgminOptions<X> extends IterationOptions {
  /** Any optimizer, on tensors with numbers, which is believed; default Newton's method with a line search. */
  readonly solver?: (loss: (x: X) => Tensor, guess: X) => X
  readonly linear?: LinearSolveOptions
}

const argminNames = {
  ...iterationNames,
  linear: 'how the systems of derivatives are solved',
  solver: 'of your own',
} as const

const equationOf = <X>({ program, guess }: Closed, like: X, options: ArgminOptions<X>): Equation => {
  const shapes = guess.map(({ shape }) => shape)
  const { solver } = options
  const gradient = gradientProgram(program, shapes.length)
  const equation: Equation = {
    body: program,
    search: { by: 'argmin', solver: numberOf(solver), ...limitsOf(options) },
    residual: gradient,
    linear: { ...options.linear, symmetric: true },
    find: (members, start, engine) => {
      const at = (x: Tensor): ReadonlyArray<Tensor> => [...members, ...unpacked(x, shapes)]
      if (solver === undefined)
        return toMinimum(
          (x) => program[engine](at(x))[0] ?? zeros([]),
          (x) => packed(gradient[engine](at(x))),
          (x, g) => packed(solvedSystem(systemOf(equation), at(x), unpacked(g, shapes))),
          start,
          options,
        )
      const loss = (x: X): Tensor => program[engine]([...members, ...tensorsIn('argmin', x)])[0] ?? zeros([])
      const x = packed(tensorsIn('argmin', solver(loss, withLeaves(like, unpacked(start, shapes)))))
      return { x, converged: true, steps: 1, error: 0 }
    },
  }
  return equation
}

/**
 * The minimizer of a loss, as a function of the loss's parameters.
 *
 *     x = argmin loss(p, x),   ẋ = −(∂²loss/∂x²)⁻¹ ∂²loss/∂x∂p ṗ
 *
 * The value is found from the guess by Newton's method with a line search, or by an optimizer of the caller's; a derivative of
 * any order and mode costs linear solves with the Hessian at the minimizer, and the guess has none.
 *
 * **Shapes** `params` and `guess` are trees of tensors; the loss is a scalar, and the result has the structure of the guess.
 *
 * **Special values** NaN throughout where the iteration does not converge; `tryArgmin` says how far it came. What is found is a
 * stationary point below the guess; a singular Hessian gives NaN derivatives.
 *
 * **Fails** with a `Defect` when the loss is no scalar, or reads numbers.
 *
 * **References** Gould et al., *On differentiating parameterized argmin and argmax problems* (2016), arXiv:1607.05447.
 *
 * @example
 * import { add, argmin, grad, mul, scalar, square, sub, toNumber, type Tensor } from 'gradus'
 * // (x − 3)² + λ x² is least at 3 / (1 + λ).
 * const loss = (rate: Tensor, x: Tensor) => add(square(sub(x, 3)), mul(rate, square(x)))
 * const shrunk = (rate: Tensor) => argmin(loss)(rate, scalar(0))
 * toNumber(shrunk(scalar(2))) // ≈ 1
 * toNumber(grad(shrunk)(scalar(2))) // ≈ -0.3333333333333333
 *
 * @since 0.1.0
 */
export const argmin =
  <P, X>(loss: (params: P, x: X) => Tensor, options: ArgminOptions<X> = {}) =>
  (params: P, guess: X): X => {
    optionsFrom('argmin', options, argminNames)
    const closed = closedOver('argmin', loss, 'scalar', params, guess)
    return implicitly(equationOf(closed, guess, options), closed, guess)
  }

/**
 * The same for tensors with numbers, where an iteration that does not converge is a value that says so.
 *
 * **Fails** with a `Defect` under a transform.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, scalar, tryArgmin, type Tensor } from 'gradus'
 * const none = tryArgmin((p: Tensor, x: Tensor) => mul(p, x), { steps: 5 })(scalar(1), scalar(0))
 * E.isLeft(none) && none.left.steps // => 5
 *
 * @since 0.1.0
 */
export const tryArgmin =
  <P, X>(loss: (params: P, x: X) => Tensor, options: ArgminOptions<X> = {}) =>
  (params: P, guess: X): E.Either<IterationFailure<X>, X> => {
    optionsFrom('tryArgmin', options, argminNames)
    const closed = closedOver('tryArgmin', loss, 'scalar', params, guess)
    return attempted(
      'tryArgmin',
      equationOf(closed, guess, options),
      closed,
      guess,
      'The loss may have no minimum, or a flat one: start nearer, regularize it, or give a solver.',
    )
  }
