/** A box as a change of variables: all of space is mapped into it, so that every optimizer works there. */
import { fromFloat64Array, ones, zeros } from '../../data/construct.js'
import { raise } from '../../data/Defect.js'
import { toFloat64Array } from '../../data/read.js'
import type { Tensor } from '../../data/Tensor.js'
import { alignedLeaves, leavesOf, showPath, treeMap, withLeaves } from '../../data/Tree.js'
import { add, mul, neg, sub } from '../../primitive/arithmetic.js'
import { maximum, minimum, where } from '../../primitive/choice.js'
import { jvp } from '../../transform/jvp.js'
import type { Box } from '../Objective.js'
import { checkedBox } from './Box.js'
import { exponential, logistic, type OneSided, type TwoSided } from './bijections.js'
import { type EntrywiseAt, type MaybeInside, through } from './through.js'

/**
 * Free variables in place of those in a box.
 *
 * @since 0.1.0
 */
export interface FreeVariables<P> {
  readonly box: Box<P>
  /** T: from free variables into the box. Differentiable: `(free) => loss(toBox(free))` is a loss of free variables. */
  readonly toBox: (free: P) => P
  /** From inside of the box to free variables that lead there. */
  readonly toFree: (p: P) => P
  /** The same objective on free variables, with every ability but bounds that it has. */
  readonly objective: <O extends MaybeInside<P>>(objective: O) => Omit<O, 'bounds'>
}

/**
 * Which maps a change of variables is made of.
 *
 * @since 0.1.0
 */
export interface FreeVariablesOptions {
  /** For entries with one finite bound; default `exponential`. */
  readonly oneSided?: OneSided
  /** For entries with two; default `logistic`. */
  readonly twoSided?: TwoSided
}

/** By how many finite bounds an entry is held. */
type Kind = 'none' | 'lower' | 'upper' | 'both' | 'fixed'

const kinds: ReadonlyArray<Kind> = ['none', 'lower', 'upper', 'both', 'fixed']

const kindOf = (low: number, high: number): Kind =>
  low === high ? 'fixed' : low > -Infinity ? (high < Infinity ? 'both' : 'lower') : high < Infinity ? 'upper' : 'none'

/** The map of one leaf, forth and back, and the entry for which there is no way back. */
interface LeafMap {
  readonly forward: (free: Tensor) => Tensor
  readonly inverse: (inside: Tensor) => Tensor
  readonly outside: (inside: Tensor) => number
}

const leafMap = (lower: Tensor, upper: Tensor, oneSided: OneSided, twoSided: TwoSided): LeafMap => {
  const [lows, highs] = [toFloat64Array(lower), toFloat64Array(upper)]
  const kindAt = Array.from(lows, (low, i) => kindOf(low, highs[i] ?? Number.NaN))
  const present = kinds.filter((kind) => kindAt.includes(kind))
  const shaped = (of: (i: number) => number): Tensor =>
    fromFloat64Array(
      Float64Array.from(lows, (_, i) => of(i)),
      lower.shape,
    )
  // Where a bound is not finite another map is chosen; a number keeps infinities out of the maps that are not.
  const known = (bounds: Float64Array): Tensor => shaped((i) => (Number.isFinite(bounds[i]) ? (bounds[i] ?? 0) : 0))
  const [low, high] = [known(lows), known(highs)]
  const each: Readonly<Record<Kind, Omit<LeafMap, 'outside'>>> = {
    none: { forward: (free) => free, inverse: (inside) => inside },
    lower: {
      forward: (free) => add(low, oneSided.forward(free)),
      inverse: (inside) => oneSided.inverse(sub(inside, low)),
    },
    upper: {
      forward: (free) => sub(high, oneSided.forward(neg(free))),
      inverse: (inside) => neg(oneSided.inverse(sub(high, inside))),
    },
    both: {
      // Both bounds with a weight, so that neither loses digits nor their distance overflows; rounding may still pass one by an ulp.
      forward: (free) =>
        minimum(maximum(add(mul(low, twoSided.forward(neg(free))), mul(high, twoSided.forward(free))), low), high),
      inverse: (inside) => {
        const [half, halfLow, halfHigh] = [mul(0.5, inside), mul(0.5, low), mul(0.5, high)]
        return twoSided.inverse(sub(half, halfLow), sub(halfHigh, half))
      },
    },
    fixed: { forward: () => low, inverse: (inside) => zeros(inside.shape) },
  }
  const chosen = (way: 'forward' | 'inverse') => {
    const masks = present.map((kind) => shaped((i) => (kindAt[i] === kind ? 1 : 0)))
    return (x: Tensor): Tensor =>
      present.reduce<Tensor>((result, kind, i) => {
        const image = each[kind][way](x)
        return i === 0 ? image : where(masks[i] ?? image, image, result)
      }, x)
  }
  return {
    forward: chosen('forward'),
    inverse: chosen('inverse'),
    outside: (inside) =>
      toFloat64Array(inside).findIndex((x, i) => {
        const [from, to] = [lows[i] ?? Number.NaN, highs[i] ?? Number.NaN]
        return kindAt[i] === 'fixed' ? x !== from : !(x > from && x < to)
      }),
  }
}

