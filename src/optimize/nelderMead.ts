/** Nelder and Mead's simplex: minimizes by values alone. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { fromFloat64Array } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import { isTensor, type Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import { treeLength } from '../operator/length.js'
import { add, mul, sub } from '../primitive/arithmetic.js'
import type { ObjectiveWith } from './Objective.js'
import { advance, finite, type Iterate, type Optimizer, type StateType, type StepFailure } from './Optimizer.js'
import { notZero, tolerance as toleranceField } from './option.js'
import { byPosition, recipe } from './recipe.js'
import type { Stop } from './stop.js'

/**
 * A corner of the simplex: a point over raveled parameters, and its value.
 *
 * @since 0.1.0
 */
export interface Vertex {
  readonly at: Tensor
  readonly value: number
}

/**
 * The state of `nelderMead`: the corners from the best to the worst, none before the first step.
 *
 * @since 0.1.0
 */
export interface SimplexState extends StateType {
  readonly state: { readonly vertices: ReadonlyArray<Vertex> }
}

/**
 * Where the simplex begins.
 *
 * @since 0.1.0
 */
export interface NelderMeadOptions {
  /** The first corners are a step of this away from the start along each axis, relative to what stands there; default 0.05. */
  readonly size?: number
  /** The step along axes where the start has 0; default 0.00025. */
  readonly zeroSize?: number
}

/** Values that are no numbers are worse than all others; of equal ones the older stays in front. */
const sorted = (vertices: ReadonlyArray<Vertex>): ReadonlyArray<Vertex> =>
  vertices.toSorted((a, b) => {
    const [left, right] = [a.value, b.value].map((value) => (Number.isNaN(value) ? Infinity : value))
    return left === right ? 0 : (left ?? 0) < (right ?? 0) ? -1 : 1
  })

interface Moved {
  readonly vertices: ReadonlyArray<Vertex>
  readonly evaluations: number
}

/** One move of a sorted simplex (Gao and Han 2012, §2, with their constants, which depend on the dimension). */
const moved = (vertices: ReadonlyArray<Vertex>, measure: (at: Tensor) => number): Moved => {
  const n = vertices.length - 1
  const [expand, contract, shrink] = [1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n]
  // In one dimension the adaptive constants are degenerate; those of Nelder and Mead are not.
  const [χ, γ, σ] = n === 1 ? [2, 0.5, 0.5] : [expand, contract, shrink]
  const [best, worst, second] = [vertices[0], vertices[n], vertices[Math.max(0, n - 1)]]
  if (best === undefined || worst === undefined || second === undefined) return { vertices, evaluations: 0 }
  const rest = vertices.slice(0, n)
  const center = mul(
    1 / n,
    rest.map(({ at }) => at).reduce((sum, at) => add(sum, at)),
  )
  const look = (factor: number): Vertex => {
    const at = add(center, mul(factor, sub(worst.at, center)))
    return { at, value: measure(at) }
  }
  const replaced = (vertex: Vertex, evaluations: number): Moved => ({
    vertices: sorted([...rest, vertex]),
    evaluations,
  })
  const shrunk = (evaluations: number): Moved => {
    const others = vertices.slice(1).map(({ at }) => {
      const nearer = add(best.at, mul(σ, sub(at, best.at)))
      return { at: nearer, value: measure(nearer) }
    })
    return { vertices: sorted([best, ...others]), evaluations: evaluations + n }
  }
  const reflected = look(-1)
  if (reflected.value < best.value) {
    const further = look(-χ)
    return replaced(further.value < reflected.value ? further : reflected, 2)
  }
  if (reflected.value < second.value) return replaced(reflected, 1)
  // NaN is not below the worst value, and so contracts inside.
  if (reflected.value < worst.value) {
    const outside = look(-γ)
    return outside.value <= reflected.value ? replaced(outside, 2) : shrunk(2)
  }
  const inside = look(γ)
  return inside.value < worst.value || (Number.isNaN(worst.value) && !Number.isNaN(inside.value))
    ? replaced(inside, 2)
    : shrunk(2)
}

