/*
 * kernel/native/: a BLAS, and its LAPACK, that this machine has, found at run time and optional; everything works without it.
 * It exists because OpenBLAS and its like know the processor (FMA, AVX) and multiply about 2.5 times as fast as WebAssembly.
 * foreign.ts calls into libraries, vendors.ts knows whose they are, selfTest.ts and reductionTest.ts refuse the broken.
 * Results differ from those of the other kernels by rounding, so nothing here is used unless it was asked for.
 * May be imported by program, which offers it to users; imports nothing outside kernel/.
 */
import { automatic, type Provider } from '../provider.js'
import { type ForeignFunction, foreignLibraries, type Library, type OpenLibrary, platformName } from './foreign.js'
import { lapackReduction } from './lapack.js'
import { selfTest } from './selfTest.js'
import { candidates, type Identity, identify } from './vendors.js'

/** One library that was not taken. */
export interface Refusal {
  readonly library: string
  readonly reason: string
}

export type Found =
  | {
      readonly _tag: 'Found'
      readonly provider: Provider
      /** The libraries tried before the one that was taken. */
      readonly refused: ReadonlyArray<Refusal>
      /** Why eigen-decompositions stay embedded; undefined where the library has a LAPACK that passed its test. */
      readonly withoutLapack: string | undefined
    }
  | { readonly _tag: 'NotFound'; readonly tried: ReadonlyArray<Refusal> }

export interface Search {
  /** At least 1. */
  readonly threads: number
  /** The only file to try; undefined for those that are usual on the platform. */
  readonly path: string | undefined
  readonly platform?: string | undefined
  readonly open?: OpenLibrary | string
}

/**
 * Products of fewer multiplications are left to the embedded kernels. Measured on one core (Zen 4, Node 20.20, OpenBLAS
 * 0.3.21, ns a product): a call costs about 190, and 100 more for the views of its operands.
 *   m×n×k        BLAS     WebAssembly in an arena / with copies
 *   8×8×8        290      110 / 190            12×12×12     360      265 / 370
 *   5×10×50      500      640 / 800            16×16×16     430      545 / 690
 *   100×1×100    1,030    5,445 / 7,060        64×64×64     9,400    27,700 / 29,600
 */
const LEAST_WORK = 2048
/** Sizes are C's int. */
const MOST = 2 ** 31 - 1

const overtakes: NonNullable<Provider['overtakes']> = (m, n, k) =>
  m * n * k >= LEAST_WORK && m * k <= MOST && k * n <= MOST && m * n <= MOST

const DGEMM =
  'void cblas_dgemm(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int)'

/** The values of CBLAS_LAYOUT and CBLAS_TRANSPOSE, the same in every library since 1998. */
const ROW_MAJOR = 101
const AS_IS = 111
const TRANSPOSED = 112

/** Whose thread count the library has: two providers may share one, which keeps a single count for the whole process. */
let counted: (() => void) | undefined

/** Sets the thread count of a provider unless it was the last to set one. */
const counting = (identity: Identity, threads: number): (() => void) => {
  const count = (): void => {
    if (counted !== count) identity.setThreads?.(threads)
    counted = count
  }
  return count
}

const productOf =
  (dgemm: ForeignFunction, count: () => void): Provider['matmul'] =>
  (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
    count()
    dgemm(
      ROW_MAJOR,
      transposeA ? TRANSPOSED : AS_IS,
      transposeB ? TRANSPOSED : AS_IS,
      m,
      n,
      k,
      1,
      a.subarray(aOffset, aOffset + m * k),
      transposeA ? m : k,
      b.subarray(bOffset, bOffset + k * n),
      transposeB ? k : n,
      0,
      c.subarray(cOffset, cOffset + m * n),
      n,
    )
  }

const nameOf = ({ name, setThreads }: Identity, threads: number): string =>
  setThreads === undefined ? name : `${name} (${threads} thread${threads === 1 ? '' : 's'})`

interface Taken {
  readonly provider: Provider
  readonly withoutLapack: string | undefined
}

/** A BLAS of an unknown vendor is taken only where its path was given. */
const takenFrom = (library: Library, { threads, path }: Search): Taken | string => {
  const dgemm = library.func(DGEMM)
  if (dgemm === undefined) return 'it has no function cblas_dgemm'
  const known = identify(library)
  if (known === undefined && path === undefined)
    return 'it is none of OpenBLAS, BLIS, MKL and Accelerate, and others are slower than the embedded kernels'
  const identity = known ?? { name: path ?? '', setThreads: undefined, wide: false }
  if (identity.wide) return 'its integers have 64 bits (ILP64); install the build with 32 bits'
  const count = counting(identity, threads)
  const product = productOf(dgemm, count)
  const wrong = selfTest(product)
  if (wrong !== undefined) return wrong
  const tridiagonalize = lapackReduction(library, count)
  const provider: Provider = {
    name: nameOf(identity, threads),
    overtakes,
    matmul: (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
      const chosen = overtakes(m, n, k) ? product : automatic.matmul
      chosen(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)
    },
  }
  return typeof tridiagonalize === 'string'
    ? { provider, withoutLapack: tridiagonalize }
    : { provider: { ...provider, tridiagonalize }, withoutLapack: undefined }
}

/** The first library that passes, or what was wrong with each. */
export const findBlas = (search: Search): Found => {
  const { path, platform = platformName(), open = foreignLibraries() } = search
  if (typeof open === 'string') return { _tag: 'NotFound', tried: [{ library: 'koffi', reason: open }] }
  const tried: Array<Refusal> = []
  for (const file of path === undefined ? candidates(platform) : [path]) {
    const library = open(file)
    const taken = typeof library === 'string' ? library : takenFrom(library, search)
    if (typeof taken !== 'string') return { _tag: 'Found', refused: tried, ...taken }
    tried.push({ library: file, reason: taken })
  }
  return { _tag: 'NotFound', tried }
}
