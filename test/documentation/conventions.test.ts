/**
 * The table of conventions: what gradus says at kinks and singular points is computed here, what other systems say was computed
 * by them (test/golden/conventions), and the page holds both. `WRITE=1 npx vitest run test/documentation/conventions` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import {
  abs,
  acosh,
  asin,
  atan2,
  atanh,
  cbrt,
  clamp,
  cumprod,
  det,
  diag,
  digamma,
  div,
  elu,
  erfinv,
  floor,
  grad,
  greater,
  hypot,
  lgamma,
  log,
  log1p,
  logSumExp,
  max,
  maximum,
  median,
  norm,
  pow,
  prod,
  reciprocal,
  relu,
  remainder,
  reshape,
  round,
  scalar,
  sigmoid,
  sign,
  sinc,
  slice,
  softplus,
  sort,
  sqrt,
  square,
  stack,
  std,
  sum,
  type Tensor,
  tanh,
  toNumber,
  where,
  xlogy,
} from 'gradus'
import { describe, expect, it } from 'vitest'

type F = (x: Tensor) => Tensor

const c = scalar

const entry = (x: Tensor, i: number): Tensor => sum(slice(x, [i], [i + 1]))

const masked =
  (f: F): F =>
  (x) =>
    where(greater(x, 0), f(x), 0)

type Cell = number | 'NaN' | '∞' | '-∞'

/** The expression, its point, and the value with its first and second derivative: what the library promises. */
const promises: ReadonlyArray<readonly [string, F, number, readonly [Cell, Cell, Cell]]> = [
  ['abs(x)', abs, 0, [0, 0, 0]],
  ['relu(x)', relu, 0, [0, 0, 0]],
  ['elu(x)', (x) => elu(x), 0, [0, 1, 1]],
  ['maximum(x, 0)', (x) => maximum(x, 0), 0, [0, 0.5, 0]],
  ['maximum(x, x)', (x) => maximum(x, x), 1, [1, 1, 0]],
  ['max([x, 1])', (x) => max(stack([x, c(1)])), 1, [1, 0.5, 0]],
  ['clamp(x, -1, 1)', (x) => clamp(x, -1, 1), 1, [1, 0.5, 0]],
  ['sign(x)', sign, 0, [0, 0, 0]],
  ['floor(x)', floor, 1, [1, 0, 0]],
  ['round(x)', round, 2.5, [2, 0, 0]],
  ['remainder(x, 1)', (x) => remainder(x, 1), 1, [0, 1, 0]],
  ['sqrt(x)', sqrt, 0, [0, '∞', '-∞']],
  ['cbrt(x)', cbrt, 0, [0, '∞', 0]],
  ['log(x)', log, 0, ['-∞', '∞', '-∞']],
  ['1/x', reciprocal, 0, ['∞', '-∞', '∞']],
  ['x^0', (x) => pow(x, 0), 0, [1, 0, 0]],
  ['x^1', (x) => pow(x, 1), 0, [0, 1, 0]],
  ['x^2', (x) => pow(x, 2), 0, [0, 0, 2]],
  ['x^3, x < 0', (x) => pow(x, 3), -2, [-8, 12, -12]],
  ['x^0.5', (x) => pow(x, 0.5), 0, [0, '∞', '-∞']],
  ['0^x', (x) => pow(c(0), x), 2, [0, 0, 0]],
  ['x^x', (x) => pow(x, x), 0, [1, '-∞', '∞']],
  ['norm([x, 0])', (x) => norm(stack([x, c(0)])), 0, [0, 0, '∞']],
  ['norm([x, 3])', (x) => norm(stack([x, c(3)])), 0, [3, 0, 1 / 3]],
  ['hypot(x, 0)', (x) => hypot(x, 0), 0, [0, 0, 'NaN']],
  ['atan2(x, 0)', (x) => atan2(x, 0), 0, [0, 'NaN', 'NaN']],
  ['std([x, 1])', (x) => std(stack([x, c(1)])), 1, [0, 0, 'NaN']],
  ['prod([x, 0, 3])', (x) => prod(stack([x, c(0), c(3)])), 2, [0, 0, 0]],
  ['prod([x, x, 3])', (x) => prod(stack([x, x, c(3)])), 0, [0, 0, 6]],
  ['cumprod([x, x, 3]), last', (x) => entry(cumprod(stack([x, x, c(3)])), 2), 0, [0, 0, 6]],
  ['where(x > 0, log x, 0)', masked(log), 0, [0, 0, 0]],
  ['where(x > 0, sqrt x, 0)', masked(sqrt), 0, [0, 0, 0]],
  ['where(x > 0, x/x², 0)', masked((x) => div(x, square(x))), 0, [0, 0, 0]],
  ['logSumExp([x, -∞])', (x) => logSumExp(stack([x, c(-Infinity)])), -Infinity, ['-∞', 0, 0]],
  ['logSumExp([x, x])', (x) => logSumExp(stack([x, x])), 1000, [1000.6931471805599, 1, 0]],
  ['softplus(x), far right', softplus, 1000, [1000, 1, 0]],
  ['softplus(x), far left', softplus, -1000, [0, 0, 0]],
  ['sigmoid(x), far left', sigmoid, -700, [9.85967654375977e-305, 9.85967654375977e-305, 9.85967654375977e-305]],
  ['tanh(x), far right', tanh, 20, [1, 1.6993417021166355e-17, -3.398683404233271e-17]],
  ['log1p(x)', log1p, -1, ['-∞', '∞', '-∞']],
  ['asin(x)', asin, 1, [Math.PI / 2, '∞', '∞']],
  ['acosh(x)', acosh, 1, [0, '∞', '-∞']],
  ['atanh(x)', atanh, 1, ['∞', '∞', '∞']],
  ['sinc(x)', sinc, 0, [1, 0, -(Math.PI ** 2) / 3]],
  ['xlogy(x, x)', (x) => xlogy(x, x), 0, [0, 0, 0]],
  ['erfinv(x)', erfinv, 1, ['∞', '∞', '∞']],
  ['lgamma(x)', lgamma, 0, ['∞', '-∞', '∞']],
  ['digamma(x)', digamma, 1.4616321449683622, [-9.241265521729427e-17, 0.9676722454476213, -0.8855263379671836]],
  ['det([[x, 0], [0, 0]])', (x) => det(reshape(stack([x, c(0), c(0), c(0)]), [2, 2])), 0, [0, 0, 0]],
  ['det(diag(x, x))', (x) => det(diag(stack([x, x]))), 0, [0, 0, 2]],
  ['sort([x, 1]), first', (x) => entry(sort(stack([x, c(1)])), 0), 1, [1, 1, 0]],
  ['median([x, 1, 1])', (x) => median(stack([x, c(1), c(1)])), 1, [1, 0, 0]],
]

