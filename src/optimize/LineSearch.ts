/** How far a step goes: the shape of a line search, the line that it looks along, and where it begins. */
import type * as E from 'fp-ts/lib/Either.js'
import { toNumber } from '../data/read.js'
import { treeAxpy, treeDot } from '../function/tree.js'
import type { Sample, SearchEnd } from '../kernel/reference/sample.js'
import { treeLength } from '../operator/length.js'
import type { Heading, Obstacle } from './Direction.js'
import type { Ability, ObjectiveWith, Smooth } from './Objective.js'
import type { StateOf, StateType, Work } from './Optimizer.js'

/**
 * A point, a direction, and what is known of them.
 *
 * @since 0.1.0
 */
export interface Line<P, A extends Ability, H extends Heading> {
  readonly objective: ObjectiveWith<A, P>
  readonly heading: H
  readonly params: P
  readonly gradient: P
  readonly direction: P
  /** The loss at the point. */
  readonly value: number
  /** The slope at the point of what should fall: of the loss, or of half the squared norm of the gradient. */
  readonly slope: number
  /** The step length that the direction is made for. */
  readonly natural?: number
}

/**
 * A step length that serves, where it leads, and what was learned there of the loss.
 *
 * @since 0.1.0
 */
export interface Found<P, S> {
  readonly stepLength: number
  readonly params: P
  /** Value and gradient at the new point, if the search has asked for both. */
  readonly seen?: { readonly value: number; readonly gradient: P } | undefined
  readonly state: S
  readonly work: Partial<Work>
}

/**
 * Finds a step length along a direction, for parameters of every type, on objectives that have the abilities B, for directions with the
 * heading H.
 *
 * @since 0.1.0
 */
export interface LineSearch<G extends StateType, B extends Ability = Smooth, H extends Heading = 'down'> {
  readonly name: string
  /** Which directions it takes, for who reads it from data and does not know its type. */
  readonly takes?: ReadonlyArray<Heading>
  readonly init: <P>(p: P) => StateOf<G, P>
  readonly search: <P>(line: Line<P, B, H>) => (state: StateOf<G, P>) => E.Either<Obstacle, Found<P, StateOf<G, P>>>
}

/**
 * What a search remembers of the last step: from its length and slope it guesses the next. And the last values, the newest last, for
 * searches that compare with more than one.
 *
 * @since 0.1.0
 */
export interface SearchState extends StateType {
  readonly state: {
    readonly stepLength: number | null
    readonly slope: number | null
    readonly values: ReadonlyArray<number>
  }
}

export const noSearchYet: SearchState['state'] = { stepLength: null, slope: null, values: [] }

/** A point on a line with what was asked of it. */
export interface Seen<P> extends Sample {
  readonly params: P
  readonly gradient?: P
}

export const valueOn =
  <P, H extends Heading>({ objective, params, direction }: Line<P, 'value', H>) =>
  (at: number): Seen<P> => {
    const reached = treeAxpy(at, direction, params)
    return { at, params: reached, value: objective.value(reached), slope: Number.NaN }
  }

export const slopeOn =
  <P, H extends Heading>({ objective, params, direction }: Line<P, 'valueAndGrad', H>) =>
  (at: number): Seen<P> & { readonly gradient: P } => {
    const reached = treeAxpy(at, direction, params)
    const [value, gradient] = objective.valueAndGrad(reached)
    return { at, params: reached, value, gradient, slope: toNumber(treeDot(gradient, direction)) }
  }

/**
 * Where a search begins: at the length that the direction is made for; else where the loss would fall by as much, to first order, as in
 * the last step (Nocedal and Wright 2006, (3.60)), within these bounds of the last length; else with a step of length 1, or less.
 */
export const initialStep = (
  { natural, slope, direction }: Pick<Line<unknown, never, Heading>, 'natural' | 'slope' | 'direction'>,
  { stepLength, slope: before }: SearchState['state'],
  [least, most]: readonly [number, number],
): number => {
  if (natural !== undefined) return natural
  if (stepLength !== null && before !== null)
    return stepLength * Math.min(most, Math.max(least, slope === 0 ? 1 : before / slope))
  return Math.min(1, 1 / treeLength(direction))
}

/** Values that differ by less than the rounding of one of them count as equal. */
export const roundingOf = (value: number): number => 2 * Number.EPSILON * Math.abs(value)

/**
 * A decrease that the rounding of the gradient explains: with values of size f and lengths of size x that rounding is ε f / x, the curvature
 * f / x², and so the decrease that it predicts ε² f; a few roundings are many.
 */
export const negligibleOf = (value: number): number => (32 * Number.EPSILON) ** 2 * Math.abs(value)

const failedAdvice =
  'The point may be a minimum to working precision, or the loss fall without end; otherwise the gradient may be wrong: check(lossLaws).'

/** The end of a search as what an optimizer makes of it. */
export const lineSearchFailed = (
  slope: number,
  { tried, best }: Omit<SearchEnd<unknown>, 'accepted'>,
  spent: Partial<Work>,
): Obstacle => ({
  _tag: 'LineSearchFailed',
  slope,
  tried,
  best,
  advice: failedAdvice,
  spent,
})

/** A slope that does not go down, or is no number. */
export const notDescent = (slope: number): Obstacle => ({
  _tag: 'NotDescent',
  slope,
  advice: 'Use signed(…) or signedWolfe() for directions of either sign, or a direction that is made to go down.',
})
