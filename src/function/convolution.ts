/** Convolutions: windows laid side by side, times a matrix; and the transposes of convolutions, which add windows back. */

import { raise } from '../data/Defect.js'
import { optionsFrom, windowNames } from '../data/options.js'
import { type Shape, showShape, sizeOf } from '../data/Shape.js'
import type { Sliding } from '../data/Sliding.js'
import type { Tensor } from '../data/Tensor.js'
import { matmul } from '../primitive/contraction.js'
import { permute, reshape, transpose } from '../primitive/structure.js'
import { fold, unfold, windowCount } from '../primitive/unfold.js'
import { interleave, pad, slice } from '../primitive/window.js'
import { type Padding, type Placement, padsOf, perAxis, placed, reachOf } from './window.js'

/**
 * How a kernel slides: one number for all spatial axes, or one for each.
 *
 * @since 0.1.0
 */
export interface ConvolutionOptions {
  /** From one place of the kernel to the next; 1 by default. */
  readonly strides?: number | ReadonlyArray<number>
  /** Zeros around the input; none by default. */
  readonly padding?: Padding
  /** From one entry of the kernel to the next; 1 by default. */
  readonly dilation?: number | ReadonlyArray<number>
  /** From one entry of the input to the next, with zeros between them; 1 by default. */
  readonly inputDilation?: number | ReadonlyArray<number>
  /** Blocks of channels that do not see each other; 1 by default. */
  readonly groups?: number
}

/**
 * How the kernel of the convolution slides whose transpose is meant.
 *
 * @since 0.1.0
 */
export interface TransposedConvolutionOptions {
  readonly strides?: number | ReadonlyArray<number>
  readonly padding?: Padding
  readonly dilation?: number | ReadonlyArray<number>
  readonly groups?: number
  /** The spatial lengths of the result, where several are possible; by default n · stride for `same`, else the shortest. */
  readonly lengths?: ReadonlyArray<number>
}

const sharedNames = { ...windowNames, groups: 'how many groups of channels' } as const
const convolutionNames = { ...sharedNames, inputDilation: 'the distance of entries of the input' } as const
const transposedNames = { ...sharedNames, lengths: 'the lengths of the result' } as const

interface Channels {
  readonly groups: number
  /** Of the kernel, in all groups together, and of each group. */
  readonly first: number
  readonly second: number
}

/** Checks what does not depend on the placement; `axis` is that of the kernel which all groups of x share. */
const channelsOf = (name: string, x: Tensor, kernel: Tensor, groups: number, transposed: boolean): Channels => {
  const [first = 0, second = 0, ...window] = kernel.shape
  const layout = transposed ? '[in, out / groups, …window]' : '[out, in / groups, …window]'
  if (kernel.rank < 3 || x.rank !== kernel.rank || window.some((length) => length === 0))
    return raise(
      'ShapeMismatch',
      `${name}: expected an input [batch, channels, …space] and a kernel ${layout} of the same rank 3 or more, got ${showShape(x.shape)} and ${showShape(kernel.shape)}. Add axes with expandDims?`,
    )
  if (!Number.isInteger(groups) || groups < 1 || first % groups !== 0)
    return raise(
      'InvalidArgument',
      `${name}: expected groups that divide the ${first} channels of the kernel ${layout}, got ${groups}.`,
    )
  const expected = transposed ? first : second * groups
  return x.shape[1] === expected
    ? { groups, first, second }
    : raise(
        'ShapeMismatch',
        `${name}: a kernel ${showShape(kernel.shape)} in ${groups} group(s) takes ${expected} channels, the input ${showShape(x.shape)} has ${x.shape[1]}.`,
      )
}

/** Channels before examples, so that products of all examples are one. */
const channelsFirst = (x: Tensor): Tensor => permute(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)])

/** The kernel as one matrix, or one for each group. */
const asMatrices = (kernel: Tensor, { groups, first, second }: Channels): Tensor => {
  const columns = second * sizeOf(kernel.shape.slice(2))
  return reshape(kernel, groups === 1 ? [first, columns] : [groups, first / groups, columns])
}

