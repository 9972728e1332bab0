/*
 * An arena: one WebAssembly memory in which a compiled program lives. The matrix product works in it directly, and so do
 * the loops that are emitted for the program, and so does a native provider where one is in use.
 */
import { provider } from '../provider.js'
import { instantiateLoops } from './emitLoop.js'
import { instantiate } from './instance.js'
import type { Loop } from './Loop.js'
import { matmulBytes } from './matmul.bytes.js'
import { SCRATCH } from './matmul.js'

/** Where the places of values may begin: the matrix product keeps its packed panels before it. */
export const arenaBase = SCRATCH

export interface Arena {
  /** The whole memory as doubles; it never grows, so the view stays. */
  readonly view: Float64Array
  /** C ← op(A)·op(B) at addresses in doubles; C needs ceil4(m)·ceil4(n). */
  readonly multiply: (
    m: number,
    n: number,
    k: number,
    a: number,
    transposeA: boolean,
    b: number,
    transposeB: boolean,
    c: number,
  ) => void
  /** Compiles loops over this memory; undefined where the engine refuses. */
  readonly loops: (loops: ReadonlyArray<Loop>) => ReadonlyArray<() => void> | undefined
}

/** A memory of at least `doubles`, or undefined where WebAssembly, its SIMD or the memory is missing. */
export const arena = (doubles: number): Arena | undefined => {
  const instance = instantiate(matmulBytes)
  const view = instance?.reserve(doubles)
  if (instance === undefined || view === undefined) return undefined
  const multiply = instance.kernel('matmul')
  return {
    view,
    multiply: (m, n, k, a, transposeA, b, transposeB, c) => {
      const { overtakes, matmul } = provider()
      if (overtakes?.(m, n, k)) matmul(m, n, k, view, a, transposeA, view, b, transposeB, view, c)
      else multiply(m, n, k, a * 8, transposeA ? 1 : 0, b * 8, transposeB ? 1 : 0, c * 8, 0)
    },
    loops: (loops) => instantiateLoops(loops, instance.memory),
  }
}
