import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseResults } from '../../src/codec/results.js'
import { renderReport } from '../../src/report/page.js'
import { ensureWritable, showWriteFailure, writeReport } from '../../src/report/write.js'
import { madeSaddles, madeTraining } from './madeResults.js'

const results = madeTraining([5], 1, 2)
const place: { folder: string } = { folder: '' }
beforeAll(async () => {
  place.folder = await mkdtemp(join(tmpdir(), 'gradus-report-'))
})
afterAll(() => rm(place.folder, { recursive: true, force: true }))

const fresh = (): Promise<string> => mkdtemp(join(place.folder, 'case-'))

describe('writeReport', () => {
  it('makes the folder and writes the page and the data, and nothing else', async () => {
    const folder = join(await fresh(), 'deep', 'report')
    const outcome = await writeReport(`${folder}/`)(results)()
    expect(outcome).toEqual(E.right({ html: `${folder}/index.html`, json: `${folder}/results.json` }))
    expect((await readdir(folder)).toSorted()).toEqual(['index.html', 'results.json'])
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe(renderReport(results))
    expect(parseResults(await readFile(join(folder, 'results.json'), 'utf8'))).toEqual(E.right(results))
  })

  it('replaces an earlier report', async () => {
    const folder = await fresh()
    await writeReport(folder)(results)()
    await writeReport(folder)(madeSaddles())()
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('Two saddles')
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('says what to do when a file stands where the folder should be', async () => {
    const file = join(await fresh(), 'taken')
    await writeFile(file, 'mine')
    for (const folder of [file, join(file, 'inside')]) {
      const outcome = await writeReport(folder)(results)()
      expect(E.isLeft(outcome) && showWriteFailure(outcome.left)).toMatch(
        /^cannot write .*taken.* \((EEXIST|ENOTDIR)\)\. A file stands where a folder should be: .*--out\.$/,
      )
    }
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  it.each(['results.json', 'index.html'])('leaves no temporary file when %s cannot be replaced', async (name) => {
    const folder = await fresh()
    await mkdir(join(folder, name, 'full'), { recursive: true })
    const outcome = await writeReport(folder)(results)()
    expect(outcome).toMatchObject(E.left({ _tag: 'Unwritable', path: join(folder, name) }))
    expect((await readdir(folder)).filter((entry) => entry.endsWith('.tmp'))).toEqual([])
    expect(await readdir(join(folder, name))).toEqual(['full'])
  })

  it('keeps the old data whole when the new cannot be put on the disk', async () => {
    const folder = await fresh()
    await writeFile(join(folder, 'results.json'), 'old')
    // The temporary name of the second file is taken by a folder, so writing stops before anything is renamed.
    await mkdir(join(folder, `index.html.${process.pid}.tmp`, 'full'), { recursive: true })
    expect(E.isLeft(await writeReport(folder)(results)())).toBe(true)
    expect(await readFile(join(folder, 'results.json'), 'utf8')).toBe('old')
    expect((await readdir(folder)).toSorted()).toEqual([`index.html.${process.pid}.tmp`, 'results.json'])
  })
})

describe('ensureWritable', () => {
  it('makes a folder and leaves it empty', async () => {
    const folder = join(await fresh(), 'new')
    expect(await ensureWritable(folder)()).toEqual(E.right(undefined))
    expect(await readdir(folder)).toEqual([])
  })

  it('fails where no folder can be', async () => {
    const file = join(await fresh(), 'taken')
    await writeFile(file, '')
    expect(E.isLeft(await ensureWritable(join(file, 'inside'))())).toBe(true)
  })
})
