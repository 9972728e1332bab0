/** What the pictures of gradus/report show, as data whose types need no drawing library. */
import type { LandscapePlane, LandscapeSlice } from '../curvature/landscape.js'

/**
 * A density of eigenvalues as point masses: the nodes and weights of a quadrature, such as those of stochastic Lanczos.
 *
 * @since 0.1.0
 */
export interface DensityPoints {
  readonly nodes: ReadonlyArray<number>
  /** In the order of the nodes, of any sum; the chart shows shares. */
  readonly weights: ReadonlyArray<number>
  /** Eigenvalues or Ritz values to mark below the curve. */
  readonly ritz?: ReadonlyArray<number>
  /** The deviation of the normal density that stands for each point; default 1/80 of the range of the nodes. */
  readonly width?: number
}

/**
 * A slice with what it is called.
 *
 * @since 0.1.0
 */
export interface NamedSlice {
  readonly name: string
  readonly slice: LandscapeSlice
}

/**
 * A plane with what lies in it.
 *
 * @since 0.1.0
 */
export interface PlaneScene {
  readonly plane: LandscapePlane
  /** Points of the plane, such as those of `planeThrough`. */
  readonly points?: ReadonlyArray<{ readonly name: string; readonly at: readonly [number, number] }>
}
