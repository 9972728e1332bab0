/** What a run looks like while it goes on: pure functions from what was told so far to one line. */
import type { ResultIterate, ResultRun } from '../codec/results.js'
import type { RunEvent, RunLabel } from '../experiment/event.js'
import { costOf, labelOf, type Task } from '../experiment/experiment.js'
import { formatNumber, formatPercent, formatSeconds } from '../report/format.js'

/** What is known about one task. */
export interface Standing {
  readonly label: RunLabel
  readonly cost: number
  readonly iterates: ReadonlyArray<ResultIterate>
  readonly fraction: number
  readonly run: ResultRun | undefined
}

/** What is known about all of them, and which one is followed: the same until it has ended, so that the line does not flicker. */
export interface Progress {
  readonly standings: ReadonlyArray<Standing>
  readonly followed: number | undefined
}

export const begun = (tasks: ReadonlyArray<Task>): Progress => ({
  standings: tasks.map((task) => ({
    label: labelOf(task),
    cost: costOf(task),
    iterates: [],
    fraction: 0,
    run: undefined,
  })),
  followed: undefined,
})

const heard = (standing: Standing, event: RunEvent): Standing =>
  event._tag === 'Finished'
    ? { ...standing, fraction: 1, run: event.run, iterates: event.run.iterates }
    : { ...standing, fraction: event.fraction, iterates: [...standing.iterates, event.iterate] }

/** Takes in an event of one task. */
export const told = (progress: Progress, place: number, event: RunEvent): Progress => ({
  standings: progress.standings.map((standing, i) => (i === place ? heard(standing, event) : standing)),
  followed: hasEnded(progress) ? place : progress.followed,
})

const hasEnded = ({ standings, followed }: Progress): boolean =>
  followed === undefined || standings[followed]?.run !== undefined

export const doneCount = ({ standings }: Progress): number => standings.filter(({ run }) => run !== undefined).length

/** How much of the work is done, 0..1. */
export const share = ({ standings }: Progress): number => {
  const total = standings.reduce((sum, { cost }) => sum + cost, 0)
  return total > 0 ? standings.reduce((sum, { cost, fraction }) => sum + cost * fraction, 0) / total : 1
}

/** Finished runs, and what there is of others, marked as such; tasks that were not heard of are left out. */
export const runsOf = ({ standings }: Progress): ReadonlyArray<ResultRun> =>
  standings.flatMap(({ run, label, iterates, fraction }) =>
    run !== undefined
      ? [run]
      : iterates.length === 0
        ? []
        : [{ ...label, iterates, reason: `interrupted at ${Math.round(100 * fraction)} %` }],
  )

const lastLambda = (iterates: ReadonlyArray<ResultIterate>): number =>
  iterates.findLast(({ lambdaMin }) => Number.isFinite(lambdaMin))?.lambdaMin ?? Number.NaN

const nameOf = ({ optimizer, width, seed, surface }: RunLabel): string =>
  surface === undefined ? `${optimizer}, width ${width}, seed ${seed}` : `${optimizer}, ${surface} saddle`

const figuresOf = (iterates: ReadonlyArray<ResultIterate>, isShare: boolean): ReadonlyArray<string> => {
  const last = iterates[iterates.length - 1]
  if (last === undefined) return []
  const lambda = lastLambda(iterates)
  return [
    `loss ${formatNumber(last.loss, 3)}`,
    ...(Number.isNaN(last.error) ? [] : [`error ${isShare ? formatPercent(last.error) : formatNumber(last.error, 3)}`]),
    ...(Number.isNaN(lambda) ? [] : [`λ_min ${formatNumber(lambda, 2)}`]),
  ]
}

/** Seconds left, if one can tell yet. */
export const secondsLeft = (progress: Progress, seconds: number): number | undefined => {
  const done = share(progress)
  return done > 0.01 && done < 1 && seconds > 0.5 ? (seconds * (1 - done)) / done : undefined
}

/** The parts of the line, the most important first. */
export const parts = (name: string, progress: Progress, seconds: number): ReadonlyArray<string> => {
  const standing = progress.followed === undefined ? undefined : progress.standings[progress.followed]
  const left = secondsLeft(progress, seconds)
  return [
    `${name} ${doneCount(progress)}/${progress.standings.length} runs`,
    left === undefined ? `${Math.floor(100 * share(progress))} %` : `about ${formatSeconds(Math.ceil(left))} left`,
    ...(standing === undefined
      ? []
      : [nameOf(standing.label), ...figuresOf(standing.iterates, name !== 'autoencoder')]),
  ]
}

/** As many parts as fit into so many columns, cut off where even the first does not. */
export const fitted = (all: ReadonlyArray<string>, columns: number): string => {
  const line = all.reduce((text, part) => {
    const longer = text === '' ? part : `${text} · ${part}`
    return longer.length <= columns || text === '' ? longer : text
  }, '')
  return line.length <= columns ? line : line.slice(0, Math.max(0, columns))
}
