import { describe, expect, it } from 'vitest'
import * as dependencies from './dependencies.js'
import * as form from './form.js'
import { type Rule, type Source, show, targetOf } from './source.js'

const file = (path: string, ...lines: ReadonlyArray<string>): Source => ({ path, text: `${lines.join('\n')}\n` })
const long = (path: string, lines: number): Source => file(path, ...Array.from({ length: lines }, (_, i) => `// ${i}`))

interface Proof {
  readonly rule: Rule
  readonly bad: ReadonlyArray<Source>
  /** Where and, in part, what the rule must report for `bad`. */
  readonly reports: ReadonlyArray<string>
  readonly good: ReadonlyArray<Source>
}

const proofs: Readonly<Record<string, Proof>> = {
  importsGoDown: {
    rule: dependencies.importsGoDown,
    bad: [
      file('src/core/a.ts', '', "import { grad } from '../transform/grad.js'"),
      file('src/data/b.ts', "import type { Provider } from '../kernel/provider.js'"),
      file('src/kernel/c.ts', "export * from '../data/Shape.js'"),
      file('src/codec/d.ts', "const late = () => import('../cli/main.js')"),
      file('src/optimize/e.ts', "type T = import('../codec/tensor.js').T"),
      file('src/index.ts', "export * from './codec/index.js'"),
      file('src/core/f.ts', "import { grad } from '../index.js'"),
      file('src/loose.ts', "import { grad } from './transform/grad.js'"),
      file('src/extra/g.ts', "import { a } from '../data/Shape.js'"),
    ],
    reports: [
      'src/core/a.ts:2: core/ is below transform/',
      'src/data/b.ts:1: data/ imports nothing outside',
      'src/kernel/c.ts:1: kernel/ imports nothing outside',
      'src/codec/d.ts:1: codec/ is below cli/',
      'src/optimize/e.ts:1: optimize/ is below codec/',
      'src/index.ts:1: the main entry must not import codec/',
      'src/core/f.ts:1: core/ must not import src/index.ts',
      'src/loose.ts:1: src holds index.ts',
      'src/extra/g.ts:1: src/extra is not a layer',
    ],
    good: [
      file('src/transform/grad.ts', "import { bind } from '../core/Primitive.js'", "import { a } from './jvp.js'"),
      file('src/index.ts', "export { grad } from './transform/grad.js'"),
    ],
  },
  sourceIgnoresLaws: {
    rule: dependencies.sourceIgnoresLaws,
    bad: [file('src/optimize/a.ts', "import { law } from '../../laws/Law.js'")],
    reports: ['src/optimize/a.ts:1: src must not import laws/Law.ts'],
    good: [file('laws/a.ts', "import { law } from './Law.js'")],
  },
  lawsUsePublicEntries: {
    rule: dependencies.lawsUsePublicEntries,
    bad: [file('laws/a.ts', "import { bufferOf } from '../src/data/Tensor.js'")],
    reports: ['laws/a.ts:1: laws import public entries only, not src/data/Tensor.ts'],
    good: [
      file('laws/a.ts', "import { grad } from '../src/index.js'", "import * as o from '../src/optimize/index.js'"),
    ],
  },
  packagesStayInTheirFolders: {
    rule: dependencies.packagesStayInTheirFolders,
    bad: [
      file('src/optimize/a.ts', "import * as t from 'io-ts'"),
      file('src/data/b.ts', "import { readFileSync } from 'node:fs'"),
      file('src/kernel/c.ts', "import * as E from 'fp-ts/lib/Either.js'"),
      file('src/report/d.ts', "import x from 'd3'"),
      file('src/function/e.ts', "import fc from 'fast-check'"),
    ],
    reports: [
      'src/optimize/a.ts:1: only codec, cli may import io-ts',
      'src/data/b.ts:1: only store, dataset, report, cli, laws/command may import node:fs',
      'src/kernel/c.ts:1: only data, core',
      'src/report/d.ts:1: d3 is not a package',
      'src/function/e.ts:1: only laws, laws/command may import fast-check',
    ],
    good: [
      file('src/codec/a.ts', "import * as t from 'io-ts'"),
      file('src/report/b.ts', "import * as Plot from '@observablehq/plot'"),
      file('laws/c.ts', "import * as fc from 'fast-check'"),
    ],
  },
  functionalImportsRunEverywhere: {
    rule: dependencies.functionalImportsRunEverywhere,
    bad: [file('src/data/a.ts', "import { pipe } from 'fp-ts/function'", "import * as O from 'fp-ts/es6/Option.js'")],
    reports: ['src/data/a.ts:1: write fp-ts/lib/X.js', 'src/data/a.ts:2: write fp-ts/lib/X.js'],
    good: [file('src/data/a.ts', "import { pipe } from 'fp-ts/lib/function.js'")],
  },
  relativeImportsHaveExtensions: {
    rule: dependencies.relativeImportsHaveExtensions,
    bad: [file('src/data/a.ts', "import { b } from './b'", "import { c } from './c.ts'")],
    reports: ['src/data/a.ts:1: ./b must end in .js', 'src/data/a.ts:2: ./c.ts must end in .js'],
    good: [file('src/data/a.ts', "import { b } from './b.js'")],
  },
  buffersStayInside: {
    rule: dependencies.buffersStayInside,
    bad: [
      file('src/optimize/a.ts', "import { bufferOf as b } from '../data/Tensor.js'"),
      file(
        'src/index.ts',
        "export { adopt, type Tensor } from './data/Tensor.js'",
        "export { Tensor } from './data/Tensor.js'",
      ),
    ],
    reports: [
      'src/optimize/a.ts:1: bufferOf: only',
      'src/index.ts:1: adopt: only',
      'src/index.ts:2: Tensor is public as a type only',
    ],
    good: [
      file('src/primitive/a.ts', "import { bufferOf } from '../data/Tensor.js'"),
      file('src/index.ts', "export type { Tensor } from './data/Tensor.js'"),
    ],
  },
  noCycles: {
    rule: dependencies.noCycles,
    bad: [
      file('src/data/a.ts', "import { b } from './b.js'"),
      file('src/data/b.ts', '', "import type { c } from './c.js'"),
      file('src/data/c.ts', "export { a } from './a.js'"),
      file('src/core/self.ts', "import { self } from './self.js'"),
    ],
    reports: [
      'src/data/a.ts:1: import cycle: src/data/a.ts → src/data/b.ts → src/data/c.ts → src/data/a.ts',
      'src/core/self.ts:1: import cycle: src/core/self.ts → src/core/self.ts',
    ],
    good: [
      file('src/data/a.ts', "import { b } from './b.js'", "import { c } from './c.js'"),
      file('src/data/b.ts', "import { c } from './c.js'"),
      file('src/data/c.ts', 'export const c = 1'),
    ],
  },
  filesAreShort: {
    rule: form.filesAreShort,
    bad: [long('src/core/a.ts', 401)],
    reports: ['src/core/a.ts:401: 401 lines'],
    good: [long('src/core/a.ts', 400)],
  },
  medianIsModerate: {
    rule: form.medianIsModerate,
    bad: [long('src/core/a.ts', 10), long('src/core/b.ts', 79), long('src/core/c.ts', 300)],
    reports: ['src:0: median length 79 lines'],
    good: [long('src/core/a.ts', 10), long('src/core/b.ts', 80), long('src/core/c.ts', 300)],
  },
  heartIsSmall: {
    rule: form.heartIsSmall,
    bad: [long('src/core/a.ts', 300), long('src/transform/jvp.ts', 101), long('src/transform/vjp.ts', 100)],
    reports: ['src/core:0: core + jvp + vjp: 501 lines'],
    good: [long('src/core/a.ts', 300), long('src/transform/jvp.ts', 200), long('src/transform/grad.ts', 300)],
  },
  noLet: {
    rule: form.exceptIn([], form.noLet),
    bad: [file('src/core/a.ts', 'let a = 1', 'for (let i = 0; ; ) break', 'var b = 1', 'const f = () => { let c }')],
    reports: ['src/core/a.ts:1: let', 'src/core/a.ts:2: let', 'src/core/a.ts:3: var', 'src/core/a.ts:4: let'],
    good: [file('src/core/a.ts', 'const a = 1', 'for (const b of []) f(b)'), file('src/kernel/b.ts', 'let a = 1')],
  },
  noMutation: {
    rule: form.exceptIn([], form.noMutation),
    bad: [
      file(
        'src/core/a.ts',
        'a.b = 1',
        'a[0] += 1',
        'a.n++',
        'delete a.b',
        'list.push(1)',
        'this.axes.sort()',
        'b ??= 2',
      ),
    ],
    reports: [
      'src/core/a.ts:1: assignment to a.b',
      'src/core/a.ts:2: assignment to a[0]',
      'src/core/a.ts:3: a.n++ changes',
      'src/core/a.ts:4: delete a.b',
      'src/core/a.ts:5: .push() changes list',
      'src/core/a.ts:6: .sort() changes this.axes',
      'src/core/a.ts:7: assignment to b',
    ],
    good: [
      file('src/core/a.ts', 'class A { constructor() { this.b = 1 } }', 'list.map(f).sort(g)', '[...list].reverse()'),
      file('src/core/b.ts', 'const f = (a = 1) => a === 2', 'list.toSorted()', 'new Float64Array(3).fill(1)'),
      file('src/kernel/c.ts', 'a[0] = 1'),
    ],
  },
  noThrow: {
    rule: form.exceptIn([{ path: 'src/data/Defect.ts', reason: 'raise' }], form.noThrow),
    bad: [file('src/core/a.ts', "throw new Error('a')"), file('src/kernel/b.ts', '// kernels are loops')],
    reports: ["src/core/a.ts:1: throw new Error('a')"],
    good: [
      file('src/core/a.ts', "raise('NotScalar', 'a')"),
      file('src/data/Defect.ts', 'throw new Defect(tag, message)'),
    ],
  },
  throwsDefectsOnly: {
    rule: form.throwsDefectsOnly,
    bad: [file('src/data/Defect.ts', "throw new Error('a')", 'throw defect')],
    reports: ["src/data/Defect.ts:1: throw new Error('a')", 'src/data/Defect.ts:2: throw defect'],
    good: [file('src/data/Defect.ts', 'throw new Defect(tag, message)')],
  },
  noTypeEscapes: {
    rule: form.noTypeEscapes,
    bad: [
      file(
        'src/core/a.ts',
        'const a = (x: any) => x',
        'const b = x as unknown as string',
        'const c = d!.e',
        '// @ts-ignore',
      ),
    ],
    reports: ['src/core/a.ts:1: any', 'src/core/a.ts:2: x as', 'src/core/a.ts:3: d!', 'src/core/a.ts:4: a silenced'],
    good: [file('src/core/a.ts', '// any', 'const a = [1] as const', 'const b = !c')],
  },
  noDefaultExports: {
    rule: form.noDefaultExports,
    bad: [file('src/core/a.ts', 'export default 1'), file('src/core/b.ts', 'export default function f() {}')],
    reports: ['src/core/a.ts:1: default export', 'src/core/b.ts:1: default export'],
    good: [file('src/core/a.ts', 'export const a = 1', 'switch (a) { default: f() }')],
  },
  namesSaySomething: {
    rule: form.namesSaySomething,
    bad: [file('src/core/utils.ts'), file('test/helpers/a.ts'), file('src/data/tensorUtils.ts'), file('src/misc/b.ts')],
    reports: ['src/core/utils.ts:1', 'test/helpers/a.ts:1', 'src/misc/b.ts:1'],
    good: [file('src/core/Utility.ts'), file('src/data/commonFactor.ts')],
  },
  foldersAreIntroduced: {
    rule: form.foldersAreIntroduced,
    bad: [
      file('src/core/a.ts', '/** Short. */'),
      file('laws/a.ts', '/*', ' * Long', ' * but silent', ' * on its users', ' */'),
    ],
    reports: ['src/core:1: no file opens', 'laws:1: no file opens'],
    good: [
      file('src/core/a.ts', '/** Short. */'),
      file('src/core/b.ts', '/**', ' * core/: records.', ' * Pure.', ' * May be imported by: primitive.', ' */'),
      file(
        'src/cli/main.ts',
        '#!/usr/bin/env node',
        '/*',
        ' * cli/: words.',
        ' * Ends.',
        ' * Imported by nobody.',
        ' */',
      ),
    ],
  },
}

