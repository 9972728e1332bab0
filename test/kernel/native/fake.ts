/** Libraries written in TypeScript: what koffi would find, and the ways in which it can be wrong. */
import type { ForeignFunction, OpenLibrary } from '../../../src/kernel/native/foreign.js'

/** cblas_dgemm as its documentation defines it, for row-major operands. */
export const dgemm: ForeignFunction = (layout, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) => {
  if (layout !== 101 || !(a instanceof Float64Array) || !(b instanceof Float64Array) || !(c instanceof Float64Array))
    throw new Error('not a row-major call')
  const [rows, columns, terms, stepA, stepB, stepC] = [m, n, k, lda, ldb, ldc].map(Number)
  for (let i = 0; i < (rows ?? 0); i++)
    for (let j = 0; j < (columns ?? 0); j++) {
      let total = 0
      // Backwards, so that rounding differs from the embedded kernels.
      for (let p = (terms ?? 0) - 1; p >= 0; p--) {
        const x = a[transA === 112 ? p * (stepA ?? 0) + i : i * (stepA ?? 0) + p] ?? Number.NaN
        const y = b[transB === 112 ? j * (stepB ?? 0) + p : p * (stepB ?? 0) + j] ?? Number.NaN
        total += x * y
      }
      const at = i * (stepC ?? 0) + j
      c[at] = Number(alpha) * total + (beta === 0 ? 0 : Number(beta) * (c[at] ?? 0))
    }
  return undefined
}

export type Symbols = Readonly<Record<string, ForeignFunction>>

/** A loader that knows the given files and the functions in them. */
export const opening =
  (files: Readonly<Record<string, Symbols>>): OpenLibrary =>
  (file) => {
    const symbols = files[file]
    return symbols === undefined
      ? 'no such file'
      : { func: (prototype) => symbols[/(\w+)\(/.exec(prototype)?.[1] ?? ''] }
  }

/** An OpenBLAS whose thread count is told to `heard`. */
export const openblas = (
  product: ForeignFunction = dgemm,
  heard: (count: unknown) => void = () => undefined,
): Symbols => ({
  cblas_dgemm: product,
  openblas_get_config: () => 'OpenBLAS 9.8.7 DYNAMIC_ARCH MAX_THREADS=64',
  openblas_set_num_threads: heard,
})
