/**
 * The page of test problems: every contender on every problem of Moré, Garbow and Hillstrom, beside SciPy's optimizers.
 * `WRITE=1 npx vitest run test/documentation/problems` runs all races again, and writes their results and the page; with `WRITE=page`
 * only the page is written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gradientEquivalents } from 'gradus/optimize'
import { mghProblems, problemOfDimension } from 'gradus/problem'
import { expect, it } from 'vitest'
import { contenders } from '../../src/experiment/contenders.js'
import { performanceProfile, shareWithin } from '../../src/experiment/profile.js'
import { type CauseName, causes, causesOf, type Explanations, type Failure, isFailure } from './failures.js'
import { type Row, run } from './races.js'

const golden = (file: string): URL => new URL(`../golden/problems/${file}`, import.meta.url)

const stored = (): ReadonlyArray<Row> => JSON.parse(readFileSync(golden('race.json'), 'utf8'))

interface PeerRun {
  readonly name: string
  readonly dimension: number
  readonly method: string
  readonly reached: { readonly minimum: number; readonly global: boolean } | null
  readonly best: number | null
  readonly work: { readonly evaluations: number; readonly gradients: number; readonly products: number }
  readonly spent: boolean
  readonly says: string | null
}

const peers: {
  readonly source: string
  readonly methods: ReadonlyArray<string>
  readonly runs: ReadonlyArray<PeerRun>
} = JSON.parse(readFileSync(golden('scipy.json'), 'utf8'))

const peerRows: ReadonlyArray<Row> = peers.runs.map(({ name, dimension, method, reached, best, work, spent }) => ({
  problem: name,
  dimension,
  solver: method,
  ending: reached !== null ? 'Reached' : spent ? 'Spent' : 'Stopped',
  isGlobal: reached?.global ?? false,
  steps: null,
  ...work,
  solves: null,
  value: best,
}))

const explanations: Explanations = JSON.parse(readFileSync(golden('failures.json'), 'utf8'))

const sentenceOf = (row: Failure): string =>
  causesOf(explanations, row)
    .map((name) => causes[name].sentence(row))
    .join(' ')

/** What a peer says where it did not reach a minimum. */
const peerSentence = ({ says, best }: PeerRun): string => {
  const lowest = best === null ? 'no finite value' : `f = ${best.toPrecision(3)}`
  return says === null
    ? `The budget ends; the lowest it has seen is ${lowest}.`
    : `It says: ${says.replace(/\s+/g, ' ').replace(/\.$/, '')}. The lowest it has seen is ${lowest}.`
}

const cost = (row: Row): number => (row.ending === 'Reached' ? gradientEquivalents(row) : Infinity)

const titles = new Map(contenders.map(({ name, title }) => [name, title]))

