/** The line search of Hager and Zhang (2005, 2006): secant steps on slopes, which rounding spoils later than values. */
import { isSeen, type Sample, type SearchEnd } from './sample.js'

export interface HagerZhangSettings {
  /** δ and σ of the Wolfe conditions. */
  readonly decrease: number
  readonly curvature: number
  /** εₖ: the approximate conditions hold up to this above the value at 0. */
  readonly slack: number
  /** A predicted decrease of the first step up to this is rounding of the gradient. */
  readonly negligible: number
  /** θ: where an interval is cut; γ: by how much one must shrink; ρ: by how much a step grows. */
  readonly cut: number
  readonly shrink: number
  readonly grow: number
  readonly most: number
}

interface Bracket<T> {
  readonly low: T | Sample
  readonly high: T | Sample
}

/** Ends the search from anywhere inside: a sample that serves, or `undefined` when there were too many. */
type Ended<T> = { readonly accepted: T | undefined }

const isEnd = <T>(found: Bracket<T> | Ended<T>): found is Ended<T> => 'accepted' in found

/** Where the line through the slopes at two samples crosses 0. */
const secant = (a: Sample, b: Sample): number => (a.at * b.slope - b.at * a.slope) / (b.slope - a.slope)

export const hagerZhangSearch = <T extends Sample>(
  origin: Sample,
  start: number,
  sample: (at: number) => T,
  { decrease, curvature, slack, negligible, cut, shrink, grow, most }: HagerZhangSettings,
): SearchEnd<T> => {
  let best = Infinity
  let tried = 0
  const ceiling = origin.value + slack
  // Of the step that was proposed: steps to which interpolation shrinks may predict as little, and say nothing of the gradient.
  const isRounding = -start * origin.slope <= negligible

  /** T1 and T2: the Wolfe conditions, or the approximate ones, which compare slopes. */
  const serves = ({ at, value, slope }: T): boolean =>
    (slope >= curvature * origin.slope &&
      (value <= origin.value + decrease * at * origin.slope ||
        (value <= ceiling && slope <= (2 * decrease - 1) * origin.slope))) ||
    (value <= ceiling && isRounding)

  const look = (at: number): T | Ended<T> => {
    if (tried === most) return { accepted: undefined }
    const seen = sample(at)
    tried++
    if (!isSeen(seen)) return seen
    best = Math.min(best, seen.value)
    return serves(seen) ? { accepted: seen } : seen
  }
  const stops = (seen: T | Ended<T>): seen is Ended<T> => 'accepted' in seen

  /** U3: cut until the upper end goes up, while the lower one goes down and is low enough. */
  const narrowed = (from: T | Sample, to: T | Sample): Bracket<T> | Ended<T> => {
    let low = from
    let high = to
    for (;;) {
      const at = (1 - cut) * low.at + cut * high.at
      if (at === low.at || at === high.at) return { accepted: undefined }
      const seen = look(at)
      if (stops(seen)) return seen
      if (!isSeen(seen)) high = seen
      else if (seen.slope >= 0) return { low, high: seen }
      else if (seen.value <= ceiling) low = seen
      else high = seen
    }
  }

  const update = ({ low, high }: Bracket<T>, seen: T): Bracket<T> | Ended<T> => {
    if (!isSeen(seen)) return narrowed(low, seen)
    if (seen.slope >= 0) return { low, high: seen }
    return seen.value <= ceiling ? { low: seen, high } : narrowed(low, seen)
  }

  const inside = ({ low, high }: Bracket<T>, at: number): boolean => at > low.at && at < high.at

  const lookAndUpdate = (bracket: Bracket<T>, at: number): Bracket<T> | Ended<T> => {
    // U0: outside nothing is learned. NaN, of two equal slopes, is outside too.
    if (!inside(bracket, at)) return bracket
    const seen = look(at)
    return stops(seen) ? seen : update(bracket, seen)
  }

  const secantTwice = (bracket: Bracket<T>): Bracket<T> | Ended<T> => {
    const at = secant(bracket.low, bracket.high)
    const first = lookAndUpdate(bracket, at)
    if (isEnd(first)) return first
    if (first.high.at === at && first.high !== bracket.high)
      return lookAndUpdate(first, secant(bracket.high, first.high))
    if (first.low.at === at && first.low !== bracket.low) return lookAndUpdate(first, secant(bracket.low, first.low))
    return first
  }

  const bracketed = (): Bracket<T> | Ended<T> => {
    let low: T | Sample = origin
    for (let at = start; ; ) {
      const seen = look(at)
      if (stops(seen)) return seen
      // Behind a wall: between the last good sample and it.
      if (!isSeen(seen)) return narrowed(low, seen)
      if (seen.slope >= 0) return { low, high: seen }
      if (seen.value > ceiling) return narrowed(origin, seen)
      low = seen
      at *= grow
    }
  }

  let found = bracketed()
  while (!isEnd(found)) {
    const before: Bracket<T> = found
    const width = before.high.at - before.low.at
    found = secantTwice(before)
    if (!isEnd(found) && found.high.at - found.low.at > shrink * width) {
      // Where the ends are of different orders of magnitude, secants are too, and halves of the upper one would be many.
      const { low, high }: Bracket<T> = found
      const middle =
        low.at > 0 && high.at > 100 * low.at ? Math.sqrt(low.at) * Math.sqrt(high.at) : 0.5 * (low.at + high.at)
      found = inside(found, middle) ? lookAndUpdate(found, middle) : { accepted: undefined }
    }
  }
  return { accepted: found.accepted, tried, best: found.accepted?.value ?? best }
}
