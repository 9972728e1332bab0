/** What gradus/optimize offers for boxes. */

export { type Bounds, boundedIn, boxLike, clampInto, projectedGradientBelow, projectedGradientNorm } from './Box.js'
export { exponential, hyperbolic, logistic, type OneSided, sine, softplusMap, type TwoSided } from './bijections.js'
export { type FreeVariables, type FreeVariablesOptions, freeVariables } from './freeVariables.js'
export { type BoundedPairs, type BoundedPairsState, type LbfgsbOptions, lbfgsb } from './lbfgsb.js'
export { projectedGradient, type SpectralState } from './projected.js'
export { type ProjectedOptions, type ProjectedState, projectedTrustRegion } from './projectedTrustRegion.js'
export { type WithGradient, within } from './within.js'
