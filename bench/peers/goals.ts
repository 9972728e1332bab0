/** The promises of the project about its place among peers, held against what a run has found. */
import { ratiosOf, spreadOf } from '../measure.js'
import { showSeconds } from '../report.js'
import type { Comparison, Measured } from './compare.js'
import type { Quantity } from './tasks.js'

type Row = ReadonlyArray<string>

const holds = (found: number, bound: number, is: 'most' | 'least'): string =>
  (is === 'most' ? found <= bound : found >= bound) ? 'holds' : 'MISSED'

const ratioRow = (
  name: string,
  over: Measured | undefined,
  under: Measured | undefined,
  bound: number,
  is: 'most' | 'least' = 'most',
): ReadonlyArray<Row> => {
  if (over === undefined || under === undefined) return []
  const { median } = ratiosOf(over.timing, under.timing)
  return [[name, `${is === 'most' ? '≤' : '≥'} ${bound}`, median.toPrecision(3), holds(median, bound, is)]]
}

const secondsRow = (name: string, seconds: number | undefined, bound: number): ReadonlyArray<Row> =>
  seconds === undefined ? [] : [[name, `≤ ${showSeconds(bound)}`, showSeconds(seconds), holds(seconds, bound, 'most')]]

const finder =
  (comparisons: ReadonlyArray<Comparison>) =>
  (id: string, quantity: Quantity, peer: string): Measured | undefined =>
    comparisons
      .find((each) => each.task.id === id && each.quantity === quantity)
      ?.measured.find((each) => each.peer === peer)

const median = (found: Measured | undefined): number | undefined =>
  found === undefined ? undefined : spreadOf(found.timing).median

/** The fastest of several peers, where one of them took part. */
const fastest = (candidates: ReadonlyArray<Measured | undefined>): Measured | undefined =>
  candidates.reduce((best, each) => ((median(each) ?? Infinity) < (median(best) ?? Infinity) ? each : best), undefined)

const networks = ['T2a', 'T2b', 'T3', 'T4', 'T6']

/** Rows of figure, goal, what was found, and whether it holds. */
export const goals = (comparisons: ReadonlyArray<Comparison>): ReadonlyArray<Row> => {
  const find = finder(comparisons)
  const mine = (id: string, quantity: Quantity): Measured | undefined => find(id, quantity, 'compiled')
  return [
    ...networks.flatMap((id) =>
      ratioRow(
        `${id} product / PyTorch, 1 thread`,
        mine(id, 'product'),
        find(id, 'product', 'torch-1'),
        id === 'T4' ? 3 : 1.5,
      ),
    ),
    ...networks.flatMap((id) =>
      (['product', 'new product'] as const).flatMap((quantity) =>
        ratioRow(`${id} ${quantity} / by hand`, mine(id, quantity), find(id, quantity, 'hand'), 1.2),
      ),
    ),
    ...networks.flatMap((id) =>
      ['1', '2'].flatMap((threads) =>
        [['torch', 0.7] as const, ['jax', 1] as const].flatMap(([peer, bound]) =>
          ratioRow(
            `${id} product with BLAS / ${peer}, threads: ${threads}`,
            find(id, 'product', `blas-${threads}`),
            find(id, 'product', `${peer}-${threads}`),
            bound,
          ),
        ),
      ),
    ),
    ...networks.flatMap((id) =>
      ratioRow(
        `${id} fastest JavaScript peer / product`,
        fastest(['jax-js', 'tfjs-wasm', 'tfjs-cpu'].map((peer) => find(id, 'product', peer))),
        mine(id, 'product'),
        10,
        'least',
      ),
    ),
    ...networks.flatMap((id) =>
      ratioRow(
        `${id} fastest JavaScript peer / product with BLAS`,
        fastest(['jax-js', 'tfjs-wasm', 'tfjs-cpu'].map((peer) => find(id, 'product', peer))),
        find(id, 'product', 'blas-1'),
        20,
        'least',
      ),
    ),
    ...['T1a', 'T1b'].flatMap((id) => [
      ...secondsRow(`${id} gradient`, median(mine(id, 'gradient')), 0.5e-6),
      ...secondsRow(`${id} product`, median(mine(id, 'product')), 0.5e-6),
    ]),
    ...networks.flatMap((id) => [
      ...ratioRow(`${id} product / gradient`, mine(id, 'product'), mine(id, 'gradient'), 1.5),
      ...ratioRow(`${id} gradient / function`, mine(id, 'gradient'), mine(id, 'function'), 3),
    ]),
    ...['torch-1', 'jax-1'].flatMap((peer) =>
      ratioRow(`T5 Hessian / ${peer}`, mine('T5', 'hessian'), find('T5', 'hessian', peer), 0.5),
    ),
    ...secondsRow('T2a gradient, first call', mine('T2a', 'gradient')?.first, 0.05),
    ...secondsRow('T2a product, first call', mine('T2a', 'product')?.first, 0.05),
    ...secondsRow('T6 gradient, first call', mine('T6', 'gradient')?.first, 0.3),
    ...secondsRow('T6 product, first call', mine('T6', 'product')?.first, 0.3),
  ]
}
