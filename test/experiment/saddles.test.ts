import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/experiment/catalogue.js'
import { runSaddles, type SaddlesTask, saddlesTasks } from '../../src/experiment/saddles.js'
import { eventsOf, runOf } from './examples.js'

const { settings } = entryOf('saddles')
const tasks = settings._tag === 'Saddles' ? saddlesTasks(settings) : []
const taskOf = (optimizer: SaddlesTask['optimizer'], surface: SaddlesTask['surface']): SaddlesTask => {
  const found = tasks.find((task) => task.optimizer === optimizer && task.surface === surface)
  if (found === undefined) throw new Error('no such task')
  return found
}
const pathOf = (optimizer: SaddlesTask['optimizer'], surface: SaddlesTask['surface']) =>
  runOf(eventsOf(runSaddles(taskOf(optimizer, surface)))).path ?? []
const norm = (point: readonly [number, number] | undefined): number => Math.hypot(...(point ?? [Number.NaN]))

describe('the two saddles', () => {
  it('are walked by three optimizers each, from the same point', () => {
    expect(tasks).toHaveLength(6)
    const starts = tasks.map((task) => [task.surface, ...(runOf(eventsOf(runSaddles(task))).path?.[0] ?? [])].join())
    expect(new Set(starts).size).toBe(2)
  })

  it('have the values of their formulas', () => {
    const [x, y] = pathOf('Newton', 'monkey')[3] ?? [Number.NaN, Number.NaN]
    expect(runOf(eventsOf(runSaddles(taskOf('Newton', 'monkey')))).iterates[3]?.loss).toBeCloseTo(
      x ** 3 - 3 * x * y * y,
      14,
    )
    const [u, v] = pathOf('Newton', 'classical')[3] ?? [Number.NaN, Number.NaN]
    expect(runOf(eventsOf(runSaddles(taskOf('Newton', 'classical')))).iterates[3]?.loss).toBeCloseTo(
      5 * u * u - v * v,
      14,
    )
  })

  it.each(['classical', 'monkey'] as const)('draw Newton in and push saddle-free Newton out: %s', (surface) => {
    const [newton, free] = [pathOf('Newton', surface), pathOf('saddle-free Newton', surface)]
    expect(norm(newton[newton.length - 1])).toBeLessThan(1e-2)
    expect(norm(free[free.length - 1])).toBeGreaterThan(4)
  })

  it('follow the closed forms of a step of length s: Newton keeps 1 − s, saddle-free Newton 1 + s of what escapes', () => {
    const s = settings._tag === 'Saddles' ? settings.stepLength : Number.NaN
    const ratios = (optimizer: SaddlesTask['optimizer'], axis: 0 | 1): ReadonlyArray<number> =>
      pathOf(optimizer, 'classical').flatMap((point, i, path) => {
        const next = path[i + 1]
        return next === undefined ? [] : [next[axis] / point[axis]]
      })
    ratios('Newton', 1).forEach((ratio) => {
      expect(ratio).toBeCloseTo(1 - s, 10)
    })
    ratios('saddle-free Newton', 1).forEach((ratio) => {
      expect(ratio).toBeCloseTo(1 + s, 10)
    })
    ratios('saddle-free Newton', 0).forEach((ratio) => {
      expect(ratio).toBeCloseTo(1 - s, 10)
    })
  })

  it('know their curvature', () => {
    const run = runOf(eventsOf(runSaddles(taskOf('gradient descent', 'monkey'))))
    run.iterates.forEach(({ lambdaMin }, i) => {
      expect(lambdaMin).toBeCloseTo(-6 * norm(run.path?.[i]), 10)
    })
  })
})
