/** A BLAS of this machine for eager operations and compiled programs. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../data/Defect.js'
import { findBlas } from '../kernel/native/blas.js'
import type { Provider } from '../kernel/provider.js'

/**
 * How to look for a BLAS.
 *
 * @since 0.1.0
 */
export interface BlasOptions {
  /** Threads of one product; default 1. Accelerate decides by itself. */
  readonly threads?: number
  /** The file of a library, tried instead of the usual names; any library with `cblas_dgemm` is taken from there. */
  readonly path?: string
}

/**
 * Why there is no BLAS: what was tried, in order, and what was wrong with it.
 *
 * @since 0.1.0
 */
export interface BlasFailure {
  readonly _tag: 'NoBlas'
  readonly tried: ReadonlyArray<{ readonly library: string; readonly reason: string }>
}

/**
 * A failure in words, one line for each library.
 *
 * @example
 * import { showBlasFailure } from 'gradus'
 * showBlasFailure({ _tag: 'NoBlas', tried: [{ library: 'libblas.so.3', reason: 'no such file' }] }) // => 'libblas.so.3: no such file'
 *
 * @since 0.1.0
 */
export const showBlasFailure = ({ tried }: BlasFailure): string =>
  tried.map(({ library, reason }) => `${library}: ${reason}`).join('\n')

/**
 * Looks for OpenBLAS, BLIS, MKL or Accelerate, tests what it finds against the embedded kernels, and returns it as a
 * provider for `useProvider`. Needs Node and the optional package `koffi`.
 *
 * Its LAPACK, where it holds one, reduces matrices of order 64 and more for eigen-decompositions.
 *
 * Products then agree with the embedded ones within $4 k \varepsilon\,|A||B|$, by rounding only; small ones stay embedded.
 * A library that is so broken that it crashes takes the process with it.
 *
 * **Fails** with a reason for each library tried.
 *
 * @example
 * import { loadBlas, provider, showBlasFailure } from 'gradus'
 * const blas = loadBlas({ threads: 1 })
 * const words = blas._tag === 'Right' ? blas.right.name : showBlasFailure(blas.left)
 * words.length > 0 // => true
 * provider().name // => 'automatic'
 *
 * @since 0.1.0
 */
export const loadBlas = ({ threads = 1, path }: BlasOptions = {}): E.Either<BlasFailure, Provider> => {
  if (!Number.isInteger(threads) || threads < 1)
    return raise('InvalidArgument', `loadBlas: ${threads} threads. Use a whole number from 1.`)
  const found = findBlas({ threads, path })
  return found._tag === 'Found' ? E.right(found.provider) : E.left({ _tag: 'NoBlas', tried: found.tried })
}
