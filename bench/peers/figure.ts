/** The picture of a run: how long a Hessian-vector product takes in other systems, in units of gradus compiled. */
import * as Plot from '@observablehq/plot'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { parseHTML } from 'linkedom'
import { raise } from '../../src/data/Defect.js'
import { ratiosOf } from '../measure.js'

/** What it reads of results.json. */
const Results = t.type({
  date: t.string,
  comparisons: t.array(
    t.type({
      task: t.string,
      quantity: t.string,
      peers: t.record(t.string, t.type({ seconds: t.array(t.number) })),
    }),
  ),
})

/** One symbol in a figure: its line within a task keeps systems apart that are about as fast. */
interface Series {
  readonly peer: string
  readonly name: string
  readonly color: string
  readonly symbol: Plot.SymbolType | Plot.SymbolImplementation
  readonly line: -1 | 0 | 1
}

/** A bar for the limit, which a dot of gradus may lie upon. */
const bar: Plot.SymbolImplementation = {
  draw: (context: { readonly rect: (x: number, y: number, width: number, height: number) => void }) => {
    context.rect(-1.6, -10, 3.2, 20)
  },
}

const series: ReadonlyArray<Series> = [
  { peer: 'compiled', name: 'gradus compiled', color: '#0072b2', symbol: 'circle', line: -1 },
  { peer: 'blas-1', name: 'gradus compiled, BLAS', color: '#0072b2', symbol: 'diamond', line: -1 },
  { peer: 'eager', name: 'gradus eager', color: '#6db3dd', symbol: 'square', line: -1 },
  { peer: 'hand', name: 'hand-written WebAssembly', color: '#1d2328', symbol: bar, line: -1 },
  { peer: 'torch-1', name: 'PyTorch', color: '#c25400', symbol: 'circle', line: 0 },
  { peer: 'jax-1', name: 'JAX jit', color: '#8e4585', symbol: 'diamond', line: 0 },
  { peer: 'jax-js', name: 'jax-js jit', color: '#00805b', symbol: 'circle', line: 1 },
  { peer: 'tfjs-wasm', name: 'TensorFlow.js wasm, float32', color: '#8a6d00', symbol: 'diamond', line: 1 },
  { peer: 'tfjs-cpu', name: 'TensorFlow.js cpu, float32', color: '#c9a227', symbol: 'square', line: 1 },
]

const rows: ReadonlyArray<readonly [task: string, quantity: string, name: string, size: string]> = [
  ['T1b', 'product', 'Rosenbrock function', '2 variables'],
  ['T2a', 'product', 'network 100-50-10', '500 rows'],
  ['T2b', 'product', 'network 100-50-10', '5,000 rows'],
  ['T3', 'product', 'network 784-128-10', '128 rows'],
  ['T4', 'product', 'deep autoencoder', '2.8 million weights'],
  ['T6', 'product', 'recurrent network', '50 steps'],
]

interface Dot extends Series {
  readonly row: number
  readonly ratio: number
}

const width = 900
const [left, right] = [214, 24]
const rowHeight = 62
const ink = '#1d2328'
const soft = '#59636e'

const showTick = (ratio: number): string => (ratio === 1 ? '1' : `${ratio}×`)

const elementOf = (options: Plot.PlotOptions): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const style = {
    ...{ background: 'none', color: ink, fontSize: '13px', overflow: 'visible' },
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif',
  }
  return Plot.plot({ width, style, ...options, document }).outerHTML
}

/** A drawing inside the picture. */
const placed = (svg: string, y: number): string => svg.replace('<svg', `<svg y="${y}"`)

const symbolMark = <A extends Series>(dots: ReadonlyArray<A>, x: (each: A) => number, y: (each: A) => number) =>
  Plot.dot(dots, {
    ...{ x, y, symbol: 'symbol', r: 5.5, strokeWidth: 1.2 },
    fill: (each: A) => each.color,
    stroke: () => '#ffffff',
  })

const scaled = { symbol: { type: 'identity' }, color: { type: 'identity' } } as const

/** Three columns, as the three lines of a task. */
const legend = (shown: ReadonlyArray<Series>): string => {
  const column = (each: Series): number => each.line + 1
  const depth = (each: Series): number => shown.filter(({ line }) => line === each.line).indexOf(each)
  return elementOf({
    ...scaled,
    ...{ height: 104, marginLeft: 30, marginRight: 60, marginTop: 12, marginBottom: 12 },
    x: { axis: null, domain: [0, 3], type: 'linear' },
    y: { axis: null, domain: [0, 3], reverse: true, type: 'linear' },
    marks: [
      symbolMark(shown, column, depth),
      Plot.text(shown, { x: column, y: depth, text: 'name', textAnchor: 'start', dx: 14, fontSize: 14 }),
    ],
  })
}