const shown = (solver: string): string => titles.get(solver) ?? `SciPy ${solver}`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => [
  `| ${head.join(' | ')} |`,
  `|${head.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
]

const whole = (value: number): string => (Number.isFinite(value) ? String(Math.round(value)) : '')

const words: Readonly<Record<string, string>> = {
  Stationary: 'critical point',
  Spent: 'spent',
  Stopped: 'stopped',
}

const cell = (row: Row | undefined): string => {
  if (row === undefined) return ''
  if (row.ending !== 'Reached') return words[row.ending] ?? row.ending
  return row.isGlobal ? whole(cost(row)) : `${whole(cost(row))} (local)`
}

const page = (ours: ReadonlyArray<Row>): string => {
  const names = mghProblems.map(({ name }) => name)
  const own = contenders.map(({ name }) => name).filter((name) => ours.some(({ solver }) => solver === name))
  const solvers = [...own, ...peers.methods]
  const rows = [...ours, ...peerRows]
  const find = (problem: string, solver: string): Row | undefined =>
    rows.find((row) => row.problem === problem && row.solver === solver)
  const of = (solver: string): ReadonlyArray<Row> => rows.filter((row) => row.solver === solver)
  const profiles = performanceProfile(
    solvers.map((solver) => ({
      solver,
      costs: names.map((problem) => {
        const row = find(problem, solver)
        return row === undefined ? Infinity : cost(row)
      }),
    })),
  )
  const factors = [1, 2, 4, 8, 16, 64]
  const percent = (share: number): string => `${Math.round(100 * share)} %`
  const count = (solver: string, is: (row: Row) => boolean): string => String(of(solver).filter(is).length)
  return [
    '# Test problems',
    '',
    'The 35 problems of Moré, Garbow and Hillstrom (1981) are values of `gradus/problem`: each has its loss, its residuals, its standard',
    'start and its known minima. This page runs the optimizers on all of them. `gradus race <problem>` shows one race.',
    '',
    '**Start** the standard one, in the standard dimension. **Budget** 2,000 gradient equivalents (a value counts a third, a',
    'Hessian-vector product 1, a whole Hessian one for each variable) and 2,000 steps. **Reached** is a known minimum f* when',
    '|f − f*| ≤ 10⁻¹² + 10⁻⁸ |f*|, or f lies below that for the global one, and ‖∇f‖ ≤ 10⁻⁶ max(1, ‖∇f(x₀)‖): the judge knows the',
    'minima, and what an optimizer says of itself does not count. A *critical point* is an end with ‖∇f‖ ≤ 10⁻¹⁵ max(1, ‖∇f(x₀)‖)',
    'where no minimum is known: a saddle, or a place far out where the loss is flat.',
    '',
    `SciPy's optimizers have exact derivatives from JAX and the same judge (${peers.source}). They are`,
    'stopped at the first point that the judge accepts; *stopped* means that SciPy ended by itself elsewhere.',
    '',
    '## How many',
    '',
    ...table(
      ['optimizer', 'constants', 'minima reached', 'of them global', 'critical points', 'spent', 'failed or stopped'],
      solvers.map((solver) => [
        shown(solver),
        contenders.find(({ name }) => name === solver)?.setting ?? '',
        count(solver, ({ ending }) => ending === 'Reached'),
        count(solver, ({ isGlobal }) => isGlobal),
        count(solver, ({ ending }) => ending === 'Stationary'),
        count(solver, ({ ending }) => ending === 'Spent'),
        count(solver, ({ ending }) => !['Reached', 'Stationary', 'Spent'].includes(ending)),
      ]),
    ),
    '',
    '## Performance profiles',
    '',
    'The share of problems that an optimizer solves at no more than a factor of the least gradient equivalents that any of them needs',
    '(Dolan and Moré 2002). Optax and Optimistix are beside them in [bench/peers](../../bench/peers/profiles.md), where those are compared',
    'that ask the same of a problem:',
    '',
    '![Performance profiles of gradus, SciPy, Optax and Optimistix](../images/profiles.svg)',
    '',
    ...table(
      ['optimizer', ...factors.map((factor) => (factor === 1 ? 'best' : `≤ ${factor}×`))],
      profiles.map((profile) => [
        shown(profile.solver),
        ...factors.map((factor) => percent(shareWithin(factor)(profile))),
      ]),
    ),
    '',
    '## Gradient equivalents until a minimum',
    '',
    ...table(
      ['problem', 'n', ...solvers.map(shown)],
      names.map((problem) => [
        problem,
        String(rows.find((row) => row.problem === problem)?.dimension ?? ''),
        ...solvers.map((solver) => cell(find(problem, solver))),
      ]),
    ),
    '',
    '## Why not',
    '',
    'Where an optimizer did not reach a minimum, and what is seen there; each sentence stands on a criterion that a test holds it to. A',
    'curvature is an eigenvalue of the Hessian where the run ended.',
    '',
    '| problem | optimizer | why |',
    '|---|---|---|',
    ...names.flatMap((problem) => [
      ...ours
        .filter(isFailure)
        .filter((row) => row.problem === problem)
        .map((row) => `| ${problem} | ${shown(row.solver)} | ${sentenceOf(row)} |`),
      ...peers.runs
        .filter(({ name, reached }) => name === problem && reached === null)
        .map((each) => `| ${problem} | ${shown(each.method)} | ${peerSentence(each)} |`),
    ]),
    '',
    '## What each run did',
    '',
    ...table(
      ['problem', 'optimizer', 'outcome', 'steps', 'values', 'gradients', 'products', 'solves', 'f at the end'],
      ours.map((row) => [
        row.problem,
        shown(row.solver),
        row.ending === 'Reached' ? (row.isGlobal ? 'minimum' : 'local minimum') : (words[row.ending] ?? row.ending),
        ...[row.steps, row.evaluations, row.gradients, row.products, row.solves].map((value) => String(value ?? '')),
        row.value === null ? 'not finite' : row.value.toPrecision(5),
      ]),
    ),
    '',
  ].join('\n')
}

