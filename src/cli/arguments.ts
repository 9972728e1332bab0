/** The command line as data: cmd-ts reads it, and every mistake becomes one line that says what was expected. */
import { command, flag, parse, positional, runSafely, subcommands, type Type } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { nearest } from '../codec/nearest.js'
import { type ExperimentName, experimentNames } from '../experiment/catalogue.js'
import type { OptimizerName } from '../experiment/optimizers.js'
import { problemNames, testProblems } from '../problem/catalogue.js'
import type { ProblemFamily } from '../problem/Problem.js'
import { checkFields, complaint, fields, optionOf, raceFields } from './fields.js'
import type { RaceWishes } from './race.js'
import { shown, word } from './values.js'

/** What may be said about the numbers of a run; `undefined` where nothing was. */
export interface Wishes {
  readonly seed: number | undefined
  readonly seeds: number | undefined
  readonly widths: ReadonlyArray<number> | undefined
  readonly rows: number | undefined
  readonly side: number | undefined
  readonly steps: number | undefined
  readonly epochs: number | undefined
  readonly optimizers: ReadonlyArray<OptimizerName> | undefined
  readonly learningRate: number | undefined
  readonly damping: ReadonlyArray<number> | undefined
  readonly dimension: number | undefined
  readonly sizes: ReadonlyArray<number> | undefined
}

/** How a run is shown and where it is written. */
export interface Manner {
  readonly quick: boolean
  readonly out: string
  readonly json: boolean
  readonly quiet: boolean
  readonly workers: number | undefined
}

/** What is to be checked, and how: see laws/command. */
export interface CheckWishes {
  readonly file: string
  readonly seed: number | undefined
  readonly path: string | undefined
  readonly laws: ReadonlyArray<string>
  readonly runs: number
  readonly timeout: number
  readonly json: boolean
}

export type Request =
  | { readonly _tag: 'Run'; readonly experiment: ExperimentName; readonly wishes: Wishes; readonly manner: Manner }
  | { readonly _tag: 'Check'; readonly check: CheckWishes }
  | { readonly _tag: 'Race'; readonly race: RaceWishes }
  | { readonly _tag: 'List' }
  | { readonly _tag: 'Doctor' }
  /** Help or the version: print it and be done. */
  | { readonly _tag: 'Print'; readonly text: string }

const experiment: Type<string, ExperimentName> = {
  displayName: 'experiment',
  description: `one of ${experimentNames.join(', ')}`,
  from: (text) =>
    pipe(
      word(experimentNames)(text),
      E.match(
        (expected) =>
          Promise.reject(
            new Error(
              complaint(
                'gradus run',
                expected,
                shown(text),
                `gradus run ${nearest(text, experimentNames) ?? 'digits'}`,
              ),
            ),
          ),
        (name) => Promise.resolve(name),
      ),
    ),
}

const run = command({
  name: 'run',
  description: 'run an experiment and write a report',
  args: {
    experiment: positional({ displayName: 'experiment', type: experiment }),
    seed: optionOf(fields.seed),
    seeds: optionOf(fields.seeds),
    widths: optionOf(fields.widths),
    rows: optionOf(fields.rows),
    side: optionOf(fields.side),
    steps: optionOf(fields.steps),
    epochs: optionOf(fields.epochs),
    optimizers: optionOf(fields.optimizers),
    learningRate: optionOf(fields.learningRate),
    damping: optionOf(fields.damping),
    dimension: optionOf(fields.dimension),
    sizes: optionOf(fields.sizes),
    out: optionOf(fields.out),
    workers: optionOf(fields.workers),
    quick: flag({ long: 'quick', description: 'a small version that takes a few seconds' }),
    json: flag({ long: 'json', description: 'print the results as JSON, and nothing else, to standard output' }),
    quiet: flag({ long: 'quiet', short: 'q', description: 'say nothing but what went wrong' }),
  },
  handler: ({ experiment: name, quick, json, quiet, out = 'report', workers, ...wishes }): Request => ({
    _tag: 'Run',
    experiment: name,
    wishes,
    manner: { quick, json, quiet, out, workers },
  }),
})

