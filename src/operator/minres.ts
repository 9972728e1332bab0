/** Minimal residuals: symmetric systems that are indefinite, singular or without a solution. */
import { normOf } from '../kernel/reference/magnitude.js'
import { type MinresEnd, type MinresReason, minresQlp as qlp } from '../kernel/reference/minresQlp.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { atLeastZero, count, positive } from './options.js'

/**
 * When minimal residuals end.
 *
 * @since 0.1.0
 */
export interface MinresOptions<P> {
  /** Solved when ‖r‖ ≤ tolerance ‖b‖, or when it is rounding of A x; default 1e-10. */
  readonly tolerance?: number
  /** A least-squares solution when ‖A r‖ ≤ this ‖A‖ ‖r‖, which rounding keeps from being very small; default 1e-8. */
  readonly leastSquaresTolerance?: number
  /** Default 10 times the number of unknowns. */
  readonly maximalIterations?: number
  /** Ends before ‖x‖ exceeds this; default none. */
  readonly maximalNorm?: number
  /** Ends where the estimated condition of A on the Krylov space reaches this; default 1e15. */
  readonly maximalCondition?: number
  /**
   * What to do with the first residual r that has rᵀAr ≤ 0, unless A r = 0: end there, keep it in the result, or do not look. Default
   * `'record'`.
   */
  readonly onNegativeCurvature?: 'stop' | 'record' | 'ignore'
  /** M⁻¹, an approximation of |A|⁻¹: symmetric and positive definite. Norms of residuals are then √(rᵀM⁻¹r). */
  readonly preconditioner?: LinearOperator<P>
  /**
   * Whether to keep all Lanczos vectors and hold them orthogonal, at the cost of as much memory as iterations: default false. Then n
   * iterations suffice, and least-squares solutions are accurate.
   */
  readonly orthogonalize?: boolean
}

/**
 * The same, and where plain MINRES changes to MINRES-QLP.
 *
 * @since 0.1.0
 */
export interface MinresQlpOptions<P> extends MinresOptions<P> {
  /** Up to this condition iterations are those of MINRES, which are a little cheaper; default 1e7, and 1 for MINRES-QLP alone. */
  readonly transferCondition?: number
}

/**
 * A residual along which curvature is not positive.
 *
 * @since 0.1.0
 */
export interface CurvedResidual<P> {
  /** r, with bᵀr > 0; not normalized. */
  readonly direction: P
  /** rᵀAr ≤ 0. */
  readonly curvature: number
  /** The iteration that found it; the residual is that of the iterate before. */
  readonly iteration: number
}

/**
 * What minimal residuals have reached, and why they ended there: solved; a least-squares solution of a system that has none;
 * negative curvature; a limit of the options; NaN or ∞; a preconditioner that is not positive definite.
 *
 * @since 0.1.0
 */
export interface MinresResult<P> {
  readonly _tag:
    | 'Solved'
    | 'LeastSquares'
    | 'NegativeCurvature'
    | 'MaximalIterations'
    | 'MaximalNorm'
    | 'MaximalCondition'
    | 'NonFinite'
    | 'Preconditioner'
  readonly solution: P
  /** Whether a solution or a least-squares solution was reached. */
  readonly converged: boolean
  /** ‖b − A x‖, by its recurrence. */
  readonly residualNorm: number
  /** ‖A r‖ of the residual before. */
  readonly normalResidualNorm: number
  readonly solutionNorm: number
  /** Estimates from the Lanczos process. */
  readonly operatorNorm: number
  readonly condition: number
  readonly iterations: number
  readonly products: number
  readonly negativeCurvature: CurvedResidual<P> | null
}

const tags: Readonly<Record<MinresReason, MinresResult<unknown>['_tag']>> = {
  solved: 'Solved',
  leastSquares: 'LeastSquares',
  curvature: 'NegativeCurvature',
  iterations: 'MaximalIterations',
  norm: 'MaximalNorm',
  condition: 'MaximalCondition',
  nonFinite: 'NonFinite',
  preconditioner: 'Preconditioner',
}

const resultOf = <P>(found: MinresEnd, tree: (x: Float64Array) => P): MinresResult<P> => ({
  _tag: tags[found.reason],
  solution: tree(found.x),
  converged: found.reason === 'solved' || found.reason === 'leastSquares',
  residualNorm: found.residualNorm,
  normalResidualNorm: found.normalResidualNorm,
  solutionNorm: normOf(found.x),
  operatorNorm: found.operatorNorm,
  condition: found.condition,
  iterations: found.iterations,
  products: found.products,
  negativeCurvature:
    found.curved === undefined
      ? null
      : {
          direction: tree(found.curved.direction),
          curvature: found.curved.curvature,
          iteration: found.curved.iteration,
        },
})

