/** What the fixtures of convolutions, pooling and Fourier transforms mean. */
import type { ConvolutionOptions, Padding, PoolingOptions, Tensor, TransposedConvolutionOptions } from 'gradus'
import * as gradus from 'gradus'

/** The options that only these fixtures carry. */
export interface WindowOptions {
  readonly window?: ReadonlyArray<number>
  readonly padding?: Padding
  readonly dilation?: number | ReadonlyArray<number>
  readonly inputDilation?: number | ReadonlyArray<number>
  readonly groups?: number
  readonly length?: number
}

type Call = (...inputs: ReadonlyArray<Tensor>) => Tensor

const at = (inputs: ReadonlyArray<Tensor>, index: number): Tensor => {
  const input = inputs[index]
  if (input === undefined) throw new Error(`the fixture lacks input ${index}`)
  return input
}

const convolution =
  <O>(f: (x: Tensor, kernel: Tensor, options?: O) => Tensor) =>
  (options: O): Call =>
  (...inputs) =>
    f(at(inputs, 0), at(inputs, 1), options)

const pooling =
  (f: (x: Tensor, window: ReadonlyArray<number>, options?: PoolingOptions) => Tensor) =>
  ({ window = [], ...options }: PoolingOptions & { readonly window?: ReadonlyArray<number> }): Call =>
  (...inputs) =>
    f(at(inputs, 0), window, options)

const one =
  <O>(f: (x: Tensor, options?: O) => Tensor) =>
  (options: O): Call =>
  (...inputs) =>
    f(at(inputs, 0), options)

export const convolutionOperations = {
  conv1d: convolution<ConvolutionOptions>(gradus.conv1d),
  conv2d: convolution<ConvolutionOptions>(gradus.conv2d),
  convolve: convolution<ConvolutionOptions>(gradus.convolve),
  convTranspose1d: convolution<TransposedConvolutionOptions>(gradus.convTranspose1d),
  convTranspose2d: convolution<TransposedConvolutionOptions>(gradus.convTranspose2d),
  convolveTransposed: convolution<TransposedConvolutionOptions>(gradus.convolveTransposed),
  maxPool: pooling(gradus.maxPool),
  sumPool: pooling(gradus.sumPool),
  avgPool: pooling(gradus.avgPool),
  fft: one(gradus.fft),
  ifft: one(gradus.ifft),
  rfft: one(gradus.rfft),
  irfft: one(gradus.irfft),
}
