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
  nadam,
  nadamw,
  novograd,
  radam,
  sophia,
  yogi,
} from './adamFamily.js'
export { along } from './along.js'
export { averageObjective } from './average.js'
export { type Batch, batches, type MinibatchOptions, minibatches, nested } from './batches.js'
export * from './bounds/index.js'
export {
  type Certificate,
  type CertifyOptions,
  certify,
  type Escape,
  showCertificate,
  type Verdict,
} from './certify.js'
export {
  type ConjugateState,
  type ConjugateVariant,
  conjugateDirection,
  type LastDirection,
  type NonlinearCGOptions,
  nonlinearCG,
  steepestDescent,
} from './conjugateDirection.js'
export { type Boundaries, type CycleOptions, cosineOneCycle, interpolated, linearOneCycle, piecewise } from './cycle.js'
export type { Direction, Heading, Obstacle, Passage, Proposal } from './Direction.js'
export { type Damping, trialDampings } from './damping.js'
export { type Escaped, type EscapeFailure, type EscapeOptions, escapeFrom } from './escape.js'
export {
  adadelta,
  adagrad,
  type Decaying,
  gradientDescent,
  type Learning,
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
export {
  type GradientSquaresOptions,
  gradientSquaresPreconditioning,
  type Preconditioning,
  withDrawnSquares,
  withGradientSquares,
} from './fisherDiagonals.js'
export { handOver, minimize, type Run, resume } from './iterate.js'
export { type KrylovDirectionOptions, krylovDirection } from './krylovDirection.js'
export type { Found, Line, LineSearch, SearchState } from './LineSearch.js'
export { type LarsOptions, lamb, lars } from './layerwise.js'
export {
  batchComposite,
  batchLeastSquares,
  type Composite,
  compositeObjective,
  type FitErrors,
  type FitErrorsOptions,
  fitErrors,
  leastSquares,
  type SumOfSquares,
} from './leastSquares.js'
export { type NelderMeadOptions, nelderMead, type SimplexState, simplexBelow, type Vertex } from './nelderMead.js'
export {
  type DampedOptions,
  dampedNewton,
  type NewtonOptions,
  newton,
  type SpectrumState,
  saddleFreeNewton,
} from './newton.js'
export {
  exactNewtonDirection,
  type NonconvexNewtonOptions,
  newtonDirection,
  nonconvexNewton,
  nonconvexNewtonDirection,
  saddleFreeDirection,
  type ValueSearchOptions,
} from './newtonDirections.js'
export {
  type Abilities,
  type Ability,
  type Box,
  batchObjective,
  type Curved,
  type Objective,
  type ObjectiveAt,
  type ObjectiveOptions,
  type ObjectiveWith,
  objective,
  type Residuals,
  type Smooth,
} from './Objective.js'
export {
  gradientEquivalents,
  type Iterate,
  type Optimizer,
  type Spent,
  type Stateless,
  type StateOf,
  type StateType,
  type StepFailure,
  showStepFailure,
  type Work,
  workMonoid,
} from './Optimizer.js'
export {
  collect,
  elapsed,
  evaluateEvery,
  keepBest,
  logLines,
  type Observer,
  observer,
  observerMonoid,
  type Seen,
  tap,
} from './observe.js'
export { type Outcome, showOutcome, takeUntil, until } from './outcome.js'
export { type LastStep, type PlaneOptions, type PlaneState, planeDirection } from './planeDirection.js'
export { type Lane, type RaceOptions, type RaceRow, race } from './race.js'
export { type KrylovMemory, type KrylovOptions, type KrylovState, saddleFreeKrylov } from './saddleFreeKrylov.js'
export { type LowRankOptions, lowRankDirection, saddleFreeLowRank } from './saddleFreeLowRank.js'
export { type SeriesOptions, saddleFreeSeries, seriesDirection } from './saddleFreeSeries.js'
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
  type BacktrackingOptions,
  backtracking,
  fixedStep,
  type HagerZhangOptions,
  hagerZhang,
  signed,
  signedWolfe,
  strongWolfe,
  type WolfeOptions,
} from './searches.js'
export { bfgsUpdate, type SecantPair, symmetricRankOneUpdate } from './secant.js'
export {
  bfgs,
  bfgsDirection,
  type InverseState,
  inverseHessianProduct,
  type KeptPair,
  type LbfgsOptions,
  lbfgs,
  lbfgsDirection,
  type PairsState,
  type SearchOptions,
  type SecantOptions,
  type SignedOptions,
  sr1,
  symmetricRankOneDirection,
} from './secantDirections.js'
export { type BatchAt, type BatchPlan, stochastic } from './stochastic.js'
export {
  allOf,
  anyOf,
  gradientBelow,
  measureBelow,
  type Stop,
  type StopReason,
  showStopReason,
  stepsAtMost,
  stopMonoid,
  stopScan,
  stopWhen,
  valueBelow,
  workAtMost,
} from './stop.js'
export { noImprovement, relativeGradientBelow, stepBelow, timeAtMost, valueChangeBelow } from './stopMemory.js'
export {
  andThen,
  drop,
  type Exhausted,
  every,
  last,
  map,
  type Stream,
  scan,
  take,
  takeWhile,
  toArray,
  zip,
} from './stream.js'
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
  scaleByBartlettSophia,
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
export {
  type FlatteningOptions,
  flattening,
  type LengthState,
  type MinimalResidualOptions,
  minimalResidualDirection,
  type NaturalOptions,
  type NewtonMROptions,
  naturalDirection,
  newtonCG,
  newtonMR,
  type TruncatedNewtonOptions,
  truncatedNewtonDirection,
} from './truncatedNewton.js'
export * from './trust/index.js'
export { scaleByTensor, traceByTensor, type UnrollOptions, unroll } from './unroll.js'
