/*
 * Moves: boxes of numbers copied within the arena, which is what slices, paddings, permutations, concatenations, reversals
 * and broadcasts are once shapes are known. Like loops they are data, and emitMove.ts turns them into WebAssembly.
 */

/** Entry i of a box goes from `from` + Σ iₐ·fromStridesₐ to `to` + Σ iₐ·toStridesₐ; everything counts doubles. */
export interface Box {
  readonly from: number
  readonly to: number
  readonly shape: ReadonlyArray<number>
  readonly fromStrides: ReadonlyArray<number>
  readonly toStrides: ReadonlyArray<number>
}

/** Zeros where they are asked for, then the boxes in order. No box reads what this move writes. */
export interface Move {
  readonly zeros: { readonly at: number; readonly length: number } | undefined
  readonly boxes: ReadonlyArray<Box>
  /** Whether 0 is added to each number, which makes +0 of −0 and leaves all others. */
  readonly addsZero: boolean
}

/** One axis of a box. */
interface Axis {
  readonly length: number
  readonly from: number
  readonly to: number
}

/** The axes of a box, as few as its strides allow: axes of one entry are left out, and axes that follow each other are one. */
export const axesOf = ({ shape, fromStrides, toStrides }: Omit<Box, 'from' | 'to'>): ReadonlyArray<Axis> => {
  const merged: Array<Axis> = []
  shape.forEach((length, i) => {
    if (length === 1) return
    const axis = { length, from: fromStrides[i], to: toStrides[i] }
    const last = merged[merged.length - 1]
    if (last !== undefined && last.from === length * axis.from && last.to === length * axis.to)
      merged[merged.length - 1] = { ...axis, length: last.length * length }
    else merged.push(axis)
  })
  return merged
}
