/** Parts of tensors by their places: the data of slices and of gathers. */
import type { Shape } from './Shape.js'
import type { Tensor } from './Tensor.js'

/** Where a strided slice sits in the tensor it is taken from: entry i of the slice is entry start + i·stride. */
export interface Window {
  readonly starts: Shape
  readonly strides: Shape
  readonly inner: Shape
  readonly outer: Shape
}

/** Which entries along an axis of `outer`; the first `batch` axes have indices of their own. */
export interface Gathering {
  readonly indices: Tensor
  readonly axis: number
  readonly batch: number
  readonly outer: Shape
}
