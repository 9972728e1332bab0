/** Streams: lazy sequences that can be walked again and say how they ended, with the combinators that runs share with them. */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../data/Defect.js'

/**
 * Elements on demand, and at the end a value that says why there are no more. Walking it again gives the same elements: what a walk
 * remembers is its own.
 *
 * @since 0.1.0
 */
export interface Stream<A, End> {
  readonly [Symbol.iterator]: () => Iterator<A, End>
}

/**
 * The end of a stream that was cut short, or that had no more to give.
 *
 * @since 0.1.0
 */
export interface Exhausted {
  readonly _tag: 'Exhausted'
}

export const exhausted: Exhausted = { _tag: 'Exhausted' }

/** What a stage makes of an element: what it gives on, what it remembers, and an end if this is one. */
interface Turn<M, B, Stop> {
  readonly memory: M
  readonly given: ReadonlyArray<B>
  readonly ends?: Stop
}

/** Every stage that looks at elements one by one is a pure turn of a memory; only this generator keeps a place. */
export const staged = <A, End, M, B, Stop>(
  from: Stream<A, End>,
  memory: M,
  turn: (memory: M, a: A) => Turn<M, B, Stop>,
): Stream<B, End | Stop> => ({ [Symbol.iterator]: () => turning(from, memory, turn) })

function* turning<A, End, M, B, Stop>(
  from: Stream<A, End>,
  begun: M,
  turn: (memory: M, a: A) => Turn<M, B, Stop>,
): Generator<B, End | Stop> {
  const iterator = from[Symbol.iterator]()
  for (let memory = begun; ; ) {
    const next = iterator.next()
    if (next.done === true) return next.value
    const turned = turn(memory, next.value)
    yield* turned.given
    if (turned.ends !== undefined) return turned.ends
    memory = turned.memory
  }
}

/** A stage that never ends a stream by itself. */
export const through = <A, End, M, B>(
  from: Stream<A, End>,
  memory: M,
  turn: (memory: M, a: A) => Turn<M, B, never>,
): Stream<B, End> => staged(from, memory, turn)

const countOf = (combinator: string, least: number, n: number): number =>
  Number.isInteger(n) && n >= least
    ? n
    : raise('InvalidArgument', `${combinator}: expected an integer of ${least} or more, got ${n}.`)

const none: Stream<never, Exhausted> = { [Symbol.iterator]: () => ({ next: () => ({ done: true, value: exhausted }) }) }

/**
 * The first n elements. No further one is asked for.
 *
 *     take(m) ∘ take(n) = take(min(m, n)),   take(n) then drop(n) is all
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, take, toArray } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, take(3), toArray).map(({ value }) => value) // => [1, 0.25, 0.0625]
 *
 * @since 0.1.0
 */
export const take = (n: number): (<A, End>(stream: Stream<A, End>) => Stream<A, End | Exhausted>) => {
  const count = countOf('take', 0, n)
  return (stream) =>
    count === 0
      ? none
      : staged(stream, 1, (seen, a) =>
          seen === count ? { memory: seen, given: [a], ends: exhausted } : { memory: seen + 1, given: [a] },
        )
}

/**
 * The elements before the first that a predicate does not hold for. A predicate that compares with NaN does not hold.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, takeWhile, toArray } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, takeWhile(({ value }) => value > 0.1), toArray).length // => 2
 *
 * @since 0.1.0
 */
export const takeWhile =
  <A>(holds: (a: A) => boolean) =>
  <End>(stream: Stream<A, End>): Stream<A, End | Exhausted> =>
    staged(stream, null, (memory, a) => (holds(a) ? { memory, given: [a] } : { memory, given: [], ends: exhausted }))

/**
 * All but the first n elements, which are computed all the same.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { drop, gradientDescent, minimize, objective, take, toArray } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, drop(2), take(1), toArray).map(({ step }) => step) // => [2]
 *
 * @since 0.1.0
 */
export const drop = (n: number): (<A, End>(stream: Stream<A, End>) => Stream<A, End>) => {
  const count = countOf('drop', 0, n)
  return (stream) =>
    through(stream, 0, (seen, a) => (seen < count ? { memory: seen + 1, given: [] } : { memory: seen, given: [a] }))
}

/**
 * Every n-th iterate of a run by the number of its step, the start included: a run that is resumed shows the same ones.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { every, gradientDescent, minimize, objective } from 'gradus/optimize'
 * const run = pipe(tensor(1), minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x))), every(2))
 * const [, second] = run
 * second?.step // => 2
 *
 * @since 0.1.0
 */
export const every = (
  n: number,
): (<A extends { readonly step: number }, End>(stream: Stream<A, End>) => Stream<A, End>) => {
  const count = countOf('every', 1, n)
  return (stream) => through(stream, null, (memory, a) => ({ memory, given: a.step % count === 0 ? [a] : [] }))
}

