/** `gradus race`: optimizers side by side on a test problem, or on all 35 of Moré, Garbow and Hillstrom. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { tensor } from '../data/construct.js'
import { toNumber } from '../data/read.js'
import { type Contender, contenders } from '../experiment/contenders.js'
import { performanceProfile } from '../experiment/profile.js'
import { type Budget, raceOn } from '../experiment/race.js'
import { type Figures, type RaceFigures, raceFigures, valueAfter } from '../experiment/raceFigures.js'
import { mghProblems } from '../problem/catalogue.js'
import {
  type Problem,
  type ProblemFamily,
  problemOfDimension,
  showDimension,
  standardDimension,
} from '../problem/Problem.js'
import { formatNumber } from '../report/format.js'
import { renderRaces } from '../report/racePage.js'
import { showWriteFailure, type WrittenReport, writePage } from '../report/write.js'
import { configured } from './configured.js'
import { complaint } from './fields.js'
import { claim } from './folder.js'
import { screenOn, silent } from './screen.js'
import { aligned } from './summary.js'
import { codes, said, type World } from './world.js'

/** What is to be raced on, and how. */
export interface RaceWishes {
  /** One problem, or all 35 where there is none. */
  readonly family: ProblemFamily | undefined
  readonly dimension: number | undefined
  readonly steps: number | undefined
  readonly budget: number | undefined
  readonly optimizers: ReadonlyArray<string> | undefined
  /** A file of a configuration. */
  readonly optimizer: string | undefined
  readonly out: string
  readonly json: boolean
  readonly quiet: boolean
}

const standard: Budget = { steps: 1000, gradientEquivalents: 2000 }

const budgetOf = ({ steps, budget }: RaceWishes): Budget => ({
  steps: steps ?? standard.steps,
  gradientEquivalents: budget ?? standard.gradientEquivalents,
})

