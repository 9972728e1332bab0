/** Observers: what to remember of a run while it is walked, as values that combine and keep no state outside a walk. */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { raise } from '../data/Defect.js'
import type { Iterate } from './Optimizer.js'
import { type Stream, through } from './stream.js'

/**
 * Something that looks at elements and can say what it has seen. Looking gives another observer and leaves this one as it was.
 *
 * @since 0.1.0
 */
export interface Observer<A, Seen> {
  readonly see: (a: A) => Observer<A, Seen>
  readonly seen: () => Seen
}

/** An iterate of any run. */
type AnyIterate = Iterate<unknown, unknown>

/**
 * An observer from a memory, what an element makes of it, and what it says at last.
 *
 * @example
 * import { observer } from 'gradus/optimize'
 * const longest = observer<number, number, number>(0, (most, length) => Math.max(most, length), (most) => most)
 * longest.see(3).see(2).seen() // => 3
 *
 * @since 0.1.0
 */
export const observer = <M, A, Seen>(
  memory: M,
  see: (memory: M, a: A) => M,
  tell: (memory: M) => Seen,
): Observer<A, Seen> => ({
  see: (a) => observer(see(memory, a), see, tell),
  seen: () => tell(memory),
})

/** A list that grows at its end without being copied; it is written out when somebody asks. */
interface Chain<B> {
  readonly value: B
  readonly before: Chain<B> | null
}

const written = <B>(chain: Chain<B> | null): ReadonlyArray<B> =>
  [...RA.unfold(chain, (cell) => (cell === null ? O.none : O.some([cell.value, cell.before] as const)))].reverse()

const collecting = <A, B>(of: (a: A) => ReadonlyArray<B>): Observer<A, ReadonlyArray<B>> =>
  observer<Chain<B> | null, A, ReadonlyArray<B>>(
    null,
    (before, a) => of(a).reduce<Chain<B> | null>((chain, value) => ({ value, before: chain }), before),
    written,
  )

/**
 * Collects a function of each element, in order.
 *
 * @example
 * import { collect } from 'gradus/optimize'
 * collect((x: number) => x * x).see(2).see(3).seen() // => [4, 9]
 *
 * @since 0.1.0
 */
export const collect = <B, A = AnyIterate>(of: (a: A) => B): Observer<A, ReadonlyArray<B>> =>
  collecting((a: A) => [of(a)])

/**
 * Lines of a log, as data: writing them is the caller's. A line for every n-th step (1 by default), or those of a format of one's own.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, logLines, minimize, objective, stepsAtMost, takeUntil, tap } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * const { last } = pipe(tensor(1), run, tap({ log: logLines({ every: 2 }) }), takeUntil(stepsAtMost(3)))
 * last.observed.log // => ['step 0: value 1, gradient norm 2.00e+0', 'step 2: value 0.0625, gradient norm 5.00e-1']
 *
 * @since 0.1.0
 */
export const logLines = <A extends AnyIterate = AnyIterate>({
  every = 1,
  format = ({ step, value, gradientNorm }) =>
    `step ${step}: value ${value}, gradient norm ${gradientNorm.toExponential(2)}`,
}: {
  readonly every?: number
  readonly format?: (it: A) => string
} = {}): Observer<A, ReadonlyArray<string>> => measured('logLines', every, format)

const measured = <A extends AnyIterate, B>(
  name: string,
  every: number,
  of: (it: A) => B,
): Observer<A, ReadonlyArray<B>> =>
  Number.isInteger(every) && every > 0
    ? collecting((it: A) => (it.step % every === 0 ? [of(it)] : []))
    : raise('InvalidArgument', `${name}: expected every how many steps as an integer above 0, got ${every}.`)

/**
 * A measure of every n-th iterate with its step: a loss on the whole set or on other data, in between the minibatches of a run, which
 * does not notice.
 *
 * @example
 * import { square, tensor, type Tensor, toNumber } from 'gradus'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { evaluateEvery, gradientDescent, type Iterate, minimize, objective, stepsAtMost, takeUntil, tap } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * const at = evaluateEvery(2, ({ params }: Iterate<Tensor, null>) => toNumber(params))
 * pipe(tensor(1), run, tap({ at }), takeUntil(stepsAtMost(3))).last.observed.at // => [{ step: 0, value: 1 }, { step: 2, value: 0.25 }]
 *
 * @since 0.1.0
 */
