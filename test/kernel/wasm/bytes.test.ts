import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import wabt from 'wabt'

const folder = new URL('../../../src/kernel/wasm/', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
const sources = readdirSync(folder).filter((file) => file.endsWith('.wat'))

/** The base64 text of a `.bytes.ts` file, whatever way its lines are cut. */
const embedded = (file: string): string =>
  [...read(file).matchAll(/'([A-Za-z0-9+/=]*)'/g)].map(([, line]) => line).join('')

describe('embedded WebAssembly', () => {
  it('has sources', () => {
    expect(sources).toContain('matmul.wat')
  })
  it.each(sources)('%s compiles to exactly the embedded bytes, fewer than 4 kB', async (file) => {
    const { parseWat } = await wabt()
    const module = parseWat(file, read(file), { simd: true })
    const { buffer } = module.toBinary({})
    module.destroy()
    expect(Buffer.from(buffer).toString('base64')).toBe(embedded(file.replace('.wat', '.bytes.ts')))
    expect(buffer.length).toBeLessThan(4096)
  })
})
