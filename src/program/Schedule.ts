/** What a program becomes before it gets addresses: fused loops, matrix products, and operations that run eagerly. */
import type { Shape } from '../data/Shape.js'
import type { Access, LoopRef, LoopStep, LoopStore } from '../kernel/wasm/Loop.js'
import type { Box } from '../kernel/wasm/Move.js'
import type { WalkKind } from '../kernel/wasm/Walk.js'
import type { Operation, Program, Ref } from './Program.js'

/** A fused loop whose operands and stores are values of the program in place of addresses. */
export interface LoopTask {
  readonly _tag: 'Loop'
  readonly rows: number
  readonly columns: number
  readonly operands: ReadonlyArray<{ readonly ref: Ref; readonly access: Access }>
  readonly steps: ReadonlyArray<LoopStep>
  readonly stores: ReadonlyArray<{ readonly value: LoopRef; readonly ref: Ref; readonly keep: LoopStore['keep'] }>
}

/** C = op(A)·op(B) with C of m × n, for each of a batch; with `absorbing`, exact zeros win over ∞ and NaN. */
export interface ProductTask {
  readonly _tag: 'Product'
  readonly ref: Ref
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Ref
  readonly b: Ref
  readonly transposeA: boolean
  readonly transposeB: boolean
  /** From one matrix of the batch to the next; 0 for an operand that it shares. */
  readonly strideA: number
  readonly strideB: number
  readonly absorbing: boolean
}

/** Boxes of numbers copied into a value, over zeros if they leave gaps. Offsets are from the beginnings of the two values. */
export interface MoveTask {
  readonly _tag: 'Move'
  readonly ref: Ref
  readonly leavesGaps: boolean
  readonly addsZero: boolean
  readonly boxes: ReadonlyArray<Box & { readonly ref: Ref }>
}

/** A walk along an axis; of one by indices they are the second input. */
export interface WalkTask {
  readonly _tag: 'Walk'
  readonly ref: Ref
  readonly kind: WalkKind
  readonly inputs: ReadonlyArray<Ref>
}

/** An operation without a kernel of its own in the arena. */
export interface EagerTask {
  readonly _tag: 'Eager'
  readonly ref: Ref
  readonly operation: Operation
  readonly inputs: ReadonlyArray<Ref>
  /** The shapes under which it reads them. */
  readonly shapes: ReadonlyArray<Shape>
}

export type Task = LoopTask | ProductTask | MoveTask | WalkTask | EagerTask

export interface Schedule {
  readonly program: Program
  readonly tasks: ReadonlyArray<Task>
  /** The value whose storage a value shares: reshapes move nothing. */
  readonly storage: (ref: Ref) => Ref
}

export const readBy = (task: Task): ReadonlyArray<Ref> => {
  switch (task._tag) {
    case 'Loop':
      return task.operands.map(({ ref }) => ref)
    case 'Product':
      return [task.a, task.b]
    case 'Move':
      return task.boxes.map(({ ref }) => ref)
    case 'Walk':
    case 'Eager':
      return task.inputs
  }
}

export const writtenBy = (task: Task): ReadonlyArray<Ref> =>
  task._tag === 'Loop' ? task.stores.map(({ ref }) => ref) : [task.ref]
