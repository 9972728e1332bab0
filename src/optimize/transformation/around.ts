/** What is put around a whole transformation: steps that are skipped, gathered, held back or averaged. */

import { zeros } from '../../data/construct.js'
import { treeMap, treeZip } from '../../data/Tree.js'
import { treeAdd, treeAxpy } from '../../function/tree.js'
import { isFiniteTree, treeLength } from '../../operator/length.js'
import { add, div, mul, neg, sub } from '../../primitive/arithmetic.js'
import { where } from '../../primitive/choice.js'
import type { Operand } from '../../primitive/define.js'
import type { Ability } from '../Objective.js'
import type { Iterate, StateOf, StateType } from '../Optimizer.js'
import { count, countOrNone, fraction, optional, share } from '../option.js'
import { byPosition, wrapper } from '../recipe.js'
import type { Transformation, Updated } from '../Transformation.js'
import type { Reading } from './parts.js'
import { filled } from './scale.js'

/** −0 everywhere: added to any number it leaves no trace. */
export const noUpdates = treeMap((leaf) => neg(zeros(leaf.shape)))

/** What remembers updates takes what is not finite where the transformation inside does, and never passes it. */
const inherited = (inside: Transformation<StateType>['nonFinite']): 'taken' | undefined =>
  inside === 'taken' ? inside : undefined

/**
 * The state of `skipNonFinite`: how many steps were skipped in a row, and in all.
 *
 * @since 0.1.0
 */
export interface SkipMemory<F extends StateType, P> {
  readonly inRow: number
  readonly skipped: number
  readonly inner: StateOf<F, P>
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface SkipState<F extends StateType> extends StateType {
  readonly state: SkipMemory<F, this['params']>
}

/**
 * The same transformation, but for steps in which it is given, or gives, what is not finite: parameters and state stay then as they
 * are. So a batch on which the loss or its gradient is not finite does not end the run, unless it comes first in a row of more than
 * `most` of them: the next is taken as it comes, and the run fails with `NonFinite`.
 *
 * A value that is not finite counts, too. Schedules inside see the number of steps that were taken. Around `accumulate` it leaves out one batch, inside of it all that were gathered with it.
 *
 * **Laws** parameters and state of a run are those of the same run without the bad batches; a run that is stopped at a point whose value
 * is not finite on its batch has failed, and keeps the last that is.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { chain, descend, scaleBy, scaleByAdam, skipNonFinite } from 'gradus/optimize'
 * descend('patient', pipe(chain(scaleByAdam(), scaleBy(-1e-3)), skipNonFinite(5))).name // => 'patient'
 *
 * @since 0.1.0
 */
export const skipNonFinite: (
  most: number,
) => <F extends StateType, A extends Ability>(transformation: Transformation<F, A>) => Transformation<SkipState<F>, A> =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ wrapper<{ readonly most: number }>()(
      { name: 'skipNonFinite', fields: () => ({ most: countOrNone() }) },
      ({ most }) => {
        return <F extends StateType, A extends Ability>({ init, update }: Transformation<F, A>) => ({
          nonFinite: 'taken' as const,
          init: <P>(p: P) => ({ inRow: 0, skipped: 0, inner: init(p) }),
          update:
            <P>(updates: P, it: Iterate<P, unknown, A>) =>
            (state: StateOf<SkipState<F>, P>): Updated<P, StateOf<SkipState<F>, P>> => {
              const taken = { ...it, step: it.step - state.skipped }
              const [done, inner, work = {}] = update(updates, taken)(state.inner)
              const sound = Number.isFinite(it.value) && isFiniteTree(updates) && isFiniteTree(done)
              const skipped = state.skipped + (sound ? 0 : 1)
              return sound || state.inRow >= most
                ? [done, { inRow: sound ? 0 : state.inRow + 1, skipped, inner }, work]
                : [noUpdates(updates), { inRow: state.inRow + 1, skipped, inner: state.inner }, work]
            },
        })
      },
    ),
    (most: number) => ({ most }),
  )

/**
 * The state of `accumulate`: gradients gathered since the last step, their mean, and how many steps were taken.
 *
 * @since 0.1.0
 */
