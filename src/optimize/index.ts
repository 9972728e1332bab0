/** The entry gradus/optimize. */

export {
  type AdafactorOptions,
  type AdamOptions,
  adabelief,
  adafactor,
  adam,
  adamax,
  adamaxw,
  adamw,
  adan,
  amsgrad,
  lamb,
  nadam,
  nadamw,
  novograd,
  radam,
  sophia,
  yogi,
} from './adamFamily.js'
export { type Boundaries, type CycleOptions, cosineOneCycle, interpolated, linearOneCycle, piecewise } from './cycle.js'
export { type Damping, trialDampings } from './damping.js'
export {
  adadelta,
  adagrad,
  type Decaying,
  gradientDescent,
  type LarsOptions,
  type Learning,
  lars,
  lion,
  type MomentumOptions,
  momentum,
  noisySgd,
  optimisticGradientDescent,
  polyakSgd,
  type RmspropOptions,
  rmsprop,
  rprop,
  signSgd,
  signum,
  sm3,
} from './firstOrder.js'
export { every, minimize, type Outcome, type Run, resume, takeUntil } from './iterate.js'
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
  type CosineOptions,
  constant,
  cosineDecay,
  cosineRestarts,
  type DecayOptions,
  exponentialDecay,
  inverseTimeDecay,
  join,
  linear,
  polynomial,
  scheduleMonoid,
  type TransitionOptions,
  type WarmupOptions,
  warmUp,
  warmupConstant,
  warmupCosine,
  warmupExponential,
} from './schedule.js'
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
  type Both,
  type Chained,
  chain,
  type DescendOptions,
  descend,
  fromParts,
  type Transformation,
  type Updated,
  unchanged,
} from './Transformation.js'
export {
  type AdamState,
  type AmsgradState,
  type MomentOptions,
  type Moments,
  type ScaleByAdamaxOptions,
  type ScaleByAdamOptions,
  type ScaleByAmsgradOptions,
  type ScaleByYogiOptions,
  scaleByAdam,
  scaleByAdamax,
  scaleByAmsgrad,
  scaleByBelief,
  scaleByYogi,
} from './transformation/adam.js'
export {
  type AdanState,
  type ScaleByAdanOptions,
  type ScaleByAdoptOptions,
  type ScaleByNovogradOptions,
  type ScaleByRadamOptions,
  scaleByAdan,
  scaleByAdopt,
  scaleByNovograd,
  scaleByRadam,
} from './transformation/adaptive.js'
export {
  addNoise,
  addWeightDecay,
  type CountState,
  centralize,
  type NoiseOptions,
  type WeightDecayOptions,
  zeroNonFinite,
} from './transformation/add.js'
export {
  type AccumulateState,
  type AverageOptions,
  type AverageState,
  accumulate,
  average,
  type LookaheadOptions,
  type LookaheadState,
  lookahead,
  type SkipState,
  skipNonFinite,
} from './transformation/around.js'
export { clipAdaptively, clipByGlobalNorm, clipByNorm, clipByRms, clipByValue } from './transformation/clip.js'
export {
  type FactoredSquares,
  type FactoredState,
  type ScaleByFactoredRmsOptions,
  type ScaleBySm3Options,
  type Sm3State,
  scaleByFactoredRms,
  scaleBySm3,
} from './transformation/factored.js'
export { type PartitionState, partition } from './transformation/partition.js'
export type { Parts, Plan, Reading } from './transformation/parts.js'
export {
  type PerturbedOptions,
  type PerturbedState,
  type PerturbOptions,
  type PerturbState,
  perturb,
  perturbedGradientDescent,
} from './transformation/perturb.js'
export { type PlateauOptions, type PlateauState, reduceOnPlateau } from './transformation/plateau.js'
export type { Rate, Schedule } from './transformation/ranges.js'
export {
  type AdadeltaState,
  type AdagradState,
  type RmsState,
  type ScaleByAdadeltaOptions,
  type ScaleByAdagradOptions,
  type ScaleByRmsOptions,
  scaleByAdadelta,
  scaleByAdagrad,
  scaleByRms,
} from './transformation/rms.js'
export {
  normalize,
  type PolyakOptions,
  scaleBy,
  scaleByParameterSize,
  scaleByPolyak,
  scaleBySign,
  scaleByTrustRatio,
  type TrustRatioOptions,
} from './transformation/scale.js'
export {
  except,
  freeze,
  inside,
  type Leaves,
  type MaskedState,
  masked,
  named,
  type Selection,
} from './transformation/select.js'
export {
  type LionState,
  type RpropState,
  type ScaleByLionOptions,
  type ScaleByRpropOptions,
  scaleByLion,
  scaleByRprop,
} from './transformation/signed.js'
export {
  type ScaleBySophiaOptions,
  type SophiaState,
  scaleByGaussNewtonSophia,
  scaleBySophia,
} from './transformation/sophia.js'
export {
  type MeanState,
  meanOfUpdates,
  type OptimismOptions,
  type OptimismState,
  scaleByOptimism,
  type TraceOptions,
  type TraceState,
  trace,
} from './transformation/trace.js'
