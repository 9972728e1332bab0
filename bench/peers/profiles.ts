/**
 * Performance profiles (Dolan and Moré 2002) of gradus, SciPy, Optax and Optimistix over the problems of Moré, Garbow and Hillstrom:
 * profiles.md and docs/images/profiles.svg, from the races that are kept. After a build `node dist/bench/peers/profiles.js`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { raise } from '../../src/data/Defect.js'
import { performanceProfile, shareWithin } from '../../src/experiment/profile.js'
import { asProfileSvg, type Contestant, type Heat } from './profileFigure.js'

const Work = { evaluations: t.number, gradients: t.number, products: t.number }

/** test/golden/problems/race.json: the project's own. */
const Own = t.array(t.type({ problem: t.string, solver: t.string, ending: t.string, ...Work }))

/** What SciPy's and the other libraries' scripts write. */
const Foreign = t.type({
  source: t.string,
  methods: t.array(t.string),
  runs: t.array(t.type({ name: t.string, method: t.string, reached: t.unknown, work: t.type(Work) })),
})

const read = <A>(codec: t.Decoder<unknown, A>, file: string): A => {
  const found = codec.decode(JSON.parse(readFileSync(file, 'utf8')))
  return E.isRight(found) ? found.right : raise('InvalidArgument', `profiles: ${file} does not hold races.`)
}

const own = read(Own, 'test/golden/problems/race.json')
const scipy = read(Foreign, 'test/golden/problems/scipy.json')
const others = read(Foreign, 'bench/peers/profiles.json')

interface Entry {
  readonly problem: string
  readonly solver: string
  readonly cost: number
}

/** Gradient equivalents, as gradus counts them. */
const costOf = ({ evaluations, gradients, products }: t.TypeOf<t.TypeC<typeof Work>>): number =>
  evaluations / 3 + gradients + products

const foreign = (library: string, { runs }: t.TypeOf<typeof Foreign>): ReadonlyArray<Entry> =>
  runs.map(({ name, method, reached, work }) => ({
    problem: name,
    solver: `${library}${method}`,
    cost: reached === null ? Infinity : costOf(work),
  }))

const entries: ReadonlyArray<Entry> = [
  ...own.map((row) => ({
    problem: row.problem,
    solver: `gradus ${row.solver}`,
    cost: row.ending === 'Reached' ? costOf(row) : Infinity,
  })),
  ...foreign('SciPy ', scipy),
  ...foreign('', others),
]

const problems = [...new Set(own.map(({ problem }) => problem))]

const contestant = (solver: string, label = solver): Contestant => ({
  solver: label,
  costs: problems.map(
    (problem) =>
      entries.find((each) => each.solver === solver && each.problem === problem)?.cost ??
      raise('InvalidArgument', `profiles: ${solver} has not run on ${problem}.`),
  ),
})

/** Who asks the same of a problem is compared. */
const heats: ReadonlyArray<Heat> = [
  {
    title: 'Gradients',
    contestants: [
      contestant('gradus lbfgs', 'gradus L-BFGS'),
      contestant('gradus bfgs', 'gradus BFGS'),
      contestant('gradus nonlinear-cg', 'gradus nonlinear CG'),
      contestant('gradus adam', 'gradus Adam'),
      contestant('SciPy BFGS'),
      contestant('SciPy L-BFGS-B'),
      contestant('SciPy CG'),
      contestant('Optax lbfgs'),
      contestant('Optax adam'),
      contestant('Optimistix BFGS'),
      contestant('Optimistix LBFGS'),
      contestant('Optimistix NonlinearCG'),
    ],
  },
  {
    title: 'Hessians, whole or by products',
    contestants: [
      contestant('gradus trust-region', 'gradus trust region'),
      contestant('gradus trust-region-steihaug', 'gradus trust region (Steihaug)'),
      contestant('gradus saddle-free-newton', 'gradus saddle-free Newton'),
      contestant('gradus saddle-free-krylov', 'gradus saddle-free Krylov'),
      contestant('gradus saddle-free-trust-region', 'gradus saddle-free trust region'),
      contestant('gradus cubic-newton', 'gradus cubic Newton'),
      contestant('gradus newton-cg', 'gradus Newton-CG'),
      contestant('SciPy trust-exact'),
      contestant('SciPy trust-ncg'),
      contestant('SciPy trust-krylov'),
      contestant('SciPy Newton-CG'),
    ],
  },
  {
    title: 'Residuals and their Jacobian',
    contestants: [
      contestant('gradus levenberg-marquardt', 'gradus Levenberg-Marquardt'),
      contestant('SciPy least_squares trf'),
      contestant('SciPy least_squares dogbox'),
      contestant('SciPy least_squares lm'),
      contestant('Optimistix LevenbergMarquardt'),
      contestant('Optimistix Dogleg'),
    ],
  },
]

