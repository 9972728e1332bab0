/** Functions that are defined by an equation: found by iteration, differentiated by one linear solve. */
import * as E from 'fp-ts/lib/Either.js'
import { Traced } from '../core/Trace.js'
import { full, ones } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, withLeaves } from '../data/Tree.js'
import { neg } from '../primitive/arithmetic.js'
import type { Subprogram } from '../program/Subprogram.js'
import { closed, tensorsIn } from './closure.js'
import { cotangentsIn, programOf, pulled, pushed } from './derived.js'
import type { Found, IterationOptions } from './iterations.js'
import { type Engine, type Joint, perform, type Tensors } from './Joint.js'
import { inTurn } from './loop.js'
import { packed, unpacked } from './packing.js'
import { type LinearSolveOptions, type System, solvedSystem, transposedSystem } from './system.js'

/** Plain data; a solver of the caller's by its number. */
export interface Search extends IterationOptions {
  readonly by: 'fixedPoint' | 'root' | 'argmin'
  readonly solver: number
}

/** An equation `residual = 0` in the unknowns x; programs take `[...members, ...x]`. */
export interface Equation {
  /** The function that defines it, and how it is searched: what makes equal equations equal. */
  readonly body: Subprogram
  readonly search: Search
  readonly residual: Subprogram
  readonly linear: LinearSolveOptions
  readonly find: (members: Tensors, guess: Tensor, engine: Engine) => Found
}

/** The derivative of the residual by the unknowns, at the members and the unknowns. */
export const systemOf = ({ residual, linear }: Equation): System => {
  const { inputs, outputs } = residual.program
  const unknowns = outputs.map((_, i) => inputs.length - outputs.length + i)
  const forward = pushed(residual, unknowns)
  return { forward, transposed: linear.symmetric === true ? forward : pulled(residual, unknowns), options: linear }
}

const shapesIn = ({ residual: { program } }: Equation): ReadonlyArray<Shape> =>
  program.inputs.slice(program.inputs.length - program.outputs.length)

/** Members: the guess as one vector, then what the equation depends on. */
const implicitJ: Joint<Equation> = {
  name: 'implicit',
  formula: 'x : g(p, x) = 0',
  inert: 1,
  shapes: shapesIn,
  run: (own, [guess, ...members], engine) => {
    if (guess === undefined) return []
    const { x, converged } = own.find(members, guess, engine)
    return unpacked(converged ? x : full(x.shape, Number.NaN), shapesIn(own))
  },
  // gₓ ẋ = −gₚ ṗ.
  pushforward: (own, [, ...members], results, active, tangents) => {
    const moved = active.map((i) => i - 1)
    const change = pushed(own.residual, moved).run([...members, ...results, ...tangents])
    return solvedSystem(systemOf(own), [...members, ...results], change.map(neg))
  },
  // p̄ = −gₚᵀ gₓ⁻ᵀ x̄.
  pullback: (own, [, ...members], results, active, cotangents) => {
    const moved = active.map((i) => i - 1)
    const back = solvedSystem(transposedSystem(systemOf(own)), [...members, ...results], cotangents)
    return pulled(own.residual, moved).run([...members, ...results, ...back.map(neg)])
  },
  batch: (own, size, batched, members) => inTurn((each) => perform(implicitJ, own, each), size, batched, members),
}

/** A function of parameters and unknowns as a program of `[...members, ...x]`, with its members. */
export interface Closed {
  readonly program: Subprogram
  readonly members: Tensors
  readonly guess: Tensors
}

/** Closes `f`, whose result is `'like'` the unknowns, or a scalar. */
export const closedOver = <P, X>(
  name: string,
  f: (params: P, x: X) => unknown,
  result: 'like' | 'scalar',
  params: P,
  guess: X,
): Closed => {
  const { bodies, free } = closed<readonly [P, X], Tensors>(
    [
      (p, x) => {
        const y = tensorsIn(name, f(p, x))
        if (result === 'like')
          return alignedLeaves(`${name}: the result must be like the guess`, x, withShape(x, y, name))
        const [only] = y
        return y.length === 1 && only?.rank === 0
          ? [only]
          : raise('NotScalar', `${name}: expected a loss with a scalar result. Reduce it with sum or mean.`)
      },
    ],
    [params, guess],
    'hoisted',
  )
  const [p, x] = [tensorsIn(name, params), tensorsIn(name, guess)]
  const [body] = bodies
  if (body === undefined) return raise('InvalidArgument', `${name}: there is no function.`)
  const shapes = [...p, ...free, ...x].map(({ shape }) => shape)
  const unknown = p.length + free.length
  return {
    program: programOf(shapes, (all) =>
      body.program.run([...all.slice(0, p.length), ...all.slice(unknown), ...all.slice(p.length, unknown)]),
    ),
    members: [...p, ...free],
    guess: x,
  }
}

const withShape = <X>(x: X, y: Tensors, name: string): X =>
  y.length === tensorsIn(name, x).length
    ? withLeaves(x, y)
    : raise(
        'StructureMismatch',
        `${name}: expected ${tensorsIn(name, x).length} tensors like the guess, got ${y.length}.`,
      )

/** The gradient of a scalar program by its last inputs. */
export const gradientProgram = (loss: Subprogram, unknowns: number): Subprogram =>
  loss.derived('gradient', () => {
    const { inputs } = loss.program
    const places = Array.from({ length: unknowns }, (_, i) => inputs.length - unknowns + i)
    return programOf(inputs, (all) => cotangentsIn(loss, all, places, [ones([])]))
  })

/** The solution, NaN where the iteration does not converge. */
export const implicitly = <X>(equation: Equation, { members, guess }: Closed, like: X): X =>
  withLeaves(like, perform(implicitJ, equation, [packed(guess), ...members]))

/**
 * An iteration that did not converge, with the last iterate.
 *
 * @since 0.1.0
 */
export interface IterationFailure<X> {
  readonly _tag: 'NotConverged'
  readonly last: X
  readonly steps: number
  /** The size of the last step, relative to the iterate; for a linear system that of the residual. */
  readonly error: number
  readonly advice: string
}

/** The solution, or how far it came; for tensors with numbers. */
export const attempted = <X>(
  name: string,
  equation: Equation,
  { members, guess }: Closed,
  like: X,
  advice: string,
): E.Either<IterationFailure<X>, X> => {
  requireNumbers(name, [...members, ...guess])
  const { x, converged, steps, error } = equation.find(members, packed(guess), 'run')
  const last = withLeaves(like, unpacked(x, shapesIn(equation)))
  return converged ? E.right(last) : E.left({ _tag: 'NotConverged', last, steps, error, advice })
}

export const requireNumbers = (name: string, tensors: Tensors): void => {
  if (tensors.some((x) => x instanceof Traced))
    raise(
      'TracedRead',
      `${name}: whether an iteration converges is decided by numbers, which a transform does not show. Inside transforms use the ` +
        'function without try, which gives NaN where it does not converge.',
    )
}
