/** Compiled functions where text may not become code and WebAssembly is refused: each case is a process of its own. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gradus-policy-'))
const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)))

/** A tiny, a large and a curried function, eagerly and compiled; the engines by their names; attempts to make code from text. */
const program = `
import { compile, explainCompilation, hvp, matmul, sum, tanh, tensor, toFloat64Array, toNumber } from ${source('index.ts')}
const counted = { attempts: 0 }
globalThis.Function = new Proxy(Function, {
  construct: (target, args) => {
    counted.attempts += 1
    return Reflect.construct(target, args)
  },
})
const row = (n, by) => Array.from({ length: n }, (_, i) => Math.sin(by * (i + 1)))
const square = (n, by) => Array.from({ length: n }, (_, i) => row(n, by + i))
const small = (x) => sum(tanh(x))
const large = (x) => sum(tanh(matmul(x, x)))
const engine = (f, x) => explainCompilation(f)(x).split('\\n')[1].replace(/^compile +/, '').split(':')[0]
const [x, m] = [tensor(row(3, 0.5)), tensor(square(60, 0.1))]
const product = (transform) => toFloat64Array(transform(hvp(small))(x)(tensor([1, 2, 3])))
const error = (a, b) => a.reduce((most, entry, i) => Math.max(most, Math.abs(entry - b[i]) / Math.max(1, Math.abs(b[i]))), 0)
console.log(JSON.stringify({
  errors: [
    error([toNumber(compile(small)(x))], [toNumber(small(x))]),
    error([toNumber(compile(large)(m))], [toNumber(large(m))]),
    error(product(compile), product((f) => f)),
  ],
  engines: [engine(small, x), engine(large, m)],
  attempts: counted.attempts,
}))
`

beforeAll(async () => {
  const entry = join(folder, 'entry.js')
  writeFileSync(entry, program)
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  })
  // As a page without wasm-unsafe-eval: modules are valid, and may not be compiled.
  writeFileSync(
    join(folder, 'refuse.mjs'),
    "WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('blocked by a policy') } }",
  )
}, 120_000)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Told {
  readonly errors: ReadonlyArray<number>
  readonly engines: ReadonlyArray<string>
  readonly attempts: number
}

const told = (flags: ReadonlyArray<string>): Told => {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, 'program.mjs'], { cwd: folder, encoding: 'utf8' })
  // Neither an error nor a warning: that a policy refuses is nothing a user of the page can change.
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const noText = '--disallow-code-generation-from-strings'
const noModules = ['--import', './refuse.mjs']

describe('under a Content-Security-Policy', () => {
  it.each([
    ['everything is allowed', [], ['scalar code', 'arena']],
    ['text may not become code', [noText], ['arena', 'arena']],
    ['neither text nor WebAssembly may', [noText, ...noModules], ['interpreter', 'interpreter']],
    ['WebAssembly may not', noModules, ['scalar code', 'interpreter']],
    ['there is no WebAssembly, and text may not', [noText, '--noexpose-wasm'], ['interpreter', 'interpreter']],
    ['there is no WebAssembly', ['--noexpose-wasm'], ['scalar code', 'interpreter']],
  ])('compiled functions are right where %s', (_, flags, engines) => {
    const { errors, engines: own, attempts } = told(flags)
    expect(own).toEqual(engines)
    for (const error of errors) expect(error).toBeLessThan(1e-14)
    if (flags.includes(noText)) expect(attempts).toBe(1)
  })
})