const file = new URL('../../docs/guide/problems.md', import.meta.url)

const everyone = contenders.map(({ name }) => name)

it(
  'the page of problems says what the races gave',
  () => {
    if (process.env.WRITE === '1') {
      const rows = run(mghProblems, everyone)
      writeFileSync(golden('race.json'), `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
    }
    if (process.env.WRITE !== undefined) writeFileSync(file, page(stored()))
    expect(readFileSync(file, 'utf8')).toBe(page(stored()))
  },
  30 * 60_000,
)

it('the results are of every contender on every problem', () => {
  const rows = stored()
  for (const { name } of mghProblems)
    expect(rows.filter(({ problem }) => problem === name).map(({ solver }) => solver)).toEqual(everyone)
})

it('every failure is explained, by what is seen where it ended, and nothing else is', () => {
  const failures = stored().filter(isFailure)
  for (const row of failures) {
    const found = causesOf(explanations, row)
    expect([row.solver, row.problem, found.length]).toEqual([row.solver, row.problem, 1])
    for (const cause of found)
      expect([row.solver, row.problem, cause, causes[cause].holds(row)]).toEqual([row.solver, row.problem, cause, true])
  }
  const explained = Object.entries(explanations).flatMap(([solver, by]) =>
    Object.entries(by).flatMap(([cause, problems]) => problems.map((problem) => [solver, problem, cause])),
  )
  expect(
    explained.filter(([solver, problem]) => !failures.some((row) => row.solver === solver && row.problem === problem)),
  ).toEqual([])
  expect(explained.length).toBe(failures.length)
})

it('no cause explains every failure', () => {
  const failures = stored().filter(isFailure)
  const names = Object.keys(causes) as ReadonlyArray<CauseName>
  for (const name of names) expect([name, failures.every((row) => causes[name].holds(row))]).toEqual([name, false])
})

it('the races are as they were', () => {
  // Quick ones of all kinds of ends; the others would take minutes.
  const names = ['freudenstein-roth', 'jennrich-sampson', 'gaussian', 'brown-dennis', 'broyden-banded', 'linear-rank-1']
  const methods = ['newton', 'damped-newton', 'saddle-free-newton', 'saddle-free-krylov']
  const again = run(
    mghProblems.filter(({ name }) => names.includes(name)),
    methods,
  )
  const kept = stored().filter(({ problem, solver }) => names.includes(problem) && methods.includes(solver))
  const counts = ({ value: _, end: __, ...row }: Row) => row
  expect(again.map(counts)).toEqual(kept.map(counts))
})

it('SciPy is judged by the same minima', () => {
  for (const { name, reached, dimension } of peers.runs) {
    const family = mghProblems.find((each) => each.name === name)
    if (family === undefined) throw new Error(`no problem is called ${name}`)
    const { minima, dimension: n } = problemOfDimension()(family)
    expect(dimension, name).toBe(n)
    if (reached !== null)
      expect(
        minima.some(
          ({ value, global }) =>
            Math.abs(value - reached.minimum) <= 1e-15 * Math.abs(value) && global === reached.global,
        ),
        name,
      ).toBe(true)
  }
})
