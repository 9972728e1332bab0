/** Memory for time: a function whose inside is forgotten and computed again when a backward sweep needs it. */
import { isTracing, Traced } from '../core/Trace.js'
import { withLeaves } from '../data/Tree.js'
import type { Subprogram } from '../program/Subprogram.js'
import { closed, tensorsIn } from './closure.js'
import { batchedProgram, pulled, pushed, resultShapes } from './derived.js'
import { type Joint, perform } from './Joint.js'

interface Call {
  readonly body: Subprogram
}

export const checkpointJ: Joint<Call> = {
  name: 'checkpoint',
  formula: 'f(x)',
  inert: 0,
  shapes: ({ body }) => resultShapes(body),
  run: ({ body }, members, engine) => body[engine](members),
  pushforward: ({ body }, members, _, active, tangents) =>
    perform(checkpointJ, { body: pushed(body, active) }, [...members, ...tangents]),
  pullback: ({ body }, members, _, active, cotangents) =>
    perform(checkpointJ, { body: pulled(body, active) }, [...members, ...cotangents]),
  batch: ({ body }, size, batched, members) =>
    perform(checkpointJ, { body: batchedProgram(body, size, batched) }, members),
}

/**
 * The same function, which a tape records as one operation: nothing inside it is kept for the backward sweep, which runs it
 * again instead.
 *
 *     checkpoint(f)(…x) = f(…x), bit for bit
 *
 * **Shapes** as for `f`, whose arguments and result are trees of tensors; values that `f` reads from outside are differentiated
 * too.
 *
 * **Cost** one more run of `f` for a gradient; memory for the arguments and the result alone. Eagerly, each call under a transform
 * stages `f`.
 *
 * **Fails** with a `Defect` when `f` reads the numbers of a value under a transform.
 *
 * **References** Griewank and Walther, *Evaluating Derivatives* (2008), ch. 12.
 *
 * @example
 * import { checkpoint, exp, grad, scalar, sin, toNumber, type Tensor } from 'gradus'
 * const f = checkpoint((x: Tensor) => exp(sin(x)))
 * toNumber(grad(f)(scalar(0))) // => 1
 *
 * @since 0.1.0
 */
export const checkpoint =
  <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y): ((...args: A) => Y) =>
  (...args) => {
    if (!isTracing()) return f(...args)
    const { bodies, free } = closed([f], args, 'captured')
    const members = [...tensorsIn('checkpoint', args), ...free]
    const [body] = bodies
    return body === undefined || !members.some((x) => x instanceof Traced)
      ? f(...args)
      : withLeaves(body.example, perform(checkpointJ, { body: body.program }, members))
  }
