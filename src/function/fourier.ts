/** Fourier transforms of complex numbers as pairs, and of real numbers, along any axes. */

import { bind } from '../core/Trace.js'
import { tensor } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { axesNames, axisNames, optionsFrom } from '../data/options.js'
import { axisFrom, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { mul } from '../primitive/arithmetic.js'
import { fourierP } from '../primitive/fourier.js'
import { expandDims, permute, squeeze } from '../primitive/structure.js'
import { concat, flip, pad, slice } from '../primitive/window.js'

/**
 * Axes to transform, counted without the axis of real and imaginary parts; the last one by default.
 *
 * @since 0.1.0
 */
export interface FourierOptions {
  readonly axes?: ReadonlyArray<number>
}

const lengthNames = { ...axisNames, length: 'how many real numbers' } as const

const checkPairs = (name: string, x: Tensor): void => {
  if (x.rank < 2 || x.shape[x.rank - 1] !== 2)
    raise(
      'ShapeMismatch',
      `${name}: expected pairs (real, imaginary) along the last axis, […, n, 2], got ${showShape(x.shape)}. For real numbers use rfft.`,
    )
}

/** The permutation that swaps an axis with the last one before `kept` further ones; it is its own inverse. */
const swapped = (x: Tensor, axis: number, last: number): Tensor =>
  permute(
    x,
    x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i)),
  )

const transformed = (name: string, x: Tensor, conjugate: boolean, options: FourierOptions): Tensor => {
  checkPairs(name, x)
  return (optionsFrom(name, options, axesNames).axes ?? [-1]).reduce((y, each) => {
    const axis = axisFrom(name, each, x.rank - 1)
    const moved = bind(fourierP, { conjugate }, [swapped(y, axis, x.rank - 2)])
    return swapped(moved, axis, x.rank - 2)
  }, x)
}

/**
 * The discrete Fourier transform of complex numbers, given as pairs (real, imaginary) along the last axis.
 *
 * y_k = Σ_j exp(−2πi·jk/n) x_j
 *
 * **Shapes** `[…, n, 2] → […, n, 2]`. Axes are counted without the last one: `{ axes: [-2, -1] }` transforms images.
 *
 * **Cost** n log n for every length. The error is a few ulp times log n of the largest entry.
 *
 * **Fails** with a `Defect` when the last axis does not have length 2.
 *
 * **References** Cooley and Tukey (1965); Bluestein (1970), for lengths with large prime factors.
 *
 * @example
 * import { fft, tensor, toArray } from 'gradus'
 * toArray(fft(tensor([[1, 0], [2, 0], [3, 0], [4, 0]]))) // => [[10, 0], [-2, 2], [-2, 0], [-2, -2]]
 *
 * @since 0.1.0
 */
export const fft = (x: Tensor, options: FourierOptions = {}): Tensor => transformed('fft', x, false, options)

/**
 * The inverse of `fft`.
 *
 * x_j = 1/n Σ_k exp(2πi·jk/n) y_k
 *
 * **Shapes** `[…, n, 2] → […, n, 2]`.
 *
 * **Fails** with a `Defect` when the last axis does not have length 2.
 *
 * @example
 * import { ifft, tensor, toArray } from 'gradus'
 * toArray(ifft(tensor([[10, 0], [-2, 2], [-2, 0], [-2, -2]]))) // => [[1, 0], [2, 0], [3, 0], [4, 0]]
 *
 * @since 0.1.0
 */
export const ifft = (x: Tensor, options: FourierOptions = {}): Tensor => {
  const y = transformed('ifft', x, true, options)
  const axes = options.axes ?? [-1]
  return mul(1 / axes.reduce((n, axis) => n * (x.shape[axisFrom('ifft', axis, x.rank - 1)] ?? 1), 1), y)
}

/**
 * The discrete Fourier transform of real numbers along an axis (default: the last): the ⌊n/2⌋ + 1 frequencies that
 * determine the others, which are their conjugates.
 *
 * y_k = Σ_j exp(−2πi·jk/n) x_j, k = 0 … ⌊n/2⌋
 *
 * **Shapes** `[…, n, …] → […, ⌊n/2⌋ + 1, …, 2]`: pairs (real, imaginary) along a new last axis.
 *
 * **Fails** with a `Defect` when there is no such axis, or it is empty.
 *
 * @example
 * import { rfft, tensor, toArray } from 'gradus'
 * toArray(rfft(tensor([1, 2, 3, 4]))) // => [[10, 0], [-2, 2], [-2, 0]]
 *
 * @since 0.1.0
 */
export const rfft = (x: Tensor, options: { readonly axis?: number } = {}): Tensor => {
  const axis = axisFrom('rfft', optionsFrom('rfft', options, axisNames).axis ?? -1, x.rank)
  const none = x.shape.map((): readonly [number, number] => [0, 0])
  const pairs = pad(expandDims(x, -1), [...none, [0, 1]])
  const ends = pairs.shape.map((length, i) => (i === axis ? Math.floor(length / 2) + 1 : length))
  return slice(
    fft(pairs, { axes: [axis] }),
    ends.map(() => 0),
    ends,
  )
}

/**
 * The inverse of `rfft`: real numbers from the first half of their frequencies. What no real numbers have, an imaginary part
 * at frequency 0 and at n/2, is left out of account.
 *
 * **Shapes** `[…, ⌊n/2⌋ + 1, …, 2] → […, n, …]`, where n is `length`, by default the even one: twice the last frequency.
 *
 * **Fails** with a `Defect` when the last axis does not have length 2, or no real numbers of that length have so many frequencies.
 *
 * @example
 * import { irfft, tensor, toArray } from 'gradus'
 * toArray(irfft(tensor([[10, 0], [-2, 2], [-2, 0]]))) // => [1, 2, 3, 4]
 *
 * @since 0.1.0
 */
export const irfft = (x: Tensor, options: { readonly axis?: number; readonly length?: number } = {}): Tensor => {
  checkPairs('irfft', x)
  const axis = axisFrom('irfft', optionsFrom('irfft', options, lengthNames).axis ?? -1, x.rank - 1)
  const known = x.shape[axis] ?? 0
  const length = options.length ?? 2 * (known - 1)
  if (!Number.isInteger(length) || length < 1 || Math.floor(length / 2) + 1 !== known)
    return raise(
      'InvalidArgument',
      `irfft: ${known} frequencies are those of ${2 * known - 2} or ${2 * known - 1} real numbers, got length ${length}.`,
    )
  const between = (from: number, to: number): Tensor =>
    slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.map((n, i) => (i === axis ? to : n)),
    )
  // Frequency n − k is the conjugate of frequency k.
  const others = mul(flip(between(1, length - known + 1), [axis]), tensor([1, -1]))
  const whole = ifft(concat([x, others], { axis }), { axes: [axis] })
  const [starts, ends] = [whole.shape.map(() => 0), whole.shape.map((n, i) => (i === x.rank - 1 ? 1 : n))]
  return squeeze(slice(whole, starts, ends), [-1])
}
