import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { readSources } from '../architecture/source.js'
import { type Compiled, compileExample } from './assertion.js'
import { type Example, examplesOfMarkdown, examplesOfSource } from './extract.js'
import { diagnosticsOf, entries, exampleFolder, programOf, root, undocumented } from './program.js'

const pages = [
  'README.md',
  ...(existsSync(join(root, 'docs/guide')) ? readdirSync(join(root, 'docs/guide')) : [])
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/guide/${name}`),
].filter((path) => existsSync(join(root, path)))

const examples: ReadonlyArray<Example> = [
  ...[...readSources('src'), ...readSources('laws')].flatMap(examplesOfSource),
  ...pages.flatMap((path) => examplesOfMarkdown({ path, text: readFileSync(join(root, path), 'utf8') })),
]

const compare = relative(exampleFolder, join(root, 'test/documentation/compare.js')).split(sep).join('/')

const written: ReadonlyArray<readonly [name: string, path: string, compiled: Compiled]> = examples.map((example) => [
  `${example.path}:${example.line} ${example.title}`.trim(),
  join(exampleFolder, `${example.path.replace(/\W/g, '-')}-${example.line}.ts`),
  compileExample(example, compare),
])

const present = Object.entries(entries).filter(([, path]) => existsSync(path))

describe('documentation', () => {
  let program: ts.Program

  beforeAll(() => {
    rmSync(exampleFolder, { recursive: true, force: true })
    mkdirSync(exampleFolder, { recursive: true })
    for (const [, path, { module }] of written) writeFileSync(path, module)
    program = programOf([...written.map(([, path]) => path), ...present.map(([, path]) => path)])
  }, 120_000)

  describe('every example type-checks and keeps its word', () => {
    it.each(written)('%s', async (_, path, compiled) => {
      const told = [...compiled.problems, ...diagnosticsOf(program, path, compiled)]
      const run = await import(pathToFileURL(path).href).then(
        () => [],
        (error: unknown) => [error instanceof Error ? error.message : String(error)],
      )
      expect([...told, ...run]).toEqual([])
    })
  })

  describe('every export is documented', () => {
    it.each(present)('%s', (_, path) => {
      expect(undocumented(program, path)).toEqual([])
    })
  })
})
