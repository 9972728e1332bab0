/**
 * bench/: what the library costs, as ratios that hold on other machines too, and as counts that hold on all of them.
 * measure.ts times, report.ts prints, suites/ say what is compared; README.md has the method and the last figures.
 * Runs on compiled code, `npm run bench`, or after a build `node dist/bench/main.js hessian kernels --rounds 5`.
 * May import: everything in src, since it also measures what is not public. Imported by nobody but its tests.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { provider } from '../src/kernel/provider.js'
import { type Part, showSection } from './report.js'
import { compiled } from './suites/compiled.js'
import { counts } from './suites/counts.js'
import { derivatives } from './suites/derivatives.js'
import { eager } from './suites/eager.js'
import { hessian } from './suites/hessian.js'
import { kernels } from './suites/kernels.js'
import { memory } from './suites/memory.js'
import { newton } from './suites/newton.js'
import { profile } from './suites/profile.js'
import { scaling } from './suites/scaling.js'
import { sparse } from './suites/sparse.js'
import { steps } from './suites/steps.js'
import { threads } from './suites/threads.js'
import { walks } from './suites/walks.js'

const suites: ReadonlyMap<string, (rounds: number) => ReadonlyArray<Part>> = new Map([
  ['eager', eager],
  ['derivatives', derivatives],
  ['compiled', compiled],
  ['hessian', hessian],
  ['newton', newton],
  ['sparse', sparse],
  ['steps', steps],
  ['kernels', kernels],
  ['threads', threads],
  ['walks', walks],
  ['scaling', scaling],
  ['memory', memory],
  ['profile', profile],
  ['counts', counts],
])

const load = (): string => `load ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '15' } },
})
const rounds = Number(values.rounds)
const unknown = positionals.filter((name) => !suites.has(name))

if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`expected suites among ${[...suites.keys()].join(', ')} and --rounds 1 or more.`)
  process.exitCode = 2
} else {
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, node ${process.version}, kernels: ${provider().name}, ${load()}`,
  )
  console.log(`medians of ${rounds} interleaved rounds (hessian and eigen: half as many) with their quartiles`)
  for (const [name, suite] of suites)
    if (positionals.length === 0 || positionals.includes(name))
      for (const part of suite(rounds)) console.log(showSection(part()))
  console.log(`\n${load()} at the end`)
}
