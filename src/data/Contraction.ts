/**
 * Which axes of two tensors are multiplied and which are summed: lists of integers, and the rotations that turn a
 * contraction into the transpose of one that is linear in either operand.
 */

/** Index labels of a contraction; every label occurs in at least two of the three lists. */
export interface Contraction {
  readonly left: ReadonlyArray<number>
  readonly right: ReadonlyArray<number>
  readonly out: ReadonlyArray<number>
}

/** Contractions are few and reused by every call, so their rotations are remembered by identity. */
const rotations = new WeakMap<Contraction, { readonly left: Contraction; readonly right: Contraction }>()

export const rotate = (labels: Contraction): { readonly left: Contraction; readonly right: Contraction } => {
  const known = rotations.get(labels)
  if (known !== undefined) return known
  const { left, right, out } = labels
  const rotated = { left: { left: out, right, out: left }, right: { left, right: out, out: right } }
  rotations.set(labels, rotated)
  return rotated
}
