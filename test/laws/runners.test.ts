/** Laws in the hands of node:test, which is given to `register` as vitest is: a process of its own, since it reports by itself. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url))

const test = `
import { describe, it } from 'node:test'
import { mul, square, stopGradient, sum } from ${JSON.stringify(path('src/index.ts'))}
import { lossLaws, register, tensors } from ${JSON.stringify(path('laws/index.ts'))}
const params = tensors([2], { min: 0.5, max: 2 })
const options = { seed: 1, instances: 5 }
register({ describe, it }, options)(lossLaws({ name: 'right', loss: (x) => sum(square(x)), params }))
register({ describe, it }, options)(lossLaws({ name: 'wrong', loss: (x) => sum(mul(x, stopGradient(x))), params }))
`

describe('node:test', () => {
  let folder = ''
  let report = ''
  let status: number | null = null

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gradus-laws-'))
    const entry = join(folder, 'loss.js')
    writeFileSync(entry, test)
    await build({
      root: path('.'),
      configFile: false,
      logLevel: 'silent',
      build: {
        outDir: folder,
        emptyOutDir: false,
        minify: false,
        ssr: entry,
        rollupOptions: { output: { entryFileNames: 'loss.test.mjs' } },
      },
      ssr: { noExternal: true, external: ['koffi'] },
    })
    const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', join(folder, 'loss.test.mjs')], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '' },
    })
    report = run.stdout
    status = run.status
  }, 120_000)

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('runs a test for each law, in a group for each rule set', () => {
    expect(report).toMatch(/Subtest: right › gradient\n/)
    expect(report).toMatch(/ {4}ok \d+ - it is what differences find/)
  })

  it('fails for a law that does not hold, and tells both sides and who is guilty', () => {
    expect(status).toBe(1)
    expect(report).toMatch(/ {4}not ok \d+ - it is what differences find/)
    expect(report).toContain('Property failed')
    expect(report).toMatch(
      /blamed: stopGradient \(operation 0\): it holds constant what the result depends on with respect to input 0/,
    )
  })
})
