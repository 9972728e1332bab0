/**
 * How the module of a user is loaded: TypeScript has its types replaced by blanks, so that lines and columns stay, and `gradus`
 * is the library that runs the check, since a second copy would not know its tensors.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import swc from '@swc/wasm-typescript'

interface Resolution {
  readonly url: string
  readonly format?: string | null
  readonly shortCircuit?: boolean
}

type NextResolve = (specifier: string, context: unknown) => Promise<Resolution>

interface Source {
  readonly format: string
  readonly source?: unknown
  readonly shortCircuit?: boolean
}

type NextLoad = (url: string, context: unknown) => Promise<Source>

const entries: Readonly<Record<string, string>> = {
  gradus: '../../src/index.js',
  'gradus/optimize': '../../src/optimize/index.js',
  'gradus/curvature': '../../src/curvature/index.js',
  'gradus/codec': '../../src/codec/index.js',
  'gradus/store': '../../src/store/index.js',
  'gradus/dataset': '../../src/dataset/index.js',
  'gradus/report': '../../src/report/index.js',
  'gradus/problem': '../../src/problem/index.js',
  'gradus/laws': '../index.js',
}

/** Peers of the library: a module that has none beside it gets those of the library. */
const isPeer = (specifier: string): boolean => /^(fast-check|fp-ts)(\/|$)/.test(specifier)

const isTypeScript = (url: string): boolean => /^file:.*\.m?ts$/.test(url)

/** An import of './a.js' by TypeScript means './a.ts' where that is what there is. */
const written = (url: string): string => {
  const asTypeScript = url.replace(/\.(m?)js$/, '.$1ts')
  return url.startsWith('file:') && !existsSync(fileURLToPath(url)) && existsSync(fileURLToPath(asTypeScript))
    ? asTypeScript
    : url
}

const parentOf = (context: unknown): string | undefined =>
  typeof context === 'object' && context !== null && 'parentURL' in context && typeof context.parentURL === 'string'
    ? context.parentURL
    : undefined

export const resolve = (specifier: string, context: unknown, next: NextResolve): Promise<Resolution> => {
  const entry = entries[specifier]
  if (entry !== undefined) return Promise.resolve({ url: new URL(entry, import.meta.url).href, shortCircuit: true })
  if (isPeer(specifier)) {
    const here = { ...(typeof context === 'object' ? context : {}), parentURL: import.meta.url }
    return next(specifier, context).catch(() => next(specifier, here))
  }
  const parent = parentOf(context)
  if (parent !== undefined && /^\.{1,2}\//.test(specifier)) {
    const url = written(new URL(specifier, parent).href)
    if (isTypeScript(url)) return Promise.resolve({ url, format: 'module', shortCircuit: true })
  }
  return next(specifier, context)
}

/** Enumerations and parameter properties need code in place of types, which moves columns. */
const stripped = (text: string, filename: string): Promise<string> => {
  const strip = async (mode: 'strip-only' | 'transform'): Promise<string> =>
    (await swc.transform(text, { mode, filename, module: true })).code
  return strip('strip-only').catch((error: unknown) =>
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'UnsupportedSyntax'
      ? strip('transform')
      : Promise.reject(new SyntaxError(messageOf(error, filename))),
  )
}

const messageOf = (error: unknown, filename: string): string => {
  const text = (key: string): string => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  return `${filename}:${text('startLine')}:${text('startColumn')}: ${text('message') || String(error)}`
}

export const load = async (url: string, context: unknown, next: NextLoad): Promise<Source> => {
  if (!isTypeScript(url)) return next(url, context)
  const path = fileURLToPath(url)
  return { format: 'module', source: await stripped(await readFile(path, 'utf8'), path), shortCircuit: true }
}
