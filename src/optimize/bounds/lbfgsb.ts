/** L-BFGS in a box: steps of a quadratic model that knows the bounds, and a line search that stops at them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../../data/construct.js'
import { toFloat64Array, toNumber } from '../../data/read.js'
import { ravel, treeAxpy, treeDot } from '../../function/tree.js'
import {
  alongInBox,
  type BoundedPoint,
  cauchyPoint,
  compactSecant,
  roomAlong,
  subspaceMinimizer,
} from '../../kernel/reference/compactSecant.js'
import type { SearchEnd } from '../../kernel/reference/sample.js'
import { strongWolfeSearch, type WolfeSettings } from '../../kernel/reference/wolfe.js'
import { treeLength } from '../../operator/length.js'
import type { Obstacle } from '../Direction.js'
import { lineSearchFailed, negligibleOf, notDescent, roundingOf, type Seen } from '../LineSearch.js'
import type { ObjectiveWith, Smooth } from '../Objective.js'
import {
  advance,
  afterSpending,
  type Iterate,
  type Optimizer,
  type StateType,
  type StepFailure,
  sumOfWork,
} from '../Optimizer.js'
import { recipe } from '../recipe.js'
import { strongerThan, strongWolfeFields, type WolfeOptions } from '../searches.js'
import { type KeptPair, type LbfgsOptions, lbfgsFields, remembered } from '../secantDirections.js'
import { startedInside } from './projected.js'

/**
 * What `lbfgsb` remembers.
 *
 * @since 0.1.0
 */
export interface BoundedPairs<P> {
  /** The last pairs, the newest last. */
  readonly pairs: ReadonlyArray<KeptPair<P>>
  /** α of the last step; `null` before the first one. */
  readonly stepLength: number | null
  /** How many parameters the projected gradient led to a bound, or held there, in the last step. */
  readonly held: number
  /** How often the pairs were forgotten, since no step along their direction served. */
  readonly refreshed: number
}

/**
 * The state of `lbfgsb`.
 *
 * @since 0.1.0
 */
export interface BoundedPairsState extends StateType {
  readonly state: BoundedPairs<this['params']>
}

/**
 * How many pairs are kept, and the constants of the search.
 *
 * @since 0.1.0
 */
export interface LbfgsbOptions extends LbfgsOptions, Omit<WolfeOptions, 'longest'> {}

type Bounded = Smooth | 'bounds'

const lbfgsbFields = () => {
  const { decrease, curvature, trials } = strongWolfeFields()
  return { ...lbfgsFields(), decrease, curvature, trials }
}

/** No step is longer. */
const longest = 1e10

/** A step that was found, and what finding it cost. */
interface Reached<P> {
  readonly seen: Seen<P> & { readonly gradient: P }
  readonly held: number
  readonly tried: number
  readonly solves: number
}

/**
 * L-BFGS in a box, the method of L-BFGS-B: a quadratic model from the last pairs is minimized along the projected gradient, which tells what is
 * held at bounds, and then in the space of the rest, projected into the box; a search for the strong Wolfe conditions goes there, and no
 * further than to the first bound.
 *
 *     m(x) = f + ⟨∇f, x − θ⟩ + ½ ⟨x − θ, B (x − θ)⟩,   B = ϑ I − W M Wᵀ      θ ← θ + α (x̄ − θ)
 *
 * The first step looks along the projected gradient. Where no step length serves the pairs are forgotten, and it begins anew.
 *
 * **Laws** every iterate is in the box, and so is every point that the loss is asked for; the conditions hold for every step that does not
 * end at a bound, the decrease for all; it stays where and only where the projected gradient vanishes. In a box without bounds on a convex
 * quadratic its directions are those of `lbfgs`.
 *
 * **Cost** per step a gradient for each step length tried, one as a rule; some 2 m² + 12 m operations for each parameter, and for each bound
 * on the way along the projected gradient 4 m²; two decompositions of a 2m × 2m matrix; 2 m vectors of memory.
 *
 * **Fails** `LineSearchFailed` where even along the projected gradient no step length serves; `NonFinite`, also from a start outside of the
 * box.
 *
 * **References** Byrd, Lu, Nocedal and Zhu, *A limited memory algorithm for bound constrained optimization* (1995); Morales and Nocedal,
 * *Remark on Algorithm 778: L-BFGS-B* (2011), for the projection.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { boundedIn, boxLike, lbfgsb, minimize, objective, projectedGradientBelow, takeUntil } from 'gradus/optimize'
 * const start = tensor([0.5, 0.5])
 * const inside = boundedIn(boxLike(start, { lower: 0, upper: 1 }))(objective((x: Tensor) => sum(square(sub(x, tensor([0.25, 3]))))))
 * const run = pipe(start, minimize(lbfgsb({ memory: 5 }), inside), takeUntil(projectedGradientBelow(1e-10)))
 * toArray(run.last.params) // ≈ [0.25, 1]
 *
 * @since 0.1.0
 */
