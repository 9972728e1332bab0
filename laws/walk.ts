/** The first iterates of a run, what two of them must have in common to be the same, and how an optimizer is asked for one more. */
import * as E from 'fp-ts/lib/Either.js'
import type { Iterate, Stream } from '../src/optimize/index.js'

/** The first n + 1 elements of a run, fewer if it ends. */
export const iterates = <A>(run: Stream<A, unknown>, n: number): ReadonlyArray<A> => {
  const iterator = run[Symbol.iterator]()
  return Array.from({ length: n + 1 }, () => iterator.next()).flatMap((next) =>
    next.done === true ? [] : [next.value],
  )
}

/** What two runs must have in common to be the same run. */
export const essence = <P, S>(its: ReadonlyArray<Iterate<P, S>>): unknown =>
  its.map(({ step, params, state, value, work }) => [step, params, state, value, work])

/** Where runs went: their points and values, whatever they remember and cost. */
export const path = <P, S>(its: ReadonlyArray<Iterate<P, S>>): unknown =>
  its.map(({ step, params, value }) => [step, params, value])

/** The path of one more step, or the word for why it is not taken. */
export const reached = <P, S>(next: E.Either<{ readonly _tag: string }, Iterate<P, S>>): unknown =>
  E.isRight(next) ? path([next.right]) : next.left._tag
