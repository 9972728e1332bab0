/** Conjugate gradients whose ends are data: solved, at the boundary, negative curvature, breakdown. */
import { raise } from '../data/Defect.js'
import { type CgEnd, truncatedCg } from '../kernel/reference/truncatedCg.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { atLeastZero, count, positive } from './options.js'

/**
 * How far conjugate gradients have come.
 *
 * @since 0.1.0
 */
export interface CgProgress {
  readonly iteration: number
  readonly residualNorm: number
  /** ½ xᵀAx − bᵀx after each iteration so far, the start included. */
  readonly values: ReadonlyArray<number>
}

/**
 * When conjugate gradients end, and what they keep.
 *
 * @since 0.1.0
 */
export interface CgOptions<P> {
  /** Solved when ‖b − Ax‖ ≤ tolerance ‖b‖; default 1e-10. */
  readonly tolerance?: number
  /** Solved as well when ‖b − Ax‖ is at most this; default 0. */
  readonly absoluteTolerance?: number
  /** Default 10 times the number of unknowns. */
  readonly maximalIterations?: number
  /** The radius of the ball around 0 that the solution must not leave; default none. In the norm √(xᵀMx) of a preconditioner M⁻¹. */
  readonly trustRadius?: number
  /** dᵀAd ≤ this ‖d‖² counts as curvature that is not positive; default 0. */
  readonly minimalCurvature?: number
  /** M⁻¹, an approximation of A⁻¹: symmetric and positive definite. */
  readonly preconditioner?: LinearOperator<P>
  /** Where to start; default 0, and always 0 with a trust radius. Costs a product. */
  readonly start?: P
  /** Ends the iteration with what there is, a test of relative progress for example. */
  readonly stop?: (progress: CgProgress) => boolean
  /** Which iterates to keep; default none. */
  readonly keepIterates?: boolean | ((iteration: number) => boolean)
}

/**
 * What all ends of conjugate gradients know.
 *
 * @since 0.1.0
 */
export interface CgRun<P> {
  /** The last iterate; at the boundary, the point there. */
  readonly solution: P
  /** ‖b − A x‖ by its recurrence, which errs by rounding. */
  readonly residualNorm: number
  readonly iterations: number
  readonly products: number
  /** ½ xᵀAx − bᵀx after each iteration, the start included. */
  readonly values: ReadonlyArray<number>
  readonly residualNorms: ReadonlyArray<number>
  readonly iterates: ReadonlyArray<{ readonly iteration: number; readonly solution: P }>
}

/**
 * Ended inside: solved when `converged`, else out of iterations or stopped.
 *
 * @since 0.1.0
 */
export interface Interior<P> extends CgRun<P> {
  readonly _tag: 'Interior'
  readonly converged: boolean
}

/**
 * The next iterate was outside of the ball; the solution lies on the boundary, on the way to it.
 *
 * @since 0.1.0
 */
export interface Boundary<P> extends CgRun<P> {
  readonly _tag: 'Boundary'
}

/**
 * A direction along which the model does not rise as a parabola: dᵀAd ≤ 0.
 *
 * @since 0.1.0
 */
export interface NegativeCurvature<P> extends CgRun<P> {
  readonly _tag: 'NegativeCurvature'
  /** A direction of descent at the solution, dᵀ(b − Ax) > 0; not normalized. */
  readonly direction: P
  /** dᵀAd. */
  readonly curvature: number
  /** Where the line from the solution along the direction leaves the ball; null without a trust radius. */
  readonly boundary: P | null
}

/**
 * A product was not finite, or the preconditioner is not positive definite; the solution is the last good iterate.
 *
 * @since 0.1.0
 */
export interface Breakdown<P> extends CgRun<P> {
  readonly _tag: 'Breakdown'
  readonly cause: 'nonFinite' | 'preconditioner'
  readonly advice: string
}

/**
 * How conjugate gradients can end.
 *
 * @since 0.1.0
 */
export type CgResult<P> = Interior<P> | Boundary<P> | NegativeCurvature<P> | Breakdown<P>

const advices: Readonly<Record<Breakdown<unknown>['cause'], string>> = {
  nonFinite: 'A product or the right side holds NaN or ∞. Look for where the loss overflows with explain.',
  preconditioner: 'The preconditioner is not positive definite. Shift it, or leave it out.',
}