const startAdvice =
  'Start further inside; projectedGradient(), lbfgsb(), projectedTrustRegion(…) and within(…) can start on a bound.'

/**
 * Free variables for a box: a smooth map T of all of space into it, entry by entry, so that any optimizer works in the box, curvature and
 * residuals included. Where an entry has no finite bound T is the identity; where its bounds are equal, that constant.
 *
 *     one bound   θ = l + s(x),  θ = u − s(−x)      two bounds   θ = l σ(−x) + u σ(x)      f̃ = f ∘ T
 *     ∇f̃ = T′ ∘ ∇f,   ∇²f̃ = T′ ∇²f T′ + diag(T″ ∘ ∇f),   residuals J̃ = J T′
 *
 * **Laws** `toBox` never leaves the box, and `toBox(toFree(p))` is p up to rounding; a minimum inside of the box is a minimum of free
 * variables, and the other way round where T′ ≠ 0.
 *
 * **Cost** per value one map, per gradient its derivative too, per Hessian the second one: O(n) each. What it costs is curvature: with
 * `exponential` and `logistic` the gradient of f̃ dies out towards *every* bound, right or wrong. A minimum on a bound is at infinity, which
 * Newton's method approaches by one unit in a step and gradients ever more slowly; a run that comes near a wrong bound stays there long, and
 * ‖∇f̃‖ says nothing then. `hyperbolic` and `sine` reach the bound: a minimum there is found as quickly as any other, but every point of a
 * bound is stationary, the wrong ones as saddles or maxima, and f̃ is no longer convex where f is. Judge the result in the box:
 * `projectedGradientNorm`. Where minima are on bounds, methods that know of boxes are better.
 *
 * **Fails** with a `Defect` when a lower bound is above the upper one; `toFree` with one that names the entry that is not inside.
 *
 * **References** Stan Development Team, *Stan Reference Manual*, Constraint Transforms; James and Roos, *Minuit* (1975); Sisser, *Elimination
 * of bounds in optimization problems by transforming variables* (1981).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { freeVariables, gradientBelow, lbfgs, minimize, objective, takeUntil } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => sum(square(sub(x, tensor([0.25, 3])))))
 * const free = freeVariables({ lower: tensor([0, 0]), upper: tensor([1, Infinity]) })
 * const run = minimize(lbfgs(), free.objective(loss))
 * toArray(free.toBox(pipe(free.toFree(tensor([0.5, 1])), run, takeUntil(gradientBelow(1e-10))).last.params)) // ≈ [0.25, 3]
 *
 * @since 0.1.0
 */
export const freeVariables = <P>(
  box: Box<P>,
  { oneSided = exponential, twoSided = logistic }: FreeVariablesOptions = {},
): FreeVariables<P> => {
  const { lower, upper } = checkedBox('freeVariables', box)
  const uppers = alignedLeaves('freeVariables', lower, upper)
  const maps = leavesOf('freeVariables', lower).map(({ tensor }, i) =>
    leafMap(tensor, uppers[i] ?? tensor, oneSided, twoSided),
  )
  const mapped =
    (of: (map: LeafMap, leaf: Tensor) => Tensor) =>
    (tree: P): P => {
      const leaves = alignedLeaves('freeVariables', lower, tree)
      return withLeaves(
        lower,
        leaves.map((leaf, i) => {
          const map = maps[i]
          return map === undefined ? leaf : of(map, leaf)
        }),
      )
    }
  const toBox = mapped(({ forward }, leaf) => forward(leaf))
  const onesLike = treeMap((leaf) => ones(leaf.shape))
  const slopeOf = (free: P): P => jvp(toBox)(free, onesLike(free))[1]
  const at = (free: P): EntrywiseAt<P> => ({
    params: toBox(free),
    slope: () => slopeOf(free),
    bend: () => jvp(slopeOf)(free, onesLike(free))[1],
  })
  return {
    box,
    toBox,
    toFree: (p) => {
      const leaves = leavesOf('freeVariables', lower)
      alignedLeaves('freeVariables', lower, p).forEach((leaf, i) => {
        const entry = maps[i]?.outside(leaf) ?? -1
        const { path, tensor } = leaves[i] ?? { path: '', tensor: leaf }
        if (entry >= 0)
          raise(
            'InvalidArgument',
            `freeVariables: expected a number between ${toFloat64Array(tensor)[entry]} and ${toFloat64Array(uppers[i] ?? tensor)[entry]} for entry ${entry} of ${showPath(path)}, got ${toFloat64Array(leaf)[entry]}. ${startAdvice}`,
          )
      })
      return mapped(({ inverse }, leaf) => inverse(leaf))(p)
    },
    objective: (objective) => {
      const { bounds, ...free } = through<P, typeof objective>(objective, at).objective
      return free
    },
  }
}
