/** What searches along a line share: a function of one number, what is asked of it, and the parabolas and cubics through it. */

/** A function of one number, seen at one; its slope is NaN where nobody asked for it. */
export interface Sample {
  readonly at: number
  readonly value: number
  readonly slope: number
}

/** How a search ended: at a sample that serves, or with the least value that it saw. */
export interface SearchEnd<T> {
  readonly accepted: T | undefined
  readonly tried: number
  readonly best: number
}

/** Values and slopes that are not finite count as a wall: a search turns back. −∞ too, since nothing can be compared with it. */
export const isSeen = ({ value, slope }: Sample): boolean => value - value === 0 && slope - slope === 0

/** The minimizer of the parabola through a value and a slope at a and a value at b. */
export const parabolaMinimizer = (a: Sample, b: Sample): number => {
  const distance = b.at - a.at
  return a.at - (a.slope * distance * distance) / (2 * (b.value - a.value - a.slope * distance))
}

/**
 * The minimizer of the cubic through values and slopes at a and b (Nocedal and Wright 2006, (3.59)); NaN if there is none. The root
 * is scaled, since squares of slopes overflow.
 */
export const cubicMinimizer = (a: Sample, b: Sample): number => {
  const distance = b.at - a.at
  const d1 = a.slope + b.slope - 3 * ((b.value - a.value) / distance)
  const size = Math.max(Math.abs(d1), Math.abs(a.slope), Math.abs(b.slope))
  const d2 = Math.sign(distance) * size * Math.sqrt((d1 / size) ** 2 - (a.slope / size) * (b.slope / size))
  return b.at - distance * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
}

/** The number itself, moved into [low, high] if it is outside, and `otherwise` if it is none. */
export const within = (x: number, low: number, high: number, otherwise: number): number =>
  x >= low ? (x <= high ? x : high) : x < low ? low : otherwise
