/** Steps in a ball without a decomposition: conjugate gradients that stop at its boundary, and the dogleg of Powell. */
import * as E from 'fp-ts/lib/Either.js'
import { normOf } from '../kernel/reference/magnitude.js'
import { type CgEnd, plainCg, truncatedCg } from '../kernel/reference/truncatedCg.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { atLeastZero, count, finitePositive, superlinear } from './options.js'
import type { ModelStep, QuadraticModel } from './QuadraticModel.js'

/**
 * A step by truncated conjugate gradients, and why they stopped.
 *
 * @since 0.1.0
 */
export interface TruncatedStep<P> {
  readonly step: P
  readonly length: number
  readonly predictedReduction: number
  readonly onBoundary: boolean
  readonly end: 'converged' | 'boundary' | 'negative curvature' | 'exhausted'
  /** Products that this radius took beyond those of the radii before it. */
  readonly products: number
}

/**
 * When conjugate gradients stop.
 *
 * @since 0.1.0
 */
export interface TruncatedOptions {
  /** Where the residual is below this multiple of ‖g‖; default min(½, √‖g‖), with which convergence is superlinear. */
  readonly tolerance?: number
  /** The largest number of products; default the number of parameters. */
  readonly iterations?: number
}

const endOf = ({ end, converged }: CgEnd): TruncatedStep<unknown>['end'] => {
  switch (end) {
    case 'boundary':
      return 'boundary'
    case 'curvature':
      return 'negative curvature'
    default:
      return converged ? 'converged' : 'exhausted'
  }
}

/**
 * The step of Steihaug and Toint in a ball: conjugate gradients until the residual is small, the ball is left or a direction of
 * negative curvature is met. It is given the radius last: a smaller radius leaves the same path earlier, and takes no product anew.
 *
 * **Laws** the model falls at least as much as to the Cauchy point, and at least half as far as to the minimizer where B is positive definite.
 *
 * **Special values** at a gradient of 0 the step is 0, even at a saddle.
 *
 * **Cost** one product for each direction, whose images are kept for smaller radii.
 *
 * **Fails** with a `Defect` for options out of range, and a radius that is not a finite number above 0.
 *
 * **References** Steihaug, *The conjugate gradient method and trust regions in large scale optimization* (1983); Yuan, *On the
 * truncated conjugate gradient method* (2000), for the half.
 *
 * @example
 * import { mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { hessianOperator, truncatedStep } from 'gradus/curvature'
 * const saddle = hessianOperator((x: Tensor) => sum(mul(tensor([1, -1]), mul(x, x))))(tensor([0, 0]))
 * const { step, end } = truncatedStep(saddle, tensor([0, -2]))(3)
 * toArray(step) // => [0, 3]
 * end // => 'negative curvature'
 *
 * @since 0.1.0
 */
export const truncatedStep = <P>(
  curvature: LinearOperator<P>,
  gradient: P,
  { tolerance, iterations = curvature.size }: TruncatedOptions = {},
): ((radius: number) => TruncatedStep<P>) => {
  const { ravel, unravel, multiply } = flatOf(curvature)
  const right = ravel(gradient).map((entry) => -entry)
  const size = normOf(right)
  const relative = tolerance === undefined ? superlinear(size) : atLeastZero('truncatedStep', 'tolerance', tolerance)
  const most = count('truncatedStep', 'iterations', iterations)
  const images = new Map<number, Float64Array>()
  return (radius) => {
    finitePositive('truncatedStep', 'radius', radius)
    const before = images.size
    const asked = new Set<number>()
    // The directions are the same for every radius, until one of them leaves the ball.
    const remembered = (direction: Float64Array): Float64Array => {
      const j = asked.size
      const image = images.get(j) ?? multiply(direction)
      asked.add(j)
      images.set(j, image)
      return image
    }
    const found = truncatedCg(remembered, right, {
      ...plainCg,
      // At 0 the residual is all of it, which is never little enough.
      tolerance: Math.min(relative, 1 - Number.EPSILON),
      most,
      radius,
    })
    const onBoundary = found.boundary !== undefined
    const step = found.end === 'breakdown' ? found.x.map(() => Number.NaN) : onBoundary ? found.boundary : found.x
    return {
      step: unravel(step),
      length: normOf(step),
      predictedReduction: onBoundary ? -found.boundaryValue : -(found.values[found.values.length - 1] ?? 0),
      onBoundary,
      end: endOf(found),
      products: images.size - before,
    }
  }
}