const grouped = (x: Tensor, groups: number, rows: number, columns: number): Tensor =>
  reshape(x, groups === 1 ? [rows, columns] : [groups, rows / groups, columns])

const slidingWith = ({ size, strides, dilation }: Placement, outer: Shape): Sliding => ({
  lead: 1,
  ...{ size, strides, dilation, outer },
})

const isPointwise = ({ size, strides }: Placement): boolean =>
  size.every((length) => length === 1) && strides.every((stride) => stride === 1)

/**
 * The convolution of neural networks (a cross-correlation: the kernel is not reversed) along any number of spatial axes.
 *
 * y[b, o, i] = Σ_c Σ_w x[b, c, i · stride + w · dilation − before] · kernel[o, c, w]
 *
 * **Shapes** `[batch, in, …space]` and `[out, in / groups, …window]` → `[batch, out, …places]`, with
 * `⌊(length + before + after − (window − 1) · dilation − 1) / stride⌋ + 1` places along each axis. `inputDilation` first puts
 * that many steps between the entries of the input. With groups, block g of the outputs sees block g of the inputs.
 *
 * **Cost** one matrix product [out, in · window] · [in · window, batch · places], and memory for its second factor.
 *
 * **Fails** with a `Defect` when ranks or channels do not fit, or the window is longer than the padded input.
 *
 * **References** Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning.
 *
 * @example
 * import { convolve, ones, tensor, toArray } from 'gradus'
 * toArray(convolve(tensor([[[1, 2, 3, 4]]]), tensor([[[1, -1]]]))) // => [[[-1, -1, -1]]]
 * convolve(ones([1, 2, 4, 4, 4]), ones([3, 2, 2, 2, 2]), { strides: 2 }).shape // => [1, 3, 2, 2, 2]
 *
 * @since 0.1.0
 */
