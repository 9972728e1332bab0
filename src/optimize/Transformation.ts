/** Transformations of updates: small pure steps that compose, as a monoid, into first-order optimizers. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { treeMap, treeZip } from '../data/Tree.js'
import { treeAdd, treeAxpy, treeScale } from '../function/tree.js'
import { add, div, mul, square } from '../primitive/arithmetic.js'
import { sqrt } from '../primitive/elementary.js'
import type { Ability, Smooth } from './Objective.js'
import {
  advance,
  finite,
  type Iterate,
  type Optimizer,
  type Stateless,
  type StateOf,
  type StateType,
} from './Optimizer.js'

/**
 * Updates are what is added to the parameters; a transformation starts from the gradient and ends with them.
 *
 * @since 0.1.0
 */
export interface Transformation<F extends StateType, A extends Ability = never> {
  readonly init: <P>(p: P) => StateOf<F, P>
  readonly update: <P>(updates: P, it: Iterate<P, unknown, A>) => (state: StateOf<F, P>) => readonly [P, StateOf<F, P>]
}

/**
 * The state of two transformations in a row.
 *
 * @since 0.1.0
 */
export interface Both<F extends StateType, G extends StateType> extends StateType {
  readonly state: readonly [StateOf<F, this['params']>, StateOf<G, this['params']>]
}

/**
 * The transformation that changes nothing: the unit of `chain`.
 *
 * @since 0.1.0
 */
export const unchanged: Transformation<Stateless> = {
  init: () => null,
  update: (updates) => (state) => [updates, state],
}

/**
 * First one transformation, then another. With `unchanged` this is a monoid, up to the nesting of states.
 *
 * @example
 * import { chain, descend, scaleBy, trace } from 'gradus/optimize'
 * descend('momentum', chain(trace(0.9), scaleBy(-0.1))).name // => 'momentum'
 *
 * @since 0.1.0
 */
export const chain = <F extends StateType, G extends StateType, A extends Ability, B extends Ability>(
  first: Transformation<F, A>,
  then: Transformation<G, B>,
): Transformation<Both<F, G>, A | B> => ({
  init: (p) => [first.init(p), then.init(p)],
  update:
    (updates, it) =>
    ([a, b]) => {
      const [halfway, nextA] = first.update(updates, it)(a)
      const [done, nextB] = then.update(halfway, it)(b)
      return [done, [nextA, nextB]]
    },
})

/**
 * Multiplies updates by a number; minus a learning rate, as a rule.
 *
 * @example
 * import { descend, scaleBy } from 'gradus/optimize'
 * descend('gradient descent', scaleBy(-0.1)).name // => 'gradient descent'
 *
 * @since 0.1.0
 */
export const scaleBy = (factor: number): Transformation<Stateless> => ({
  init: () => null,
  update: (updates) => (state) => [treeScale(factor, updates), state],
})

/**
 * The state of `trace`: the running sum.
 *
 * @since 0.1.0
 */
export interface TraceState extends StateType {
  readonly state: this['params']
}

/**
 * Sums updates with a decay: u ← decay · u + update.
 *
 * @example
 * import { chain, descend, scaleBy, trace } from 'gradus/optimize'
 * descend('heavy ball', chain(trace(0.9), scaleBy(-0.01))).name // => 'heavy ball'
 *
 * @since 0.1.0
 */
export const trace = (decay: number): Transformation<TraceState> => ({
  init: treeMap((leaf) => zeros(leaf.shape)),
  update: (updates) => (velocity) => {
    const next = treeAxpy(decay, velocity, updates)
    return [next, next]
  },
})

/**
 * Running means of updates and of their squares.
 *
 * @since 0.1.0
 */
export interface Moments<P> {
  readonly count: number
  /** The running mean of updates, and that of their squares. */
  readonly first: P
  readonly second: P
}

/**
 * The state of `scaleByAdam`.
 *
 * @since 0.1.0
 */
export interface AdamState extends StateType {
  readonly state: Moments<this['params']>
}

/**
 * The constants of Adam.
 *
 * @since 0.1.0
 */
export interface AdamOptions {
  readonly learningRate: number
  /** Decay of the mean of gradients; default 0.9. */
  readonly decay1?: number
  /** Decay of the mean of squared gradients; default 0.999. */
  readonly decay2?: number
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number
}

/**
 * Divides the bias-corrected mean of updates by the root of the bias-corrected mean of their squares.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdam } from 'gradus/optimize'
 * descend('adam', chain(scaleByAdam(), scaleBy(-1e-3))).name // => 'adam'
 *
 * @since 0.1.0
 */
