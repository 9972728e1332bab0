/**
 * Why a contender did not reach a minimum. A cause is a claim about what is seen where the run ended, which can be false: each has a
 * criterion on the stored numbers, and a sentence made of them. Which pair has which cause is data (golden/problems/failures.json).
 */
import { mghProblems, problemOfDimension } from 'gradus/problem'
import type { End, Row } from './races.js'

export interface Failure extends Row {
  readonly end: End
}

export const isFailure = (row: Row): row is Failure => row.end !== undefined

interface Cause {
  readonly holds: (row: Failure) => boolean
  readonly sentence: (row: Failure) => string
}

const shown = (value: number | null): string => {
  if (value === null) return 'not finite'
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size >= 0.001 && size < 10_000
    ? String(Number(value.toPrecision(2)))
    : value.toExponential(1).replace('e+', 'e')
}

const percent = (share: number): string => {
  const part = 100 * share
  return part >= 100 ? `by a factor of ${shown(1 + share)}` : `by ${shown(part)} %`
}

/** A number that a criterion asks for; where it is not finite, the criterion does not hold. */
const of = (value: number | null): number => value ?? Number.NaN

const fell = ({ end: { recent } }: Failure): string =>
  of(recent) > 1e-12
    ? `the value fell ${percent(of(recent))} in the last tenth of the budget`
    : 'the value no longer falls'

const saddleOf = ({ problem }: Row): number | undefined =>
  mghProblems.filter(({ name }) => name === problem).flatMap((family) => problemOfDimension()(family).saddles)[0]?.value

const spread = ({ least, most }: End): number => of(most) / Math.abs(of(least))

/** What `saddleFreeSeries` sums when nothing else is said. */
const seriesTerms = 5

/** How far Adam's rate of 0.05 leads in the whole budget. */
const reach = 0.05 * 2000

/** Up to which multiple of the curvature for which it was made a rate is stable: of plain steps, and of those with a memory of 0.9. */
const stable: Readonly<Record<string, number>> = { 'gradient-descent': 2, momentum: 2 * 1.9 * 10 }

/** The curvature of the largest size. */
const strongest = ({ least, most }: End): number => (of(most) >= -of(least) ? of(most) : of(least))

const isFarOut = ({ size, startSize }: End): boolean => of(size) > 5 * Math.max(1, startSize)

