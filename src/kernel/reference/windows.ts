/** Loops over windows that slide along axes: reading them out side by side, and adding them back where they came from. */
import { allocate } from './allocate.js'
import { readStrided, rowMajor } from './movement.js'

/** What windows are read from, and how: the windows' own axes follow the first `lead` axes of the result. */
interface Sliding {
  readonly lead: number
  readonly size: ReadonlyArray<number>
  readonly strides: ReadonlyArray<number>
  readonly dilation: ReadonlyArray<number>
  readonly outer: ReadonlyArray<number>
}

/** How far apart in `outer` the neighbors along each axis of the unfolded tensor are. */
export const strideOfWindows = ({ lead, size, strides, dilation, outer }: Sliding): ReadonlyArray<number> => {
  const steps = rowMajor(outer)
  const first = outer.length - size.length
  const along = steps.slice(first)
  return [
    ...steps.slice(0, lead),
    ...along.map((step, i) => step * dilation[i]),
    ...steps.slice(lead, first),
    ...along.map((step, i) => step * strides[i]),
  ]
}

/** out[a, w, b, o] = x[a, b, o·stride + w·dilation] */
export const unfoldEntries = (sliding: Sliding, unfolded: ReadonlyArray<number>, x: Float64Array): Float64Array =>
  readStrided(unfolded, strideOfWindows(sliding), 0, x)

/** The transpose of unfoldEntries: out[a, b, o·stride + w·dilation] += x[a, w, b, o] from zeros. */
export const foldEntries = (sliding: Sliding, unfolded: ReadonlyArray<number>, x: Float64Array): Float64Array => {
  const out = allocate(sliding.outer.reduce((size, length) => size * length, 1))
  if (x.length === 0) return out
  const rank = unfolded.length
  if (rank === 0) {
    out[0] = x[0]
    return out
  }
  const strides = strideOfWindows(sliding)
  const last = unfolded[rank - 1]
  const step = strides[rank - 1]
  const index = new Array<number>(rank).fill(0)
  let to = 0
  for (let from = 0; from < x.length; from += last) {
    if (step === 1) for (let i = 0; i < last; i++) out[to + i] += x[from + i]
    else for (let i = 0, p = to; i < last; i++, p += step) out[p] += x[from + i]
    for (let axis = rank - 2; axis >= 0; axis--) {
      to += strides[axis]
      if (++index[axis] < unfolded[axis]) break
      to -= strides[axis] * unfolded[axis]
      index[axis] = 0
    }
  }
  return out
}
