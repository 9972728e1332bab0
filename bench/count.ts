/**
 * Counts what a computation evaluates: an interpreter like those of transform/, at the bottom of all levels, which applies
 * every operation to the numbers and takes note of it. The counts depend on no machine.
 * Operations on constants alone (a cotangent of 1 spread over the rows, say) touch no counted tensor and are not seen.
 */
import { bind, type Trace, Traced, withLevel } from '../src/core/Trace.js'
import { periodOf, type Tensor } from '../src/data/Tensor.js'
import { treeMap } from '../src/index.js'
import { type Provider, provider, useProvider } from '../src/kernel/provider.js'

export interface Counts {
  /** Primitives evaluated. */
  readonly operations: number
  readonly byName: ReadonlyMap<string, number>
  /** Results with a buffer of their own: those of reshape, and most of spread, share that of their input. */
  readonly tensors: number
  /** The numbers in these buffers. */
  readonly entries: number
  /** Multiplications within matrix products. */
  readonly multiplications: number
}

type Event =
  | { readonly _tag: 'Operation'; readonly name: string; readonly entries: number }
  | { readonly _tag: 'Product'; readonly multiplications: number }

class Counted extends Traced {
  constructor(
    readonly trace: Trace,
    readonly plain: Tensor,
  ) {
    super(plain.shape)
  }
}

const countingTrace = (level: number, note: (event: Event) => void): Trace => {
  const trace: Trace = {
    level,
    transform: 'count',
    process: (primitive, params, inputs) => {
      const plain = inputs.map((input) => (input instanceof Counted ? input.plain : input))
      const output = bind(primitive, params, plain)
      const buffer = periodOf(output)
      const isFresh = plain.every((input) => periodOf(input) !== buffer)
      note({ _tag: 'Operation', name: primitive.name, entries: isFresh ? buffer.length : 0 })
      return new Counted(trace, output)
    },
  }
  return trace
}

const total = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, number) => sum + number, 0)

const summary = (events: ReadonlyArray<Event>): Counts => {
  const operations = events.flatMap((event) => (event._tag === 'Operation' ? [event] : []))
  const names = [...new Set(operations.map(({ name }) => name))].sort()
  return {
    operations: operations.length,
    byName: new Map(names.map((name) => [name, operations.filter((each) => each.name === name).length])),
    tensors: operations.filter(({ entries }) => entries > 0).length,
    entries: total(operations.map(({ entries }) => entries)),
    multiplications: total(events.flatMap((event) => (event._tag === 'Product' ? [event.multiplications] : []))),
  }
}

const countingProvider = (inner: Provider, note: (event: Event) => void): Provider => ({
  name: inner.name,
  matmul: (m, n, k, ...rest) => {
    note({ _tag: 'Product', multiplications: m * n * k })
    inner.matmul(m, n, k, ...rest)
  },
})

/** Runs `body` on a watched copy of `tree`; `count` tells what a part of it evaluates. */
export const watching = <P, A>(
  tree: P,
  body: (watched: P, count: <B>(part: () => B) => readonly [B, Counts]) => A,
): A => {
  const inner = provider()
  const events: Array<Event> = []
  const note = (event: Event): void => {
    events.push(event)
  }
  useProvider(countingProvider(inner, note))
  try {
    return withLevel((level) => {
      const trace = countingTrace(level, note)
      return body(treeMap((leaf) => new Counted(trace, leaf))(tree), (part) => {
        const before = events.length
        const result = part()
        return [result, summary(events.slice(before))]
      })
    })
  } finally {
    useProvider(inner)
  }
}