/**
 * The simplex of Nelder and Mead, which asks for values alone: n + 1 points, of which the worst is moved through, towards or away from the
 * others. The constants depend on the dimension. The iterate is the best corner; its gradient is NaN, so no rule on gradients stops a run:
 * take `simplexBelow`.
 *
 *     reflection 1, expansion 1 + 2/n, contraction ¾ − 1/(2n), shrinkage 1 − 1/n
 *
 * **Laws** the value of the iterate never rises. Convergence is not guaranteed, and slow beyond some ten parameters.
 *
 * **Cost** per step one or two values as a rule, n + 2 where the simplex shrinks; n more at the first. A value of each iterate is asked
 * once more. n + 1 vectors of memory.
 *
 * **Special values** NaN counts as worse than everything.
 *
 * **Fails** `NonFinite` when the value at the start is not finite.
 *
 * **References** Nelder and Mead (1965); Gao and Han, *Implementing the Nelder-Mead simplex algorithm with adaptive parameters* (2012).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, type Tensor, toNumber } from 'gradus'
 * import { anyOf, minimize, nelderMead, simplexBelow, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const target = tensor([1, 2])
 * const loss = { value: (x: Tensor) => toNumber(sum(square(sub(x, target)))) }
 * const { last } = pipe(tensor([0, 0]), minimize(nelderMead(), loss), takeUntil(anyOf(simplexBelow(1e-6), stepsAtMost(500))))
 * last.value < 1e-10 // => true
 *
 * @since 0.1.0
 */
export const nelderMead: (options?: NelderMeadOptions) => Optimizer<SimplexState, 'value'> =
  /* @__PURE__ */ recipe<NelderMeadOptions>()(
    { sort: 'optimizer', name: 'nelderMead', fields: () => ({ size: notZero(0.05), zeroSize: notZero(0.00025) }) },
    ({ size, zeroSize }): Optimizer<SimplexState, 'value'> => {
      const begun = (start: Tensor, value: number, measure: (at: Tensor) => number): Moved => {
        const entries = toFloat64Array(start)
        const corners = Array.from(entries, (entry, i) => {
          const to = entry === 0 ? zeroSize : (1 + size) * entry
          return fromFloat64Array(
            entries.map((each, j) => (i === j ? to : each)),
            start.shape,
          )
        })
        return {
          vertices: sorted([{ at: start, value }, ...corners.map((at) => ({ at, value: measure(at) }))]),
          evaluations: corners.length,
        }
      }
      return {
        name: 'nelder-mead',
        init: () => ({ vertices: [] }),
        step:
          <P>({ value }: ObjectiveWith<'value', P>) =>
          (
            it: Iterate<P, SimplexState['state'], 'value'>,
          ): E.Either<StepFailure<P, SimplexState['state']>, Iterate<P, SimplexState['state']>> => {
            const [start, unravel] = ravel(it.params)
            const judged = finite({ ...it, objective: { value: it.objective.value } })
            if (E.isLeft(judged)) return E.left({ ...judged.left, last: it })
            const measure = (at: Tensor): number => it.objective.value(unravel(at))
            const { vertices } = it.state
            const from = vertices.length === 0 ? begun(start, it.value, measure) : { vertices, evaluations: 0 }
            const next = moved(from.vertices, measure)
            const best = next.vertices[0]
            return advance({ value }, it, {
              params: best === undefined ? it.params : unravel(best.at),
              state: { vertices: next.vertices },
              work: { evaluations: from.evaluations + next.evaluations },
            })
          },
      }
    },
  )

/** Whether a state is that of a simplex: a rule sees iterates of all kinds. */
const isSimplex = (state: unknown): state is SimplexState['state'] =>
  typeof state === 'object' &&
  state !== null &&
  'vertices' in state &&
  Array.isArray(state.vertices) &&
  state.vertices.every(
    (each: unknown) => typeof each === 'object' && each !== null && 'at' in each && isTensor(each.at),
  )

/**
 * Stops where no corner of the simplex is further from the best than a tolerance. Without a simplex it never stops.
 *
 * @example
 * import { anyOf, simplexBelow, stepsAtMost } from 'gradus/optimize'
 * typeof anyOf(simplexBelow(1e-8), stepsAtMost(1000)) // => 'function'
 *
 * @since 0.1.0
 */
export const simplexBelow: (tolerance: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly tolerance: number }>()(
    { sort: 'stop', name: 'simplexBelow', fields: () => ({ tolerance: toleranceField() }) },
    ({ tolerance }): Stop =>
      ({ state }) => {
        const [best, ...others] = isSimplex(state) ? state.vertices : []
        if (best === undefined) return O.none
        const size = others.reduce((most, { at }) => Math.max(most, treeLength(sub(at, best.at))), 0)
        return size < tolerance ? O.some({ _tag: 'SimplexBelow', tolerance, size }) : O.none
      },
  ),
  (tolerance: number) => ({ tolerance }),
)