const factors = [1, 2, 4, 8, 16, 64]

const percent = (share: number): string => `${Math.round(100 * share)} %`

const median = (costs: ReadonlyArray<number>): string => {
  const sorted = [...costs].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Infinity
  return middle === Infinity ? '–' : String(Math.round(middle))
}

const tableOf = ({ title, contestants }: Heat): ReadonlyArray<string> => [
  `## ${title}`,
  '',
  `| optimizer | solved of ${problems.length} | median cost | ${factors.map((factor) => (factor === 1 ? 'cheapest' : `≤ ${factor}×`)).join(' | ')} |`,
  `|---|--:|--:|${factors.map(() => '--:').join('|')}|`,
  ...performanceProfile(contestants).map((profile, i) => {
    const costs = contestants[i]?.costs ?? []
    const cells = [
      profile.solver,
      String(costs.filter(Number.isFinite).length),
      median(costs),
      ...factors.map((factor) => percent(shareWithin(factor)(profile))),
    ]
    return `| ${cells.join(' | ')} |`
  }),
  '',
]

const page = [
  '# Performance profiles over 35 problems',
  '',
  '![Performance profiles of gradus, SciPy, Optax and Optimistix](../../docs/images/profiles.svg)',
  '',
  'The problems of Moré, Garbow and Hillstrom (1981) from their standard starts, in their standard dimensions. An optimizer solves one',
  'when it reaches a known minimum within 2,000 gradient equivalents: |f − f*| ≤ 10⁻¹² + 10⁻⁸ |f*| (or below, for the global one) and',
  '‖∇f‖ ≤ 10⁻⁶ max(1, ‖∇f(x₀)‖), judged from outside at every point that it asks about. The cost of a solution is what it asked until',
  'then: a value ⅓, a value with its gradient 1, a Hessian-vector product 1, a Hessian n, a Jacobian of m residuals min(m, n). Tables',
  'and picture say on which share of the problems an optimizer needs at most a factor of the least cost of its table (Dolan and Moré 2002).',
  '',
  'All libraries run with their own defaults but for tolerances, which are as small as they allow, and for the rate of Adam, 0.05.',
  'SciPy gets `x_scale="jac"` for residuals. Counts in gradus are its own; of the others the functions that they call are counted.',
  '',
  '```sh',
  'node bench/peers/setup.mjs python',
  'node_modules/.cache/peers/python/bin/python test/golden/problems/compare.py   # SciPy',
  'node_modules/.cache/peers/python/bin/python bench/peers/profiles.py           # Optax and Optimistix',
  'WRITE=1 npx vitest run test/documentation/problems                            # gradus',
  'npm run build && npx tsc -b tsconfig.bench.json && node dist/bench/peers/profiles.js',
  '```',
  '',
  `Run by ${scipy.source}; ${others.source}. The formulas of the problems in JAX are those of test/golden/problems/functions.py, which the`,
  "project's own are compared with at 162 points, values, gradients and Hessians (test/problem/values.test.ts).",
  '',
  ...heats.flatMap(tableOf),
].join('\n')

writeFileSync('bench/peers/profiles.md', page)
writeFileSync('docs/images/profiles.svg', asProfileSvg(heats))
