/** Where a value that is not finite begins: the operation that makes it out of finite ones, forward or in the backward sweep. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  isTensor,
  type Loss,
  ones,
  type TapeEntry,
  type Tensor,
  tapeOf,
  toArray,
  toFloat64Array,
  treeLeaves,
  vjp,
} from '../src/index.js'

/**
 * The operation that makes the first value that is not finite, and how.
 *
 * @since 0.1.0
 */
export interface NonFinite {
  /** Whether a value is not finite, or a derivative where all values that count are. */
  readonly sweep: 'forward' | 'backward'
  readonly entry: TapeEntry
  readonly index: number
}

const countNonFinite = (x: Tensor): number => toFloat64Array(x).filter((entry) => !Number.isFinite(entry)).length

/**
 * Whether all entries of a tree are finite.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { isFiniteTree } from 'gradus/laws'
 * isFiniteTree({ w: tensor([1, NaN]) }) // => false
 *
 * @since 0.1.0
 */
export const isFiniteTree = (tree: unknown): boolean => treeLeaves(tree).every((leaf) => countNonFinite(leaf) === 0)

/** The tape of a loss with one more operation, whose input is the result: so it is known where that comes from. */
const tapeWithResult = <P>(
  loss: Loss<P>,
  p: P,
): { readonly tape: ReadonlyArray<TapeEntry>; readonly result: O.Option<number> } => {
  const tape = tapeOf((x: P) => add(loss(x), 0))(p)
  const source = tape[tape.length - 1]?.sources[0]
  return { tape, result: source?._tag === 'Operation' ? O.some(source.index) : O.none }
}

/** The operations whose result an operation takes, with the place of the input. */
const makersOf = ({ sources }: TapeEntry): ReadonlyArray<readonly [input: number, maker: number]> =>
  sources.flatMap((source, i) => (source._tag === 'Operation' ? [[i, source.index] as const] : []))

/** Whether an input that is not finite matters: with ones in its place, fewer entries of the result are not finite. */
const matters = ({ inputs, output, call }: TapeEntry, input: number): boolean => {
  const healed = E.tryCatch(() => call(inputs.map((x, i) => (i === input ? ones(x.shape) : x))), String)
  return E.isRight(healed) && countNonFinite(healed.right) < countNonFinite(output)
}

/** Upstream from a result that is not finite, past branches that were not taken, to the operation that began it. */
const origin = (tape: ReadonlyArray<TapeEntry>, index: number): O.Option<NonFinite> => {
  const entry = tape[index]
  if (entry === undefined) return O.none
  const from = makersOf(entry).find(
    ([input, maker]) => maker < index && !isFiniteTree(entry.inputs[input] ?? []) && matters(entry, input),
  )
  return from === undefined ? O.some({ sweep: 'forward', entry, index }) : origin(tape, from[1])
}

interface Sweep {
  readonly cotangents: ReadonlyMap<number, Tensor>
  readonly found: O.Option<NonFinite>
}

const swept = (tape: ReadonlyArray<TapeEntry>, result: number): O.Option<NonFinite> =>
  tape.slice(0, result + 1).reduceRight<Sweep>(
    (sweep, entry, index) => {
      const cotangent = sweep.cotangents.get(index)
      if (O.isSome(sweep.found) || cotangent === undefined) return sweep
      const terms = entry.sources.flatMap((source, i) => {
        const input = entry.inputs[i]
        if (source._tag === 'Constant' || entry.hasDerivative[i] !== true || input === undefined) return []
        const call = (x: Tensor): Tensor => entry.call(entry.inputs.map((other, j) => (i === j ? x : other)))
        return [{ source, term: vjp(call)(input)[1](cotangent) }]
      })
      return terms.some(({ term }) => !isFiniteTree(term))
        ? { ...sweep, found: O.some({ sweep: 'backward', entry, index }) }
        : {
            ...sweep,
            cotangents: terms.reduce<ReadonlyMap<number, Tensor>>((known, { source, term }) => {
              if (source._tag !== 'Operation') return known
              const before = known.get(source.index)
              return new Map([...known, [source.index, before === undefined ? term : add(before, term)]])
            }, sweep.cotangents),
          }
    },
    { cotangents: new Map([[result, ones([])]]), found: O.none },
  ).found

/**
 * The operation with which a value of the loss, or else an entry of its gradient, stops being finite. Branches that `where` does
 * not take may hold what they like: they are passed over.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { add, log, neg, scalar, square, type Tensor } from 'gradus'
 * import { firstNonFinite } from 'gradus/laws'
 * const found = firstNonFinite((x: Tensor) => add(1, log(neg(square(x)))))(scalar(2))
 * O.isSome(found) && found.value.entry.primitive // => 'log'
 *
 * @since 0.1.0
 */
export const firstNonFinite =
  <P>(loss: Loss<P>) =>
  (p: P): O.Option<NonFinite> => {
    const { tape, result } = tapeWithResult(loss, p)
    if (O.isNone(result)) return O.none
    const value = tape[result.value]?.output
    return value !== undefined && isTensor(value) && countNonFinite(value) > 0
      ? origin(tape, result.value)
      : swept(tape, result.value)
  }

/**
 * What happened, in words: the operation with its operands, which of value and derivative is not finite, and where it was called.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { log, scalar } from 'gradus'
 * import { firstNonFinite, showNonFinite } from 'gradus/laws'
 * const text = pipe(scalar(-1), firstNonFinite(log), O.map(showNonFinite), O.getOrElse(() => ''))
 * text.startsWith('log(-1) is NaN') // => true
 *
 * @since 0.1.0
 */
export const showNonFinite = ({ sweep, entry }: NonFinite): string => {
  const shown = (x: Tensor): string =>
    x.size <= 8
      ? JSON.stringify(toArray(x), (_, v) =>
          v === null || typeof v !== 'number' || Number.isFinite(v) ? v : String(v),
        ).replaceAll('"', '')
      : `${x.shape.join('×')} numbers`
  const call = `${entry.primitive}(${entry.inputs.map(shown).join(', ')})`
  const wrong = [...toFloat64Array(entry.output)].find((x) => !Number.isFinite(x))
  const what = sweep === 'forward' ? `is ${wrong}` : 'has a derivative that is not finite'
  return `${call} ${what}${O.isSome(entry.site) ? `, called at ${entry.site.value}` : ''}`
}
