/** Running sums and means of updates. */
import { treeMap, treeZip } from '../../data/Tree.js'
import { treeAxpy } from '../../function/tree.js'
import { add, div, mul, sub } from '../../primitive/arithmetic.js'
import { where } from '../../primitive/choice.js'
import type { StateType } from '../Optimizer.js'
import { finite, flag, fraction } from '../option.js'
import { byPosition, recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import { filled } from './scale.js'

/**
 * The state of `trace`: the running sum.
 *
 * @since 0.1.0
 */
export interface TraceState extends StateType {
  readonly state: this['params']
}

/**
 * Whether a running sum looks ahead.
 *
 * @since 0.1.0
 */
export interface TraceOptions {
  /** Nesterov's acceleration: what the sum will be if the next update is as this one; default false. */
  readonly nesterov?: boolean
}

interface Decay {
  readonly decay: number
}

/**
 * Sums updates with a decay: u ← decay · u + update. With `nesterov` it gives decay · u + update once more.
 *
 * **References** Polyak (1964); Nesterov (1983) in the form of Sutskever et al. (2013).
 *
 * @example
 * import { chain, descend, scaleBy, trace } from 'gradus/optimize'
 * descend('heavy ball', chain(trace(0.9), scaleBy(-0.01))).name // => 'heavy ball'
 *
 * @since 0.1.0
 */
export const trace: (decay: number, options?: TraceOptions) => Transformation<TraceState> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<TraceOptions & Decay>()(
    { sort: 'transformation', name: 'trace', fields: () => ({ decay: fraction(), nesterov: flag(false) }) },
    ({ decay, nesterov }) =>
      fromParts<TraceState>({
        init: filled(0),
        count: 0,
        plan: (state) => ({ numbers: [], state }),
        run: (_, updates) => (velocity) => {
          const next = treeAxpy(decay, velocity, updates)
          return [nesterov ? treeAxpy(decay, next, updates) : next, next]
        },
      }),
  ),
  (decay: number, { nesterov }: TraceOptions = {}) => ({ decay, nesterov }),
)

/**
 * The state of a mean of updates: how many there were, and their mean with weights that decay.
 *
 * @since 0.1.0
 */
export interface MeanMemory<P> {
  readonly count: number
  readonly mean: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface MeanState extends StateType {
  readonly state: MeanMemory<this['params']>
}

/** decay · mean + (1 − decay) · new. */
export const towards =
  (decay: number) =>
  <P>(mean: P, news: P): P =>
    treeZip((m, u) => add(mul(decay, m), mul(1 - decay, u)))(mean, news)

/**
 * The exponential moving mean of updates, its bias towards 0 corrected unless `corrected` is false.
 *
 *     m ← decay · m + (1 − decay) · update,   gives m / (1 − decayᵗ)
 *
 * @example
 * import { chain, descend, meanOfUpdates, scaleBy } from 'gradus/optimize'
 * descend('averaged gradients', chain(meanOfUpdates(0.9), scaleBy(-0.1))).name // => 'averaged gradients'
 *
 * @since 0.1.0
 */
export const meanOfUpdates: (decay: number, options?: { readonly corrected?: boolean }) => Transformation<MeanState> =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ recipe<Decay & { readonly corrected?: boolean }>()(
      { sort: 'transformation', name: 'meanOfUpdates', fields: () => ({ decay: fraction(), corrected: flag(true) }) },
      ({ decay, corrected }) =>
        fromParts<MeanState>({
          init: (p) => ({ count: 0, mean: filled(0)(p) }),
          count: 1,
          plan: (state) => {
            const count = state.count + 1
            return { numbers: [1 - decay ** count], state: { ...state, count } }
          },
          run:
            ([bias = 1], updates) =>
            (state) => {
              const mean = towards(decay)(state.mean, updates)
              return [corrected ? treeMap((m) => div(m, bias))(mean) : mean, { ...state, mean }]
            },
        }),
    ),
    (decay: number, { corrected }: { readonly corrected?: boolean } = {}) => ({ decay, corrected }),
  )

/**
 * The state of `scaleByOptimism`: the updates before.
 *
 * @since 0.1.0
 */
export interface OptimismMemory<P> {
  readonly begun: boolean
  readonly previous: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface OptimismState extends StateType {
  readonly state: OptimismMemory<this['params']>
}

/**
 * How far the next update is taken to be as the last change says.
 *
 * @since 0.1.0
 */
export interface OptimismOptions {
  /** Weight of the update; default 1. */
  readonly alpha?: number
  /** Weight of its change; default 1. */
  readonly beta?: number
}

export const optimismFields = () => ({ alpha: finite(1), beta: finite(1) })

/**
 * Gives (α + β) · update − β · the update before: gradient descent that expects the last change once more, for games.
 *
 * **References** Mokhtari, Ozdaglar and Pattathil, *A unified analysis of extra-gradient and optimistic gradient methods* (2019).
 *
 * @example
 * import { chain, descend, scaleBy, scaleByOptimism } from 'gradus/optimize'
 * descend('optimistic', chain(scaleByOptimism(), scaleBy(-0.1))).name // => 'optimistic'
 *
 * @since 0.1.0
 */
export const scaleByOptimism: (options?: OptimismOptions) => Transformation<OptimismState> =
  /* @__PURE__ */ recipe<OptimismOptions>()(
    { sort: 'transformation', name: 'scaleByOptimism', fields: optimismFields },
    ({ alpha, beta }) => {
      return fromParts<OptimismState>({
        init: (p) => ({ begun: false, previous: filled(0)(p) }),
        count: 1,
        plan: (state) => ({ numbers: [state.begun ? 1 : 0], state: { ...state, begun: true } }),
        run:
          ([begun = 1], updates) =>
          (state) => [
            treeZip((u, before) => sub(mul(alpha + beta, u), mul(beta, where(begun, before, u))))(
              updates,
              state.previous,
            ),
            { ...state, previous: updates },
          ],
      })
    },
  )
