/** Conjugate gradients on a damped model of the loss, with the points on their way, from which a loss may choose. */
import * as E from 'fp-ts/lib/Either.js'
import { toNumber } from '../../data/read.js'
import { treeAdd, treeAxpy, treeDot, treeScale } from '../../function/tree.js'
import { shiftOperator } from '../../operator/algebra.js'
import { type CgProgress, type CgResult, conjugateGradient } from '../../operator/conjugateGradient.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'

/** A point on the way, with what the undamped model m(s) = gᵀs + ½ sᵀBs says of it. */
export interface Waypoint<P> {
  readonly step: P
  /** gᵀs. */
  readonly slope: number
  /** m(s), below 0 where the model falls. */
  readonly change: number
}

export interface DampedSolution<P> {
  /** In the order of the iterations; the last is where they ended. */
  readonly waypoints: ReadonlyArray<Waypoint<P>>
  readonly last: P
  readonly iterations: number
  readonly products: number
}

/** Where conjugate gradients may start, with its image under B: one product for all dampings. */
export interface Start<P> {
  readonly at: P
  readonly image: P
}

export interface SolveSettings {
  readonly iterations: number
  /** ε: the progress for each iteration, relative to all, at which it is enough. */
  readonly progress: number
  readonly tolerance: number
  /** γ: iterates ⌈γʲ⌉ are kept. */
  readonly spacing: number
}

export interface DampedModel<P> {
  readonly curvature: LinearOperator<P>
  readonly gradient: P
  readonly damping: number
  readonly start: Start<P> | null
  /** M⁻¹ of the damped model. */
  readonly preconditioner: LinearOperator<P> | null
}

const dot = <P>(a: P, b: P): number => toNumber(treeDot(a, b))

/** Whether i is ⌈γʲ⌉ for some j. */
const isKept =
  (spacing: number) =>
  (i: number): boolean => {
    // The quotient of logarithms of an exact power may fall short of a whole number.
    const power = Math.floor(Math.log(i) / Math.log(spacing) + 1e-9)
    return i > 0 && Math.ceil(spacing ** power - 1e-9 * i) === i
  }

/** Martens (2010), §4.4: φ has fallen, and by less than kε of itself in the last k iterations. */
const isEnough =
  (progress: number, from: number) =>
  ({ iteration, values }: CgProgress): boolean => {
    const window = Math.max(10, Math.ceil(iteration / 10))
    const [now = 0, before = 0] = [values[iteration], values[iteration - window]]
    const value = from + now
    return iteration > window && value < 0 && (now - before) / value < window * progress
  }

/** What conjugate gradients start from: the residual there, and the damped model φ. */
interface Origin<P> {
  readonly at: P | null
  readonly residual: P
  readonly value: number
}

/** The start where it helps: along it the damped model is a parabola that opens upwards, and it lies below φ(0) = 0. */
const originOf = <P>({ gradient, damping, start }: DampedModel<P>): Origin<P> => {
  const right = treeScale(-1, gradient)
  const none = { at: null, residual: right, value: 0 }
  if (start === null) return none
  const image = treeAxpy(damping, start.at, start.image)
  const curvature = dot(start.at, image)
  const value = dot(gradient, start.at) + 0.5 * curvature
  return curvature > 0 && value < 0 ? { at: start.at, residual: treeAxpy(-1, image, right), value } : none
}

/**
 * A step along a direction without positive curvature: where a parabola with the same slope and |curvature|, and at least that of the
 * damping, has its minimum. Beside a direction d of conjugate gradients that started with the residual r, the slope of the damped model
 * is −rᵀd, since what was solved is conjugate to d.
 */
const beyond = <P>(
  found: Extract<CgResult<P>, { readonly _tag: 'NegativeCurvature' }>,
  { residual }: Origin<P>,
  damping: number,
): { readonly step: P; readonly change: number } => {
  const { solution, direction, curvature } = found
  const fall = dot(residual, direction)
  const length = fall / Math.max(Math.abs(curvature), damping * dot(direction, direction))
  return { step: treeAxpy(length, direction, solution), change: -length * fall + 0.5 * length * length * curvature }
}

/**
 * The way of conjugate gradients to the minimizer of φ(s) = m(s) + ½ λ‖s‖², from the start where that helps; it ends on small progress.
 * They solve for the correction of the start, so that values of the model do not lose digits to it. Left where a product is not finite.
 */
export const dampedSolve = <P>(
  model: DampedModel<P>,
  { iterations, progress, tolerance, spacing }: SolveSettings,
): E.Either<Pick<DampedSolution<P>, 'products'>, DampedSolution<P>> => {
  const { curvature, gradient, damping, preconditioner } = model
  const origin = originOf(model)
  const found = conjugateGradient<P>({
    tolerance: 0,
    absoluteTolerance: tolerance * Math.sqrt(dot(gradient, gradient)),
    maximalIterations: iterations,
    keepIterates: isKept(spacing),
    stop: isEnough(progress, origin.value),
    ...(preconditioner === null ? {} : { preconditioner }),
  })(shiftOperator(damping)(curvature))(origin.residual)
  if (found._tag === 'Breakdown' && found.cause === 'nonFinite') return E.left({ products: found.products })
  const waypoint = ({ step: correction, change }: { readonly step: P; readonly change: number }): Waypoint<P> => {
    const step = origin.at === null ? correction : treeAdd(origin.at, correction)
    return { step, slope: dot(gradient, step), change: origin.value + change - 0.5 * damping * dot(step, step) }
  }
  const at = (iteration: number, step: P): Waypoint<P> =>
    waypoint({ step, change: found.values[iteration] ?? Number.NaN })
  const reached = found.values.length - 1
  const way = found.iterates.filter(({ iteration }) => iteration < reached)
  const end = at(reached, found.solution)
  const onward = found._tag === 'NegativeCurvature' ? [waypoint(beyond(found, origin, damping))] : []
  return E.right({
    waypoints: [...way.map(({ iteration, solution }) => at(iteration, solution)), end, ...onward],
    last: (onward[0] ?? end).step,
    iterations: found.iterations,
    products: found.products,
  })
}
