/** The entry gradus/report: pictures of what gradus/curvature computes, as SVG text, drawn without a browser. */
export { densityPicture, planePicture, slicePicture } from './picture.js'
export type { DensityPoints, NamedSlice, PlaneScene } from './scene.js'
