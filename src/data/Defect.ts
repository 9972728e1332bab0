/**
 * What a programmer got wrong, and `ThreadLost`, which the machine did; closed, so that a handler can be exhaustive.
 *
 * @since 0.1.0
 */
export type DefectTag =
  | 'ShapeMismatch'
  | 'InvalidShape'
  | 'InvalidAxis'
  | 'InvalidArgument'
  | 'NotScalar'
  | 'NotATree'
  | 'StructureMismatch'
  | 'EscapedTrace'
  | 'TracedRead'
  | 'ThreadLost'

/**
 * The one class that operations throw: a mistake in the program (mismatched shapes, a traced value that escaped),
 * told with the numbers involved and with what to try. Expected failures are never thrown; they are `Either` values.
 *
 * @example
 * import { add, zeros } from 'gradus'
 * add(zeros([2]), zeros([3])) // throws do not broadcast
 *
 * @since 0.1.0
 */
export class Defect extends Error {
  override readonly name = 'Defect'

  constructor(
    readonly _tag: DefectTag,
    message: string,
  ) {
    super(message)
  }
}

/** Throws a `Defect`; an expression, so that it can stand in a conditional. */
export const raise = (tag: DefectTag, message: string): never => {
  throw new Defect(tag, message)
}

/** What everybody meets who branches by a value inside a transform. */
export const readWhileTraced = (value: string, transform: string): never =>
  raise(
    'TracedRead',
    `the numbers of ${value} are being differentiated or batched by ${transform} and cannot be read inside it. ` +
      'Use where(…) or cond(…) for a choice by value, scan(…) or whileLoop(…) for a loop, stopGradient(x) ' +
      'for a constant, or read after the transform.',
  )
