/** The entry gradus/report: pictures of what gradus/curvature computes, as SVG text, drawn without a browser. */
export type { DensityPoints } from './density.js'
export type { NamedSlice, PlaneScene } from './landscape.js'
export { densityPicture, planePicture, slicePicture } from './picture.js'
