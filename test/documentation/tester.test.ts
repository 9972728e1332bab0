/** The tests of the documentation tests: a wrong example must fail, for the right reason and at the right line. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Compiled, compileExample } from './assertion.js'
import { type Example, examplesOfMarkdown, examplesOfSource } from './extract.js'
import { diagnosticsOf, exampleFolder, programOf, root, undocumented } from './program.js'

const folder = `${exampleFolder}-tester`
const compare = join(root, 'test/documentation/compare.js')

const example = (...lines: ReadonlyArray<string>): Example => ({
  path: 'page.md',
  line: 10,
  title: '',
  code: lines.join('\n'),
})

const compiled = (...lines: ReadonlyArray<string>): Compiled => compileExample(example(...lines), compare)

let count = 0

/** What running an example ends in: undefined, or the first line of its complaint. */
const outcome = (...lines: ReadonlyArray<string>): Promise<string | undefined> => {
  const { module, problems } = compiled(...lines)
  if (problems.length > 0) return Promise.resolve(problems.join('; '))
  count += 1
  const path = join(folder, `${count}.ts`)
  writeFileSync(path, module)
  return import(pathToFileURL(path).href).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message.split('\n')[0] : String(error)),
  )
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const tensors = [
  `import { tensor } from '${join(root, 'src/data/construct.js')}'`,
  'const t = tensor([[1, 2], [3, 4]])',
]

describe('an example that keeps its word passes', () => {
  it.each<[string, ReadonlyArray<string>]>([
    ['a value', ['1 + 1 // => 2']],
    ['a declaration', ['const x = 1 + 1 // => 2', 'x // => 2']],
    ['a pattern', ['const [a, { b }] = [1, { b: 2 }] as const // => [1, 2]'.replace('[1, 2]', '[1, { b: 2 }]')]],
    ['an expression of several lines', ['[1, 2]', '  .map((x) => 2 * x)', '  .reverse() // => [4, 2]']],
    ['a comment below', ['Math.max(1, 2)', '// => 2']],
    ['an expected value of several lines', ['[[1, 2], [3, 4]]', '// => [[1, 2],', '//     [3, 4]]']],
    ['a printed text of several lines', ["['a', ' b'].join('\\n')", '// => `a', '//  b`']],
    ['what is printed', ['console.log(1 + 1) // => 2']],
    ['a record', ["({ _tag: 'Some', value: [1] }) // => { value: [1], _tag: 'Some' }"]],
    ['NaN and the sign of zero', ['[0 / 0, -0] // => [NaN, 0]']],
    ['a tensor and nested arrays', [...tensors, 't // => [[1, 2], [3, 4]]']],
    ['a tensor and a tensor', [...tensors, 't // => tensor([[1, 2], [3, 4]])']],
    [
      'closeness to the printed digits',
      ['Math.PI // ≈ 3.1416', 'const both = [Math.E, 1] // ≈ [2.718, 1]', 'Math.exp(-9) // ≈ 1.234e-4'],
    ],
    ['closeness within a tolerance', ['Math.PI // ≈ 3.14 (2e-3)', '100.0001 // ≈ 100 (1e-3)']],
    ['closeness in ulps', ['0.1 + 0.2 // ≈ 0.3 (1 ulp)']],
    ['closeness by default', ['0.1 + 0.2 // ≈ 3 / 10', '1 + 1e-11 // ≈ 1']],
    ['a failure', ["JSON.parse('{') // throws JSON", "const x = JSON.parse('[') // throws JSON"]],
    ['a rejection', ["await Promise.reject(new Error('too late')) // throws too late"]],
    ['a promise', ['await Promise.resolve(3) // => 3']],
  ])('%s', async (_, lines) => {
    expect(compiled(...lines).assertions).toBeGreaterThan(0)
    expect(await outcome(...lines)).toBeUndefined()
  })
})

describe('an example that does not keep its word fails', () => {
  it.each<[string, ReadonlyArray<string>, string]>([
    ['a value', ['', '1 + 1 // => 3'], 'page.md:11: the value : 2 instead of 3'],
    ['a declaration', ['const x = 1 + 1 // => 3'], 'page.md:10'],
    ['an entry', ['[1, [2, 3]] // => [1, [2, 4]]'], '[1][1]: 3 instead of 4'],
    ['a length', ['[1, 2] // => [1]'], '2 entries instead of 1'],
    ['a key', ['({ a: 1 }) // => { a: 1, b: 2 }'], 'keys a instead of a,b'],
    ['a type', ["'1' // => 1"], "'1' instead of 1"],
    ['a printed text', ["['a', 'b'].join('\\n')", '// => `a', '// c`'], 'page.md:10'],
    ['a tensor entry', [...tensors, 't // => [[1, 2], [3, 5]]'], 'page.md:12: the value [1][1]: 4 instead of 5'],
    ['a tensor shape', [...tensors, 't // => tensor([[1], [2]])'], 'shape [2,2] instead of [2,1]'],
    ['a printed digit', ['Math.PI // ≈ 3.1417'], 'instead of 3.1417'],
    ['a printed digit in an array', ['[Math.PI, Math.E] // ≈ [3.14159, 2.719]'], '[1]'],
    ['closeness within a tolerance', ['Math.PI // ≈ 3.14 (1e-3)'], 'instead of 3.14'],
    ['closeness in ulps', ['0.1 + 0.2 // ≈ 0.3 (0.5 ulp)'], 'instead of 0.3'],
    ['closeness by default', ['1 + 1e-9 // ≈ 1'], 'instead of 1'],
    ['NaN where a number is promised', ['0 / 0 // ≈ 1'], 'NaN instead of 1'],
    ['no failure', ["JSON.parse('1') // throws JSON"], 'page.md:10: expected to fail with "JSON", but returned'],
    ['another failure', ["JSON.parse('{') // throws banana"], 'page.md:10: expected to fail with "banana"'],
    ['a crash', ["JSON.parse('{')"], 'JSON'],
    ['an assertion about nothing', ['// => 3', 'f()'], 'page.md:10: "// => 3" must follow'],
    ['an assertion inside a block', ['{', '  1 // => 1', '}'], 'page.md:11: "// => 1" must follow'],
    ['an assertion after a gap', ['1', '', '// => 1'], 'page.md:12: "// => 1" must follow'],
    ['an assertion about several names', ['const a = 1, b = 2 // => 2'], 'must follow'],
  ])('%s', async (_, lines, message) => {
    expect(await outcome(...lines)).toContain(message)
  })
})

