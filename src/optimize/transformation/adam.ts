/** Adam and its kin: running means of updates, divided by the root of a running mean of their squares. */
import { treeMap, treeZip } from '../../data/Tree.js'
import { abs, add, div, mul, sign, square, sub } from '../../primitive/arithmetic.js'
import { maximum } from '../../primitive/choice.js'
import type { Operand } from '../../primitive/define.js'
import { sqrt } from '../../primitive/elementary.js'
import type { StateType } from '../Optimizer.js'
import { derived, finite, flag, fraction, notNegative } from '../option.js'
import { recipe } from '../recipe.js'
import { fromParts, type Transformation } from '../Transformation.js'
import { filled } from './scale.js'
import { towards } from './trace.js'

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
 * The constants of the running means of Adam.
 *
 * @since 0.1.0
 */
export interface MomentOptions {
  /** Decay of the mean of gradients; default 0.9. */
  readonly decay1?: number
  /** Decay of the mean of squared gradients; default 0.999. */
  readonly decay2?: number
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number
  /** Added below the root; default 0. */
  readonly epsilonRoot?: number
}

/**
 * The constants of Adam, with Nesterov's look ahead (Dozat 2016) or without.
 *
 * @since 0.1.0
 */
export interface ScaleByAdamOptions extends MomentOptions {
  readonly nesterov?: boolean
}

export const momentFields = () => ({
  decay1: fraction(0.9),
  decay2: fraction(0.999),
  epsilon: notNegative(1e-8),
  epsilonRoot: notNegative(0),
})

export const adamFields = () => ({ ...momentFields(), nesterov: flag(false) })

/** No updates yet. */
export const noMoments =
  (first = 0, second = first) =>
  <P>(p: P): Moments<P> => ({ count: 0, first: filled(first)(p), second: filled(second)(p) })

/** The numbers of a step with running means: 1 − β₁ᵗ, 1 − β₁ᵗ⁺¹ and 1 − β₂ᵗ. */
export const biases =
  (decay1: number, decay2: number) =>
  <S extends { readonly count: number }>(state: S): { readonly numbers: ReadonlyArray<number>; readonly state: S } => {
    const count = state.count + 1
    return {
      numbers: [1 - decay1 ** count, 1 - decay1 ** (count + 1), 1 - decay2 ** count],
      state: { ...state, count },
    }
  }

/** decay · mean + (1 − decay) · u². */
export const towardsSquares =
  (decay: number) =>
  <P>(mean: P, updates: P): P =>
    treeZip((m, u) => add(mul(decay, m), mul(1 - decay, square(u))))(mean, updates)

interface Divisor {
  readonly bias: Operand
  readonly epsilon: number
  readonly epsilonRoot: number
}

/** √(v / bias + ε′) + ε. */
export const rootOf =
  ({ bias, epsilon, epsilonRoot }: Divisor) =>
  <P>(squares: P): P =>
    treeMap((v) => {
      const mean = div(v, bias)
      return add(sqrt(epsilonRoot === 0 ? mean : add(mean, epsilonRoot)), epsilon)
    })(squares)

/** The mean of updates without its bias; with `nesterov` as it will be if the next update is as this one. */
export const unbiased = <P>(
  first: P,
  updates: P,
  [now = 1, next = 1]: ReadonlyArray<Operand>,
  nesterov: number | undefined,
): P =>
  nesterov === undefined
    ? treeMap((mean) => div(mean, now))(first)
    : towards(nesterov)(treeMap((mean) => div(mean, next))(first), treeMap((u) => div(u, now))(updates))

interface Adaptive extends Required<Pick<MomentOptions, 'decay1' | 'decay2'>> {
  readonly nesterov?: boolean
  /** What the two means begin with; default 0. */
  readonly initial?: readonly [first: number, second: number]
  /** The second mean after a step, from what it was, the updates and their new mean. */
  readonly second: <P>(second: P, updates: P, first: P) => P
  /** What the mean of updates is divided by, from the second mean and its bias. */
  readonly divisor: <P>(second: P, bias: Operand) => P
}

