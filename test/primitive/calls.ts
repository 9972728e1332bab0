/** How the tensors and options of a fixture become the arguments of an operation. */
import type { Tensor } from 'gradus'
import type { Call, Options } from './operations.js'

export const inputAt = (inputs: ReadonlyArray<Tensor>, index: number): Tensor => {
  const input = inputs[index]
  if (input === undefined) throw new Error(`the fixture lacks input ${index}`)
  return input
}

export const unary =
  (f: (x: Tensor, options: Options) => Tensor) =>
  (options: Options): Call =>
  (...inputs) =>
    f(inputAt(inputs, 0), options)

export const binary =
  (f: (a: Tensor, b: Tensor, options: Options) => Tensor) =>
  (options: Options): Call =>
  (...inputs) =>
    f(inputAt(inputs, 0), inputAt(inputs, 1), options)
