/** Schedules in pieces, and those that go up once and down again. */
import { choice, count, finite, list, notNegative, pair, positive, share } from './option.js'
import { byPosition, recipe } from './recipe.js'
import type { Schedule } from './transformation/ranges.js'

/**
 * Factors from steps on: `[step, factor]`, in any order.
 *
 * @since 0.1.0
 */
export type Boundaries = ReadonlyArray<readonly [step: number, factor: number]>

const sorted = (boundaries: Boundaries): Boundaries => [...boundaries].sort(([a], [b]) => a - b)

const pieceFields = () => ({
  from: finite(),
  boundaries: list(pair(notNegative(), notNegative()), 'a list of steps and factors, each of 0 or more')(),
})

interface Pieces {
  readonly from: number
  readonly boundaries: Boundaries
}

/**
 * Constant in pieces: from each boundary on times its factor.
 *
 * @example
 * import { piecewise } from 'gradus/optimize'
 * piecewise(1, [[10, 0.5], [20, 0.1]])(25) // => 0.05
 *
 * @since 0.1.0
 */
export const piecewise: (from: number, boundaries: Boundaries) => Schedule = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Pieces>()(
    { sort: 'schedule', name: 'piecewise', fields: pieceFields },
    ({ from, boundaries }): Schedule => {
      const inOrder = sorted(boundaries)
      return (step) => inOrder.reduce((value, [boundary, factor]) => (step >= boundary ? value * factor : value), from)
    },
  ),
  (from: number, boundaries: Boundaries) => ({ from, boundaries }),
)

/**
 * Through the values that `piecewise` has at its boundaries, linearly or along half waves of the cosine.
 *
 * @example
 * import { interpolated } from 'gradus/optimize'
 * interpolated(1, [[10, 3]], 'linear')(5) // => 2
 *
 * @since 0.1.0
 */
export const interpolated: (from: number, boundaries: Boundaries, along: 'linear' | 'cosine') => Schedule =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ recipe<Pieces & { readonly along: 'linear' | 'cosine' }>()(
      {
        sort: 'schedule',
        name: 'interpolated',
        fields: () => ({ ...pieceFields(), along: choice('linear', 'cosine')() }),
      },
      ({ from, boundaries, along }): Schedule => {
        const inOrder = sorted(boundaries)
        const places = [0, ...inOrder.map(([step]) => step)]
        const values = inOrder.reduce<ReadonlyArray<number>>(
          (found, [, factor]) => [...found, (found[found.length - 1] ?? from) * factor],
          [from],
        )
        return (step) => {
          const next = places.findIndex((place) => step < place)
          if (next === -1) return values[values.length - 1] ?? from
          const [start = 0, end = 0] = [places[next - 1], places[next]]
          const [before = from, after = from] = [values[next - 1], values[next]]
          const part = Math.max(0, step - start) / Math.max(end - start, 1)
          return along === 'linear'
            ? (after - before) * part + before
            : after + ((before - after) / 2) * (Math.cos(Math.PI * part) + 1)
        }
      },
    ),
    (from: number, boundaries: Boundaries, along: 'linear' | 'cosine') => ({ from, boundaries, along }),
  )

/**
 * One cycle: up from peak / `division` and down again to less than it began with.
 *
 * @since 0.1.0
 */
export interface CycleOptions {
  readonly steps: number
  readonly peak: number
  /** The part of the steps in which it rises; default 0.3. */
  readonly rise?: number
  /** Of linear cycles the part after which it is back where it began; default 0.85. */
  readonly back?: number
  /** Default 25. */
  readonly division?: number
  /** What the start is divided by in the end; default 10⁴. */
  readonly finalDivision?: number
}

const cycleFields = () => ({
  steps: count(),
  peak: finite(),
  rise: share(0.3),
  division: positive(25),
  finalDivision: positive(1e4),
})

/**
 * One cycle in straight lines.
 *
 * **References** Smith and Topin, *Super-convergence* (2018).
 *
 * @example
 * import { linearOneCycle } from 'gradus/optimize'
 * linearOneCycle({ steps: 100, peak: 1 })(30) // ≈ 1
 *
 * @since 0.1.0
 */
export const linearOneCycle: (options: CycleOptions) => Schedule = /* @__PURE__ */ recipe<CycleOptions>()(
  { sort: 'schedule', name: 'linearOneCycle', fields: () => ({ ...cycleFields(), back: share(0.85) }) },
  ({ steps, peak, rise, back, division, finalDivision }) => {
    return interpolated(
      peak / division,
      [
        [Math.trunc(rise * steps), division],
        [Math.trunc(back * steps), 1 / division],
        [steps, 1 / finalDivision],
      ],
      'linear',
    )
  },
)

/**
 * One cycle along the cosine.
 *
 * @example
 * import { cosineOneCycle } from 'gradus/optimize'
 * cosineOneCycle({ steps: 100, peak: 1 })(30) // ≈ 1
 *
 * @since 0.1.0
 */
export const cosineOneCycle: (options: Omit<CycleOptions, 'back'>) => Schedule = /* @__PURE__ */ recipe<
  Omit<CycleOptions, 'back'>
>()(
  { sort: 'schedule', name: 'cosineOneCycle', fields: cycleFields },
  ({ steps, peak, rise, division, finalDivision }) => {
    return interpolated(
      peak / division,
      [
        [Math.trunc(rise * steps), division],
        [steps, 1 / (division * finalDivision)],
      ],
      'cosine',
    )
  },
)
