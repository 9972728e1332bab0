/** Squares kept by rows and columns, in less memory than the parameters: Adafactor and SM3. */
import { zeros } from '../../data/construct.js'
import type { Tensor } from '../../data/Tensor.js'
import { type Outer, replaceLeaves, treeLeaves, withLeaves } from '../../data/Tree.js'
import { mean } from '../../function/statistics.js'
import { add, div, mul, square, sub } from '../../primitive/arithmetic.js'
import { greater, minimum, where } from '../../primitive/choice.js'
import type { Operand } from '../../primitive/define.js'
import { sqrt } from '../../primitive/elementary.js'
import { max } from '../../primitive/reduction.js'
import type { StateType } from '../Optimizer.js'
import { count, countOrNone, flag, fraction, notNegative, share } from '../option.js'
import { recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import { filled } from './scale.js'
import { towards } from './trace.js'

/**
 * Means of squares of one leaf: along two axes, or whole.
 *
 * @since 0.1.0
 */
export type FactoredSquares =
  | { readonly _tag: 'Factored'; readonly rows: Tensor; readonly columns: Tensor }
  | { readonly _tag: 'Whole'; readonly squares: Tensor }

/**
 * The state of `scaleByFactoredRms`: for each leaf, in order, its squares.
 *
 * @since 0.1.0
 */
export interface FactoredState extends StateType {
  readonly state: { readonly count: number; readonly squares: ReadonlyArray<FactoredSquares> }
}

/**
 * The constants of Adafactor's divisor.
 *
 * @since 0.1.0
 */
export interface ScaleByFactoredRmsOptions {
  /** The decay of step t is 1 − t^(−exponent); default 0.8. */
  readonly exponent?: number
  /** Steps that do not count for the decay, which is 0 in them: after so many it is as if the run began there; default 0. */
  readonly from?: number
  /** Leaves whose second longest axis is shorter are kept whole; default 128. */
  readonly least?: number
  /** Added to squares; default 1e-30. */
  readonly epsilon?: number
  /** Whether any leaf is factored; default true. */
  readonly factored?: boolean
}

/** The axes of the second longest and of the longest side. */
const factoredAxes = (shape: ReadonlyArray<number>, least: number): readonly [number, number] | undefined => {
  const order = shape.map((_, axis) => axis).sort((a, b) => (shape[a] ?? 0) - (shape[b] ?? 0))
  const [second, first] = [order[order.length - 2], order[order.length - 1]]
  return second === undefined || first === undefined || (shape[second] ?? 0) < least ? undefined : [second, first]
}

const without = (shape: ReadonlyArray<number>, axis: number): ReadonlyArray<number> =>
  shape.map((n, i) => (i === axis ? 1 : n))

const blend = (decay: Operand, before: Tensor, news: Tensor): Tensor =>
  add(mul(decay, before), mul(sub(1, decay), news))

export const factoredFields = () => ({
  exponent: fraction(0.8),
  from: countOrNone(0),
  least: count(128),
  epsilon: notNegative(1e-30),
  factored: flag(true),
})

/**
 * Divides updates by the root of a mean of their squares, of which a matrix keeps only the means of its rows and of its columns.
 *
 *     v ≈ rows · columns / mean(rows),   decay of step t: 1 − t^(−exponent)
 *
 * **References** Shazeer and Stern, *Adafactor* (2018).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByFactoredRms } from 'gradus/optimize'
 * descend('factored', chain(scaleByFactoredRms(), scaleBy(-0.01))).name // => 'factored'
 *
 * @since 0.1.0
 */
export const scaleByFactoredRms: (options?: ScaleByFactoredRmsOptions) => Transformation<FactoredState> =
  /* @__PURE__ */ recipe<ScaleByFactoredRmsOptions>()(
    { sort: 'transformation', name: 'scaleByFactoredRms', fields: factoredFields },
    ({ exponent, from, least, epsilon, factored }) => {
      const axesOf = ({ shape }: Tensor) => (factored ? factoredAxes(shape, least) : undefined)
      return fromParts<FactoredState>({
        init: (p) => ({
          count: 0,
          squares: treeLeaves(p).map((leaf): FactoredSquares => {
            const axes = axesOf(leaf)
            return axes === undefined
              ? { _tag: 'Whole', squares: zeros(leaf.shape) }
              : {
                  _tag: 'Factored',
                  rows: zeros(without(leaf.shape, axes[1])),
                  columns: zeros(without(leaf.shape, axes[0])),
                }
          }),
        }),
        count: 1,
        plan: (state) => {
          const count = state.count + 1
          return { numbers: [1 - Math.max(1, count - from) ** -exponent], state: { ...state, count } }
        },
        run:
          ([decay = 0], updates) =>
          (state) => {
            const done = treeLeaves(updates).map((u, i): readonly [Tensor, FactoredSquares] => {
              const [before, axes, news] = [state.squares[i], axesOf(u), add(square(u), epsilon)]
              if (before?._tag === 'Factored' && axes !== undefined) {
                const along = (axis: number): Tensor => mean(news, { axes: [axis], keepAxes: true })
                const rows = blend(decay, before.rows, along(axes[1]))
                const columns = blend(decay, before.columns, along(axes[0]))
                const share = div(rows, mean(rows, { axes: [axes[0]], keepAxes: true }))
                return [div(div(u, sqrt(share)), sqrt(columns)), { _tag: 'Factored', rows, columns }]
              }
              const squares = blend(decay, before?._tag === 'Whole' ? before.squares : zeros(u.shape), news)
              return [div(u, sqrt(squares)), { _tag: 'Whole', squares }]
            })
            return [
              withLeaves(
                updates,
                done.map(([u]) => u),
              ),
              { ...state, squares: done.map(([, squares]) => squares) },
            ]
          },
      })
    },
  )

/**
 * The state of `scaleBySm3`: for each leaf the bounds of its sums of squares along each axis, and the running mean.
 *
 * @since 0.1.0
 */
export interface Sm3Memory<P> {
  readonly bounds: Outer<P, ReadonlyArray<Tensor>>
  readonly mean: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface Sm3State extends StateType {
  readonly state: Sm3Memory<this['params']>
}

/**
 * The constants of SM3.
 *
 * @since 0.1.0
 */
export interface ScaleBySm3Options {
  /** Decay of the mean of what is given; default 0.9. */
  readonly decay1?: number
  /** Decay of the sums of squares; default none. */
  readonly decay2?: number
  /** Added below the root; default 1e-8. */
  readonly epsilon?: number
}

export const sm3Fields = () => ({ decay1: fraction(0.9), decay2: share(1), epsilon: notNegative(1e-8) })

/**
 * AdaGrad whose sums are known by bounds for each row, column and so on: of an entry the least bound that covers it.
 *
 * **References** Anil et al., *Memory-efficient adaptive optimization* (2019).
 *
 * @example
 * import { chain, descend, scaleBy, scaleBySm3 } from 'gradus/optimize'
 * descend('sm3', chain(scaleBySm3(), scaleBy(-0.1))).name // => 'sm3'
 *
 * @since 0.1.0
 */
export const scaleBySm3: (options?: ScaleBySm3Options) => Transformation<Sm3State> =
  /* @__PURE__ */ recipe<ScaleBySm3Options>()(
    { sort: 'transformation', name: 'scaleBySm3', fields: sm3Fields },
    ({ decay1, decay2, epsilon }) => {
      const others = (rank: number, axis: number): ReadonlyArray<number> =>
        Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)
      const sides = (leaf: Tensor): ReadonlyArray<number> => (leaf.rank === 0 ? [0] : leaf.shape.map((_, axis) => axis))
      /** The largest sum for each place along an axis. */
      const boundsOf = (sums: Tensor): ReadonlyArray<Tensor> =>
        sums.rank < 2 ? [sums] : sides(sums).map((axis) => max(sums, { axes: others(sums.rank, axis), keepAxes: true }))
      return fromParts<Sm3State>({
        init: <P>(p: P) => ({
          bounds: replaceLeaves<P, ReadonlyArray<Tensor>>('scaleBySm3', p, (leaf) => boundsOf(zeros(leaf.shape))),
          mean: filled(0)(p),
        }),
        count: 0,
        plan: (state) => ({ numbers: [], state }),
        run:
          <P>(_: ReadonlyArray<Operand>, updates: P) =>
          (state: { readonly bounds: Outer<P, ReadonlyArray<Tensor>>; readonly mean: P }) => {
            const bounds = treeLeaves(state.bounds).values()
            const sums = treeLeaves(updates).map((u) => {
              const least = sides(u)
                .map(() => bounds.next().value ?? u)
                .reduce(minimum)
              return add(mul(decay2 === 1 ? 1 : 1 - decay2, square(u)), mul(decay2, least))
            })
            const scaled = treeLeaves(updates).map((u, i) => {
              const total = sums[i] ?? u
              const some = greater(total, 0)
              return where(some, div(u, sqrt(where(some, add(total, epsilon), 1))), 0)
            })
            const rest = sums.values()
            const mean = towards(decay1)(state.mean, withLeaves(updates, scaled))
            return [
              mean,
              {
                mean,
                bounds: replaceLeaves<P, ReadonlyArray<Tensor>>('scaleBySm3', updates, (u) =>
                  boundsOf(rest.next().value ?? u),
                ),
              },
            ]
          },
      })
    },
  )