const cellOf = (y: number): Cell => (Number.isFinite(y) ? y : Number.isNaN(y) ? 'NaN' : y > 0 ? '∞' : '-∞')

const attempt = (f: () => number): Cell => cellOf(f())

const ours = (f: F, x: number): ReadonlyArray<Cell> => [
  attempt(() => toNumber(f(c(x)))),
  attempt(() => toNumber(grad(f)(c(x)))),
  attempt(() => toNumber(grad(grad(f))(c(x)))),
]

type PeerCell = number | string

interface Peer {
  readonly system: string
  readonly version: string
  readonly cells: Readonly<Record<string, ReadonlyArray<PeerCell>>>
}

const peers: ReadonlyArray<Peer> = JSON.parse(
  readFileSync(new URL('../golden/conventions/cells.json', import.meta.url), 'utf8'),
)

const shown = (cell: PeerCell): string =>
  typeof cell === 'number'
    ? String(Number(cell.toPrecision(4)) + 0).replace('-', '−')
    : cell.startsWith('error')
      ? 'error'
      : cell.replace('-', '−')

const isSame = (a: PeerCell, b: PeerCell): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b)) || Math.max(Math.abs(a), Math.abs(b)) < 1e-15
    : a === b

/** The three cells of a peer; those that differ from ours are bold. */
const row = (mine: ReadonlyArray<Cell>, theirs: ReadonlyArray<PeerCell> | undefined): string =>
  theirs === undefined
    ? '–'
    : theirs.map((cell, i) => (isSame(cell, mine[i] ?? 'NaN') ? shown(cell) : `**${shown(cell)}**`)).join(', ')

const table = (): string =>
  [
    `| expression | at x = | gradus | ${peers.map(({ system, version }) => `${system} ${version.replace(/\+.*/, '')}`).join(' | ')} |`,
    `|---|--:|---|${peers.map(() => '---').join('|')}|`,
    ...promises.map(
      ([name, , x, cells]) =>
        `| \`${name}\` | ${shown(cellOf(x))} | ${cells.map(shown).join(', ')} | ${peers.map((peer) => row(cells, peer.cells[name])).join(' | ')} |`,
    ),
  ].join('\n')

const page = new URL('../../docs/guide/conventions.md', import.meta.url)

const between = (text: string, replacement: string): string =>
  text.replace(
    /(<!-- cells -->\n)[\s\S]*?(\n<!-- end of cells -->)/,
    (_, from: string, to: string) => `${from}${replacement}${to}`,
  )

describe('the table of conventions', () => {
  it.each(promises.map(([name, f, x, cells]) => ({ name, f, x, cells })))('$name at $x', ({ f, x, cells }) => {
    const found = ours(f, x)
    found.forEach((cell, i) => {
      const promised = cells[i] ?? 'NaN'
      // Ours are promised to all digits, up to a few roundings.
      if (typeof cell === 'number' && typeof promised === 'number')
        expect(Math.abs(cell - promised)).toBeLessThanOrEqual(1e-14 * Math.abs(promised) + (promised === 0 ? 0 : 1e-18))
      else expect(found).toEqual(cells)
    })
  })

  it('names the same expressions as the peers', () => {
    const names = promises.map(([name]) => name)
    expect(peers.map(({ system }) => system)).toEqual(['JAX', 'PyTorch', 'TensorFlow.js', 'jax-js'])
    peers.forEach(({ cells }) => expect(Object.keys(cells).filter((name) => !names.includes(name))).toEqual([]))
    expect(Object.keys(peers[0]?.cells ?? {})).toEqual(names)
  })

  it('stands on the page', () => {
    const text = readFileSync(page, 'utf8')
    const wanted = between(text, table())
    if (process.env.WRITE === '1') writeFileSync(page, wanted)
    else expect(text).toBe(wanted)
  })
})
