/** Where a step goes, apart from how far: the half of an optimizer that a line search completes. */
import type * as E from 'fp-ts/lib/Either.js'
import type { Ability, Curved } from './Objective.js'
import type { Iterate, StateOf, StateType, StepFailure, Work } from './Optimizer.js'

/**
 * What a direction promises of its slope, where the point is not critical: `'down'`, the loss falls along it; `'either way'`, the loss
 * falls along it or along its opposite; `'flatter'`, the norm of the gradient falls along it. A line search says which of these it can
 * use, so that a pairing that makes no sense does not compile.
 *
 * @since 0.1.0
 */
export type Heading = 'down' | 'either way' | 'flatter'

type Without<F, K extends PropertyKey> = F extends unknown ? Omit<F, K> : never

/**
 * Why no direction or no step length was found; with the last iterate it is a `StepFailure`.
 *
 * @since 0.1.0
 */
export type Obstacle = Without<StepFailure<unknown, unknown>, 'last'>

/**
 * What a direction proposes at a point.
 *
 * @since 0.1.0
 */
export interface Proposal<P, S> {
  readonly direction: P
  readonly state: S
  readonly work: Partial<Work>
  /** The step length that the direction is made for: 1 of Newton's. Without it, the search chooses where it begins. */
  readonly natural?: number
  /** The slope of what should fall along the direction, if it is not the loss: of half the squared norm of the gradient. */
  readonly slope?: number
  /** The step is taken as it is, without a search: random steps off a saddle. */
  readonly unsearched?: true
}

/**
 * A step that was taken, with the gradients of one objective at both ends.
 *
 * @since 0.1.0
 */
export interface Passage<P> {
  readonly from: P
  readonly to: P
  readonly gradientFrom: P
  readonly gradientTo: P
}

/**
 * Where to go from a point, for parameters of every type, on objectives that have the abilities A.
 *
 * @since 0.1.0
 */
export interface Direction<F extends StateType, A extends Ability = Curved, H extends Heading = 'down'> {
  readonly name: string
  readonly heading: H
  readonly init: <P>(p: P) => StateOf<F, P>
  readonly propose: <P>(
    it: Iterate<P, unknown, A>,
  ) => (state: StateOf<F, P>) => E.Either<Obstacle, Proposal<P, StateOf<F, P>>>
  /** What is learned from a step. Both gradients are of the objective of the step, also when the next has another. */
  readonly learn?: <P>(passage: Passage<P>) => (state: StateOf<F, P>) => StateOf<F, P>
}
