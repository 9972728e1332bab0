/** One chart as an SVG file of its own, with the colors of the light page in it. */
import { densityPanel } from './density.js'
import { type Panel, panelSvg } from './figure.js'
import { planePanel, slicePanel } from './landscape.js'
import type { DensityPoints, NamedSlice, PlaneScene } from './scene.js'

const colors =
  '--paper:#fdfdfb;--series-0:#0072b2;--series-1:#c25400;--series-2:#00805b;--series-3:#b3568f;--series-4:#8a6d00;--series-5:#3f8fc4'

/** The file stands alone: a namespace, colors, a font that is there, and a ground to read it on. */
const pictureOf = (panel: Panel): string => {
  // Plot numbers its frames from picture to picture; here there is one, and equal pictures should be equal text.
  const drawn = panelSvg(panel)
    .replaceAll(/plot-clip-\d+/g, 'plot-clip')
    .replace(/^<svg(?![^>]*xmlns=)/, '<svg xmlns="http://www.w3.org/2000/svg"')
  return `${drawn.replace(/>/, `><g style="${colors};color:#1d2328;font-family:system-ui,sans-serif"><rect width="100%" height="100%" fill="#fdfdfb"/>`).replace(/<\/svg>\s*$/, '</g></svg>')}\n`
}

/**
 * Losses along lines as an SVG image. The loss axis is logarithmic where losses are positive and span more than two powers of ten;
 * where a loss is not finite its line has a gap.
 *
 * @example
 * import { square, sum, tensor, type Tensor } from 'gradus'
 * import { landscapeSlice } from 'gradus/curvature'
 * import { slicePicture } from 'gradus/report'
 * const slice = landscapeSlice((p: Tensor) => sum(square(p)))(tensor([1, 0]), tensor([0, 1]))
 * slicePicture([{ name: 'parabola', slice }]).startsWith('<svg') // => true
 *
 * @since 0.1.0
 */
export const slicePicture = (slices: ReadonlyArray<NamedSlice>): string => pictureOf(slicePanel(slices))

/**
 * A loss over a plane as an SVG image: 14 levels, dark where it is low, of equal ratio where losses are positive and span more than two
 * powers of ten, of equal difference otherwise. Cells without a finite loss are blank.
 *
 * @example
 * import { square, sum, tensor, type Tensor } from 'gradus'
 * import { landscapePlane } from 'gradus/curvature'
 * import { planePicture } from 'gradus/report'
 * const plane = landscapePlane((p: Tensor) => sum(square(p)))(tensor([0, 0]), [tensor([1, 0]), tensor([0, 1])])
 * planePicture({ plane, points: [{ name: 'minimum', at: [0, 0] }] }).startsWith('<svg') // => true
 *
 * @since 0.1.0
 */
export const planePicture = (scene: PlaneScene): string => pictureOf(planePanel(scene))

/**
 * A spectral density as an SVG image: the nodes and weights of a quadrature, each broadened to a normal density, on a logarithmic axis,
 * with Ritz values as ticks below it.
 *
 * **References** Ghorbani, Krishnan & Xiao, *An investigation into neural net optimization via Hessian eigenvalue density*, ICML 2019.
 *
 * @example
 * import { densityPicture } from 'gradus/report'
 * densityPicture({ nodes: [-1, 0, 4], weights: [0.1, 0.8, 0.1] }).startsWith('<svg') // => true
 *
 * @since 0.1.0
 */
export const densityPicture = (points: DensityPoints): string => pictureOf(densityPanel(points))