export const scaleByAdam = ({
  decay1 = 0.9,
  decay2 = 0.999,
  epsilon = 1e-8,
}: Omit<AdamOptions, 'learningRate'> = {}): Transformation<AdamState> => ({
  init: (p) => {
    const none = treeMap((leaf) => zeros(leaf.shape))(p)
    return { count: 0, first: none, second: none }
  },
  update: (updates) => (state) => {
    const count = state.count + 1
    const first = treeZip((mean, u) => add(mul(decay1, mean), mul(1 - decay1, u)))(state.first, updates)
    const second = treeZip((mean, u) => add(mul(decay2, mean), mul(1 - decay2, square(u))))(state.second, updates)
    const [bias1, bias2] = [1 - decay1 ** count, 1 - decay2 ** count]
    const scaled = treeZip((mean, squares) => div(div(mean, bias1), add(sqrt(div(squares, bias2)), epsilon)))(
      first,
      second,
    )
    return [scaled, { count, first, second }]
  },
})

/**
 * The optimizer that adds transformed gradients to the parameters.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, toNumber, type Tensor } from 'gradus'
 * import { descend, minimize, objective, scaleBy, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const run = minimize(descend('gradient descent', scaleBy(-0.25)), objective((x: Tensor) => square(x)))
 * toNumber(pipe(tensor(8), run, takeUntil(stepsAtMost(3))).last.params) // => 1
 *
 * @since 0.1.0
 */
export const descend = <F extends StateType, A extends Ability>(
  name: string,
  transformation: Transformation<F, A>,
): Optimizer<F, A | Smooth> => ({
  name,
  init: transformation.init,
  step: (next) => (from) =>
    pipe(
      finite(from),
      E.chain((it) => {
        const [updates, state] = transformation.update(it.gradient, it)(it.state)
        return advance(next, it, { params: treeAdd(it.params, updates), state, work: {} })
      }),
    ),
})

export const positive = (optimizer: string, name: string, value: number): number =>
  value > 0 && value < Infinity
    ? value
    : raise('InvalidArgument', `${optimizer}: expected a finite ${name} above 0, got ${value}.`)

const fraction = (optimizer: string, name: string, value: number): number =>
  value >= 0 && value < 1
    ? value
    : raise('InvalidArgument', `${optimizer}: expected a ${name} from 0 to below 1, got ${value}.`)

/**
 * Gradient descent.
 *
 *     θ ← θ − η ∇f(θ)
 *
 * @example
 * import { gradientDescent } from 'gradus/optimize'
 * gradientDescent({ learningRate: 0.1 }).name // => 'gradient descent'
 *
 * @since 0.1.0
 */
export const gradientDescent = ({ learningRate }: { readonly learningRate: number }): Optimizer<Stateless, Smooth> =>
  descend('gradient descent', scaleBy(-positive('gradientDescent', 'learningRate', learningRate)))

/**
 * Gradient descent with momentum (Polyak's heavy ball).
 *
 *     u ← decay · u + ∇f(θ),   θ ← θ − η u
 *
 * **References** Polyak (1964); Sutskever et al. (2013).
 *
 * @example
 * import { momentum } from 'gradus/optimize'
 * momentum({ learningRate: 0.1, decay: 0.9 }).name // => 'momentum'
 *
 * @since 0.1.0
 */
export const momentum = ({
  learningRate,
  decay = 0.9,
}: {
  readonly learningRate: number
  readonly decay?: number
}): Optimizer<Both<TraceState, Stateless>, Smooth> =>
  descend(
    'momentum',
    chain(trace(fraction('momentum', 'decay', decay)), scaleBy(-positive('momentum', 'learningRate', learningRate))),
  )

/**
 * Adam: steps scaled entry by entry by the recent size of the gradient.
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *     θ ← θ − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * **References** Kingma and Ba, *Adam* (2015), Algorithm 1, with its constants as defaults.
 *
 * @example
 * import { adam } from 'gradus/optimize'
 * adam({ learningRate: 1e-3 }).name // => 'adam'
 *
 * @since 0.1.0
 */
export const adam = ({ learningRate, ...options }: AdamOptions): Optimizer<Both<AdamState, Stateless>, Smooth> => {
  fraction('adam', 'decay1', options.decay1 ?? 0)
  fraction('adam', 'decay2', options.decay2 ?? 0)
  const { epsilon = 0 } = options
  if (!(epsilon >= 0 && epsilon < Infinity))
    return raise('InvalidArgument', `adam: expected a finite epsilon of 0 or more, got ${epsilon}.`)
  return descend('adam', chain(scaleByAdam(options), scaleBy(-positive('adam', 'learningRate', learningRate))))
}
