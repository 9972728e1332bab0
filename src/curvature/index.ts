/**
 * curvature/: second-order models of a loss, as linear operators on trees. hessian.ts makes them; the entry gradus/curvature
 * also publishes the operator algebra below it, since users meet the two together.
 * A curvature is a value: made at a point, applied many times, never changed.
 * May import: data … operator, curvature. May be imported by: optimize and above.
 */

export {
  addOperator,
  averageOperators,
  combineOperators,
  congruentOperator,
  type Part,
  powerOperator,
  restrictOperator,
  scaleOperator,
  shiftOperator,
  sumOperators,
  type WeightedOperator,
} from '../operator/algebra.js'
export {
  type Boundary,
  type Breakdown,
  type CgOptions,
  type CgProgress,
  type CgResult,
  type CgRun,
  conjugateGradient,
  type Interior,
  type NegativeCurvature,
} from '../operator/conjugateGradient.js'
export {
  type DensityOptions,
  type DensityPoint,
  type LogDeterminantOptions,
  logDeterminant,
  type NotPositive,
  type Quadrature,
  type SpectralDensity,
  spectralDensity,
} from '../operator/density.js'
export { type Eigen, type EigenFailure, type EigenOptions, eigen } from '../operator/eigen.js'
export {
  type Eigenpair,
  type Eigenpairs,
  type EigenpairsOptions,
  eigenpairs,
  type Wanted,
} from '../operator/eigenpairs.js'
export { type Extremes, type ExtremesOptions, extremes, type Interval, lanczosFailure } from '../operator/extremes.js'
export {
  absoluteOperator,
  applyFunction,
  type FunctionImage,
  type FunctionOptions,
  functionOperator,
} from '../operator/functionOf.js'
export type { LinearOperator } from '../operator/LinearOperator.js'
export { type LanczosOptions, lanczos, type Subspace } from '../operator/lanczos.js'
export {
  diagonalOperator,
  identityOperator,
  type KnownOperator,
  linearOperator,
  operatorOf,
  zeroOperator,
} from '../operator/linear.js'
export {
  type CurvedResidual,
  type MinresOptions,
  type MinresQlpOptions,
  type MinresResult,
  minres,
  minresQlp,
} from '../operator/minres.js'
export { type Modified, modifiedCholesky } from '../operator/modifiedCholesky.js'
export {
  type CholeskyOptions,
  choleskyPreconditioner,
  type NoPreconditioner,
  type NystromOptions,
  nystromPreconditioner,
  type Preconditioner,
} from '../operator/preconditioner.js'
export type { Estimate, ProbeOptions } from '../operator/probes.js'
export {
  absoluteModel,
  ball,
  cubic,
  type ExactModelOptions,
  exactModel,
  type KrylovModelOptions,
  krylovModel,
  type ModelStep,
  minimizeModel,
  type QuadraticModel,
  type Region,
} from '../operator/QuadraticModel.js'
export {
  type DiagonalEstimate,
  diagonalEstimate,
  frobeniusNorm,
  hutchinson,
  hutchPlusPlus,
  xTrace,
} from '../operator/trace.js'
export {
  doglegStep,
  type NotConvex,
  type TruncatedOptions,
  type TruncatedStep,
  truncatedStep,
} from '../operator/truncated.js'
export { averageCurvature, averageValueAndGrad, type NotDeterministic, showNotDeterministic } from './average.js'
export { type FilterOptions, filterNormalized, type Plane, planeThrough, randomDirection } from './directions.js'
export { type EmpiricalFisherOptions, empiricalFisherOperator, type FisherOptions, fisherOperator } from './fisher.js'
export { bartlettDiagonal, empiricalFisherDiagonal } from './fisherDiagonal.js'
export { gaussNewtonOperator, hessianOperator } from './hessian.js'
export {
  type LandscapePlane,
  type LandscapeSlice,
  landscapePlane,
  landscapeSlice,
  type PlaneOptions,
  type Range,
  type SliceOptions,
} from './landscape.js'
export { bernoulliLikelihood, categoricalLikelihood, gaussianLikelihood, type Likelihood } from './likelihood.js'
export {
  type Flatness,
  type FlatnessOptions,
  flatness,
  type Index,
  type IndexOptions,
  indexOf,
  type KnownStep,
  type Sharpness,
  sharpness,
} from './measures.js'
export { blockDiagonal, leavesAt, restrictToPaths } from './restriction.js'
export { type Sparse, sparseHessian, sparseJacobian, toDense } from './sparse.js'
export {
  gradientInTopSubspace,
  type SpectrumOptions,
  subspaceOverlap,
  type TopOptions,
  type TopSubspace,
  topSubspace,
} from './spectrum.js'
