/**
 * bench/peers/: gradus beside other systems, the same numbers in the same rounds. tasks.ts says what is computed, serve.ts and
 * serve.py are the loop of a peer, peer.ts starts it, compare.ts checks and times, results.ts prints, figure.ts draws;
 * hand/ is the limit, written by hand; setup.mjs installs peers.
 * Runs on compiled code, `npm run bench:peers`, or after a build
 * `node dist/bench/peers/main.js T2a T3 --rounds 5 --peers compiled,torch-1` for some tasks and peers.
 * May import: everything in src and the timing of bench/. Imported by nobody.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { compareTask, type Outcome } from './compare.js'
import { asSvg } from './figure.js'
import { peers } from './peer.js'
import { asJson, asMarkdown, type Circumstances } from './results.js'
import { tasks } from './tasks.js'

const load = (): string => (loadavg()[0] ?? 0).toFixed(1)

/** Where the results of a whole run are kept, and their picture. */
const [kept, picture] = ['bench/peers/results', 'docs/images/peers.svg']

const drawFrom = (out: string): void => {
  const svg = asSvg(JSON.parse(readFileSync(`${out}.json`, 'utf8')))
  if (svg !== undefined) writeFileSync(out === kept ? picture : `${out}.svg`, svg)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    peers: { type: 'string', default: peers.map(({ id }) => id).join() },
    out: { type: 'string' },
    redraw: { type: 'boolean', default: false },
  },
})
const [rounds, names] = [Number(values.rounds), values.peers.split(',')]
const known = [...tasks, ...peers].map(({ id }) => id)
const unknown = [...positionals, ...names].filter((name) => !known.includes(name))

if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`${unknown.join()}: expected tasks and --peers among ${known.join(', ')}, and --rounds 1 or more.`)
  process.exitCode = 2
} else if (values.redraw) {
  drawFrom(values.out ?? kept)
} else {
  const before = load()
  const chosen = peers.filter(({ id }) => names.includes(id))
  const outcomes: Array<Outcome> = []
  for (const task of tasks)
    if (positionals.length === 0 || positionals.includes(task.id))
      outcomes.push(await compareTask(task, chosen, { rounds, seconds: 0.02, samples: 3 }))
  const circumstances: Circumstances = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    node: process.version,
    load: `${before} before, ${load()} after`,
    command: ['node dist/bench/peers/main.js', ...process.argv.slice(2)].join(' '),
    rounds,
    versions: Object.assign({}, ...outcomes.map(({ versions }) => versions)),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  }
  const comparisons = outcomes.flatMap((outcome) => outcome.comparisons)
  const markdown = asMarkdown(circumstances, chosen, comparisons)
  console.log(markdown)
  // Only whole runs replace the figures that are kept, unless another place is named.
  const whole = positionals.length === 0 && chosen.length === peers.length
  const out = values.out ?? (whole ? kept : undefined)
  if (out !== undefined) {
    writeFileSync(`${out}.md`, markdown)
    writeFileSync(`${out}.json`, asJson(circumstances, comparisons))
    drawFrom(out)
  }
}
