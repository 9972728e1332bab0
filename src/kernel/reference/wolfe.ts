/** The strong Wolfe conditions, by bracketing and zooming (Nocedal and Wright 2006, algorithms 3.5 and 3.6). */
import { cubicMinimizer, isSeen, parabolaMinimizer, type Sample, type SearchEnd, within } from './sample.js'

export interface WolfeSettings {
  /** c₁: the part of the decrease predicted by the slope that is asked for. */
  readonly decrease: number
  /** c₂: the part of the slope that may be left. */
  readonly curvature: number
  /** By how much values may differ that count as equal. */
  readonly slack: number
  /** A predicted decrease of the first step up to this is rounding of the gradient: the slope says nothing then, and a value not above is all one can ask. */
  readonly negligible: number
  /** No step is longer. */
  readonly longest: number
  /** Whether the longest step serves where the value is low enough and still falls: of paths that end there. */
  readonly endsAtLongest?: boolean
  readonly most: number
}

/** Where to look inside a bracket: where the cubic has its minimum, but never within a tenth of the ends. */
const insideOf = (low: Sample, high: Sample, halve: boolean): number => {
  const middle = low.at + 0.5 * (high.at - low.at)
  if (halve || high.value - high.value !== 0) return middle
  const proposed = high.slope - high.slope === 0 ? cubicMinimizer(low, high) : parabolaMinimizer(low, high)
  const [one, other] = [low.at + 0.1 * (high.at - low.at), high.at - 0.1 * (high.at - low.at)]
  return within(proposed, Math.min(one, other), Math.max(one, other), middle)
}

export const strongWolfeSearch = <T extends Sample>(
  origin: Sample,
  start: number,
  sample: (at: number) => T,
  { decrease, curvature, slack, negligible, longest, endsAtLongest = false, most }: WolfeSettings,
): SearchEnd<T> => {
  let best = Infinity
  let tried = 0
  const look = (at: number): T => {
    const seen = sample(at)
    tried++
    if (seen.value < best && isSeen(seen)) best = seen.value
    return seen
  }
  // Of the step that was proposed: steps to which interpolation shrinks may predict as little, and say nothing of the gradient.
  const isRounding = -start * origin.slope <= negligible
  const isHigh = (seen: Sample): boolean =>
    !isSeen(seen) || seen.value > origin.value + decrease * seen.at * origin.slope + slack
  const isFlat = ({ slope }: Sample): boolean => Math.abs(slope) <= -curvature * origin.slope || isRounding

  let low: Sample = origin
  let high: Sample | undefined
  // Bracket: longer steps until one is too high, or goes up again.
  for (let at = start; high === undefined; ) {
    if (tried === most) return { accepted: undefined, tried, best }
    const seen = look(at)
    // Beyond a wall there is nothing to interpolate with.
    if (isHigh(seen) || (low !== origin && seen.value > low.value + slack)) {
      high = isSeen(seen) ? seen : { at: seen.at, value: Infinity, slope: Number.NaN }
    } else if (isFlat(seen)) return { accepted: seen, tried, best: seen.value }
    else if (seen.slope >= 0) {
      high = low
      low = seen
    } else {
      if (at >= longest) return { accepted: endsAtLongest ? seen : undefined, tried, best }
      // The cubic looks ahead, at least twice and at most ten times as far.
      const next = within(cubicMinimizer(low, seen), 2 * at, 10 * at, 4 * at)
      low = seen
      at = Math.min(next, longest)
    }
  }
  // Zoom: low is the best so far, and its slope points to high.
  let width = Math.abs(high.at - low.at)
  let halve = false
  while (tried < most) {
    const at = insideOf(low, high, halve)
    if (at === low.at || at === high.at) break
    const seen = look(at)
    if (isHigh(seen) || seen.value > low.value + slack)
      high = isSeen(seen) ? seen : { at, value: Infinity, slope: Number.NaN }
    else {
      if (isFlat(seen)) return { accepted: seen, tried, best: seen.value }
      if (seen.slope * (high.at - low.at) >= 0) high = low
      low = seen
    }
    // Interpolation that hardly shrinks the bracket gives way to its middle.
    const left = Math.abs(high.at - low.at)
    halve = left > 0.66 * width
    width = left
  }
  return { accepted: undefined, tried, best }
}
