/** What this gradus runs on. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { Results } from '../codec/results.js'
import { wasm } from '../kernel/provider.js'

/** The version in the package's own package.json. */
export const gradusVersion = (): string =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(readFileSync(createRequire(import.meta.url).resolve('gradus/package.json'), 'utf8')),
      () => 'unknown',
    ),
    E.chainW(t.type({ version: t.string }).decode),
    E.match(
      () => 'unknown',
      ({ version }) => version,
    ),
  )

/** The matrix products in use. */
export const kernels = (): string => (wasm === undefined ? 'TypeScript' : 'WebAssembly SIMD')

export const environment = (): Results['environment'] => ({
  gradus: gradusVersion(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  kernels: kernels(),
})

export const cores = (): number => availableParallelism()