export interface AccumulateMemory<F extends StateType, P> {
  readonly gathered: number
  readonly taken: number
  readonly mean: P
  readonly inner: StateOf<F, P>
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface AccumulateState<F extends StateType> extends StateType {
  readonly state: AccumulateMemory<F, this['params']>
}

/**
 * Gathers the updates of `every` steps and gives their mean to the transformation in the last; in the others nothing moves. With
 * minibatches this is a step for a batch that many times as large. Schedules inside see the number of steps that were taken.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { accumulate, chain, descend, scaleBy, scaleByAdam } from 'gradus/optimize'
 * descend('large batches', pipe(chain(scaleByAdam(), scaleBy(-1e-3)), accumulate(8))).name // => 'large batches'
 *
 * @since 0.1.0
 */
export const accumulate: (
  every: number,
) => <F extends StateType, A extends Ability>(
  transformation: Transformation<F, A>,
) => Transformation<AccumulateState<F>, A> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ wrapper<{ readonly every: number }>()(
    { name: 'accumulate', fields: () => ({ every: count() }) },
    ({ every }) => {
      return <F extends StateType, A extends Ability>({ init, update, nonFinite }: Transformation<F, A>) => ({
        nonFinite: inherited(nonFinite),
        init: <P>(p: P) => ({ gathered: 0, taken: 0, mean: filled(0)(p), inner: init(p) }),
        update:
          <P>(updates: P, it: Iterate<P, unknown, A>) =>
          (state: StateOf<AccumulateState<F>, P>): Updated<P, StateOf<AccumulateState<F>, P>> => {
            const gathered = state.gathered + 1
            const mean = treeZip((m, u) => add(m, div(sub(u, m), gathered)))(state.mean, updates)
            if (gathered < every) return [noUpdates(updates), { ...state, gathered, mean }]
            const whole = { ...it, step: state.taken, gradient: mean, gradientNorm: treeLength(mean) }
            const [done, inner, work = {}] = update(mean, whole)(state.inner)
            return [done, { gathered: 0, taken: state.taken + 1, mean: filled(0)(updates), inner }, work]
          },
      })
    },
  ),
  (every: number) => ({ every }),
)

/**
 * The state of `lookahead`: the slow parameters, and the steps since the fast ones were brought back to them.
 *
 * @since 0.1.0
 */
