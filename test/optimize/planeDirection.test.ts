import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { add, matmul, mul, square, sub, sum, type Tensor, tensor } from 'gradus'
import { conjugateGradient, operatorOf } from 'gradus/curvature'
import { symmetricMatrices, tensors } from 'gradus/laws'
import {
  along,
  anyOf,
  backtracking,
  type Direction,
  fixedStep,
  gradientBelow,
  minimize,
  nonconvexNewtonDirection,
  objective,
  planeDirection,
  type StateType,
  seriesDirection,
  steepestDescent,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { counted, take } from './counted.js'
import { rosenbrock } from './problems.js'

const bare = <F extends StateType>(direction: Direction<F>) => along(planeDirection(direction), fixedStep(1))

describe('in the plane of a direction and the last step', () => {
  it('steps are those of conjugate gradients on a convex quadratic', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((n) => fc.tuple(symmetricMatrices('positive', n), tensors([n]), tensors([n]))),
        ([{ matrix }, linear, at]) => {
          const f = (x: Tensor): Tensor => sub(mul(0.5, sum(mul(x, matmul(matrix, x)))), sum(mul(linear, x)))
          const residual = sub(linear, matmul(matrix, at))
          const { iterates } = conjugateGradient({ keepIterates: true, tolerance: 1e-6 })(operatorOf(matrix))(residual)
          const points = take(iterates.length + 1)(minimize(bare(steepestDescent()), objective(f))(at))
          iterates.forEach(({ iteration, solution }) => {
            // Eigenvalues are within a factor of 100, and five steps lose no more than a few digits to it.
            expectNear(points[iteration]?.params, add(at, solution), 1e-6)
          })
        },
      ),
    )
  })

  it('around the series it needs few steps where the series alone needs many', () => {
    const f = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor([1, 10, 100]), square(x))))
    const steps = <F extends StateType>(direction: Direction<F>) =>
      pipe(
        tensor([1, 1, 1]),
        minimize(along(direction, backtracking()), objective(f)),
        takeUntil(anyOf(gradientBelow(1e-8), stepsAtMost(1000))),
      ).last.step
    // V is that of each gradient, so that M is not quite the same in all steps.
    expect(steps(planeDirection(seriesDirection()))).toBeLessThan(20)
    expect(steps(seriesDirection())).toBeGreaterThan(50)
  })

  it('goes down at a saddle, by the Newton step where the plane is the whole space', () => {
    const f = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor([2, -1]), square(x))))
    const [, , third] = take(3)(minimize(bare(steepestDescent()), objective(f))(tensor([1, 1])))
    const [, second] = take(2)(minimize(bare(steepestDescent()), objective(f))(tensor([1, 1])))
    // |H|⁻¹ ∇f of (a, b) is (a, −b): the next point is (0, 2b).
    expectNear(third?.params, mul(tensor([0, 2]), second?.params ?? tensor([0, 0])), 1e-12)
  })

  it('costs two products more, one in the first step', () => {
    const { objective: seen, count } = counted(rosenbrock)
    const its = take(4)(minimize(along(planeDirection(steepestDescent()), backtracking()), seen)(tensor([-1.2, 1])))
    expect(its.map(({ work }) => work.products)).toEqual([0, 1, 3, 5])
    expect(its.map(({ work }) => work.solves)).toEqual([0, 1, 2, 3])
    expect(count('product')).toBe(5)
  })

  it('is the direction as it is where the plane has no curvature', () => {
    const f = (x: Tensor): Tensor => sum(mul(tensor([1, 2]), x))
    const [, second] = take(2)(minimize(bare(steepestDescent()), objective(f))(tensor([0, 0])))
    expectNear(second?.params, [-1, -2], 0)
  })

  it('leaves random steps off a saddle as they are', () => {
    const saddle = objective((x: Tensor) => sum(mul(tensor([1, -1]), square(x))))
    const plain = take(12)(minimize(along(nonconvexNewtonDirection(), backtracking()), saddle)(tensor([0, 0])))
    const run = take(12)(
      minimize(along(planeDirection(nonconvexNewtonDirection()), backtracking()), saddle)(tensor([0, 0])),
    )
    expectNear(run[1]?.params, plain[1]?.params ?? [], 0)
    expect(run[11]?.value).toBeLessThan(-1e-2)
  })

  it('refuses dampings below 0', () => {
    expect(defectOf(() => planeDirection(steepestDescent(), { damping: -1 }))).toContain(
      'planeDirection: expected damping to be',
    )
  })
})
