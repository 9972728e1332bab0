/** The entry gradus/laws. */

export {
  anyTensors,
  type EntryOptions,
  evenly,
  invertibleMatrices,
  kinkNumbers,
  type NearSaddle,
  nearSaddles,
  orthogonalMatrices,
  type ShapeOptions,
  type Spectrum,
  type Symmetric,
  specialNumbers,
  symmetricMatrices,
  symmetricOf,
  tensors,
} from './arbitrary.js'
export { type BadBatchClaim, badBatchLaws } from './badBatch.js'
export { type Blame, blame, type Fault, showBlame } from './blame.js'
export { type BoxClaim, type BoxProperty, boxLaws } from './box.js'
export { type CheckOptions, check, type LawFailure, showLawFailure } from './check.js'
export { all, apart, atMost, because, close, type Evidence, same, showEvidence } from './close.js'
export { type CodecClaim, codecLaws } from './codec.js'
export { type CertificateClaim, certificateLaws, type EscapeClaim, escapeLaws } from './critical.js'
export { adjointLaw, type CustomClaim, customLaws } from './custom.js'
export { orderOfRemainder, type Slope, slopeByDifferences } from './differences.js'
export { type GaussNewtonClaim, gaussNewtonLaws } from './gaussNewton.js'
export { type KrylovClaim, krylovLaws } from './krylov.js'
export { BrokenLaw, family, type Law, law, type RuleSet, ruleSet } from './Law.js'
export { type LeastSquaresClaim, type LeastSquaresProperty, leastSquaresLaws } from './leastSquares.js'
export { type LinearMapClaim, linearMapLaws, linearMapsOf } from './linearMap.js'
export {
  armijo,
  type DirectionClaim,
  directionLaws,
  flatEnough,
  type LineSearchClaim,
  lineSearchLaws,
  type SearchedStep,
} from './lineSearch.js'
export { type LossClaim, lossLaws } from './loss.js'
export type { BatchClaim, LossProperties } from './lossClaims.js'
export { type MaskClaim, maskLaws } from './mask.js'
export { firstNonFinite, isFiniteTree, type NonFinite, showNonFinite } from './nonFinite.js'
export { type OperatorClaim, operatorLaws } from './operator.js'
export { type OperatorAlgebraClaim, operatorAlgebraLaws } from './operatorAlgebra.js'
export { type OptimizerClaim, optimizerLaws } from './optimizer.js'
export type { ChangeOfVariables, OptimizerProperty } from './optimizerClaims.js'
export { complexSteps, richardson, type SlopeOracle } from './oracle.js'
export { primitiveLaws } from './primitive.js'
export { type ProgramOptions, type RandomFunction, type RandomLoss, randomFunctions, randomLosses } from './programs.js'
export { type RefusalClaim, refusalLaws } from './refusal.js'
export { type ClaimedStep, type RegionClaim, regionLaws } from './region.js'
export { type Runner, register } from './register.js'
export { newtonLaws } from './reparameterization.js'
export { type ResumeClaim, resumeLaws } from './resume.js'
export { type StopClaim, type StreamClaim, stopLaws, streamLaws } from './run.js'
export { saddleFreeLaws } from './saddleFree.js'
export { type ScheduleClaim, type ScheduledClaim, scheduledLaws, scheduleLaws } from './schedule.js'
export { type SecantClaim, secantLaws } from './secant.js'
export { type PerturbationClaim, perturbationLaws, type SeedClaim, seedLaws } from './seed.js'
export { lawsNamed, type Misjudged, type Standing, type Verified, verify } from './standing.js'
export type { SaddleFreeClaim } from './step.js'
export { classicalSaddle, gradientFlat, monkeySaddle, type Plane, planePoint } from './surfaces.js'
export { type TransformClaim, type Transforms, transformLaws } from './transform.js'
export { type Compose, type TransformationClaim, transformationLaws } from './transformation.js'
export { type TreeAlgebra, type TreeClaim, treeLaws } from './tree.js'
