/** Growth: the exponent of a power law through points that were timed in the same rounds. */
import { type Spread, spreadOf, type Timing } from './measure.js'

const mean = (xs: ReadonlyArray<number>): number => xs.reduce((total, x) => total + x, 0) / xs.length

/** The slope of log y over log x by least squares: y ∝ xᵏ has the slope k. */
export const slopeOf = (xs: ReadonlyArray<number>, ys: ReadonlyArray<number>): number => {
  const [us, vs] = [xs.map(Math.log), ys.map(Math.log)]
  const [u, v] = [mean(us), mean(vs)]
  const moment = (of: ReadonlyArray<number>, around: number): number =>
    mean(us.map((each, i) => (each - u) * ((of[i] ?? Number.NaN) - around)))
  return moment(vs, v) / moment(us, u)
}

/** The slope in each round, as a spread: what else the machine did in a round met all points of it. */
export const slopesOf = (xs: ReadonlyArray<number>, timings: ReadonlyArray<Timing>): Spread =>
  spreadOf(
    (timings[0] ?? []).map((_, round) =>
      slopeOf(
        xs,
        timings.map((timing) => timing[round] ?? Number.NaN),
      ),
    ),
  )