/**
 * A function of each element.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, map, minimize, objective, take, toArray } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, map(({ value }) => value), take(2), toArray) // => [1, 0.25]
 *
 * @since 0.1.0
 */
export const map =
  <A, B>(f: (a: A) => B) =>
  <End>(stream: Stream<A, End>): Stream<B, End> =>
    through(stream, null, (memory, a) => ({ memory, given: [f(a)] }))

/**
 * A memory that takes in one element after the other; each of its states is an element.
 *
 *     bₖ = f(bₖ₋₁, aₖ)
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, scan, take, toArray } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, scan((sum, { value }) => sum + value, 0), take(2), toArray) // => [1, 1.25]
 *
 * @since 0.1.0
 */
export const scan =
  <A, B>(f: (before: B, a: A) => B, first: B) =>
  <End>(stream: Stream<A, End>): Stream<B, End> =>
    through(stream, first, (before, a) => {
      const next = f(before, a)
      return { memory: next, given: [next] }
    })

/**
 * Pairs of elements of two streams; the end is that of the one that ends first, the second at a tie.
 *
 * @example
 * import { square, tensor, type Tensor } from 'gradus'
 * import { adam, gradientDescent, minimize, objective, take, toArray, zip } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => square(x))
 * const one = minimize(gradientDescent({ learningRate: 0.25 }), loss)(tensor(1))
 * const other = minimize(adam({ learningRate: 0.5 }), loss)(tensor(1))
 * toArray(take(2)(zip(other)(one))).map(([a, b]) => a.step === b.step) // => [true, true]
 *
 * @since 0.1.0
 */
export const zip =
  <B, Other>(second: Stream<B, Other>) =>
  <A, End>(first: Stream<A, End>): Stream<readonly [A, B], End | Other> => ({
    [Symbol.iterator]: () => zipping(first, second),
  })

function* zipping<A, End, B, Other>(
  first: Stream<A, End>,
  second: Stream<B, Other>,
): Generator<readonly [A, B], End | Other> {
  const [left, right] = [first[Symbol.iterator](), second[Symbol.iterator]()]
  for (;;) {
    const a = left.next()
    if (a.done === true) return a.value
    const b = right.next()
    if (b.done === true) return b.value
    yield [a.value, b.value]
  }
}

/**
 * A stream, and after its end another that is made of its last element and its end: the next phase of a run, or a way out of a
 * failure. A stream without elements has no next phase.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { adam, andThen, drop, gradientDescent, handOver, minimize, objective, take, toArray } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => square(x))
 * const slow = handOver(gradientDescent({ learningRate: 0.1 }), loss)
 * const run = pipe(tensor(1), minimize(adam({ learningRate: 0.5 }), loss), take(3))
 * pipe(run, andThen((it) => drop(1)(slow(it))), take(5), toArray).map(({ step }) => step) // => [0, 1, 2, 3, 4]
 *
 * @since 0.1.0
 */
export const andThen =
  <A, End, B, Other>(next: (last: A, end: End) => Stream<B, Other>) =>
  (stream: Stream<A, End>): Stream<A | B, End | Other> => ({ [Symbol.iterator]: () => following(stream, next) })

function* following<A, End, B, Other>(
  stream: Stream<A, End>,
  next: (last: A, end: End) => Stream<B, Other>,
): Generator<A | B, End | Other> {
  const iterator = stream[Symbol.iterator]()
  const first = iterator.next()
  if (first.done === true) return first.value
  for (let last = first.value; ; ) {
    yield last
    const following = iterator.next()
    if (following.done === true) {
      const rest = next(last, following.value)[Symbol.iterator]()
      for (;;) {
        const element = rest.next()
        if (element.done === true) return element.value
        yield element.value
      }
    }
    last = following.value
  }
}

/** The last element and the end of a stream that ends. */
export const walked = <A, End>(stream: Stream<A, End>): { readonly last: A | undefined; readonly end: End } => {
  const iterator = stream[Symbol.iterator]()
  for (let last: A | undefined; ; ) {
    const next = iterator.next()
    if (next.done === true) return { last, end: next.value }
    last = next.value
  }
}

/**
 * The last element of a stream that ends; it does not say why it ended, as `takeUntil` does.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, last, map, minimize, objective, take } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, map(({ value }) => value), take(3), last) // => O.some(0.0625)
 *
 * @since 0.1.0
 */
export const last = <A>(stream: Stream<A, unknown>): O.Option<A> =>
  // An element may be undefined itself, so it is put into an Option before it is looked for.
  pipe(stream, map(O.some), walked, ({ last: found }) => found ?? O.none)

/**
 * All elements of a stream that ends.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, take, toArray } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, take(3), toArray).map(({ step }) => step) // => [0, 1, 2]
 *
 * @since 0.1.0
 */
export const toArray = <A>(stream: Stream<A, unknown>): ReadonlyArray<A> =>
  Array.from({ [Symbol.iterator]: () => stream[Symbol.iterator]() })
