/** Fixed points, differentiated where they are and not along the way there. */

import type * as E from 'fp-ts/lib/Either.js'
import { optionsFrom } from '../data/options.js'
import { sub } from '../primitive/arithmetic.js'
import { programOf } from './derived.js'
import { attempted, type Closed, closedOver, type Equation, type IterationFailure, implicitly } from './implicit.js'
import { type IterationOptions, iterationNames, limitsOf, toFixedPoint } from './iterations.js'
import { packed, unpacked } from './packing.js'
import type { LinearSolveOptions } from './system.js'

/**
 * When the iteration ends, and how the linear system of its derivative is solved.
 *
 * @since 0.1.0
 */
export interface FixedPointOptions extends IterationOptions {
  readonly linear?: LinearSolveOptions
}

const fixedPointNames = { ...iterationNames, linear: 'how the systems of derivatives are solved' } as const

const equationOf = ({ program, guess }: Closed, options: FixedPointOptions): Equation => {
  const shapes = guess.map(({ shape }) => shape)
  const { inputs } = program.program
  return {
    body: program,
    search: { by: 'fixedPoint', solver: 0, ...limitsOf(options) },
    residual: program.derived('fixed point', () =>
      programOf(inputs, (all) => {
        const x = all.slice(all.length - shapes.length)
        return program.run(all).map((y, i) => sub(y, x[i] ?? y))
      }),
    ),
    linear: options.linear ?? {},
    find: (members, start, engine) =>
      toFixedPoint((x) => packed(program[engine]([...members, ...unpacked(x, shapes)])), start, options),
  }
}

/**
 * The fixed point of a function of the unknowns, as a function of its parameters.
 *
 *     x = step(p, x),   ẋ = (I − ∂step/∂x)⁻¹ ∂step/∂p ṗ
 *
 * The value is found by iteration from the guess; a derivative of any order and mode costs linear solves at the fixed point, however
 * many steps led there, and the guess has none.
 *
 * **Shapes** `params` and `guess` are trees of tensors; the step and the result have the structure and shapes of the guess.
 *
 * **Special values** NaN throughout where the iteration does not converge; `tryFixedPoint` says how far it came.
 *
 * **Fails** with a `Defect` when the step returns another structure, or reads numbers.
 *
 * **References** Christianson, *Reverse accumulation and attractive fixed points*, Optimization Methods and Software 3 (1994).
 *
 * @example
 * import { add, div, fixedPoint, grad, mul, scalar, toNumber, type Tensor } from 'gradus'
 * const root = (a: Tensor) => fixedPoint((p: Tensor, x: Tensor) => mul(0.5, add(x, div(p, x))))(a, scalar(1))
 * toNumber(root(scalar(4))) // ≈ 2
 * toNumber(grad(root)(scalar(4))) // ≈ 0.25
 *
 * @since 0.1.0
 */
export const fixedPoint =
  <P, X>(step: (params: P, x: X) => X, options: FixedPointOptions = {}) =>
  (params: P, guess: X): X => {
    optionsFrom('fixedPoint', options, fixedPointNames)
    const closed = closedOver('fixedPoint', step, 'like', params, guess)
    return implicitly(equationOf(closed, options), closed, guess)
  }

/**
 * The same for tensors with numbers, where an iteration that does not converge is a value that says so.
 *
 * **Fails** with a `Defect` under a transform.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, scalar, tryFixedPoint, type Tensor } from 'gradus'
 * const grows = tryFixedPoint((p: Tensor, x: Tensor) => mul(p, x), { steps: 10 })(scalar(2), scalar(1))
 * E.isLeft(grows) && grows.left.steps // => 10
 *
 * @since 0.1.0
 */
export const tryFixedPoint =
  <P, X>(step: (params: P, x: X) => X, options: FixedPointOptions = {}) =>
  (params: P, guess: X): E.Either<IterationFailure<X>, X> => {
    optionsFrom('tryFixedPoint', options, fixedPointNames)
    const closed = closedOver('tryFixedPoint', step, 'like', params, guess)
    return attempted(
      'tryFixedPoint',
      equationOf(closed, options),
      closed,
      guess,
      'A fixed point attracts where the derivative of the step is below 1 in size: average the step with x, start nearer, or use root.',
    )
  }
