/** Backtracking: shorter and shorter steps until one lowers the value enough (Nocedal and Wright 2006, §3.5). */
import { parabolaMinimizer, type Sample, type SearchEnd, within } from './sample.js'

export interface BacktrackSettings {
  /** Steps are compared with this value: that at 0, or the largest of the last ones. */
  readonly reference: number
  /** c₁: the part of the decrease predicted by the slope that is asked for. */
  readonly decrease: number
  /** By how much values may differ that count as equal. */
  readonly slack: number
  /** The factor, or the polynomial that proposes it: between a tenth and a half. */
  readonly shrink: number | 'quadratic' | 'cubic'
  readonly most: number
}

/** The cubic with value and slope at 0 and values at two steps; NaN where it has no minimizer. */
const cubicStep = (origin: Sample, earlier: Sample, last: Sample): number => {
  const excess = ({ at, value }: Sample): number => (value - origin.value - origin.slope * at) / (at * at)
  const third = (excess(last) - excess(earlier)) / (last.at - earlier.at)
  const second = excess(last) - third * last.at
  return third === 0
    ? -origin.slope / (2 * second)
    : (-second + Math.sqrt(second * second - 3 * third * origin.slope)) / (3 * third)
}

export const backtrack = <T extends Sample>(
  origin: Sample,
  start: number,
  sample: (at: number) => T,
  { reference, decrease, slack, shrink, most }: BacktrackSettings,
): SearchEnd<T> => {
  let at = start
  let best = Infinity
  let earlier: T | undefined
  for (let tried = 1; tried <= most; tried++) {
    const last = sample(at)
    const isSound = last.value - last.value === 0
    if (isSound && last.value <= reference + decrease * at * origin.slope + slack)
      return { accepted: last, tried, best: last.value }
    if (isSound) best = Math.min(best, last.value)
    const proposed =
      typeof shrink === 'number'
        ? shrink * at
        : shrink === 'cubic' && earlier !== undefined
          ? cubicStep(origin, earlier, last)
          : parabolaMinimizer(origin, last)
    at = isSound ? (typeof shrink === 'number' ? proposed : within(proposed, 0.1 * at, 0.5 * at, 0.5 * at)) : 0.1 * at
    earlier = isSound ? last : undefined
  }
  return { accepted: undefined, tried: most, best }
}
