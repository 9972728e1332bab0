import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './program.js'

const folder = join(root, 'docs/decisions')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const records = readdirSync(folder).filter((name) => name !== 'README.md')

describe('docs/decisions', () => {
  it('lists every record once, in order, and nothing else', () => {
    const index = read('README.md').split('## Index')[1] ?? ''
    expect([...index.matchAll(/\]\((.+?)\)/g)].map(([, name]) => name)).toEqual([...records].sort())
  })

  it('numbers each record once and names its status and parts', () => {
    const numbers = records.map((name) => name.slice(0, 4))
    expect(new Set(numbers).size).toBe(numbers.length)
    const lacking = records.flatMap((name) => {
      const parts = [
        /^# \d{4} /,
        /^Status: /m,
        /^## Context$/m,
        /^## Options$/m,
        /^## Decision$/m,
        /^## Consequences$/m,
      ]
      const missing = parts.filter((part) => !part.test(read(name))).map(String)
      return missing.length > 0 || !/^\d{4}-[a-z0-9-]+\.md$/.test(name) ? [`${name} lacks ${missing.join(', ')}`] : []
    })
    expect(lacking).toEqual([])
  })
})
