/**
 * core/: what a differentiable operation is, and how a call of one finds its interpreter.
 * LinearMap is the linear vocabulary in which every differential is written, as data: it can be applied, transposed,
 * printed and batched, and nobody who writes a rule writes a transpose. Coefficients (`by`, `indices`) are tensors and
 * so may be traced themselves, which is all that higher orders need.
 * May import: data, kernel, core. May be imported by: primitive and everything above it.
 */
import { type Contraction, rotate } from '../data/Contraction.js'
import type { Shape } from '../data/Shape.js'
import type { Sliding } from '../data/Sliding.js'
import type { MatrixFunction, Solving } from '../data/Solving.js'
import type { Tensor } from '../data/Tensor.js'
import type { Gathering, Window } from '../data/Window.js'

export type { Equation } from '../data/Solving.js'
export type { Contraction, Gathering, Window }

type Unary = (t: Tensor) => Tensor

export type LinearMap =
  | { readonly _tag: 'Identity' }
  | { readonly _tag: 'Negate' }
  /** t ↦ by ⊙ t, where an exact zero on either side gives zero. */
  | { readonly _tag: 'Scale'; readonly by: Tensor }
  | { readonly _tag: 'Sum'; readonly axes: Shape; readonly outer: Shape }
  | { readonly _tag: 'Spread'; readonly axes: Shape; readonly outer: Shape }
  | { readonly _tag: 'Permute'; readonly permutation: Shape }
  | { readonly _tag: 'Reshape'; readonly from: Shape; readonly to: Shape }
  | { readonly _tag: 'Flip'; readonly axes: Shape }
  | { readonly _tag: 'Slice'; readonly window: Window }
  | { readonly _tag: 'Pad'; readonly window: Window }
  | ({ readonly _tag: 'Unfold' } & Sliding)
  /** Entries that windows share add up. */
  | ({ readonly _tag: 'Fold' } & Sliding)
  /** The unnormalized discrete Fourier transform of pairs along the last axis but one. */
  | { readonly _tag: 'Fourier'; readonly transposed: boolean }
  | { readonly _tag: 'Cumulate'; readonly axis: number; readonly reverse: boolean }
  | ({ readonly _tag: 'Gather' } & Gathering)
  | ({ readonly _tag: 'Scatter' } & Gathering)
  /** t ↦ Σ t · by over the contracted labels; t stands at `side`. */
  | { readonly _tag: 'Contract'; readonly side: 'left' | 'right'; readonly labels: Contraction; readonly by: Tensor }
  /** A linear function made of public operations, and its adjoint. */
  | { readonly _tag: 'Custom'; readonly name: string; readonly apply: Unary; readonly transposed: Unary }
  /** t ↦ the X of a linear equation with right side t. */
  | ({ readonly _tag: 'Solve' } & Solving)
  /** t ↦ the derivative of a function of matrices at `by` along t. */
  | ({ readonly _tag: 'MatrixFunction' } & MatrixFunction)
  /** The first map is applied first. */
  | { readonly _tag: 'Compose'; readonly maps: ReadonlyArray<LinearMap> }
  /** t ↦ the sum of the images. */
  | { readonly _tag: 'Plus'; readonly maps: ReadonlyArray<LinearMap> }

export const identity: LinearMap = { _tag: 'Identity' }
export const negate: LinearMap = { _tag: 'Negate' }
export const scale = (by: Tensor): LinearMap => ({ _tag: 'Scale', by })
export const compose = (...maps: ReadonlyArray<LinearMap>): LinearMap => ({ _tag: 'Compose', maps })

/** The adjoint: ⟨u, L t⟩ = ⟨transpose(L) u, t⟩ for all t and u. Total, and an involution up to the order of equal maps. */
export const transpose = (map: LinearMap): LinearMap => {
  switch (map._tag) {
    case 'Identity':
    case 'Negate':
    case 'Scale':
    case 'Flip':
      return map
    case 'Sum':
      return { _tag: 'Spread', axes: map.axes, outer: map.outer }
    case 'Spread':
      return { _tag: 'Sum', axes: map.axes, outer: map.outer }
    case 'Permute':
      return { _tag: 'Permute', permutation: map.permutation.map((_, axis) => map.permutation.indexOf(axis)) }
    case 'Reshape':
      return { _tag: 'Reshape', from: map.to, to: map.from }
    case 'Slice':
      return { _tag: 'Pad', window: map.window }
    case 'Pad':
      return { _tag: 'Slice', window: map.window }
    case 'Unfold':
      return { ...map, _tag: 'Fold' }
    case 'Fold':
      return { ...map, _tag: 'Unfold' }
    case 'Cumulate':
      return { _tag: 'Cumulate', axis: map.axis, reverse: !map.reverse }
    case 'Gather':
      return { ...map, _tag: 'Scatter' }
    case 'Scatter':
      return { ...map, _tag: 'Gather' }
    case 'Contract':
      return { _tag: 'Contract', side: map.side, labels: rotate(map.labels)[map.side], by: map.by }
    case 'Custom':
      return { ...map, name: `${map.name}ᵀ`, apply: map.transposed, transposed: map.apply }
    case 'Solve':
    case 'MatrixFunction':
    case 'Fourier':
      return { ...map, transposed: !map.transposed }
    case 'Plus':
      return { _tag: 'Plus', maps: map.maps.map(transpose) }
    case 'Compose':
      return { _tag: 'Compose', maps: map.maps.map(transpose).reverse() }
  }
}
