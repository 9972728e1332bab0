/** What a pass may read in the parameters of an operation, which a program keeps as plain data. */
import type { Contraction } from '../core/LinearMap.js'
import type { Shape } from '../data/Shape.js'

const hasAll = (params: unknown, keys: ReadonlyArray<string>): boolean =>
  typeof params === 'object' && params !== null && keys.every((key) => key in params)

/** Of `contract` and `productSum`. */
export const isContraction = (params: unknown): params is Contraction => hasAll(params, ['left', 'right', 'out'])

/** Of reductions, and of `spread`, which has `outer` too. */
export const isAxes = (params: unknown): params is { readonly axes: Shape; readonly outer?: Shape } =>
  hasAll(params, ['axes'])

/** Of `permute`. */
export const isPermutation = (params: unknown): params is { readonly permutation: Shape } =>
  hasAll(params, ['permutation'])

/** Of `power`. */
export const exponentOf = (params: unknown): number | undefined =>
  typeof params === 'object' && params !== null && 'exponent' in params ? Number(params.exponent) : undefined
