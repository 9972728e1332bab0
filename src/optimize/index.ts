/** The entry gradus/optimize. */
export { averageObjective } from './average.js'
export { boundedIn, clampInto, projectedGradientBelow, projectedGradientNorm } from './bounds/Box.js'
export {
  type ProjectedOptions,
  type ProjectedState,
  projectedGradient,
  projectedTrustRegion,
  type SpectralState,
} from './bounds/projected.js'
export { type Damping, trialDampings } from './damping.js'
export { every, minimize, type Outcome, type Run, resume, takeUntil } from './iterate.js'
export {
  batchComposite,
  batchLeastSquares,
  type Composite,
  compositeObjective,
  type FitErrors,
  fitErrors,
  leastSquares,
  type SumOfSquares,
} from './leastSquares.js'
export {
  type DampedOptions,
  dampedNewton,
  type NewtonOptions,
  newton,
  type SpectrumState,
  saddleFreeNewton,
} from './newton.js'
export {
  type Abilities,
  type Ability,
  type Box,
  batchObjective,
  type Curved,
  type MinibatchOptions,
  minibatches,
  type Objective,
  type ObjectiveAt,
  type ObjectiveOptions,
  type ObjectiveWith,
  objective,
  type Residuals,
  type Smooth,
  stochastic,
} from './Objective.js'
export {
  gradientEquivalents,
  type Iterate,
  type Optimizer,
  type Stateless,
  type StateOf,
  type StateType,
  type StepFailure,
  showStepFailure,
  type Work,
  workMonoid,
} from './Optimizer.js'
export { type KrylovMemory, type KrylovOptions, type KrylovState, saddleFreeKrylov } from './saddleFreeKrylov.js'
export {
  anyOf,
  gradientBelow,
  type Stop,
  type StopReason,
  showStopReason,
  stepsAtMost,
  stopMonoid,
  valueBelow,
  workAtMost,
} from './stop.js'
export {
  type AdamOptions,
  type AdamState,
  adam,
  type Both,
  chain,
  descend,
  gradientDescent,
  type Moments,
  momentum,
  scaleBy,
  scaleByAdam,
  type TraceState,
  type Transformation,
  trace,
  unchanged,
} from './Transformation.js'
export { type CubicOptions, type CubicState, cubicNewton, cubicNewtonWith } from './trust/cubicNewton.js'
export { absoluteCurvature, type Curvature, gaussNewtonCurvature, hessianCurvature } from './trust/curvature.js'
export {
  gaussNewton,
  levenbergMarquardt,
  type MarquardtOptions,
  type MarquardtState,
} from './trust/levenbergMarquardt.js'
export { type TrustRegionOptions, type TrustState, trustRegion, trustRegionWith } from './trust/trustRegion.js'