describe.each(Object.entries(proofs))('%s', (_, { rule, bad, reports, good }) => {
  it('reports what is bad, and where', () => {
    const found = show(rule(bad))
    expect(found).toHaveLength(reports.length)
    reports.forEach((report, i) => expect(found[i]).toContain(report))
  })
  it('is silent about what is good', () => {
    expect(show(rule(good))).toEqual([])
  })
})

describe('the proofs', () => {
  it('cover every rule', () => {
    const isRule = ([name]: readonly [string, unknown]): boolean => name !== 'linesOf' && name !== 'exceptIn'
    const rules = [...Object.entries(dependencies), ...Object.entries(form)].filter(isRule).map(([name]) => name)
    expect(rules.filter((name) => name !== 'allowancesAreNeeded' && !(name in proofs))).toEqual([])
  })
  it('an unused exception is reported, a used one is not', () => {
    const sources = [file('src/core/a.ts', 'let a = 1'), file('src/core/b.ts', 'const b = 1')]
    const allowances = ['src/core/a.ts', 'src/core/b.ts', 'src/core/gone.ts'].map((path) => ({ path, reason: '' }))
    expect(form.allowancesAreNeeded(allowances, form.noLet, sources).map(({ path }) => path)).toEqual([
      'src/core/b.ts',
      'src/core/gone.ts',
    ])
  })
  it('relative specifiers are resolved to source files', () => {
    expect(targetOf(file('src/core/a.ts'), '../data/Shape.js')).toBe('src/data/Shape.ts')
    expect(targetOf(file('src/core/a.ts'), 'fp-ts/lib/Option.js')).toBeUndefined()
  })
})
