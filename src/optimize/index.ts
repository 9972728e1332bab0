/** The entry gradus/optimize. */
export {
  type Certificate,
  type CertifyOptions,
  certify,
  type Escape,
  showCertificate,
  type Verdict,
} from './certify.js'
export { type Damping, trialDampings } from './damping.js'
export { type Escaped, type EscapeFailure, type EscapeOptions, escapeFrom } from './escape.js'
export { handOver, minimize, type Run, resume } from './iterate.js'
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
export { type Lane, type RaceOptions, type RaceRow, race } from './race.js'
export { type KrylovMemory, type KrylovOptions, type KrylovState, saddleFreeKrylov } from './saddleFreeKrylov.js'
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
