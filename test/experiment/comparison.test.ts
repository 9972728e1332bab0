import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/experiment/catalogue.js'
import {
  type ComparisonSettings,
  type ComparisonTask,
  comparisonTasks,
  runComparison,
  startOf,
} from '../../src/experiment/comparison.js'
import { optimizerNames } from '../../src/experiment/optimizers.js'
import { expectSameBits } from '../support/near.js'
import { eventsOf, fewDigits, runOf } from './examples.js'

const settingsOf = (changes: Partial<ComparisonSettings>): ComparisonSettings => {
  const { settings } = entryOf('digits')
  if (settings._tag !== 'Comparison') throw new Error('digits is a comparison')
  return { ...settings, rows: 60, side: 3, widths: [4], seeds: 2, steps: 3, epochs: 3, batchSize: 20, ...changes }
}

const small = settingsOf({ optimizers: optimizerNames })
const taskOf = (optimizer: ComparisonTask['optimizer'], settings = small): ComparisonTask => ({
  _tag: 'Comparison',
  settings,
  optimizer,
  width: settings.widths[0] ?? 0,
  seed: 1,
})

/** (9 + 1) · 4 + (4 + 1) · 10 */
const parameters = 90

describe('the comparison of optimizers', () => {
  it('has one task for each width, optimizer and seed', () => {
    const tasks = comparisonTasks(settingsOf({ widths: [2, 4], seed: 7, seeds: 3, optimizers: ['sgd', 'adam'] }))
    expect(tasks).toHaveLength(12)
    expect(new Set(tasks.map(({ width, optimizer, seed }) => `${width} ${optimizer} ${seed}`)).size).toBe(12)
    expect(new Set(tasks.map(({ seed }) => seed))).toEqual(new Set([7, 8, 9]))
  })

  it('sends all optimizers off from the same point, and seeds and widths from others', async () => {
    const examples = await fewDigits(60, 3)
    const starts = optimizerNames.map((name) => runOf(eventsOf(runComparison(taskOf(name), examples))).iterates[0])
    expect(new Set(starts.map((start) => start?.loss)).size).toBe(1)
    expect(new Set(starts.map((start) => start?.error)).size).toBe(1)
    expect(new Set(starts.map((start) => start?.epoch))).toEqual(new Set([0]))
    const start = startOf({ _tag: 'Comparison', settings: small, width: 4, seed: 1 })
    const other = startOf({ _tag: 'Comparison', settings: small, width: 4, seed: 2 })
    expect(() => expectSameBits(start, other)).toThrow()
  })

  it.each(optimizerNames)('is the same to the bit every time: %s', async (name) => {
    const examples = await fewDigits(60, 3)
    const once = eventsOf(runComparison(taskOf(name), examples))
    expect(eventsOf(runComparison(taskOf(name), examples))).toEqual(once)
  })

  it.each(optimizerNames)('tells every point as it is reached, and the whole at the end: %s', async (name) => {
    const events = eventsOf(runComparison(taskOf(name), await fewDigits(60, 3)))
    const reached = events.flatMap((event) => (event._tag === 'Reached' ? [event] : []))
    const run = runOf(events)
    expect(run.iterates).toEqual(reached.map(({ iterate }) => iterate))
    expect(run.iterates.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3])
    expect(reached.map(({ fraction }) => fraction)).toEqual([0, 1 / 3, 2 / 3, 1])
    expect(run.reason).toBe('all epochs done')
    expect(run.spectrum).toHaveLength(parameters)
  })

  it('counts a minibatch gradient as its share of the training set', async () => {
    const { iterates } = runOf(eventsOf(runComparison(taskOf('sgd'), await fewDigits(60, 3))))
    // The gradient at the point itself is on each account: a third of the rows.
    iterates.forEach(({ epoch, gradientEquivalents }) => {
      expect(gradientEquivalents).toBeCloseTo(epoch + 1 / 3, 12)
    })
  })

  it('counts an exact step as a product for each parameter, a gradient, and a third for each value', async () => {
    const { iterates } = runOf(eventsOf(runComparison(taskOf('saddle-free-newton'), await fewDigits(60, 3))))
    const trials = Array.isArray(small.damping) ? small.damping.length : 1
    iterates.forEach(({ epoch, gradientEquivalents }) => {
      expect(gradientEquivalents).toBeCloseTo(1 + epoch * (parameters + 1 + trials / 3), 9)
    })
  })

  it('leaves the measurement of curvature out of the account', async () => {
    const examples = await fewDigits(60, 3)
    const work = (products: number): ReadonlyArray<number> =>
      runOf(eventsOf(runComparison(taskOf('sgd', { ...small, products }), examples))).iterates.map(
        ({ gradientEquivalents }) => gradientEquivalents,
      )
    expect(work(5)).toEqual(work(50))
  })

  it('knows the smallest eigenvalue at every exact step, and at some epochs of the others', async () => {
    const examples = await fewDigits(60, 3)
    const longer = { ...small, steps: 4, epochs: 4 }
    const lambdas = (name: ComparisonTask['optimizer']): ReadonlyArray<number> =>
      runOf(eventsOf(runComparison(taskOf(name, longer), examples))).iterates.map(({ lambdaMin }) => lambdaMin)
    expect(lambdas('damped-newton').every(Number.isFinite)).toBe(true)
    expect(lambdas('sgd').map(Number.isFinite)).toEqual([true, true, true, false, true])
    // At the common start the exact value and Lanczos's agree.
    expect(lambdas('sgd')[0]).toBeCloseTo(lambdas('saddle-free-newton')[0] ?? Number.NaN, 6)
  })

  it('ends with the first eigenvalue of the final spectrum', async () => {
    const run = runOf(eventsOf(runComparison(taskOf('saddle-free-newton'), await fewDigits(60, 3))))
    expect(run.iterates[run.iterates.length - 1]?.lambdaMin).toBe(run.spectrum?.[0])
  })

  it('says why a run that leaves the finite numbers ends, and keeps what was before', async () => {
    const wild = taskOf('sgd', { ...small, learningRate: 1e308, epochs: 5 })
    const run = runOf(eventsOf(runComparison(wild, await fewDigits(60, 3))))
    expect(run.reason).toContain('not finite')
    expect(run.iterates[0]?.loss).toBeGreaterThan(2)
  })

  it('shows what the paper says, in small: saddle-free Newton ends lower than damped Newton, with less negative curvature', async () => {
    const examples = await fewDigits(200, 4)
    const settings = settingsOf({ rows: 200, side: 4, widths: [10], steps: 10 })
    const ends = (name: ComparisonTask['optimizer']) =>
      [1, 2, 3].map((seed) => {
        const run = runOf(eventsOf(runComparison({ ...taskOf(name, settings), seed }, examples)))
        return run.iterates[run.iterates.length - 1] ?? { loss: Number.NaN, lambdaMin: Number.NaN }
      })
    const [free, damped] = [ends('saddle-free-newton'), ends('damped-newton')]
    free.forEach((end, i) => {
      expect(end.loss).toBeLessThan((damped[i]?.loss ?? 0) / 10)
      expect(end.lambdaMin).toBeGreaterThan(damped[i]?.lambdaMin ?? 0)
    })
  })
})