const minimalResidual =
  (name: string, transfer: number) =>
  <P>({
    tolerance = 1e-10,
    leastSquaresTolerance = 1e-8,
    maximalIterations,
    maximalNorm = Infinity,
    maximalCondition = 1e15,
    onNegativeCurvature = 'record',
    preconditioner,
    orthogonalize = false,
  }: MinresOptions<P>): (<Q extends P>(operator: LinearOperator<Q>) => (b: Q) => MinresResult<Q>) => {
    const settings = {
      tolerance: atLeastZero(name, 'tolerance', tolerance),
      leastTolerance: atLeastZero(name, 'leastSquaresTolerance', leastSquaresTolerance),
      largestNorm: positive(name, 'maximalNorm', maximalNorm),
      largestCondition: positive(name, 'maximalCondition', maximalCondition),
      transfer,
      onCurvature: onNegativeCurvature,
      orthogonal: orthogonalize,
    }
    const most = maximalIterations === undefined ? undefined : count(name, 'maximalIterations', maximalIterations)
    return (operator) => {
      const { ravel, unravel, multiply, size } = flatOf(operator)
      const precondition = preconditioner === undefined ? undefined : flatOf(preconditioner).multiply
      return (b) => resultOf(qlp(multiply, ravel(b), { ...settings, most: most ?? 10 * size, precondition }), unravel)
    }
  }

/**
 * Solves A x = b for symmetric A of any inertia: x has the smallest residual in each Krylov space.
 *
 *     xₖ = arg min ‖b − A x‖   over span(b, A b, …, Aᵏ⁻¹ b)
 *
 * **Laws** ‖b − A xₖ‖ never rises; rᵀAr > 0 for all residuals until A is seen not to be positive definite, and ‖xₖ‖ rises until then.
 *
 * **Cost** a product for each iteration, and seven vectors.
 *
 * **Special values** for a singular system with a solution it finds one; without a solution, a least-squares solution, which need not
 * be the shortest: see `minresQlp`. b = 0 is solved by 0. NaN and ∞ end in `NonFinite`.
 *
 * **Fails** with a `Defect` for options out of range.
 *
 * **References** Paige and Saunders, *Solution of sparse indefinite systems of linear equations* (1975); for negative curvature, Liu and
 * Roosta, *MINRES: from negative curvature detection to monotonicity properties* (2022).
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { minres, operatorOf } from 'gradus/curvature'
 * const found = minres()(operatorOf(tensor([[1, 0], [0, -1]])))(tensor([1, 2]))
 * found._tag // => 'Solved'
 * found.negativeCurvature?.curvature // => -3
 *
 * @since 0.1.0
 */
export const minres = <P>(
  options: MinresOptions<P> = {},
): (<Q extends P>(operator: LinearOperator<Q>) => (b: Q) => MinresResult<Q>) =>
  minimalResidual('minres', Infinity)(options)

/**
 * MINRES-QLP: the shortest x of those with the smallest residual, for symmetric systems that are singular or without a solution, and
 * better in rounding for those that are nearly so.
 *
 *     x = A⁺ b
 *
 * **Laws** those of `minres`; x has no part in the null space of A.
 *
 * **Cost** a product for each iteration, and eight vectors.
 *
 * **Special values** b = 0 is solved by 0. NaN and ∞ end in `NonFinite`.
 *
 * **Fails** with a `Defect` for options out of range.
 *
 * **References** Choi, Paige and Saunders, *MINRES-QLP: a Krylov subspace method for indefinite or singular symmetric systems* (2011).
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { minresQlp, operatorOf } from 'gradus/curvature'
 * const found = minresQlp()(operatorOf(tensor([[2, 0], [0, 0]])))(tensor([4, 1]))
 * found._tag // => 'LeastSquares'
 * found.solutionNorm // ≈ 2
 *
 * @since 0.1.0
 */
export const minresQlp = <P>({
  transferCondition = 1e7,
  ...options
}: MinresQlpOptions<P> = {}): (<Q extends P>(operator: LinearOperator<Q>) => (b: Q) => MinresResult<Q>) =>
  minimalResidual('minresQlp', atLeastZero('minresQlp', 'transferCondition', transferCondition))(options)