export const lbfgsb: (options?: LbfgsbOptions) => Optimizer<BoundedPairsState, Bounded> =
  /* @__PURE__ */ recipe<LbfgsbOptions>()(
    { sort: 'optimizer', name: 'lbfgsb', fields: lbfgsbFields, asks: ['bounds'] },
    ({ memory, skip, trials, ...constants }): Optimizer<BoundedPairsState, Bounded> => {
      strongerThan('lbfgsb', constants.decrease, constants.curvature)
      const settings = { ...constants, longest, most: trials }
      const step =
        <P>(next: ObjectiveWith<Bounded, P>) =>
        (from: Iterate<P, BoundedPairs<P>, Bounded>) =>
          pipe(
            startedInside<P, BoundedPairs<P>, Smooth>(from),
            E.chain((it): E.Either<StepFailure<P, BoundedPairs<P>>, Iterate<P, BoundedPairs<P>>> => {
              const { pairs, refreshed } = it.state
              const first = reachedBy(it, pairs, settings)
              const again = E.isLeft(first) && pairs.length > 0
              const found = again ? reachedBy(it, [], settings) : first
              const before = again && E.isLeft(first) ? first.left.spent : {}
              if (E.isLeft(found)) return E.left({ ...afterSpending(before)(found.left), last: it })
              const { seen, held, tried, solves } = found.right
              const passage = { from: it.params, to: seen.params, gradientFrom: it.gradient, gradientTo: seen.gradient }
              const { objective } = it
              return advance(next, it, {
                params: seen.params,
                state: {
                  pairs: isNumber(seen) ? remembered(again ? [] : pairs, passage, memory, skip) : pairs,
                  stepLength: seen.at,
                  held,
                  refreshed: again ? refreshed + 1 : refreshed,
                },
                work: sumOfWork(before, { gradients: tried, solves }),
                known: { objective, value: seen.value, gradient: seen.gradient },
              })
            }),
          )
      return {
        name: 'l-bfgs-b',
        init: () => ({ pairs: [], stepLength: null, held: 0, refreshed: 0 }),
        step,
      }
    },
  )

/** A point that is not finite ends the run, and nothing is learned there. */
const isNumber = <P>({ value, gradient }: Reached<P>['seen']): boolean =>
  Number.isFinite(value) && Number.isFinite(treeLength(gradient))

/** The step along the way to the minimizer of the model that these pairs make. */
const reachedBy = <P>(
  it: Iterate<P, unknown, Bounded>,
  pairs: ReadonlyArray<KeptPair<P>>,
  settings: Omit<WolfeSettings, 'slack' | 'negligible'>,
): E.Either<Obstacle, Reached<P>> => {
  const { objective, params, value, gradient } = it
  const [{ size }, unravel] = ravel(params)
  const flat = (tree: P): Float64Array => toFloat64Array(ravel(tree)[0])
  const { lower, upper } = objective.bounds()
  const point: BoundedPoint = { at: flat(params), gradient: flat(gradient), lower: flat(lower), upper: flat(upper) }
  const secant = compactSecant(
    pairs.map((pair) => flat(pair.step)),
    pairs.map(({ change }) => flat(change)),
  )
  const solves = pairs.length > 0 ? 2 : 0
  if (secant === undefined) return E.left({ ...notDescent(Number.NaN), spent: { solves } })
  const cauchy = cauchyPoint(secant, point)
  const target = pairs.length === 0 ? cauchy.point : subspaceMinimizer(secant, point, cauchy)
  const direction = target.map((x, i) => x - (point.at[i] ?? 0))
  const held = size - cauchy.free.reduce((count, each) => count + each, 0)
  const tree = (x: Float64Array): P => unravel(fromFloat64Array(x, [size]))
  const along = tree(direction)
  const slope = toNumber(treeDot(gradient, along))
  const length = treeLength(along)
  const still = { at: 1, value, slope, params, gradient }
  if (length === 0) return E.right({ seen: still, held, tried: 0, solves })
  if (!(slope < 0)) return E.left({ ...notDescent(slope), spent: { solves } })
  // The target is in the box, whatever rounding says of the room.
  const room = Math.max(1, roomAlong(direction, point))
  const longest = Math.min(settings.longest, room)
  const sample = (at: number): Seen<P> & { readonly gradient: P } => {
    const reached = tree(alongInBox(direction, at, point))
    const [seenValue, seenGradient] = objective.valueAndGrad(reached)
    return {
      at,
      params: reached,
      value: seenValue,
      gradient: seenGradient,
      slope: toNumber(treeDot(seenGradient, along)),
    }
  }
  const end: SearchEnd<Seen<P> & { readonly gradient: P }> = strongWolfeSearch(
    { at: 0, value, slope },
    pairs.length > 0 ? 1 : Math.min(longest, 1, 1 / length),
    sample,
    {
      ...settings,
      longest,
      endsAtLongest: room === longest,
      slack: roundingOf(value),
      negligible: negligibleOf(value),
    },
  )
  const { accepted, tried } = end
  return accepted === undefined || treeLength(treeAxpy(-1, params, accepted.params)) === 0
    ? E.left(lineSearchFailed(slope, end, { gradients: tried, solves }))
    : E.right({ seen: accepted, held, tried, solves })
}
