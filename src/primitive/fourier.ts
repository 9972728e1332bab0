/** The discrete Fourier transform of pairs: real numbers in and out, so that it is a linear map as any other. */
import type { Primitive } from '../core/Primitive.js'
import { raise } from '../data/Defect.js'
import { showShape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf } from '../data/Tensor.js'
import { fourierEntries } from '../kernel/reference/fourier.js'
import { linear, only } from './structure.js'

/**
 * y_k = Σ_j exp(−2πi·jk/n) x_j, or with the conjugate of the factors, along the last axis but one, the last one holding real and imaginary parts. The matrix is
 * symmetric, so the transpose of the real map is the conjugate one.
 */
export const fourierP: Primitive<{ readonly conjugate: boolean }> = linear({
  name: 'fourier',
  formula: 'y_k = \\sum_j e^{\\mp 2\\pi i j k / n}\\, x_j',
  shape: (_, [shape = []]) =>
    shape.length >= 2 && shape[shape.length - 1] === 2 && shape[shape.length - 2] !== 0
      ? shape
      : raise(
          'ShapeMismatch',
          `fourier: expected a shape […, n, 2] of pairs (real, imaginary) with n above 0, got ${showShape(shape)}. Stack both parts along a last axis.`,
        ),
  evaluate: ({ conjugate }, inputs, shape) =>
    adopt(
      fourierEntries(
        sizeOf(shape.slice(0, -2)),
        shape[shape.length - 2] ?? 1,
        conjugate ? 1 : -1,
        bufferOf(only(inputs)),
      ),
      shape,
    ),
  map: ({ conjugate }) => ({ _tag: 'Fourier', transposed: conjugate }),
  deepen: (params) => params,
})
