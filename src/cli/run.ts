/** `gradus run`: check, load, run, write, tell. */
import * as E from 'fp-ts/lib/Either.js'
import { newIORef } from 'fp-ts/lib/IORef.js'
import { printResults, type Results } from '../codec/results.js'
import { showDatasetFailure } from '../dataset/index.js'
import type { ExperimentName } from '../experiment/catalogue.js'
import { dataOf, settingsRecord, tasksOf } from '../experiment/experiment.js'
import { showWriteFailure, writeReport } from '../report/write.js'
import type { Manner, Wishes } from './arguments.js'
import { loadExamples } from './data.js'
import { cores, environment } from './environment.js'
import { claim } from './folder.js'
import { type Plan, planOf } from './plan.js'
import { runAll } from './pool.js'
import { begun, doneCount, type Progress, parts, runsOf, told } from './progress.js'
import { screenOn, silent } from './screen.js'
import { summaryOf } from './summary.js'
import { codes, said, type World } from './world.js'

/** How often the line is drawn again although nothing was heard, in milliseconds. */
const beat = 500

/** Never more threads than this unless asked for: each holds its own copy of the images. */
const mostWorkers = 4

const resultsOf = (
  plan: Plan,
  progress: Progress,
  startedAt: Date,
  seconds: number,
  interrupted: boolean,
): Results => ({
  schema: 'gradus/results',
  version: 1,
  experiment: plan.entry.name,
  title: plan.entry.title,
  command: plan.command,
  settings: settingsRecord(plan.settings),
  environment: environment(),
  startedAt: startedAt.toISOString(),
  seconds,
  interrupted,
  runs: runsOf(progress),
})

/** Runs an experiment; the result is the exit code. */
export const runExperiment = async (
  experiment: ExperimentName,
  wishes: Wishes,
  manner: Manner,
  world: World,
): Promise<number> => {
  const complain = (line: string): void => {
    world.err.write(`${said(line)}\n`)
  }
  const planned = planOf(experiment, wishes, manner.quick)
  if (E.isLeft(planned)) {
    complain(planned.left)
    return codes.misused
  }
  const plan = planned.right
  const claimed = await claim(manner.out)()
  if (E.isLeft(claimed)) {
    complain(showWriteFailure(claimed.left))
    return codes.misused
  }
  const withdraw = claimed.right
  const loaded = await loadExamples(dataOf(plan.settings))()
  if (E.isLeft(loaded)) {
    complain(showDatasetFailure(loaded.left))
    await withdraw()
    return codes.failed
  }
  const tasks = tasksOf(plan.settings)
  const [startedAt, start] = [world.now(), world.clock()]
  const seconds = (): number => (world.clock() - start) / 1000
  const progress = newIORef(begun(tasks))()
  const screen = manner.quiet ? silent : screenOn(world.err, world.environment, world.clock)
  const draw = (): void => screen.show(parts(experiment, progress.read(), seconds()))
  const timer = setInterval(draw, beat)
  const ran = await runAll({
    tasks,
    examples: loaded.right,
    workers: manner.workers ?? Math.min(cores(), mostWorkers),
    signal: world.signal,
    tell: (place, event) => {
      progress.modify((before) => told(before, place, event))()
      draw()
    },
  })
  clearInterval(timer)
  screen.clear()
  if (E.isLeft(ran)) {
    complain(`a run broke off: ${ran.left.replaceAll(/\s*\n\s*/g, ' ')}`)
    await withdraw()
    return codes.failed
  }
  const interrupted = world.signal.aborted
  const results = resultsOf(plan, progress.read(), startedAt, seconds(), interrupted)
  if (interrupted && results.runs.length === 0) {
    complain('interrupted before there was anything to write')
    await withdraw()
    return codes.interrupted
  }
  const written = await writeReport(manner.out)(results)()
  if (E.isLeft(written)) {
    complain(showWriteFailure(written.left))
    await withdraw()
    return codes.failed
  }
  if (interrupted)
    complain(
      `interrupted: ${doneCount(progress.read())} of ${tasks.length} runs were finished; what there is stands in ${written.right.html}`,
    )
  if (manner.json) world.out.write(printResults(results))
  else if (!manner.quiet) world.out.write(`${summaryOf(results, written.right)}\n`)
  return interrupted ? codes.interrupted : codes.well
}
