/** What threads gain: products, long loops and the derivatives of a network on one thread against two. */
import { raise } from '../../src/data/Defect.js'
import {
  add,
  compile,
  exp,
  grad,
  hvp,
  loadThreads,
  mul,
  normal,
  type Provider,
  provider,
  randomKey,
  showThreadsFailure,
  type Tensor,
  tanh,
  toFloat64Array,
  useProvider,
} from '../../src/index.js'
import { automatic } from '../../src/kernel/provider.js'
import { arena, arenaBase } from '../../src/kernel/wasm/arena.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { loss, network } from '../network.js'
import { type Figure, type Part, ratio, time } from '../report.js'

const under =
  (chosen: Provider, run: () => unknown): (() => unknown) =>
  () => {
    const before = provider()
    useProvider(chosen)
    const result = run()
    useProvider(before)
    return result
  }

type Case = readonly [name: string, make: () => () => unknown]

/** Each case is made once for each provider: a program that changes its threads is bound anew. */
const compared = (title: string, threads: Provider, cases: ReadonlyArray<Case>, effort: Effort): Part => {
  return () => ({
    title,
    figures: cases.flatMap(([name, make]): ReadonlyArray<Figure> => {
      const both = [automatic, threads].map((chosen) => under(chosen, make)())
      const [alone, shared] = both.map((run) => (typeof run === 'function' ? () => run() : undefined))
      if (alone === undefined || shared === undefined) return raise('InvalidArgument', 'bench: nothing to run.')
      const timings = interleave(
        { alone: { run: under(automatic, alone) }, shared: { run: under(threads, shared) } },
        effort,
      )
      return [
        ratio(`${name}: one thread / ${threads.name}`, ratiosOf(timings('alone'), timings('shared'))),
        time('  one thread', spreadOf(timings('alone'))),
        time(`  ${threads.name}`, spreadOf(timings('shared'))),
      ]
    }),
  })
}

/** A product of operands that are in the arena. */
const product = (m: number, k: number, n: number) => (): (() => unknown) => {
  const [a, b, c] = [0, m * k, m * k + k * n].map((at) => arenaBase + at)
  const memory = arena(arenaBase + m * k + k * n + m * n + 64)
  if (memory === undefined || a === undefined || b === undefined || c === undefined)
    return raise('InvalidArgument', 'bench: no arena.')
  memory.view.set(toFloat64Array(normal(randomKey(1), [m * k + k * n])), arenaBase)
  return () => memory.multiply(m, n, k, a, false, b, false, c)
}

/** A compiled function of one vector. */
const elementwise = (f: (x: Tensor) => Tensor, length: number) => (): (() => unknown) => {
  const [fast, x] = [compile(f), normal(randomKey(2), [length])]
  return () => fast(x)
}

const ofNetwork = (rows: number): ReadonlyArray<Case> => {
  const [p, inputs, labels] = network(784, 128, 10, rows)
  const v = grad(loss)(p, inputs, labels)
  return [
    [
      'gradient',
      () => {
        const fast = compile(grad(loss))
        return () => fast(p, inputs, labels)
      },
    ],
    [
      'hvp replayed',
      () => {
        const replay = compile(hvp(loss))(p, inputs, labels)
        return () => replay(v)
      },
    ],
  ]
}

const parts = (threads: Provider, effort: Effort): ReadonlyArray<Part> => [
  compared(
    'matrix products m×k·k×n in the memory of a program',
    threads,
    [
      [64, 64, 64],
      [128, 128, 128],
      [256, 256, 256],
      [512, 512, 512],
      [128, 784, 128],
    ].map(([m = 0, k = 0, n = 0]): Case => [`${m}×${k}·${k}×${n}`, product(m, k, n)]),
    effort,
  ),
  compared(
    'compiled elementwise functions, copies of results included',
    threads,
    [10_000, 100_000, 1_000_000].flatMap(
      (length): ReadonlyArray<Case> => [
        [`x + x·x, ${length}`, elementwise((x) => add(x, mul(x, x)), length)],
        [`tanh x·exp −x, ${length}`, elementwise((x) => mul(tanh(x), exp(mul(-1, x))), length)],
      ],
    ),
    effort,
  ),
  ...[128, 1000].map((rows) => compared(`a 784-128-10 network, ${rows} rows`, threads, ofNetwork(rows), effort)),
]

export const threads = (rounds: number): ReadonlyArray<Part> => {
  const two = loadThreads({ threads: 2 })
  return two._tag === 'Left'
    ? [() => ({ title: showThreadsFailure(two.left), figures: [] })]
    : parts(two.right, { rounds, seconds: 0.02, samples: 3 })
}