const check = command({
  name: 'check',
  description: 'run the laws of losses on a module that exports loss (or losses) and params (or arbitrary)',
  args: {
    file: positional({ displayName: 'module', description: 'a .ts or .js file' }),
    seed: optionOf(checkFields.seed),
    path: optionOf(checkFields.path),
    laws: optionOf(checkFields.laws),
    runs: optionOf(checkFields.runs),
    timeout: optionOf(checkFields.timeout),
    json: flag({ long: 'json', description: 'print what was found as JSON, and nothing else, to standard output' }),
  },
  handler: ({ file, seed, path, laws = [], runs = 100, timeout = 120, json }): Request => ({
    _tag: 'Check',
    check: { file, seed, path, laws, runs, timeout, json },
  }),
})

const racing: Type<string, ProblemFamily | undefined> = {
  displayName: 'problem',
  description: 'a test problem, such as rosenbrock, or all',
  from: (text) => {
    const family = testProblems.find(({ name }) => name === text)
    const meant = nearest(text, [...problemNames, 'all'])
    return family !== undefined || text === 'all'
      ? Promise.resolve(family)
      : Promise.reject(
          new Error(
            complaint(
              'gradus race',
              `all or one of ${problemNames.length} problems (gradus race --help)`,
              shown(text),
              `gradus race ${meant ?? 'rosenbrock'}`,
            ),
          ),
        )
  },
}

/** The names to choose from; the regressions of NIST are many, and named alike. */
const listed = `${problemNames.filter((name) => !name.startsWith('nist-')).join(', ')}, nist-misra1a and 26 more of NIST`

const race = command({
  name: 'race',
  description: `run optimizers side by side on a test problem, or on all 35 of Moré, Garbow and Hillstrom: ${listed}`,
  args: {
    family: positional({ displayName: 'problem', type: racing }),
    dimension: optionOf(raceFields.dimension),
    steps: optionOf(raceFields.steps),
    budget: optionOf(raceFields.budget),
    optimizers: optionOf(raceFields.optimizers),
    optimizer: optionOf(raceFields.optimizer),
    out: optionOf(fields.out),
    json: flag({ long: 'json', description: 'print the figures as JSON, and nothing else, to standard output' }),
    quiet: flag({ long: 'quiet', short: 'q', description: 'say nothing but what went wrong' }),
  },
  handler: ({ out = 'report', ...wishes }): Request => ({ _tag: 'Race', race: { ...wishes, out } }),
})

const listing = command({
  name: 'list',
  description: 'list the experiments',
  args: {},
  handler: (): Request => ({ _tag: 'List' }),
})

const doctor = command({
  name: 'doctor',
  description: 'show versions, kernels and data sets that are found',
  args: {},
  handler: (): Request => ({ _tag: 'Doctor' }),
})

const commands = { run, race, check, list: listing, doctor } as const
const commandNames = Object.keys(commands)
const valuedOf = (name: string | undefined): ReadonlyArray<(typeof valued)[number]> =>
  name === 'race' ? [...Object.values(raceFields), fields.out] : valued
const valued = [...Object.values(checkFields), ...Object.values(fields), ...Object.values(raceFields)]
const flags = ['quick', 'json', 'quiet', 'help']

