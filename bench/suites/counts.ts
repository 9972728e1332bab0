/** What derivatives evaluate, by count. The same on every machine, so test/bench/counts.test.ts holds them to bounds. */
import { grad, hvp } from '../../src/index.js'
import { type Counts, watching } from '../count.js'
import { loss, network, type Point } from '../network.js'
import type { Figure, Part } from '../report.js'

export interface DerivativeCounts {
  readonly function: Counts
  readonly gradient: Counts
  /** Recording the gradient for products, and the first of them. */
  readonly once: Counts
  readonly replayed: Counts
}

export const derivativeCounts = (point: Point): DerivativeCounts =>
  watching(point, ([p, inputs, labels], count) => {
    const [, ofFunction] = count(() => loss(p, inputs, labels))
    const [v, ofGradient] = count(() => grad(loss)(p, inputs, labels))
    const [product, ofFirst] = count(() => {
      const made = hvp(loss)(p, inputs, labels)
      made(v)
      return made
    })
    const [, ofReplay] = count(() => product(v))
    return { function: ofFunction, gradient: ofGradient, once: ofFirst, replayed: ofReplay }
  })

const row = (name: string, found: DerivativeCounts, read: (counts: Counts) => number): Figure => ({
  _tag: 'Count',
  name,
  cells: [found.function, found.gradient, found.once, found.replayed].map((counts) => String(read(counts))),
})

const ofNetwork = (point: Point, title: string): Part => {
  return () => {
    const found = derivativeCounts(point)
    const names = [...new Set(Object.values(found).flatMap((counts: Counts) => [...counts.byName.keys()]))].sort()
    return {
      title,
      figures: [
        { _tag: 'Count', name: '', cells: ['function', 'gradient', 'hvp one-shot', 'hvp replayed'] },
        row('operations', found, ({ operations }) => operations),
        row('tensors with a buffer of their own', found, ({ tensors }) => tensors),
        row('entries written', found, ({ entries }) => entries),
        row('multiplications in matrix products', found, ({ multiplications }) => multiplications),
        ...names.map((name) => row(`  ${name}`, found, ({ byName }) => byName.get(name) ?? 0)),
      ],
    }
  }
}

export const counts = (): ReadonlyArray<Part> => [
  ofNetwork(network(100, 50, 10, 500), 'counts for a 100-50-10 network, 500 rows'),
]
