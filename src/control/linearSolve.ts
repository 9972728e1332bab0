/** Solutions of linear equations whose matrix is known by its products. */

import * as E from 'fp-ts/lib/Either.js'
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { optionsFrom } from '../data/options.js'
import { adopt } from '../data/Tensor.js'
import { alignedLeaves, withLeaves } from '../data/Tree.js'
import { closed, tensorsIn } from './closure.js'
import { cotangentsIn, programOf } from './derived.js'
import { type IterationFailure, requireNumbers } from './implicit.js'
import type { Tensors } from './Joint.js'
import { unpacked } from './packing.js'
import { iterated, type LinearSolveOptions, type System, solvedSystem } from './system.js'

const systemNames = {
  method: "'dense' or 'iterative'",
  symmetric: 'true: the function is its own transpose',
  tolerance: 'when it has converged',
  steps: 'when it has failed',
} as const

const systemFor = <X>(
  name: string,
  apply: (x: X) => X,
  b: X,
  options: LinearSolveOptions,
): { readonly system: System; readonly free: Tensors; readonly right: Tensors } => {
  optionsFrom(name, options, systemNames)
  const { bodies, free } = closed<readonly [X], Tensors>(
    [(x) => alignedLeaves(`${name}: the function must return what it takes`, x, apply(x))],
    [b],
    'hoisted',
  )
  const right = tensorsIn(name, b)
  const program = bodies[0]?.program
  if (program === undefined) return raise('InvalidArgument', `${name}: there is no function.`)
  const shapes = [...free, ...right].map(({ shape }) => shape)
  const forward = programOf(shapes, (all) => program.run([...all.slice(free.length), ...all.slice(0, free.length)]))
  const places = right.map((_, i) => free.length + i)
  const transposed =
    options.symmetric === true
      ? forward
      : programOf(shapes, (all) =>
          cotangentsIn(
            forward,
            [...all.slice(0, free.length), ...right.map(({ shape }) => zeros(shape))],
            places,
            all.slice(free.length),
          ),
        )
  return { system: { forward, transposed, options }, free, right }
}

/**
 * Solves A x = b, where A is a linear function that may depend on anything in its closure.
 *
 *     x = A⁻¹ b,   ẋ = A⁻¹ (ḃ − Ȧ x),   b̄ = A⁻ᵀ x̄
 *
 * The transpose is found from the function. A derivative of any order and mode costs one solve more.
 *
 * **Shapes** `b` and the result are trees with the structure that `apply` takes and returns.
 *
 * **Cost** up to 64 unknowns one product for each and an elimination; beyond that as many products as the iteration needs.
 *
 * **Special values** NaN throughout where A is singular or the iteration does not converge; `tryLinearSolve` says how far it came.
 *
 * **Fails** with a `Defect` when `apply` changes the structure, or reads numbers.
 *
 * **References** Saad and Schultz, *GMRES*, SIAM Journal on Scientific and Statistical Computing 7 (1986); Hestenes and Stiefel,
 * *Methods of conjugate gradients for solving linear systems* (1952).
 *
 * @example
 * import { linearSolve, matmul, tensor, toArray, type Tensor } from 'gradus'
 * const a = tensor([[2, 1], [1, 1]])
 * toArray(linearSolve((x: Tensor) => matmul(a, x))(tensor([3, 2]))) // => [1, 1]
 *
 * @since 0.1.0
 */
export const linearSolve =
  <X>(apply: (x: X) => X, options: LinearSolveOptions = {}) =>
  (b: X): X => {
    const { system, free, right } = systemFor('linearSolve', apply, b, options)
    return withLeaves(b, solvedSystem(system, free, right))
  }

/**
 * The same by iteration on tensors with numbers, where not to converge is a value that says so.
 *
 * **Fails** with a `Defect` under a transform.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { matmul, tensor, tryLinearSolve, type Tensor } from 'gradus'
 * const singular = tensor([[1, 1], [1, 1]])
 * E.isLeft(tryLinearSolve((x: Tensor) => matmul(singular, x))(tensor([1, 2]))) // => true
 *
 * @since 0.1.0
 */
export const tryLinearSolve =
  <X>(apply: (x: X) => X, options: LinearSolveOptions = {}) =>
  (b: X): E.Either<IterationFailure<X>, X> => {
    const { system, free, right } = systemFor('tryLinearSolve', apply, b, options)
    requireNumbers('tryLinearSolve', [...free, ...right])
    const { x, converged, steps, residual } = iterated(system, free, right)
    const shapes = right.map(({ shape }) => shape)
    const last = withLeaves(b, unpacked(adopt(x, [x.length]), shapes))
    return converged
      ? E.right(last)
      : E.left({
          _tag: 'NotConverged',
          last,
          steps,
          error: residual,
          advice: 'The matrix may be singular or badly scaled: regularize it, precondition it, or allow more steps.',
        })
  }
