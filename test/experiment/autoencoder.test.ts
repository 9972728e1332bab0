import { describe, expect, it } from 'vitest'
import { type AutoencoderSettings, autoencoderTasks, runAutoencoder } from '../../src/experiment/autoencoder.js'
import { entryOf } from '../../src/experiment/catalogue.js'
import { eventsOf, fewDigits, runOf } from './examples.js'

const settingsOf = (changes: Partial<AutoencoderSettings>): AutoencoderSettings => {
  const { quick } = entryOf('autoencoder')
  if (quick._tag !== 'Autoencoder') throw new Error('autoencoder is one')
  return { ...quick, rows: 60, sizes: [16, 8, 3, 8, 16], before: 6, steps: 4, epochs: 5, batchSize: 20, ...changes }
}

const runsOf = async (settings: AutoencoderSettings) => {
  const { images } = await fewDigits(settings.rows, 4)
  return autoencoderTasks(settings).map((task) => runOf(eventsOf(runAutoencoder(task, images))))
}

describe('the autoencoder', () => {
  it('lets every optimizer lower the loss from the same checkpoint', async () => {
    const runs = await runsOf(settingsOf({}))
    expect(runs).toHaveLength(3)
    const before = runs.map(({ iterates }) => iterates.filter(({ epoch }) => epoch < 6))
    expect(before[1]).toEqual(before[0])
    expect(before[2]).toEqual(before[0])
    const at = (i: number, epoch: number) => runs[i]?.iterates.find((iterate) => iterate.epoch === epoch)
    expect(new Set([0, 1, 2].map((i) => at(i, 6)?.loss)).size).toBe(1)
    runs.forEach(({ iterates }) => {
      const [first, change, last] = [
        iterates[0],
        iterates.find(({ epoch }) => epoch === 6),
        iterates[iterates.length - 1],
      ]
      expect(change?.loss).toBeLessThan(first?.loss ?? 0)
      expect(last?.loss).toBeLessThan(change?.loss ?? 0)
      expect(last?.error).toBeLessThan(first?.error ?? 0)
    })
  })

  it('counts epochs and work on from the change, and repeats no point', async () => {
    const runs = await runsOf(settingsOf({}))
    runs.forEach(({ iterates }) => {
      iterates.slice(1).forEach((iterate, i) => {
        expect(iterate.epoch).toBeGreaterThan(iterates[i]?.epoch ?? Number.NaN)
        expect(iterate.gradientEquivalents).toBeGreaterThan(iterates[i]?.gradientEquivalents ?? Number.NaN)
      })
    })
    expect(runs.map(({ iterates }) => iterates[iterates.length - 1]?.epoch)).toEqual([11, 11, 10])
  })

  it('changes early when SGD stalls, and says so', async () => {
    const [run] = await runsOf(
      settingsOf({ before: 200, learningRate: 1e-9, patience: 3, optimizers: ['saddle-free-krylov'] }),
    )
    expect(run?.reason).toMatch(/^SGD stalled after 3 epochs; /)
  })

  it('is the same to the bit every time', async () => {
    const settings = settingsOf({ optimizers: ['saddle-free-krylov'] })
    expect(await runsOf(settings)).toEqual(await runsOf(settings))
  })
})
