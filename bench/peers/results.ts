/** What a run has found, as markdown and as JSON. */
import { ratiosOf, type Spread, spreadOf } from '../measure.js'
import { showSeconds } from '../report.js'
import type { Comparison, Measured } from './compare.js'
import { goals } from './goals.js'
import type { Peer } from './peer.js'

export interface Circumstances {
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly load: string
  readonly command: string
  readonly rounds: number
  readonly versions: Readonly<Record<string, string>>
  readonly skipped: ReadonlyArray<string>
}

const digits = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 0.1 ? x.toPrecision(2) : x.toPrecision(1))

const showRatio = ({ median, low, high }: Spread): string => `**${digits(median)}** [${digits(low)}–${digits(high)}]`

const showTime = ({ median, low, high }: Spread): string =>
  `${showSeconds(median)} [${showSeconds(low)}–${showSeconds(high)}]`

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(' | ')} |`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n')

const byPeer = (
  peers: ReadonlyArray<Peer>,
  comparisons: ReadonlyArray<Comparison>,
  cell: (found: Measured, comparison: Comparison) => string,
): string =>
  table(
    ['', ...peers.map(({ name, precision }) => (precision === 'float32' ? `${name} (f32)` : name))],
    comparisons.map((comparison) => [
      `${comparison.task.id} ${comparison.quantity}`,
      ...peers.map(({ id }) => {
        const found = comparison.measured.find(({ peer }) => peer === id)
        return found === undefined ? '–' : cell(found, comparison)
      }),
    ]),
  )

const relativeTo =
  (unit: string) =>
  (found: Measured, { measured }: Comparison): string => {
    const one = measured.find(({ peer }) => peer === unit)
    return one === undefined ? '–' : found.peer === unit ? '1' : showRatio(ratiosOf(found.timing, one.timing))
  }

/** Each sentence once, with the tasks it holds for. */
const gathered = (skipped: ReadonlyArray<string>): ReadonlyArray<string> => {
  const parts = skipped.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
  const sentences = [...new Set(parts.map(([, sentence]) => sentence))]
  return sentences.map((sentence) => {
    const where = parts.flatMap(([task, each]) => (each === sentence ? [task] : []))
    return `- ${[...new Set(where)].join(', ')}: ${sentence}`
  })
}

/** Which of its ways a peer was timed with, and what each took when it chose. */
const showWay = ({ chosen }: Measured): string => {
  if (chosen === undefined) return '–'
  const others = Object.entries(chosen.seconds).filter(([way]) => way !== chosen.way)
  const own = chosen.seconds[chosen.way]
  const times = others.map(([way, seconds]) => `${way} ${showSeconds(seconds)}`)
  return `**${chosen.way}** ${own === undefined ? '' : showSeconds(own)} (${[...times, ...chosen.failed].join('; ')})`
}

const ways = (peers: ReadonlyArray<Peer>, comparisons: ReadonlyArray<Comparison>): ReadonlyArray<string> => {
  const choosers = peers.filter(({ id }) =>
    comparisons.some(({ measured }) => measured.some(({ peer, chosen }) => peer === id && chosen !== undefined)),
  )
  return choosers.length === 0
    ? []
    : ['## Ways that were chosen, by a short comparison before the rounds', byPeer(choosers, comparisons, showWay)]
}

export const asMarkdown = (
  { date, machine, node, load, command, rounds, versions, skipped }: Circumstances,
  peers: ReadonlyArray<Peer>,
  comparisons: ReadonlyArray<Comparison>,
): string =>
  [
    '# gradus beside its peers',
    `${date}, ${machine}, Node ${node}, load ${load}; \`${command}\`. Medians of ${rounds} interleaved rounds with their quartiles.`,
    `${peers.map(({ id, name }) => `${name}: ${versions[id] ?? 'missing'}`).join('; ')}.`,
    '`product`: a Hessian-vector product at a point seen before, `new product`: at one not seen before (jax-js and TensorFlow.js: both begin anew). f32: float32, which flatters. The exp of jax-js in float64 is accurate to about 1e-7. By hand: WebAssembly written for the network, results stay in its memory. Smaller is better.',
    [...new Set(comparisons.map(({ task }) => `- ${task.id}: ${task.title}`))].join('\n'),
    '## Relative to gradus compiled = 1',
    byPeer(peers, comparisons, relativeTo('compiled')),
    '## Relative to PyTorch on one thread = 1',
    byPeer(peers, comparisons, relativeTo('torch-1')),
    '## Times',
    byPeer(peers, comparisons, ({ timing }) => showTime(spreadOf(timing))),
    ...ways(peers, comparisons),
    '## First call: tracing and compiling',
    byPeer(peers, comparisons, ({ first }) => showSeconds(first)),
    '## Difference from gradus eager, relative to the largest entry',
    byPeer(peers, comparisons, ({ error }) => (error === 0 ? '0' : error.toExponential(0))),
    '## Goals',
    table(['figure', 'goal', 'found', ''], goals(comparisons)),
    '## Skipped',
    skipped.length === 0 ? 'Nothing.' : gathered(skipped).join('\n'),
    '',
  ].join('\n\n')

const rounded = (x: number): number => Number(x.toPrecision(4))

export const asJson = (circumstances: Circumstances, comparisons: ReadonlyArray<Comparison>): string =>
  `${JSON.stringify(
    {
      ...circumstances,
      skipped: gathered(circumstances.skipped).map((line) => line.slice(2)),
      comparisons: comparisons.map(({ task, quantity, measured }) => ({
        task: task.id,
        title: task.title,
        quantity,
        peers: Object.fromEntries(
          measured.map(({ peer, timing, error, first }) => [
            peer,
            { seconds: timing.map(rounded), first: rounded(first), error: rounded(error) },
          ]),
        ),
      })),
    },
    null,
    1,
  ).replace(/\[[\s\d.,e+-]*\]/g, (list) => list.replace(/\s+/g, ' '))}\n`