/** The bias-corrected mean of updates, divided by what the second mean gives. */
const adaptive = (options: Adaptive): Transformation<AdamState> => {
  const { decay1, decay2, nesterov = false, initial: [initialFirst, initialSecond] = [0, 0], second, divisor } = options
  return fromParts<AdamState>({
    init: noMoments(initialFirst, initialSecond),
    count: 3,
    plan: biases(decay1, decay2),
    run:
      ([now = 1, next = 1, bias = 1], updates) =>
      (state) => {
        const first = towards(decay1)(state.first, updates)
        const squares = second(state.second, updates, first)
        const mean = unbiased(first, updates, [now, next], nesterov ? decay1 : undefined)
        return [treeZip(div)(mean, divisor(squares, bias)), { ...state, first, second: squares }]
      },
  })
}

/**
 * Divides the bias-corrected mean of updates by the root of the bias-corrected mean of their squares.
 *
 *     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   gives (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ) + ε′) + ε)
 *
 * **References** Kingma and Ba, *Adam* (2015); with `nesterov` as Dozat (2016), without his schedule of β₁.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdam } from 'gradus/optimize'
 * descend('adam', chain(scaleByAdam(), scaleBy(-1e-3))).name // => 'adam'
 *
 * @since 0.1.0
 */
export const scaleByAdam: (options?: ScaleByAdamOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByAdamOptions>()(
    { sort: 'transformation', name: 'scaleByAdam', fields: adamFields },
    ({ decay1, decay2, epsilon, epsilonRoot, nesterov }) =>
      adaptive({
        decay1,
        decay2,
        nesterov,
        second: towardsSquares(decay2),
        divisor: (second, bias) => rootOf({ bias, epsilon, epsilonRoot })(second),
      }),
  )

/**
 * The state of `scaleByAmsgrad`.
 *
 * @since 0.1.0
 */
export interface AmsgradMemory<P> extends Moments<P> {
  /** The largest mean of squares so far, entry by entry. */
  readonly largest: P
}

/**
 * The type of that state, for parameters of any type.
 *
 * @since 0.1.0
 */
export interface AmsgradState extends StateType {
  readonly state: AmsgradMemory<this['params']>
}

/**
 * The constants of AMSGrad.
 *
 * @since 0.1.0
 */
export interface ScaleByAmsgradOptions extends MomentOptions {
  /** Whether the means are corrected for their bias, which the paper does not; default true for both. */
  readonly correctFirst?: boolean
  readonly correctSecond?: boolean
}

export const amsgradFields = () => ({ ...momentFields(), correctFirst: flag(true), correctSecond: flag(true) })

/**
 * Adam that divides by the largest mean of squares so far, so that its rates never grow.
 *
 * **References** Reddi, Kale and Kumar, *On the convergence of Adam and beyond* (2018), which does not correct the biases.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAmsgrad } from 'gradus/optimize'
 * descend('amsgrad', chain(scaleByAmsgrad({ correctFirst: false }), scaleBy(-1e-3))).name // => 'amsgrad'
 *
 * @since 0.1.0
 */
export const scaleByAmsgrad: (options?: ScaleByAmsgradOptions) => Transformation<AmsgradState> =
  /* @__PURE__ */ recipe<ScaleByAmsgradOptions>()(
    { sort: 'transformation', name: 'scaleByAmsgrad', fields: amsgradFields },
    ({ decay1, decay2, epsilon, epsilonRoot, correctFirst, correctSecond }) =>
      fromParts<AmsgradState>({
        init: (p) => ({ ...noMoments()(p), largest: filled(0)(p) }),
        count: 3,
        plan: biases(decay1, decay2),
        run:
          ([now = 1, next = 1, bias = 1], updates) =>
          (state) => {
            const first = towards(decay1)(state.first, updates)
            const second = towardsSquares(decay2)(state.second, updates)
            const corrected = correctSecond ? treeMap((v) => div(v, bias))(second) : second
            const largest = treeZip(maximum)(state.largest, corrected)
            const mean = correctFirst ? unbiased(first, updates, [now, next], undefined) : first
            const divisor = rootOf({ bias: 1, epsilon, epsilonRoot })(largest)
            return [treeZip(div)(mean, divisor), { ...state, first, second, largest }]
          },
      }),
  )

/**
 * The constants of AdaMax.
 *
 * @since 0.1.0
 */
export type ScaleByAdamaxOptions = Omit<MomentOptions, 'epsilonRoot'>

export const adamaxFields = () => ({ decay1: fraction(0.9), decay2: fraction(0.999), epsilon: notNegative(1e-8) })

export const beliefFields = () => ({ ...adamFields(), epsilon: notNegative(1e-16), epsilonRoot: notNegative(1e-16) })

/**
 * Adam with the largest recent |update| in place of the root of the mean square.
 *
 *     u ← max(β₂ u, |g| + ε),   gives (m / (1 − β₁ᵗ)) / u
 *
 * **References** Kingma and Ba (2015), Algorithm 2, where ε is 0.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByAdamax } from 'gradus/optimize'
 * descend('adamax', chain(scaleByAdamax(), scaleBy(-2e-3))).name // => 'adamax'
 *
 * @since 0.1.0
 */
export const scaleByAdamax: (options?: ScaleByAdamaxOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByAdamaxOptions>()(
    { sort: 'transformation', name: 'scaleByAdamax', fields: adamaxFields },
    ({ decay1, decay2, epsilon }) =>
      adaptive({
        decay1,
        decay2,
        second: (second, updates) =>
          treeZip((most, u) => maximum(add(abs(u), epsilon), mul(decay2, most)))(second, updates),
        divisor: (second) => second,
      }),
  )

/**
 * Divides the mean of updates by the root of the mean square of their surprise, update − mean.
 *
 *     s ← β₂ s + (1 − β₂) (g − m)² + ε′,   gives (m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε)
 *
 * **References** Zhuang et al., *AdaBelief* (2020). Both ε are 1e-16 by default.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByBelief } from 'gradus/optimize'
 * descend('adabelief', chain(scaleByBelief(), scaleBy(-1e-3))).name // => 'adabelief'
 *
 * @since 0.1.0
 */
export const scaleByBelief: (options?: ScaleByAdamOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByAdamOptions>()(
    { sort: 'transformation', name: 'scaleByBelief', fields: beliefFields },
    ({ decay1, decay2, epsilon, epsilonRoot, nesterov }) =>
      adaptive({
        decay1,
        decay2,
        nesterov,
        second: (second, updates, first) =>
          treeMap((s) => add(s, epsilonRoot))(towardsSquares(decay2)(second, treeZip(sub)(updates, first))),
        divisor: (second, bias) => rootOf({ bias, epsilon, epsilonRoot: 0 })(second),
      }),
  )

/**
 * The constants of Yogi.
 *
 * @since 0.1.0
 */
export interface ScaleByYogiOptions extends MomentOptions {
  /** What the mean of squares begins with; default 1e-6. */
  readonly initial?: number
  /** What the mean of updates begins with: by default `initial` too, as Optax has it; 0 in the paper. */
  readonly initialFirst?: number
}

export const yogiFields = () => ({
  ...momentFields(),
  epsilon: notNegative(1e-3),
  initial: notNegative(1e-6),
  initialFirst: derived(finite()),
})

/**
 * Adam whose mean of squares moves by a step of size g² and not by a share of the difference.
 *
 *     v ← v − (1 − β₂) sign(v − g²) g²
 *
 * **References** Zaheer et al., *Adaptive methods for nonconvex optimization* (2018). ε is 1e-3 by default.
 *
 * @example
 * import { chain, descend, scaleBy, scaleByYogi } from 'gradus/optimize'
 * descend('yogi', chain(scaleByYogi(), scaleBy(-0.01))).name // => 'yogi'
 *
 * @since 0.1.0
 */
export const scaleByYogi: (options?: ScaleByYogiOptions) => Transformation<AdamState> =
  /* @__PURE__ */ recipe<ScaleByYogiOptions>()(
    { sort: 'transformation', name: 'scaleByYogi', fields: yogiFields },
    ({ decay1, decay2, epsilon, epsilonRoot, initial, initialFirst }) =>
      adaptive({
        decay1,
        decay2,
        initial: [initialFirst, initial],
        second: (second, updates) =>
          treeZip((v, u) => {
            const squared = square(u)
            return sub(v, mul(mul(1 - decay2, sign(sub(v, squared))), squared))
          })(second, updates),
        divisor: (second, bias) => rootOf({ bias, epsilon, epsilonRoot })(second),
      }),
    ({ initial, initialFirst = initial }) => ({ initialFirst }),
  )
