/** What a compiled program lives in, and the threads that may share it. */
import type { Loop } from './Loop.js'
import type { Move } from './Move.js'
import type { Walk, WalkRun } from './Walk.js'

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
  readonly moves: (moves: ReadonlyArray<Move>) => ReadonlyArray<() => void> | undefined
  readonly walks: (walks: ReadonlyArray<Walk>) => ReadonlyArray<WalkRun> | undefined
}

/** Threads that work in shared memories: the one that asks, and others that wait for it. */
export interface Team {
  /** How many, the one that asks included. */
  readonly threads: number
  /** A memory of at least `doubles` that all of them see; undefined where there is no more. */
  readonly open: (doubles: number) => Arena | undefined
  /** Whether the others are still there. */
  readonly isWhole: () => boolean
  /** Ends the others. What is asked later runs in the thread that asks. */
  readonly end: () => void
}
