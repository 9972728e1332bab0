/**
 * The reduction to tridiagonal form by LAPACK's `dsytrd`. Its result for the triangle that Fortran calls upper, which is the
 * lower one of a row-major matrix, has the form of reference/tridiagonalize.ts: the same reflectors in the same rows,
 * from the last one up, with the same signs. So eigenvectors stay factored, and the rest of the algorithm is shared.
 */
import { type Tridiagonalize, tridiagonalize } from '../reference/tridiagonalize.js'
import type { ForeignFunction, Library } from './foreign.js'
import { reductionTest } from './reductionTest.js'

/** The last argument is the length of the string, which Fortran compilers pass behind the others. */
const DSYTRD =
  'void dsytrd_(const char *, int32_t *, double *, int32_t *, double *, double *, double *, double *, int32_t *, int32_t *, size_t)'

/**
 * Smaller matrices are left to the embedded kernel. Measured on one core (Zen 4, Node 20.20, OpenBLAS 0.3.21, ms a
 * reduction, LAPACK / embedded, copies included):
 *   32  .017 / .019     64  .064 / .077     100  .16 / .22     300  1.9 / 3.7     700  17 / 38
 * `dsyevd`, which forms the matrix of eigenvectors by divide and conquer, takes 7.0 ms at 300 and 61 at 700, where this
 * reduction with the rotations of the embedded kernel takes 4.7 and 37.
 */
const LEAST_ORDER = 64
/** Columns of the work space for each row of the matrix: no LAPACK takes larger blocks. */
const BLOCK = 64
/** What no call returns. */
const MARK = 0x5a5a5a5a

/** An integer in memory, right for 32 bits, and for 64 bits on machines that put the low half first. */
const integer = (value: number): Int32Array => Int32Array.of(value, 0)

interface Reduced {
  readonly result: ReturnType<Tridiagonalize>
  /** The two halves of `info`, in which a library with 32-bit integers writes only the first. */
  readonly info: Int32Array
}

const reduced = (dsytrd: ForeignFunction, n: number, a: Float64Array, scale: number): Reduced => {
  const reflectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let at = i * n; at <= i * n + i; at++) reflectors[at] = a[at] * scale
  const [diagonal, couplings, factors] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  const work = new Float64Array(BLOCK * n)
  const info = Int32Array.of(MARK, MARK)
  const order = integer(n)
  dsytrd('U', order, reflectors, order, diagonal, couplings, factors, work, integer(BLOCK * n), info, 1)
  const [subdiagonal, tau] = [new Float64Array(n), new Float64Array(n)]
  subdiagonal.set(couplings.subarray(0, n - 1), 1)
  tau.set(factors.subarray(0, n - 1), 1)
  // Row i has the coupling where v has its last entry, and the diagonal behind it.
  for (let i = 0; i < n; i++) {
    if (i > 0) reflectors[i * n + i - 1] = 1
    reflectors[i * n + i] = 0
  }
  return { result: { diagonal, subdiagonal, reflectors, tau }, info }
}

/** The reduction of a library that has passed its test, or why there is none. `before` comes before each call. */
export const lapackReduction = (library: Library, before: () => void): Tridiagonalize | string => {
  const dsytrd = library.func(DSYTRD)
  if (dsytrd === undefined) return 'it has no function dsytrd_'
  before()
  // Order 1 touches one entry and shows how wide the integers are, before anything depends on it.
  const { info } = reduced(dsytrd, 1, Float64Array.of(1), 1)
  if (info[0] !== 0) return 'its dsytrd_ does not answer as LAPACK does'
  if (info[1] !== MARK) return 'its integers have 64 bits (ILP64)'
  const native: Tridiagonalize = (n, a, scale) => reduced(dsytrd, n, a, scale).result
  const wrong = reductionTest(native)
  if (wrong !== undefined) return wrong
  return (n, a, scale) => {
    if (n < LEAST_ORDER) return tridiagonalize(n, a, scale)
    before()
    const { result, info: answer } = reduced(dsytrd, n, a, scale)
    return answer[0] === 0 ? result : tridiagonalize(n, a, scale)
  }
}