export const convolve = (x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor =>
  convolveAs('convolve', x, kernel, options)

const convolveAs = (name: string, x: Tensor, kernel: Tensor, options: ConvolutionOptions): Tensor => {
  optionsFrom(name, options, convolutionNames)
  const channels = channelsOf(name, x, kernel, options.groups ?? 1, false)
  const steps = perAxis(name, 'inputDilation', options.inputDilation, kernel.shape.slice(2))
  const dilated = interleave(channelsFirst(x), [1, 1, ...steps])
  const placement = placed(name, kernel.shape.slice(2), dilated.shape.slice(2), options)
  const padded = pad(dilated, [[0, 0], [0, 0], ...placement.pads])
  const windows = isPointwise(placement) ? padded : unfold(padded, slidingWith(placement, padded.shape))
  const batch = x.shape[0] ?? 0
  const { groups, first, second } = channels
  const rows = groups * second * sizeOf(placement.size)
  const places = batch * sizeOf(placement.counts)
  const product = matmul(asMatrices(kernel, channels), grouped(windows, groups, rows, places))
  return channelsFirst(reshape(product, [first, batch, ...placement.counts]))
}

/** Where a transposed convolution puts its windows back: the placement of the convolution that it is the transpose of. */
const placedBack = (
  name: string,
  window: Shape,
  counts: Shape,
  options: TransposedConvolutionOptions,
): { readonly placement: Placement; readonly lengths: Shape } => {
  const strides = perAxis(name, 'strides', options.strides, window)
  const dilation = perAxis(name, 'dilation', options.dilation, window)
  const reach = reachOf(window, dilation)
  const { padding } = options
  const least = (axis: number): number => ((counts[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (reach[axis] ?? 1)
  const given = padding === 'same' ? undefined : padsOf(name, padding, counts, reach, strides)
  const lengths =
    options.lengths ??
    counts.map((count, axis) => {
      const [before, after] = given?.[axis] ?? [0, 0]
      return given === undefined ? count * (strides[axis] ?? 1) : least(axis) - before - after
    })
  const isLength = (n: number): boolean => Number.isInteger(n) && n >= 1
  const pads = given ?? padsOf(name, 'same', lengths, reach, strides)
  const reached = lengths.map((length, axis) =>
    windowCount(
      length + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0),
      ...([window[axis] ?? 1, strides[axis] ?? 1, dilation[axis] ?? 1] as const),
    ),
  )
  return lengths.length === counts.length && lengths.every(isLength) && reached.every((n, axis) => n === counts[axis])
    ? { placement: { size: window, strides, dilation, pads, counts }, lengths }
    : raise(
        'ShapeMismatch',
        `${name}: a convolution of ${showShape(lengths)} entries has ${showShape(reached)} places, the input has ${showShape(counts)}. Choose lengths, strides or padding that agree.`,
      )
}

/**
 * The transpose of `convolve` in its input: ⟨convolve(x, k), y⟩ = ⟨x, convolveTransposed(y, k)⟩ with the same kernel and options.
 *
 * x[b, c, i · stride + w · dilation − before] += Σ_o y[b, o, i] · kernel[o, c, w]
 *
 * **Shapes** `[batch, in, …places]` and `[in, out / groups, …window]` → `[batch, out, …lengths]`, where a convolution of
 * `lengths` entries has so many places. Several lengths have the same number of places when a stride is above 1.
 *
 * **Cost** one matrix product, no multiplication by zeros between strides, and memory for the windows.
 *
 * **Fails** with a `Defect` when ranks or channels do not fit, or no convolution of `lengths` has so many places.
 *
 * **References** Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning, section 4.
 *
 * @example
 * import { convolveTransposed, tensor, toArray } from 'gradus'
 * toArray(convolveTransposed(tensor([[[1, 10]]]), tensor([[[1, 2, 3]]]))) // => [[[1, 12, 23, 30]]]
 * toArray(convolveTransposed(tensor([[[1, 10]]]), tensor([[[1, 2]]]), { strides: 2 })) // => [[[1, 2, 10, 20]]]
 *
 * @since 0.1.0
 */
export const convolveTransposed = (x: Tensor, kernel: Tensor, options: TransposedConvolutionOptions = {}): Tensor =>
  convolveTransposedAs('convolveTransposed', x, kernel, options)

const convolveTransposedAs = (
  name: string,
  x: Tensor,
  kernel: Tensor,
  options: TransposedConvolutionOptions,
): Tensor => {
  optionsFrom(name, options, transposedNames)
  const channels = channelsOf(name, x, kernel, options.groups ?? 1, true)
  const { groups, first, second } = channels
  const [batch = 0, , ...counts] = x.shape
  const { placement, lengths } = placedBack(name, kernel.shape.slice(2), counts, options)
  const places = batch * sizeOf(counts)
  const columns = grouped(channelsFirst(x), groups, first, places)
  const product = matmul(transpose(asMatrices(kernel, channels)), columns)
  const windows = reshape(product, [groups * second, ...placement.size, batch, ...counts])
  const padded = lengths.map((n, axis) => n + (placement.pads[axis]?.[0] ?? 0) + (placement.pads[axis]?.[1] ?? 0))
  const whole = fold(windows, slidingWith(placement, [groups * second, batch, ...padded]))
  const before = placement.pads.map(([entries]) => entries)
  const ends = lengths.map((n, axis) => n + (before[axis] ?? 0))
  return channelsFirst(slice(whole, [0, 0, ...before], [groups * second, batch, ...ends]))
}

const ranked = (name: string, x: Tensor, rank: number): void => {
  if (x.rank !== rank)
    raise(
      'ShapeMismatch',
      `${name}: expected an input [batch, channels, …] of rank ${rank}, got ${showShape(x.shape)}. Add axes with expandDims, or use convolve for other ranks.`,
    )
}

/**
 * `convolve` along one spatial axis.
 *
 * **Shapes** `[batch, in, length]` and `[out, in / groups, window]` → `[batch, out, places]`.
 *
 * **Fails** with a `Defect` as `convolve` does.
 *
 * @example
 * import { conv1d, tensor, toArray } from 'gradus'
 * const x = tensor([[[1, 2, 3, 4, 5]]])
 * toArray(conv1d(x, tensor([[[1, 0, -1]]]))) // => [[[-2, -2, -2]]]
 * toArray(conv1d(x, tensor([[[1, 1, 1]]]), { padding: 'same', strides: 2 })) // => [[[3, 9, 9]]]
 *
 * @since 0.1.0
 */
export const conv1d = (x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor => {
  ranked('conv1d', x, 3)
  return convolveAs('conv1d', x, kernel, options)
}

/**
 * `convolve` along two spatial axes.
 *
 * y[b, o, i, j] = Σ_c Σ_p Σ_q x[b, c, i · s₀ + p · d₀ − before₀, j · s₁ + q · d₁ − before₁] · kernel[o, c, p, q]
 *
 * **Shapes** `[batch, in, height, width]` and `[out, in / groups, p, q]` → `[batch, out, rows, columns]`.
 *
 * **Cost** one matrix product [out, in · p · q] · [in · p · q, batch · rows · columns], and memory for its second factor:
 * p · q times that of the input when the strides are 1.
 *
 * **Fails** with a `Defect` as `convolve` does.
 *
 * @example
 * import { conv2d, grad, square, sub, sum, type Tensor, tensor, toArray } from 'gradus'
 * // An edge between the columns, found by a difference of neighbors.
 * const image = tensor([[[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]]])
 * const difference = tensor([[[[-1, 1]]]])
 * toArray(conv2d(image, difference)) // => [[[[0, 1, 0], [0, 1, 0], [0, 1, 0]]]]
 * // Kernels are learned as any other parameter is.
 * const loss = (kernel: Tensor): Tensor => sum(square(sub(conv2d(image, kernel), conv2d(image, difference))))
 * toArray(grad(loss)(tensor([[[[0, 1]]]]))) // => [[[[6, 6]]]]
 *
 * @since 0.1.0
 */
export const conv2d = (x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor => {
  ranked('conv2d', x, 4)
  return convolveAs('conv2d', x, kernel, options)
}

/**
 * `convolveTransposed` along one spatial axis.
 *
 * **Shapes** `[batch, in, places]` and `[in, out / groups, window]` → `[batch, out, length]`.
 *
 * **Fails** with a `Defect` as `convolveTransposed` does.
 *
 * @example
 * import { convTranspose1d, ones, tensor, toArray } from 'gradus'
 * toArray(convTranspose1d(tensor([[[1, 2]]]), ones([1, 1, 2]))) // => [[[1, 3, 2]]]
 *
 * @since 0.1.0
 */
export const convTranspose1d = (x: Tensor, kernel: Tensor, options: TransposedConvolutionOptions = {}): Tensor => {
  ranked('convTranspose1d', x, 3)
  return convolveTransposedAs('convTranspose1d', x, kernel, options)
}

/**
 * `convolveTransposed` along two spatial axes.
 *
 * **Shapes** `[batch, in, rows, columns]` and `[in, out / groups, p, q]` → `[batch, out, height, width]`.
 *
 * **Fails** with a `Defect` as `convolveTransposed` does.
 *
 * @example
 * import { convTranspose2d, ones, tensor, toArray } from 'gradus'
 * const up = convTranspose2d(tensor([[[[1, 2]]]]), ones([1, 1, 2, 2]), { strides: 2 })
 * toArray(up) // => [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
 *
 * @since 0.1.0
 */
export const convTranspose2d = (x: Tensor, kernel: Tensor, options: TransposedConvolutionOptions = {}): Tensor => {
  ranked('convTranspose2d', x, 4)
  return convolveTransposedAs('convTranspose2d', x, kernel, options)
}