describe('extraction', () => {
  it('takes every @example up to the next tag, with its line and name', () => {
    const text = [
      'const a = 1',
      '/**',
      ' * Doubles.',
      ' *',
      ' * @example',
      ' * twice(1) // => 2',
      ' *   // indented',
      ' *',
      ' * @example',
      ' * ```ts',
      ' * twice(2)',
      ' * ```',
      ' *',
      ' * @since 0.1.0',
      ' */',
      'export const twice = (x: number) => 2 * x',
    ].join('\n')
    expect(examplesOfSource({ path: 'src/a.ts', text })).toEqual([
      { path: 'src/a.ts', line: 6, title: 'twice', code: 'twice(1) // => 2\n  // indented' },
      { path: 'src/a.ts', line: 10, title: 'twice', code: '\ntwice(2)' },
    ])
  })
  it('takes ts blocks of Markdown and joins continued ones at their own lines', () => {
    const text = [
      '# T',
      '```ts',
      'const a = 1',
      '```',
      'prose',
      '```sh',
      'npm test',
      '```',
      '```ts continued',
      'a // => 1',
      '```',
    ]
    const found = examplesOfMarkdown({ path: 'p.md', text: [...text, '- item', '  ```ts', '  b', '  ```'].join('\n') })
    expect(found).toEqual([
      { path: 'p.md', line: 3, title: '', code: `const a = 1${'\n'.repeat(7)}a // => 1` },
      { path: 'p.md', line: 14, title: '', code: 'b' },
    ])
  })
  it('moves no line, whatever an assertion spans', () => {
    const lines = ['f(', '  1,', ') // => [1,', '// 2]', 'g()', '// => 2', 'const h = 1']
    const module = compiled(...lines).module.split('\n')
    expect(module[4]).toBe('g()'.replace('g()', '__equal("page.md:14", (g()), (2));'))
    expect(module[6]).toBe('const h = 1')
  })
})

describe('types', () => {
  const diagnose = (...lines: ReadonlyArray<string>): ReadonlyArray<string> => {
    const path = join(folder, 'typed.ts')
    const one = compiled(...lines)
    return diagnosticsOf(programOf([path], new Map([[path, one.module]])), path, one)
  }
  it('accept what compiles', () => {
    expect(diagnose('const x: number = 1', 'x // => 1')).toEqual([])
  })
  it('reject a wrong type, a missing name and a missing export, at the line of the page', () => {
    expect(diagnose('', "const x: number = 'a'")[0]).toMatch(/^page\.md:11: Type 'string'/)
    expect(diagnose('', '', '1 // => nowhere')[0]).toMatch(/^page\.md:12: Cannot find name 'nowhere'/)
    expect(diagnose(`import { banana } from '${join(root, 'src/data/Shape.js')}'`, 'banana')[0]).toContain('banana')
  })
})

describe('documentation of exports', () => {
  it('names what is lacking', () => {
    const inner = join(root, 'src/inner.ts')
    const entry = join(root, 'src/entry.ts')
    const memory = new Map([
      [entry, "export { bare, good, limit } from './inner.js'\nexport type { Bare, Good } from './inner.js'"],
      [
        inner,
        [
          '/** Good. @since 0.1.0 */ export interface Good { a: 1 }',
          'export interface Bare { a: 1 }',
          '/** Limit.',
          ' * @since 0.1.0 */',
          'export const limit = 1',
          '/** Doubles.',
          ' * @since 0.1.0 */',
          'export const bare = (x: number): number => 2 * x',
          '/** Doubles.',
          ' * @example',
          ' * good(1)',
          ' * @since 0.1.0 */',
          'export const good = bare',
        ].join('\n'),
      ],
    ])
    expect(undocumented(programOf([entry], memory), entry)).toEqual([
      'src/inner.ts:8: bare lacks @example',
      'src/inner.ts:2: Bare lacks a sentence, @since',
    ])
  })
})