export const evaluateEvery = <B, A extends AnyIterate = AnyIterate>(
  every: number,
  of: (it: A) => B,
): Observer<A, ReadonlyArray<{ readonly step: number; readonly value: B }>> =>
  measured('evaluateEvery', every, (it: A) => ({ step: it.step, value: of(it) }))

/**
 * Keeps the element of least value, the first of several; one whose value is NaN is none.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { keepBest } from 'gradus/optimize'
 * keepBest<{ readonly value: number }>().see({ value: 2 }).see({ value: 1 }).see({ value: 3 }).seen() // => O.some({ value: 1 })
 *
 * @since 0.1.0
 */
export const keepBest = <A extends { readonly value: number } = AnyIterate>(): Observer<A, O.Option<A>> =>
  observer<O.Option<A>, A, O.Option<A>>(
    O.none,
    (best, a) => (Number.isNaN(a.value) || (O.isSome(best) && best.value.value <= a.value) ? best : O.some(a)),
    (best) => best,
  )

/**
 * The time on the caller's clock since the first element, at each of them.
 *
 * @example
 * import { elapsed } from 'gradus/optimize'
 * elapsed(() => 5).see(null).see(null).seen() // => [0, 0]
 *
 * @since 0.1.0
 */
export const elapsed = (clock: () => number): Observer<unknown, ReadonlyArray<number>> =>
  observer<{ readonly first: number | null; readonly times: Chain<number> | null }, unknown, ReadonlyArray<number>>(
    { first: null, times: null },
    ({ first, times }) => {
      const now = clock()
      const begun = first ?? now
      return { first: begun, times: { value: now - begun, before: times } }
    },
    ({ times }) => written(times),
  )

/**
 * Observers of results that form a monoid are one: what both have seen, joined.
 *
 * @example
 * import * as RA from 'fp-ts/lib/ReadonlyArray.js'
 * import { collect, observerMonoid } from 'gradus/optimize'
 * const { concat } = observerMonoid<number, ReadonlyArray<number>>(RA.getMonoid<number>())
 * concat(collect((x: number) => x), collect((x: number) => -x)).see(1).see(2).seen() // => [1, 2, -1, -2]
 *
 * @since 0.1.0
 */
export const observerMonoid = <A, Seen>(monoid: Monoid<Seen>): Monoid<Observer<A, Seen>> => {
  const concat = (first: Observer<A, Seen>, then: Observer<A, Seen>): Observer<A, Seen> => ({
    see: (a) => concat(first.see(a), then.see(a)),
    seen: () => monoid.concat(first.seen(), then.seen()),
  })
  const empty: Observer<A, Seen> = { see: () => empty, seen: () => monoid.empty }
  return { empty, concat }
}

/**
 * What observers of these names have seen.
 *
 * @since 0.1.0
 */
export type Seen<R> = { readonly [K in keyof R]: R[K] extends Observer<never, infer B> ? B : never }

/** What observers must be shown: in a position that takes, several types become what is all of them. */
type Shown<R> = R[keyof R] extends Observer<infer A, unknown> ? A : never

type Named<A> = ReadonlyArray<readonly [string, Observer<A, unknown>]>

/**
 * Elements that carry what observers have seen so far, this one included, under their names. A second tap adds its names to those of the
 * first. What they have seen is written out only for an element of which it is asked.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { collect, gradientDescent, minimize, objective, stepsAtMost, takeUntil, tap } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * const { last } = pipe(tensor(1), run, tap({ values: collect(({ value }) => value) }), takeUntil(stepsAtMost(2)))
 * last.observed.values // => [1, 0.25, 0.0625]
 *
 * @since 0.1.0
 */
export const tap =
  // A bound of observers would be a context for their types, which are to come from themselves; Shown<R> lets nothing else pass.
    <R extends Readonly<Record<string, unknown>>>(observers: R) =>
    <A extends Shown<R> & object, End>(stream: Stream<A, End>): Stream<A & { readonly observed: Seen<R> }, End> => {
      const begun = Object.entries(observers) as Named<A>
      return through(stream, begun, (watching, a) => {
        const named = watching.map(([name, each]): Named<A>[number] => [name, each.see(a)])
        return { memory: named, given: [carrying<A, R>(a, named)] }
      })
    }

const carrying = <A extends object, R>(a: A, named: Named<A>): A & { readonly observed: Seen<R> } => ({
  ...a,
  get observed() {
    const before = 'observed' in a && typeof a.observed === 'object' ? a.observed : {}
    return { ...before, ...Object.fromEntries(named.map(([name, each]) => [name, each.seen()])) } as Seen<R>
  },
})