const commandOf = ({ family, dimension, steps, budget, optimizers, optimizer }: RaceWishes): string =>
  [
    `gradus race ${family?.name ?? 'all'}`,
    ...(dimension === undefined ? [] : [`--dimension ${dimension}`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
    ...(budget === undefined ? [] : [`--budget ${budget}`]),
    ...(optimizers === undefined ? [] : [`--optimizers ${optimizers.join(',')}`]),
    ...(optimizer === undefined ? [] : [`--optimizer ${optimizer}`]),
  ].join(' ')

const problemsOf = ({ family, dimension }: RaceWishes): E.Either<string, ReadonlyArray<Problem>> => {
  if (family === undefined)
    return dimension === undefined
      ? E.right(mghProblems.map(problemOfDimension()))
      : E.left('--dimension: expected one problem, got all. Try gradus race chebyquad --dimension 20.')
  const n = dimension ?? standardDimension(family.dimension)
  return family.dimension._tag === 'Fixed' && n !== family.dimension.n
    ? E.left(
        complaint('--dimension', `${family.dimension.n} for ${family.name}`, String(n), `gradus race ${family.name}`),
      )
    : E.tryCatch(
        () => [problemOfDimension(n)(family)],
        () =>
          complaint(
            '--dimension',
            `${showDimension(family.dimension)} for ${family.name}`,
            String(n),
            `--dimension ${standardDimension(family.dimension)}`,
          ),
      )
}

const enteredIn = ({ optimizers, optimizer }: RaceWishes): E.Either<string, ReadonlyArray<Contender>> => {
  const known = contenders.filter(({ name }) => optimizers?.includes(name) ?? true)
  if (optimizer === undefined) return E.right(known)
  return pipe(
    configured(optimizer),
    E.map((contender) => [...known.filter(({ name }) => name !== contender.name), contender]),
  )
}

const milestones = [1, 3, 10, 30, 100, 300, 1000] as const

const heightOf = (race: RaceFigures, value: number): number => value - (race.reference ?? 0)

/** Values at the same steps, or at the same work, in rows. */
const coursesOf = (race: RaceFigures, what: keyof Budget, most: number): ReadonlyArray<string> => {
  const counted = milestones.filter((amount) => amount <= most)
  return aligned(
    [
      [
        `${race.reference === null ? 'f' : 'f − f*'} after ${what === 'steps' ? 'steps' : 'gradient equivalents'}`,
        ...counted.map(String),
      ],
      ...race.runs.map((run) => [
        run.title,
        ...counted.map((amount) => formatNumber(heightOf(race, valueAfter(run, what, amount)), 2)),
      ]),
    ],
    1,
  )
}

const outcomesOf = (race: RaceFigures): ReadonlyArray<string> =>
  aligned(
    [
      ['optimizer', 'outcome', 'steps', 'values', 'gradients', 'products', 'solves', 'work', '‖∇f‖'],
      ...race.runs.map((run) => [
        run.title,
        // What a failure says of itself is long; the page has it whole.
        run.outcome.length > 44 ? `${run.outcome.slice(0, 43)}…` : run.outcome,
        ...[run.steps, run.evaluations, run.gradients, run.products, run.solves, run.work].map((value) =>
          formatNumber(value),
        ),
        formatNumber(run.gradientNorm, 2),
      ]),
    ],
    2,
  )

const profilesOf = (races: ReadonlyArray<RaceFigures>): ReturnType<typeof performanceProfile> => {
  const solvers = races[0]?.runs ?? []
  return performanceProfile(
    solvers.map(({ name, title }) => ({
      solver: title,
      costs: races.map(({ runs }) => {
        const run = runs.find((each) => each.name === name)
        return run?.solved === true ? run.work : Infinity
      }),
    })),
  )
}

const cellOf = (run: Figures | undefined): string => (run?.solved === true ? formatNumber(Math.round(run.work)) : '–')

const allOf = (races: ReadonlyArray<RaceFigures>): ReadonlyArray<string> => {
  const solvers = races[0]?.runs ?? []
  const solved = solvers.map(
    ({ name }) => races.filter(({ runs }) => runs.find((run) => run.name === name)?.solved).length,
  )
  return aligned(
    [
      ['gradient equivalents', ...solvers.map(({ name }) => name)],
      ...races.map((race) => [
        race.problem,
        ...solvers.map(({ name }) => cellOf(race.runs.find((run) => run.name === name))),
      ]),
      ['solved', ...solved.map((count) => `${count}/${races.length}`)],
    ],
    1,
  )
}

const summaryOf = (races: ReadonlyArray<RaceFigures>, budget: Budget, written: WrittenReport): string => {
  const [only] = races
  return [
    ...(races.length === 1 && only !== undefined
      ? [
          `${only.title}, ${only.dimension} variables`,
          '',
          ...outcomesOf(only),
          '',
          ...coursesOf(only, 'steps', budget.steps),
          '',
          ...coursesOf(only, 'gradientEquivalents', budget.gradientEquivalents),
        ]
      : allOf(races)),
    '',
    'Work in gradients: a value counts a third, a Hessian one for each variable. The judge knows the minima.',
    `page    ${written.html}`,
    `figures ${written.json}`,
  ].join('\n')
}

const budgetSentence = ({ steps, gradientEquivalents }: Budget): string =>
  `Each may take ${formatNumber(steps)} steps and spend ${formatNumber(gradientEquivalents)} gradient equivalents.`

/** Numbers that JSON does not have are written as words, as in the results of experiments. */
const printed = (figures: unknown): string =>
  `${JSON.stringify(figures, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))}\n`

/** Lets signals be heard between two races. */
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const runRaces = async (
  problems: ReadonlyArray<Problem>,
  entered: ReadonlyArray<Contender>,
  budget: Budget,
  tell: (done: number, name: string) => void,
  signal: AbortSignal,
): Promise<ReadonlyArray<RaceFigures>> =>
  problems.reduce<Promise<ReadonlyArray<RaceFigures>>>(async (before, problem, i) => {
    const done = await before
    if (signal.aborted) return done
    tell(i, problem.name)
    await breath()
    return [...done, raceFigures(raceOn(problem, entered, budget))]
  }, Promise.resolve([]))

/** Races; the result is the exit code. */
export const race = async (wishes: RaceWishes, world: World): Promise<number> => {
  const complain = (line: string): void => {
    world.err.write(`${said(line)}\n`)
  }
  const problems = problemsOf(wishes)
  if (E.isLeft(problems)) {
    complain(problems.left)
    return codes.misused
  }
  const entered = enteredIn(wishes)
  if (E.isLeft(entered)) {
    complain(entered.left)
    return codes.misused
  }
  const claimed = await claim(wishes.out)()
  if (E.isLeft(claimed)) {
    complain(showWriteFailure(claimed.left))
    return codes.misused
  }
  const budget = budgetOf(wishes)
  const screen = wishes.quiet ? silent : screenOn(world.err, world.environment, world.clock)
  const races = await runRaces(
    problems.right,
    entered.right,
    budget,
    (done, name) => screen.show([`race ${done}/${problems.right.length}`, name]),
    world.signal,
  )
  screen.clear()
  const [only] = problems.right
  if (races.length === 0 || only === undefined) {
    complain('interrupted before there was anything to write')
    await claimed.right()
    return codes.interrupted
  }
  const page = renderRaces({
    command: commandOf(wishes),
    budget: budgetSentence(budget),
    races,
    profiles: profilesOf(races),
    value: (x, y) => toNumber(only.loss(tensor([x, y]))),
  })
  const figures = printed({ schema: 'gradus/race', version: 1, command: commandOf(wishes), budget, races })
  const written = await writePage(wishes.out)(page, figures)()
  if (E.isLeft(written)) {
    complain(showWriteFailure(written.left))
    await claimed.right()
    return codes.failed
  }
  if (world.signal.aborted) complain(`interrupted: ${races.length} of ${problems.right.length} races were run`)
  if (wishes.json) world.out.write(figures)
  else if (!wishes.quiet) world.out.write(`${summaryOf(races, budget, written.right)}\n`)
  return world.signal.aborted ? codes.interrupted : codes.well
}