export const causes = {
  /** A fixed rate that the curvature at the start allows is short where the minimum is. */
  rate: {
    holds: ({ ending, end }) => ending === 'Spent' && end.startMost / Math.abs(of(end.least)) > 100,
    sentence: (row) =>
      `The curvature at the start, ${shown(row.end.startMost)}, sets the rate; at the end the least is ${shown(row.end.least)}, for which that rate is ${shown(row.end.startMost / Math.abs(of(row.end.least)))} times too small: ${fell(row)}.`,
  },
  /** The curvature grows on the way. */
  overshoot: {
    holds: ({ solver, end }) => Math.abs(strongest(end)) > (stable[solver] ?? Infinity) * end.startMost,
    sentence: ({ end, ending }) =>
      `The curvature at the start, ${shown(end.startMost)}, sets the rate; it is ${shown(strongest(end))} at the end, so that steps ${ending === 'NonFinite' ? 'lead further and further out' : 'overshoot and swing'}.`,
  },
  pace: {
    holds: ({ ending, end }) => ending === 'Spent' && of(end.distance) > reach,
    sentence: ({ end }) => `A variable has ${shown(end.distance)} to go, at no more than about 0.05 a step.`,
  },
  memory: {
    holds: ({ ending, end }) => ending === 'Spent' && 0.01 * end.startGradientNorm > of(end.gradientNorm),
    sentence: (row) =>
      `The gradient is ${shown(row.end.gradientNorm)}, and was ${shown(row.end.startGradientNorm)} at the start, of which the mean that Adam divides by still has a hundredth after 2,000 steps: ${fell(row)}.`,
  },
  /** For methods without second derivatives, or with few products. */
  conditioned: {
    holds: ({ ending, end }) => ending === 'Spent' && spread(end) > 30 && of(end.recent) > 0,
    sentence: (row) =>
      `Curvatures run from ${shown(row.end.least)} to ${shown(row.end.most)} where it is, and ${fell(row)}.`,
  },
  /** As above, where a step is so dear that there are few: K terms of a series make a condition 2 √(K / π) times better. */
  products: {
    holds: ({ ending, steps, products, end }) =>
      ending === 'Spent' &&
      products >= (2 * seriesTerms - 1) * (steps ?? Infinity) &&
      spread(end) > 1000 &&
      of(end.recent) > 0,
    sentence: (row) =>
      `Curvatures run from ${shown(row.end.least)} to ${shown(row.end.most)}, a condition that the ${seriesTerms} terms of the series make ${shown(2 * Math.sqrt(seriesTerms / Math.PI))} times better for ${Math.round(row.products / (row.steps ?? 1))} products a step: the budget ends after ${row.steps} steps, and ${fell(row)}.`,
  },
  saddle: {
    holds: (row) => {
      const saddle = saddleOf(row)
      return (
        saddle !== undefined &&
        Math.abs(of(row.value) - saddle) <= 0.1 * saddle &&
        of(row.end.least) < -1e-10 * of(row.end.most)
      )
    },
    sentence: (row) =>
      `It is held by the known saddle at f = ${shown(saddleOf(row) ?? null)}: the least curvature is ${shown(row.end.least)}, and the gradient, ${shown(row.end.gradientNorm)}, has next to nothing along it.`,
  },
  /** Newton's methods go to critical points of any kind. */
  critical: {
    holds: ({ end }) => of(end.gradientNorm) <= 1e-10 * Math.max(1, end.startGradientNorm) && of(end.negative) > 0,
    sentence: ({ end, dimension }) =>
      `It goes to the nearest critical point of whatever kind: ${end.negative} of ${dimension} curvatures there are negative, the least ${shown(end.least)}.`,
  },
  /** Far out, or along a valley without end, nothing is left to follow. */
  flat: {
    holds: ({ end }) =>
      Math.abs(of(end.least)) <= 1e-5 * Math.max(of(end.most), end.startMost) &&
      (of(end.gradientNorm) <= 1e-8 * Math.max(1, end.startGradientNorm) ||
        (isFarOut(end) && Math.abs(of(end.recent)) < 0.02)),
    sentence: ({ end, value }) =>
      isFarOut(end)
        ? `The loss flattens on the way out: ‖x‖ = ${shown(end.size)}, f = ${shown(value)}, least curvature ${shown(end.least)}, gradient ${shown(end.gradientNorm)}.`
        : `The gradient, ${shown(end.gradientNorm)}, and a curvature, ${shown(end.least)}, vanish together where no minimum is known, at f = ${shown(value)}.`,
  },
  /** Where the loss is enormous and bends enormously, a Newton step is none. */
  wall: {
    holds: ({ ending, end }) => ending === 'Spent' && of(end.most) > 1e10 * end.startMost,
    sentence: (row) =>
      of(row.end.recent) === 0
        ? `A full step led to where f = ${shown(row.value)} and a curvature is ${shown(row.end.most)}, beside which all else is rounding: later steps do not move it.`
        : `Full steps led to where the loss grows exponentially, of which a Newton step takes off a factor and no more: at the end f = ${shown(row.value)} and a curvature is ${shown(row.end.most)}, and ${fell(row)}.`,
  },
  /** What steps along the steep directions could gain is rounding of the loss, and hides the others. */
  rounding: {
    holds: ({ end, value }) =>
      of(end.gradientNorm) ** 2 / of(end.most) <= 1e4 * Number.EPSILON * of(value) && spread(end) > 1e10,
    sentence: ({ end, value }) =>
      `Curvatures run from ${shown(end.least)} to ${shown(end.most)}: along the steepest a step could gain ${shown(of(end.gradientNorm) ** 2 / of(end.most))}, less than f = ${shown(value)} rounds where large residuals cancel, and the others do not show beside it.`,
  },
  cancellation: {
    holds: ({ ending, end }) => ending === 'NotDescent' && spread(end) > 1e10,
    sentence: ({ end }) =>
      `Curvatures run from ${shown(end.least)} to ${shown(end.most)}: the direction is a difference of parts that cancel, and what is left of it points up.`,
  },
  /** |λ| below the floor of the method counts as the floor. */
  floor: {
    holds: ({ ending, end }) => ending === 'Spent' && Math.abs(of(end.least)) < 1e-3 / 5,
    sentence: (row) =>
      `Curvatures below its floor, 0.001, count as the floor; the least is ${shown(row.end.least)}, and along it steps are ${shown(1e-3 / Math.abs(of(row.end.least)))} times too short: ${fell(row)}.`,
  },
  /** A second-order method in a valley that bends. */
  valley: {
    holds: ({ ending, end }) => ending === 'Spent' && spread(end) > 1e4 && of(end.recent) > 0,
    sentence: (row) =>
      `It follows a valley that bends, with curvatures from ${shown(row.end.least)} to ${shown(row.end.most)}, in ${row.steps} short steps: ${fell(row)}.`,
  },
  /** Newton-MR lowers the norm of the gradient. */
  norm: {
    holds: ({ ending, end }) =>
      ending === 'Spent' && of(end.gradientNorm) > 1e-12 * end.startGradientNorm && Math.abs(of(end.recent)) < 0.05,
    sentence: (row) =>
      `It lowers ‖∇f‖ and not f, from ${shown(row.end.startGradientNorm)} to ${shown(row.end.gradientNorm)} in ${row.steps} steps of ever less: ${fell(row)}.`,
  },
  /** A critical point of ‖∇f‖² that is none of f. */
  kernel: {
    holds: ({ ending, end }) =>
      ending === 'LineSearchFailed' && Math.abs(of(end.least)) <= 1e-6 * of(end.most) && of(end.gradientNorm) > 1e-8,
    sentence: ({ end }) =>
      `It lowers ‖∇f‖ and not f, and that is critical where H∇f = 0: a curvature is ${shown(end.least)}, and the gradient, ${shown(end.gradientNorm)}, lies along it.`,
  },
  simplex: {
    holds: ({ ending, dimension, end }) => ending === 'Spent' && dimension >= 6 && of(end.recent) > 0,
    sentence: (row) =>
      `A simplex of ${row.dimension + 1} corners becomes flat in ${row.dimension} variables and turns slowly: ${fell(row)}.`,
  },
  /** A full Newton step from a place where the model says nothing. */
  leap: {
    holds: ({ ending, steps, end }) => ending === 'NonFinite' && steps === 0 && of(end.negative) > 0,
    sentence: ({ end, dimension }) =>
      `${end.negative} of ${dimension} curvatures at the start are negative, and the full step leads to where the loss is not finite.`,
  },
  /** A line search that gives up. */
  search: {
    holds: ({ ending, end }) => ending === 'LineSearchFailed' && spread(end) > 1e4,
    sentence: ({ end }) =>
      `Along its direction no step is good enough: curvatures run from ${shown(end.least)} to ${shown(end.most)}, the gradient is ${shown(end.gradientNorm)}.`,
  },
} satisfies Readonly<Record<string, Cause>>

export type CauseName = keyof typeof causes

/** By solver, for each cause: the problems on which it fails for that. */
export type Explanations = Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>>

const isCause = (name: string): name is CauseName => name in causes

/** The causes that are given for a failure: one, where the explanations are as they should be. */
export const causesOf = (
  explanations: Explanations,
  { solver, problem }: Pick<Row, 'solver' | 'problem'>,
): ReadonlyArray<CauseName> =>
  Object.entries(explanations[solver] ?? {}).flatMap(([cause, problems]) =>
    isCause(cause) && problems.includes(problem) ? [cause] : [],
  )
