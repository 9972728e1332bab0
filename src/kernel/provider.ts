/*
 * kernel/: raw loops on Float64Array, the only folder of gradus that writes into arrays.
 * It exists so that everything above it can be pure and still run at the speed of hand-written loops.
 * reference/ is plain TypeScript and the oracle of the others; wasm/ is SIMD WebAssembly, embedded and optional.
 * A provider is a choice of kernels; the embedded ones return the same bits. native/ is found at run time; blocked/ rests on it.
 * May be imported by core, primitive, operator and program; imports nothing outside its folder.
 */
import type { Basis, OpenBasis } from './Basis.js'
import type { MatrixKernel } from './MatrixKernel.js'
import { referenceBasis } from './reference/basis.js'
import { matmulReference } from './reference/matmul.js'
import type { Tridiagonalize } from './reference/tridiagonalize.js'
import { basisWasm } from './wasm/basis.js'
import { matmulWasm, wasmSupported } from './wasm/matmul.js'
import type { Team } from './wasm/Team.js'

/**
 * A source of kernels: the choice between the embedded ones, a BLAS from `loadBlas`, or threads from `loadThreads`.
 *
 * @since 0.1.0
 */
export interface Provider {
  readonly name: string
  readonly matmul: MatrixKernel
  /**
   * Whether a product is faster here than in WebAssembly, even where the operands lie in the memory of a compiled program;
   * without it compiled programs use their own kernel.
   */
  readonly overtakes?: (m: number, n: number, k: number) => boolean
  /** The reduction in which eigen-decompositions spend most of their time, from a LAPACK; without it the embedded one. */
  readonly tridiagonalize?: Tridiagonalize
  /** Threads that share the memory of compiled programs, from `loadThreads`; without it they run on one. */
  readonly team?: Team
  /** Rows for Krylov methods; without it the embedded ones. */
  readonly basis?: OpenBasis
}

/** Plain TypeScript, everywhere. */
export const reference: Provider = { name: 'reference', matmul: matmulReference, basis: referenceBasis }

/** WebAssembly for every product that fits in its memory; undefined where WebAssembly or its SIMD is missing. */
export const wasm: Provider | undefined = wasmSupported()
  ? {
      name: 'wasm',
      matmul: (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
        if (!matmulWasm(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)) {
          matmulReference(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)
        }
      },
      basis: (size) => basisWasm(size) ?? referenceBasis(size),
    }
  : undefined

/**
 * Whether copying into WebAssembly pays. Measured on one core (Zen 4, Node 20.20, µs a product; plain loops / tiles in
 * TypeScript / WebAssembly with copies):
 *   3×3×3 .09 / – / .11      4×4×4 .19 / .18 / .10     8×8×8 – / .38 / .18        32×32×32 – / 17.6 / 4.1
 *   2×4×8 .15 / – / .12      100×4×4 – / 1.12 / .56    500×10×50 – / 148 / 38     256×256×256 – / 7,300 / 1,700
 * and for products with a vector (m×n×k): 10×1×10 .24 / .16 / .19   30×1×30 1.8 / 1.1 / .75   1000×1×1000 – / 1,146 / 817
 * A dot product must add in order and an outer product with one column only copies: both stay in TypeScript.
 */
const pays = (m: number, n: number, k: number): boolean => {
  const work = m * n * k
  return m < 4 || n < 4 ? work >= 512 && m * n >= 16 && k > 1 : work >= 64
}

/** The faster of the two for each product. */
export const automatic: Provider =
  wasm === undefined
    ? reference
    : {
        name: 'automatic',
        matmul: (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
          if (!pays(m, n, k) || !matmulWasm(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)) {
            matmulReference(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)
          }
        },
      }

/** A memory of its own costs as much as the work on rows that are shorter than this. */
const long = 1024

let current: Provider = automatic

/**
 * The provider in use: by default the faster of the embedded ones for each product.
 *
 * @example
 * import { provider } from 'gradus'
 * provider().name // => 'automatic'
 *
 * @since 0.1.0
 */
export const provider = (): Provider => current

/**
 * Switches the kernels of the whole process, compiled programs that exist already included.
 *
 * @example
 * import { loadBlas, matmul, provider, tensor, toArray, useProvider } from 'gradus'
 * const before = provider()
 * const blas = loadBlas()
 * if (blas._tag === 'Right') useProvider(blas.right)
 * toArray(matmul(tensor([[1, 2]]), tensor([[3], [4]]))) // => [[11]]
 * useProvider(before)
 *
 * @since 0.1.0
 */
export const useProvider = (chosen: Provider): void => {
  current = chosen
}

const automaticBasis: OpenBasis = (size) => (size < long ? referenceBasis(size) : (wasm?.basis ?? referenceBasis)(size))

/** Rows for a Krylov method, in the memory of the provider in use. */
export const openBasis: OpenBasis = (size) => (current.basis ?? automaticBasis)(size)

/** What `use` makes in a basis that ends with it: nothing of its result may read the rows. */
export const withBasis = <A>(size: number, use: (basis: Basis) => A): A => {
  const basis = openBasis(size)
  const made = use(basis)
  basis.release()
  return made
}