export interface LookaheadMemory<F extends StateType, P> {
  readonly since: number
  readonly slow: P
  readonly inner: StateOf<F, P>
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface LookaheadState<F extends StateType> extends StateType {
  readonly state: LookaheadMemory<F, this['params']>
}

/**
 * The constants of lookahead.
 *
 * @since 0.1.0
 */
export interface LookaheadOptions {
  /** Fast steps to each slow one; default 6. */
  readonly period?: number
  /** How far the slow parameters go towards the fast ones; default 0.5. */
  readonly slowStep?: number
}

/**
 * Parameters that run ahead and are brought back: after every `period` steps the slow parameters go a part of the way to the fast
 * ones, and the fast ones begin there again. The parameters of the run are the fast ones; `state.slow` is what to use in the end.
 *
 * **References** Zhang, Lucas, Hinton and Ba, *Lookahead optimizer* (2019).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { chain, descend, lookahead, scaleBy, scaleByAdam } from 'gradus/optimize'
 * descend('lookahead', pipe(chain(scaleByAdam(), scaleBy(-1e-3)), lookahead())).name // => 'lookahead'
 *
 * @since 0.1.0
 */
export const lookahead: (
  options?: LookaheadOptions,
) => <F extends StateType, A extends Ability>(
  transformation: Transformation<F, A>,
) => Transformation<LookaheadState<F>, A> = /* @__PURE__ */ wrapper<LookaheadOptions>()(
  { name: 'lookahead', fields: () => ({ period: count(6), slowStep: share(0.5) }) },
  ({ period, slowStep }) => {
    const synchronized = <P>(back: Operand, updates: P, params: P, slow: P): readonly [P, P] => {
      const apart = treeAxpy(-1, slow, treeAdd(params, updates))
      return [
        treeZip((u, d) => sub(u, mul(mul(back, 1 - slowStep), d)))(updates, apart),
        treeZip((s, d) => add(s, mul(mul(back, slowStep), d)))(slow, apart),
      ]
    }
    return <F extends StateType, A extends Ability>({ init, update, parts, nonFinite }: Transformation<F, A>) => {
      type State<P> = StateOf<LookaheadState<F>, P>
      return {
        nonFinite: inherited(nonFinite),
        init: <P>(p: P): State<P> => ({ since: 0, slow: p, inner: init(p) }),
        update:
          <P>(updates: P, it: Iterate<P, unknown, A>) =>
          (state: State<P>): Updated<P, State<P>> => {
            const since = state.since + 1
            const [fast, inner, work = {}] = update(updates, it)(state.inner)
            const [done, slow] = synchronized(since === period ? 1 : 0, fast, it.params, state.slow)
            return [done, { since: since % period, slow, inner }, work]
          },
        ...(parts === undefined
          ? {}
          : {
              parts: {
                count: parts.count + 1,
                plan: <P>(state: State<P>, it: Reading) => {
                  const since = state.since + 1
                  const { numbers, state: inner } = parts.plan<P>(state.inner, it)
                  return {
                    numbers: [since === period ? 1 : 0, ...numbers],
                    state: { ...state, since: since % period, inner },
                  }
                },
                run:
                  <P>([back = 0, ...numbers]: ReadonlyArray<Operand>, updates: P, params: P) =>
                  (state: State<P>): readonly [P, State<P>] => {
                    const [fast, inner] = parts.run(numbers, updates, params)(state.inner)
                    const [done, slow] = synchronized(back, fast, params, state.slow)
                    return [done, { ...state, slow, inner }]
                  },
              },
            }),
      }
    }
  },
)

/**
 * The state of `average`: averaged parameters, and how many points are in the mean.
 *
 * @since 0.1.0
 */
export interface AverageMemory<F extends StateType, P> {
  readonly count: number
  readonly average: P
  readonly inner: StateOf<F, P>
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface AverageState<F extends StateType> extends StateType {
  readonly state: AverageMemory<F, this['params']>
}

/**
 * How parameters are averaged.
 *
 * @since 0.1.0
 */
export interface AverageOptions {
  /** Decay of an exponential mean; without it all points count alike. */
  readonly decay?: number
  /** The first step whose point counts; the average is the last point before; default 0. */
  readonly from?: number
}

/**
 * Keeps an average of the points that a run comes through, as `state.average`; the run itself is as it was.
 *
 *     average ← average + (θ − average) / n,   or with `decay`: average ← decay · average + (1 − decay) θ, from the start on
 *
 * **References** Polyak and Juditsky (1992); Ruppert (1988).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, toNumber, type Tensor } from 'gradus'
 * import { average, descend, minimize, objective, scaleBy, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const optimizer = descend('averaged', pipe(scaleBy(-0.25), average({ from: 1 })))
 * const { last } = pipe(tensor(8), minimize(optimizer, objective((x: Tensor) => square(x))), takeUntil(stepsAtMost(3)))
 * toNumber(last.params) // => 1
 * toNumber(last.state.average) // => 1.5
 *
 * @since 0.1.0
 */
export const average: (
  options?: AverageOptions,
) => <F extends StateType, A extends Ability>(
  transformation: Transformation<F, A>,
) => Transformation<AverageState<F>, A> = /* @__PURE__ */ wrapper<AverageOptions>()(
  { name: 'average', fields: () => ({ decay: optional(fraction()), from: countOrNone(0) }) },
  ({ decay, from }) => {
    /** The weight of the new point when it is that of this step. */
    const weightOf = (step: number, count: number): number =>
      step < from || (count === 0 && from > 0) || (count === 0 && decay === undefined)
        ? 1
        : decay === undefined
          ? 1 / (count + 1)
          : 1 - decay
    const grown = (step: number, count: number): number => (step < from ? 0 : count + 1)
    const moved = <P>(weight: Operand, mean: P, updates: P, params: P): P =>
      treeZip((m, point) => where(sub(1, weight), add(m, mul(weight, sub(point, m))), point))(
        mean,
        treeAdd(params, updates),
      )
    return <F extends StateType, A extends Ability>({ init, update, parts, nonFinite }: Transformation<F, A>) => {
      type State<P> = StateOf<AverageState<F>, P>
      return {
        nonFinite: inherited(nonFinite),
        init: <P>(p: P): State<P> => ({ count: 0, average: p, inner: init(p) }),
        update:
          <P>(updates: P, it: Iterate<P, unknown, A>) =>
          (state: State<P>): Updated<P, State<P>> => {
            const [done, inner, work = {}] = update(updates, it)(state.inner)
            const mean = moved(weightOf(it.step, state.count), state.average, done, it.params)
            return [done, { count: grown(it.step, state.count), average: mean, inner }, work]
          },
        ...(parts === undefined
          ? {}
          : {
              parts: {
                count: parts.count + 1,
                plan: <P>(state: State<P>, it: Reading) => {
                  const { numbers, state: inner } = parts.plan<P>(state.inner, it)
                  return {
                    numbers: [weightOf(it.step, state.count), ...numbers],
                    state: { ...state, count: grown(it.step, state.count), inner },
                  }
                },
                run:
                  <P>([weight = 1, ...numbers]: ReadonlyArray<Operand>, updates: P, params: P) =>
                  (state: State<P>): readonly [P, State<P>] => {
                    const [done, inner] = parts.run(numbers, updates, params)(state.inner)
                    return [done, { ...state, average: moved(weight, state.average, done, params), inner }]
                  },
              },
            }),
      }
    }
  },
)
