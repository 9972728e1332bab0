import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Mutation, mutated } from './Mutation.js'
import { mutants } from './mutants.js'
import { examine } from './run.js'

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

describe('mutants', () => {
  it('are at least forty, each with a name of its own', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(40)
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })

  it('can all be planted', () => {
    const stale = mutants
      .map((mutant) => mutated(mutant, read(mutant.file)))
      .flatMap((each) => (E.isLeft(each) ? [each.left] : []))
    expect(stale).toEqual([])
  })

  it('that are stale say their names', () => {
    const stale: Mutation = { name: 'gone', kind: 'wrong sign', file: 'a.ts', text: 'a', replacement: 'b' }
    expect(mutated(stale, 'x')).toEqual(E.left(expect.stringContaining('"gone" is stale: its text occurs 0 times')))
    expect(mutated(stale, 'aa')).toEqual(E.left(expect.stringContaining('occurs 2 times')))
    expect(mutated(stale, 'xa')).toEqual(E.right('xb'))
  })

  it('are all on the page that the command writes', () => {
    const page = read('docs/guide/mutants.md')
    expect(mutants.filter(({ name }) => !page.includes(`| ${name} |`)).map(({ name }) => name)).toEqual([])
  })
})

describe('three mutants', () => {
  it.each([
    ['a running sum is its own transpose', 'linearMapLaws'],
    ['unravel begins every leaf at the same entry', 'treeLaws'],
    ['NaN is written as it is', 'codecLaws'],
  ])('%s: found by %s, which the library itself keeps', { timeout: 120_000 }, async (name, set) => {
    const mutant = mutants.find((each) => each.name === name)
    expect(mutant?.name).toBe(name)
    const [found, own] = [await examine(mutant, 'test-mutant', [set]), await examine(undefined, 'test-none', [set])]
    expect(found.broken.length).toBeGreaterThan(0)
    expect(own.asked.length).toBeGreaterThan(0)
    expect(own.broken).toEqual([])
  })
})