const resultOf = <P>(found: CgEnd, tree: (x: Float64Array) => P): CgResult<P> => {
  const run: CgRun<P> = {
    solution: tree(found.x),
    residualNorm: found.residualNorm,
    iterations: found.iterations,
    products: found.products,
    values: found.values,
    residualNorms: found.residualNorms,
    iterates: found.kept.map(({ iteration, x }) => ({ iteration, solution: tree(x) })),
  }
  const broken = (cause: Breakdown<P>['cause']): CgResult<P> => ({
    ...run,
    _tag: 'Breakdown',
    cause,
    advice: advices[cause],
  })
  switch (found.end) {
    case 'interior':
      return { ...run, _tag: 'Interior', converged: found.converged }
    case 'boundary':
      return { ...run, _tag: 'Boundary' }
    case 'curvature':
      return {
        ...run,
        _tag: 'NegativeCurvature',
        direction: tree(found.direction),
        curvature: found.curvature,
        boundary: found.boundary === undefined ? null : tree(found.boundary),
      }
    case 'breakdown':
      return broken('nonFinite')
    case 'preconditioner':
      return broken('preconditioner')
  }
}

/**
 * Solves A x = b, or as much of it as a positive definite model allows: minimizes ½ xᵀAx − bᵀx over growing Krylov spaces.
 *
 *     d ← M⁻¹r + β d,   α = rᵀM⁻¹r / dᵀAd,   x ← x + α d,   r ← r − α A d
 *
 * With a trust radius it is the method of Steihaug and Toint: it ends on the boundary where the next iterate would leave the ball,
 * or where it meets negative curvature.
 *
 * **Laws** directions are conjugate, residuals orthogonal (in M⁻¹); the error falls in the norm of A, and ‖x‖ (in M) rises, at every
 * iteration; for n unknowns n iterations suffice, in exact arithmetic.
 *
 * **Cost** a product and a preconditioner for each iteration, and five vectors.
 *
 * **Special values** b = 0 is solved by 0. A semidefinite A with b in its range is solved. NaN and ∞ end in `Breakdown`.
 *
 * **Fails** with a `Defect` for options out of range, or a start with a trust radius.
 *
 * **References** Hestenes and Stiefel (1952); Steihaug, *The conjugate gradient method and trust regions in large scale
 * optimization* (1983); Conn, Gould and Toint, *Trust-Region Methods* (2000), §7.5.1.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { conjugateGradient, operatorOf } from 'gradus/curvature'
 * const found = conjugateGradient()(operatorOf(tensor([[2, 0], [0, 4]])))(tensor([2, 4]))
 * toArray(found.solution) // => [1, 1]
 * conjugateGradient()(operatorOf(tensor([[1, 0], [0, -1]])))(tensor([1, 2]))._tag // => 'NegativeCurvature'
 *
 * @since 0.1.0
 */
export const conjugateGradient = <P>({
  tolerance = 1e-10,
  absoluteTolerance = 0,
  maximalIterations,
  trustRadius = Infinity,
  minimalCurvature = 0,
  preconditioner,
  start,
  stop = () => false,
  keepIterates = false,
}: CgOptions<P> = {}): (<Q extends P>(operator: LinearOperator<Q>) => (b: Q) => CgResult<Q>) => {
  const name = 'conjugateGradient'
  if (start !== undefined && trustRadius < Infinity)
    return raise(
      'InvalidArgument',
      `${name}: a trust region is a ball around 0, so no start can be given. Move b instead?`,
    )
  const checked = {
    tolerance: atLeastZero(name, 'tolerance', tolerance),
    absolute: atLeastZero(name, 'absoluteTolerance', absoluteTolerance),
    radius: positive(name, 'trustRadius', trustRadius),
    flatness: atLeastZero(name, 'minimalCurvature', minimalCurvature),
  }
  const most = maximalIterations === undefined ? undefined : count(name, 'maximalIterations', maximalIterations)
  return (operator) => {
    const { ravel, unravel, multiply, size } = flatOf(operator)
    const precondition = preconditioner === undefined ? undefined : flatOf(preconditioner).multiply
    return (b) =>
      resultOf(
        truncatedCg(multiply, ravel(b), {
          ...checked,
          most: most ?? 10 * size,
          precondition,
          start: start === undefined ? undefined : ravel(start),
          keeps: typeof keepIterates === 'boolean' ? () => keepIterates : keepIterates,
          stops: (iteration, residualNorm, values) => stop({ iteration, residualNorm, values }),
        }),
        unravel,
      )
  }
}