const chart = (dots: ReadonlyArray<Dot>, present: typeof rows): string => {
  const most = Math.max(100, ...dots.map(({ ratio }) => ratio))
  const ticks = [1, 10, 100, 1000].filter((tick) => tick <= most * 1.5)
  const at = (row: number): number => row
  return elementOf({
    ...scaled,
    ...{
      height: 40 + rowHeight * present.length,
      marginLeft: left,
      marginRight: right,
      marginTop: 4,
      marginBottom: 36,
    },
    x: { type: 'log', domain: [Math.min(0.2, ...dots.map(({ ratio }) => ratio * 0.9)), most * 1.25], axis: null },
    y: { type: 'linear', domain: [-0.5, present.length - 0.5], reverse: true, axis: null },
    marks: [
      Plot.ruleX(ticks, { stroke: '#dcdfe3' }),
      Plot.ruleY(
        present.slice(1).map((_, i) => i + 0.5),
        { stroke: '#dcdfe3', dx: 0 },
      ),
      Plot.ruleX([1], { stroke: '#0072b2', strokeWidth: 1.5, strokeDasharray: '4 3' }),
      // The last label would stand below the word at the end.
      Plot.text(
        ticks.filter((tick) => tick < most / 2),
        { x: (tick: number) => tick, text: showTick, frameAnchor: 'bottom', dy: 20, fill: soft },
      ),
      Plot.text(['← faster'], { frameAnchor: 'bottom-left', dy: 20, fill: soft }),
      Plot.text(['slower →'], { frameAnchor: 'bottom-right', dy: 20, fill: soft }),
      Plot.text(present, {
        ...{ x: null, y: (_, i: number) => at(i), text: ([, , name]) => name, fontSize: 14, fontWeight: 600 },
        ...{ frameAnchor: 'left', textAnchor: 'end', dx: -14, dy: -9 },
      }),
      Plot.text(present, {
        ...{ x: null, y: (_, i: number) => at(i), text: ([, , , size]) => size, fill: soft },
        ...{ frameAnchor: 'left', textAnchor: 'end', dx: -14, dy: 10 },
      }),
      // The first of the list come last, and lie above the others.
      symbolMark(
        [...dots].reverse(),
        ({ ratio }) => ratio,
        ({ row, line }) => row + 0.27 * line,
      ),
    ],
  })
}

/** results.json, parsed, as an SVG on a white card; undefined where it has no product of gradus compiled. */
export const asSvg = (json: unknown): string | undefined => {
  const found = Results.decode(json)
  if (E.isLeft(found)) return raise('InvalidArgument', 'bench: these are no results of a comparison of peers')
  const { comparisons, date } = found.right
  const present = rows.filter(([task, quantity]) =>
    comparisons.some((each) => each.task === task && each.quantity === quantity && each.peers.compiled !== undefined),
  )
  if (present.length === 0) return undefined
  const dots = present.flatMap(([task, quantity], row) => {
    const peers = comparisons.find((each) => each.task === task && each.quantity === quantity)?.peers ?? {}
    const unit = peers.compiled?.seconds ?? []
    return series.flatMap((each): ReadonlyArray<Dot> => {
      const seconds = peers[each.peer]?.seconds
      return seconds === undefined ? [] : [{ ...each, row, ratio: ratiosOf(seconds, unit).median }]
    })
  })
  const shown = series.filter(({ peer }) => dots.some((dot) => dot.peer === peer))
  const [head, key, body] = [64, 104, 40 + rowHeight * present.length]
  const height = head + key + body + 34
  const title = 'Time of a Hessian-vector product, gradus compiled = 1'
  const note = `One thread, Float64 unless said, at a point seen before; medians of interleaved rounds, ${date}. Logarithmic scale.`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif">`,
    `<rect width="${width}" height="${height}" rx="10" fill="#ffffff"/>`,
    `<text x="24" y="38" font-size="19" font-weight="700" fill="${ink}">${title}</text>`,
    placed(legend(shown), head - 8),
    placed(chart(dots, present), head + key - 4),
    `<text x="24" y="${height - 16}" font-size="12.5" fill="${soft}">${note}</text>`,
    '</svg>\n',
  ].join('\n')
}
