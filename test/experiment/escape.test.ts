import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/experiment/catalogue.js'
import { type EscapeTask, escapeTasks, leftTheSaddle, runEscape } from '../../src/experiment/escape.js'
import { escapers } from '../../src/experiment/escapers.js'
import { eventsOf, runOf } from './examples.js'

const { quick } = entryOf('escape')
const tasks = quick._tag === 'Escape' ? escapeTasks(quick) : []
const ofRun = (task: EscapeTask) => runOf(eventsOf(runEscape(task)))
const stepsOf = (task: EscapeTask): number => ofRun(task).iterates[0]?.epoch ?? Number.NaN
const by = (optimizer: string, surface: EscapeTask['surface']): ReadonlyArray<EscapeTask> =>
  tasks.filter((task) => task.optimizer === optimizer && task.surface === surface)

describe('the way out of a saddle', () => {
  it('is asked of every optimizer from the same points', () => {
    const places = new Set(
      tasks.map((task) => [task.surface, task.dimension, task.index, task.distance, task.seed].join()),
    )
    expect(tasks).toHaveLength(places.size * escapers.length)
    expect(tasks.every((task) => task.index >= 1 && task.index <= task.dimension)).toBe(true)
  })

  it('is 20 doublings from a millionth for saddle-free Newton where all directions lead down, and hardly more elsewhere', () => {
    for (const task of by('saddle-free Newton', 'quadratic')) {
      expect(ofRun(task).reason).toBe(leftTheSaddle)
      const steps = stepsOf(task)
      expect(steps).toBeGreaterThanOrEqual(20)
      // One direction of 30 that leads down holds about a thirtieth of the start: log₂ 30 more doublings, or twice that for an unlucky one.
      expect(steps).toBeLessThanOrEqual(task.index === task.dimension ? 20 : 20 + 10)
    }
  })

  it('grows by 1 + η|λ| a step for gradient descent', () => {
    const weakness = quick._tag === 'Escape' ? quick.weakness : Number.NaN
    for (const task of by('gradient descent', 'quadratic').filter(({ index }) => index === 1)) {
      const slowest = Math.log(1e6) / Math.log(1 + weakness)
      expect(stepsOf(task)).toBeGreaterThanOrEqual(Math.floor(slowest))
      expect(stepsOf(task)).toBeLessThanOrEqual(slowest + (10 * Math.log(2)) / Math.log(1 + weakness))
    }
  })

  it('is not found by Newton, and not from the monkey saddle either', () => {
    for (const task of [...by('Newton', 'quadratic'), ...by('Newton', 'monkey')])
      expect(ofRun(task).reason).not.toBe(leftTheSaddle)
  })

  it('from the monkey saddle takes saddle-free Newton steps of half the distance', () => {
    for (const task of by('saddle-free Newton', 'monkey')) {
      expect(ofRun(task).reason).toBe(leftTheSaddle)
      // No step makes the distance more than 3/2 of what it was.
      expect(stepsOf(task)).toBeGreaterThanOrEqual(Math.log(1 / task.distance) / Math.log(1.5))
    }
  })
})
