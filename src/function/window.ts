/** What convolutions and pooling share: how windows are placed along the last axes, and how their options are read. */
import { raise } from '../data/Defect.js'
import { type Shape, showShape } from '../data/Shape.js'
import { windowCount } from '../primitive/unfold.js'

/**
 * Entries added before and after each axis that windows slide along: none, as many as give ⌈length / stride⌉ windows
 * (of an odd number the larger half after), or so many.
 *
 * @since 0.1.0
 */
export type Padding = 'valid' | 'same' | ReadonlyArray<readonly [number, number]>

/** One number for all axes, or one for each. */
export type PerAxis = number | ReadonlyArray<number>

/** Where the windows of an operation are, axis by axis. */
export interface Placement {
  readonly size: Shape
  readonly strides: Shape
  readonly dilation: Shape
  readonly pads: ReadonlyArray<readonly [number, number]>
  /** How many windows there are. */
  readonly counts: Shape
}

export const perAxis = (name: string, option: string, value: PerAxis | undefined, window: Shape): Shape => {
  const list = value === undefined ? window.map(() => 1) : typeof value === 'number' ? window.map(() => value) : value
  return list.length === window.length && list.every((each) => Number.isInteger(each) && each >= 1)
    ? list
    : raise(
        'InvalidArgument',
        `${name}: expected ${option} of ${window.length} positive integers for a window ${showShape(window)}, got ${showShape(list)}.`,
      )
}

const isPad = ([before, after]: readonly [number, number]): boolean =>
  Number.isInteger(before) && before >= 0 && Number.isInteger(after) && after >= 0

export const padsOf = (
  name: string,
  padding: Padding | undefined,
  length: Shape,
  reach: Shape,
  strides: Shape,
): ReadonlyArray<readonly [number, number]> => {
  if (padding === undefined || padding === 'valid') return length.map(() => [0, 0])
  if (padding === 'same')
    return length.map((n, axis) => {
      const [stride, extent] = [strides[axis] ?? 1, reach[axis] ?? 1]
      const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + extent - n)
      return [Math.floor(total / 2), Math.ceil(total / 2)]
    })
  return Array.isArray(padding) && padding.length === length.length && padding.every(isPad)
    ? padding
    : raise(
        'InvalidArgument',
        `${name}: expected padding 'valid', 'same' or ${length.length} pairs of non-negative integers, got ${JSON.stringify(padding)}.`,
      )
}

/** From the first to the last entry of a window, both counted. */
export const reachOf = (size: Shape, dilation: Shape): Shape =>
  size.map((length, axis) => (length - 1) * (dilation[axis] ?? 1) + 1)

/** Where windows are along axes of the given lengths; a `Defect` where none fits. */
export const placed = (
  name: string,
  size: Shape,
  lengths: Shape,
  options: { readonly strides?: PerAxis; readonly dilation?: PerAxis; readonly padding?: Padding },
): Placement => {
  const strides = perAxis(name, 'strides', options.strides, size)
  const dilation = perAxis(name, 'dilation', options.dilation, size)
  const reach = reachOf(size, dilation)
  const pads = padsOf(name, options.padding, lengths, reach, strides)
  const padded = lengths.map((length, axis) => length + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0))
  const counts = size.map((length, axis) =>
    windowCount(padded[axis] ?? 0, length, strides[axis] ?? 1, dilation[axis] ?? 1),
  )
  return counts.every((count) => count > 0)
    ? { size, strides, dilation, pads, counts }
    : raise(
        'ShapeMismatch',
        `${name}: windows that reach over ${showShape(reach)} entries do not fit into ${showShape(padded)}. Pad, or take a smaller window or dilation.`,
      )
}
