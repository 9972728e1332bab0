/** Schedules: numbers as pure functions of the step. They join, they multiply, and they stay at their ends. */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { raise } from '../data/Defect.js'
import { count, countOrNone, finite, flag, list, notNegative, optional, positive, record, schedule } from './option.js'
import { byPosition, recipe, sharing } from './recipe.js'
import type { Schedule } from './transformation/ranges.js'

const schedules = /* @__PURE__ */ list(/* @__PURE__ */ schedule(), 'a list of schedules')

/**
 * The same number at every step.
 *
 * @example
 * import { constant } from 'gradus/optimize'
 * constant(0.1)(1000) // => 0.1
 *
 * @since 0.1.0
 */
export const constant: (value: number) => Schedule = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly value: number }>()(
    { sort: 'schedule', name: 'constant', fields: () => ({ value: finite() }) },
    ({ value }): Schedule =>
      () =>
        value,
  ),
  (value: number) => ({ value }),
)

const product: (schedules: ReadonlyArray<Schedule>) => Schedule = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly schedules: ReadonlyArray<Schedule> }>()(
    { sort: 'schedule', name: 'scheduleMonoid', fields: () => ({ schedules: schedules() }) },
    ({ schedules: factors }): Schedule =>
      (step) =>
        factors.reduce((value, each) => value * each(step), 1),
  ),
  (factors: ReadonlyArray<Schedule>) => ({ schedules: factors }),
)

/**
 * The monoid of schedules under multiplication; `constant(1)` is the unit. So a warm-up from 0 to 1 goes before any decay.
 *
 * @example
 * import { concatAll } from 'fp-ts/lib/Monoid.js'
 * import { exponentialDecay, scheduleMonoid, warmUp } from 'gradus/optimize'
 * const rate = concatAll(scheduleMonoid)([warmUp(10), exponentialDecay({ from: 0.1, factor: 0.5, steps: 100 })])
 * rate(0) // => 0
 * rate(100) // => 0.05
 *
 * @since 0.1.0
 */
export const scheduleMonoid: Monoid<Schedule> = /* @__PURE__ */ sharing(product)({
  empty: /* @__PURE__ */ constant(1),
  concat: (a, b) => product([a, b]),
})

const clamped = (step: number, least: number, most: number): number => Math.min(Math.max(step, least), most)

/**
 * One schedule after the other: from each boundary on the next, whose step 0 is there.
 *
 * **Fails** with a `Defect` unless boundaries increase and are one fewer than the schedules.
 *
 * @example
 * import { constant, join, linear } from 'gradus/optimize'
 * const rate = join([linear({ from: 0, to: 1, steps: 10 }), constant(1), linear({ from: 1, to: 0, steps: 10 })], [10, 20])
 * rate(5) // => 0.5
 * rate(15) // => 1
 * rate(100) // => 0
 *
 * @since 0.1.0
 */
export const join: (schedules: ReadonlyArray<Schedule>, boundaries: ReadonlyArray<number>) => Schedule =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ recipe<{
      readonly schedules: ReadonlyArray<Schedule>
      readonly boundaries: ReadonlyArray<number>
    }>()(
      { sort: 'schedule', name: 'join', fields: () => ({ schedules: schedules(), boundaries: list(countOrNone())() }) },
      ({ schedules: parts, boundaries }): Schedule => {
        const increasing = boundaries.every((boundary, i) => boundary >= (boundaries[i - 1] ?? 0))
        if (parts.length !== boundaries.length + 1 || !increasing)
          return raise(
            'InvalidArgument',
            `join: expected boundaries that increase, one fewer than the ${parts.length} schedules, got [${boundaries.join(', ')}].`,
          )
        return (step) => {
          const passed = boundaries.filter((boundary) => step >= boundary).length
          return parts[passed]?.(step - (boundaries[passed - 1] ?? 0)) ?? Number.NaN
        }
      },
    ),
    (parts: ReadonlyArray<Schedule>, boundaries: ReadonlyArray<number>) => ({ schedules: parts, boundaries }),
  )

/**
 * Where a schedule goes, in how many steps, and how many it waits before.
 *
 * @since 0.1.0
 */
export interface TransitionOptions {
  readonly from: number
  readonly to: number
  readonly steps: number
  /** Steps before the transition begins; default 0. */
  readonly wait?: number
}

const spanFields = () => ({ from: finite(), steps: count(), wait: countOrNone(0) })

/**
 * From one number to another along a power.
 *
 *     (from − to) (1 − t / steps)^power + to
 *
 * @example
 * import { polynomial } from 'gradus/optimize'
 * polynomial({ from: 1, to: 0, steps: 10, power: 2 })(5) // => 0.25
 *
 * @since 0.1.0
 */
