/**
 * bounds/: minimizing in a box. Box.ts puts one around an objective and measures how far a point is from optimal in it; the others
 * take steps that stay inside, or map the box onto all of space.
 * May import: optimize and what it may import. May be imported by: optimize.
 */

import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../../data/Defect.js'
import { toFloat64Array, toNumber } from '../../data/read.js'
import { alignedLeaves, leavesOf, showPath, treeZip } from '../../data/Tree.js'
import { ravel, treeAxpy, treeNorm } from '../../function/tree.js'
import { maximum, minimum } from '../../primitive/choice.js'
import type { Ability, Box, ObjectiveWith, SomeObjective } from '../Objective.js'
import { tolerance as toleranceField } from '../option.js'
import { byPosition, recipe } from '../recipe.js'
import type { Stop } from '../stop.js'

/** Refuses a box with a lower bound above the upper one, or NaN. */
export const checkedBox = <P>(who: string, { lower, upper }: Box<P>): Box<P> => {
  const uppers = alignedLeaves(who, lower, upper)
  leavesOf(who, lower).forEach(({ path, tensor }, i) => {
    const above = toFloat64Array(uppers[i] ?? tensor)
    toFloat64Array(tensor).forEach((low, j) => {
      const high = above[j] ?? Number.NaN
      if (!(low <= high) || low === Infinity || high === -Infinity)
        raise(
          'InvalidArgument',
          `${who}: expected lower bounds that are not above the upper ones, got ${low} and ${high} for entry ${j} of ${showPath(path)}.`,
        )
    })
  })
  return { lower, upper }
}

/**
 * The nearest point of a box.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { clampInto } from 'gradus/optimize'
 * const box = { lower: tensor([0, 0]), upper: tensor([1, Infinity]) }
 * toArray(clampInto(box)(tensor([2, -1]))) // => [1, 0]
 *
 * @since 0.1.0
 */
export const clampInto =
  <P>({ lower, upper }: Box<P>): ((p: P) => P) =>
  (p) =>
    treeZip(maximum)(treeZip(minimum)(p, upper), lower)

/** Whether every entry is within its bounds. */
export const isInside = <P>({ lower, upper }: Box<P>, p: P): boolean => {
  const [low, at, high] = [lower, p, upper].map((tree) => toFloat64Array(ravel(tree)[0]))
  return (at ?? []).every((x, i) => x >= (low?.[i] ?? Number.NaN) && x <= (high?.[i] ?? Number.NaN))
}

/**
 * An objective in a box: what optimizers for boxes ask for. Its value is ∞ outside, so that one that knows nothing of boxes ends in a
 * failure where it leaves it, and never in a point that is not allowed.
 *
 * **Fails** with a `Defect` when a lower bound is above the upper one, or the bounds do not have the structure of one another.
 *
 * @example
 * import { square, tensor, type Tensor } from 'gradus'
 * import { boundedIn, objective } from 'gradus/optimize'
 * const inside = boundedIn({ lower: tensor(1), upper: tensor(Infinity) })(objective((x: Tensor) => square(x)))
 * inside.value(tensor(2)) // => 4
 * inside.value(tensor(0)) // => Infinity
 *
 * @since 0.1.0
 */
export const boundedIn = <P>(
  box: Box<P>,
): (<O extends SomeObjective<P>>(objective: O) => O & ObjectiveWith<'bounds', P>) => {
  const known = checkedBox('boundedIn', box)
  return (objective) => {
    const value = (p: P): number => (isInside(known, p) ? objective.value(p) : Infinity)
    const { valueAndGrad } = objective
    return {
      ...objective,
      value,
      ...(valueAndGrad === undefined
        ? {}
        : {
            valueAndGrad: (p: P): readonly [number, P] => {
              const [inside, gradient] = valueAndGrad(p)
              return [isInside(known, p) ? inside : Infinity, gradient]
            },
          }),
      bounds: () => known,
    }
  }
}

/**
 * How far a point is from optimal in a box: the length of P(θ − ∇f) − θ, which is 0 where and only where the gradient vanishes along
 * what is free and points outward at each bound that is met.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { projectedGradientNorm } from 'gradus/optimize'
 * const box = { lower: tensor([0, 0]), upper: tensor([9, 9]) }
 * projectedGradientNorm(box, tensor([0, 5]), tensor([3, 4])) // => 4
 *
 * @since 0.1.0
 */
export const projectedGradientNorm = <P>(box: Box<P>, p: P, gradient: P): number =>
  toNumber(treeNorm(treeAxpy(-1, p, clampInto(box)(treeAxpy(-1, gradient, p)))))

const boundsOf = <P>(objective: ObjectiveWith<never, P> | Partial<ObjectiveWith<Ability, P>>): Box<P> | undefined =>
  'bounds' in objective ? objective.bounds?.() : undefined

/**
 * Stops where the projected gradient is shorter than a tolerance; that is the gradient where the objective has no box.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { boundedIn, minimize, objective, projectedGradient, projectedGradientBelow, takeUntil } from 'gradus/optimize'
 * const box = { lower: tensor([1, -1]), upper: tensor([2, 1]) }
 * const inside = boundedIn(box)(objective((x: Tensor) => sum(square(x))))
 * const run = pipe(tensor([2, 1]), minimize(projectedGradient(), inside), takeUntil(projectedGradientBelow(1e-9)))
 * toArray(run.last.params) // ≈ [1, 0]
 *
 * @since 0.1.0
 */
export const projectedGradientBelow: (tolerance: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly tolerance: number }>()(
    { sort: 'stop', name: 'projectedGradientBelow', fields: () => ({ tolerance: toleranceField() }) },
    ({ tolerance }): Stop =>
      (it) => {
        const box = boundsOf<typeof it.params>(it.objective)
        const gradientNorm = box === undefined ? it.gradientNorm : projectedGradientNorm(box, it.params, it.gradient)
        return gradientNorm < tolerance ? O.some({ _tag: 'GradientBelow', tolerance, gradientNorm }) : O.none
      },
  ),
  (tolerance: number) => ({ tolerance }),
)
