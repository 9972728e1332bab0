/** What a pass may read in the parameters of an operation, which a program keeps as plain data. */
import type { Contraction, Window } from '../core/LinearMap.js'
import type { Shape } from '../data/Shape.js'
import type { Sliding } from '../data/Sliding.js'
import type { Place } from '../primitive/indexing.js'

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

const isWindowed = (params: unknown): params is { readonly window: Window } => hasAll(params, ['window'])

/** Of `slice` and `pad`. */
export const windowOf = (params: unknown): Window | undefined => (isWindowed(params) ? params.window : undefined)

/** Of `unfold` and `fold`. */
export const isSliding = (params: unknown): params is Sliding =>
  hasAll(params, ['lead', 'size', 'strides', 'dilation', 'outer'])

/** Of `assemble`. */
export const isAssembly = (params: unknown): params is { readonly windows: ReadonlyArray<Window> } =>
  hasAll(params, ['windows'])

/** Of `gather` and `scatter`. */
export const isPlace = (params: unknown): params is Place => hasAll(params, ['axis', 'batch', 'outer'])

/** Of `cumsum`. */
export const isRunning = (params: unknown): params is { readonly axis: number; readonly reverse: boolean } =>
  hasAll(params, ['axis', 'reverse'])

/** Of `concat`. */
export const axisOf = (params: unknown): number | undefined =>
  typeof params === 'object' && params !== null && 'axis' in params ? Number(params.axis) : undefined

/** Of `power`. */
export const exponentOf = (params: unknown): number | undefined =>
  typeof params === 'object' && params !== null && 'exponent' in params ? Number(params.exponent) : undefined
