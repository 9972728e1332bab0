/*
 * The SIMD matrix product of matmul.wat: operands are copied into its memory and the result out of it, which costs
 * O(mk + kn + mn) beside O(mnk) of arithmetic.
 */
import { instantiate, type Kernel, supports, type WasmInstance } from './instance.js'
import { matmulBytes } from './matmul.bytes.js'

/** Packed blocks of B (256 × 256) and of A (256 × 4) and what an odd step spills: see the head of matmul.wat. */
export const SCRATCH = 256 * 260 + 16
/** Above this many doubles (1 GiB) a product is left to the plain kernel, which needs no copies. */
export const MAXIMUM = 2 ** 27
/** Memory beyond this many doubles (128 MiB) is given back by dropping the instance after the product. */
export const KEEP = 2 ** 24

interface Running {
  readonly multiply: Kernel
  readonly reserve: WasmInstance['reserve']
}

export const ceil4 = (n: number): number => (n + 3) & -4

/** Copies an operand into a memory. */
export const load = (view: Float64Array, at: number, x: Float64Array, offset: number, length: number): void => {
  view.set(offset === 0 && length === x.length ? x : x.subarray(offset, offset + length), at)
}

let running: Running | undefined
let refused = false

const start = (): Running | undefined => {
  const instance = instantiate(matmulBytes)
  running = instance && { multiply: instance.kernel('matmul'), reserve: instance.reserve }
  refused = instance === undefined
  return running
}

/** Whether this engine knows the instructions of the module. */
export const wasmSupported = (): boolean => supports(matmulBytes)

/** C ← op(A)·op(B) in WebAssembly; false, with C untouched, where it cannot run or has not enough memory. */
export const matmulWasm = (
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  transposeA: boolean,
  b: Float64Array,
  bOffset: number,
  transposeB: boolean,
  c: Float64Array,
  cOffset: number,
): boolean => {
  if (m === 0 || n === 0 || k === 0 || refused) return false
  // Scratch lies first, at a fixed address; the sizes below keep every operand aligned to 16 bytes.
  const atA = SCRATCH
  const atB = atA + ceil4(m) * k + 4
  const atC = atB + k * ceil4(n) + 4
  const size = atC + ceil4(m) * ceil4(n)
  if (size > MAXIMUM) return false
  const module = running ?? start()
  const view = module?.reserve(size)
  if (module === undefined || view === undefined) return false
  load(view, atA, a, aOffset, m * k)
  load(view, atB, b, bOffset, k * n)
  module.multiply(m, n, k, atA * 8, transposeA ? 1 : 0, atB * 8, transposeB ? 1 : 0, atC * 8, 0)
  c.set(view.subarray(atC, atC + m * n), cOffset)
  if (size > KEEP) running = undefined
  return true
}
