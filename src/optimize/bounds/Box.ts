/**
 * bounds/: minimizing in a box. Box.ts puts one around an objective and measures how far a point is from optimal in it; the others
 * take steps that stay inside, or map the box onto all of space.
 * May import: optimize and what it may import. May be imported by: optimize.
 */

import * as O from 'fp-ts/lib/Option.js'
import { fromFloat64Array, full, zeros } from '../../data/construct.js'
import { raise } from '../../data/Defect.js'
import { toFloat64Array } from '../../data/read.js'
import { sameShape, showShape } from '../../data/Shape.js'
import { isTensor, type Tensor } from '../../data/Tensor.js'
import { alignedLeaves, leavesOf, showPath, treeLeaves, treeZip, withLeaves } from '../../data/Tree.js'
import { ravel, treeAxpy } from '../../function/tree.js'
import { treeLength } from '../../operator/length.js'
import { add } from '../../primitive/arithmetic.js'
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

/**
 * Bounds for parameters P as people write them: one number for all of a leaf or of a branch, a tensor for its entries; what is left out has
 * none.
 *
 * @since 0.1.0
 */
export type Bounds<P> = number | (P extends Tensor ? Tensor : { readonly [K in keyof P]?: Bounds<P[K]> })

const isBranch = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null && !isTensor(node)

const boundsOfLeaves = (like: unknown, given: unknown, none: number, path: string): ReadonlyArray<Tensor> => {
  if (given === undefined || typeof given === 'number')
    return treeLeaves(like).map(({ shape }) => full(shape, given ?? none))
  if (isTensor(like))
    return isTensor(given) && (given.rank === 0 || sameShape(given.shape, like.shape))
      ? [add(zeros(like.shape), given)]
      : raise(
          'StructureMismatch',
          `boxLike: expected a number or a tensor ${showShape(like.shape)} at ${showPath(path)}, got ${isTensor(given) ? showShape(given.shape) : typeof given}.`,
        )
  if (!isBranch(given) || !isBranch(like) || Object.keys(given).some((key) => !(key in like)))
    return raise(
      'StructureMismatch',
      `boxLike: expected a number or bounds of ${isBranch(like) ? Object.keys(like).join(', ') : typeof like} at ${showPath(path)}, got ${isBranch(given) ? Object.keys(given).join(', ') : typeof given}.`,
    )
  return Object.keys(like).flatMap((key) =>
    boundsOfLeaves(like[key], given[key], none, Array.isArray(like) ? `${path}[${key}]` : `${path}.${key}`),
  )
}

/**
 * The box of parameters like these, from bounds of whole leaves, of whole branches or of single entries.
 *
 * **Fails** with a `Defect` that names the path where bounds do not fit the parameters, or cross.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { boxLike } from 'gradus/optimize'
 * const params = { rates: tensor([1, 2]), shift: tensor(0) }
 * const box = boxLike(params, { lower: { rates: 0 }, upper: { rates: tensor([5, 6]) } })
 * toArray(box.lower.rates) // => [0, 0]
 * toArray(box.upper.shift) // => Infinity
 *
 * @since 0.1.0
 */
export const boxLike = <P>(
  params: P,
  { lower, upper }: { readonly lower?: Bounds<P>; readonly upper?: Bounds<P> },
): Box<P> =>
  checkedBox('boxLike', {
    lower: withLeaves(params, boundsOfLeaves(params, lower, -Infinity, '')),
    upper: withLeaves(params, boundsOfLeaves(params, upper, Infinity, '')),
  })

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
  treeLength(treeAxpy(-1, p, clampInto(box)(treeAxpy(-1, gradient, p))))

/** 1 for what may move, 0 for what is at a bound out of which −∇f points, and for what has one place only. */
export const freeOf = <P>(box: Box<P>, p: P, gradient: P): P => {
  const [lows, highs, slopes] = [box.lower, box.upper, gradient].map((tree) => alignedLeaves('freeOf', p, tree))
  return withLeaves(
    p,
    leavesOf('freeOf', p).map(({ tensor }, i) => {
      const [low, high, slope] = [lows, highs, slopes].map((leaves) => toFloat64Array(leaves?.[i] ?? tensor))
      const free = toFloat64Array(tensor).map((x, j) => {
        const g = slope?.[j] ?? 0
        const [from, to] = [low?.[j] ?? -Infinity, high?.[j] ?? Infinity]
        return from === to || (x <= from && g > 0) || (x >= to && g < 0) ? 0 : 1
      })
      return fromFloat64Array(free, tensor.shape)
    }),
  )
}

/** Whether any bound is finite. */
export const isBounded = <P>({ lower, upper }: Box<P>): boolean =>
  [lower, upper].some((bounds) => toFloat64Array(ravel(bounds)[0]).some(Number.isFinite))

/** How many parameters are not free. */
export const heldIn = <P>(free: P): number =>
  leavesOf('heldIn', free).reduce(
    (count, { tensor }) => count + toFloat64Array(tensor).reduce((held, each) => held + 1 - each, 0),
    0,
  )

/** What a run in a box is told that starts outside of it. */
export const startOutside =
  'The point is outside of the box, where the value is infinite: start at clampInto(box)(start).'

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
