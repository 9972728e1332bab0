/** A direction and a line search make an optimizer. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import { treeAdd, treeAxpy, treeDot } from '../function/tree.js'
import { isFiniteTree, treeLength } from '../operator/length.js'
import type { Direction, Heading, Obstacle } from './Direction.js'
import type { Found, LineSearch } from './LineSearch.js'
import { lineSearchFailed } from './LineSearch.js'
import type { Ability, ObjectiveWith, Smooth } from './Objective.js'
import {
  advance,
  afterSpending,
  finite,
  type Iterate,
  type Optimizer,
  type StateOf,
  type StateType,
  type StepFailure,
  sumOfWork,
} from './Optimizer.js'
import { direction as directionField, optional, search, settled, takes, text } from './option.js'
import { described, withRecipe } from './recipe.js'
import type { Both } from './Transformation.js'

/** Whether two points differ at all: a step that rounding swallows is none. */
const isApart = <P>(a: P, b: P): boolean => treeLength(treeAxpy(-1, a, b)) !== 0

/** At a critical point every direction is 0, and what is not searched is taken as it is. */
const taken = <P, S>(params: P, state: S): Found<P, S> => ({ stepLength: 1, params, state, work: {} })

/** Any direction and search: what goes together the types say, and of data the abilities and headings. */
interface Alongside {
  readonly direction: Direction<StateType, Ability>
  readonly lineSearch: LineSearch<StateType, Ability>
  readonly label?: string
}

const alongFields = () => ({
  direction: directionField<Direction<StateType, Ability>>()(),
  lineSearch: search<LineSearch<StateType, Ability>>()(),
  label: optional(text()),
})

/**
 * The optimizer that steps along a direction, as far as a line search says. It asks of an objective what both ask together; a search
 * that cannot use the heading of the direction does not compile.
 *
 *     θ ← θ + α d
 *
 * **Laws** the conditions of the search hold for every step; a step that the search has already looked at with its gradient costs no
 * further gradient.
 *
 * **Cost** that of the direction and of the search; a gradient for the new point unless the search has asked for it. A direction that
 * learns from a step, on objectives that change, costs one more for each: both gradients are of the same batch.
 *
 * **Fails** as the direction and the search do, `LineSearchFailed` and `NotDescent` among others; `LineSearchFailed` as well when the
 * step is lost in rounding.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { along, gradientBelow, minimize, newtonDirection, objective, strongWolfe, takeUntil } from 'gradus/optimize'
 * const loss = objective((x: Tensor) => sum(square(sub(x, tensor([1, 2])))))
 * const { last } = pipe(tensor([0, 0]), minimize(along(newtonDirection(), strongWolfe()), loss), takeUntil(gradientBelow(1e-8)))
 * toArray(last.params) // => [1, 2]
 * last.step // => 1
 *
 * @since 0.1.0
 */
export const along: <F extends StateType, A extends Ability, G extends StateType, B extends Ability, H extends Heading>(
  direction: Direction<F, A, H>,
  lineSearch: LineSearch<G, B, H>,
  name?: string,
) => Optimizer<Both<F, G>, A | B | Smooth> = /* @__PURE__ */ withRecipe<Alongside>()(
  { sort: 'optimizer', name: 'along', fields: alongFields },
  ({ direction, lineSearch, label }) => along(direction, lineSearch, label),
)(
  <F extends StateType, A extends Ability, G extends StateType, B extends Ability, H extends Heading>(
    direction: Direction<F, A, H>,
    lineSearch: LineSearch<G, B, H>,
    name = `${direction.name} with ${lineSearch.name}`,
  ): Optimizer<Both<F, G>, A | B | Smooth> => {
    const { label } = settled(
      'along',
      { direction: directionField<typeof direction>()(), lineSearch: search<typeof lineSearch>()(), label: text() },
      { direction, lineSearch, label: name },
    )
    if (!takes(lineSearch, direction.heading))
      return raise(
        'InvalidArgument',
        `along: expected lineSearch to take directions of heading '${direction.heading}', as ${direction.name} has, got ${lineSearch.name}.`,
      )
    return described({ name: 'along', direction, lineSearch, label })({
      name,
      init: (p) => [direction.init(p), lineSearch.init(p)],
      step:
        <P>(next: ObjectiveWith<A | B | Smooth, P>) =>
        (from: Iterate<P, StateOf<Both<F, G>, P>, A | B | Smooth>) => {
          type State = StateOf<Both<F, G>, P>
          return pipe(
            finite(from),
            E.chain((it): E.Either<StepFailure<P, State>, Iterate<P, State>> => {
              const [before, searched] = it.state
              const blocked = (obstacle: Obstacle): StepFailure<P, State> => ({ ...obstacle, last: it })
              const proposed = direction.propose(it)(before)
              if (E.isLeft(proposed)) return E.left(blocked(proposed.left))
              const { direction: d, state, work, natural, unsearched } = proposed.right
              if (!isFiniteTree(d))
                return E.left(
                  blocked({
                    _tag: 'NonFinite',
                    quantity: 'step',
                    advice: 'Damp the direction, or try another start.',
                    spent: work,
                  }),
                )
              const slope = proposed.right.slope ?? toNumber(treeDot(it.gradient, d))
              const { objective, params, gradient, value } = it
              const line = { objective, heading: direction.heading, params, gradient, direction: d, value, slope }
              const isStill = treeLength(d) === 0
              const found: E.Either<Obstacle, Found<P, StateOf<G, P>>> = isStill || unsearched === true
                ? E.right(taken(treeAdd(params, d), searched))
                : lineSearch.search<P>(natural === undefined ? line : { ...line, natural })(searched)
              if (E.isLeft(found)) return E.left(afterSpending(work)(blocked(found.left)))
              const { params: reached, seen, state: after, work: spent } = found.right
              if (!isStill && !isApart(params, reached))
                return E.left(
                  afterSpending(work)(
                    blocked(
                      lineSearchFailed(slope, { tried: spent.evaluations ?? spent.gradients ?? 0, best: value }, spent),
                    ),
                  ),
                )
              const { learn } = direction
              if (learn === undefined || isStill) {
                const known = seen === undefined ? undefined : { objective, ...seen }
                return advance(next, it, {
                  params: reached,
                  state: [state, after],
                  work: sumOfWork(work, spent),
                  known,
                })
              }
              const asked = seen === undefined && isFiniteTree(reached) ? objective.valueAndGrad(reached) : undefined
              const known = asked === undefined ? seen : { value: asked[0], gradient: asked[1] }
              // A point that is not finite ends the run below.
              const learned =
                known === undefined || !isFiniteTree(known.gradient)
                  ? state
                  : learn({ from: params, to: reached, gradientFrom: gradient, gradientTo: known.gradient })(state)
              return advance(next, it, {
                params: reached,
                state: [learned, after],
                work: sumOfWork(work, spent, asked === undefined ? {} : { gradients: 1 }),
                known: known === undefined ? undefined : { objective, ...known },
              })
            }),
          )
        },
    })
  },
)
