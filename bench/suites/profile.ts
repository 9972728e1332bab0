/** Where the time of a compiled product goes: the tasks of its program by kind, each timed by itself, as shares of the whole. */
import { hvp, normal, randomKey, type Tensor, treeLeaves, treeMap } from '../../src/index.js'
import { inArena } from '../../src/program/execute.js'
import { optimized } from '../../src/program/optimize.js'
import type { Task } from '../../src/program/Schedule.js'
import { stageFunction } from '../../src/program/stage.js'
import { spreadOf } from '../measure.js'
import { type Arguments, layered, layers, type Model, recurrent, texts } from '../models.js'
import { type Figure, type Part, ratio, time } from '../report.js'

const kindOf = (task: Task): string => {
  switch (task._tag) {
    case 'Product':
      return `product ${task.batch === 1 ? '' : `${task.batch} of `}${task.m}×${task.k}×${task.n}`
    case 'Loop':
      return `loop ${task.rows}×${task.columns}, ${task.steps.length} steps`
    case 'Eager':
      return `eager ${task.operation.name}`
    case 'Move':
      return 'moves'
    case 'Walk':
      return `walk ${task.kind._tag}`
  }
}

/** Tasks that take less than this of the whole are told together. */
const least = 0.02

const shares = (model: Model, [p, inputs, labels]: Arguments, rounds: number): ReadonlyArray<Figure> => {
  const v = treeMap((leaf: Tensor) => normal(randomKey(leaf.size), leaf.shape))(p)
  const product = (q: Arguments[0], w: Arguments[0]): Arguments[0] => hvp(model)(q, inputs, labels)(w)
  const bound = inArena(optimized(stageFunction(product, [p, v]).program))
  if (bound === undefined) return []
  bound.enter([...treeLeaves(p), ...treeLeaves(v)])
  const round = (): ReadonlyMap<string, number> =>
    bound.runs.reduce((found, run, i) => {
      const start = performance.now()
      run()
      const seconds = (performance.now() - start) / 1000
      const task = bound.tasks[i]
      const kind = task === undefined ? 'nothing' : kindOf(task)
      return found.set(kind, (found.get(kind) ?? 0) + seconds)
    }, new Map<string, number>())
  Array.from({ length: 10 }, round)
  const measured = Array.from({ length: Math.max(5, rounds) }, round)
  const wholes = measured.map((kinds) => [...kinds.values()].reduce((total, seconds) => total + seconds, 0))
  const shareOf = (kind: string): ReadonlyArray<number> =>
    measured.map((kinds, i) => (kinds.get(kind) ?? 0) / (wholes[i] ?? 1))
  const counts = bound.tasks.reduce(
    (found, task) => found.set(kindOf(task), (found.get(kindOf(task)) ?? 0) + 1),
    new Map<string, number>(),
  )
  const told = [...counts]
    .map(([kind, count]) => ({ name: `${count} × ${kind}`, share: spreadOf(shareOf(kind)) }))
    .filter(({ share }) => share.median >= least)
    .toSorted((a, b) => b.share.median - a.share.median)
  return [time('all tasks', spreadOf(wholes)), ...told.map(({ name, share }) => ratio(`  ${name}`, share))]
}

const subjects: ReadonlyArray<readonly [string, Model, () => Arguments]> = [
  ['network 100-50-10, 500 rows', layered, () => layers([100, 50, 10], 500)],
  ['network 100-50-10, 5,000 rows', layered, () => layers([100, 50, 10], 5000)],
  ['network 784-128-10, 128 rows', layered, () => layers([784, 128, 10], 128)],
  ['network 784-1000-500-250-30, 200 rows', layered, () => layers([784, 1000, 500, 250, 30], 200)],
  ['recurrent, 120 hidden units, 50 steps, 10 texts', recurrent, () => texts(50, 120, 50, 10)],
]

export const profile = (rounds: number): ReadonlyArray<Part> =>
  subjects.map(([name, model, drawn]) => () => ({
    title: `a Hessian-vector product at a new point, by task: ${name}`,
    figures: shares(model, drawn(), rounds),
  }))
