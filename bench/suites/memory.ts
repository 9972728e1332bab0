/** Whether memory stays: resident and on the heap during a long run of compiled steps. What a step allocates is counted by a test. */
import { minimize, momentum, objective } from '../../src/optimize/index.js'
import { loss, network, type Parameters } from '../network.js'
import type { Part } from '../report.js'

const STEPS = 20_000

/**
 * Steps after which memory is looked at. The first compile, V8 optimizes during the first thousands, and its young generation grows up
 * to the ten-thousandth: it is from there on that memory has to stay.
 */
const looks = [10, 2500, 5000, 10_000, 12_500, 15_000, STEPS]

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

export const memory = (): ReadonlyArray<Part> => [
  () => {
    const [p, inputs, labels] = network(100, 50, 10, 32)
    const run = minimize(
      momentum({ learningRate: 0.01 }),
      objective((q: Parameters) => loss(q, inputs, labels), { compilation: 'always' }),
    )(p)
    const steps = run[Symbol.iterator]()
    const found = looks.map((step, i) => {
      for (let at = i === 0 ? 0 : (looks[i - 1] ?? 0); at < step; at++) steps.next()
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
      return { rss, heapUsed, arrayBuffers }
    })
    return {
      title: `memory over ${STEPS} compiled momentum steps, a 100-50-10 network, 32 rows`,
      figures: [
        { _tag: 'Count', name: 'after steps', cells: looks.map(String) },
        { _tag: 'Count', name: 'resident', cells: found.map(({ rss }) => mebibytes(rss)) },
        { _tag: 'Count', name: 'heap', cells: found.map(({ heapUsed }) => mebibytes(heapUsed)) },
        { _tag: 'Count', name: 'array buffers', cells: found.map(({ arrayBuffers }) => mebibytes(arrayBuffers)) },
      ],
    }
  },
]
