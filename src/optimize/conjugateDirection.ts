/** Directions from gradients alone: the steepest, and conjugate ones that remember the last. */
import * as E from 'fp-ts/lib/Either.js'
import { toNumber } from '../data/read.js'
import { treeAxpy, treeDot, treeScale } from '../function/tree.js'
import { treeLength } from '../operator/length.js'
import { along } from './along.js'
import type { Direction } from './Direction.js'
import type { LineSearch, SearchState } from './LineSearch.js'
import type { Smooth } from './Objective.js'
import type { Optimizer, Stateless, StateType } from './Optimizer.js'
import { choice, derived, limit, search } from './option.js'
import { byPosition, recipe } from './recipe.js'
import { hagerZhang, strongWolfe } from './searches.js'
import type { Both } from './Transformation.js'

/**
 * Minus the gradient.
 *
 *     d = −∇f(θ)
 *
 * @example
 * import { along, backtracking, steepestDescent } from 'gradus/optimize'
 * along(steepestDescent(), backtracking()).name // => 'steepest descent with backtracking'
 *
 * @since 0.1.0
 */
export const steepestDescent: () => Direction<Stateless, Smooth> = /* @__PURE__ */ recipe<Record<never, never>>()(
  { sort: 'direction', name: 'steepestDescent', fields: () => ({}) },
  (): Direction<Stateless, Smooth> => ({
    name: 'steepest descent',
    heading: 'down',
    init: () => null,
    propose: (it) => (state) => E.right({ direction: treeScale(-1, it.gradient), state, work: {} }),
  }),
)

/**
 * The last gradient and direction.
 *
 * @since 0.1.0
 */
export interface LastDirection<P> {
  readonly gradient: P
  readonly direction: P
}

/**
 * The state of conjugate directions: none before the first step.
 *
 * @since 0.1.0
 */
export interface ConjugateState extends StateType {
  readonly state: LastDirection<this['params']> | null
}

/**
 * How much of the last direction is kept: Polak-Ribière where it is positive, Fletcher-Reeves, Hestenes-Stiefel where it is positive,
 * Dai-Yuan, Hager-Zhang.
 *
 * @since 0.1.0
 */
export type ConjugateVariant = 'PR+' | 'FR' | 'HS+' | 'DY' | 'HZ'

const variantField = /* @__PURE__ */ choice('PR+', 'FR', 'HS+', 'DY', 'HZ')

/** β of each variant, from inner products of the gradient g, the last gradient g₋, their difference y and the last direction d. */
const factorOf = <P>(variant: ConjugateVariant, gradient: P, before: P, direction: P): number => {
  const product = (a: P, b: P): number => toNumber(treeDot(a, b))
  const change = treeAxpy(-1, before, gradient)
  switch (variant) {
    case 'PR+':
      return Math.max(0, product(gradient, change) / product(before, before))
    case 'FR':
      return product(gradient, gradient) / product(before, before)
    case 'HS+':
      return Math.max(0, product(gradient, change) / product(direction, change))
    case 'DY':
      return product(gradient, gradient) / product(direction, change)
    case 'HZ': {
      const curvature = product(direction, change)
      const free =
        (product(change, gradient) - (2 * product(change, change) * product(direction, gradient)) / curvature) /
        curvature
      // η = 0.01 of the paper keeps β from being very negative.
      const least = -1 / (treeLength(direction) * Math.min(0.01, treeLength(before)))
      return Math.max(free, least)
    }
  }
}

/** A direction that makes a larger angle with the steepest one than this cosine allows is given up. */
const leastCosine = 1e-8

/**
 * Nonlinear conjugate gradients: minus the gradient, and some of the last direction.
 *
 *     d = −∇f(θ) + β d₋
 *     PR+:  β = max(0, ⟨g, y⟩ / ⟨g₋, g₋⟩)          FR:  β = ⟨g, g⟩ / ⟨g₋, g₋⟩
 *     HS+:  β = max(0, ⟨g, y⟩ / ⟨d₋, y⟩)           DY:  β = ⟨g, g⟩ / ⟨d₋, y⟩          with y = g − g₋
 *     HZ:   β = max(⟨y − 2 d₋ ⟨y, y⟩ / ⟨d₋, y⟩, g⟩ / ⟨d₋, y⟩, −1 / (‖d₋‖ min(0.01, ‖g₋‖)))
 *
 * It begins anew with the gradient where d would not go down, and where two gradients are far from orthogonal, |⟨g, g₋⟩| ≥ ν ⟨g, g⟩ (but
 * for HZ, which needs no restarts).
 *
 * **Laws** with exact line searches, n steps lead to the minimum of a convex quadratic of n variables, for every variant.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), §5.2; Hager and Zhang, *A survey of nonlinear conjugate gradient
 * methods* (2006).
 *
 * @example
 * import { along, conjugateDirection, strongWolfe } from 'gradus/optimize'
 * along(conjugateDirection('FR'), strongWolfe({ curvature: 0.1 })).name // => 'conjugate gradient (FR) with strong wolfe'
 *
 * @since 0.1.0
 */
