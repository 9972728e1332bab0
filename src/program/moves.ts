/** Operations that only move numbers, as boxes: what is copied from where in an input to where in the result. */
import type { Window } from '../core/LinearMap.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import type { Sliding } from '../data/Sliding.js'
import type { Box } from '../kernel/wasm/Move.js'
import { unfoldedStrides } from '../primitive/unfold.js'
import type { Instruction } from './Program.js'
import { axisOf, isAssembly, isAxes, isPermutation, isSliding, windowOf } from './params.js'

/** A box of the input of that number. */
export type InputBox = Box & { readonly input: number }

export interface Moves {
  readonly boxes: ReadonlyArray<InputBox>
  readonly leavesGaps: boolean
  readonly addsZero: boolean
}

/** How far entries are apart along each axis of a tensor in row-major order. */
const stridesOf = (shape: Shape): Shape => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))

const dot = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number =>
  a.reduce((total, each, i) => total + each * (b[i] ?? 0), 0)

const whole = (boxes: ReadonlyArray<InputBox>): Moves => ({ boxes, leavesGaps: false, addsZero: false })

/** Where the entries of a window begin in the outer tensor, and how far they are apart. */
const within = ({ starts, strides, outer }: Window): { readonly at: number; readonly strides: Shape } => {
  const steps = stridesOf(outer)
  return { at: dot(starts, steps), strides: steps.map((step, axis) => step * (strides[axis] ?? 1)) }
}

/** The box of an input that is laid into a window. */
const laidInto = (window: Window, input: number): InputBox => {
  const { at, strides } = within(window)
  return { input, from: 0, to: at, shape: window.inner, fromStrides: stridesOf(window.inner), toStrides: strides }
}

const sliced = (window: Window): Moves => {
  const { at, strides } = within(window)
  const shape = window.inner
  return whole([{ input: 0, from: at, to: 0, shape, fromStrides: strides, toStrides: stridesOf(shape) }])
}

const permuted = (permutation: Shape, input: Shape, shape: Shape): Moves => {
  const strides = stridesOf(input)
  const fromStrides = permutation.map((axis) => strides[axis] ?? 0)
  return whole([{ input: 0, from: 0, to: 0, shape, fromStrides, toStrides: stridesOf(shape) }])
}

const flipped = (axes: Shape, shape: Shape): Moves => {
  const strides = stridesOf(shape)
  const from = axes.reduce((at, axis) => at + ((shape[axis] ?? 1) - 1) * (strides[axis] ?? 0), 0)
  const fromStrides = strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride))
  return whole([{ input: 0, from, to: 0, shape, fromStrides, toStrides: strides }])
}

/** Windows that overlap are read again. */
const unfolded = (sliding: Sliding, shape: Shape): Moves =>
  whole([{ input: 0, from: 0, to: 0, shape, fromStrides: unfoldedStrides(sliding), toStrides: stridesOf(shape) }])

/** The axes are new ones of the result, along which the input is repeated. */
const repeated = (axes: Shape, input: Shape, shape: Shape): Moves => {
  const strides = stridesOf(input)
  const old = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const fromStrides = shape.map((_, axis) => strides[old.indexOf(axis)] ?? 0)
  return whole([{ input: 0, from: 0, to: 0, shape, fromStrides, toStrides: stridesOf(shape) }])
}

const joined = (axis: number, inputs: ReadonlyArray<Shape>, shape: Shape): Moves => {
  const toStrides = stridesOf(shape)
  const starts = inputs.reduce<Shape>(
    (known, input) => [...known, (known[known.length - 1] ?? 0) + (input[axis] ?? 0)],
    [0],
  )
  return whole(
    inputs.map((input, i) => ({
      ...{ input: i, from: 0, to: (starts[i] ?? 0) * (toStrides[axis] ?? 0) },
      ...{ shape: input, fromStrides: stridesOf(input), toStrides },
    })),
  )
}

const assembled = (windows: ReadonlyArray<Window>): Moves => {
  const filled = windows.reduce((total, { inner }) => total + sizeOf(inner), 0)
  return { boxes: windows.map(laidInto), leavesGaps: filled < sizeOf(windows[0]?.outer ?? []), addsZero: true }
}

/** The boxes of an operation that moves numbers; undefined for any other. */
export const movesOf = (
  { operation: { name, params }, shape }: Instruction,
  inputs: ReadonlyArray<Shape>,
): Moves | undefined => {
  const [input = []] = inputs
  const window = windowOf(params)
  const axis = axisOf(params)
  switch (name) {
    case 'slice':
      return window && sliced(window)
    case 'pad':
      return window && { boxes: [laidInto(window, 0)], leavesGaps: true, addsZero: false }
    case 'permute':
      return isPermutation(params) ? permuted(params.permutation, input, shape) : undefined
    case 'flip':
      return isAxes(params) ? flipped(params.axes, shape) : undefined
    case 'spread':
      return isAxes(params) ? repeated(params.axes, input, shape) : undefined
    case 'unfold':
      return isSliding(params) ? unfolded(params, shape) : undefined
    case 'concat':
      return axis === undefined ? undefined : joined(axis, inputs, shape)
    case 'assemble':
      return isAssembly(params) ? assembled(params.windows) : undefined
    default:
      return undefined
  }
}
