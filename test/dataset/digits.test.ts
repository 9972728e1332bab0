import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toFloat64Array } from '../../src/data/read.js'
import { takeExamples } from '../../src/dataset/Dataset.js'
import { showDatasetFailure } from '../../src/dataset/DatasetFailure.js'
import { loadDigits, parseDigits, readDigits } from '../../src/dataset/digits.js'
import { count, failureOf, successOf } from './outcome.js'

const shipped = fileURLToPath(new URL('../../src/dataset/digits.csv.gz', import.meta.url))
const hash = '46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('loadDigits', () => {
  it('reads 1,797 images of 8 × 8 with the known class counts', async () => {
    const digits = successOf(await loadDigits())
    expect(digits.images.shape).toEqual([1797, 64])
    expect([digits.side, digits.classes, digits.name]).toEqual([8, 10, 'digits'])
    expect(count(digits.labels)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    expect(digits.labels.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('scales every gray level by 16, as a second reading of the file says', async () => {
    const images = toFloat64Array(successOf(await loadDigits()).images)
    const levels = gunzipSync(await readFile(shipped))
      .toString()
      .trim()
      .split('\n')
      .flatMap((line) => line.split(',').map(Number).slice(0, 64))
    expect(Array.from(images, (x) => x * 16)).toEqual(levels)
    // The mean gray level 4.8842 is the figure that scikit-learn's users know.
    expect(levels.reduce((a, b) => a + b, 0)).toBe(561_718)
    expect(Math.max(...images)).toBe(1)
    expect(Math.min(...images)).toBe(0)
  })
})

describe('parseDigits', () => {
  const line = `${Array.from({ length: 64 }, (_, i) => i % 17).join(',')},7`

  it('reads one line', () => {
    const one = successOf(parseDigits(bytesOf(`${line}\n`)))
    expect(one.labels).toEqual([7])
    expect(toFloat64Array(one.images)[16]).toBe(1)
  })

  it.each([
    ['an empty file', '', 'an empty file'],
    ['a gray level of 17', line.replace('16', '17'), 'line 1'],
    ['a missing pixel', `${line}\n${line.slice(2)}`, 'line 2'],
    ['a word', line.replace('0', 'zero'), 'line 1'],
    ['a negative number', line.replace('5', '-5'), 'line 1'],
    ['a digit above nine', `${line.slice(0, -1)}10`, 'line 1'],
    ['an empty field', line.replace('3,', ','), 'line 1'],
  ])('refuses %s', (_, text, told) => {
    const failure = failureOf(parseDigits(bytesOf(text), 'here.csv'))
    expect(failure._tag).toBe('Malformed')
    expect(showDatasetFailure(failure)).toContain(told)
    expect(showDatasetFailure(failure)).toContain('here.csv')
  })
})

describe('readDigits with a folder', () => {
  const place: { folder: string } = { folder: '' }
  beforeAll(async () => {
    place.folder = await mkdtemp(join(tmpdir(), 'gradus-digits-'))
  })
  afterAll(() => rm(place.folder, { recursive: true, force: true }))

  const put = async (name: string, bytes: Uint8Array): Promise<string> => {
    const folder = await mkdtemp(join(place.folder, name))
    await writeFile(join(folder, 'digits.csv.gz'), bytes)
    return folder
  }

  it('reads an unchanged copy', async () => {
    const copy = successOf(await readDigits({ directory: await put('copy', await readFile(shipped)) })())
    expect(copy.labels).toEqual(successOf(await loadDigits()).labels)
  })

  it('says which file is missing and what to do', async () => {
    const failure = failureOf(await readDigits({ directory: join(place.folder, 'nowhere') })())
    expect(failure).toMatchObject({ _tag: 'MissingFile', file: join(place.folder, 'nowhere', 'digits.csv.gz') })
    expect(showDatasetFailure(failure)).toMatch(/ENOENT.*Install gradus again/)
  })

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['altered in one bit', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 5000 ? byte ^ 1 : byte))],
    ['empty', () => new Uint8Array(0)],
  ])('refuses a file that is %s, naming both hashes', async (_, change) => {
    const directory = await put('changed', change(new Uint8Array(await readFile(shipped))))
    const failure = failureOf(await readDigits({ directory })())
    expect(failure).toMatchObject({ _tag: 'WrongHash', file: join(directory, 'digits.csv.gz'), expected: hash })
    expect(failure._tag === 'WrongHash' && /^[0-9a-f]{64}$/.test(failure.found) && failure.found !== hash).toBe(true)
    expect(showDatasetFailure(failure)).toMatch(/expected sha256 46abec6b.*found.*restore/)
  })
})

describe('takeExamples', () => {
  it('keeps the first images', async () => {
    const all = successOf(await loadDigits())
    const some = takeExamples(5)(all)
    expect(some.labels).toEqual([0, 1, 2, 3, 4])
    expect(some.images.shape).toEqual([5, 64])
    expect(toFloat64Array(some.images)).toEqual(toFloat64Array(all.images).slice(0, 320))
  })

  it.each([0, 1798, 2.5, Number.NaN])('refuses %d', async (wrong) => {
    const all = successOf(await loadDigits())
    expect(() => takeExamples(wrong)(all)).toThrow('1 to 1797')
  })
})
