/**
 * curvature/: second-order models of a loss, as linear operators on trees. hessian.ts makes them; the entry gradus/curvature
 * also publishes the operator algebra below it, since users meet the two together.
 * A curvature is a value: made at a point, applied many times, never changed.
 * May import: data … operator, curvature. May be imported by: optimize and above.
 */
export { type Eigen, type EigenFailure, eigen } from '../operator/eigen.js'
export { type Extremes, type ExtremesOptions, extremes, type Interval, lanczosFailure } from '../operator/extremes.js'
export type { LinearOperator } from '../operator/LinearOperator.js'
export { type LanczosOptions, lanczos, type Subspace } from '../operator/lanczos.js'
export { gaussNewtonOperator, hessianOperator } from './hessian.js'
export { type Sparse, sparseHessian, sparseJacobian, toDense } from './sparse.js'
