/*
 * Walks along one axis of a tensor, seen as [outer, n, inner]: running sums, reductions of an axis between others, positions of
 * the greatest, and reading or adding at positions that are numbers themselves. Like loops they are data, and emitWalk.ts
 * turns them into WebAssembly. Places are an operand, the indices if there are any, and the result.
 */

/** Of operand [outer, n, inner]; n is at least 1, except in running sums. */
export interface AxisWalk {
  readonly _tag: 'Sum' | 'Max' | 'Min' | 'Argmax' | 'Cumulate' | 'CumulateBack'
  readonly outer: number
  readonly n: number
  readonly inner: number
}

/**
 * Gather: to[b, o, j, i] = from[b, o, indices[b, j], i], with `from` [batch, outer, n, inner], indices [batch, count] and `to`
 * [batch, outer, count, inner]. Scatter is its transpose: to[b, o, indices[b, j], i] += from[b, o, j, i], from zeros, j in order.
 */
export interface IndexedWalk {
  readonly _tag: 'Gather' | 'Scatter'
  readonly batch: number
  readonly outer: number
  readonly n: number
  readonly inner: number
  readonly count: number
  /** Whether indices may be anything: the first that is no integer from 0 to n − 1 ends the walk before it has begun. */
  readonly checks: boolean
}

export type WalkKind = AxisWalk | IndexedWalk

export const isIndexed = (kind: WalkKind): kind is IndexedWalk => kind._tag === 'Gather' || kind._tag === 'Scatter'

export interface Walk {
  readonly kind: WalkKind
  /** Where each begins in the arena, in doubles. */
  readonly places: ReadonlyArray<number>
}

/** The position of the first wrong index, or −1. */
export type WalkRun = () => number
