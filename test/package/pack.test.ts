import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, evaluate } from './bundle.js'
import { emptyFolder, installPackage, run } from './installed.js'

const entries = ['', '/optimize', '/curvature', '/laws', '/codec', '/store', '/dataset', '/report'].map(
  (path) => `gradus${path}`,
)
const inBrowsers = entries.filter((entry) => !['gradus/codec', 'gradus/store', 'gradus/report'].includes(entry))
const minutes = 60_000

const folder = emptyFolder()
let files: ReadonlyArray<string> = []

beforeAll(() => {
  files = installPackage(folder)
}, 5 * minutes)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the packed package, installed in an empty folder', () => {
  it('holds compiled code, sources, licence and readme, and neither tests nor benchmarks', () => {
    expect(files).toEqual(expect.arrayContaining(['package.json', 'LICENSE', 'README.md', 'dist/src/index.js']))
    expect(
      files.filter((path) => /^(test|bench|examples|docs|scripts|site)\/|^dist\/(test|bench)\//.test(path)),
    ).toEqual([])
    expect(files.filter((path) => /tsconfig|tsbuildinfo/.test(path))).toEqual([])
  })

  it.each(entries)('%s is imported by plain node', (entry) => {
    const program = `const all = await import('${entry}'); console.log(Object.keys(all).length)`
    const { output, errors } = run(folder, process.execPath, '--input-type=module', '--eval', program)
    expect(errors).toBe('')
    expect(Number(output)).toBeGreaterThan(0)
  })

  it('differentiates in plain node', () => {
    const program = "import { grad, scalar, sin, toNumber } from 'gradus'; console.log(toNumber(grad(sin)(scalar(0))))"
    const { output, errors } = run(folder, process.execPath, '--input-type=module', '--eval', program)
    expect(errors).toBe('')
    expect(output.trim()).toBe('1')
  })

  it('shares work with threads, and ends by itself', () => {
    const program = [
      "import { compile, loadThreads, normal, randomKey, sum, tanh, toNumber, useProvider } from 'gradus'",
      'const threads = loadThreads({ threads: 2 })',
      "if (threads._tag === 'Right') useProvider(threads.right)",
      'const x = normal(randomKey(1), [300, 300])',
      'console.log(threads._tag, Number.isFinite(toNumber(compile((y) => sum(tanh(y)))(x))))',
    ].join(';')
    const { output, errors } = run(folder, process.execPath, '--input-type=module', '--eval', program)
    expect(errors).toBe('')
    expect(output.trim()).toBe('Right true')
  })

  it(
    'type-checks for a strict user, declarations included',
    () => {
      const uses = entries.map((entry, i) => `export * as m${i} from '${entry}'`)
      writeFileSync(join(folder, 'user.ts'), `${uses.join('\n')}\n`)
      const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
      const flags = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'false']
      const { status, output } = run(folder, process.execPath, compiler, ...flags, 'user.ts')
      expect(output).toBe('')
      expect(status).toBe(0)
    },
    2 * minutes,
  )

  it(
    'has the command gradus',
    () => {
      const { status, output } = run(folder, 'npx', '--no-install', 'gradus', 'list')
      expect(status).toBe(0)
      expect(output).toContain('digits')
    },
    minutes,
  )
})

describe('in a browser', () => {
  it.each(inBrowsers)(
    '%s is bundled and evaluated without a module of Node',
    async (entry) => {
      const built = await bundle(folder, `import * as all from '${entry}'\nglobalThis.result = Object.keys(all).length`)
      expect(built.nodeModules).toEqual([])
      expect(evaluate(built)).toBeGreaterThan(0)
    },
    minutes,
  )

  it(
    'differentiates',
    async () => {
      const program =
        "import { grad, scalar, sin, toNumber } from 'gradus'\nglobalThis.result = toNumber(grad(sin)(scalar(0)))"
      expect(evaluate(await bundle(folder, program))).toBe(1)
    },
    minutes,
  )
})

describe('a native BLAS', () => {
  const program = "import { loadBlas } from 'gradus'\nconst found = loadBlas()\n"

  it(
    'is not there in a browser, and says so',
    async () => {
      const read = "globalThis.result = found._tag === 'Left' ? found.left.tried[0].reason : ''"
      expect(evaluate(await bundle(folder, program + read))).toContain('need Node')
    },
    minutes,
  )

  it('is found or not by plain node', () => {
    const { output, errors } = run(
      folder,
      process.execPath,
      '--input-type=module',
      '--eval',
      `${program}console.log(found._tag)`,
    )
    expect(errors).toBe('')
    expect(output.trim()).toMatch(/^(Left|Right)$/)
  })
})

describe('the browser check', () => {
  it(
    'notices a module of Node',
    async () => {
      const built = await bundle(folder, "import { readFileSync } from 'node:fs'\nglobalThis.result = readFileSync")
      expect(built.nodeModules).toEqual([expect.stringContaining('node:fs')])
    },
    minutes,
  )

  it(
    'notices a module that is asked for at run time, at which some bundlers stop',
    async () => {
      const built = await bundle(folder, "globalThis.result = 1\nexport const later = () => import('node:fs')")
      expect(built.nodeModules).toEqual([expect.stringContaining('node:fs')])
    },
    minutes,
  )

  it(
    'notices a global of Node',
    async () => {
      const built = await bundle(folder, 'globalThis.result = process.versions')
      expect(() => evaluate(built)).toThrow('process is not defined')
    },
    minutes,
  )
})