/** Mistakes that cmd-ts would pass over or tell badly. */
const firstLook = (argv: ReadonlyArray<string>): E.Either<string, ReadonlyArray<string>> => {
  const [name, ...rest] = argv
  if (name !== undefined && !name.startsWith('-') && !commandNames.includes(name)) {
    const meant =
      nearest(name, commandNames) ??
      (nearest(name, experimentNames) === undefined ? '--help' : `run ${nearest(name, experimentNames)}`)
    return E.left(complaint('gradus', `one of ${commandNames.join(', ')}`, shown(name), `gradus ${meant}`))
  }
  if (name?.startsWith('-') === true && !['--help', '-h', '--version', '-v'].includes(name))
    return E.left(complaint('gradus', `one of ${commandNames.join(', ')}`, shown(name), 'gradus run digits'))
  const asksForHelp = rest.some((word) => word === '--help' || word === '-h')
  if (name === 'run' && !asksForHelp && (rest.length === 0 || rest.every((word) => word.startsWith('-'))))
    return E.left(complaint('gradus run', `one of ${experimentNames.join(', ')}`, 'nothing', 'gradus run digits'))
  if (name === 'race' && !asksForHelp && (rest[0] === undefined || rest[0].startsWith('-')))
    return E.left(
      complaint(
        'gradus race',
        'all or a problem first',
        rest[0] === undefined ? 'nothing' : shown(rest[0]),
        'gradus race rosenbrock',
      ),
    )
  if (name === 'check' && !asksForHelp && (rest[0] === undefined || rest[0].startsWith('-')))
    return E.left(
      complaint(
        'gradus check',
        'a module first',
        rest[0] === undefined ? 'nothing' : shown(rest[0]),
        'gradus check my-loss.ts',
      ),
    )
  // An option at the end, or before the next one, would count as not given; a negative number as an option.
  const bare = rest.findIndex((word, i) => {
    const next = rest[i + 1]
    return valuedOf(name).some(
      ({ long }) => word === `--${long}=` || (word === `--${long}` && (next === undefined || next.startsWith('-'))),
    )
  })
  const lacking = valuedOf(name).find(({ long }) => rest[bare]?.replace('=', '') === `--${long}`)
  if (lacking === undefined || asksForHelp) return E.right(argv)
  const next = rest[bare]?.endsWith('=') === true ? undefined : rest[bare + 1]
  const expected = lacking.read(next ?? '')
  return E.left(
    complaint(
      `--${lacking.long}`,
      E.isLeft(expected) ? expected.left : 'a value',
      next === undefined || next.startsWith('--') ? 'nothing' : shown(next),
      lacking.example,
    ),
  )
}

interface Mistake {
  readonly message: string
  readonly nodes: ReadonlyArray<{ readonly raw: string }>
}

const unknownArgument = (raw: string): string => {
  const known = [...valued.map(({ long }) => `--${long}`), ...flags.map((name) => `--${name}`)]
  const name = raw.replace(/[= ].*$/s, '')
  const near = nearest(name, known)
  return name.startsWith('-')
    ? complaint(
        'gradus',
        'an option of the command',
        shown(name),
        near === undefined || near === name ? 'gradus --help' : near,
      )
    : complaint('gradus', 'no more words', shown(name), 'gradus run --help')
}

const explain = ({ message, nodes }: Mistake): string => {
  const raw = nodes[0]?.raw ?? ''
  if (message === 'Unknown arguments') return unknownArgument(raw)
  if (/^(Too many times|Expected 1)/.test(message))
    return complaint(raw.replace(/[ =].*$/s, ''), 'it once', `it ${nodes.length} times`, 'it once')
  if (message.startsWith('No value provided'))
    return complaint('gradus run', `one of ${experimentNames.join(', ')}`, 'nothing', 'gradus run digits')
  if (message.startsWith('expected value to be'))
    return complaint(raw.replace(/=.*$/s, ''), 'no value', shown(raw.replace(/^[^=]*=/, '')), 'it alone')
  // What was read above says it all; anything else that cmd-ts has to say is put behind the argument it is about.
  return message.includes(': expected ') ? message : `${raw === '' ? 'gradus' : raw}: ${message}. Try gradus --help.`
}

const application = (version: string) =>
  subcommands({
    name: 'gradus',
    version,
    description: 'saddle-free Newton and its rivals on real data',
    cmds: commands,
  })

/** Reads the words after `gradus`; `Left` is one line about the first mistake. */
export const readArguments = async (
  argv: ReadonlyArray<string>,
  version: string,
): Promise<E.Either<string, Request>> => {
  const looked = firstLook(argv)
  if (E.isLeft(looked)) return looked
  const app = application(version)
  const result = await runSafely(app, [...argv])
  if (result._tag === 'ok') return E.right(result.value.value)
  const { into, message } = result.error.config
  if (into === 'stdout') return E.right({ _tag: 'Print', text: message })
  const parsed = await parse(app, [...argv])
  const first: Mistake | undefined = parsed._tag === 'error' ? parsed.error.errors[0] : undefined
  return E.left((first === undefined ? message : explain(first)).replaceAll(/\s*\n\s*/g, ' '))
}
