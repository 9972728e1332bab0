/** Curvatures as values: which one an optimizer asks an objective for is in its type. */
import type { LinearOperator } from '../../operator/LinearOperator.js'
import type { Ability, ObjectiveWith } from '../Objective.js'
import { constantly } from '../recipe.js'

/**
 * A curvature that an objective with the abilities A has at every point.
 *
 * @since 0.1.0
 */
export interface Curvature<A extends Ability> {
  readonly name: string
  readonly at: <P>(objective: ObjectiveWith<A, P>, p: P) => LinearOperator<P>
  /** Whether the signs of its eigenvalues are dropped, wherever they are computed. */
  readonly absolute: boolean
}

/**
 * The Hessian.
 *
 * @since 0.1.0
 */
export const hessianCurvature: Curvature<'hessian'> = /* @__PURE__ */ constantly(
  { sort: 'curvature', name: 'hessianCurvature', asks: ['hessian'] },
  {
    name: 'Hessian',
    at: <P>(objective: ObjectiveWith<'hessian', P>, p: P) => objective.hessian(p),
    absolute: false,
  },
)

/**
 * |H|, the Hessian without the signs of its eigenvalues: of saddle-free methods.
 *
 * @since 0.1.0
 */
export const absoluteCurvature: Curvature<'hessian'> = /* @__PURE__ */ constantly(
  { sort: 'curvature', name: 'absoluteCurvature', asks: ['hessian'] },
  { ...hessianCurvature, name: 'absolute Hessian', absolute: true },
)

/**
 * The Gauss-Newton matrix, which is positive semidefinite and needs no second derivatives of the model.
 *
 * @since 0.1.0
 */
export const gaussNewtonCurvature: Curvature<'gaussNewton'> = /* @__PURE__ */ constantly(
  { sort: 'curvature', name: 'gaussNewtonCurvature', asks: ['gaussNewton'] },
  {
    name: 'Gauss-Newton',
    at: <P>(objective: ObjectiveWith<'gaussNewton', P>, p: P) => objective.gaussNewton(p),
    absolute: false,
  },
)