export const polynomial: (options: TransitionOptions & { readonly power: number }) => Schedule = /* @__PURE__ */ recipe<
  TransitionOptions & { readonly power: number }
>()(
  { sort: 'schedule', name: 'polynomial', fields: () => ({ ...spanFields(), to: finite(), power: positive() }) },
  ({ from, to, steps, wait, power }): Schedule =>
    (step) =>
      (from - to) * (1 - clamped(step - wait, 0, steps) / steps) ** power + to,
)

/**
 * From one number to another in equal steps.
 *
 * @example
 * import { linear } from 'gradus/optimize'
 * linear({ from: 0, to: 1, steps: 4 })(3) // => 0.75
 *
 * @since 0.1.0
 */
export const linear: (options: TransitionOptions) => Schedule = /* @__PURE__ */ recipe<TransitionOptions>()(
  { sort: 'schedule', name: 'linear', fields: () => ({ ...spanFields(), to: finite() }) },
  (options) => polynomial({ ...options, power: 1 }),
)

/**
 * From 0 to 1 in equal steps: a factor for other schedules.
 *
 * @example
 * import { warmUp } from 'gradus/optimize'
 * warmUp(10)(5) // => 0.5
 *
 * @since 0.1.0
 */
export const warmUp: (steps: number) => Schedule = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly steps: number }>()(
    { sort: 'schedule', name: 'warmUp', fields: () => ({ steps: count() }) },
    ({ steps }) => linear({ from: 0, to: 1, steps }),
  ),
  (steps: number) => ({ steps }),
)

/**
 * How a schedule decays.
 *
 * @since 0.1.0
 */
export interface DecayOptions {
  readonly from: number
  /** What is left after `steps`. */
  readonly factor: number
  readonly steps: number
  /** Steps before the decay begins; default 0. */
  readonly wait?: number
  /** Whether it falls at once after every `steps`; default false. */
  readonly staircase?: boolean
  /** Where it ends, if it does. */
  readonly to?: number
}

const decayFields = () => ({ ...spanFields(), factor: positive(), staircase: flag(false), to: optional(finite()) })

/**
 * A number that is multiplied by `factor` every `steps`.
 *
 * @example
 * import { exponentialDecay } from 'gradus/optimize'
 * exponentialDecay({ from: 1, factor: 0.5, steps: 10 })(20) // => 0.25
 *
 * @since 0.1.0
 */
export const exponentialDecay: (options: DecayOptions) => Schedule = /* @__PURE__ */ recipe<DecayOptions>()(
  { sort: 'schedule', name: 'exponentialDecay', fields: decayFields },
  ({ from, factor, steps, wait, staircase, to }): Schedule => {
    const end =
      to === undefined ? (value: number) => value : (value: number) => (factor < 1 ? Math.max : Math.min)(value, to)
    return (step) => {
      const past = (step - wait) / steps
      return end(past <= 0 ? from : from * factor ** (staircase ? Math.floor(past) : past))
    }
  },
)

/**
 * A number that falls as one divided by the step.
 *
 *     from / (1 + rate · t / steps)
 *
 * @example
 * import { inverseTimeDecay } from 'gradus/optimize'
 * inverseTimeDecay({ from: 1, rate: 1, steps: 10 })(30) // => 0.25
 *
 * @since 0.1.0
 */
export const inverseTimeDecay: (options: Omit<DecayOptions, 'factor' | 'to'> & { readonly rate: number }) => Schedule =
  /* @__PURE__ */ recipe<Omit<DecayOptions, 'factor' | 'to'> & { readonly rate: number }>()(
    {
      sort: 'schedule',
      name: 'inverseTimeDecay',
      fields: () => ({ ...spanFields(), staircase: flag(false), rate: notNegative() }),
    },
    ({ from, rate, steps, wait, staircase }): Schedule =>
      (step) => {
        const past = Math.max(0, (step - wait) / steps)
        return from / (1 + rate * (staircase ? Math.floor(past) : past))
      },
  )

/**
 * Half a wave of the cosine.
 *
 * @since 0.1.0
 */
export interface CosineOptions {
  readonly from: number
  readonly steps: number
  /** The part of `from` at which it ends; default 0. */
  readonly share?: number
  /** The power of the wave; default 1. */
  readonly power?: number
}

/**
 * Down half a wave of the cosine.
 *
 *     from ((1 − share) (½ (1 + cos(π t / steps)))^power + share)
 *
 * **References** Loshchilov and Hutter, *SGDR* (2017).
 *
 * @example
 * import { cosineDecay } from 'gradus/optimize'
 * cosineDecay({ from: 0.1, steps: 100 })(50) // ≈ 0.05
 *
 * @since 0.1.0
 */
