/** The operations of a run as values: each can be called again at other inputs, and so be examined by itself. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Primitive, ruleOf } from '../core/Primitive.js'
import { bind, type Trace, Traced, withLevel } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, withLeaves } from '../data/Tree.js'
import { callSite } from './callSite.js'

/**
 * Where an input of an operation comes from: a leaf of the parameters by its path, an earlier operation of the tape, or
 * neither, and then it does not depend on the parameters.
 *
 * @since 0.1.0
 */
export type TapeSource =
  | { readonly _tag: 'Input'; readonly path: string }
  | { readonly _tag: 'Operation'; readonly index: number }
  | { readonly _tag: 'Constant' }

/**
 * One operation of a run, with its numbers, and as a function of its inputs.
 *
 * @since 0.1.0
 */
export interface TapeEntry {
  /** The name of its record. */
  readonly primitive: string
  /** TeX. */
  readonly formula: string
  readonly inputs: ReadonlyArray<Tensor>
  readonly sources: ReadonlyArray<TapeSource>
  /** Whether the record has a derivative with respect to each input. */
  readonly hasDerivative: ReadonlyArray<boolean>
  readonly output: Tensor
  /** Whether the result of the function holds it; of what no result needs, an operation may be left that nobody takes. */
  readonly isResult: boolean
  /** `file:line:column` of the call from outside the library, where the engine tells. */
  readonly site: O.Option<string>
  /** The operation at other inputs; every transform applies to it. */
  readonly call: (inputs: ReadonlyArray<Tensor>) => Tensor
}

class Watched extends Traced {
  constructor(
    readonly trace: Trace,
    readonly value: Tensor,
    readonly source: TapeSource,
  ) {
    super(value.shape)
  }
}

const constant: TapeSource = { _tag: 'Constant' }

const isWatched = (trace: Trace, x: Tensor): x is Watched => x instanceof Watched && x.trace === trace

/** Functions may return anything; only tensors in trees are results that can be followed. */
const tensorsIn = (result: unknown): ReadonlyArray<Tensor> =>
  E.getOrElse((): ReadonlyArray<Tensor> => [])(
    E.tryCatch(() => leavesOf('tapeOf', result).map(({ tensor }) => tensor), String),
  )

const watchingTrace = (level: number, entries: Array<Omit<TapeEntry, 'isResult'>>): Trace => {
  const trace: Trace = {
    level,
    transform: 'tapeOf',
    process: <Params>(primitive: Primitive<Params>, params: Params, given: ReadonlyArray<Tensor>): Tensor => {
      const inputs = given.map((input) => (isWatched(trace, input) ? input.value : input))
      const output = bind(primitive, params, inputs)
      entries.push({
        primitive: primitive.name,
        formula: primitive.formula,
        inputs,
        sources: given.map((input) => (isWatched(trace, input) ? input.source : constant)),
        hasDerivative: given.map((_, i) => ruleOf(primitive, i) !== undefined),
        output,
        site: O.fromNullable(callSite()),
        call: (others) => bind(primitive, params, others),
      })
      return new Watched(trace, output, { _tag: 'Operation', index: entries.length - 1 })
    },
  }
  return trace
}

/**
 * The operations that `f` applies to `p` and to what follows from it, in the order of their calls, those of transforms inside
 * `f` included. `explain` prints a tape; this is the same run as data.
 *
 * **Cost** one run of `f`, and a look at the stack for each operation.
 *
 * @example
 * import { exp, mul, scalar, tapeOf, toNumber, type Tensor } from 'gradus'
 * const tape = tapeOf((x: Tensor) => mul(x, exp(x)))(scalar(0))
 * tape.map(({ primitive }) => primitive) // => ['exp', 'mul']
 * tape[1]?.sources.map(({ _tag }) => _tag) // => ['Input', 'Operation']
 * tape.slice(0, 1).map(({ call }) => toNumber(call([scalar(1)]))) // ≈ [2.718281828459045]
 *
 * @since 0.1.0
 */
export const tapeOf =
  <P, R extends ReadonlyArray<unknown>>(f: (p: P, ...rest: R) => unknown) =>
  (p: P, ...rest: R): ReadonlyArray<TapeEntry> =>
    withLevel((level) => {
      const entries: Array<Omit<TapeEntry, 'isResult'>> = []
      const trace = watchingTrace(level, entries)
      const watched = leavesOf('tapeOf', p).map(
        ({ path, tensor }) => new Watched(trace, tensor, { _tag: 'Input', path }),
      )
      const results = new Set(
        tensorsIn(f(withLeaves(p, watched), ...rest)).flatMap((result) =>
          isWatched(trace, result) && result.source._tag === 'Operation' ? [result.source.index] : [],
        ),
      )
      return entries.map((entry, index) => ({ ...entry, isResult: results.has(index) }))
    })
