/** Named surfaces whose steps are known in closed form, and one that lures optimizers into claiming convergence. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  type Loss,
  logSumExp,
  matmul,
  mul,
  pow,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  toNumber,
  treeNorm,
} from '../src/index.js'
import {
  anyOf,
  gradientBelow,
  minimize,
  objective,
  type StateType,
  stepsAtMost,
  takeUntil,
} from '../src/optimize/index.js'
import { evenly, tensors } from './arbitrary.js'
import { all, atMost, close, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { ofStep, type SaddleFreeClaim, stepsUntil } from './step.js'

/**
 * A point of the plane, as named parameters.
 *
 * @since 0.1.0
 */
export interface Plane {
  readonly x: Tensor
  readonly y: Tensor
}

/**
 * The point (x, y).
 *
 * @example
 * import { toNumber } from 'gradus'
 * import { planePoint } from 'gradus/laws'
 * toNumber(planePoint(1, 2).y) // => 2
 *
 * @since 0.1.0
 */
export const planePoint = (x: number, y: number): Plane => ({ x: scalar(x), y: scalar(y) })

const polar = (radius: number, angle: number): Plane => planePoint(radius * Math.cos(angle), radius * Math.sin(angle))

/**
 * The classical saddle 5x² − y².
 *
 * @example
 * import { toNumber } from 'gradus'
 * import { classicalSaddle, planePoint } from 'gradus/laws'
 * toNumber(classicalSaddle(planePoint(1, 2))) // => 1
 *
 * @since 0.1.0
 */
export const classicalSaddle = ({ x, y }: Plane): Tensor => sub(mul(5, square(x)), square(y))

/**
 * The monkey saddle x³ − 3xy²: three valleys meet at the origin, where the Hessian is zero. Its eigenvalues at distance r
 * are ±6r.
 *
 * @example
 * import { toNumber } from 'gradus'
 * import { monkeySaddle, planePoint } from 'gradus/laws'
 * toNumber(monkeySaddle(planePoint(2, 1))) // => 2
 *
 * @since 0.1.0
 */
export const monkeySaddle = ({ x, y }: Plane): Tensor => sub(pow(x, 3), mul(3, mul(x, square(y))))

/**
 * ¼x⁴ − 3x² + 9x + 0.9y⁴ + 5y² + 40, whose only critical point is (−3, 0). At (±√2, 0) its gradient lies in the kernel of
 * the Hessian: methods that minimize the gradient's norm stop there.
 *
 * **References** Frye, *Finding critical and gradient-flat points of deep neural network loss functions* (2020).
 *
 * @example
 * import { toNumber } from 'gradus'
 * import { gradientFlat, planePoint } from 'gradus/laws'
 * toNumber(gradientFlat(planePoint(-3, 0))) // => 6.25
 *
 * @since 0.1.0
 */
export const gradientFlat = ({ x, y }: Plane): Tensor =>
  add(
    add(sub(mul(0.25, pow(x, 4)), mul(3, square(x))), add(mul(9, x), 40)),
    add(mul(0.9, pow(y, 4)), mul(5, square(y))),
  )

/** A soft maximum of linear functions in a bowl: convex, smooth and not quadratic. */
export interface ConvexCase {
  readonly directions: Tensor
  readonly phases: Tensor
  readonly at: Tensor
}

export const convexCases: fc.Arbitrary<ConvexCase> = fc
  .integer({ min: 1, max: 4 })
  .chain((n) => fc.record({ directions: tensors([3, n]), phases: tensors([3]), at: tensors([n]) }))

export const convexLoss =
  ({ directions, phases }: ConvexCase): Loss<Tensor> =>
  (x) =>
    add(logSumExp(add(matmul(directions, x), phases)), mul(0.1, sum(square(x))))

const radii = evenly(1e-3, 10)
const angles = evenly(0, 6.28)
const radius = (p: unknown): number => toNumber(treeNorm(p))

/** An angle from one of the three directions in which the monkey saddle attracts even the saddle-free step. */
const fromRidge = (angle: number): number => {
  const third = (2 * Math.PI) / 3
  return Math.abs(angle - third * Math.round(angle / third))
}

export const surfaceLaws = <F extends StateType>({ name, make, tolerance = 1e-9 }: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › surfaces`,
    [],
  )([
    law('on 5x² − y² it goes from (x, y) to (0, 2y)', fc.tuple(radii, angles), ([r, angle]) => {
      const start = polar(r, angle)
      return ofStep(make(0), classicalSaddle, start, (_, { params }) =>
        close(tolerance)([params.x, params.y], [0, mul(2, start.y)]),
      )
    }),
    law('on the monkey saddle the step is −∇f/6r, of length r/2', fc.tuple(radii, angles), ([r, angle]) => {
      const { x, y } = { x: r * Math.cos(angle), y: r * Math.sin(angle) }
      const expected = [-(x * x - y * y) / (2 * r), (x * y) / r]
      return ofStep(make(0), monkeySaddle, planePoint(x, y), (step) =>
        all(close(tolerance)([step.x, step.y], expected), close(tolerance)(radius(step), r / 2)),
      )
    }),
    law('on the ridge of the monkey saddle it halves the distance for ever', radii, (r) =>
      ofStep(make(0), monkeySaddle, planePoint(r, 0), (_, { params }) =>
        close(tolerance)([params.x, params.y], [r / 2, 0]),
      ),
    ),
    law('in the valley of the monkey saddle it goes from r to 1.5 r', radii, (r) =>
      ofStep(make(0), monkeySaddle, planePoint(-r, 0), (_, { params }) =>
        close(tolerance)([params.x, params.y], [-1.5 * r, 0]),
      ),
    ),
    law('it leaves the unit ball of the monkey saddle from 10⁻³ within 31 steps', angles, (angle) => {
      fc.pre(fromRidge(angle) > 1e-3)
      const steps = stepsUntil(make(0), monkeySaddle, polar(1e-3, angle), ({ params }) => radius(params) > 1, 40)
      return atMost()(steps, 31)
    }),
    law(
      'a gradient called small is small: gradient-flat points are not taken for critical ones',
      fc.tuple(evenly(-5, 5), evenly(-5, 5), fc.constantFrom(1e-3, 1e-1, 1)),
      ([x, y, damping]) => {
        const { last, reason } = pipe(
          planePoint(x, y),
          minimize(make(damping), objective(gradientFlat)),
          takeUntil(anyOf(gradientBelow(1e-8), stepsAtMost(100))),
        )
        return E.isRight(reason) && reason.right._tag === 'GradientBelow'
          ? close(1e-6)([last.params.x, last.params.y], [-3, 0])
          : same(gradientBelow(1e-8)(last)._tag, 'None')
      },
    ),
  ])
