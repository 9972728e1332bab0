/** Roots of equations as functions of their parameters. */

import type * as E from 'fp-ts/lib/Either.js'
import { optionsFrom } from '../data/options.js'
import { withLeaves } from '../data/Tree.js'
import { tensorsIn } from './closure.js'
import {
  attempted,
  type Closed,
  closedOver,
  type Equation,
  type IterationFailure,
  implicitly,
  systemOf,
} from './implicit.js'
import { type IterationOptions, iterationNames, limitsOf, toRoot } from './iterations.js'
import { packed, unpacked } from './packing.js'
import { numberOf } from './solver.js'
import { type LinearSolveOptions, solvedSystem } from './system.js'

/**
 * How a root is found, and how linear systems are solved on the way and in derivatives.
 *
 * @since 0.1.0
 */
export interface RootOptions<X> extends IterationOptions {
  /** Any solver, on tensors with numbers, which is believed; default Newton's method with shortened steps. */
  readonly solver?: (f: (x: X) => X, guess: X) => X
  readonly linear?: LinearSolveOptions
}

const rootNames = {
  ...iterationNames,
  linear: 'how the systems of derivatives are solved',
  solver: 'of your own',
} as const

const equationOf = <X>({ program, guess }: Closed, like: X, options: RootOptions<X>): Equation => {
  const shapes = guess.map(({ shape }) => shape)
  const { solver } = options
  const equation: Equation = {
    body: program,
    search: { by: 'root', solver: numberOf(solver), ...limitsOf(options) },
    residual: program,
    linear: options.linear ?? {},
    find: (members, start, engine) => {
      const at = (x: ReturnType<typeof packed>): ReadonlyArray<typeof x> => [...members, ...unpacked(x, shapes)]
      if (solver === undefined)
        return toRoot(
          (x) => packed(program[engine](at(x))),
          (x, r) => packed(solvedSystem(systemOf(equation), at(x), unpacked(r, shapes))),
          start,
          options,
        )
      const f = (x: X): X => withLeaves(like, program[engine]([...members, ...tensorsIn('root', x)]))
      const x = packed(tensorsIn('root', solver(f, withLeaves(like, unpacked(start, shapes)))))
      return { x, converged: true, steps: 1, error: 0 }
    },
  }
  return equation
}

/**
 * A root of a function of the unknowns, as a function of its parameters.
 *
 *     f(p, x) = 0,   ẋ = −(∂f/∂x)⁻¹ ∂f/∂p ṗ
 *
 * The value is found from the guess by Newton's method, or by a solver of the caller's; a derivative of any order and mode costs
 * linear solves at the root, and the guess has none.
 *
 * **Shapes** `params` and `guess` are trees of tensors; `f` and the result have the structure and shapes of the guess.
 *
 * **Special values** NaN throughout where the iteration does not converge; `tryRoot` says how far it came.
 *
 * **Fails** with a `Defect` when `f` returns another structure, or reads numbers.
 *
 * **References** Krantz and Parks, *The Implicit Function Theorem* (2002); Griewank and Walther, *Evaluating Derivatives* (2008), ch. 15.
 *
 * @example
 * import { grad, mul, root, scalar, sub, toNumber, type Tensor } from 'gradus'
 * const cubeRoot = (a: Tensor) => root((p: Tensor, x: Tensor) => sub(mul(x, mul(x, x)), p))(a, scalar(1))
 * toNumber(cubeRoot(scalar(8))) // ≈ 2
 * toNumber(grad(cubeRoot)(scalar(8))) // ≈ 0.08333333333333333
 *
 * @since 0.1.0
 */
export const root =
  <P, X>(f: (params: P, x: X) => X, options: RootOptions<X> = {}) =>
  (params: P, guess: X): X => {
    optionsFrom('root', options, rootNames)
    const closed = closedOver('root', f, 'like', params, guess)
    return implicitly(equationOf(closed, guess, options), closed, guess)
  }

/**
 * The same for tensors with numbers, where an iteration that does not converge is a value that says so.
 *
 * **Fails** with a `Defect` under a transform.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { add, scalar, square, tryRoot, type Tensor } from 'gradus'
 * const none = tryRoot((p: Tensor, x: Tensor) => add(square(x), p))(scalar(1), scalar(1))
 * E.isLeft(none) && none.left._tag // => 'NotConverged'
 *
 * @since 0.1.0
 */
export const tryRoot =
  <P, X>(f: (params: P, x: X) => X, options: RootOptions<X> = {}) =>
  (params: P, guess: X): E.Either<IterationFailure<X>, X> => {
    optionsFrom('tryRoot', options, rootNames)
    const closed = closedOver('tryRoot', f, 'like', params, guess)
    return attempted(
      'tryRoot',
      equationOf(closed, guess, options),
      closed,
      guess,
      'No step makes the residual smaller: start nearer to the root, or give a solver.',
    )
  }