export const cosineDecay: (options: CosineOptions) => Schedule = /* @__PURE__ */ recipe<CosineOptions>()(
  {
    sort: 'schedule',
    name: 'cosineDecay',
    fields: () => ({ from: finite(), steps: count(), share: finite(0), power: positive(1) }),
  },
  ({ from, steps, share, power }): Schedule =>
    (step) => {
      const wave = 0.5 * (1 + Math.cos((Math.PI * clamped(step, 0, steps)) / steps))
      return from * ((1 - share) * wave ** power + share)
    },
)

/**
 * A rise, then a decay.
 *
 * @since 0.1.0
 */
export interface WarmupOptions {
  readonly from: number
  readonly peak: number
  /** Steps of the rise. */
  readonly warmup: number
}

const warmupFields = () => ({ from: finite(), peak: finite(), warmup: count() })

/**
 * A linear rise to the peak, which stays.
 *
 * @example
 * import { warmupConstant } from 'gradus/optimize'
 * warmupConstant({ from: 0, peak: 0.1, warmup: 10 })(10) // => 0.1
 *
 * @since 0.1.0
 */
export const warmupConstant: (options: WarmupOptions) => Schedule = /* @__PURE__ */ recipe<WarmupOptions>()(
  { sort: 'schedule', name: 'warmupConstant', fields: warmupFields },
  ({ from, peak, warmup }) => linear({ from, to: peak, steps: warmup }),
)

type WaveOptions = WarmupOptions & { readonly steps: number; readonly to?: number; readonly power?: number }

const waveFields = () => ({ ...warmupFields(), steps: count(), to: finite(0), power: positive(1) })

/**
 * A linear rise to the peak, then half a wave of the cosine down to `to` (default 0) at `steps`, the rise included.
 *
 * @example
 * import { warmupCosine } from 'gradus/optimize'
 * const rate = warmupCosine({ from: 0, peak: 0.1, warmup: 10, steps: 110 })
 * rate(10) // => 0.1
 * rate(110) // => 0
 *
 * @since 0.1.0
 */
export const warmupCosine: (options: WaveOptions) => Schedule = /* @__PURE__ */ recipe<WaveOptions>()(
  { sort: 'schedule', name: 'warmupCosine', fields: waveFields },
  ({ from, peak, warmup, steps, to, power }) => {
    if (steps <= warmup)
      return raise('InvalidArgument', `warmupCosine: expected steps to be more than warmup, ${warmup}, got ${steps}.`)
    const share = peak === 0 ? 0 : to / peak
    return join(
      [linear({ from, to: peak, steps: warmup }), cosineDecay({ from: peak, steps: steps - warmup, share, power })],
      [warmup],
    )
  },
)

/**
 * A linear rise to the peak, then an exponential decay.
 *
 * @example
 * import { warmupExponential } from 'gradus/optimize'
 * warmupExponential({ from: 0, peak: 1, warmup: 10, factor: 0.5, steps: 10 })(20) // => 0.5
 *
 * @since 0.1.0
 */
export const warmupExponential: (options: WarmupOptions & Omit<DecayOptions, 'from'>) => Schedule =
  /* @__PURE__ */ recipe<WarmupOptions & Omit<DecayOptions, 'from'>>()(
    { sort: 'schedule', name: 'warmupExponential', fields: () => ({ ...decayFields(), ...warmupFields() }) },
    ({ from, peak, warmup, ...decay }) =>
      join([linear({ from, to: peak, steps: warmup }), exponentialDecay({ ...decay, from: peak })], [warmup]),
  )

/**
 * Warm restarts: one rise and cosine decay after the other.
 *
 * **References** Loshchilov and Hutter, *SGDR* (2017).
 *
 * @example
 * import { cosineRestarts } from 'gradus/optimize'
 * const wave = { from: 0, peak: 1, warmup: 1, steps: 10 }
 * const rate = cosineRestarts([wave, { ...wave, peak: 0.5 }])
 * rate(1) // => 1
 * rate(11) // => 0.5
 *
 * @since 0.1.0
 */
export const cosineRestarts: (waves: ReadonlyArray<WaveOptions>) => Schedule = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly waves: ReadonlyArray<WaveOptions> }>()(
    {
      sort: 'schedule',
      name: 'cosineRestarts',
      fields: () => ({ waves: list(record<WaveOptions>(waveFields())(), 'a list of waves')() }),
    },
    ({ waves }) => {
      if (waves.length === 0)
        return raise('InvalidArgument', 'cosineRestarts: expected waves to be one or more, got none.')
      const ends = waves.map((_, i) => waves.slice(0, i + 1).reduce((total, { steps }) => total + steps, 0))
      return join(waves.map(warmupCosine), ends.slice(0, -1))
    },
  ),
  (waves: ReadonlyArray<WaveOptions>) => ({ waves }),
)
