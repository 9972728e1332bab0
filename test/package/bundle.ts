/** Bundles the installed package for a browser and evaluates it where neither Node's globals nor its modules exist. */
import { writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'vite'

export interface Bundle {
  /** `importer → module` for each of Node's modules that a bundler is asked for: now or at run time, it has none. */
  readonly nodeModules: ReadonlyArray<string>
  readonly code: string
}

/** Globals of a browser that ECMAScript does not have. */
const browserGlobals = {
  console,
  TextEncoder,
  TextDecoder,
  URL,
  crypto,
  performance,
  atob,
  btoa,
  Blob,
  Response,
  DecompressionStream,
  structuredClone,
  setTimeout,
  clearTimeout,
}

/** Builds one script from a module that imports `gradus…`; what it assigns to `globalThis.result` can be read back. */
export const bundle = async (folder: string, source: string): Promise<Bundle> => {
  const entry = join(folder, 'browser.js')
  writeFileSync(entry, source)
  const nodeModules: Array<string> = []
  const output = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'node-modules',
        enforce: 'pre',
        resolveId: (id, importer) => {
          if (isBuiltin(id)) nodeModules.push(`${importer} → ${id}`)
          return null
        },
      },
    ],
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'page', fileName: 'page' } },
  })
  const [result] = Array.isArray(output) ? output : [output]
  const chunks = result !== undefined && 'output' in result ? result.output : []
  return { nodeModules, code: chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n') }
}

export const evaluate = ({ code }: Bundle): unknown => {
  const page = createContext({ ...browserGlobals })
  runInContext(code, page, { filename: 'page.js' })
  return runInContext('globalThis.result', page)
}
