/** Windows that slide over a tensor: the data of unfolding and folding, from which convolutions are composed. */
import type { Shape } from './Shape.js'

/**
 * Windows that slide along the last axes of `outer`: entry w of window o is entry o·stride + w·dilation. The windows' own
 * axes come after the first `lead` axes, and the axes that count windows stand where the axes were that they slide along.
 */
export interface Sliding {
  readonly lead: number
  readonly size: Shape
  readonly strides: Shape
  readonly dilation: Shape
  readonly outer: Shape
}