/**
 * The least eigenvalue, which is not positive: the model has no minimizer to go to.
 *
 * @since 0.1.0
 */
export interface NotConvex {
  readonly _tag: 'NotConvex'
  readonly eigenvalue: number
}

/**
 * Powell's dogleg in a ball, for models whose curvature is positive definite: along the gradient to the minimizer on that line, and
 * from there towards the minimizer of the model.
 *
 * **Laws** the model falls at least as much as to the Cauchy point, and no more than with `minimizeModel`.
 *
 * **Fails** `Left` with the least eigenvalue when that is not positive. A `Defect` when the radius is not a finite number above 0.
 *
 * **References** Powell (1970); Nocedal and Wright (2006), §4.1.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { doglegStep, exactModel, hessianOperator } from 'gradus/curvature'
 * const bowl = hessianOperator((x: Tensor) => sum(mul(x, x)))(tensor([0, 0]))
 * const step = pipe(exactModel(bowl, tensor([2, 0])), E.chainW(doglegStep(5)))
 * E.isRight(step) && toArray(step.right.step) // => [-1, 0]
 *
 * @since 0.1.0
 */
export const doglegStep =
  (radius: number) =>
  <P>({ values, parts, expand }: QuadraticModel<P>): E.Either<NotConvex, Omit<ModelStep<P>, 'multiplier' | 'hard'>> => {
    finitePositive('doglegStep', 'radius', radius)
    const least = values.reduce((so, value) => Math.min(so, value), Infinity)
    if (!(least > 0)) return E.left({ _tag: 'NotConvex', eigenvalue: least })
    const value = (i: number): number => values[i] ?? Number.NaN
    const size = normOf(Float64Array.from(parts))
    const unit = parts.map((part) => (size === 0 ? 0 : part / size))
    const curved = unit.reduce((sum, part, i) => sum + value(i) * part * part, 0)
    const along = size === 0 ? 0 : size / curved
    const newton = parts.map((part, i) => -part / value(i))
    const toNewton = normOf(Float64Array.from(newton))
    const cauchy = unit.map((part) => -Math.min(along, radius) * part)
    // From the Cauchy point c towards the Newton point: ‖c + τ (n − c)‖ = Δ, in units of Δ.
    const onward = (): ReadonlyArray<number> => {
      const leg = newton.map((entry, i) => entry - (cauchy[i] ?? 0))
      const whole = normOf(Float64Array.from(leg))
      // The way only leads away from 0: less than that is rounding.
      const b = Math.max(
        0,
        leg.reduce((sum, x, i) => sum + (x / whole) * ((cauchy[i] ?? 0) / radius), 0),
      )
      const rest = (1 - along / radius) * (1 + along / radius)
      const share = Math.min(1, (rest / (b + Math.sqrt(b * b + rest))) * (radius / whole))
      return cauchy.map((x, i) => x + share * (leg[i] ?? 0))
    }
    const inside = toNewton <= radius
    const step = inside ? newton : along >= radius ? cauchy : onward()
    return E.right({
      step: expand(step),
      length: normOf(Float64Array.from(step)),
      predictedReduction: -step.reduce((sum, x, i) => sum + x * ((parts[i] ?? 0) + 0.5 * value(i) * x), 0),
      onBoundary: !inside,
    })
  }
