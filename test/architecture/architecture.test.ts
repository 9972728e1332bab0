import { describe, expect, it } from 'vitest'
import * as dependencies from './dependencies.js'
import * as form from './form.js'
import { mayMutate, mayThrow } from './policy.js'
import { type Rule, readSources, type Source, show } from './source.js'

const src = readSources('src')
const laws = readSources('laws')
const all = [...src, ...laws]

const keeps = (name: string, rule: Rule, sources: ReadonlyArray<Source> = all): void => {
  it(name, () => {
    expect(show(rule(sources))).toEqual([])
  })
}

describe('who imports whom', () => {
  keeps('imports of src only go down the layers', dependencies.importsGoDown)
  keeps('src never imports laws', dependencies.sourceIgnoresLaws)
  keeps('laws import public entries only', dependencies.lawsUsePublicEntries)
  keeps('packages and node: modules stay in their folders', dependencies.packagesStayInTheirFolders)
  keeps('fp-ts is imported in the form that runs everywhere', dependencies.functionalImportsRunEverywhere)
  keeps('relative imports end in .js', dependencies.relativeImportsHaveExtensions)
  keeps('buffers stay inside', dependencies.buffersStayInside)
  keeps('there are no import cycles', dependencies.noCycles)
})

describe('size', () => {
  keeps('no file is longer than 400 lines', form.filesAreShort)
  keeps('the median file of src has 80 to 220 lines', form.medianIsModerate, src)
  keeps('core + jvp + vjp have at most 500 lines', form.heartIsSmall)
})

describe('purity', () => {
  keeps('no let or var outside kernels', form.exceptIn(mayMutate, form.noLet))
  keeps('no mutation outside kernels', form.exceptIn(mayMutate, form.noMutation))
  keeps('no throw but of a Defect by raise', form.exceptIn(mayThrow, form.noThrow))
  keeps('only defects are thrown', form.throwsDefectsOnly, src)
  it('every exception is still needed', () => {
    const changes: Rule = (sources) => [...form.noLet(sources), ...form.noMutation(sources)]
    expect(
      show([
        ...form.allowancesAreNeeded(mayMutate, changes, all),
        ...form.allowancesAreNeeded(mayThrow, form.noThrow, all),
      ]),
    ).toEqual([])
  })
})

describe('form', () => {
  keeps('no escape from types', form.noTypeEscapes)
  keeps('no default exports', form.noDefaultExports)
  keeps('no file is called utils, helpers, misc or common', form.namesSaySomething, [
    ...all,
    ...readSources('test'),
    ...readSources('bench'),
    ...readSources('examples'),
  ])
  keeps('each folder is introduced by a header', form.foldersAreIntroduced)
})
