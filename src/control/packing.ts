/** Several tensors as one vector, since an operation has one result, and its derivative one map for each input. */
import { type Trace, Traced } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { reshape } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'

/** All entries, one tensor after the other. */
export const packed = (tensors: ReadonlyArray<Tensor>): Tensor => {
  const [first, ...rest] = tensors
  if (first === undefined) return zeros([0])
  const flat = (x: Tensor): Tensor => reshape(x, [x.size])
  return rest.length === 0 ? flat(first) : concat(tensors.map(flat))
}

/** The tensors of these shapes that lie behind each other along the last axis; axes before it are kept. */
export const unpacked = (whole: Tensor, shapes: ReadonlyArray<Shape>): ReadonlyArray<Tensor> => {
  const lead = whole.shape.slice(0, -1)
  const ends = shapes.reduce<ReadonlyArray<number>>((all, shape) => [...all, (all.at(-1) ?? 0) + sizeOf(shape)], [])
  return shapes.map((shape, i) => {
    const end = ends[i] ?? 0
    const part = slice(whole, [...lead.map(() => 0), end - sizeOf(shape)], [...lead, end])
    return reshape(part, [...lead, ...shape])
  })
}

/**
 * Which tensors share a vector: those that the same trace watches, since they carry derivatives together or not at all. So
 * what is constant for a transform stays a structural zero.
 */
export const groupsOf = (tensors: ReadonlyArray<Tensor>): ReadonlyArray<ReadonlyArray<number>> => {
  const traceOf = (x: Tensor): Trace | undefined => (x instanceof Traced ? x.trace : undefined)
  const traces = [...new Set(tensors.map(traceOf))]
  return traces.map((trace) => tensors.flatMap((x, i) => (traceOf(x) === trace ? [i] : [])))
}

/** The tensors of all groups, in their own order. */
export const ungrouped = (
  groups: ReadonlyArray<ReadonlyArray<number>>,
  parts: ReadonlyArray<ReadonlyArray<Tensor>>,
): ReadonlyArray<Tensor> => {
  const places = new Map(groups.flatMap((group, g) => group.map((member, i) => [member, parts[g]?.[i]] as const)))
  return Array.from({ length: places.size }, (_, member) => places.get(member)).flatMap((x) => x ?? [])
}
