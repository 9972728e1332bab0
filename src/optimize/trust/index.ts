/** What trust/ offers: optimizers that believe a model of the loss only so far. */

export { type CubicOptions, type CubicState, cubicNewton, cubicNewtonWith } from './cubicNewton.js'
export { absoluteCurvature, type Curvature, gaussNewtonCurvature, hessianCurvature } from './curvature.js'
export {
  type HessianFreeMemory,
  type HessianFreeOptions,
  type HessianFreeState,
  hessianFree,
  hessianFreeWith,
} from './hessianFree.js'
export {
  gaussNewton,
  levenbergMarquardt,
  type MarquardtOptions,
  type MarquardtState,
} from './levenbergMarquardt.js'
export { type TrustRegionOptions, type TrustState, trustRegion, trustRegionWith } from './trustRegion.js'
