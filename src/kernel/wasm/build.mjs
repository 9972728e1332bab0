// Assembles every .wat of this folder with wabt and writes it beside the source as `<name>.bytes.ts`, a base64 string
// cut into lines. Run by `npm run build:wasm`; test/kernel/wasm/bytes.test.ts keeps sources and bytes together.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const folder = new URL('./', import.meta.url)
const { parseWat } = await wabt()

const base64 = (file) => {
  const module = parseWat(file, readFileSync(new URL(file, folder), 'utf8'), { simd: true })
  module.validate()
  const { buffer } = module.toBinary({})
  module.destroy()
  return Buffer.from(buffer).toString('base64')
}

/** The text of `<name>.bytes.ts`, in the project's format. */
const source = (file) => {
  const name = file.replace('.wat', '')
  const lines = base64(file)
    .match(/.{1,112}/g)
    .map((line) => `  '${line}'`)
  return `// Made from ${file} by build.mjs. Do not edit.\nexport const ${name}Bytes =\n${lines.join(' +\n')}\n`
}

readdirSync(folder)
  .filter((file) => file.endsWith('.wat'))
  .forEach((file) => {
    writeFileSync(new URL(file.replace('.wat', '.bytes.ts'), folder), source(file))
  })
