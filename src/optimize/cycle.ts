/** Schedules in pieces, and those that go up once and down again. */
import { raise } from '../data/Defect.js'
import { stepsOf } from './schedule.js'
import type { Schedule } from './transformation/ranges.js'

/**
 * Factors from steps on: `[step, factor]`, in any order.
 *
 * @since 0.1.0
 */
export type Boundaries = ReadonlyArray<readonly [step: number, factor: number]>

const sorted = (caller: string, boundaries: Boundaries): Boundaries => {
  const wrong = boundaries.find(([step, factor]) => !(step >= 0 && factor >= 0 && factor < Infinity))
  return wrong === undefined
    ? [...boundaries].sort(([a], [b]) => a - b)
    : raise('InvalidArgument', `${caller}: expected steps and factors of 0 or more, got [${wrong.join(', ')}].`)
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
export const piecewise = (from: number, boundaries: Boundaries): Schedule => {
  const inOrder = sorted('piecewise', boundaries)
  return (step) => inOrder.reduce((value, [boundary, factor]) => (step >= boundary ? value * factor : value), from)
}

/**
 * Through the values that `piecewise` has at its boundaries, linearly or along half waves of the cosine.
 *
 * @example
 * import { interpolated } from 'gradus/optimize'
 * interpolated(1, [[10, 3]], 'linear')(5) // => 2
 *
 * @since 0.1.0
 */
export const interpolated = (from: number, boundaries: Boundaries, along: 'linear' | 'cosine'): Schedule => {
  const inOrder = sorted('interpolated', boundaries)
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
}

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
export const linearOneCycle = (options: CycleOptions): Schedule => {
  stepsOf('linearOneCycle', options)
  const { steps, peak, rise = 0.3, back = 0.85, division = 25, finalDivision = 1e4 } = options
  return interpolated(
    peak / division,
    [
      [Math.trunc(rise * steps), division],
      [Math.trunc(back * steps), 1 / division],
      [steps, 1 / finalDivision],
    ],
    'linear',
  )
}

/**
 * One cycle along the cosine.
 *
 * @example
 * import { cosineOneCycle } from 'gradus/optimize'
 * cosineOneCycle({ steps: 100, peak: 1 })(30) // ≈ 1
 *
 * @since 0.1.0
 */
export const cosineOneCycle = (options: Omit<CycleOptions, 'back'>): Schedule => {
  stepsOf('cosineOneCycle', options)
  const { steps, peak, rise = 0.3, division = 25, finalDivision = 1e4 } = options
  return interpolated(
    peak / division,
    [
      [Math.trunc(rise * steps), division],
      [steps, 1 / (division * finalDivision)],
    ],
    'cosine',
  )
}