export const conjugateDirection: (
  variant?: ConjugateVariant,
  orthogonality?: number,
) => Direction<ConjugateState, Smooth> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly variant?: ConjugateVariant; readonly orthogonality?: number }>()(
    {
      sort: 'direction',
      name: 'conjugateDirection',
      fields: () => ({ variant: variantField('HZ'), orthogonality: derived(limit()) }),
    },
    ({ variant, orthogonality }): Direction<ConjugateState, Smooth> => {
      const directionAt = <P>(gradient: P, last: LastDirection<P> | null): P => {
        const steepest = treeScale(-1, gradient)
        if (last === null) return steepest
        const size = treeLength(gradient)
        if (Math.abs(toNumber(treeDot(gradient, last.gradient))) >= orthogonality * size * size) return steepest
        const direction = treeAxpy(factorOf(variant, gradient, last.gradient, last.direction), last.direction, steepest)
        // NaN, of a quotient of zeros, is not below anything.
        return toNumber(treeDot(gradient, direction)) < -leastCosine * size * treeLength(direction)
          ? direction
          : steepest
      }
      return {
        name: `conjugate gradient (${variant})`,
        heading: 'down',
        init: () => null,
        propose:
          ({ gradient }) =>
          (last) => {
            const direction = directionAt(gradient, last)
            return E.right({ direction, state: { gradient, direction }, work: {} })
          },
      }
    },
    ({ variant, orthogonality = variant === 'HZ' ? Infinity : 0.5 }) => ({ orthogonality }),
  ),
  (variant?: ConjugateVariant, orthogonality?: number) => ({ variant, orthogonality }),
)

/**
 * Which conjugate gradients, and how far along them.
 *
 * @since 0.1.0
 */
export interface NonlinearCGOptions {
  /** Default `'HZ'`. */
  readonly variant?: ConjugateVariant
  /** Default `hagerZhang({ decrease: 0.01, curvature: 0.1 })` for HZ and `strongWolfe({ curvature: 0.1 })` for others: nearly exact. */
  readonly lineSearch?: LineSearch<SearchState, Smooth>
}

/**
 * Nonlinear conjugate gradients with a line search: little memory, and far fewer steps than gradient descent. See `conjugateDirection`.
 *
 * **Cost** per step a gradient for each step length that is tried, one or two as a rule; two vectors of memory.
 *
 * **Fails** as its line search does.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { anyOf, gradientBelow, minimize, nonlinearCG, objective, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => sum(mul(tensor([1, 100]), square(x))))
 * const stop = anyOf(gradientBelow(1e-6), stepsAtMost(100))
 * const { reason } = pipe(tensor([1, 1]), minimize(nonlinearCG(), loss), takeUntil(stop))
 * E.isRight(reason) && reason.right._tag // => 'GradientBelow'
 *
 * @since 0.1.0
 */
export const nonlinearCG: (options?: NonlinearCGOptions) => Optimizer<Both<ConjugateState, SearchState>, Smooth> =
  /* @__PURE__ */ recipe<NonlinearCGOptions>()(
    {
      sort: 'optimizer',
      name: 'nonlinearCG',
      fields: () => ({
        variant: variantField('HZ'),
        lineSearch: derived(search<LineSearch<SearchState, Smooth>>('down')()),
      }),
    },
    ({ variant, lineSearch }) => along(conjugateDirection(variant), lineSearch, 'nonlinear conjugate gradient'),
    ({
      variant,
      lineSearch = variant === 'HZ' ? hagerZhang({ decrease: 0.01, curvature: 0.1 }) : strongWolfe({ curvature: 0.1 }),
    }) => ({ lineSearch }),
  )
