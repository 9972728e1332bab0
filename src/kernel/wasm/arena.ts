/*
 * An arena: one WebAssembly memory in which a compiled program lives. The matrix product works in it directly, and so do
 * the loops that are emitted for the program, and so does a native provider where one is in use. Where the provider has a
 * team of threads, they share it.
 */
import { provider } from '../provider.js'
import { instantiateLoops } from './emitLoop.js'
import { instantiateMoves } from './emitMove.js'
import { instantiateWalks } from './emitWalk.js'
import { instantiate } from './instance.js'
import { matmulBytes } from './matmul.bytes.js'
import { SCRATCH } from './matmul.js'
import type { Arena } from './Team.js'

export type { Arena } from './Team.js'

/** Where the places of values may begin: the matrix product keeps its packed panels before it. */
export const arenaBase = SCRATCH

/** A memory for one thread. */
const unshared = (doubles: number): Arena | undefined => {
  const instance = instantiate(matmulBytes)
  const view = instance?.reserve(doubles)
  if (instance === undefined || view === undefined) return undefined
  const multiply = instance.kernel('matmul')
  return {
    view,
    multiply: (m, n, k, a, transposeA, b, transposeB, c) => {
      multiply(m, n, k, a * 8, transposeA ? 1 : 0, b * 8, transposeB ? 1 : 0, c * 8, 0)
    },
    loops: (loops) => instantiateLoops(loops, instance.memory),
    moves: (moves) => instantiateMoves(moves, instance.memory),
    walks: (walks) => instantiateWalks(walks, instance.memory),
  }
}

/** A memory of at least `doubles`, or undefined where WebAssembly, its SIMD or the memory is missing. */
export const arena = (doubles: number): Arena | undefined => {
  const opened = provider().team?.open(doubles) ?? unshared(doubles)
  if (opened === undefined) return undefined
  const { view, multiply } = opened
  return {
    ...opened,
    multiply: (m, n, k, a, transposeA, b, transposeB, c) => {
      const { overtakes, matmul } = provider()
      if (overtakes?.(m, n, k)) matmul(m, n, k, view, a, transposeA, view, b, transposeB, view, c)
      else multiply(m, n, k, a, transposeA, b, transposeB, c)
    },
  }
}
