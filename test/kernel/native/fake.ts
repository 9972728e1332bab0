/** Libraries written in TypeScript: what koffi would find, and the ways in which it can be wrong. */
import type { ForeignFunction, OpenLibrary } from '../../../src/kernel/native/foreign.js'
import { tridiagonalize } from '../../../src/kernel/reference/tridiagonalize.js'

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

/** dsytrd_ as its documentation defines it, for the upper triangle of a column-major matrix, with 32-bit integers. */
export const dsytrd: ForeignFunction = (uplo, order, a, lda, d, e, tau, work, lwork, info, length) => {
  const arrays = [a, d, e, tau, work].filter((array) => array instanceof Float64Array)
  const [matrix, diagonal, couplings, factors, space] = arrays
  const [n, step, room, answer] = [order, lda, lwork, info].map((x) => (x instanceof Int32Array ? x : undefined))
  const [count, stride] = [n?.[0] ?? -1, step?.[0] ?? -1]
  if (!matrix || !diagonal || !couplings || !factors || !space || !answer || uplo !== 'U' || length !== 1)
    throw new Error('not a call of dsytrd')
  if (stride !== count || (room?.[0] ?? 0) > space.length) throw new Error('not the sizes of dsytrd')
  const lower = matrix.map((value, at) => (at % count > Math.floor(at / count) ? 0 : value))
  const { reflectors, ...found } = tridiagonalize(count, lower, 1)
  for (let i = 0; i < count; i++) {
    // Column i: the reflector but for its last entry, the coupling, the diagonal.
    matrix.set(reflectors.subarray(i * count, i * count + Math.max(0, i - 1)), i * count)
    if (i > 0) {
      matrix[i * count + i - 1] = couplings[i - 1] = found.subdiagonal[i] ?? Number.NaN
      factors[i - 1] = found.tau[i] ?? Number.NaN
    }
    matrix[i * count + i] = diagonal[i] = found.diagonal[i] ?? Number.NaN
  }
  answer[0] = 0
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
